from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from tracker import clock, countries
from tracker.database import db
from tracker.institutions.likeness import asked_for, heart, host_of, initials, name_key, variants
from tracker.institutions.models import (
    Affiliation,
    Contact,
    Coordinator,
    Institution,
    InstitutionAlias,
    InstitutionLanguage,
    Membership,
    Network,
    Person,
    folded_acronym,
    institution_theme,
)
from tracker.search import index

MOST_PEOPLE = 300  # of one institution, on one page
MOST_ALIKE = 8

IN_A_LIST = (
    defer(Institution.description, raiseload=True),
    defer(Institution.description_html, raiseload=True),
    defer(Institution.notes, raiseload=True),
)
ON_A_PAGE = (
    selectinload(Institution.language_links),
    selectinload(Institution.themes),
    selectinload(Institution.memberships).joinedload(Membership.network),
    selectinload(Institution.contacts).joinedload(Contact.person).selectinload(Person.affiliations),
)
FOR_EDITING = (selectinload(Institution.language_links), selectinload(Institution.themes))
WITH_CONTACTS = (selectinload(Institution.contacts).joinedload(Contact.person),)
WITH_COORDINATORS = (selectinload(Network.coordinators).joinedload(Coordinator.person),)


def institution_list(
    *,
    words: str = "",
    country: str = "",
    region: str = "",
    theme_ids: Iterable[int] | None = None,
    language: str = "",
    network_id: int | None = None,
) -> sa.Select[Institution]:
    """The institutions that fit all that is given, by name; of those searched, first whose acronym was typed.

    `country` is an alpha-2 code, `region` an M49 code that counts with all below it, `language` a BCP 47 tag.
    """
    query = sa.select(Institution).options(*IN_A_LIST).order_by(Institution.sort_name, Institution.id)
    if country:
        query = query.where(Institution.country == country)
    if region:
        query = query.where(Institution.country.in_(countries.countries_in(region)))
    if theme_ids is not None:
        with_theme = sa.select(institution_theme.c.institution_id).where(
            institution_theme.c.theme_id.in_(list(theme_ids))
        )
        query = query.where(Institution.id.in_(with_theme))
    if language:
        speaking = sa.select(InstitutionLanguage.institution_id).where(InstitutionLanguage.language == language)
        query = query.where(Institution.id.in_(speaking))
    if network_id is not None:
        query = query.where(Institution.id.in_(member_ids(network_id)))
    if words:
        called_so = Institution.folded_acronym == folded_acronym(words)
        query = query.where(Institution.id.in_(index.matching("institution", words)))
        query = query.order_by(None).order_by(sa.case((called_so, 0), else_=1), Institution.sort_name, Institution.id)
    return query


def countries_present() -> set[str]:
    """The countries that have an institution: a filter offers no others."""
    return set(db.session.scalars(sa.select(Institution.country).distinct()))


def languages_present() -> set[str]:
    """The languages some institution works in."""
    return set(db.session.scalars(sa.select(InstitutionLanguage.language).distinct()))


def theme_counts() -> dict[int, int]:
    """How many institutions each theme has."""
    rows = db.session.execute(
        sa.select(institution_theme.c.theme_id, sa.func.count()).group_by(institution_theme.c.theme_id)
    )
    return {theme_id: count for theme_id, count in rows}  # noqa: C416  # rows are tuples only at run time


def networks() -> list[Network]:
    """Every network, by name."""
    return list(db.session.scalars(sa.select(Network).order_by(Network.name, Network.id)))


def member_ids(network_id: int) -> sa.Select[int]:
    """The ids of the institutions that are members of a network now."""
    return sa.select(Membership.institution_id).where(Membership.network_id == network_id, Membership.left_on.is_(None))


def member_counts() -> dict[int, int]:
    """How many members each network has now."""
    rows = db.session.execute(
        sa.select(Membership.network_id, sa.func.count())
        .where(Membership.left_on.is_(None))
        .group_by(Membership.network_id)
    )
    return {network_id: count for network_id, count in rows}  # noqa: C416


def memberships(network_id: int) -> sa.Select[Membership]:
    """The current memberships of a network, by the institution's name."""
    return (
        sa.select(Membership)
        .join(Membership.institution)
        .where(Membership.network_id == network_id, Membership.left_on.is_(None))
        .options(joinedload(Membership.institution).options(*IN_A_LIST))
        .order_by(Institution.sort_name, Institution.id)
    )


def not_yet_members(network_id: int, words: str, most: int = 20) -> list[Institution]:
    """Institutions with these words that could join a network, by name."""
    query = institution_list(words=words).where(Institution.id.not_in(member_ids(network_id)))
    return list(db.session.scalars(query.limit(most)))


