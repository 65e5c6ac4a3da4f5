"""What the mailed links open. Opening changes nothing, for mail scanners open links: the button does it."""

from typing import Any

from flask import render_template, request, url_for

from tracker import clock
from tracker.access import actor, public
from tracker.accounts import actions, passwords
from tracker.accounts.forms import JoinForm, NewPasswordForm
from tracker.accounts.models import Purpose
from tracker.accounts.views.blueprint import HOME, bp, come_in, dead_link, done, opened
from tracker.asks import links
from tracker.asks.models import AskLink
from tracker.i18n import _, language

JOIN = "join"


@bp.route("/sign-in/<token>", methods=["GET", "POST"])
@public
def sign_in_link(token: str) -> Any:
    found = opened(token, Purpose.SIGN_IN, use=request.method == "POST")
    if found is None or found.person is None:
        return dead_link(Purpose.SIGN_IN)
    if request.method == "POST":
        return come_in(found.person, found.value or HOME)
    return render_template("accounts/sign_in_link.html", person=found.person)


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> Any:
    found = opened(token, Purpose.RESET_PASSWORD)
    if found is None or found.person is None:
        return dead_link(Purpose.RESET_PASSWORD)
    person = found.person
    form = NewPasswordForm(about=(person.name, person.email or ""))
    if not form.submitted():
        status = 422 if request.method == "POST" else 200
        return render_template("accounts/reset_password.html", form=form, person=person), status
    if opened(token, Purpose.RESET_PASSWORD, use=True) is None:
        return dead_link(Purpose.RESET_PASSWORD)
    actions.set_password(person, form.password.data)
    return come_in(person)


@bp.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> Any:
    """Where the link of an invitation leads whoever wants an account.

    Not `by_link`: it begins a session, so a cookie is no burden, and nobody is to be signed in by another site.
    """
    link = links.find(token)
    if link is None or not _lets_join(link):
        return dead_link(JOIN)
    person = link.person
    form = JoinForm(obj=person, about=(person.email or "",))
    by_links = request.form.get("way") == "links"
    valid = form.submitted()
    if valid and not by_links and not form.password.data:
        form.password.errors = [_("Choose a password, or use e-mailed links instead.")]
        valid = False
    if not valid:
        status = 422 if request.method == "POST" else 200
        place = link.ask.details.get("place", "")
        page = "accounts/join.html"
        shortest = passwords.SHORTEST
        return render_template(page, form=form, person=person, place=place, shortest=shortest), status
    password = None if by_links else form.password.data
    if not actions.join(person, link.ask, name=form.name.data, password=password, language=language()):
        return dead_link(JOIN)
    return come_in(person)


def _lets_join(link: AskLink) -> bool:
    is_good = link.withdrawn_at is None and link.expires_at > clock.now()
    return is_good and actions.can_join(link.ask, link.person)


@bp.route("/account/email/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> Any:
    """Only for who asked: a link mailed to a mistyped address must not give the account away."""
    found = opened(token, Purpose.CHANGE_EMAIL)
    if found is None or found.person is None:
        return dead_link(Purpose.CHANGE_EMAIL)
    if actor() is not found.person:
        return render_template("accounts/confirm_email_signed_in.html"), 403
    if request.method != "POST":
        return render_template("accounts/confirm_email.html", person=found.person, email=found.value)
    if opened(token, Purpose.CHANGE_EMAIL, use=True) is None:
        return dead_link(Purpose.CHANGE_EMAIL)
    actions.change_email(found)
    return done(_("Your new e-mail address is %(email)s.", email=found.value), url_for(".account"))
