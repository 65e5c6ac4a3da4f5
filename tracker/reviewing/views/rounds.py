"""What those who take part see of reviews, and what leads do."""

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request

from tracker import files
from tracker.access import actor, can, demand, requires
from tracker.clock import today
from tracker.database import db
from tracker.drafts.queries import blocks_of, drafts_of, lock
from tracker.i18n import _, format_day, interface_languages, language, ngettext
from tracker.institutions.models import Network
from tracker.languages import is_language
from tracker.paging import paginate
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.reviewing import actions, queries
from tracker.reviewing.forms import PeopleForm, QuestionsForm, RemindForm, ReplyForm, RoundForm
from tracker.reviewing.models import Review, ReviewRound
from tracker.reviewing.standing import Standing, all_of, standing
from tracker.reviewing.states import RECOMMENDATION_LABELS, REPLY_LABELS, Reply
from tracker.reviewing.views.blueprint import bp
from tracker.security import limiter

ON_A_PAGE = 40  # comments
USUAL = timedelta(days=14)  # to read a draft
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LOADING = queries.REPORT_ON_THE_DOOR


@bp.get("/reports/<int:report_id>/reviews")
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report")
def index(report: Report) -> str:
    return render_template(
        "reviewing/index.html",
        report=report,
        rounds=all_of(report, actor()),
        may_ask=_may_ask(report),
        has_draft=bool(drafts_of(report)),
    )


