"""Rows of the board: what is asked, whom it waits for, what was said so far. A few queries, however many rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker import clock
from tracker.asks.actions import overdue_since, was_mailed_lately
from tracker.asks.kinds import KINDS, Kind, say, values_of
from tracker.asks.models import Ask
from tracker.asks.queries import asks_of
from tracker.board import beside
from tracker.checkins.models import CheckIn
from tracker.checkins.queries import latest_of
from tracker.dates import earth_day
from tracker.i18n import _, format_day, language_name, list_and, ngettext
from tracker.institutions.models import Person
from tracker.markdown import plain
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.planning import ASK as MILESTONE
from tracker.oversight.computed import Computed, computed, days_silent
from tracker.oversight.models import HealthLine
from tracker.oversight.queries import current_lines
from tracker.projects.models import Project

WORDS_SHOWN = 160  # characters of what a partner wrote


@dataclass(frozen=True)
class AskRow:
    ask: Ask
    kind: Kind
    people: list[Person]  # who can answer, perhaps nobody

    @property
    def question(self) -> str:
        return self._say(self.kind.question)

    @property
    def waiting_for(self) -> str:
        return self._say(self.kind.waiting_for)

    def _say(self, sentence: object) -> str:
        ask = self.ask
        return say(sentence, values_of(ask.details, by=ask.asked_by_name, whose=ask.addressee_name))

    @property
    def days_overdue(self) -> int:
        return overdue_since(self.ask)

    @property
    def mailed(self) -> list[Person]:
        """Who would get a reminder, as `asks.addressees.mailed` says it."""
        first = [self.ask.delegated_to] if self.ask.delegated_to else self.people
        return [person for person in first if person.email]

    @property
    def troubled(self) -> list[Person]:
        """Those whom mail does not reach."""
        return [person for person in self.people if person.mail_trouble]

    @property
    def why_not_now(self) -> str:
        """Why it is not reminded of now; empty where it can be."""
        if was_mailed_lately(self.ask):
            return _("mailed less than a day ago")
        return "" if self.mailed else _("nobody there can be mailed")


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone that is late or due: the open question about it, if any, and what was said of it so far."""

    milestone: Milestone
    asked: AskRow | None
    last: str
    answer: CheckIn | None  # the newest monthly answer of whoever is responsible

    @property
    def days_overdue(self) -> int:
        last_day = self.milestone.last_day
        return max(0, (earth_day() - last_day).days) if last_day else 0

    @property
    def days_left(self) -> int:
        last_day = self.milestone.last_day
        return max(0, (last_day - earth_day()).days) if last_day else 0

    @property
    def whose_turn(self) -> str:
        """The name of whoever is responsible."""
        if self.asked is not None:
            return self.asked.ask.addressee_name
        if self.milestone.partner is not None:
            return self.milestone.partner.name
        return list_and([partner.name for partner in self.milestone.project.lead_partners])

    @property
    def monthly(self) -> str:
        """The monthly answer in a line: who, of which month, how it goes, why, and in what words."""
        if self.answer is None:
            return ""
        said = ": ".join(filter(None, (self.answer.going_label, self.answer.reason_label)))
        values = {"name": self.answer.partner.name, "month": format_day(self.answer.of), "said": said}
        words = plain(self.answer.words, WORDS_SHOWN)
        if words:
            return _("%(name)s, %(month)s: %(said)s. “%(words)s”", words=words, **values)
        return _("%(name)s, %(month)s: %(said)s.", **values)


@dataclass(frozen=True)
class ProjectRow:
    """A project: why it is listed, how a coordinator sees it, and beside that what the record says."""

    project: Project
    why: str
    line: HealthLine | None
    computed: Computed
    help: list[str] = field(default_factory=list)  # who asked for help, in words
    missing: list[str] = field(default_factory=list)  # what its start lacks
    asks: list[AskRow] = field(default_factory=list)  # what it waits for


def rows_of(asks: Iterable[Ask]) -> dict[int, AskRow]:
    """The rows of some asks, by ask."""
    asks = list(asks)
    people = beside.answering(asks)
    return {ask.id: AskRow(ask, KINDS[ask.kind], people[ask.id]) for ask in asks}


