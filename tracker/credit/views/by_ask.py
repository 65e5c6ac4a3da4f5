"""What an author needs beside the question itself, by two doors: the link in their mail, and signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for

from tracker import clock, files, i18n
from tracker.access import actor, by_link, requires
from tracker.asks import links
from tracker.asks import queries as asks
from tracker.asks.models import Ask
from tracker.asks.states import CLOSED
from tracker.credit import queries, texts
from tracker.credit.models import Approval, Contributor
from tracker.credit.versions import APPROVE, DECLARE
from tracker.credit.views.blueprint import bp
from tracker.credit.views.contribution import declaring
from tracker.database import db
from tracker.drafts.queries import picture
from tracker.files import StoredFile
from tracker.forms import number_or_none
from tracker.institutions.models import Person
from tracker.security import limiter

type_of_view = Callable[..., Any]
often = limiter.limit("120/hour", methods=["POST"])


def door(kind: str, rest: str, *methods: str) -> Callable[[type_of_view], type_of_view]:
    """A page of an ask, at both addresses. The view takes the ask, its subject, whom it is asked, and its address."""

    def decorate(view: type_of_view) -> type_of_view:
        name = view.__name__

        @bp.route(f"/a/<token>{rest}", methods=methods, endpoint=f"{name}_by_link")
        @often
        @by_link
        @wraps(view)
        def linked(token: str, **url: Any) -> Any:
            link = links.find(token)
            if link is None or not _serves(link.ask, link.person, kind):
                return redirect(url_for("asks.by_mail", token=token), 303)
            if link.withdrawn_at or link.expires_at < clock.now():
                return redirect(url_for("asks.by_mail", token=token), 303)
            i18n.prefer(link.person.interface_language)
            return view(_subject(link.ask), link.person, f"/a/{token}", **url)

        @bp.route(f"/asks/<int:ask_id>{rest}", methods=methods, endpoint=name)
        @often
        @requires("view_ask", Ask, loading=asks.ON_A_PAGE, locks=False)
        @wraps(view)
        def signed_in(ask: Ask, **url: Any) -> Any:
            person = actor()
            if not _serves(ask, person, kind):
                abort(404)
            return view(_subject(ask), person, ask.path, **url)

        return view

    return decorate


def _serves(ask: Ask, person: Person, kind: str) -> bool:
    """Whether the pages of this kind are this person's, and there is still something on them."""
    is_theirs = ask.addressee_type == "person" and ask.addressee_id == person.id
    return ask.kind == kind and is_theirs and ask.state not in CLOSED


def _subject(ask: Ask) -> Any:
    return (queries.approval_for_ask if ask.kind == APPROVE else queries.contributor_for_ask)(
        ask.subject_id, lock=False
    ) or abort(404)


@bp.after_request
def _keep_nowhere(response: Response) -> Response:
    """A page behind a secret link is in nobody's cache, and its address goes to no other site."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@door(APPROVE, "/version", "GET")
def read(approval: Approval, _person: Person, base: str) -> Any:
    """The text of the version that somebody is asked to approve, part by part, and its files."""
    proof = approval.proof
    draft = queries.draft_of(proof)
    part = texts.part_of(draft, number_or_none(request.args.get("page")), f"{base}/version") if draft else None
    return render_template("credit/text.html", proof=proof, report=proof.report, draft=draft, part=part, base=base)


@door(APPROVE, "/version/files/<int:file_id>", "GET")
def version_file(approval: Approval, _person: Person, base: str, file_id: int) -> Response:
    """A file that belongs to the version: the draft's own, or one of the report's."""
    content = approval.proof.content
    known = {file["id"] for file in content["files"]}
    draft = queries.draft_of(approval.proof)
    if draft is not None and draft.file_id is not None:
        known.add(draft.file_id)
    return files.hand_out(db.session.get(StoredFile, file_id) if file_id in known else None)


@door(APPROVE, "/version/pictures/<int:number>", "GET")
def version_picture(approval: Approval, _person: Person, base: str, number: int) -> Response:
    draft = queries.draft_of(approval.proof)
    found = picture(draft, min(number, 2**31 - 1)) if draft is not None else None
    return files.hand_out(found.file if found else None, shown=True)


@door(DECLARE, "/contribution", "GET", "POST")
def contribution(row: Contributor, person: Person, base: str) -> Any:
    """Say what one did."""
    if row.whose_id != person.id:
        abort(404)
    return declaring(row.report, row, person, back=base)
