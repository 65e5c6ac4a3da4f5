"""What changes in the record of institutions, networks and the people in them.

Every action takes plain values and `actor` (a Person, or None for a command), records one activity and raises
RuleBroken with a sentence. Who may call it is asked by the caller: see permissions.py.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import (
    Coordinator,
    Institution,
    InstitutionLanguage,
    Membership,
    Network,
    Person,
)
from tracker.institutions.places import (
    MAIN,
    SECOND,
    affiliate,
    change_affiliation,
    confirm_affiliation,
    dismiss_contact,
    drop_affiliation,
    end_affiliation,
    name_contact,
    named,
    refuse_affiliation,
    unique,
)
from tracker.search import index
from tracker.themes.models import Theme

declare(
    {
        "institutions.add_person": _l("%(actor)s added the person."),
        "institutions.change_person": _l("%(actor)s changed what is known of the person."),
        "institutions.found_network": _l("%(actor)s created the network."),
        "institutions.change_network": _l("%(actor)s changed the network."),
        "institutions.name_coordinator": _l("%(actor)s named %(person)s as coordinator."),
        "institutions.dismiss_coordinator": _l("%(person)s is no longer coordinator."),
        "institutions.add": _l("%(actor)s added the institution."),
        "institutions.change": _l("%(actor)s changed the institution's record."),
        "institutions.confirm": _l("%(actor)s confirmed that the institution's record is right."),
        "institutions.join": _l("The institution joined %(network)s."),
        "institutions.leave": _l("The institution left %(network)s."),
    }
)

__all__ = [
    "MAIN",
    "SECOND",
    "add_institution",
    "add_person",
    "affiliate",
    "change_affiliation",
    "change_institution",
    "change_network",
    "change_person",
    "confirm_affiliation",
    "confirm_institution",
    "dismiss_contact",
    "dismiss_coordinator",
    "drop_affiliation",
    "end_affiliation",
    "found_network",
    "join_network",
    "leave_network",
    "name_contact",
    "name_coordinator",
    "refuse_affiliation",
    "rewrite_institution",
]

PERSON_FIELDS = {
    *("name", "sort_name", "email", "languages", "interface_language"),
    *("time_zone", "orcid", "gender", "about", "is_listed", "rhythm", "hears_of_calls"),
}
NETWORK_FIELDS = {"name", "description", "moderates", "website", "disclaimer"}
INSTITUTION_FIELDS = {
    *("name", "native_name", "native_language", "other_names", "acronym", "country", "city", "latitude"),
    *("longitude", "website", "ror", "wikidata", "founded", "kind", "description", "notes", "import_key"),
    *("languages", "themes"),
}


def add_person(
    *, name: str, actor: Person | None, email: str | None = None, sort_name: str = "", **fields: Any
) -> Person:
    """Add someone (PERSON_FIELDS). Raises RuleBroken when the address or the ORCID iD is another person's."""
    person = Person()
    _set_person(person, {"name": name, "email": email, "sort_name": sort_name, **fields})
    record("institutions.add_person", person, actor=actor)
    _index_person(person)
    return person


def change_person(person: Person, *, actor: Person | None, **fields: Any) -> list[str]:
    """Change PERSON_FIELDS, return the names of those that differ. Raises RuleBroken as `add_person` does."""
    changed = _set_person(person, fields)
    if changed:
        record("institutions.change_person", person, actor=actor, fields=changed)
        _index_person(person)
    return changed


def _set_person(person: Person, fields: dict[str, Any]) -> list[str]:
    values = _known(fields, PERSON_FIELDS)
    if "email" in values:
        values["email"] = (values["email"] or "").strip().lower() or None
    if "orcid" in values:
        values["orcid"] = values["orcid"] or None
    with unique(_("There is a person with this e-mail address or ORCID iD already.")):
        changed = _assign(person, values)
        person.folded_name = index.fold(person.sort_name or person.name)[:250]
        db.session.add(person)
    return changed


def _index_person(person: Person) -> None:
    index.put("person", person.id, person.name, person.sort_name, person.orcid or "")


def found_network(
    *,
    name: str,
    actor: Person | None,
    description: str = "",
    moderates: bool = True,
    website: str = "",
    disclaimer: str = "",
) -> Network:
    """Create a network. Raises RuleBroken when its name is taken."""
    network = Network()
    with unique(_("There is a network of this name already.")):
        network.name, network.description = name, description
        network.moderates, network.website, network.disclaimer = moderates, website, disclaimer
        db.session.add(network)
    record("institutions.found_network", network, actor=actor)
    return network


def change_network(network: Network, *, actor: Person | None, **fields: Any) -> list[str]:
    """Change a network (NETWORK_FIELDS) and return the names of the fields that differ."""
    with unique(_("There is a network of this name already.")):
        changed = _assign(network, _known(fields, NETWORK_FIELDS))
    if changed:
        network.version += 1
        record("institutions.change_network", network, actor=actor, fields=changed)
    return changed


def name_coordinator(network: Network, person: Person, *, actor: Person | None) -> Coordinator:
    """Make a person coordinator of a network. Raises RuleBroken when they are."""
    if _current_coordinator(network, person):
        raise RuleBroken(_("%(name)s coordinates this network already.", name=person.name))
    place = Coordinator(network=network, person=person, since=clock.now())
    db.session.add(place)
    record("institutions.name_coordinator", network, actor=actor, tell=[person], **named(person))
    return place


