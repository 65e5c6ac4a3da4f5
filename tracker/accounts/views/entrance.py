"""Signing in and out, asking for links, and the first set-up."""

from typing import Any

from flask import redirect, render_template, request, url_for

from tracker.access import actor, public, requires
from tracker.accounts import actions, passwords, queries, session
from tracker.accounts.forms import EmailForm, SetUpForm, SignInForm
from tracker.accounts.models import Purpose
from tracker.accounts.views.blueprint import BOARD, HOME, bp, come_in, dead_link, done, opened
from tracker.addresses import local_path, normal_email
from tracker.database import db
from tracker.i18n import _, language
from tracker.markdown import clean_text
from tracker.security import limiter


def _typed_address() -> str:
    """Tries are counted for each address that is tried, from wherever: many machines may share the guessing."""
    way = "link" if request.form.get("way") == "link" or request.endpoint != "accounts.sign_in" else "password"
    typed = clean_text(request.form.get("email", "")[:1000]).strip()
    try:
        address = normal_email(typed)  # one key for all ways to write one address
    except ValueError:
        address = typed[:254].lower()
    return f"{way}:{address}"


few_tries = limiter.limit("10/minute", methods=["POST"])
few_tries_an_address = limiter.limit("20/hour", methods=["POST"], key_func=_typed_address)


@bp.route("/sign-in", methods=["GET", "POST"])
@few_tries
@few_tries_an_address
@public
def sign_in() -> Any:
    """One form, two ways: with a password, or by a link that is mailed."""
    next_path = local_path(request.args.get("next"))
    if request.method == "GET" and actor():
        return redirect(next_path or HOME, 303)
    form = SignInForm()
    if form.submitted():
        if request.form.get("way") == "link":
            actions.mail_sign_in_link(form.email.data, next_path)
            db.session.commit()
            return redirect(url_for(".link_sent"), 303)
        person = queries.by_email(form.email.data)
        if passwords.is_right(person, form.password.data or "") and person is not None:
            return come_in(person, next_path)
        form.form_errors.append(_("This e-mail or password is not right. Try again, or have a link mailed to you."))
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/sign_in.html", form=form), status


@bp.get("/sign-in/sent")
@public
def link_sent() -> Any:
    return render_template("accounts/link_sent.html")


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    session.end()
    return redirect("/", 303)


@bp.post("/sign-out-everywhere")
@requires("signed_in")
def sign_out_everywhere() -> Any:
    actions.sign_out_everywhere(actor(), actor=actor())
    session.end()
    return done(_("You are signed out everywhere."), url_for(".sign_in"))


@bp.route("/password/reset", methods=["GET", "POST"])
@few_tries
@few_tries_an_address
@public
def ask_reset() -> Any:
    form = EmailForm()
    if form.submitted():
        actions.mail_reset_link(form.email.data)
        db.session.commit()
        return redirect(url_for(".link_sent"), 303)
    status = 422 if request.method == "POST" else 200
    return render_template("accounts/ask_reset.html", form=form), status


@bp.route("/set-up/<token>", methods=["GET", "POST"])
@public
def set_up(token: str) -> Any:
    if queries.is_set_up() or opened(token, Purpose.SET_UP) is None:
        return dead_link(Purpose.SET_UP)
    form = SetUpForm()
    if not form.submitted():
        return render_template("accounts/set_up.html", form=form), 422 if request.method == "POST" else 200
    if opened(token, Purpose.SET_UP, use=True) is None:
        return dead_link(Purpose.SET_UP)
    person = actions.set_up(
        name=form.name.data,
        email=form.email.data,
        password=form.password.data,
        network_name=form.network.data,
        moderates=form.moderates.data,
        language=language(),
    )
    return come_in(person, BOARD)
