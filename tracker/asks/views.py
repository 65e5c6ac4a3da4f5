"""Two doors to the same page: a link from a mail, and a signed-in person's own list."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from tracker import clock, i18n
from tracker.access import actor, by_link, can, public, requires
from tracker.asks import actions, addressees, links, post, queries
from tracker.asks.forms import AddressForm, DelegateForm, WordsForm
from tracker.asks.kinds import KINDS, say, values_of
from tracker.asks.models import Ask, AskLink
from tracker.asks.page import AskPage
from tracker.database import db
from tracker.dates import earth_day
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.security import limiter

bp = Blueprint("asks", __name__)
few_tries = limiter.limit("20/hour", methods=["POST"])


@bp.record_once
def _give_mails_their_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(
        say=say,
        ask_due=date.fromisoformat,
        ask_is_past=lambda day: date.fromisoformat(day) < earth_day(),
        ask_kind=KINDS.__getitem__,
        ask_link=links.address,
        ask_role=addressees.ROLES.__getitem__,
        ask_values=values_of,
    )


@bp.after_request
def _keep_nowhere(response: Response) -> Response:
    """A page behind a secret link is in nobody's cache, and its address goes to no other site."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


# --- by link ------------------------------------------------------------------------------------------------


@bp.route("/a/<token>", methods=["GET", "POST"])
@by_link
def by_mail(token: str) -> Any:
    """Everything needed to decide, and a button for each answer. Opening it changes nothing: mail scanners do."""
    link = links.find(token)
    if link is None:
        return _dead_link()
    i18n.prefer(link.person.interface_language)
    able = addressees.people(link.ask)
    if problem := _problem(link, able):
        return render_template("asks/no_longer.html", problem=problem, ask=link.ask, token=token), 410
    return _answer_page(AskPage(link.ask, link.person, token=token, people=able))


@bp.route("/a/<token>/pass-on", methods=["GET", "POST"])
@few_tries
@by_link
def pass_on_by_mail(token: str) -> Any:
    """Not me: ask somebody else."""
    link = links.find(token)
    if link is None or _problem(link, addressees.people(link.ask)) or not KINDS[link.ask.kind].is_forwardable:
        return _dead_link()
    i18n.prefer(link.person.interface_language)
    return _pass_on(link.ask, link.person, back=url_for(".by_mail", token=token))


@bp.post("/a/<token>/again")
@few_tries
@by_link
def again(token: str) -> Any:
    """The link is too old: a fresh one goes to the mailbox that the old one went to, and to nobody else."""
    link = links.find(token)
    if link is None:
        return _dead_link()
    i18n.prefer(link.person.interface_language)
    post.mail_again([link.ask], link.person)
    db.session.commit()
    return redirect(url_for(".sent"), 303)


@bp.route("/a/lost", methods=["GET", "POST"])
@few_tries
@public
def lost() -> Any:
    """Whoever lost a mail types their address: what waits for them is mailed there. Tells nobody what there is."""
    form = AddressForm()
    if form.submitted():
        post.note_lost(form.email.data)
        db.session.commit()
        return redirect(url_for(".sent"), 303)
    return render_template("asks/lost.html", form=form), 422 if request.method == "POST" else 200


@bp.get("/a/sent")
@public
def sent() -> str:
    return render_template("asks/sent.html")


# --- signed in ----------------------------------------------------------------------------------------------


@bp.route("/asks/<int:ask_id>", methods=["GET", "POST"])
@requires("view_ask", Ask, loading=queries.ON_A_PAGE, locks=False)
def show(ask: Ask) -> Any:
    return _answer_page(AskPage(ask, actor()))


@bp.route("/asks/<int:ask_id>/pass-on", methods=["GET", "POST"])
@requires("view_ask", Ask, loading=queries.ON_A_PAGE, locks=False)
def pass_on(ask: Ask) -> Any:
    """Whoever is asked hands it on; a coordinator hands it to somebody else there."""
    if not can("hand_on_ask", ask):
        abort(403)
    return _pass_on(ask, actor(), back=ask.path)


