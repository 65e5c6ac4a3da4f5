from datetime import timedelta
from itertools import takewhile

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker import clock
from tracker.asks.models import Ask
from tracker.asks.queries import asks_of
from tracker.database import db
from tracker.institutions.models import Network
from tracker.projects import queries as project_queries
from tracker.projects.models import Partner, Project
from tracker.terms.models import Confirmation, Terms, TermsTemplate

CONFIRMED = (
    joinedload(Terms.written_by),
    selectinload(Terms.replies).joinedload(Confirmation.partner).joinedload(Partner.institution),
    selectinload(Terms.replies).joinedload(Confirmation.partner).joinedload(Partner.network),
    selectinload(Terms.replies).joinedload(Confirmation.person),
)
WHOLE = (*CONFIRMED, selectinload(Terms.tasks))  # what one reads
FOR_ASK = (
    joinedload(Confirmation.terms).options(joinedload(Terms.project).options(*project_queries.ON_THE_DOOR), *WHOLE),
    joinedload(Confirmation.partner).options(joinedload(Partner.institution), joinedload(Partner.network)),
)
LOOKED_BACK = timedelta(days=30)  # by the very first look
UNCOMMITTED = timedelta(hours=6)  # longer than it ever takes until others see what somebody changed


def latest(project: Project) -> Terms | None:
    """The newest version of a project's terms, with who confirmed it; what it says of each partner is not read."""
    return db.session.scalars(
        sa.select(Terms)
        .where(Terms.project_id == project.id)
        .options(*CONFIRMED)
        .order_by(Terms.number.desc())
        .limit(1)
    ).one_or_none()


def versions(project: Project) -> list[Terms]:
    """Every version with all it says, newest first."""
    query = sa.select(Terms).where(Terms.project_id == project.id).options(*WHOLE).order_by(Terms.number.desc())
    found = list(db.session.scalars(query))
    for terms in found:
        set_committed_value(terms, "project", project)
    return found


def compared_with(terms: Terms, partner_id: int) -> Terms | None:
    """What a partner is shown the changes against: the version it confirmed last, else the one before. None for the
    first."""
    confirmed = sa.exists().where(
        Confirmation.terms_id == Terms.id, Confirmation.partner_id == partner_id, Confirmation.at.is_not(None)
    )
    return db.session.scalars(
        sa.select(Terms)
        .where(Terms.project_id == terms.project_id, Terms.number < terms.number)
        .options(*WHOLE)
        .order_by(sa.case((confirmed, 0), else_=1), Terms.number.desc())
        .limit(1)
    ).one_or_none()


def templates(network: Network) -> list[TermsTemplate]:
    """What a network's terms start from, in each language in which it wrote that."""
    query = sa.select(TermsTemplate).where(TermsTemplate.network_id == network.id)
    return list(db.session.scalars(query.options(joinedload(TermsTemplate.changed_by)).order_by(TermsTemplate.id)))


def template(network: Network, language: str) -> TermsTemplate | None:
    """A network's template in one language."""
    query = sa.select(TermsTemplate).where(TermsTemplate.network_id == network.id, TermsTemplate.language == language)
    return db.session.scalars(query).one_or_none()


def template_to_start_from(project: Project) -> TermsTemplate | None:
    """The network's template in the project's language, else in English; None where it has neither."""
    query = sa.select(TermsTemplate).where(
        TermsTemplate.network_id == project.network_id, TermsTemplate.language.in_((project.language, "en"))
    )
    return db.session.scalars(
        query.order_by(sa.case((TermsTemplate.language == project.language, 0), else_=1)).limit(1)
    ).one_or_none()


def for_ask(confirmation_id: int, *, lock: bool) -> Confirmation | None:
    """What a partner is asked, with its version and project. The project is locked first, as by every page."""
    if not lock:
        return db.session.get(Confirmation, confirmation_id, options=FOR_ASK)
    project_id = db.session.scalar(
        sa.select(Terms.project_id).join(Terms.replies).where(Confirmation.id == confirmation_id)
    )
    project = project_queries.for_ask(project_id, lock=True) if project_id is not None else None
    if project is None:
        return None
    reply = db.session.get(Confirmation, confirmation_id, options=FOR_ASK, populate_existing=True)
    if reply is not None:
        set_committed_value(reply.terms, "project", project)  # held, and not read again
    return reply


def newest_asks(terms: Terms) -> dict[int, Ask]:
    """By the id of the partner: the newest question about these terms, whatever became of it."""
    asks = asks_of("terms.confirm", terms.replies)
    return {reply.partner_id: asks[reply.id][-1] for reply in terms.replies if reply.id in asks}


def is_newest(terms: Terms) -> bool:
    """Whether no later version took its place."""
    later = sa.select(Terms.id).where(Terms.project_id == terms.project_id, Terms.number > terms.number)
    return db.session.scalar(later.limit(1)) is None


def to_go_through(limit: int) -> list[Terms]:
    """The newest terms of projects that have changed since their partners were last gone through, the project that
    changed first first.

    Their projects are locked. One that somebody else holds, or that changes just now, is left for later with all that
    changed after it: so whatever changed before the last one that was gone through was gone through as well, and is
    not read again.
    """
    now = clock.now()
    mark = db.session.scalar(sa.select(sa.func.max(Terms.asked_as_of)).where(Terms.asked_as_of <= now))
    later = aliased(Terms)
    superseded = sa.exists().where(later.project_id == Terms.project_id, later.number > Terms.number)
    wanted = (
        Project.changed_at > (mark - UNCOMMITTED if mark else now - LOOKED_BACK),
        Terms.asked_as_of.is_distinct_from(Project.changed_at),
        ~superseded,
    )
    in_turn = (Project.changed_at, Terms.id)
    turns = sa.select(Terms.id, Project.changed_at).join(Terms.project).where(*wanted).order_by(*in_turn)
    due = [(row.id, row.changed_at) for row in db.session.execute(turns.limit(limit))]
    if not due:
        return []
    held = db.session.scalars(
        sa.select(Terms)
        .join(Terms.project)
        .where(Terms.id.in_([known for known, _at in due]), *wanted)
        .options(
            contains_eager(Terms.project)
            .selectinload(Project.partners)
            .options(joinedload(Partner.institution), joinedload(Partner.network)),
            *CONFIRMED,
        )
        .order_by(*in_turn)
        .with_for_update(of=Project, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    in_order = takewhile(lambda pair: (pair[0].id, pair[0].project.changed_at) == pair[1], zip(held, due, strict=False))
    return [terms for terms, _turn in in_order]
