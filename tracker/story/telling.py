"""What happened in a project, as one story: gathered from every feature, in order, cut into parts that load quickly.

A visitor is told what is public; whoever follows the project also reasons, words, terms and what partners said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

from markupsafe import Markup

from tracker.checkins.models import CheckIn
from tracker.dates import PartialDate
from tracker.i18n import _, country_name, format_day, list_and
from tracker.institutions.models import Person
from tracker.milestones.models import ProgressNote
from tracker.projects.models import LedgerEntry, Partner, Project, Transition
from tracker.projects.permissions import follow_project
from tracker.projects.states import TAKES_PART, Commitment, ProjectState
from tracker.reports.states import ReportState
from tracker.story import queries

MOST_ENTRIES = 300  # in one part
MOST_BYTES = 24_000  # of what people wrote in one part: compressed with its frame it stays below 14 kB
FRAME = 80  # bytes that an entry weighs beside its words
SHOWN_TO_ALL = frozenset({"propose", "accept", "start", "submit", "reopen", "publish", "stop", "resume"})


EMPTY = Markup("")


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `said` is a sentence of ours; what people wrote stands beside it in its language."""

    on: PartialDate
    said: str
    at: datetime | None = None  # orders what happened on one day
    mark: str = ""  # "state" of components/state.html, where the thing has one
    title: str = ""  # of a report, an event: in `title_language`, at `path`
    title_language: str = ""
    path: str = ""
    facts: list[str] = field(default_factory=list)
    html: Markup = EMPTY
    words: str = ""  # plain text
    language: str = ""  # of `html` or `words`, where it is known
    by: str = ""
    files: Sequence[Any] = ()
    note_id: int = 0

    @property
    def weight(self) -> int:
        """About how many bytes it takes."""
        texts = (self.html, self.words, self.title, *self.facts, *(file.name for file in self.files))
        return FRAME + sum(len(text.encode()) for text in texts)

    @property
    def order(self) -> tuple[Any, ...]:
        """A year without a month comes before its months."""
        at = self.at or datetime.combine(self.on.first_day, time(12), UTC)
        return self.on.first_day, len(self.on.text), at


@dataclass(frozen=True)
class Part:
    """As much of a story as one page holds. `years` are those of all parts, (first, last) each."""

    entries: list[Entry]
    page: int
    years: list[tuple[int, int]]

    @property
    def by_month(self) -> Iterator[tuple[int, list[tuple[PartialDate | None, list[Entry]]]]]:
        """Year, then (month or None where only the year is known, its entries)."""
        for year, of_year in groupby(self.entries, key=lambda entry: entry.on.year):
            yield year, [(month, list(found)) for month, found in groupby(of_year, key=_month)]


def _month(entry: Entry) -> PartialDate | None:
    return PartialDate(entry.on.text[:7]) if entry.on.precision != "year" else None


def part_of(entries: Iterable[Entry], page: int, *, newest_first: bool) -> Part:
    """The part that a page shows; the first for a number that there is not. A part ends with a year where it can."""
    ordered = sorted(entries, key=lambda entry: entry.order, reverse=newest_first)
    parts: list[list[Entry]] = [[]]
    weight = 0
    for _year, found in groupby(ordered, key=lambda entry: entry.on.year):
        of_year = list(found)
        heavy = sum(entry.weight for entry in of_year)
        if parts[-1] and (len(parts[-1]) + len(of_year) > MOST_ENTRIES or weight + heavy > MOST_BYTES):
            parts.append([])
            weight = 0
        for entry in of_year:
            if parts[-1] and (len(parts[-1]) >= MOST_ENTRIES or weight + entry.weight > MOST_BYTES):
                parts.append([])
                weight = 0
            parts[-1].append(entry)
            weight += entry.weight
    page = page if 1 <= page <= len(parts) else 1
    ends = [sorted((part[0].on.year, part[-1].on.year)) for part in parts if part]
    return Part(parts[page - 1], page, [(first, last) for first, last in ends])


