"""A project asks to go on as part of another, and how that ends without a yes. What a yes does is in `together`."""

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, take_back
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.ideas import queries
from tracker.ideas.models import Union
from tracker.ideas.states import BEGINNING, TAKES_IN, UnionKind
from tracker.institutions.models import Person
from tracker.permissions import permissions
from tracker.projects.actions import QUOTED, leads, touch
from tracker.projects.models import Project
from tracker.projects.states import STATE_LABELS, ProjectState

declare(
    {
        "ideas.ask_to_join": _l("%(actor)s asked whether it can go on as part of “%(into)s”."),
        "ideas.ask_to_merge": _l("%(actor)s asked whether it can be merged with “%(into)s”."),
        "ideas.withdraw": _l("The question to “%(into)s” was withdrawn."),
        "ideas.decline": _l("The lead of “%(into)s” thinks that both are better done on their own."),
        "ideas.lapse": _l("The question to “%(into)s” ran out without an answer."),
        "ideas.go_on": _l("The question to “%(into)s” was taken back: one of the two went on meanwhile."),
        "ideas.join": _l("“%(project)s” goes on as part of this project."),
        "ideas.merge": _l("“%(project)s” is merged with this project."),
    }
)
MOST_A_DAY = 3  # times that one project asks another: each is a mail to its leads, also if it is taken back
ASKS = {kind: f"ideas.{kind}" for kind in UnionKind}


def why_not(project: Project, into: Project, kind: UnionKind, actor: Person | None) -> str:
    """Why a project cannot go on as part of another now, in a sentence for `actor`; empty where it can."""
    if project.id == into.id:
        return _("A project cannot become part of itself. Choose another one.")
    if project.state is ProjectState.STOPPED or into.state is ProjectState.STOPPED:
        return _why_stopped(project if project.state is ProjectState.STOPPED else into, actor)
    if project.state not in BEGINNING:
        return _(
            "Only what has not started yet can go on as part of another project; this one is %(state)s.",
            state=str(STATE_LABELS[project.state]),
        )
    if into.state not in TAKES_IN[kind]:
        return _(
            "“%(title)s” is %(state)s: it is too late for this.",
            title=into.label,
            state=str(STATE_LABELS[into.state]),
        )
    return ""


def _why_stopped(stopped: Project, actor: Person | None) -> str:
    """Where it went, as far as the reader may know it."""
    goes_on = queries.goes_on_as(stopped)
    if goes_on is not None and permissions["view_project"](actor, goes_on):
        return _("“%(title)s” goes on as part of “%(other)s” now.", title=stopped.label, other=goes_on.label)
    return _("“%(title)s” is stopped.", title=stopped.label)


def asked_first(project: Project, into: Project) -> Union | None:
    """The open question the other way round, which is to be answered instead."""
    asked = queries.open_from(into.id)
    return asked if asked is not None and asked.into_id == project.id else None


def propose(project: Project, into: Project, kind: UnionKind, *, words: str = "", actor: Person) -> Union:
    """Ask the leads of `into` whether `project` goes on as part of it. Both are locked.

    Raises RuleBroken where it cannot, the other asked first, or the project asks somebody already or again and again.
    """
    if reason := why_not(project, into, kind, actor):
        raise RuleBroken(reason)
    if asked_first(project, into):
        raise RuleBroken(_("They asked you first: answer that instead."))
    if (asked := queries.open_from(project.id)) is not None:
        raise RuleBroken(
            _("You asked “%(title)s” already. Withdraw that question before you ask again.", title=asked.into.label)
        )
    if queries.asked_lately(project.id, into.id) >= MOST_A_DAY:
        raise RuleBroken(_("You asked “%(title)s” several times today. Wait until tomorrow.", title=into.label))
    union = Union(project=project, into=into, kind=kind, words=words, asked_by=actor, asked_at=clock.now())
    db.session.add(union)
    touch(project)
    noted = record(f"ideas.ask_to_{kind}", project, actor=actor, into=into.label, words=words)
    raise_ask(
        ASKS[kind],
        union,
        to=into,
        to_name=into.led_by,
        about=into,
        network_id=into.network_id,
        actor=actor,
        because=noted,
        project=project.label,
        partner=project.led_by,
        question=project.question[:QUOTED],
        note=words,
        language=into.language,
    )
    return union


def decline(union: Union, *, note: str = "", actor: Person) -> None:
    """The other project's leads say no, kindly: whoever asked is told, and may ask another one."""
    told = [*([union.asked_by] if union.asked_by else []), *leads(union.project)]
    union.answered_by_id = actor.id
    _end(union)
    record("ideas.decline", union.project, actor=actor, tell=told, into=union.into.label, note=note)


def withdraw(union: Union, *, actor: Person | None) -> None:
    """Those who asked take it back."""
    _end(union)
    told = [lead for lead in leads(union.project) if lead is not actor]
    record("ideas.withdraw", union.project, actor=actor, tell=told, into=union.into.label)


def lapse(union: Union) -> None:
    """Nobody answered in time. Whoever asked is told by the ask itself, the other leads here."""
    if union.is_open:
        _end(union)
        told = [lead for lead in leads(union.project) if lead.id != union.asked_by_id]
        record("ideas.lapse", union.project, actor=None, tell=told, into=union.into.label)


def go_on_without(union: Union) -> None:
    """No answer could bring it about any more: one of the two went on, or was stopped."""
    if union.is_open:
        _end(union)
        told = [*leads(union.project), *([union.asked_by] if union.asked_by else [])]
        record("ideas.go_on", union.project, actor=None, tell=told, into=union.into.label)


def _end(union: Union) -> None:
    union.ended_at = clock.now()
    take_back(union, *ASKS.values())  # of the other projects of a question nothing is written: they may not be locked
    db.session.flush()
