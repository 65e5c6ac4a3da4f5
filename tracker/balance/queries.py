from collections.abc import Iterable

import sqlalchemy as sa

from tracker.balance.models import Wish
from tracker.database import db
from tracker.institutions.models import Institution, InstitutionLanguage
from tracker.institutions.queries import member_ids
from tracker.projects.models import Partner
from tracker.projects.states import TAKES_PART


def wish_of(network_id: int) -> Wish | None:
    """What a network wishes of a project's partners, where it ever said so."""
    return db.session.get(Wish, network_id)


def languages_of(institution_ids: Iterable[int]) -> dict[int, set[str]]:
    """The languages (BCP 47 tags) that each institution works in; one without any is left out."""
    found: dict[int, set[str]] = {}
    links = sa.select(InstitutionLanguage.institution_id, InstitutionLanguage.language)
    for row_id, tag in db.session.execute(links.where(InstitutionLanguage.institution_id.in_(list(institution_ids)))):
        found.setdefault(row_id, set()).add(tag)
    return found


def in_other_projects(institution_ids: Iterable[int], project_id: int) -> set[int]:
    """Those of the institutions that take part in another project here too, whether or not it may be read."""
    elsewhere = sa.select(Partner.institution_id).where(
        Partner.institution_id.in_(list(institution_ids)),
        Partner.project_id != project_id,
        Partner.commitment.in_(TAKES_PART),
    )
    return {row_id for row_id in db.session.scalars(elsewhere.distinct()) if row_id}


def countries_of_members(network_id: int) -> set[str]:
    """The countries (alpha-2) in which a network has a member."""
    query = sa.select(Institution.country).where(Institution.id.in_(member_ids(network_id))).distinct()
    return set(db.session.scalars(query))
