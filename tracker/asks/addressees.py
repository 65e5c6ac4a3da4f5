"""Who is asked: a person, an institution through its contacts, a network through its coordinators.

A later feature may declare another role, such as the leads of a project. Open asks follow the seat: who answers is
looked up when it matters and never written down.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.asks.models import IS_OPEN, Ask
from tracker.database import db
from tracker.i18n import _l
from tracker.institutions.models import Person
from tracker.institutions.queries import answering_contacts, answering_coordinators, people_at, people_beside


@dataclass(frozen=True)
class Role:
    """One way to be asked, named as the table of the row that is asked."""

    type: str
    people: Callable[[int], list[Person]]  # who answers now, first whom to turn to
    ids_of: Callable[[Person], Any]  # the ids (a set, or a SELECT of them) for which a person answers
    colleagues: Callable[[int], list[Person]]  # to whom "not me: ask …" may hand it
    why: Any  # why a mail comes: may name %(for)s


ROLES: dict[str, Role] = {}


def declare(role: Role) -> None:
    """Add a way to be asked."""
    if role.type in ROLES:
        raise RuntimeError(f"two roles are called {role.type}")
    ROLES[role.type] = role


def people(ask: Ask) -> list[Person]:
    """Who can answer now: whom it was handed to, then those who hold the seat. Perhaps nobody."""
    found = ROLES[ask.addressee_type].people(ask.addressee_id)
    first = [ask.delegated_to] if ask.delegated_to else []
    return list(dict.fromkeys([*first, *found]))


def mailed(ask: Ask) -> list[Person]:
    """Who gets its mails: whom it was handed to, else those who hold the seat."""
    found = [ask.delegated_to] if ask.delegated_to else ROLES[ask.addressee_type].people(ask.addressee_id)
    return [person for person in found if person.email]


def answers_for(person: Person, ask: Ask, able: list[Person] | None = None) -> bool:
    """Whether this person may answer. Where nobody holds the seat, coordinators note what they were told.

    `able` is what `people` told just now, where that is known.
    """
    able = people(ask) if able is None else able
    if any(known.id == person.id for known in able):
        return True
    return not able and ask.addressee_type != "person" and ask.network_id in person.coordinated_ids


def holds_seat(person: Person, ask: Ask) -> bool:
    """Whether this person may answer though nobody handed it to them."""
    return any(known.id == person.id for known in ROLES[ask.addressee_type].people(ask.addressee_id))


def waiting_for(person: Person) -> sa.CompoundSelect[int]:
    """The ids of the open asks that this person may answer because of a seat they hold, or that were handed to them.

    One SELECT for each way to be asked: a database that finds "or" in one reads every open ask instead of an index.
    """
    held = [
        sa.and_(Ask.addressee_type == role.type, Ask.addressee_id.in_(role.ids_of(person))) for role in ROLES.values()
    ]
    ways = [sa.select(Ask.id).where(way, IS_OPEN).correlate(None) for way in (*held, Ask.delegated_to_id == person.id)]
    return sa.union_all(*ways)


def colleagues(ask: Ask) -> list[Person]:
    """To whom it may be handed by name: known here, with an address, and not asked already."""
    asked = {person.id for person in mailed(ask)}
    found = ROLES[ask.addressee_type].colleagues(ask.addressee_id)
    return [person for person in found if person.email and person.id not in asked]


def known_there(ask: Ask) -> list[Person]:
    """Those who hold the seat and those who work beside them."""
    role = ROLES[ask.addressee_type]
    return list(dict.fromkeys((*role.people(ask.addressee_id), *role.colleagues(ask.addressee_id))))


def is_beside(person: Person, ask: Ask, *, but: Person) -> bool:
    """Whether a person is among those, and neither `but` nor whoever asked."""
    return person.id not in (but.id, ask.asked_by_id) and person in known_there(ask)


def _person(person_id: int) -> list[Person]:
    return [person] if (person := db.session.get(Person, person_id)) else []


declare(
    Role(
        "person",
        _person,
        lambda person: {person.id},
        people_beside,
        _l("You get this mail because you are asked yourself."),
    )
)
declare(
    Role(
        "institution",
        answering_contacts,
        lambda person: person.contact_ids,
        people_at,
        _l("You get this mail because you are a contact of %(for)s."),
    )
)
declare(
    Role(
        "network",
        answering_coordinators,
        lambda person: person.coordinated_ids,
        answering_coordinators,
        _l("You get this mail because you coordinate %(for)s."),
    )
)
