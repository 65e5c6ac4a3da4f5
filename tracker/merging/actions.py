"""Two records of one institution become one, with everything that pointed to either. It cannot be undone."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.models import Delivery
from tracker.activity.record import record
from tracker.asks.actions import take_back
from tracker.contacts.actions import is_free
from tracker.contacts.queries import SEAT, coordinators_of, open_offers
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.actions import rewrite_institution
from tracker.institutions.models import Institution, InstitutionAlias, Person
from tracker.institutions.queries import alias, answering_contacts
from tracker.memberships.queries import INVITATION, REQUEST
from tracker.merging import fields, partners, queries, rules
from tracker.merging.references import become_one

declare({"merging.merge": _l("%(actor)s made one record of this institution and “%(other)s”.")})

RULES = (rules, partners)  # imported for what they say becomes of rows that are the same


def demand_two(one_id: int, other_id: int) -> None:
    """Raise RuleBroken where these numbers are one record's, or have become one."""
    if one_id == other_id:
        raise RuleBroken(_("This is one and the same record. Choose another one."))
    if alias(one_id) == other_id or alias(other_id) == one_id:
        raise RuleBroken(_("These two records are one already."))


def merge(one: Institution, other: Institution, *, values: Mapping[str, Any], actor: Person | None) -> Institution:
    """Make one record of two and return it: the one with the higher number, with these values of its columns.

    What `values` leave out is taken from the record that says something, or was checked more recently; languages,
    themes, other names and notes of both are joined. The lower number leads there from then on. On SQLite the number
    of a deleted newest row goes to the next one, therefore the higher one always stays.
    Raises RuleBroken for a record and itself, for one that was merged meanwhile, and for two ROR ids of which none was
    chosen.
    """
    one_id, other_id = one.id, other.id
    demand_two(one_id, other_id)
    held = queries.hold(one_id, other_id)
    if len(held) < 2:
        raise RuleBroken(_("One of the two records was merged with another one meanwhile. Nothing was changed."))
    gone, kept = held
    wanted = fields.taken(gone, kept, {}) | dict(values)
    if gone.ror and kept.ror and gone.ror != kept.ror and not wanted.get("ror"):
        raise RuleBroken(_("The two have different ROR ids. Choose which one is right."))
    told = [person for row in held for person in _who_looks_after(row)]
    wanted |= {
        "languages": {*gone.languages, *kept.languages},
        "themes": [*gone.themes, *kept.themes],
        "other_names": fields.other_names(kept, gone, wanted),
        "notes": fields.notes((kept, gone)),
        "import_key": kept.import_key or gone.import_key,
    }
    noted = InstitutionAlias(
        old_id=gone.id,
        institution_id=kept.id,
        old_name=gone.name,
        import_key=gone.import_key,
        ror=next((row.ror for row in held if row.ror and row.ror != wanted.get("ror")), None),
        merged_by_id=actor.id if actor else None,
        merged_at=clock.now(),
    )
    other_name = next((row.name for row in held if row.name != wanted["name"]), gone.name)
    lost_id = gone.id
    kept.version, kept.created_at = max(kept.version, gone.version), min(kept.created_at, gone.created_at)
    gone.ror = gone.import_key = None  # there is one of each
    _lead_on(gone, kept)
    become_one(kept, gone)
    db.session.add(noted)
    kept.checked_at = clock.now()  # whoever compares two records field by field has looked at them
    rewrite_institution(kept, **wanted)
    _end_what_is_settled(kept)
    record(
        "merging.merge",
        kept,
        actor=actor,
        tell=told,
        why=Why.CONTACT,
        other=other_name,
        old_id=lost_id,
    )
    return kept


def _end_what_is_settled(kept: Institution) -> None:
    """Questions of one record that the other one has answered: a network it is in, a contact's place that is taken."""
    for candidacy in queries.candidacies(kept.id):
        if candidacy.network_id in kept.network_ids:
            take_back(candidacy, INVITATION, REQUEST)
    for _ask, offer in open_offers(kept):
        if not is_free(offer):
            take_back(offer, SEAT)


def _who_looks_after(institution: Institution) -> Iterable[Person]:
    return [*answering_contacts(institution.id), *coordinators_of(institution)]


def _lead_on(gone: Institution, kept: Institution) -> None:
    """What names the address of the record that goes names the other's."""
    for row in queries.with_path(gone):
        path = str(row.details.get("path", ""))
        if path == gone.path or path.startswith((f"{gone.path}/", f"{gone.path}#")):
            row.details = row.details | {"path": kept.path + path[len(gone.path) :]}
    db.session.flush()
    unsent = (Delivery.thread == f"institution-{gone.id}", Delivery.sent_at.is_(None), Delivery.withdrawn_at.is_(None))
    db.session.execute(sa.update(Delivery).where(*unsent).values(thread=f"institution-{kept.id}"))
