"""What changes in the record of institutions, networks and the people in them.

Every action takes plain values and `actor` (a Person, or None for a command), records one activity and raises
RuleBroken with a sentence. Who may call it is asked by the caller: see permissions.py.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import (
    Affiliation,
    Contact,
    Coordinator,
    Institution,
    InstitutionLanguage,
    Membership,
    Network,
    Person,
)
from tracker.search import index
from tracker.themes.models import Theme

declare(
    {
        "institutions.add_person": _l("%(actor)s added the person."),
        "institutions.change_person": _l("%(actor)s changed what is known of the person."),
        "institutions.found_network": _l("%(actor)s founded the network."),
        "institutions.change_network": _l("%(actor)s changed the network."),
        "institutions.name_coordinator": _l("%(actor)s named %(person)s as coordinator."),
        "institutions.dismiss_coordinator": _l("%(person)s is no longer coordinator."),
        "institutions.add": _l("%(actor)s added the institution."),
        "institutions.change": _l("%(actor)s changed the institution's record."),
        "institutions.confirm": _l("%(actor)s confirmed that the institution's record is right."),
        "institutions.join": _l("The institution joined %(network)s."),
        "institutions.leave": _l("The institution left %(network)s."),
        "institutions.affiliate": _l("%(person)s is now affiliated with the institution."),
        "institutions.change_affiliation": _l("The affiliation of %(person)s was changed."),
        "institutions.end_affiliation": _l("The affiliation of %(person)s ended."),
        "institutions.name_contact": _l("%(actor)s named %(person)s as contact."),
        "institutions.dismiss_contact": _l("%(person)s is no longer a contact."),
    }
)

MAIN, SECOND = 1, 2  # an institution's two places for contacts

PERSON_FIELDS = {
    *("name", "sort_name", "email", "languages", "interface_language"),
    *("time_zone", "orcid", "about", "is_listed"),
}
NETWORK_FIELDS = {"name", "description", "moderates", "website"}
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
    with _unique(_("There is a person with this e-mail address or ORCID iD already.")):
        changed = _assign(person, values)
        person.folded_name = index.fold(person.sort_name or person.name)[:250]
        db.session.add(person)
    return changed


def _index_person(person: Person) -> None:
    index.put("person", person.id, person.name, person.sort_name, person.orcid or "")


def found_network(
    *, name: str, actor: Person | None, description: str = "", moderates: bool = True, website: str = ""
) -> Network:
    """Found a network. Raises RuleBroken when its name is taken."""
    network = Network()
    with _unique(_("There is a network of this name already.")):
        network.name, network.description = name, description
        network.moderates, network.website = moderates, website
        db.session.add(network)
    record("institutions.found_network", network, actor=actor)
    return network


def change_network(network: Network, *, actor: Person | None, **fields: Any) -> list[str]:
    """Change a network (NETWORK_FIELDS) and return the names of the fields that differ."""
    with _unique(_("There is a network of this name already.")):
        changed = _assign(network, _known(fields, NETWORK_FIELDS))
    if changed:
        record("institutions.change_network", network, actor=actor, fields=changed)
    return changed


def name_coordinator(network: Network, person: Person, *, actor: Person | None) -> Coordinator:
    """Make a person coordinator of a network. Raises RuleBroken when they are."""
    if _current_coordinator(network, person):
        raise RuleBroken(_("%(name)s coordinates this network already.", name=person.name))
    place = Coordinator(network=network, person=person, since=clock.now())
    db.session.add(place)
    record("institutions.name_coordinator", network, actor=actor, tell=[person], **_named(person))
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
    record("institutions.dismiss_coordinator", network, actor=actor, tell=[person], **_named(person))


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
    _set_institution(
        institution, dict(name=name, country=country, languages=languages, themes=themes, **fields)
    )
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
    with _unique(_("Another institution has this ROR id already.")):
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
    with _unique(sentence):
        membership = Membership(institution=institution, network=network, joined_on=on)
        db.session.add(membership)
    record("institutions.join", institution, actor=actor, network=network.name, network_id=network.id)
    return membership


def leave_network(
    institution: Institution, network: Network, *, actor: Person | None, on: date | None = None
) -> None:
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


def affiliate(
    person: Person,
    institution: Institution,
    *,
    actor: Person | None,
    position: str = "",
    starts_on: PartialDate | None = None,
    ends_on: PartialDate | None = None,
) -> Affiliation:
    """Note that a person works or worked at an institution. Raises RuleBroken when the dates are reversed."""
    _in_order(starts_on, ends_on)
    affiliation = Affiliation(
        person=person, institution=institution, position=position, starts_on=starts_on, ends_on=ends_on
    )
    db.session.add(affiliation)
    record("institutions.affiliate", institution, actor=actor, **_named(person))
    return affiliation


def change_affiliation(
    affiliation: Affiliation,
    *,
    actor: Person | None,
    position: str,
    starts_on: PartialDate | None,
    ends_on: PartialDate | None,
) -> None:
    """Change position and dates. Where it thereby ended, so does a contact's place that rested on it."""
    _in_order(starts_on, ends_on)
    affiliation.position, affiliation.starts_on, affiliation.ends_on = position, starts_on, ends_on
    named = _named(affiliation.person)
    record("institutions.change_affiliation", affiliation.institution, actor=actor, **named)
    _free_place_of_leaver(affiliation, actor)