@bp.route("/asks/<int:ask_id>/remind", methods=["GET", "POST"])
@requires("manage_ask", Ask, loading=queries.ON_A_PAGE, seen_by="view_ask", locks=False)
def remind(ask: Ask) -> Any:
    """A prepared reminder, in the receiver's language, with a few words of one's own."""
    form = WordsForm()
    if form.submitted():
        people = actions.remind(ask, actor=actor(), words=form.words.data or "")
        db.session.commit()
        names = i18n.list_and([person.name for person in people])
        flash(_("The reminder is on its way to %(names)s.", names=names), "success")
        return redirect(ask.path, 303)
    page = AskPage(ask, actor())
    people = addressees.mailed(ask)
    prepared = [(person, *post.prepared_reminder(ask, person, by=actor().name)) for person in people]
    return render_template("asks/remind.html", page=page, form=form, prepared=prepared), 422 if form.errors else 200


@bp.route("/asks/<int:ask_id>/withdraw", methods=["GET", "POST"])
@requires("manage_ask", Ask, loading=queries.ON_A_PAGE, seen_by="view_ask", locks=False)
def withdraw(ask: Ask) -> Any:
    form = WordsForm()
    if form.submitted():
        back = ask.details.get("path") or url_for("home.me")
        actions.withdraw(ask, actor=actor(), words=form.words.data or "")
        db.session.commit()
        flash(_("The question is taken back."), "success")
        return redirect(back, 303)
    page = AskPage(ask, actor())
    return render_template("asks/withdraw.html", page=page, form=form), 422 if form.errors else 200


# --- what both doors share ----------------------------------------------------------------------------------


def _answer_page(page: AskPage) -> Any:
    """The page, or with a POST the answer: 303 to the page again, which then shows what was answered."""
    status = 200
    if request.method == "POST":
        choice = page.kind.choice(request.form.get("answer", ""))
        if choice is None or choice.effect is None or choice.elsewhere:
            abort(400)
        if not page.may_give(choice):
            abort(403)
        form = page.form_of(choice, is_sent=True)
        if page.is_sound(choice, form):
            stands, subject = actions.answer(
                page.ask,
                choice.name,
                form.values(choice),
                actor=page.person,
                by_link=bool(page.token),
                seen=request.form.get("seen", type=int),
                version=request.form.get("version", ""),
            )
            if stands:
                db.session.commit()
                return redirect(page.path, 303)
            if subject is None:
                page.refresh()
            elif not page.has_changed(request.form.get("version", "")):
                page.was_too_late = True
            shown = render_template("asks/show.html", page=page)
            db.session.commit()  # an ask whose subject is gone, or whose time is over, is closed
            return shown, 409
        status = 422
    return render_template("asks/show.html", page=page), status


def _pass_on(ask: Ask, person: Person, *, back: str) -> Any:
    page = AskPage(ask, person)
    is_stranger = person.id == ask.delegated_to_id  # perhaps from elsewhere: they learn no names
    colleagues = addressees.colleagues(ask) if ask.is_open and not is_stranger else []
    form = DelegateForm(people=colleagues, or_anybody=page.answers_for)
    if not ask.is_open or not page.kind.is_delegable:
        return redirect(back, 303)
    if form.submitted():
        other = actions.colleague(form.person_id, *form.somebody_else, actor=person)
        actions.delegate(ask, other, actor=person, words=form.words.data or "")
        # Whoever typed an address does not learn whose it is.
        name = other.name if form.person_id else form.somebody_else[0]
        shown = render_template("asks/passed_on.html", page=page, name=name, back=back)
        db.session.commit()
        return shown
    return render_template("asks/pass_on.html", page=page, form=form, back=back), 422 if form.errors else 200


def _problem(link: AskLink, able: list[Person]) -> str:
    """Why a link that was right once answers no longer; empty where it does."""
    if not (addressees.answers_for(link.person, link.ask, able) or _has_answered(link.person, link.ask)):
        return "not_yours"
    if link.withdrawn_at is not None:
        return "renewed"
    if link.expires_at < clock.now():
        return "expired"
    return ""


def _has_answered(person: Person, ask: Ask) -> bool:
    return any(given.person_id == person.id for given in ask.answers)


def _dead_link() -> Any:
    """One answer for links that are wrong: it tells nobody whether there ever was such a question."""
    return render_template("asks/dead_link.html"), 404