def tell(project: Project, actor: Person | None) -> list[Entry]:
    """Everything that `actor`, who may read the project, may know of what happened; in no order yet."""
    follows = follow_project(actor, project)
    check_ins = queries.check_ins(project) if follows else []
    notes = queries.notes(project, actor)
    reported = {note.text for note in notes}
    return [
        *_beginning_and_end(project),
        *(_step(move, follows) for move in project.transitions if follows or move.step in SHOWN_TO_ALL),
        *_commitments(project, queries.ledger(project), follows),
        *(_terms(version, project) for version in (queries.terms(project) if follows else ())),
        *_milestones(project, follows, reported),
        *_words(notes, check_ins, {partner.id: partner for partner in project.partners}),
        *_reports(project, follows),
        *(_event(event) for event in queries.events(project, actor)),
        *(_use(use) for use in queries.uses(project)),
    ]


def _on(moment: datetime) -> PartialDate:
    return PartialDate.of(moment.astimezone(UTC).date())


def _beginning_and_end(project: Project) -> Iterator[Entry]:
    """The first idea; of a project that was taken over from a source, what that says."""
    if project.import_key is None:
        yield Entry(_on(project.created_at), _("The idea was written down."), project.created_at)
    steps = {move.step for move in project.transitions}
    has_begun = project.state in (ProjectState.RUNNING, ProjectState.REVIEW, ProjectState.PUBLISHED)
    if project.starts_on and "start" not in steps and has_begun:
        yield Entry(project.starts_on, _("The project began."), mark="running")
    if project.ends_on and "publish" not in steps and project.state is ProjectState.PUBLISHED:
        yield Entry(project.ends_on, _("The project ended."))


def _step(move: Transition, follows: bool) -> Entry:
    said = {
        "propose": _("The project was proposed."),
        "accept": _("The proposal was accepted: partners were sought."),
        "send_back": _("The proposal was sent back to its lead."),
        "start": _("The project started."),
        "submit": _("The report went to review."),
        "reopen": _("The work was taken up again."),
        "publish": _("The project was published with its report."),
        "stop": _("The project was stopped."),
        "resume": _("The project was resumed."),
    }.get(move.step, move.step)
    by = move.actor_name if follows else ""
    return Entry(_on(move.at), said, move.at, move.target.value, words=move.reason if follows else "", by=by)


def _commitments(project: Project, entries: list[LedgerEntry], follows: bool) -> Iterator[Entry]:
    """How partners joined and left. A visitor is told of those who take part."""
    partners = {partner.id: partner for partner in project.partners}
    published = next((move.at for move in project.transitions if move.step == "publish"), None)
    joined: dict[int, Commitment] = {}
    for entry in entries:
        partner, before = partners.get(entry.partner_id), joined.get(entry.partner_id)
        if partner is None or not (follows or partner.takes_part):
            continue
        said = _joined_or_left(partner, entry.commitment, before)
        if entry.commitment in TAKES_PART:
            joined[entry.partner_id] = entry.commitment
        elif entry.commitment is Commitment.WITHDREW:
            joined.pop(entry.partner_id, None)
        ends_with_all = entry.commitment is Commitment.DONE and entry.at == published
        if said and not ends_with_all:
            words = entry.note if follows else ""
            yield Entry(_on(entry.at), said, entry.at, entry.commitment.value, words=words)


def _joined_or_left(partner: Partner, commitment: Commitment, before: Commitment | None) -> str:
    if commitment is Commitment.WITHDREW:
        return _("%(name)s left.", name=partner.name) if before else ""
    if commitment is before or commitment not in TAKES_PART:
        return ""
    if commitment is Commitment.INTENDS:
        return _("%(name)s meant to take part.", name=partner.name)
    if commitment is Commitment.DONE:
        return _("%(name)s had done its part.", name=partner.name)
    return _("%(name)s agreed to take part.", name=partner.name)


def _terms(version: Any, project: Project) -> Entry:
    names = {partner.id: partner.name for partner in project.partners}
    agreed = [names[reply.partner_id] for reply in version.confirmations if reply.partner_id in names]
    facts = [_("Confirmed by %(names)s", names=list_and(agreed))] if agreed else []
    said = _("Version %(number)s of the terms was written.", number=version.number)
    by = version.written_by.name if version.written_by else ""
    return Entry(_on(version.written_at), said, version.written_at, facts=facts, by=by)