def coordinated_by(person: Person) -> list[Network]:
    """The networks somebody coordinates now, by name."""
    return list(
        db.session.scalars(
            sa.select(Network).where(Network.id.in_(person.coordinated_ids)).order_by(Network.name, Network.id)
        )
    )


def coordinators(network_id: int) -> list[Coordinator]:
    """Who coordinates a network now, since the longest first."""
    return list(
        db.session.scalars(
            sa.select(Coordinator)
            .where(Coordinator.network_id == network_id, Coordinator.until.is_(None))
            .options(joinedload(Coordinator.person))
            .order_by(Coordinator.since, Coordinator.id)
        )
    )


def affiliations_of(institution: Institution) -> list[Affiliation]:
    """The current affiliations with an institution, by the person's name; MOST_PEOPLE at the most."""
    return _affiliations_at([institution.id])


def _affiliations_at(institution_ids: Iterable[int]) -> list[Affiliation]:
    found = db.session.scalars(
        sa.select(Affiliation)
        .join(Affiliation.person)
        .where(Affiliation.institution_id.in_(list(institution_ids)), Affiliation.confirmed_at.is_not(None))
        # A partial date is text here, so only what ended long ago is left out; `is_current` knows the rest.
        .where(Affiliation.ends_on.is_(None) | (Affiliation.ends_on >= str(clock.today().year - 1)))
        .options(joinedload(Affiliation.person))
        .order_by(Person.folded_name, Person.id, Affiliation.id)
        .limit(MOST_PEOPLE)
    )
    return [affiliation for affiliation in found if affiliation.is_current]


def claims(institution_ids: Iterable[int]) -> list[Affiliation]:
    """What people say of themselves and no contact has confirmed yet, oldest first; MOST_PEOPLE at the most."""
    found = db.session.scalars(
        sa.select(Affiliation)
        .where(Affiliation.institution_id.in_(list(institution_ids)), Affiliation.confirmed_at.is_(None))
        .options(joinedload(Affiliation.person), joinedload(Affiliation.institution))
        .order_by(Affiliation.id)
        .limit(MOST_PEOPLE)
    )
    return list(found)


def people_of(institution: Institution) -> list[Person]:
    """Who works at an institution now, by name."""
    return list(dict.fromkeys(affiliation.person for affiliation in affiliations_of(institution)))


def person_by_email(email: str) -> Person | None:
    """The person with this address, in whatever case it is written."""
    return db.session.scalars(sa.select(Person).where(Person.email == email.strip().lower())).first()


def by_ror(ror: str) -> Institution | None:
    """The institution with this ROR id (in its normal form), or that one of this id was merged into."""
    if not ror:
        return None
    merged = sa.select(InstitutionAlias.institution_id).where(InstitutionAlias.ror == ror)
    known = sa.select(Institution).where(sa.or_(Institution.ror == ror, Institution.id.in_(merged)))
    return db.session.scalars(known.order_by(sa.case((Institution.ror == ror, 0), else_=1), Institution.id)).first()


def alias(old_id: int) -> int | None:
    """The id of the record that one with this old number was merged into; None where there was none."""
    return db.session.scalar(sa.select(InstitutionAlias.institution_id).where(InstitutionAlias.old_id == old_id))


def by_folded_name(name: str) -> list[Institution]:
    """The institutions with this name (native and other names included), accents, case and "the" apart."""
    return _called([name])


def _called(names: Iterable[str]) -> list[Institution]:
    """The institutions that go by one of these names."""
    wanted = {key: name for name in names if (key := name_key(name))}
    if not wanted:
        return []
    found = [Institution.sort_name.in_([index.fold(name)[:250] for name in wanted.values()])]
    found += [Institution.id.in_(index.matching("institution", asked_for(name))) for name in wanted.values()]
    candidates = db.session.scalars(sa.select(Institution).where(sa.or_(*found)).order_by(Institution.id).limit(200))
    return [row for row in candidates if wanted.keys() & {name_key(name) for name in _every_name_of(row)}]


def _every_name_of(institution: Institution) -> list[str]:
    """Its names, and those that they hold beside what stands in brackets."""
    names = names_of(institution)
    return [*names, *(part for name in names for part in variants(name)[0])]


def names_of(institution: Institution) -> list[str]:
    """Every name an institution goes by; the acronym is not one, too many share it."""
    others = institution.other_names.splitlines()
    return [name for name in (institution.name, institution.native_name, *others) if name.strip()]


