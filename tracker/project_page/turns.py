"""Whose turn it is: what a project waits for, and from whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.i18n import _, format_day, list_and, ngettext
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.permissions import permissions
from tracker.projects.models import Project, Transition
from tracker.projects.states import Commitment, ProjectState


@dataclass(frozen=True)
class Turn:
    """What is waited for. `detail` may be empty; `mine`: it waits for whoever reads this."""

    sentence: str
    detail: str = ""
    mine: bool = False


def whose_turn(project: Project, actor: Person | None, *, plan: list[Milestone], unconfirmed: list[Any]) -> Turn | None:
    """What the project waits for now, as `actor` may know it: only the lead and the coordinators learn which
    partner is waited for. None for a project that is over, and for a draft nobody else can see."""
    leading = permissions["lead_project"](actor, project)
    if project.state is ProjectState.DRAFT:
        return _draft(project, leading)
    if project.state is ProjectState.PROPOSED:
        coordinating, last = permissions["coordinate_project"](actor, project), _last_move(project)
        return Turn(
            _("Waiting for a coordinator to accept it."), _since(last.at if last else None, actor), mine=coordinating
        )
    if project.state is ProjectState.RECRUITING:
        return _while_recruiting(project, actor, leading, unconfirmed)
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


def _while_recruiting(project: Project, actor: Person | None, leading: bool, unconfirmed: list[Any]) -> Turn:
    invited = [partner for partner in project.partners if partner.commitment is Commitment.INVITED]
    offers = [partner for partner in project.partners if partner.commitment is Commitment.INTERESTED]
    mine = [partner for partner in invited if permissions["answer_for_partner"](actor, partner)]
    if mine:
        return Turn(
            _("%(name)s is invited: please answer.", name=mine[0].name), _since(mine[0].asked_at, actor), mine=True
        )
    if offers:
        names = list_and([partner.name for partner in offers])
        sentence = _("Waiting for the lead to answer an offer.")
        if leading:
            sentence = _("%(names)s would like to join: please answer.", names=names)
        return Turn(sentence, _since(offers[0].asked_at, actor), mine=leading)
    if invited:
        names = list_and([partner.name for partner in invited])
        sentence = (
            _("Waiting for %(names)s to answer.", names=names) if leading else _("Waiting for a partner to answer.")
        )
        return Turn(sentence, _since(invited[0].asked_at, actor))
    if unconfirmed and len(project.committed) > 1:
        names = list_and([partner.name for partner in unconfirmed])
        if leading:
            return Turn(_("Waiting for %(names)s to confirm the terms.", names=names))
        return Turn(_("Waiting for the partners to confirm the terms."))
    return Turn(_("The lead looks for partners, and starts when everything is agreed."), mine=leading)


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
