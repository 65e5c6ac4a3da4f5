from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.activity.models import Activity
from tracker.database import db
from tracker.institutions.models import Institution, InstitutionAlias, Membership, Network
from tracker.milestones.models import Milestone
from tracker.projects.models import Partner, Project

IMPORT_KINDS = ("imports.project", "imports.change_project", "reports.import")


def institution_names() -> list[sa.Row]:
    """What identifies every institution: id, import_key, ror, the names, acronym, country."""
    columns = (
        *(Institution.id, Institution.import_key, Institution.ror, Institution.name, Institution.native_name),
        *(Institution.other_names, Institution.acronym, Institution.country),
    )
    return list(db.session.execute(sa.select(*columns).order_by(Institution.id)))


def merged_institutions() -> list[sa.Row]:
    """What lists still call the institutions that were merged into others: institution_id, import_key, ror."""
    columns = (InstitutionAlias.institution_id, InstitutionAlias.import_key, InstitutionAlias.ror)
    return list(db.session.execute(sa.select(*columns).order_by(InstitutionAlias.merged_at, InstitutionAlias.old_id)))


def institution(institution_id: int) -> Institution:
    """The row an import will change, locked."""
    return db.session.scalars(
        sa.select(Institution).where(Institution.id == institution_id).with_for_update(of=Institution)
    ).one()


def membership_ids(network: Network) -> tuple[set[int], set[int]]:
    """The ids of the institutions that are members of a network now, and of those that once left it."""
    rows = db.session.execute(
        sa.select(Membership.institution_id, Membership.left_on).where(Membership.network_id == network.id)
    ).all()
    now = {row.institution_id for row in rows if row.left_on is None}
    return now, {row.institution_id for row in rows} - now


def network_choices(ids: Iterable[int] | None = None) -> list[Network]:
    """All networks, or those of these ids, by name."""
    query = sa.select(Network).order_by(Network.name, Network.id)
    return list(db.session.scalars(query if ids is None else query.where(Network.id.in_(list(ids)))))


def project_by_key(key: str) -> Project | None:
    """The project an earlier import made under this key, with all that an import compares, locked."""
    return db.session.scalars(
        sa.select(Project)
        .where(Project.import_key == key)
        .options(
            selectinload(Project.partners).joinedload(Partner.institution),
            selectinload(Project.partners).joinedload(Partner.network),
            selectinload(Project.themes),
        )
        .with_for_update(of=Project)
    ).first()


def was_touched(project: Project) -> bool:
    """Whether anybody has changed an imported project here since: anything but an import happened to it."""
    query = sa.select(Activity.id).where(
        Activity.subject_type == "project",
        Activity.subject_id == project.id,
        Activity.kind.not_in(IMPORT_KINDS),
    )
    return db.session.scalar(query.limit(1)) is not None


def milestones_of(project: Project) -> list[Milestone]:
    """The milestones of a project as they were made."""
    return list(
        db.session.scalars(sa.select(Milestone).where(Milestone.project_id == project.id).order_by(Milestone.id))
    )
