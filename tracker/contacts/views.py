from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, can, requires
from tracker.asks.actions import colleague
from tracker.contacts import actions, queries
from tracker.contacts.forms import ContactForm, LeaveForm
from tracker.database import db
from tracker.forms import row_number
from tracker.i18n import _, format_day
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Person
from tracker.institutions.permissions import coordinates
from tracker.institutions.queries import WITH_CONTACTS, people_of
from tracker.security import limiter

bp = Blueprint("contacts", __name__)
PLACES = (institutions.MAIN, institutions.SECOND)


@bp.get("/institutions/<int:institution_id>/contacts")
@requires("keep_contacts", Institution, loading=WITH_CONTACTS)
def show(institution: Institution) -> Any:
    return _page(institution)


@bp.post("/institutions/<int:institution_id>/contacts/<int:place>")
@limiter.limit("60/hour")
@requires("keep_contacts", Institution, loading=WITH_CONTACTS)
def name(institution: Institution, place: int) -> Any:
    if place not in PLACES:
        abort(404)
    form = _forms(institution)[place]
    if not form.validate():
        return _page(institution, {place: form}), 422
    person = db.session.get_one(Person, row_number(form.person.data))
    asked = actions.name(institution, person, place, actor=actor())
    db.session.commit()
    if asked is None:
        flash(_("%(name)s is a contact now.", name=person.name), "success")
    else:
        flash(_("%(name)s is asked. Nothing changes until they say yes.", name=person.name), "success")
    return redirect(_path(institution), 303)


@bp.route("/institutions/<int:institution_id>/contacts/<int:place>/dismiss", methods=["GET", "POST"])
@requires("keep_contacts", Institution, loading=WITH_CONTACTS)
def dismiss(institution: Institution, place: int) -> Any:
    held = next((contact for contact in institution.contacts if contact.place == place), None)
    person = held.person if held else abort(404)
    meant = request.form.get("person", str(person.id)) == str(person.id)  # else somebody replaced them meanwhile
    if request.method != "POST" or not meant:
        yourself = _("You answer for the institution no longer, and cannot name anybody yourself any more.")
        others = _("%(name)s answers for the institution no longer. What was answered stays.", name=person.name)
        told = yourself if person is actor() and not coordinates(person, institution) else others
        return _once_more(
            institution, _("%(name)s is no longer a contact", name=person.name), [told], {"person": person.id}
        )
    institutions.dismiss_contact(institution, person, actor=actor())
    db.session.commit()
    flash(_("%(name)s is no longer a contact.", name=person.name), "success")
    return redirect(_path(institution) if can("keep_contacts", institution) else institution.path, 303)


@bp.route("/institutions/<int:institution_id>/contacts/leave", methods=["GET", "POST"])
@limiter.limit("30/hour", methods=["POST"])
@requires("leave_place", Institution, loading=WITH_CONTACTS)
def leave(institution: Institution) -> Any:
    """I am leaving: who takes over, then once more what follows from it, then done."""
    others = [person for person in _free_people(institution) if person.email]
    form = LeaveForm(people=[(person.id, person.name) for person in others], place=institution.name)
    page = {"institution": institution, "form": form, "offers": queries.open_offers(institution)}
    if not form.submitted():
        return render_template("contacts/leave.html", **page), 422 if form.errors else 200
    if not form.confirmed.data:
        chosen = next((person.name for person in others if person.id == form.person_id), "")
        sentences = _what_follows(institution, form, form.name.data if form.is_somebody_new else chosen)
        return render_template("contacts/leave_confirm.html", **page, sentences=sentences)
    successor = None
    if form.person_id is not None or form.is_somebody_new:
        successor = colleague(form.person_id, form.name.data or "", form.email.data or "", actor=actor())
    asked = actions.leave(
        institution,
        actor=actor(),
        successor=successor,
        leaves_on=form.last_day,
        at_once=form.at_once.data,
        words=form.words.data or "",
    )
    db.session.commit()
    if asked is not None:
        flash(_("%(name)s is asked to take your place.", name=asked.addressee_name), "success")
    if form.at_once.data:
        flash(_("You are no longer a contact. Thank you for all you did."), "success")
    return redirect(_path(institution) if can("keep_contacts", institution) else institution.path, 303)


def _what_follows(institution: Institution, form: LeaveForm, successor: str) -> list[str]:
    """What happens when they go on, in plain sentences."""
    day = format_day(form.last_day) if form.last_day else ""
    place = institution.name
    sentences = []
    if successor:
        sentences.append(_("%(name)s is asked to take your place, and can say yes or no.", name=successor))
    if form.at_once.data:
        sentences.append(_("From now on you answer for %(place)s no longer.", place=place))
        sentences.append(
            _("Your place stays empty until somebody takes it, and the coordinators of its networks are told.")
        )
        if day:
            sentences.append(_("You are shown as working at %(place)s until %(day)s.", place=place, day=day))
    else:
        sentences.append(
            _("Until %(name)s says yes you stay a contact, and open questions stay yours.", name=successor)
        )
        sentences.append(_("With the yes the place and all open questions pass on; links in your older mails end."))
        if day:
            sentences.append(
                _("With the yes you are also shown as working at %(place)s until %(day)s only.", place=place, day=day)
            )
        sentences.append(_("With a no, or no answer for 30 days, nothing changes and you are told."))
    sentences.append(_("What you wrote and answered keeps your name; reports, credits and history stay."))
    if day:
        sentences.append(_("You stay in the teams of your projects; their leads can change that."))
    return sentences


def _free_people(institution: Institution) -> list[Person]:
    """Who works there and holds no place."""
    held = {contact.person_id for contact in institution.contacts}
    return [person for person in people_of(institution) if person.id not in held]


def _forms(institution: Institution) -> dict[int, ContactForm]:
    """A form for each place."""
    people = [(person.id, person.name) for person in _free_people(institution)]
    return {place: ContactForm(people=people, prefix=f"place-{place}") for place in PLACES}


def _page(institution: Institution, sent: dict[int, ContactForm] | None = None) -> str:
    forms = _forms(institution) | (sent or {})
    held = {contact.place: contact for contact in institution.contacts}
    offers = queries.open_offers(institution)
    return render_template(
        "contacts/show.html",
        institution=institution,
        places=[
            (place, held.get(place), forms[place], [pair for pair in offers if pair[1].place == place])
            for place in PLACES
        ],
        claims=queries.open_claims(institution),
    )


def _path(institution: Institution) -> str:
    return url_for(".show", institution_id=institution.id)


def _once_more(institution: Institution, title: str, sentences: list[str], hidden: dict[str, Any]) -> str:
    """The page that asks once more; its button says what its title says."""
    trail = [
        (_("Institutions"), url_for("directory.institutions")),
        (institution.short_name, institution.path),
        (_("Contacts"), _path(institution)),
    ]
    page = {"title": title, "sentences": sentences, "submit": title, "trail": trail, "hidden": hidden}
    return render_template("institutions/confirm.html", **page)