@bp.route("/reports/<int:report_id>/reviews/new", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@requires("ask_for_reviews", Report, loading=LOADING, seen_by="view_report", locks=False)
def new(report: Report) -> Any:
    """Ask for a review: which draft, until when, of whom."""
    if request.method == "POST":
        lock(report)
    drafts = drafts_of(report)
    network = report.project.network  # type: ignore[union-attr]  # whoever asks leads it
    people = queries.people_to_ask(report, actor())
    form = RoundForm(
        drafts=[(draft.id, _named(draft)) for draft in drafts],
        has_questions=bool(queries.questions_of(network)),
        **_people(people),
        draft=str(next((draft.id for draft in drafts if draft.is_current), "")),
        with_questions=True,
        due_on=today() + USUAL,
    )
    if form.submitted():
        held = actions.open_round(
            report,
            next(draft for draft in drafts if draft.id == form.draft.data),
            due_on=form.due_on.data,
            note=form.note.data or "",
            with_questions=bool(form.with_questions and form.with_questions.data),
            hides_names=form.hides_names.data,
            **_chosen(form, people),
            actor=actor(),
        )
        db.session.commit()
        flash(_("The mails are on their way."), "success")
        return redirect(held.path, 303)
    page = render_template(
        "reviewing/new.html", report=report, form=form, may_ask=_may_ask(report), has_draft=bool(drafts)
    )
    return page, (422 if form.errors else 200)


@bp.get("/reports/<int:report_id>/reviews/<int:number>")
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report")
def show(report: Report, number: int) -> str:
    """Every comment of a round in the order of the text, with its answer."""
    held = _round(report, number)
    only_open = request.args.get("show") == "open"
    return render_template(
        "reviewing/show.html",
        report=report,
        held=held,
        standing=standing(held, actor()),
        page=paginate(queries.said_in(held, only_open=only_open), ON_A_PAGE),
        only_open=only_open,
        recommendations=RECOMMENDATION_LABELS,
        replies=REPLY_LABELS,
        leads=can("ask_for_reviews", report),
        replies_to=can("reply_to_comments", report),
        seen_of=actions.seen_of,
    )


@bp.get("/reports/<int:report_id>/reviews/<int:number>/print")
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report")
def as_a_whole(report: Report, number: int) -> str:
    """Everything of a round on one page, for paper."""
    held = _round(report, number)
    return render_template(
        "reviewing/print.html",
        report=report,
        held=held,
        standing=standing(held, actor()),
        comments=list(db.session.scalars(queries.said_in(held))),
        recommendations=RECOMMENDATION_LABELS,
        replies=REPLY_LABELS,
    )


@bp.get("/reports/<int:report_id>/reviews/<int:number>.csv")
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report")
def as_csv(report: Report, number: int) -> Response:
    """The comments as a table that Excel opens as it should: UTF-8 with a mark, texts that never calculate."""
    held = _round(report, number)
    seen = standing(held, actor())
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(
        [_("Paragraph"), _("It begins"), _("Comment"), _("Reviewer"), _("What became of it"), _("In a few words")]
    )
    for comment in db.session.scalars(queries.said_in(held)):
        answer = str(REPLY_LABELS[comment.reply]) if comment.reply else ""
        cells = (comment.quoted, comment.text, seen.name_of(comment.review), answer, comment.reply_words)
        writer.writerow([comment.block or "", *(_cell(text) for text in cells)])
    response = Response(target.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="reviews-{report.id}-{held.number}.csv"'
    return response


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


@bp.get("/reports/<int:report_id>/reviews/<int:number>/files/<int:place>")
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report")
def file(report: Report, number: int, place: int) -> Response:
    """The file in which a reviewer commented, once the review was sent; `place`: the number of the reviewer."""
    sent = standing(_round(report, number), actor()).sent
    return files.hand_out(next((reader.review.file for reader in sent if reader.number == place), None))


@bp.route("/reports/<int:report_id>/reviews/<int:number>/comments/<int:comment_id>", methods=["GET", "POST"])
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report", locks=False)
def answer(report: Report, number: int, comment_id: int) -> Any:
    """One comment with its whole paragraph, and what became of it."""
    demand("reply_to_comments", report)
    held = _round(report, number)
    comment = queries.sent_comment(held, comment_id) or abort(404)
    form = ReplyForm(reply=comment.reply, words=comment.reply_words, seen=actions.seen_of(comment))
    conflicts = request.method == "POST" and form.seen.data != actions.seen_of(comment)
    if form.submitted() and not conflicts:
        actions.reply(comment, form.chosen, words=form.words.data or "", seen=actions.seen_of(comment), actor=actor())
        db.session.commit()
        return redirect(_at(held, comment_id), 303)
    if conflicts:
        form.seen.data = actions.seen_of(comment)  # what stands now is on the page
    blocks = blocks_of(held.draft) if comment.block else []
    page = render_template(
        "reviewing/answer.html",
        report=report,
        held=held,
        comment=comment,
        name=standing(held, actor()).name_of(comment.review),
        paragraph=blocks[comment.block - 1] if comment.block and comment.block <= len(blocks) else comment.quoted,
        form=form,
        conflicts=conflicts,
        replies=REPLY_LABELS,
        back=_at(held, comment_id),
    )
    return page, (409 if conflicts else 422 if form.errors else 200)


@bp.post("/reports/<int:report_id>/reviews/<int:number>/done")
@requires("follow_reviews", Report, loading=LOADING, seen_by="view_report", locks=False)
def done(report: Report, number: int) -> Any:
    """One press for the most frequent answer. `comment`: its number and the mark of the answer that was shown."""
    demand("reply_to_comments", report)
    held = _round(report, number)
    comment_id, _sign, seen = request.form.get("comment", "").partition("/")
    if not comment_id.isascii() or not comment_id.isdigit() or len(comment_id) > 9:
        abort(400)
    comment = queries.sent_comment(held, int(comment_id)) or abort(404)
    actions.reply(comment, Reply.DONE, words=comment.reply_words, seen=seen, actor=actor())
    db.session.commit()
    return redirect(_at(held, comment.id), 303)


@bp.route("/reports/<int:report_id>/reviews/<int:number>/ask", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@requires("ask_for_reviews", Report, loading=LOADING, seen_by="view_report", locks=False)
def ask_more(report: Report, number: int) -> Any:
    held = _round(report, number)
    # Whoever may not know who is asked is not told by a name that is missing here.
    people = queries.people_to_ask(report, actor(), None if held.hides_names else held)
    form = PeopleForm(**_people(people))
    if form.submitted():
        actions.ask_more(held, **_chosen(form, people), actor=actor())
        db.session.commit()
        flash(_("The mails are on their way."), "success")
        return redirect(held.path, 303)
    page = render_template("reviewing/ask.html", report=report, held=held, form=form)
    return page, (422 if form.errors else 200)


@bp.route("/reports/<int:report_id>/reviews/<int:number>/remind", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@requires("ask_for_reviews", Report, loading=LOADING, seen_by="view_report", locks=False)
def remind(report: Report, number: int) -> Any:
    """Everybody who has not answered, with a few words."""
    held, form = _round(report, number), RemindForm()
    if form.submitted():
        count = actions.remind(held, actor=actor(), words=form.words.data or "")
        db.session.commit()
        flash(
            ngettext(
                "%(number)s reminder is on its way.", "%(number)s reminders are on their way.", count, number=count
            ),
            "success",
        )
        return redirect(held.path, 303)
    page = render_template("reviewing/remind.html", report=report, held=held, form=form, standing=_seen(held))
    return page, (422 if form.errors else 200)


@bp.route("/reports/<int:report_id>/reviews/<int:number>/close", methods=["GET", "POST"])
@requires("ask_for_reviews", Report, loading=LOADING, seen_by="view_report", locks=False)
def close(report: Report, number: int) -> Any:
    held = _round(report, number)
    if request.method == "POST":
        actions.close_round(held, actor=actor())
        db.session.commit()
        flash(_("The round is closed. The reviewers are told where the answers stand."), "success")
        return redirect(held.path, 303)
    return render_template("reviewing/close.html", report=report, held=held, standing=_seen(held))


@bp.route("/reviews/<int:review_id>/withdraw", methods=["GET", "POST"])
@requires("stop_asking", Review, loading=queries.REVIEW_PAGE, locks=False)
def withdraw(review: Review) -> Any:
    """No longer wait for one reviewer."""
    if request.method == "POST":
        review = queries.review_for_ask(review.id, lock=True) or abort(404)
        actions.stop_asking(review, actor=actor())
        db.session.commit()
        flash(_("This review is not waited for any more."), "success")
        return redirect(review.round.path, 303)
    held = queries.round_of(review.round.report, review.round.number) or abort(404)
    name = next(reader.name for reader in _seen(held).readers if reader.review.id == review.id)
    return render_template("reviewing/withdraw.html", report=held.report, held=held, review=review, name=name)


@bp.route("/networks/<int:network_id>/review-questions", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def questions(network: Network) -> Any:
    """What a network asks of every review of its reports."""
    asked = queries.questions_of(network)
    spoken = asked[0].language if asked else language()
    text = "\n".join(question.text for question in asked)
    form = QuestionsForm(texts=text, language=spoken if is_language(spoken) else "en", seen=_mark(text))
    conflicts = request.method == "POST" and form.seen.data != _mark(text)
    if form.submitted() and not conflicts:
        actions.ask_questions(network, form.lines, language=form.language.data, actor=actor())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(request.path, 303)
    if conflicts:
        form.seen.data = _mark(text)
    page = render_template("reviewing/questions.html", network=network, form=form, text=text, conflicts=conflicts)
    return page, (409 if conflicts else 422 if form.errors else 200)


def _mark(text: str) -> str:
    """What a form of this text brings back, to notice that it changed meanwhile."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _round(report: Report, number: int) -> ReviewRound:
    """The round, or 404. A POST first locks the project and the report."""
    if request.method == "POST":
        lock(report)
    return queries.round_of(report, min(number, 2**31 - 1)) or abort(404)


def _seen(held: ReviewRound) -> Standing:
    return standing(held, actor())


def _at(held: ReviewRound, comment_id: int) -> str:
    """The list, at the same place and with the same filter as the reader came from."""
    page, shown = request.args.get("page", ""), request.args.get("show", "")
    asked = [f"page={page}"] if page.isascii() and page.isdigit() and len(page) < 6 else []
    asked += ["show=open"] if shown == "open" else []
    return f"{held.path}{'?' if asked else ''}{'&'.join(asked)}#c{comment_id}"


def _may_ask(report: Report) -> bool:
    return can("ask_for_reviews", report) and report.state is ReportState.DRAFT


def _named(draft: Any) -> str:
    day = format_day(draft.made_at.date())
    name = _("Draft %(number)s, %(day)s", number=str(draft.number), day=day)
    return _("%(draft)s (the current one)", draft=name) if draft.is_current else name


def _people(people: Sequence[Any]) -> dict[str, Any]:
    """What a form that chooses people begins with."""
    spoken = [tag for tag, _name in interface_languages()]
    return {
        "offered": [(person.id, person.name) for person in people],
        "languages": interface_languages(),
        "language": language() if language() in spoken else "en",
    }


def _chosen(form: PeopleForm, people: Sequence[Any]) -> dict[str, Any]:
    ticked = set(form.people.data or ())
    return {
        "people": [person for person in people if person.id in ticked],
        "outsiders": form.outsiders,
        "language": form.language.data or "",
    }