def rows_of_milestones(milestones: Iterable[Milestone]) -> dict[int, MilestoneRow]:
    """The rows of some milestones, by milestone."""
    milestones = list(milestones)
    asks, moved = asks_of(MILESTONE, milestones), beside.moves(milestones)
    rows = rows_of(ask for known in asks.values() for ask in known if ask.is_open)
    opened = {row.ask.subject_id: row for row in rows.values()}
    said = latest_of({milestone.project_id for milestone in milestones})
    return {
        milestone.id: MilestoneRow(
            milestone,
            opened.get(milestone.id),
            _said_so_far(moved.get(milestone.id, []), asks.get(milestone.id, [])),
            _of_whoever_is_responsible(milestone, said.get(milestone.project_id, [])),
        )
        for milestone in milestones
    }


def rows_of_projects(lists: dict[str, list[Project]]) -> dict[tuple[str, int], ProjectRow]:
    """The rows of the projects of some lists, by list and project: the same number of queries for all of them."""
    projects = list(dict.fromkeys(project for rows in lists.values() for project in rows))
    lines, found = current_lines(project.id for project in projects), computed(projects)
    seeking = [project for name, rows in lists.items() if name == "blocked" for project in rows]
    missing, since = beside.missing_to_start(seeking), beside.seeking(seeking)
    helped = beside.calls_for_help(project for name, rows in lists.items() if name == "help" for project in rows)
    about = beside.about(projects)
    asked = rows_of(ask for asks in about.values() for ask in asks)
    return {
        (name, project.id): ProjectRow(
            project,
            _why(name, project, lines.get(project.id), since.get(project.id)),
            lines.get(project.id),
            found[project.id],
            help=helped.get(project.id, []) if name == "help" else [],
            missing=missing.get(project.id, []) if name == "blocked" else [],
            asks=[asked[ask.id] for ask in about.get(project.id, [])],
        )
        for name, rows in lists.items()
        for project in rows
    }


def _why(name: str, project: Project, line: HealthLine | None, seeks: tuple[datetime, date | None] | None) -> str:
    """Why a project stands in a list."""
    if name == "silent":
        days = days_silent(project)
        return ngettext("No news for %(number)s day.", "No news for %(number)s days.", days, number=str(days))
    if name == "blocked" and seeks is not None:
        return _why_blocked(*seeks)
    if name == "help":
        return _("Somebody asked for help, and nothing was heard of it since.")
    if name == "worrying" and line is not None:
        return _("A coordinator says so.")
    days = (clock.now() - project.changed_at).days
    return ngettext("Last news %(number)s day ago.", "Last news %(number)s days ago.", days, number=str(days))


def _why_blocked(since: datetime, closes_on: date | None) -> str:
    days = (clock.now() - since).days
    said = ngettext(
        "It has looked for partners for %(number)s day and has not started.",
        "It has looked for partners for %(number)s days and has not started.",
        days,
        number=str(days),
    )
    if closes_on is not None and closes_on < earth_day():
        return _("Its call closed on %(day)s.", day=format_day(closes_on)) + " " + said
    return said


def _of_whoever_is_responsible(milestone: Milestone, answers: list[CheckIn]) -> CheckIn | None:
    leads = [partner.id for partner in milestone.project.lead_partners]
    wanted = [milestone.partner_id] if milestone.partner_id is not None else leads
    return next((answer for answer in answers if answer.partner_id in wanted), None)


def _said_so_far(changes: list[DateChange], asks: list[Ask]) -> str:
    """How often the date moved and why last; and whether help was asked for and is still awaited."""
    said = []
    if changes:
        said.append(
            ngettext(
                "moved once: %(reason)s",
                "moved %(number)s times; last: %(reason)s",
                len(changes),
                number=str(len(changes)),
                reason=changes[-1].reason_label,
            )
        )
    if asks and asks[-1].choice == "help" and (given := asks[-1].answer) is not None:
        said.append(_("help is needed: %(words)s", words=str(given.values.get("words", ""))))
    return "; ".join(said)


def mails_by_language(rows: Iterable[AskRow]) -> list[str]:
    """“English: 3” for each language in which reminders of these would be mailed, the commonest first."""
    counts: dict[str, int] = {}
    for row in rows:
        for person in row.mailed:
            tag = person.interface_language or "en"
            counts[tag] = counts.get(tag, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [_("%(language)s: %(number)s", language=language_name(tag), number=str(number)) for tag, number in ordered]


def names(rows: Iterable[AskRow]) -> str:
    """Whom they wait for, in words, each once."""
    return list_and(list(dict.fromkeys(row.ask.addressee_name for row in rows)))
