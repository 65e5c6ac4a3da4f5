"""A round of reviews for the tests of every page."""

from datetime import timedelta
from typing import Any

from tracker import clock
from tracker.database import db
from tracker.reviewing import actions, reviewers
from tracker.reviewing.models import Review
from tracker.reviewing.states import Recommendation, Reply


def make_review(report: Any, draft: Any, person: Any, text: str = "Why?", *, names: Any = (), **more: Any) -> Review:
    """A round in which `person` sent a review with two comments, one answered; those in `names` are waited for."""
    lead = report.project.lead
    due_on = clock.today() + timedelta(days=10)
    asked = {"people": [person], "outsiders": list(names), "note": text, "language": "en"}
    held = actions.open_round(report, draft, due_on=due_on, actor=lead, **asked, **more)
    review = next(known for known in held.reviews if known.person is person)
    answered = reviewers.add_comment(review, text, block=1)
    reviewers.add_comment(review, f"{text} {text}")
    said = {"answers": [text] * len(held.questions), "words": text, "language": draft.language}
    reviewers.write(review, recommendation=Recommendation.MINOR, **said)
    reviewers.send(review, actor=person)
    actions.reply(answered, Reply.PARTLY, words=text, actor=lead)
    db.session.flush()
    return review
