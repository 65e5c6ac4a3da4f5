from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, can, requires, to_sign_in
from tracker.asks.queries import latest
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.forms import clean, number_or_none, row_number
from tracker.i18n import _
from tracker.institutions.models import Institution
from tracker.institutions.queries import answering_contacts
from tracker.projects import queries
from tracker.projects.actions import link_partner
from tracker.projects.models import Partner, Project
from tracker.projects.states import ROLE_LABELS, Commitment, ProjectState, Role
from tracker.recruiting import actions
from tracker.recruiting.forms import AnswerForm, InvitationForm, LeadForm, OfferForm
from tracker.recruiting.queries import sought_seats
from tracker.seats.actions import fillings_of_partner
from tracker.seats.models import Seat
from tracker.seats.words import title_of

COMPONENT_LENGTH = Partner.component.property.columns[0].type.length
bp = Blueprint("recruiting", __name__, url_prefix="/projects/<int:project_id>/partners")


@bp.route("/invite", methods=["GET", "POST"])
@requires("lead_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def invite(project: Project) -> Any:
    words = clean(request.args.get("q", ""))[:200]
    seats = sought_seats(project)
    wished = number_or_none(request.args.get("institution"))
    form = InvitationForm(
        institutions=queries.invitable(project, words, keep=wished),
        sought=_named(seats),
        institution=str(wished or ""),
        **_ticked(seats),
    )
    if form.submitted():
        institution = db.get_or_404(Institution, int(form.institution.data))
        actions.invite(
            project,
            institution,
            role=Role(form.role.data),
            seats=_chosen(form, seats),
            note=form.note.data or "",
            answer_by=form.answer_by.data,
            actor=actor(),
        )
        db.session.commit()
        said = _("%(name)s is invited. Its contacts get a mail.", name=institution.name)
        if not answering_contacts(institution.id):
            said = _("%(name)s is invited. It has no contact yet, so the coordinators are told.", name=institution.name)
        flash(said, "success")
        return redirect(f"{project.path}#partners", 303)
    page = render_template("recruiting/invite.html", project=project, form=form, words=words, seats=seats)
    return page, (422 if form.errors else 200)


@bp.route("/offer", methods=["GET", "POST"])
@requires("offer_to_join", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def offer(project: Project) -> Any:
    person = actor()
    inside = {partner.institution_id for partner in project.partners if partner.takes_part or partner.is_asked}
    places = [
        (affiliation.institution_id, affiliation.institution.name)
        for affiliation in person.current_affiliations
        if affiliation.institution_id in person.institution_ids - inside
    ]
    seats = sought_seats(project)
    is_running = project.state is ProjectState.RUNNING
    form = OfferForm(institutions=places, sought=_named(seats), needs_seat=is_running, **_ticked(seats))
    if form.submitted():
        institution = db.get_or_404(Institution, form.institution.data)
        actions.offer(
            project,
            institution,
            seats=_chosen(form, seats),
            people=form.people.data or "",
            note=form.note.data,
            actor=person,
        )
        db.session.commit()
        flash(_("Your offer is with the lead. You will get a mail when they answer."), "success")
        return redirect(f"{project.path}#partners", 303)
    possible = bool(places) and (project.state is ProjectState.RECRUITING or (is_running and bool(seats)))
    page = render_template("recruiting/offer.html", project=project, form=form, possible=possible, seats=seats)
    return page, (422 if form.errors else 200)


@bp.get("/<int:partner_id>")
@requires("view_project", Project, loading=queries.ON_A_PAGE)
def answer(project: Project, partner_id: int) -> Any:
    """Where the question to or of this partner is answered: the address that earlier mails named."""
    if actor() is None:
        return to_sign_in()
    partner = _partner(project, partner_id)
    asks = [latest(kind, partner) for kind in ("recruiting.invitation", "recruiting.offer")]
    newest = max((ask for ask in asks if ask), key=lambda ask: ask.id, default=None)
    return redirect(newest.path if newest and can("view_ask", newest) else f"{project.path}#partners", 303)


@bp.route("/<int:partner_id>/withdraw", methods=["GET", "POST"])
@requires("view_project", Project, loading=queries.ON_A_PAGE)
def withdraw(project: Project, partner_id: int) -> Any:
    """Take back an invitation (the lead) or an offer (who made it), or leave (the partner)."""
    partner = _partner(project, partner_id)
    if not _may_withdraw(project, partner):
        abort(403)
    form = AnswerForm()
    if form.submitted():
        if partner.is_asked:
            actions.withdraw(partner, actor=actor())
            flash(_("It is withdrawn."), "success")
        else:
            actions.leave(partner, note=form.note.data or "", actor=actor())
            flash(_("%(name)s has left. What it contributed stays credited.", name=partner.name), "success")
        db.session.commit()
        return redirect(project.path if can("view_project", project) else url_for("home.me"), 303)
    seats = [filling.seat for filling in fillings_of_partner(partner) if filling.is_taken]
    return render_template("recruiting/withdraw.html", project=project, partner=partner, form=form, seats=seats)


@bp.get("/roles")
@requires("lead_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def roles(project: Project) -> str:
    """Who leads, who takes part in one component only, and which record a printed name stands for."""
    unknown = any(partner.organisation is None for partner in project.partners)
    return render_template(
        "recruiting/roles.html",
        project=project,
        roles=[(role, ROLE_LABELS[role]) for role in Role],
        institutions=queries.invitable(project) if unknown else [],
    )


@bp.post("/<int:partner_id>/role")
@requires("lead_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def change_role(project: Project, partner_id: int) -> Any:
    partner = _partner(project, partner_id)
    role = request.form.get("role", "")
    if role not in {str(known) for known in Role}:
        abort(400)
    component = clean(request.form.get("component", ""))
    if len(component) > COMPONENT_LENGTH:
        raise RuleBroken(_("Name the component in fewer words."))
    actions.change_role(partner, Role(role), component=component, actor=actor())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".roles", project_id=project.id), 303)


@bp.route("/lead", methods=["GET", "POST"])
@requires("act_as_lead", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def hand_over_lead(project: Project) -> Any:
    """Ask another partner to take the lead."""
    able = {p.id: p for p in project.committed if p.role is not Role.LEAD and p.organisation}
    form = LeadForm(partners=[(partner.id, partner.name) for partner in able.values()])
    if form.submitted():
        partner = able[int(form.partner.data)]
        actions.hand_over_lead(partner, note=form.note.data or "", actor=actor())
        db.session.commit()
        flash(_("%(name)s is asked whether it takes the lead.", name=partner.name), "success")
        return redirect(f"{project.path}#partners", 303)
    page = render_template("recruiting/lead.html", project=project, form=form, able=able)
    return page, (422 if form.errors else 200)


@bp.route("/<int:partner_id>/done", methods=["GET", "POST"])
@requires("view_project", Project, loading=queries.ON_A_PAGE)
def finish(project: Project, partner_id: int) -> Any:
    """Note that a partner has done its part: its own word, or the lead's."""
    partner = _partner(project, partner_id)
    if not (partner.takes_part and (can("lead_project", project) or can("answer_for_partner", partner))):
        abort(403)
    form = AnswerForm()
    if form.submitted():
        actions.finish(partner, note=form.note.data or "", actor=actor())
        db.session.commit()
        flash(_("%(name)s has done its part. Thank you.", name=partner.name), "success")
        return redirect(f"{project.path}#partners", 303)
    return render_template("recruiting/finish.html", project=project, partner=partner, form=form)


@bp.post("/<int:partner_id>/link")
@requires("lead_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def link(project: Project, partner_id: int) -> Any:
    """Say which institution a partner is that is known by its printed name only."""
    partner = _partner(project, partner_id)
    try:
        institution = db.get_or_404(Institution, row_number(request.form.get("institution", "")))
    except ValueError:
        flash(_("Choose an institution."), "warning")
        return redirect(url_for(".roles", project_id=project.id), 303)
    link_partner(partner, institution, actor=actor())
    db.session.commit()
    flash(_("%(printed)s is %(name)s now.", printed=partner.listed_as, name=institution.name), "success")
    return redirect(url_for(".roles", project_id=project.id), 303)


def _partner(project: Project, partner_id: int) -> Partner:
    partner = next((known for known in project.partners if known.id == partner_id), None)
    if partner is None:
        abort(404)
    if request.method == "POST":
        db.session.execute(sa.select(Partner.id).where(Partner.id == partner_id).with_for_update())
        db.session.refresh(partner, ["commitment"])
    return partner


def _may_withdraw(project: Project, partner: Partner) -> bool:
    person = actor()
    if partner.commitment is Commitment.INVITED:
        return can("lead_project", project)
    if partner.commitment is Commitment.INTERESTED:
        return can("answer_for_partner", partner) or (person is not None and partner.asked_by_id == person.id)
    return partner.takes_part and can("answer_for_partner", partner)


def _ticked(seats: list[Seat]) -> dict[str, Any]:
    wished = number_or_none(request.args.get("seat"))
    return {"seats": [wished]} if any(seat.id == wished for seat in seats) else {}


def _named(seats: list[Seat]) -> list[tuple[int, str]]:
    return [(seat.id, title_of(seat) + (f": {seat.skills}" if seat.skills else "")) for seat in seats]


def _chosen(form: Any, seats: list[Seat]) -> list[Seat]:
    chosen = set(form.seats.data or ()) if seats else set()
    return [seat for seat in seats if seat.id in chosen]
