from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.asks.models import Ask
from tracker.asks.queries import open_about_page
from tracker.database import db
from tracker.institutions.models import Institution, Membership, Network
from tracker.memberships.models import Candidacy

INVITATION = "memberships.invitation"  # the network asks the institution
REQUEST = "memberships.request"  # the institution asks the network
_BOTH = (joinedload(Candidacy.institution), joinedload(Candidacy.network))


def candidacy_of(institution: Institution, network: Network, *, lock: bool = False) -> Candidacy | None:
    """What one of the two ever asked the other about."""
    query = sa.select(Candidacy).where(Candidacy.institution_id == institution.id, Candidacy.network_id == network.id)
    return db.session.scalars(query.with_for_update() if lock else query).first()


def for_ask(candidacy_id: int, *, lock: bool) -> Candidacy | None:
    """A candidacy with both sides; locked, so that two who answer wait for each other."""
    query = sa.select(Candidacy).where(Candidacy.id == candidacy_id).options(*_BOTH)
    if lock:
        query = query.with_for_update(of=Candidacy).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def is_member(institution: Institution, network: Network) -> bool:
    """Whether an institution is a member of a network now."""
    both = (Membership.institution_id == institution.id) & (Membership.network_id == network.id)
    return db.session.scalar(sa.select(Membership.id).where(both, Membership.left_on.is_(None))) is not None


def waiting(network: Network) -> list[Ask]:
    """The open questions about institutions that may join a network, whoever asks; MOST_SHOWN at the most."""
    return [ask for ask in open_about_page(Network.__tablename__, network.id) if "institution" in ask.details]


def waiting_for(network: Network, institution_ids: Iterable[int]) -> dict[int, Ask]:
    """By institution: the open question about its joining a network."""
    rows = db.session.execute(
        sa.select(Candidacy.institution_id, Ask)
        .join(Ask, (Ask.subject_type == Candidacy.__tablename__) & (Ask.subject_id == Candidacy.id))
        .where(Candidacy.network_id == network.id, Candidacy.institution_id.in_(list(institution_ids)))
        .where(Ask.state == "open")
    )
    return {institution_id: ask for institution_id, ask in rows}  # noqa: C416  # rows are tuples only at run time


def institutions(ids: Iterable[int]) -> list[Institution]:
    """The institutions with these ids, by name."""
    query = sa.select(Institution).where(Institution.id.in_(list(ids))).order_by(Institution.sort_name, Institution.id)
    return list(db.session.scalars(query))
