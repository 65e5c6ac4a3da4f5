"""What a calendar says about a milestone, an event or a question, in the language spoken now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker import clock
from tracker.asks.kinds import KINDS, say, values_of
from tracker.asks.models import Ask
from tracker.asks.queries import waiting
from tracker.calendars.models import CalendarFeed
from tracker.calendars.permissions import may_subscribe
from tracker.calendars.queries import CANCELLED_KEPT, changed_at, events_of, milestones, subject
from tracker.calendars.states import Scope
from tracker.dates import PartialDate
from tracker.events.models import Event
from tracker.i18n import _, country_name, format_day
from tracker.institutions.models import Person
from tracker.markdown import plain
from tracker.milestones.models import Milestone
from tracker.milestones.queries import STARTED
from tracker.milestones.states import MilestoneState
from tracker.projects.permissions import follow_project, view_project

LONGEST_WORDS = 500


@dataclass(frozen=True)
class Entry:
    """One entry. `first` is a day, or a moment in UTC; `end` is the first day, or the moment, after it."""

    uid: str  # unique within this site, and the same for ever
    sequence: int  # grows with each change of what it says (RFC 5545, 3.8.7.4)
    changed_at: datetime
    first: date | datetime
    end: date | datetime | None
    summary: str
    path: str
    description: str = ""
    location: str = ""
    status: str = "CONFIRMED"  # CONFIRMED, TENTATIVE or CANCELLED (RFC 5545, 3.8.1.11)
    is_busy: bool = False


@dataclass(frozen=True)
class Contents:
    """A calendar's name and entries, in their order."""

    name: str
    entries: list[Entry]


def contents_of(feed: CalendarFeed, site: str) -> Contents:
    """What the owner of a feed may read now. Nothing, and no name either, where that is nothing any more."""
    owner, of = feed.person, subject(feed.scope, feed.subject_id)
    if not may_subscribe(owner, feed.scope, of):
        return Contents(site, [])
    found = milestones(feed.scope, of, owner)
    moments = changed_at(found)
    entries = [
        of_milestone(milestone, owner, moments.get(milestone.id, milestone.created_at))
        for milestone in found
        if _is_said(milestone, moments)
    ]
    entries += [of_event(event, owner) for event in events_of(feed.scope, of, owner)]
    if feed.scope is Scope.PERSON:
        entries += [of_ask(ask) for ask in waiting(owner) if ask.due_on]
    return Contents(name_of(feed.scope, of, site), entries)


def name_of(scope: Scope, of: object, site: str) -> str:
    """How a calendar is called among the others of its owner."""
    if scope is Scope.PERSON:
        return _("My dates: %(site)s", site=site)
    return _("Dates: %(name)s", name=getattr(of, "label", ""))


def of_milestone(milestone: Milestone, owner: Person, at: datetime) -> Entry:
    """All day on its date; of a month or a year on the last day, which is when it is late."""
    assert milestone.due is not None
    project = milestone.project
    summary = _with_period(f"{milestone.name}: {project.label}", milestone.due)
    status = "CONFIRMED" if project.state in STARTED else "TENTATIVE"
    if milestone.state is MilestoneState.DROPPED:
        summary, status = _("Dropped: %(what)s", what=summary), "CANCELLED"
    elif milestone.state is MilestoneState.DONE:
        summary = _("✓ Done: %(what)s", what=summary)
    lines = [_("Project: %(name)s", name=project.label)]
    names = [part.name for part in (milestone.partner, milestone.person) if part]
    if names:
        lines.append(_("Responsible: %(names)s", names=", ".join(names)))
    if milestone.has_slipped and milestone.first_due:
        lines.append(_("First date: %(day)s", day=format_day(milestone.first_due)))
    if milestone.changes and follow_project(owner, project):
        last = milestone.changes[-1]
        why = f"{last.reason_label}. {last.words}" if last.words else last.reason_label
        lines.append(_("Why it moved: %(reason)s", reason=why[:LONGEST_WORDS]))
    return Entry(
        uid=f"milestone-{milestone.id}",
        sequence=milestone.version,
        changed_at=at,
        first=milestone.due.last_day,
        end=milestone.due.last_day + timedelta(days=1),
        summary=summary,
        path=milestone.path,
        description="\n".join(lines),
        status=status,
    )


def of_event(event: Event, owner: Person) -> Entry:
    """With its hours in UTC where they are known, else all day from its first day to its last."""
    lines = [_("Project: %(name)s", name=each.label) for each in event.projects if view_project(owner, each)]
    lines += [plain(event.text, LONGEST_WORDS)] if event.text else []
    lines += [_("One can take part online.")] if event.is_online else []
    lines += [event.website] if event.website else []
    summary = event.title
    first: date | datetime = event.starts_at or event.on.first_day
    end: date | datetime | None = event.ends_at
    if event.starts_at is None:
        end = event.day + timedelta(days=1)
        if event.on.precision != "day":
            first, summary = event.day, _with_period(summary, event.until or event.on)
    return Entry(
        uid=f"event-{event.id}",
        sequence=event.version,
        changed_at=event.changed_at,
        first=first,
        end=end,
        summary=_("Cancelled: %(what)s", what=summary) if event.cancelled_at else summary,
        path=event.path,
        description="\n".join(lines),
        location=", ".join(part for part in (event.place, country_name(event.country)) if part),
        status="CANCELLED" if event.cancelled_at else "CONFIRMED",
        is_busy=event.starts_at is not None and event.cancelled_at is None,
    )


def of_ask(ask: Ask) -> Entry:
    """All day on the day until which an answer is hoped for."""
    question = say(KINDS[ask.kind].question, values_of(ask.details, by=ask.asked_by_name, whose=ask.addressee_name))
    return Entry(
        uid=f"ask-{ask.id}",
        sequence=0,
        changed_at=ask.asked_at,
        first=ask.due_on,
        end=ask.due_on + timedelta(days=1),
        summary=_("To answer: %(question)s", question=f"{question} ({ask.label})" if ask.label else question),
        path=ask.path,
    )


def _is_said(milestone: Milestone, moments: dict[int, datetime]) -> bool:
    """A dropped milestone is said for a while, then no longer."""
    if milestone.state is not MilestoneState.DROPPED:
        return True
    return moments.get(milestone.id, milestone.created_at) > clock.now() - CANCELLED_KEPT


def _with_period(summary: str, day: PartialDate) -> str:
    if day.precision == "day":
        return summary
    return _("%(what)s (some day in %(period)s)", what=summary, period=format_day(day))
