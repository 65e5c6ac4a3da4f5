from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.asks.addressees import ROLES
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.dates import earth_day
from tracker.institutions.models import Contact, Coordinator, Person
from tracker.milestones.models import DateChange, Milestone
from tracker.projects.models import Project, ProjectMember
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.states import ProjectState

SILENT_FOR = timedelta(days=45)
MILESTONE = "milestones.due"  # the kind that has a list of its own
IN_A_LIST = (joinedload(Ask.delegated_to),)


def silent(network_ids: Iterable[int]) -> sa.Select[Project]:
    """Running studies nobody has said anything about for 45 days, longest silence first."""
    return (
        sa.select(Project)
        .where(
            Project.network_id.in_(list(network_ids)),
            Project.state.in_((ProjectState.RUNNING, ProjectState.REVIEW)),
            Project.changed_at < clock.now() - SILENT_FOR,
        )
        .options(*PROJECT_CARD)
        .order_by(Project.changed_at, Project.id)
    )


# --- asks ---------------------------------------------------------------------------------------------------


def to_coordinators(network_ids: Iterable[int]) -> sa.Select[Ask]:
    """What waits for the coordinators of these networks, the most urgent first."""
    held = sa.and_(Ask.addressee_type == "network", Ask.addressee_id.in_(list(network_ids)))
    return _open().where(held).order_by(Ask.due_on, Ask.id)


def overdue(network_ids: Iterable[int]) -> sa.Select[Ask]:
    """What others should have answered by now, longest overdue first; milestones have a list of their own."""
    return _of_others(network_ids).where(Ask.kind != MILESTONE, Ask.due_on < earth_day()).order_by(Ask.due_on, Ask.id)


def unanswered(network_ids: Iterable[int]) -> sa.Select[Ask]:
    """What others are asked and still have time for, the next due first."""
    return _of_others(network_ids).where(Ask.kind != MILESTONE, Ask.due_on >= earth_day()).order_by(Ask.due_on, Ask.id)


def chosen(network_ids: Iterable[int], ask_ids: Iterable[int]) -> list[Ask]:
    """Those of some open asks that the coordinators of these networks look after, in the order they were raised."""
    mine = _of_networks(network_ids).where(Ask.id.in_(list(ask_ids)))
    return list(db.session.scalars(mine.options(joinedload(Ask.asked_by)).order_by(Ask.id)))


def _open() -> sa.Select[Ask]:
    return sa.select(Ask).where(Ask.state == AskState.OPEN).options(*IN_A_LIST)


def _of_networks(network_ids: Iterable[int]) -> sa.Select[Ask]:
    return _open().where(Ask.network_id.in_(list(network_ids)))


def _of_others(network_ids: Iterable[int]) -> sa.Select[Ask]:
    """Without what waits for the coordinators themselves: that has a list of its own."""
    ids = list(network_ids)
    return _of_networks(ids).where(sa.or_(Ask.addressee_type != "network", Ask.addressee_id.not_in(ids)))


def answering(asks: Iterable[Ask]) -> dict[int, list[Person]]:
    """By ask: who can answer it now, whom it was handed to first. A few queries, however many asks there are."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for ask in asks:
        wanted[ask.addressee_type].add(ask.addressee_id)
    seats: dict[tuple[str, int], list[Person]] = {}
    for role, ids in wanted.items():
        many = _MANY.get(role)
        held = many(ids) if many else {known: ROLES[role].people(known) for known in ids}
        seats.update({(role, known): people for known, people in held.items()})
    return {
        ask.id: list(
            dict.fromkeys(
                [
                    *([ask.delegated_to] if ask.delegated_to else []),
                    *seats.get((ask.addressee_type, ask.addressee_id), []),
                ]
            )
        )
        for ask in asks
    }


def _people(ids: set[int]) -> dict[int, list[Person]]:
    return {person.id: [person] for person in db.session.scalars(sa.select(Person).where(Person.id.in_(ids)))}


def _contacts(ids: set[int]) -> dict[int, list[Person]]:
    held = db.session.scalars(
        sa.select(Contact)
        .where(Contact.institution_id.in_(ids), Contact.until.is_(None))
        .options(joinedload(Contact.person).selectinload(Person.affiliations))
        .order_by(Contact.place)
    )
    return _gathered((contact.institution_id, contact.person) for contact in held if contact.answers)


def _coordinators(ids: set[int]) -> dict[int, list[Person]]:
    held = db.session.scalars(
        sa.select(Coordinator)
        .where(Coordinator.network_id.in_(ids), Coordinator.until.is_(None))
        .options(joinedload(Coordinator.person))
        .order_by(Coordinator.id)
    )
    return _gathered((place.network_id, place.person) for place in held)


def _leads(ids: set[int]) -> dict[int, list[Person]]:
    held = db.session.scalars(
        sa.select(ProjectMember)
        .where(ProjectMember.project_id.in_(ids), ProjectMember.is_lead, ProjectMember.left_at.is_(None))
        .options(joinedload(ProjectMember.person))
        .order_by(ProjectMember.id)
    )
    return _gathered((member.project_id, member.person) for member in held)


def _gathered(rows: Iterable[tuple[int, Person]]) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    for known, person in rows:
        found[known].append(person)
    return found


_MANY = {"person": _people, "institution": _contacts, "network": _coordinators, "project": _leads}


def moves(milestones: Iterable[Milestone]) -> dict[int, list[DateChange]]:
    """By milestone: how its date has moved, earliest first."""
    ids = [milestone.id for milestone in milestones]
    found: dict[int, list[DateChange]] = defaultdict(list)
    if ids:
        changes = sa.select(DateChange).where(DateChange.milestone_id.in_(ids)).order_by(DateChange.id)
        for change in db.session.scalars(changes):
            found[change.milestone_id].append(change)
    return found


def first(query: sa.Select[Any], limit: int = 6) -> list[Any]:
    """The first rows of a list."""
    return list(db.session.scalars(query.limit(limit)).unique())
