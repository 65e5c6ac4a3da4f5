"""The figures of the twelve tables once more, from their definitions, row by row in plain Python.

`slowly` gives {(table or part, keys of the row, column): value}; the keys of the total are (). What is nought may be
left out.
"""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Any

from tracker import countries
from tracker.checkins.models import CheckIn
from tracker.database import db
from tracker.dates import add_months, earth_day
from tracker.events.models import Event
from tracker.institutions.models import Institution, Membership, Person
from tracker.milestones.models import DateChange, Milestone
from tracker.projects.models import LedgerEntry, Project
from tracker.reports.models import Report
from tracker.seats.models import Filling, Seat
from tracker.tables.table import Period
from tracker.themes.models import Theme
from tracker.uses.models import Use

Sets = dict[tuple[str, tuple[str, ...], str], set[Any]]
EVERYBODY_NEEDED, GROUP_NEEDED = 10, 3


def rows(model: Any) -> list[Any]:
    return db.session.query(model).all()


class Slowly:
    def __init__(self, period: Period, network_ids: frozenset[int]) -> None:
        self.period, self.networks = period, network_ids
        self.sets: Sets = defaultdict(set)
        self.values: dict[tuple[str, tuple[str, ...], str], Any] = defaultdict(int)
        self.of_network = [
            each
            for each in rows(Project)
            if each.network_id in network_ids and each.state != "draft" and each.audience != "team"
        ]
        self.counted = [each for each in self.of_network if self.inside(self.day_of(each))]
        self.members = {
            each.institution for each in rows(Membership) if each.network_id in network_ids and self.is_member(each)
        }
        self.reports = [
            each
            for each in rows(Report)
            if each.project
            and each.project.network_id in network_ids
            and each.state == "published"
            and self.inside(each.published_on and each.published_on.last_day)
        ]

    # what the definitions speak of

    def inside(self, day: date | None, period: Period | None = None) -> bool:
        period = period or self.period
        if day is None:
            return period.first is None and period.last is None
        return (period.first is None or period.first <= day) and (period.last is None or day <= period.last)

    def day_of(self, project: Project) -> date | None:
        if project.starts_on:
            return project.starts_on.last_day
        return None if project.import_key else project.created_at.date()

    def is_member(self, held: Membership) -> bool:
        last = self.period.last
        if last is None:
            return held.left_on is None
        return (held.joined_on is None or held.joined_on <= last) and (held.left_on is None or held.left_on > last)

    def count(self, part: str, key: Any, column: str, thing: Any) -> None:
        """The thing counts in the row and in the total, once each."""
        keys = key if isinstance(key, tuple) else (key,)
        self.sets[part, keys, column].add(thing)
        self.sets[part, (), column].add(thing)

    @staticmethod
    def above(theme: Theme) -> set[str]:
        found = {str(theme.id)}
        while theme.parent:
            theme = theme.parent
            found.add(str(theme.id))
        return found

    def themes_of(self, thing: Any) -> set[str]:
        return set().union(*map(self.above, thing.themes)) if thing.themes else {""}

    @staticmethod
    def region(country: str) -> str:
        return countries.region_of(country) or ""

    @staticmethod
    def agreed(project: Project) -> list[Any]:
        return [each for each in project.partners if each.commitment in ("agreed", "done")]

    # the tables

    def reckon(self) -> dict[Any, Any]:
        for table in ("projects", "places", "pairs", "leads", "authors", "milestones", "others"):
            getattr(self, table)()
        for key, things in self.sets.items():
            self.values[key] = len(things)
        return dict(self.values)

    def projects(self) -> None:
        for project in self.counted:
            day = self.day_of(project)
            year = str(day.year) if day else ""
            for column in ("projects", str(project.state)):
                self.count("projects", year, column, project)
                for theme in self.themes_of(project):
                    self.count("projects-themes", theme, column, project)
                    self.count("projects-themes-years", (theme, year), column, project)
            for kind in [str(link.kind) for link in project.funder_links] or [""]:
                self.count("funders", kind, "projects", project)
        self.of_each("funders", "share", "projects", "projects", "projects", of_total=True)

    def places(self) -> None:
        for project in self.counted:
            goals = [str(goal) for goal in project.goals] or [""]
            inside = {each.institution for each in self.agreed(project) if each.institution}
            for part, keys in (("places", goals), ("places-themes", self.themes_of(project))):
                for key in keys:
                    self.count(part, key, "projects", project)
                    for institution in inside:
                        self.count(part, key, "institutions", institution)
            for country in project.countries or [""]:
                self.count("places-countries", country, "studied", project)
                self.count("places-regions", self.region(country), "studied", project)
            for country in {each.country for each in self.agreed(project) if each.country}:
                self.count("places-countries", country, "projects", project)
                self.count("places-regions", self.region(country), "projects", project)
            for institution in inside:
                self.count("places-countries", institution.country, "institutions", institution)
                self.count("places-regions", self.region(institution.country), "institutions", institution)
        for member in self.members:
            self.count("places-countries", member.country, "members", member)
            self.count("places-regions", self.region(member.country), "members", member)
            for theme in self.themes_of(member):
                self.count("places-themes", theme, "members", member)
            for goal in {goal for theme in member.themes for goal in theme.goals} or {""}:  # not of the themes above
                self.count("places", str(goal), "members", member)

    def pairs(self) -> None:
        from_where = {each: {p.country for p in self.agreed(each) if p.country} for each in self.counted}
        for project, found in from_where.items():
            for one in found:
                for other in found:
                    if one < other:
                        self.count("pairs", (one, other), "projects", project)
        present = set().union(*from_where.values()) if from_where else set()
        for member in self.members:
            if member.country not in present:
                self.sets["pairs-none", (member.country,), "members"].add(member)
        for project in self.counted:
            for country in set(project.countries) - present:
                self.sets["pairs-none", (country,), "studied"].add(project)
        self.largest(from_where)

    def largest(self, from_where: dict[Project, set[str]]) -> None:
        number: dict[str, int] = defaultdict(int)
        for member in self.members:
            number[member.country] += 1
        if number:
            most = min(number, key=lambda code: (-number[code], code))
            for project, found in from_where.items():
                self.count("leads-largest", (most, "with" if most in found else "without"), "projects", project)
            self.of_each("leads-largest", "share", "projects", "projects", "projects", of_total=True)

    def leads(self) -> None:
        for project in self.counted:
            for partner in self.agreed(project):
                if partner.country:
                    leads = partner.role in ("lead", "co-lead")
                    for part, key in (("leads", partner.country), ("leads-regions", self.region(partner.country))):
                        self.count(part, key, "projects", project)
                        if leads:
                            self.count(part, key, "led", project)
        for report in self.reports:
            for place, author in enumerate(sorted(report.authors, key=lambda each: (each.position, each.id))):
                if author.institution:
                    country = author.institution.country
                    for part, key in (("leads-authors", country), ("leads-authors-regions", self.region(country))):
                        self.count(part, key, "reports", report)
                        if place == 0:
                            self.count(part, key, "first", report)
                        if author.is_corresponding:
                            self.count(part, key, "corresponding", report)
        for part in ("leads", "leads-regions"):
            self.of_each(part, "share", "led", "led", "projects", of_total=True)
            self.of_each(part, "own_share", "led", "projects", "projects", of_total=False)
        for part in ("leads-authors", "leads-authors-regions"):
            self.of_each(part, "first_share", "first", "first", "reports", of_total=True)
            self.of_each(part, "corresponding_share", "corresponding", "corresponding", "reports", of_total=True)

    def of_each(self, part: str, column: str, of: str, among: str, known_by: str, of_total: bool) -> None:
        """A share in every row that has a figure in the column `known_by`; of nothing there is no share."""
        for name, keys, each in list(self.sets):
            if name == part and each == known_by:
                whole = len(self.sets.get((part, () if of_total else keys, among), ()))
                if whole:
                    self.values[part, keys, column] = len(self.sets.get((part, keys, of), ())) / whole

    def authors(self) -> None:
        people: set[Person] = set()
        for report in self.reports:
            for author in report.authors:
                self.count("authors-known", "person" if author.person else "name", "lines", author)
                people |= {author.person} if author.person else set()
        groups = {gender: {each for each in people if each.gender == gender} for gender in ("woman", "man", "another")}
        shown = {
            gender: len(group)
            for gender, group in groups.items()
            if len(group) >= GROUP_NEEDED and len(people) >= EVERYBODY_NEEDED
        }
        self.values["authors", (), "people"] = len(people)
        self.values["authors", ("",), "people"] = len(people) - sum(shown.values())
        for gender in groups:
            self.values["authors", (gender,), "people"] = shown.get(gender, "not shown")
            if gender in shown:
                self.values["authors", (gender,), "share"] = shown[gender] / sum(shown.values())

    def milestones(self) -> None:
        days: dict[Any, list[int]] = defaultdict(list)
        for each in rows(Milestone):
            if each.project not in self.of_network or each.project.state not in ("running", "review", "published"):
                continue
            done = each.done_on.last_day if each.done_on else None
            for part, promise in (("milestones", each.first_due), ("milestones-current", each.due)):
                if each.state == "dropped" or promise is None or not self.inside(promise.last_day):
                    continue
                promised = promise.last_day
                year = str(promised.year)
                columns = {"milestones"}
                if each.state == "done":
                    columns |= {"unknown"} if done is None else {"counted", "on_time" if done <= promised else "late"}
                else:
                    columns |= {"ahead"} if promised >= earth_day() else {"counted", "late"}
                for column in columns:
                    self.count(part, year, column, each)
                reached = done
                if part == "milestones" and each.state == "planned" and each.due:
                    reached = each.due.last_day
                if reached:
                    for keys in ((year,), ()):
                        days[part, keys, "days"].append((reached - promised).days)
        for part in ("milestones", "milestones-current"):
            self.of_each(part, "share", "on_time", "counted", "milestones", of_total=False)
        self.values |= {key: median(numbers) for key, numbers in days.items()}
        for change in rows(DateChange):
            project, reason = change.milestone.project, str(change.reason)
            started = project in self.of_network and project.state in ("running", "review", "published")
            if started and self.inside(change.at.date()):
                self.count("milestones-reasons", reason, "changes", change)
                self.count("milestones-reasons", reason, "milestones", change.milestone)

    def others(self) -> None:
        self._reports()
        self._events()
        self._uses()
        self._seats()
        self._members()

    def _reports(self) -> None:
        days: dict[Any, list[int]] = defaultdict(list)
        for report in self.reports:
            columns = {"reports"} | ({"doi"} if report.doi else set()) | ({"isbn"} if report.isbn else set())
            if not report.doi and not report.isbn:
                columns.add("neither")
            for column in columns:
                self.count("reports", str(report.kind), column, report)
                self.count("reports-languages", report.language, column, report)
                self.count("reports-kinds-languages", (str(report.kind), report.language), column, report)
            end, appeared = report.project.ends_on, report.published_on
            if end and appeared and "year" not in (end.precision, appeared.precision):
                for keys in ((str(report.kind),), ()):
                    days["reports", keys, "days"].append((appeared.last_day - end.last_day).days)
        self.values |= {key: median(numbers) for key, numbers in days.items()}

    def _events(self) -> None:
        for event in rows(Event):
            last = (event.until or event.on).last_day
            held = event.network_id in self.networks and not event.cancelled_at and last <= earth_day()
            if not held or not self.inside(last):
                continue
            kind, own = str(event.kind), (str(event.id),)
            self.count("events", kind, "events", event)
            self.values["events-each", own, "participants"] += event.participants or 0
            for keys in ((kind,), ()):
                self.values["events", keys, "participants"] += event.participants or 0
            self.values["events-each", (), "participants"] += event.participants or 0
            if event.participants is None:
                self.count("events", kind, "unknown", event)
            if event.is_online:
                self.count("events", kind, "online", event)
            for guest in event.guests:
                country = guest.institution.country if guest.institution else guest.listed_country
                self.count("events-each", own, "institutions", guest)
                self.count("events-countries", country, "events", event)
                self.count("events-countries", country, "institutions", guest)
                for keys in ((country,), ()):
                    self.values["events-countries", keys, "people"] += guest.people

    def _uses(self) -> None:
        for use in rows(Use):
            project = use.report.project
            ours = project and project.network_id in self.networks and use.report.state == "published"
            if not ours or use.withdrawn_at or not self.inside(use.on.last_day):
                continue
            kind = str(use.kind)
            self.count("uses", kind, "uses", use)
            self.count("uses", kind, "reports", use.report)
            for column, holds in (("link", use.link), ("file", use.file), ("neither", not use.link and not use.file)):
                if holds:
                    self.count("uses", kind, column, use)

    def _seats(self) -> None:
        days: dict[Any, list[int]] = defaultdict(list)
        approached = {each.seat for each in rows(Filling)}
        for seat in rows(Seat):
            if seat.project not in self.of_network or not self.inside(seat.created_at.date()):
                continue
            task = str(seat.task)
            for column in {"seats", str(seat.state)} | ({"approached"} if seat in approached else set()):
                self.count("seats", task, column, seat)
            if seat.filled_at:
                for keys in ((task,), ()):
                    days["seats", keys, "days"].append((seat.filled_at.date() - seat.created_at.date()).days)
        self.of_each("seats", "share", "filled", "seats", "seats", of_total=False)
        self.values |= {key: median(numbers) for key, numbers in days.items()}

    def _members(self) -> None:
        last = self.period.last or earth_day()
        year = Period(add_months(last, -12) + timedelta(days=1), last)
        active: set[Institution | None] = set()

        def lives(partner: Any, day: date | None) -> None:
            if day is not None and partner and partner.project in self.of_network and self.inside(day, year):
                active.add(partner.institution)

        for entry in rows(LedgerEntry):
            lives(entry.partner if entry.person_name else None, entry.at.date())
        for told in rows(CheckIn):
            lives(told.partner, told.answered_at.date() if told.answered_at else None)
        for milestone in rows(Milestone):
            lives(milestone.partner, milestone.done_on.last_day if milestone.done_on else None)
        for report in rows(Report):
            ours = report.project and report.project.network_id in self.networks and report.state == "published"
            if ours and report.published_on and self.inside(report.published_on.last_day, year):
                active |= {author.institution for author in report.authors}
        for event in rows(Event):
            ours = event.network_id in self.networks and not event.cancelled_at
            if ours and self.inside((event.until or event.on).last_day, year):
                active |= {guest.institution for guest in event.guests}
        taking_part = {
            partner.institution
            for project in self.of_network
            for partner in project.partners
            if partner.commitment in ("agreed", "done", "withdrew")
        }
        for member in self.members:
            columns = {"members", "active" if member in active else "quiet"}
            columns |= set() if member in taking_part else {"never"}
            for column in columns:
                self.count("members", self.region(member.country), column, member)
                self.count("members-countries", member.country, column, member)
        for part in ("members", "members-countries"):
            self.of_each(part, "share", "active", "members", "members", of_total=False)
