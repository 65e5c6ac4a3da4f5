"""The reviewer's own pages, by two doors: the link in their mail, which needs no account, and signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for

from tracker import clock, files, i18n
from tracker.access import by_link, requires
from tracker.asks import links
from tracker.asks import queries as asks
from tracker.asks.models import Ask
from tracker.asks.states import CLOSED
from tracker.database import SAFE_METHODS, db
from tracker.drafts.queries import picture
from tracker.forms import number_or_none
from tracker.i18n import _, language
from tracker.languages import is_language
from tracker.paging import paginate
from tracker.reviewing import parts, queries, reviewers
from tracker.reviewing.forms import CommentForm, ReviewForm, UploadForm, review_form
from tracker.reviewing.models import Review, ReviewComment
from tracker.reviewing.states import RECOMMENDATION_LABELS, REPLY_LABELS
from tracker.reviewing.views.blueprint import bp
from tracker.security import limiter

ON_A_PAGE = 40  # comments
often = limiter.limit("600/hour", methods=["POST"])  # each comment is one
few_files = limiter.limit("30/hour", methods=["POST"])


class Desk:
    """One review for its writer, and the address of its pages."""

    def __init__(self, review: Review, base: str, *, by_link: bool = False) -> None:
        self.review, self.base, self.by_link = review, base, by_link
        self.round, self.draft = review.round, review.round.draft
        self.report, self.person = review.round.report, review.person

    @property
    def lead(self) -> str:
        """Who asks."""
        return self.round.opened_by.name if self.round.opened_by else ""

    @property
    def is_open(self) -> bool:
        return self.review.can_be_written


type_of_view = Callable[..., Any]


def door(rest: str, *methods: str, limit: Any = often) -> Callable[[type_of_view], type_of_view]:
    """A page of the desk, at both addresses. The view takes the desk; with a POST everything it changes is locked."""

    def decorate(view: type_of_view) -> type_of_view:
        name = view.__name__

        @bp.route(f"/a/<token>/review{rest}", methods=methods, endpoint=f"{name}_by_link")
        @limit
        @by_link
        @wraps(view)
        def linked(token: str, **url: Any) -> Any:
            desk = _by_token(token)
            return redirect(url_for("asks.by_mail", token=token), 303) if desk is None else view(desk, **url)

        @bp.route(f"/reviews/<int:review_id>/answer{rest}", methods=methods, endpoint=name)
        @limit
        @requires("write_review", Review, loading=queries.REVIEW_PAGE, locks=False)
        @wraps(view)
        def signed_in(review: Review, **url: Any) -> Any:
            held = queries.review_for_ask(review.id, lock=True) if _changes() else review
            return view(Desk(held or abort(404), f"/reviews/{review.id}/answer"), **url)

        return view

    return decorate


def _by_token(token: str) -> Desk | None:
    """The desk of a link that serves; None where its own page says why it does not."""
    link = links.find(token)
    if link is None or link.ask.kind != queries.KIND or link.withdrawn_at or link.expires_at < clock.now():
        return None
    review = queries.review_for_ask(link.ask.subject_id, lock=_changes())
    if review is None or review.person_id != link.person_id:
        return None
    if link.ask.state in CLOSED and review.round.is_open:
        return None
    i18n.prefer(link.person.interface_language)
    return Desk(review, f"/a/{token}/review", by_link=True)


def _changes() -> bool:
    return request.method not in SAFE_METHODS


@bp.after_request
def _keep_nowhere(response: Response) -> Response:
    """A page behind a secret link is in nobody's cache, and its address goes to no other site."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/asks/<int:ask_id>/review")
@requires("view_ask", Ask, loading=asks.ON_A_PAGE, locks=False)
def of_ask(ask: Ask) -> Any:
    """From the question to the review, for whoever is signed in."""
    if ask.kind != queries.KIND or queries.review_for_ask(ask.subject_id, lock=False) is None:
        abort(404)
    return redirect(f"/reviews/{ask.subject_id}/answer", 303)


# --- reading and commenting ---------------------------------------------------------------------------------


@door("", "GET", "POST")
def read(desk: Desk) -> Any:
    """A part of the draft with a way to comment each paragraph. `block`: the paragraph that is commented now (from 1);
    `on=whole`: the draft as a whole; `comment`: the comment that is written anew.
    """
    if not desk.is_open and request.method == "GET":
        return _afterwards(desk)
    comment = _comment(desk)
    block = comment.block if comment else number_or_none(request.args.get("block"))
    form = CommentForm(text=comment.text if comment else "", was=reviewers.mark(comment))
    conflicts = comment is not None and _changes() and form.was.data != reviewers.mark(comment)
    if _changes() and "remove" in request.form and comment is not None and not conflicts:
        reviewers.remove_comment(desk.review, comment)
        db.session.commit()
        return redirect(_back(desk, block), 303)
    if form.submitted() and not conflicts:
        if comment is not None:
            reviewers.change_comment(desk.review, comment, form.text.data)
        else:
            comment = reviewers.add_comment(desk.review, form.text.data, block=block)
        db.session.commit()
        return redirect(_back(desk, block, comment), 303)
    if conflicts:
        form.was.data = reviewers.mark(comment)
    own = queries.comments_of(desk.review)
    shown = parts.shown(desk.draft, number_or_none(request.args.get("page")), block, own, desk.base)
    return render_template(
        "reviewing/read.html",
        desk=desk,
        part=shown,
        form=form,
        comment=comment,
        block=block,
        is_whole=shown is None or (block is None and (comment is not None or request.args.get("on") == "whole")),
        general=[known for known in own if known.block is None],
        count=len(own),
        conflicts=conflicts,
    ), (409 if conflicts else 422 if form.errors else 200)


