"""Whose turn it is: what a project waits for, and from whom. Most of it is open asks; else it is the lead's turn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.asks.actions import overdue_since
from tracker.asks.kinds import KINDS, say, values_of
from tracker.asks.models import Ask
from tracker.asks.permissions import looks_after
from tracker.checkins.states import ASK as MONTHLY
from tracker.i18n import _, format_day, ngettext
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.permissions import permissions
from tracker.projects.models import Project, Transition
from tracker.projects.states import ProjectState

Rows = Mapping[tuple[str, int], Any]  # by table and id


@dataclass(frozen=True)
class Turn:
    """What is waited for. `detail` may be empty; `mine`: it waits for whoever reads this; `path`: of the question,
    for whoever may open it; `more`: what is waited for besides."""

    sentence: str
    detail: str = ""
    mine: bool = False
    path: str = ""
    more: list["Turn"] = field(default_factory=list)


def whose_turn(
    project: Project, actor: Person | None, *, plan: list[Milestone], asks: list[tuple[Ask, bool]], rows: Rows
) -> Turn | None:
    """What the project waits for now, as `actor` may know it: what waits for themselves, else what it waits for.

    `asks` are the open ones with whether they wait for the actor, the worst first; `rows` what they are about, as far
    as the page has it. Only the lead and the coordinators
    learn who is waited for. None for a project that is over. What every partner is asked each month is named to
    whoever is asked, and waits behind all else.
    """
    monthly = [_to_answer(ask, actor) for ask, is_mine in asks if is_mine and ask.kind == MONTHLY]
    found = _whose_turn(project, actor, plan, [(ask, mine) for ask, mine in asks if ask.kind != MONTHLY], rows)
    if not monthly:
        return found
    if found is None or not found.mine:
        first, *more = [*monthly, *([found, *found.more] if found else [])]
    else:
        first, *more = [found, *monthly, *found.more]
    return Turn(first.sentence, first.detail, first.mine, first.path, more)


def _whose_turn(
    project: Project, actor: Person | None, plan: list[Milestone], asks: list[tuple[Ask, bool]], rows: Rows
) -> Turn | None:
    leading = permissions["lead_project"](actor, project)
    mine = [_to_answer(ask, actor) for ask, is_mine in asks if is_mine]
    others = [ask for ask, is_mine in asks if not is_mine]
    waited = [_named(ask, actor, rows) for ask in others] if leading else _unnamed(others, actor)
    own = _own_step(project, actor, leading, plan)
    if own is not None and (not asks or (not mine and project.state in (ProjectState.DRAFT, ProjectState.STOPPED))):
        return Turn(own.sentence, own.detail, own.mine, more=waited)
    if not mine and not waited:
        return None
    first, *more = [*mine, *waited]
    return Turn(first.sentence, first.detail, first.mine, first.path, more)


# --- open asks ----------------------------------------------------------------------------------------------


def _to_answer(ask: Ask, actor: Person | None) -> Turn:
    """What the reader is asked, in the words of the question itself."""
    return Turn(_said(ask, KINDS[ask.kind].question), _when([ask], actor), mine=True, path=ask.path)


def _named(ask: Ask, actor: Person | None, rows: Rows) -> Turn:
    path = ask.path if may_open(ask, actor, rows) else ""
    return Turn(_said(ask, KINDS[ask.kind].waiting_for), _when([ask], actor), path=path)


def may_open(ask: Ask, actor: Person | None, rows: Rows) -> bool:
    """Whether `actor` looks after an ask, of which `rows` hold the subject by its table and id: a page with many asks
    reads none of them one by one."""
    return looks_after(actor, ask, lambda: rows.get((ask.subject_type, ask.subject_id)))


def _unnamed(asks: Iterable[Ask], actor: Person | None) -> list[Turn]:
    """What is waited for without a name; what reads the same is said once."""
    alike: dict[str, list[Ask]] = {}
    for ask in asks:
        alike.setdefault(_said(ask, KINDS[ask.kind].waiting), []).append(ask)
    return [Turn(sentence, _when(same, actor)) for sentence, same in alike.items()]


def _said(ask: Ask, sentence: object) -> str:
    return say(sentence, values_of(ask.details, by=ask.asked_by_name, whose=ask.addressee_name))


def _when(asks: list[Ask], actor: Person | None) -> str:
    """Since when it is waited, and until when an answer was hoped for; of several the first."""
    since = _since(min(ask.asked_at for ask in asks), actor)
    due = min((ask.due_on for ask in asks if ask.due_on), default=None)
    days = max(overdue_since(ask) for ask in asks)
    parts = [since]
    if len(asks) > 1:
        parts.insert(0, _("%(number)s answers are awaited.", number=str(len(asks))))
    if due is not None:
        parts.append(
            ngettext(
                "It was due on %(day)s, %(number)s day ago.",
                "It was due on %(day)s, %(number)s days ago.",
                days,
                day=format_day(due),
                number=str(days),
            )
            if days
            else _("Due on %(day)s.", day=format_day(due))
        )
    return " ".join(parts)


# --- the lead's own next step -------------------------------------------------------------------------------


def _own_step(project: Project, actor: Person | None, leading: bool, plan: list[Milestone]) -> Turn | None:
    """What comes next where nobody is asked anything. None for a project that is over."""
    if project.state is ProjectState.DRAFT:
        return _draft(project, leading)
    if project.state is ProjectState.PROPOSED:  # asked before there were asks
        coordinating, last = permissions["coordinate_project"](actor, project), _last_move(project)
        return Turn(
            _("Waiting for a coordinator to accept it."), _since(last.at if last else None, actor), mine=coordinating
        )
    if project.state is ProjectState.RECRUITING:
        return Turn(_("The lead looks for partners, and starts when everything is agreed."), mine=leading)
    if project.state is ProjectState.RUNNING:
        return _while_running(plan, leading)
    if project.state is ProjectState.REVIEW:
        return Turn(_("The report is in review; the lead publishes it when it is ready."), mine=leading)
    if project.state is ProjectState.STOPPED and (last := _last_move(project)):
        sentence = _("Stopped on %(day)s. It can be resumed at any time.", day=_day(last.at, actor))
        return Turn(sentence, last.reason)
    return None


def _draft(project: Project, leading: bool) -> Turn:
    last = _last_move(project)
    if last and last.step == "send_back":
        sentence = _("%(name)s sent the proposal back. The lead can propose it again.", name=last.actor_name)
        return Turn(sentence, last.reason, mine=leading)
    return Turn(_("It is a draft: the lead proposes it when it is ready."), mine=leading)


def _while_running(plan: list[Milestone], leading: bool) -> Turn:
    late = [milestone for milestone in plan if milestone.is_late]
    if late:
        worst = late[0]
        more = (
            ""
            if len(late) == 1
            else ngettext("%(more)s more is late.", "%(more)s more are late.", len(late) - 1, more=str(len(late) - 1))
        )
        holder = worst.partner.name if worst.partner and leading else ""
        sentence = (
            _("“%(milestone)s” is late; %(holder)s is responsible.", milestone=worst.name, holder=holder)
            if holder
            else _("“%(milestone)s” is late.", milestone=worst.name)
        )
        detail = _("It was due on %(day)s.", day=format_day(worst.due)) + (f" {more}" if more else "")
        return Turn(sentence, detail, mine=leading)
    coming = [milestone for milestone in plan if milestone.state is MilestoneState.PLANNED and milestone.due]
    if coming:
        return Turn(
            _("Next: “%(milestone)s”.", milestone=coming[0].name),
            _("Due on %(day)s.", day=format_day(coming[0].due)),
        )
    return Turn(_("Nothing planned is open: the lead submits the report for review."), mine=leading)


def _last_move(project: Project) -> Transition | None:
    return project.transitions[-1] if project.transitions else None


def _since(moment: datetime | None, actor: Person | None) -> str:
    return _("Since %(day)s.", day=_day(moment, actor)) if moment else ""


def _day(moment: datetime, actor: Person | None) -> str:
    """The day in the reader's zone."""
    return format_day(moment, actor.time_zone if actor else "UTC")
