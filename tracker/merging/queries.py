from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.activity.models import Activity
from tracker.asks.models import IS_OPEN, Ask
from tracker.checkins.models import CheckIn
from tracker.database import Base, db
from tracker.institutions import queries as institution_queries
from tracker.institutions.models import Affiliation, Institution, Membership
from tracker.memberships.models import Candidacy
from tracker.milestones.models import Milestone
from tracker.projects.models import Partner, Project
from tracker.seats.models import Filling
from tracker.terms.models import Confirmation

MOST_FOUND = 20  # institutions, by words
FOR_MERGING = (
    selectinload(Institution.memberships).joinedload(Membership.network),
    selectinload(Institution.language_links),
    selectinload(Institution.themes),
)


def alike(institution: Institution) -> list[Institution]:
    """What is perhaps the same institution, the likeliest first, with what a permission asks of it."""
    names = ("name", "country", "acronym", "ror", "native_name", "other_names", "website")
    found = institution_queries.look_alikes(**{name: getattr(institution, name) for name in names})
    return _with_memberships(sa.select(Institution), [row.id for row in found if row.id != institution.id])


def found(institution: Institution, words: str) -> list[Institution]:
    """Other institutions with these words, MOST_FOUND at the most, as `alike`."""
    query = institution_queries.institution_list(words=words).where(Institution.id != institution.id)
    return list(db.session.scalars(query.options(selectinload(Institution.memberships)).limit(MOST_FOUND)))


def _with_memberships(query: sa.Select[Institution], ids: list[int]) -> list[Institution]:
    rows = db.session.scalars(query.where(Institution.id.in_(ids)).options(selectinload(Institution.memberships)))
    known = {row.id: row for row in rows}
    return [known[row_id] for row_id in ids]


def hold(*ids: int) -> list[Institution]:
    """Those of the institutions that there still are, by id, read anew and locked until the transaction ends.

    The projects in which the first of them takes part are locked before, as by whoever changes a project.
    """
    theirs = sa.select(Partner.project_id).where(Partner.institution_id == min(ids))
    db.session.execute(sa.select(Project.id).where(Project.id.in_(theirs)).order_by(Project.id).with_for_update())
    query = sa.select(Institution).where(Institution.id.in_(ids)).options(*FOR_MERGING).order_by(Institution.id)
    locked = query.with_for_update(of=Institution).execution_options(populate_existing=True)
    return list(db.session.scalars(locked))


def numbers(columns: Iterable[sa.Column[int]], ids: Iterable[int]) -> dict[str, dict[int, int]]:
    """How much points to each of these institutions, by the name of the table: what `columns` refer with, the
    milestones of their partners, and what waits for their answer."""
    wanted = list(ids)
    parts: list[Any] = [
        sa.select(sa.literal(column.table.name).label("name"), column.label("id"), sa.func.count().label("number"))
        .where(column.in_(wanted))
        .group_by(column)
        for column in columns
    ]
    parts.append(
        sa.select(sa.literal("milestone"), Partner.institution_id, sa.func.count())
        .join_from(Partner, Milestone, Milestone.partner_id == Partner.id)
        .where(Partner.institution_id.in_(wanted))
        .group_by(Partner.institution_id)
    )
    parts.append(
        sa.select(sa.literal("ask"), Ask.addressee_id, sa.func.count())
        .where(Ask.addressee_type == "institution", Ask.addressee_id.in_(wanted), IS_OPEN)
        .group_by(Ask.addressee_id)
    )
    counted: dict[str, dict[int, int]] = {}
    for name, row_id, number in db.session.execute(sa.union_all(*parts)):
        of_table = counted.setdefault(name, dict.fromkeys(wanted, 0))
        of_table[row_id] += number  # a table may refer twice
    return counted


def shared_projects(one_id: int, other_id: int) -> list[Project]:
    """The projects in which both institutions are partners, whatever became of it."""
    query = sa.select(Project)
    for row_id in (one_id, other_id):
        query = query.where(Project.partners.any(Partner.institution_id == row_id))
    return list(db.session.scalars(query.order_by(Project.id)))


def partners_of(project_id: int, ids: Iterable[int]) -> list[Partner]:
    """The partners of a project that are these institutions, by their own ids."""
    query = sa.select(Partner).where(Partner.project_id == project_id, Partner.institution_id.in_(list(ids)))
    return list(db.session.scalars(query.options(selectinload(Partner.ledger)).order_by(Partner.id)))


def fillings(*partner_ids: int) -> list[Filling]:
    """What these partners fill or are asked to fill now, with the seats."""
    query = sa.select(Filling).where(Filling.partner_id.in_(partner_ids), Filling.ended_at.is_(None))
    return list(db.session.scalars(query.options(joinedload(Filling.seat)).order_by(Filling.id)))


def check_ins(*partner_ids: int) -> list[CheckIn]:
    """What these partners said month by month."""
    return list(db.session.scalars(sa.select(CheckIn).where(CheckIn.partner_id.in_(partner_ids)).order_by(CheckIn.id)))


def replies(*partner_ids: int) -> list[Confirmation]:
    """What these partners say to the terms."""
    query = sa.select(Confirmation).where(Confirmation.partner_id.in_(partner_ids))
    return list(db.session.scalars(query.order_by(Confirmation.id)))


def memberships(*ids: int) -> list[Membership]:
    """The current memberships of these institutions."""
    query = sa.select(Membership).where(Membership.institution_id.in_(ids), Membership.left_on.is_(None))
    return list(db.session.scalars(query.order_by(Membership.id)))


def affiliations(*ids: int) -> list[Affiliation]:
    """Every affiliation with these institutions."""
    return list(db.session.scalars(_of(Affiliation, ids)))


def candidacies(*ids: int) -> list[Candidacy]:
    """What was ever asked about these institutions joining a network."""
    return list(db.session.scalars(_of(Candidacy, ids).options(joinedload(Candidacy.network))))


def rows_of(model: Any, *ids: int) -> list[Any]:
    """The rows of a table that refer to these institutions by `institution_id`."""
    return list(db.session.scalars(_of(model, ids)))


def _of(model: Any, ids: tuple[int, ...]) -> sa.Select[Any]:
    return sa.select(model).where(model.institution_id.in_(ids)).order_by(model.id)


def open_asks(side: str, target: str, ids: Iterable[int]) -> list[Ask]:
    """The open asks whose `side` ("subject" or "addressee") is one of these rows of a table, oldest first, locked."""
    columns = Ask.__table__.c
    query = sa.select(Ask).where(columns[f"{side}_type"] == target, columns[f"{side}_id"].in_(list(ids)), IS_OPEN)
    return list(db.session.scalars(query.order_by(Ask.id).with_for_update(of=Ask)))


def with_path(institution: Institution) -> list[Ask | Activity]:
    """The questions and the history that name the address of an institution."""
    asks = sa.select(Ask).where(Ask.about_type == "institution", Ask.about_id == institution.id)
    history = sa.select(Activity).where(Activity.subject_type == "institution", Activity.subject_id == institution.id)
    return [*db.session.scalars(asks), *db.session.scalars(history)]


def union(table_name: str, kept_id: int, gone_id: int, of: str = "institution") -> sa.Delete:
    """The statement that drops what both institutions (or partners) have from one of them; for tables of pairs."""
    table = Base.metadata.tables[table_name]
    ours = table.c[f"{of}_id"]
    other = next(column for column in table.primary_key.columns if column is not ours)
    twin = table.alias()
    has = sa.select(twin.c[other.name]).where(twin.c[ours.name] == kept_id)
    return sa.delete(table).where(ours == gone_id, other.in_(has))
