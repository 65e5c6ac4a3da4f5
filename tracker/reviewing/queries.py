from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.activity.models import Activity
from tracker.clock import now
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.drafts.queries import WITHOUT_TEXT
from tracker.institutions.models import Affiliation, Network, Person
from tracker.projects.queries import for_ask
from tracker.reports.models import Report
from tracker.reports.queries import PROJECT_TEAM
from tracker.reviewing.models import Review, ReviewComment, ReviewQuestion, ReviewRound
from tracker.reviewing.states import ReviewState

KIND = "reviewing.read"  # of ask
MOST_OFFERED = 300
MOST_ROUNDS = 50
_AS_IN_THE_TEXT = (ReviewComment.block.asc().nulls_last(), ReviewComment.id)

REPORT_ON_THE_DOOR = (joinedload(Report.project).options(*PROJECT_TEAM), selectinload(Report.authors))
"""A report, and what the permissions ask of its project."""

_OF_ROUND = (
    joinedload(ReviewRound.draft).options(*WITHOUT_TEXT, joinedload(Draft.file)),
    joinedload(ReviewRound.opened_by),
    selectinload(ReviewRound.reviews).options(joinedload(Review.person), joinedload(Review.file)),
)

REVIEW_PAGE = (
    joinedload(Review.person),
    joinedload(Review.file),
    joinedload(Review.round).options(
        joinedload(ReviewRound.draft).options(*WITHOUT_TEXT, joinedload(Draft.file)),
        joinedload(ReviewRound.opened_by),
        joinedload(ReviewRound.report).joinedload(Report.project).options(*PROJECT_TEAM),
    ),
)
"""What a reviewer's pages show, and what the permissions ask."""


def rounds_of(report: Report) -> list[ReviewRound]:
    """The rounds of a report, the newest first."""
    query = sa.select(ReviewRound).where(ReviewRound.report_id == report.id).options(*_OF_ROUND)
    found = list(db.session.scalars(query.order_by(ReviewRound.number.desc()).limit(MOST_ROUNDS)))
    for held in found:
        set_committed_value(held, "report", report)
    return found


def round_of(report: Report, number: int) -> ReviewRound | None:
    """The round of this number."""
    query = sa.select(ReviewRound).where(ReviewRound.report_id == report.id, ReviewRound.number == number)
    held = db.session.scalars(query.options(*_OF_ROUND)).first()
    if held is not None:
        set_committed_value(held, "report", report)
    return held


def last_number(report: Report) -> int:
    """The number of the newest round; 0 where there is none."""
    newest = sa.select(sa.func.max(ReviewRound.number)).where(ReviewRound.report_id == report.id)
    return db.session.scalar(newest) or 0


def review_for_ask(review_id: int, *, lock: bool) -> Review | None:
    """A review with its round, draft and project. The project is locked first, as by every page that changes it."""
    project_id = db.session.scalar(
        sa.select(Report.project_id).join(ReviewRound).join(Review).where(Review.id == review_id)
    )
    if project_id is None:
        return None
    for_ask(project_id, lock=lock)
    review = db.session.get(Review, review_id, options=REVIEW_PAGE, with_for_update={"of": Review} if lock else None)
    if review is not None and lock:  # only their own columns anew: who asks and who answers stay as they are loaded
        for row in (review, review.round):
            db.session.refresh(row, [column.key for column in type(row).__mapper__.column_attrs])
    return review


def comments_of(review: Review) -> list[ReviewComment]:
    """The comments of one review, as `own_comments` orders them."""
    return list(db.session.scalars(own_comments(review)))


def own_comments(review: Review) -> sa.Select[ReviewComment]:
    """The comments of one review in the order of the text; those on the whole come last."""
    query = sa.select(ReviewComment).where(ReviewComment.review_id == review.id)
    return query.options(joinedload(ReviewComment.replied_by)).order_by(*_AS_IN_THE_TEXT)


def comment_of(review: Review, comment_id: int, *, lock: bool) -> ReviewComment | None:
    """A comment of this review, locked where it may be changed."""
    query = sa.select(ReviewComment).where(ReviewComment.review_id == review.id, ReviewComment.id == comment_id)
    if lock:
        query = query.with_for_update(of=ReviewComment).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def said_in(held: ReviewRound, *, only_open: bool = False) -> sa.Select[ReviewComment]:
    """The comments of every review that was sent, in the order of the text; `only_open`: those without an answer."""
    query = (
        sa.select(ReviewComment)
        .join(Review)
        .where(Review.round_id == held.id, Review.state == ReviewState.ANSWERED)
        .options(joinedload(ReviewComment.replied_by), joinedload(ReviewComment.review))
        .order_by(*_AS_IN_THE_TEXT)
    )
    return query.where(ReviewComment.reply.is_(None)) if only_open else query


def sent_comment(held: ReviewRound, comment_id: int) -> ReviewComment | None:
    """A comment that was sent in this round, read anew and locked."""
    query = said_in(held).where(ReviewComment.id == comment_id).with_for_update(of=ReviewComment)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def counts_of(rounds: Iterable[ReviewRound]) -> dict[int, tuple[int, int]]:
    """Of each round, by its id: how many comments were sent, and how many of them have an answer."""
    rows = db.session.execute(
        sa.select(Review.round_id, sa.func.count(), sa.func.count(ReviewComment.reply))
        .join(ReviewComment)
        .where(Review.round_id.in_([held.id for held in rounds]), Review.state == ReviewState.ANSWERED)
        .group_by(Review.round_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def people_to_ask(report: Report, actor: Person, held: ReviewRound | None = None) -> list[Person]:
    """The people of the partners and the authors who have an address, by name; without whoever asks and those who are
    asked already in `held`.
    """
    project = report.project
    assert project is not None  # whoever asks leads it
    places = [partner.institution_id for partner in project.partners if partner.institution_id and partner.takes_part]
    team = [member.person_id for member in project.members if member.left_at is None]
    authors = [author.person_id for author in report.authors if author.person_id]
    there = sa.select(Affiliation.person_id).where(
        Affiliation.institution_id.in_(places), Affiliation.confirmed_at.is_not(None)
    )
    asked = [review.person_id for review in held.reviews if review.is_awaited or review.is_sent] if held else []
    query = sa.select(Person).where(
        sa.or_(Person.id.in_(there), Person.id.in_({*team, *authors})),
        Person.email.is_not(None),
        Person.id.not_in([actor.id, *asked]),
    )
    return list(db.session.scalars(query.order_by(Person.folded_name, Person.id).limit(MOST_OFFERED)))


def questions_of(network: Network) -> list[ReviewQuestion]:
    """What a network asks of every review, in order."""
    query = sa.select(ReviewQuestion).where(ReviewQuestion.network_id == network.id)
    return list(db.session.scalars(query.order_by(ReviewQuestion.position, ReviewQuestion.id)))


def lock_network(network: Network) -> None:
    """Nobody else changes its questions meanwhile."""
    db.session.refresh(network, with_for_update={"of": Network})


def asked_lately_by(person: Person, kinds: Iterable[str]) -> int:
    """How many people somebody asked for a review in the last 24 hours, in whatever project."""
    query = sa.select(Activity.details).where(
        Activity.actor_id == person.id, Activity.kind.in_(list(kinds)), Activity.at > now() - timedelta(days=1)
    )
    return sum(int(details.get("people", 0)) for details in db.session.scalars(query))
