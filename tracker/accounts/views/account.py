"""One's own account: profile, address, password."""

from typing import Any

from flask import render_template, request, url_for

from tracker.access import actor, requires
from tracker.accounts import actions, passwords, queries, session
from tracker.accounts.forms import ChangePasswordForm, EmailForm, ProfileForm
from tracker.accounts.views.blueprint import bp, done
from tracker.activity.states import Rhythm
from tracker.i18n import _
from tracker.institutions import actions as institutions
from tracker.institutions.states import Gender
from tracker.security import limiter


def _whoever_asks() -> str:
    return f"person:{actor().id}" if actor() else "nobody"


few_guesses = limiter.limit("20/hour", methods=["POST"], key_func=_whoever_asks)


@bp.route("/account", methods=["GET", "POST"])
@requires("signed_in")
def account() -> Any:
    person = actor()
    form = ProfileForm(person)
    valid = form.submitted()
    if valid and form.orcid.data and queries.has_orcid(form.orcid.data, other_than=person):
        form.orcid.errors = [_("Another person has this ORCID iD. Tell a coordinator if it is yours.")]
        valid = False
    if not valid:
        return render_template("accounts/account.html", form=form, me=person), 422 if request.method == "POST" else 200
    institutions.change_person(
        person,
        name=form.name.data,
        sort_name=form.sort_name.data or "",
        languages=form.all_languages,
        interface_language=form.interface_language.data or "",
        time_zone=form.time_zone.data,
        rhythm=Rhythm(form.rhythm.data),
        hears_of_calls=form.hears_of_calls.data,
        orcid=form.orcid.data or None,
        gender=Gender(form.gender.data or ""),
        about=form.about.data or "",
        is_listed=form.is_listed.data,
        actor=person,
    )
    return done(_("Your profile is saved."), url_for(".account"))


@bp.route("/account/email", methods=["GET", "POST"])
@few_guesses
@requires("signed_in")
def email() -> Any:
    """The new address counts only after the link mailed to it was opened."""
    person = actor()
    form = EmailForm()
    valid = form.submitted()
    if valid and form.email.data == person.email:
        form.email.errors = [_("This is your address already.")]
        valid = False
    elif valid and queries.by_email(form.email.data):
        form.email.errors = [_("Another person uses this address.")]
        valid = False
    if not valid:
        return render_template("accounts/email.html", form=form, me=person), 422 if request.method == "POST" else 200
    actions.ask_to_change_email(person, form.email.data)
    return done(_("We mailed a link to %(email)s. Open it to confirm.", email=form.email.data), url_for(".account"))


@bp.route("/account/password", methods=["GET", "POST"])
@few_guesses
@requires("signed_in")
def password() -> Any:
    person = actor()
    form = ChangePasswordForm(about=(person.name, person.email or ""))
    valid = form.submitted()
    if valid and person.password_hash and not passwords.is_right(person, form.current.data or ""):
        form.current.errors = [_("This is not your current password.")]
        valid = False
    if not valid:
        status = 422 if request.method == "POST" else 200
        page = "accounts/password.html"
        return render_template(page, form=form, me=person, shortest=passwords.SHORTEST), status
    actions.set_password(person, form.password.data)
    session.begin(person)
    return done(_("Your password is changed. Other browsers are signed out."), url_for(".account"))