def _milestones(project: Project, follows: bool, reported: set[str]) -> Iterator[Entry]:
    """What was reached, moved and dropped. The first date stays visible; reasons are for those who follow."""
    for milestone in queries.done(project):
        if on := milestone.done_on or milestone.due:
            first = milestone.first_due if milestone.has_slipped else None
            facts = [_("First date: %(day)s", day=format_day(first))] if first else []
            said = _("“%(milestone)s” was done.", milestone=milestone.name)
            yield Entry(on, said, mark="done", facts=facts, by=milestone.partner.name if milestone.partner else "")
    for change in queries.moves(project):
        days = [format_day(day) if day else "–" for day in (change.before, change.after)]
        name = change.milestone.name
        said = _("“%(milestone)s” moved from %(before)s to %(after)s.", milestone=name, before=days[0], after=days[1])
        first = change.milestone.first_due
        facts = [_("First date: %(day)s", day=format_day(first))] if first and first != change.before else []
        if follows:
            facts.insert(0, _("Reason: %(reason)s", reason=change.reason_label))
        words = change.words if follows and change.words not in reported else ""
        by = change.person.name if follows and change.person else ""
        yield Entry(_on(change.at), said, change.at, "late", facts=facts, words=words, by=by)
    for row in queries.drops(project):
        said = _("“%(milestone)s” was dropped.", milestone=row.details.get("milestone", ""))
        words = row.details.get("words", "") if follows else ""
        yield Entry(_on(row.at), said, row.at, "dropped", words=words, by=row.actor_name if follows else "")


def _words(notes: list[ProgressNote], check_ins: list[CheckIn], partners: dict[int, Partner]) -> Iterator[Entry]:
    """Notes and what partners said month by month; the words of an answer stand with it, once."""
    by_id = {note.id: note for note in notes}
    for check_in in check_ins:
        at = check_in.answered_at or check_in.created_at
        note = by_id.pop(check_in.note_id or 0, None)
        facts = [check_in.reason_label] if check_in.reason else []
        said = _(
            "%(name)s: %(going)s.",
            name=partners[check_in.partner_id].name,
            going=check_in.going_label,
        )
        going = check_in.going.value if check_in.going else ""
        by = check_in.answered_by_name
        yield _with(note, Entry(_on(at), said, at, going, facts=facts, by=by))
    for note in by_id.values():
        said = _("Note on “%(milestone)s”", milestone=note.milestone.name) if note.milestone else _("Note")
        yield _with(note, Entry(note.on, said, note.at, by=note.author.name if note.author else ""))


def _with(note: ProgressNote | None, entry: Entry) -> Entry:
    if note is None:
        return entry
    shown = {"html": Markup(note.text_html), "language": note.language, "files": note.files, "note_id": note.id}
    return Entry(**{**entry.__dict__, **shown})


def _reports(project: Project, follows: bool) -> Iterator[Entry]:
    for report in queries.reports(project, with_drafts=follows):
        named: dict[str, Any] = {"title": report.label, "title_language": report.language, "path": report.path}
        if follows and report.import_key is None:
            yield Entry(_on(report.created_at), _("A report was begun:"), report.created_at, **named)
        here = _on(report.published_at) if report.published_at else None
        on = report.published_on or here
        if report.state is ReportState.PUBLISHED and on:
            at = report.published_at if on == here else None
            yield Entry(on, _("Published:"), at, "published", facts=[report.kind_label], **named)
        if report.withdrawn_at:
            yield Entry(_on(report.withdrawn_at), _("Withdrawn:"), report.withdrawn_at, **named)


def _event(event: Any) -> Entry:
    said = _("Cancelled:") if event.cancelled_at else _("Event:")
    place = [part for part in (event.place, country_name(event.country) if event.country else "") if part]
    facts = [event.kind_label, *([", ".join(place)] if place else []), *([_("online")] if event.is_online else [])]
    return Entry(event.on, said, title=event.title, title_language=event.language, path=event.path, facts=facts)


def _use(use: Any) -> Entry:
    report = use.report
    facts = [_("Report: %(title)s", title=report.label)]
    if use.country:
        facts.append(country_name(use.country))
    said = _("Used: %(kind)s", kind=use.kind_label)
    by = use.institution.name if use.institution else ""
    return Entry(use.on, said, use.at, path=use.path, facts=facts, words=use.words, language=use.language, by=by)