def dismiss_coordinator(network: Network, person: Person, *, actor: Person | None) -> None:
    """End a person's time as coordinator. Raises RuleBroken for the last one: somebody must answer."""
    place = _current_coordinator(network, person)
    if place is None:
        raise RuleBroken(_("%(name)s does not coordinate this network.", name=person.name))
    others = sa.select(sa.func.count(Coordinator.id)).where(
        Coordinator.network_id == network.id, Coordinator.until.is_(None), Coordinator.id != place.id
    )
    if not db.session.scalar(others):
        raise RuleBroken(_("Name another coordinator first: a network has at least one."))
    place.until = clock.now()
    record("institutions.dismiss_coordinator", network, actor=actor, tell=[person], **named(person))


def _current_coordinator(network: Network, person: Person) -> Coordinator | None:
    of_both = (Coordinator.network_id == network.id) & (Coordinator.person_id == person.id)
    return db.session.scalars(sa.select(Coordinator).where(of_both, Coordinator.until.is_(None))).first()


def add_institution(
    *,
    name: str,
    country: str,
    actor: Person | None,
    languages: Iterable[str] = (),
    themes: Iterable[Theme] = (),
    **fields: Any,
) -> Institution:
    """Add an institution: `country` is an alpha-2 code, `languages` BCP 47 tags, more: INSTITUTION_FIELDS.

    Raises RuleBroken when another institution has the ROR id.
    """
    institution = Institution(version=1)
    _set_institution(institution, dict(name=name, country=country, languages=languages, themes=themes, **fields))
    record("institutions.add", institution, actor=actor)
    _index_institution(institution)
    return institution


def change_institution(
    institution: Institution, *, actor: Person | None, confirms: bool = True, **fields: Any
) -> list[str]:
    """Change the record, return the names of the fields that differ. Raises as `add_institution` does.

    Saving is a confirmation by whoever does it, even when nothing differs; an import says `confirms=False`.
    """
    changed = _set_institution(institution, fields)
    if not changed:
        if confirms and actor is not None:
            confirm_institution(institution, actor=actor)
        return []
    institution.version += 1
    if confirms and actor is not None:
        institution.checked_at = clock.now()
    record("institutions.change", institution, actor=actor, fields=changed)
    _index_institution(institution)
    return changed


def rewrite_institution(institution: Institution, **fields: Any) -> None:
    """Set fields (INSTITUTION_FIELDS) and let it be found by its words. The caller records what happened.

    Raises as `add_institution` does.
    """
    _set_institution(institution, fields)
    institution.version += 1
    index.remove("institution", institution.id)  # so that whoever follows its words does so, even where none changed
    _index_institution(institution)


def confirm_institution(institution: Institution, *, actor: Person | None) -> None:
    """Note that somebody who answers for the institution looked at its record and found it right."""
    institution.checked_at = clock.now()
    record("institutions.confirm", institution, actor=actor)


def _set_institution(institution: Institution, fields: dict[str, Any]) -> list[str]:
    values = _known(fields, INSTITUTION_FIELDS)
    for empty_is_none in ("ror", "import_key"):
        if empty_is_none in values:
            values[empty_is_none] = values[empty_is_none] or None
    languages, themes = values.pop("languages", None), values.pop("themes", None)
    with unique(_("Another institution has this ROR id already.")):
        changed = _assign(institution, values)
        institution.sort_name = index.fold(institution.name)[:250]
        if languages is not None:
            wanted = sorted(dict.fromkeys(languages))
            if wanted != sorted(institution.languages):
                kept = {link.language: link for link in institution.language_links}
                links = [kept.get(tag) or InstitutionLanguage(language=tag) for tag in wanted]
                institution.language_links = links
                changed.append("languages")
        if themes is not None:
            chosen = list(dict.fromkeys(themes))
            if {theme.id for theme in chosen} != {theme.id for theme in institution.themes}:
                institution.themes = chosen
                changed.append("themes")
        db.session.add(institution)
    return changed


def _index_institution(institution: Institution) -> None:
    names = (institution.name, institution.native_name, institution.acronym, institution.other_names)
    index.put("institution", institution.id, *names, institution.city)


def join_network(
    institution: Institution, network: Network, *, actor: Person | None, on: date | None = None
) -> Membership:
    """Make an institution a member since the day `on` (None: not known). Raises RuleBroken when it is one."""
    sentence = _("%(name)s is a member already.", name=institution.name)
    if _current_membership(institution, network):
        raise RuleBroken(sentence)
    with unique(sentence):
        membership = Membership(institution=institution, network=network, joined_on=on)
        db.session.add(membership)
    record("institutions.join", institution, actor=actor, network=network.name, network_id=network.id)
    return membership


def leave_network(institution: Institution, network: Network, *, actor: Person | None, on: date | None = None) -> None:
    """End a membership on the day `on` (None: today). Raises RuleBroken when there is none."""
    membership = _current_membership(institution, network)
    if membership is None:
        raise RuleBroken(_("%(name)s is not a member.", name=institution.name))
    if membership.joined_on and on and on < membership.joined_on:
        raise RuleBroken(_("An institution cannot leave before it joined."))
    membership.left_on = on or max(clock.today(), membership.joined_on or clock.today())
    record("institutions.leave", institution, actor=actor, network=network.name, network_id=network.id)


def _current_membership(institution: Institution, network: Network) -> Membership | None:
    of_both = (Membership.institution_id == institution.id) & (Membership.network_id == network.id)
    return db.session.scalars(sa.select(Membership).where(of_both, Membership.left_on.is_(None))).first()


def _known(fields: dict[str, Any], allowed: set[str]) -> dict[str, Any]:
    if unknown := fields.keys() - allowed:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    return dict(fields)


def _assign(row: Any, values: dict[str, Any]) -> list[str]:
    """Set what differs and return its names; a text is not rendered again for nothing."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