def end_affiliation(affiliation: Affiliation, *, actor: Person | None, on: PartialDate | None = None) -> None:
    """Note that a person left on a date (None: today). A contact's place that rested on it becomes free."""
    ends_on = on or PartialDate.of(clock.today())
    _in_order(affiliation.starts_on, ends_on)
    affiliation.ends_on = ends_on
    record("institutions.end_affiliation", affiliation.institution, actor=actor, **_named(affiliation.person))
    _free_place_of_leaver(affiliation, actor)


def _record_affiliation(kind: str, affiliation: Affiliation, actor: Person | None) -> None:
    person = affiliation.person
    record(kind, affiliation.institution, actor=actor, **_named(person))


def _in_order(starts_on: PartialDate | None, ends_on: PartialDate | None) -> None:
    if starts_on and ends_on and starts_on.first_day > ends_on.last_day:
        raise RuleBroken(_("The end lies before the start."))


def _free_place_of_leaver(affiliation: Affiliation, actor: Person | None) -> None:
    """A contact is affiliated: who has left answers no longer."""
    today = clock.today()
    stays = any(
        other.institution_id == affiliation.institution_id
        and not (other.ends_on and other.ends_on.last_day <= today)
        for other in affiliation.person.affiliations
    )
    if not stays and affiliation.institution_id in affiliation.person.contact_ids:
        dismiss_contact(affiliation.institution, affiliation.person, actor=actor)


def name_contact(institution: Institution, person: Person, place: int, *, actor: Person | None) -> Contact:
    """Name who answers for an institution, in place MAIN or SECOND; whoever held it gives it up.

    An affiliation is added where there is none. Raises RuleBroken when the person holds a place already.
    """
    if place not in (MAIN, SECOND):
        raise RuleBroken(_("An institution has a main and a second contact."))
    held = {contact.place: contact for contact in _current_contacts(institution)}
    if any(contact.person_id == person.id for contact in held.values()):
        raise RuleBroken(_("%(name)s is a contact of this institution already.", name=person.name))
    if not any(affiliation.institution_id == institution.id for affiliation in person.current_affiliations):
        affiliate(person, institution, actor=actor)
    with _unique(_("Somebody else named a contact at the same moment. Look at the page again.")):
        if previous := held.get(place):
            previous.until = clock.now()
            db.session.flush()  # the place must be free before it is given away
        contact = Contact(institution=institution, person=person, place=place, since=clock.now())
        db.session.add(contact)
    db.session.expire(institution, ["contacts"])
    replaced = [previous.person] if previous else []
    tell = [person, *replaced]
    record("institutions.name_contact", institution, actor=actor, tell=tell, **_named(person), place=place)
    return contact


def dismiss_contact(institution: Institution, person: Person, *, actor: Person | None) -> None:
    """End a contact's time; the place stays empty. Raises RuleBroken when the person is no contact."""
    contact = next((held for held in _current_contacts(institution) if held.person_id == person.id), None)
    if contact is None:
        raise RuleBroken(_("%(name)s is not a contact of this institution.", name=person.name))
    contact.until = clock.now()
    db.session.flush()
    db.session.expire(institution, ["contacts"])
    record("institutions.dismiss_contact", institution, actor=actor, tell=[person], **_named(person))


def _current_contacts(institution: Institution) -> list[Contact]:
    current = sa.select(Contact).where(Contact.institution_id == institution.id, Contact.until.is_(None))
    return list(db.session.scalars(current.order_by(Contact.place)))


@contextmanager
def _unique(sentence: str) -> Iterator[None]:
    """What is set inside is written at once; where the database says it is taken, nothing is written."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            yield
            db.session.flush()
    except IntegrityError as error:
        raise RuleBroken(sentence) from error


def _named(person: Person) -> dict[str, Any]:
    return {"person": person.name, "person_id": person.id}


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
