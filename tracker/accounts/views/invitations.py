"""Asking colleagues in: a contact for the own institution, a coordinator for any."""

from typing import Any

from flask import abort, render_template, request, url_for

from tracker import clock, zones
from tracker.access import actor, load, requires
from tracker.accounts import actions, queries
from tracker.accounts.forms import InviteForm
from tracker.accounts.views.blueprint import bp, done
from tracker.i18n import _
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import WITH_CONTACTS
from tracker.security import limiter


@bp.route("/institutions/<int:institution_id>/invite", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@requires("keep_contacts", Institution, loading=WITH_CONTACTS)
def invite(institution: Institution) -> Any:
    form = InviteForm(institution)
    if not form.submitted():
        invited = queries.invited_to(institution)
        status = 422 if request.method == "POST" else 200
        page = "accounts/invite.html"
        return render_template(page, form=form, institution=institution, invited=invited, now=clock.now()), status
    person = actions.invite(
        name=form.name.data,
        email=form.email.data,
        institution=institution,
        position=form.position.data or "",
        as_contact=int(form.place.data) if form.place.data else None,
        time_zone=zones.of_country(institution.country),
        actor=actor(),
    )
    if person.joined_at is None:
        sentence = _("We mail %(name)s a link to join.", name=person.name)
    else:
        sentence = _("%(name)s has an account already and was told.", name=person.name)
    return done(sentence, url_for(".invite", institution_id=institution.id))


@bp.post("/institutions/<int:institution_id>/invitations/<int:person_id>/again")
@limiter.limit("60/hour", methods=["POST"])
@requires("keep_contacts", Institution)
def invite_again(institution: Institution, person_id: int) -> Any:
    person = _invited(institution, person_id)
    actions.invite(name=person.name, email=person.email or "", institution=institution, actor=actor())
    sentence = _("We mail %(name)s a new link; the earlier one no longer works.", name=person.name)
    return done(sentence, url_for(".invite", institution_id=institution.id))


@bp.post("/institutions/<int:institution_id>/invitations/<int:person_id>/withdraw")
@requires("keep_contacts", Institution)
def withdraw_invitation(institution: Institution, person_id: int) -> Any:
    person = _invited(institution, person_id)
    actions.withdraw_invitation(person, institution, actor=actor())
    sentence = _("The invitation of %(name)s is withdrawn.", name=person.name)
    return done(sentence, url_for(".invite", institution_id=institution.id))


def _invited(institution: Institution, person_id: int) -> Person:
    """Somebody asked to join this institution who has not come yet; 404 for anyone else."""
    person: Person = load(Person, person_id)
    if queries.invitation_to(institution, person) is None:
        abort(404)
    return person
