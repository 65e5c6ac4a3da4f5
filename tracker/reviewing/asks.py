"""What is asked of a reviewer: to read a draft by a day."""

from typing import Any

from markupsafe import Markup

from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.i18n import _, _l, format_day, language_name
from tracker.institutions.models import Person
from tracker.reports.states import ReportState
from tracker.reviewing import actions, queries
from tracker.reviewing.models import Review
from tracker.reviewing.permissions import stop_asking
from tracker.reviewing.reviewers import decline, send


def _shown(review: Review) -> Shown:
    held = review.round
    facts = [
        (_("Report"), held.report.label),
        (_("Draft"), str(held.draft.number)),
        (_("Language"), language_name(held.draft.language)),
        (_("Until"), format_day(held.due_on)),
        (
            _("Your name"),
            _("only the coordinators see it, not the authors") if held.hides_names else _("stands with your review"),
        ),
    ]
    abstract = held.report.abstract_html
    texts = [(_("Abstract"), Markup(abstract), held.report.language)] if abstract else []
    return Shown(facts, texts, f"/reviews/{review.id}/answer")


def _is_of_use(review: Review) -> bool:
    """Whether a review would still change anything: neither is the project stopped, nor the report published."""
    report = review.round.report
    runs = report.project is not None and report.project.is_open
    return review.can_be_written and runs and report.state is ReportState.DRAFT


def _send(review: Review, *, actor: Person) -> None:
    send(review, actor=actor)


def _withdrawn(review: Review, *, actor: Person, words: str = "") -> None:
    actions.stop_asking(review, actor=actor, words=words)


def _keeps(actor: Any, review: Review) -> bool:
    return stop_asking(actor, review)


declare(
    Kind(
        name=queries.KIND,
        label=_l("review"),
        load=queries.review_for_ask,
        question=_l("Will you read this draft and say what you think of it?"),
        meaning=_l(
            "You read it in your browser and write what you think beside each paragraph, or send a file with comments."
            " What you write is kept as you go, and nobody reads it before you send it. A no is fine and needs no"
            " reason."
        ),
        choices=(
            Choice(
                "send",
                _l("Read the draft and write"),
                _l("The review is sent. It can be changed until the round closes."),
                _send,
                fields=(),
                elsewhere="%(page)s/review",
            ),
            Choice(
                "decline",
                _l("No, I cannot this time"),
                _l("You will not read this draft. Thank you for saying so."),
                decline,
                fields=(
                    words("note", _l("A few words with your answer"), hint=_l("Those who lead the project read them.")),
                ),
                tone="quiet",
            ),
        ),
        changes={("decline", "send"): _send, ("send", "send"): _send},
        can_change=lambda review: review.can_be_written,
        mail="reviewing/mail/read.txt",
        waiting=_l("Waiting for a review of draft %(draft)s."),
        waiting_for=_l("Waiting for %(for)s to read draft %(draft)s."),
        shows=_shown,
        reminders=(-3, 1, 7),
        withdrawn=_withdrawn,
        is_reminded=_is_of_use,
        keeps=_keeps,
        is_delegable=False,
        why=_l("You get this mail because you are asked yourself, to read this one draft."),
    )
)