def by_acronym(acronym: str, country: str) -> list[Institution]:
    """The institutions of a country with this acronym, in whatever case it is written."""
    if not acronym:
        return []
    same = Institution.folded_acronym == folded_acronym(acronym)
    return list(
        db.session.scalars(sa.select(Institution).where(same, Institution.country == country).order_by(Institution.id))
    )


def look_alikes(
    *,
    name: str,
    country: str,
    acronym: str = "",
    ror: str | None = None,
    native_name: str = "",
    other_names: str = "",
    website: str = "",
) -> list[Institution]:
    """What is perhaps the same institution, the likeliest first, MOST_ALIKE at the most.

    Of any country: the same ROR id, one of the same names (folded, with or without what stands in brackets), the same
    website. Of the same `country` (alpha-2): a name with the same words but for its kind, or the same acronym, be it
    typed, in brackets or made of the name's initials. `other_names` are one a line.
    """
    names = [text for text in (name, native_name, *other_names.splitlines()) if text.strip()]
    parts = [variants(text) for text in names]
    shorts = [acronym, *(short for _names, held in parts for short in held)]
    found = [by_ror(ror or "")]
    found += _called([*names, *(part for held, _shorts in parts for part in held)])
    found += _at_website(website)
    found += _of_like_names(names, country)
    found += _called_short(shorts, [initials(text) for text in names], country)
    return [institution for institution in dict.fromkeys(found) if institution][:MOST_ALIKE]


def _at_website(website: str) -> list[Institution]:
    """The institutions whose pages are on the same host."""
    host = host_of(website)
    if not host:
        return []
    there = sa.or_(*(Institution.website.contains(f"//{www}{host}", autoescape=True) for www in ("", "www.")))
    candidates = db.session.scalars(sa.select(Institution).where(there).order_by(Institution.id).limit(50))
    return [row for row in candidates if host_of(row.website) == host]


def _of_like_names(names: Iterable[str], country: str) -> list[Institution]:
    """The institutions of a country one of whose names says the same, whatever kind of place it names."""
    wanted = {words: None for name in names if (words := heart(name, country))}
    if not wanted:
        return []
    found = sa.or_(*(Institution.id.in_(index.matching("institution", " ".join(sorted(words)))) for words in wanted))
    query = sa.select(Institution).where(Institution.country == country, found).order_by(Institution.id).limit(50)
    return [row for row in db.session.scalars(query) if any(heart(name, country) in wanted for name in names_of(row))]


def _called_short(acronyms: Iterable[str], made: Iterable[str], country: str) -> list[Institution]:
    """The institutions of a country with one of these acronyms, in their field or in brackets; or, as their acronym,
    one of those `made` of initials.
    """
    wanted = {folded: short for short in acronyms if (folded := folded_acronym(short))}
    guessed = {short for short in made if short}
    if not (wanted or guessed):
        return []
    found = [Institution.folded_acronym.in_([*wanted, *guessed])]
    found += [Institution.id.in_(index.matching("institution", short)) for short in wanted.values()]
    query = sa.select(Institution).where(Institution.country == country, sa.or_(*found))
    candidates = db.session.scalars(query.order_by(Institution.id).limit(50))
    return [
        row
        for row in candidates
        if row.folded_acronym in wanted.keys() | guessed
        or wanted.keys() & {folded_acronym(short) for name in names_of(row) for short in variants(name)[1]}
    ]


def answering_contacts(institution_id: int) -> list[Person]:
    """Who answers for an institution now, the main contact first."""
    held = db.session.scalars(
        sa.select(Contact)
        .where(Contact.institution_id == institution_id, Contact.until.is_(None))
        .options(joinedload(Contact.person).selectinload(Person.affiliations))
        .order_by(Contact.place)
    )
    return [contact.person for contact in held if contact.answers]


def answering_coordinators(network_id: int) -> list[Person]:
    """Who coordinates a network now, in the order they were named."""
    return list(
        db.session.scalars(
            sa.select(Person)
            .join(Coordinator, Coordinator.person_id == Person.id)
            .where(Coordinator.network_id == network_id, Coordinator.until.is_(None))
            .order_by(Coordinator.id)
        )
    )


def people_at(institution_id: int) -> list[Person]:
    """Who works at an institution now, by name, as far as it has confirmed that."""
    return list(dict.fromkeys(held.person for held in _affiliations_at([institution_id])))


def people_beside(person_id: int) -> list[Person]:
    """Who works now where this person works now, by name."""
    own = sa.select(Affiliation).where(Affiliation.person_id == person_id, Affiliation.confirmed_at.is_not(None))
    places = [held.institution_id for held in db.session.scalars(own) if held.is_current]
    return list(dict.fromkeys(held.person for held in _affiliations_at(places) if held.person_id != person_id))
