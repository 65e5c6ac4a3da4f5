"""What a reviewer does: comments kept one by one, the rest of the review, sending it, saying no. Part of the actions.

Until it is sent nobody else reads a word of it; afterwards it can be changed until the round closes. What a reviewer
keeps is in no history: the review itself says when it was sent.
"""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import FileStorage

from tracker import clock, files
from tracker.asks import actions as asks
from tracker.database import db
from tracker.drafts.queries import blocks_of
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.projects.actions import leads
from tracker.reviewing.actions import demand_open, note_on_project
from tracker.reviewing.models import Review, ReviewComment
from tracker.reviewing.nameless import without_names
from tracker.reviewing.queries import KIND, comments_of
from tracker.reviewing.states import Recommendation, ReviewState

QUOTED = 160  # characters of a paragraph that stand beside a comment
MOST_COMMENTS = 500


def add_comment(review: Review, text: str, *, block: int | None = None) -> ReviewComment:
    """Keep a comment on a paragraph (its number in the draft, from 1), or on the whole. Raises RuleBroken.

    The same text on the same paragraph is one comment, however often it is sent.
    """
    _demand_writable(review)
    held = comments_of(review)
    if twin := next((known for known in held if known.block == block and known.text == text), None):
        return twin
    if len(held) >= MOST_COMMENTS:
        raise RuleBroken(_("A review holds at most %(count)s comments.", count=str(MOST_COMMENTS)))
    quoted = ""
    if block is not None:
        blocks = blocks_of(review.round.draft)
        if not 1 <= block <= len(blocks):
            raise RuleBroken(_("There is no such paragraph in this draft."))
        quoted = blocks[block - 1]
        quoted = quoted if len(quoted) <= QUOTED else f"{quoted[:QUOTED].rstrip()}…"
    comment = ReviewComment(review_id=review.id, block=block, quoted=quoted, text=text)
    db.session.add(comment)
    db.session.flush()
    return comment


def mark(comment: ReviewComment | None) -> str:
    """A mark of what a comment says, to notice that it changed meanwhile."""
    return hashlib.sha256(comment.text.encode()).hexdigest()[:16] if comment is not None else ""


def change_comment(review: Review, comment: ReviewComment, text: str) -> None:
    """Write a comment anew. Raises RuleBroken once it was answered: a further comment says more."""
    _demand_writable(review)
    if comment.text != text:
        _demand_unanswered(comment)
        comment.text = text


def remove_comment(review: Review, comment: ReviewComment) -> None:
    """Take a comment back. Raises RuleBroken once it was answered."""
    _demand_writable(review)
    _demand_unanswered(comment)
    db.session.delete(comment)


def write(
    review: Review, *, recommendation: Recommendation | None, answers: Sequence[str], words: str, language: str
) -> None:
    """Keep the rest of the review: `answers` to the questions of the round, in their order. Raises RuleBroken."""
    _demand_writable(review)
    count = len(review.round.questions)
    kept: dict[str, Any] = {
        "recommendation": recommendation,
        "answers": [*answers, *[""] * count][:count],
        "words": words,
        "language": language,
    }
    if any(getattr(review, name) != value for name, value in kept.items()):
        for name, value in kept.items():
            setattr(review, name, value)
        review.version += 1


def keep_file(review: Review, upload: Any) -> None:
    """All comments in one file, instead of the one there was. Raises ValueError with a sentence, and RuleBroken.

    In a round without names it is a Word file from which the names are taken; who brought it is kept nowhere.
    """
    _demand_writable(review)
    kept = _nameless(upload) if review.round.hides_names else upload
    stored = files.keep(kept, uploaded_by=None if review.round.hides_names else review.person)
    remove_file(review)
    review.file = stored


def _nameless(upload: Any) -> FileStorage:
    if not str(upload.filename).lower().endswith(".docx"):
        raise ValueError(_("Your name can be taken out of a Word file (.docx) only. Save it as one, or comment here."))
    return FileStorage(io.BytesIO(without_names(upload.stream)), filename="comments.docx")


def remove_file(review: Review) -> None:
    """Take the file away; its bytes go. Raises RuleBroken."""
    _demand_writable(review)
    if review.file is not None:
        files.store().delete(review.file.key)
        db.session.delete(review.file)
        review.file = None
        db.session.flush()


def send(review: Review, *, actor: Person) -> None:
    """The leads may read it now, and are told. Sent already: nothing more happens. Raises RuleBroken where it is empty.

    Who declined before may send one after all.
    """
    _demand_writable(review)
    if review.is_sent:
        return
    if is_empty(review, comments_of(review)):
        raise RuleBroken(_("Your review is empty: write a comment, or a few words on the whole."))
    review.state, review.answered_at = ReviewState.ANSWERED, clock.now()
    asks.settle(KIND, review, "send", actor=actor, to=review.person, again=True)
    _tell("reviewing.send", review, actor)


def is_empty(review: Review, comments: Sequence[ReviewComment]) -> bool:
    """Whether there is nothing that could be sent."""
    return not (comments or review.words or review.file or review.recommendation or any(review.answers))


def decline(review: Review, *, actor: Person, note: str = "") -> None:
    """Not me. The leads are told. What was written stays with its writer. Raises RuleBroken."""
    _demand_writable(review)
    if review.is_sent:
        raise RuleBroken(_("Your review is sent. You can change it until the round closes."))
    review.state, review.answered_at = ReviewState.DECLINED, clock.now()
    asks.settle(KIND, review, "decline", actor=actor, to=review.person)
    _tell("reviewing.decline", review, actor, note=note)


def _tell(kind: str, review: Review, actor: Person, **details: Any) -> None:
    held = review.round
    assert held.report.project is not None
    told = [person for person in leads(held.report.project) if person is not actor]
    if held.hides_names:
        note_on_project(f"{kind}_unnamed", held, actor=None, tell=told, **details)
    else:
        note_on_project(kind, held, actor=actor, tell=told, **details)


def _demand_writable(review: Review) -> None:
    demand_open(review.round)
    if not review.can_be_written:
        raise RuleBroken(_("This review is not waited for any more."))


def _demand_unanswered(comment: ReviewComment) -> None:
    if comment.reply is not None:
        raise RuleBroken(_("This comment was answered meanwhile, so it stays as it is. Write another one."))
