"""A small world at random: every kind of row that a table counts or must leave out, with all that can be missing."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.database import db
from tracker.dates import PartialDate
from tracker.events.models import Event, EventGuest
from tracker.events.states import EventKind
from tracker.files import StoredFile
from tracker.institutions.models import Institution, Membership, Network, Person
from tracker.institutions.states import Gender
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.projects.models import LedgerEntry, Partner, Project, ProjectCountry, ProjectFunder, ProjectGoal
from tracker.projects.states import Audience, Commitment, FunderKind, ProjectState, Role
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportKind, ReportState
from tracker.seats.models import Filling, Seat
from tracker.seats.states import SeatState, Task
from tracker.themes.models import Theme, ThemeGoal
from tracker.uses.models import Use
from tracker.uses.states import UseKind

COUNTRIES = ("CN", "NA", "BD", "PE", "BO", "FR", "KE", "AQ")  # Namibia looks like nothing, Antarctica has no region
FIRST_DAY, DAYS = date(2022, 11, 1), 1100
PROJECTS = 45


class World:
    """Two networks of one coordinator and one of somebody else's; `seed` says which world."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.networks = [self.add(Network(name=f"Network {number}")) for number in range(3)]
        self.themes: list[Theme] = []
        for number in range(6):
            parent = self.chance.choice([None, *self.themes])
            theme = self.add(Theme(name=f"Theme {number}", parent=parent))
            theme.goal_links = [ThemeGoal(goal=goal) for goal in self.chance.sample(range(1, 18), 2)]
            self.themes.append(theme)
        self.themes[-1].retired_at = self.moment()
        self.institutions = [self._institution(number) for number in range(22)]
        self.people = [
            self.add(Person(name=f"Person {number}", gender=self.chance.choice(list(Gender)))) for number in range(30)
        ]
        self.file = self.add(StoredFile(key="a" * 40, name="a.pdf", media_type="application/pdf", size=1, sha256="b"))
        db.session.flush()
        self.projects = [self._project(number) for number in range(PROJECTS)]
        self.reports = [self._report(number) for number in range(40)]
        for number in range(18):
            self._event(number)
        for _number in range(30):
            self._use()
        db.session.flush()
        db.session.expire_all()

    def add(self, row: Any) -> Any:
        """The row, in the session."""
        db.session.add(row)
        return row

    def day(self) -> date:
        return FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))

    def moment(self) -> datetime:
        """Of any hour: also the last second of a month."""
        day = self.day()
        return datetime(day.year, day.month, day.day, self.chance.choice((0, 12, 23)), 59, 59, 999_999, tzinfo=UTC)

    def partial(self, missing: float = 0.0) -> PartialDate | None:
        """A date of any precision, or none."""
        if self.chance.random() < missing:
            return None
        return PartialDate(self.day().isoformat()[: self.chance.choice((4, 7, 10, 10))])

    def some(self, things: Any, most: int) -> list[Any]:
        """A few of them, perhaps none, each once."""
        return self.chance.sample(list(things), self.chance.randint(0, most))

    def _institution(self, number: int) -> Institution:
        row = self.add(Institution(name=f"Institute {number}", country=self.chance.choice(COUNTRIES)))
        row.themes = self.some(self.themes, 3)
        for network in self.some(self.networks, 3):
            for has_left in (True, False):
                if self.chance.random() < (0.3 if has_left else 0.7):
                    joined = self.day() if self.chance.random() < 0.6 else None
                    left = (joined or self.day()) + timedelta(days=self.chance.randrange(400)) if has_left else None
                    self.add(Membership(institution=row, network=network, joined_on=joined, left_on=left))
        return row

    def _project(self, number: int) -> Project:
        chance = self.chance
        state = chance.choice(list(ProjectState))
        hidden = state is ProjectState.DRAFT or (state is ProjectState.STOPPED and chance.random() < 0.3)
        made_at = self.moment()
        row = self.add(
            Project(
                title=f"Project {number}",
                network=chance.choice(self.networks[:2] if number % 5 else self.networks),
                state=state,
                audience=Audience.TEAM if hidden else Audience.PUBLIC,
                import_key=f"key {number}" if chance.random() < 0.4 else None,
                starts_on=self.partial(0.4),
                ends_on=self.partial(0.4),
                created_at=made_at,
                changed_at=made_at,
            )
        )
        row.themes = self.some(self.themes, 3)
        row.country_links = [ProjectCountry(country=code) for code in self.some(COUNTRIES, 3)]
        row.goal_links = [ProjectGoal(goal=goal) for goal in self.some(range(1, 18), 2)]
        row.funder_links = [ProjectFunder(kind=kind) for kind in self.some(FunderKind, 2)]
        partners = [self._partner(row, institution=place) for place in self.some(self.institutions, 5)]
        if chance.random() < 0.3:
            partners.append(self._partner(row, network=chance.choice(self.networks)))
        for code in self.some((*COUNTRIES, ""), 2):
            partners.append(self._partner(row, listed_as=f"Printed {code}", listed_country=code))
        db.session.flush()
        for name in range(chance.randrange(5)):
            self._milestone(row, str(name), partners)
        for _each in range(chance.randrange(3)):
            self._seat(row, partners)
        for partner in self.some(partners, min(len(partners), 2)):
            who = chance.choice(("", "Ana"))
            self.add(LedgerEntry(partner=partner, commitment=partner.commitment, at=self.moment(), person_name=who))
            answered = self.moment() if chance.random() < 0.5 else None
            month = self.day().replace(day=1)
            going = Going.ON_TRACK if answered else None
            self.add(CheckIn(project=row, partner=partner, month=month, going=going, answered_at=answered))
        return row

    def _partner(self, project: Project, **who: Any) -> Partner:
        commitment = self.chance.choice([*Commitment, Commitment.AGREED, Commitment.AGREED, Commitment.DONE])
        return self.add(Partner(project=project, role=self.chance.choice(list(Role)), commitment=commitment, **who))

    def _milestone(self, project: Project, name: str, partners: list[Partner]) -> None:
        chance = self.chance
        first, state = self.partial(0.1), chance.choice(list(MilestoneState))
        due = first if chance.random() < 0.4 else self.partial(0.1)
        done_on = chance.choice((first, due, self.partial(0.4)))  # often to the day
        row = Milestone(
            project=project,
            name=name,
            first_due=first,
            due=due,
            state=state,
            done_on=done_on if state is MilestoneState.DONE else None,
            partner=chance.choice(partners) if partners and chance.random() < 0.7 else None,
        )
        self.add(row)
        for _each in range(chance.randrange(3)):
            reason = chance.choice(list(DelayReason)[:4])
            self.add(DateChange(milestone=row, at=self.moment(), before=None, after=None, reason=reason))

    def _seat(self, project: Project, partners: list[Partner]) -> None:
        chance = self.chance
        made_at, state = self.moment(), chance.choice(list(SeatState))
        filled_at = made_at + timedelta(hours=chance.randrange(3000)) if chance.random() < 0.6 else None
        seat = self.add(
            Seat(
                project=project,
                task=chance.choice(list(Task)[:4]),
                state=state,
                created_at=made_at,
                filled_at=filled_at,
            )
        )
        for partner in self.some(partners, min(len(partners), 2)):
            self.add(Filling(seat=seat, partner=partner, ended_at=chance.choice((None, self.moment()))))

    def _report(self, number: int) -> Report:
        chance = self.chance
        row = self.add(
            Report(
                title=f"Report {number}",
                project=chance.choice(self.projects) if chance.random() < 0.9 else None,
                state=chance.choice((ReportState.DRAFT, ReportState.PUBLISHED, ReportState.PUBLISHED)),
                kind=chance.choice(list(ReportKind)[:4]),
                language=chance.choice(("en", "es", "zh-Hans")),
                published_on=self.partial(0.1),
                doi=chance.choice(("", "10.5555/12345")),
                isbn=chance.choice(("", "9780306406157")),
            )
        )
        positions = [chance.randrange(3) for _each in range(chance.randrange(4))]  # sometimes two of them are equal
        for position in positions:
            row.authors.append(
                ReportAuthor(
                    position=position,
                    name="Somebody",
                    person=chance.choice([None, *self.people]),
                    institution=chance.choice([None, *self.institutions]),
                    is_corresponding=chance.random() < 0.3,
                )
            )
        return row

    def _event(self, number: int) -> None:
        chance = self.chance
        row = self.add(
            Event(
                title=f"Event {number}",
                network=chance.choice(self.networks),
                kind=chance.choice(list(EventKind)[:4]),
                on=self.partial(),
                is_online=chance.random() < 0.5,
                participants=chance.choice((None, 0, 12, 150)),
                cancelled_at=self.moment() if chance.random() < 0.2 else None,
            )
        )
        for place in self.some(self.institutions, 4):
            row.guests.append(EventGuest(institution=place, people=chance.randint(0, 5)))
        for code in self.some((*COUNTRIES, ""), 2):
            row.guests.append(EventGuest(listed_as="Ministry", listed_country=code, people=chance.randint(1, 5)))

    def _use(self) -> None:
        chance = self.chance
        self.add(
            Use(
                report=chance.choice(self.reports),
                kind=chance.choice(list(UseKind)[:4]),
                on=self.partial(),
                link=chance.choice(("", "https://example.org/")),
                file=chance.choice((None, self.file)),
                withdrawn_at=self.moment() if chance.random() < 0.2 else None,
            )
        )
