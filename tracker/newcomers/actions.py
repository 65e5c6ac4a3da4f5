"""How an institution that is not on record comes in: it asks a network, or a project invites it.

Nothing is mailed to an address that somebody typed before a coordinator has said yes. As everywhere: plain values
and the actor in, one activity per change, no commit, RuleBroken with a sentence.
"""

from dataclasses import dataclass
from typing import Any

from tracker import clock, zones
from tracker.accounts import actions as accounts
from tracker.activity.kinds import declare
from tracker.activity.record import owe, record
from tracker.asks.actions import raise_ask, settle
from tracker.contacts import actions as contacts
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Network, Person
from tracker.institutions.queries import person_by_email
from tracker.newcomers import queries
from tracker.newcomers.models import Application
from tracker.newcomers.queries import APPLICATION

declare(
    {
        "newcomers.apply": _l("%(person)s asked that %(institution)s may be added."),
        "newcomers.add": _l("%(actor)s added %(institution)s, as %(person)s had asked."),
        "newcomers.known": _l("%(person)s asked to add %(institution)s, which is in the list already."),
        "newcomers.turn_down": _l("The wish to add %(institution)s was not taken up for now."),
    }
)
MOST_OPEN = 100  # applications that wait for the coordinators of one network
APPLICATION_FIELDS = {"native_name", "acronym", "city", "website", "ror", "position", "words"}
TAKEN_OVER = ("name", "native_name", "acronym", "country", "city", "website", "ror")
KNOWN_MAIL = "newcomers/mail/known.txt"


@dataclass(frozen=True)
class Asker:
    """Whoever asked, at the address they gave; `id` is that of the person of this address, if there is one."""

    id: int | None
    name: str
    email: str
    interface_language: str


def apply(
    network: Network,
    *,
    name: str,
    country: str,
    person_name: str,
    person_email: str,
    language: str = "",
    actor: Person | None,
    **fields: str,
) -> Application | None:
    """Ask a network to add an institution; `person_email` is normalised. Only its coordinators are mailed.

    `language` is the asker's interface language, `fields` are APPLICATION_FIELDS, `actor` is None for a visitor. None
    where this address has asked already and waits: nothing is made twice. Raises RuleBroken where too many wait.
    """
    if unknown := fields.keys() - APPLICATION_FIELDS:
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    # Looked at first, whoever asks: the answer tells nobody which addresses are known.
    if queries.is_crowded(network, MOST_OPEN):
        raise RuleBroken(
            _(
                "Very many institutions wait for an answer of %(network)s now. Please try again in a few weeks.",
                network=network.name,
            )
        )
    if queries.has_asked(person_email):
        return None
    application = Application(
        network=network,
        name=name,
        country=country,
        person_name=person_name,
        person_email=person_email,
        language=language,
        person=actor,
        sent_at=clock.now(),
        **fields,
    )
    db.session.add(application)
    told: dict[str, Any] = {"institution": name, "person": person_name}
    noted = record("newcomers.apply", network, actor=actor, **told)
    raise_ask(
        APPLICATION,
        application,
        to=network,
        about=network,
        network_id=network.id,
        actor=actor,
        because=noted,
        country=country,
        note=application.words,
        **told,
    )
    return application


def add(application: Application, *, note: str = "", actor: Person) -> None:
    """The yes: a record, a member from today, and the person who asked is invited as its main contact.

    Somebody with an account who was not signed in is asked first whether they become it. Raises RuleBroken where
    another institution has the ROR id.
    """
    fields = {name: getattr(application, name) for name in TAKEN_OVER}
    institution = institutions.add_institution(**fields, actor=actor)
    institutions.join_network(institution, application.network, on=clock.today(), actor=actor)
    application.institution = institution
    _end(application, "add", note=note, actor=actor)
    told = [application.person] if application.person else []
    if application.person and application.person.email == application.person_email:
        person = application.person
        institutions.affiliate(person, institution, position=application.position, actor=actor)
        institutions.name_contact(institution, person, institutions.MAIN, actor=actor, is_told=False)
    else:
        _ask_in(application, institution, note, actor)
    record("newcomers.add", institution, actor=actor, tell=told, **_named(application, institution), note=note)


def _ask_in(application: Application, institution: Institution, note: str, actor: Person) -> None:
    """Invite whoever has the address that was typed: it may be anybody's."""
    person = person_by_email(application.person_email)
    if person is not None and person.joined_at is not None:
        contacts.name(institution, person, institutions.MAIN, actor=actor)
        return
    accounts.invite(
        name=application.person_name,
        email=application.person_email,
        institution=institution,
        position=application.position,
        as_contact=institutions.MAIN,
        time_zone=zones.of_country(application.country),
        language=application.language,
        note=note,
        actor=actor,
    )


def is_known(application: Application, institution: Institution, *, note: str = "", actor: Person) -> None:
    """It is on record already, as `institution`: whoever asked is told how they come in."""
    application.institution = institution
    _end(application, "known", note=note, actor=actor)
    record("newcomers.known", institution, actor=actor, **_named(application, institution), note=note)
    person = person_by_email(application.person_email)
    asker = Asker(
        person.id if person else None, application.person_name, application.person_email, application.language or "en"
    )
    details: dict[str, Any] = {
        "asked": application.name,
        "institution": institution.name,
        "institution_id": institution.id,
        "network": application.network.name,
        "by": actor.name,
        "note": note,
    }
    owe(KNOWN_MAIL, asker, thread=f"application-{application.id}", reply_to=actor.email or "", **details)


def turn_down(application: Application, *, note: str = "", actor: Person) -> None:
    """Not now. Whoever was signed in when they asked is told; nothing is mailed to an address that was only typed."""
    _end(application, "not_now", note=note, actor=actor)
    told = [application.person] if application.person else []
    kind = "newcomers.turn_down"
    record(kind, application.network, actor=actor, tell=told, **_named(application), note=note)


def take_back(application: Application, *, actor: Person | None = None, words: str = "") -> None:
    """The question was taken back, or nobody answered in time: the address may ask again."""
    application.ended_at = clock.now()


def _end(application: Application, choice: str, *, note: str, actor: Person) -> None:
    application.ended_at = clock.now()
    settle(APPLICATION, application, choice, actor=actor, note=note)


def _named(application: Application, institution: Institution | None = None) -> dict[str, Any]:
    return {
        "institution": institution.name if institution else application.name,
        "person": application.person_name,
        "network_id": application.network_id,
    }