def _comment(desk: Desk) -> ReviewComment | None:
    number = request.args.get("comment")
    if number is None:
        return None
    return queries.comment_of(desk.review, number_or_none(number) or 0, lock=_changes()) or abort(404)


def _back(desk: Desk, block: int | None, comment: ReviewComment | None = None) -> str:
    """To the place in the text, or in the list of what is said of the whole."""
    anchor = f"c{comment.id}" if comment else (f"b{block}" if block else "comments")
    if block is None:
        return f"{desk.base}/finish#{anchor}"
    return f"{desk.base}?page={parts.page_of(desk.draft, block)}#{anchor}"


@door("/draft", "GET")
def draft_file(desk: Desk) -> Response:
    """The file of the draft, to read it in Word or on paper."""
    return files.hand_out(desk.draft.file)


@door("/pictures/<int:number>", "GET")
def draft_picture(desk: Desk, number: int) -> Response:
    found = picture(desk.draft, min(number, 2**31 - 1))
    return files.hand_out(found.file if found else None, shown=True)


# --- the rest of the review, and sending it -----------------------------------------------------------------


@door("/finish", "GET", "POST")
def finish(desk: Desk) -> Any:
    """All comments, the questions, a recommendation, a few words, a file."""
    if not desk.is_open and request.method == "GET":
        return redirect(desk.base, 303)
    review, form = desk.review, _review_form(desk, is_sent=_changes())
    conflicts = _changes() and form.version.data != str(review.version)
    if form.submitted() and not conflicts:
        reviewers.write(review, **form.values())
        db.session.commit()
        return redirect(f"{desk.base}/send", 303)
    if conflicts:
        form.version.data = str(review.version)
    return _finish_page(desk, form=form, conflicts=conflicts)


@door("/file", "POST", limit=few_files)
def upload(desk: Desk) -> Any:
    """All comments in one file; or away with it."""
    if "remove" in request.form:
        reviewers.remove_file(desk.review)
        db.session.commit()
        return redirect(f"{desk.base}/finish#file", 303)
    form = UploadForm()
    form.validate()
    try:
        if not form.has_file:
            raise ValueError(_("Choose a file."))
        reviewers.keep_file(desk.review, form.upload.data)
    except ValueError as error:
        form.upload.errors = [str(error)]
        return _finish_page(desk, upload=form)
    db.session.commit()
    return redirect(f"{desk.base}/finish#file", 303)


@door("/own-file", "GET")
def own_file(desk: Desk) -> Response:
    """The file that one has sent oneself."""
    return files.hand_out(desk.review.file)


def _review_form(desk: Desk, *, is_sent: bool) -> ReviewForm:
    review = desk.review
    spoken = review.language if review.version > 1 else language()
    return review_form(
        desk.round.questions,
        is_sent=is_sent,
        recommendation=review.recommendation or "",
        answers=review.answers,
        words=review.words,
        language=spoken if is_language(spoken) else "en",
        version=review.version,
    )


def _finish_page(desk: Desk, *, form: Any = None, upload: Any = None, conflicts: bool = False) -> Any:
    review = desk.review
    form = form or _review_form(desk, is_sent=False)
    page = render_template(
        "reviewing/finish.html",
        desk=desk,
        form=form,
        upload=upload or UploadForm(),
        page=paginate(queries.own_comments(review), ON_A_PAGE),
        conflicts=conflicts,
        recommendations=RECOMMENDATION_LABELS,
    )
    return page, (409 if conflicts else 422 if form.errors or (upload and upload.errors) else 200)


@door("/send", "GET", "POST")
def send(desk: Desk) -> Any:
    """What goes, and a button."""
    if _changes():
        reviewers.send(desk.review, actor=desk.person)
        db.session.commit()
        return redirect(f"{desk.base}/send", 303)
    if not desk.is_open:
        return redirect(desk.base, 303)
    own = queries.comments_of(desk.review)
    return render_template(
        "reviewing/send.html",
        desk=desk,
        count=len(own),
        is_empty=reviewers.is_empty(desk.review, own),
        recommendations=RECOMMENDATION_LABELS,
    )


def _afterwards(desk: Desk) -> str:
    """What one wrote, and what became of it."""
    return render_template(
        "reviewing/afterwards.html",
        desk=desk,
        page=paginate(queries.own_comments(desk.review), ON_A_PAGE),
        recommendations=RECOMMENDATION_LABELS,
        replies=REPLY_LABELS,
    )
