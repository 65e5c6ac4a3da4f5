from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request

from tracker import i18n
from tracker.access import actor, demand, requires
from tracker.checkins import actions, queries
from tracker.checkins.forms import MonthForm
from tracker.checkins.models import CheckIn
from tracker.database import db
from tracker.dates import PartialDate
from tracker.i18n import _, nearest
from tracker.languages import TAGS
from tracker.projects.models import Partner, Project
from tracker.projects.queries import FOR_ASK

bp = Blueprint("checkins", __name__)


@bp.route("/projects/<int:project_id>/partners/<int:partner_id>/month", methods=["GET", "POST"])
@requires("view_project", Project, loading=FOR_ASK)
def month(project: Project, partner_id: int) -> Any:
    """How it is going this month, said unasked or instead of the mailed question; it can be changed until the month
    is over."""
    partner = next((known for known in project.partners if known.id == partner_id), None) or abort(404)
    demand("say_how_it_goes", partner)
    check_in = queries.of_partner(partner, queries.this_month())
    form = _form(partner, check_in)
    conflicts = request.method == "POST" and form.version.data != _version(check_in)
    if form.submitted() and not conflicts:
        actions.answer(
            partner,
            queries.this_month(),
            form.chosen_going,
            words=form.words.data or "",
            language=form.language.data,
            reason=form.chosen_reason,
            milestone=form.chosen_milestone,
            due=form.chosen_due,
            done=form.ticked,
            actor=actor(),
        )
        db.session.commit()
        flash(_("Thank you. The team reads it on this page."), "success")
        return redirect(f"{project.path}#progress", 303)
    form.version.data = _version(check_in)
    page = render_template(
        "checkins/month.html",
        project=project,
        partner=partner,
        check_in=check_in if check_in is not None and check_in.going else None,
        form=form,
        this_month=PartialDate(f"{queries.this_month():%Y-%m}"),
        may_answer=project.state in queries.GOES_ON and partner.commitment == "agreed",
        conflicts=conflicts,
    )
    return page, (409 if conflicts else 422 if form.errors else 200)


def _version(check_in: CheckIn | None) -> str:
    return str(check_in.version if check_in else 0)


def _form(partner: Partner, check_in: CheckIn | None) -> MonthForm:
    """With what stands; else with the reader's language."""
    milestones = queries.open_ones(queries.own_milestones(partner))
    values: dict[str, Any] = {"language": nearest(actor().interface_language or i18n.language(), TAGS) or "en"}
    if check_in is not None and check_in.going is not None:
        values |= {"going": check_in.going.value, "words": check_in.words, "reason": check_in.reason or ""}
        if check_in.words and check_in.note is not None:
            values["language"] = check_in.note.language
        moved = next((known for known in milestones if known.id == check_in.milestone_id), None)
        if moved is not None:
            values |= {"milestone": str(moved.id), "due": moved.due}
    return MonthForm(milestones=milestones, check_in=check_in, **values)
