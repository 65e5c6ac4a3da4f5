"""A project invites an institution that is on no record. Part of the feature's actions."""

from collections.abc import Sequence
from datetime import date

from tracker import clock, zones
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day
from tracker.institutions import actions as institutions
from tracker.institutions.models import Person
from tracker.memberships import actions as memberships
from tracker.newcomers import queries
from tracker.newcomers.queries import OUTSIDER
from tracker.projects.models import Partner, Project
from tracker.projects.states import SEEKS_PARTNERS, Audience, Role
from tracker.recruiting import actions as recruiting
from tracker.recruiting.followers import follows_agreement
from tracker.seats.models import Seat

declare({OUTSIDER: _l("%(actor)s made a record of %(institution)s to invite it.")})
MOST_A_DAY = 20  # outsiders that one project invites, and one person for all their projects


def trouble_with(email: str, project: Project) -> str:
    """Why nobody can be invited at this normalised address, in a sentence to show beside it; empty where they can."""
    person = queries.person_known(email)
    if person is None:
        return ""
    if queries.invited_through(person, project):
        return _("Somebody with this address was invited to this project already.")
    if person.joined_at is not None or person.affiliations or person.contact_places:
        return _("Somebody with this address is known here already. Find their institution in the list and invite it.")
    return ""


def invite(
    project: Project,
    *,
    name: str,
    country: str,
    city: str = "",
    website: str = "",
    person_name: str,
    person_email: str,
    language: str = "",
    role: Role = Role.PARTNER,
    seats: Sequence[Seat] = (),
    note: str = "",
    answer_by: date | None = None,
    actor: Person,
) -> Partner:
    """Make a record, with this person as its main contact, and invite it; `person_email` is normalised.

    The person gets one mail, the invitation, in `language` (a tag). The record belongs to no network and stays, also
    after a no. Raises RuleBroken where partners can no longer join, the address is known here (see `trouble_with`),
    or the project, or the actor, invited MOST_A_DAY already.
    """
    if project.state not in SEEKS_PARTNERS:
        raise RuleBroken(_("Partners can join until the report goes into review."))
    if trouble := trouble_with(person_email, project):
        raise RuleBroken(trouble)
    if queries.invited_lately(project) >= MOST_A_DAY:
        raise RuleBroken(
            _("This project invited %(number)s new institutions today. Go on tomorrow.", number=str(MOST_A_DAY))
        )
    if queries.invited_lately_by(actor) >= MOST_A_DAY:
        raise RuleBroken(_("You invited %(number)s new institutions today. Go on tomorrow.", number=str(MOST_A_DAY)))
    notes = _(
        "Added on %(day)s by %(person)s, to invite it to the project “%(title)s”. Nobody has checked the record.",
        day=format_day(clock.today()),
        person=actor.name,
        title=project.label,
    )
    institution = institutions.add_institution(
        name=name, country=country, city=city, website=website, notes=notes, actor=actor
    )
    person = queries.person_known(person_email) or institutions.add_person(
        name=person_name,
        email=person_email,
        interface_language=language or actor.interface_language,
        time_zone=zones.of_country(country) or "UTC",
        is_listed=False,  # nobody asked them yet
        actor=actor,
    )
    institutions.name_contact(institution, person, institutions.MAIN, actor=actor, is_told=False)
    record(OUTSIDER, project, actor=actor, institution=institution.name)
    return recruiting.invite(project, institution, role=role, seats=seats, note=note, answer_by=answer_by, actor=actor)


@follows_agreement
def propose_membership(partner: Partner, actor: Person) -> None:
    """An institution that takes part and is no member: the network's coordinators are asked whether it joins.

    Where a coordinator noted the answer that they were told, its contacts are asked instead: a coordinator does not
    welcome an institution in its own name. Nobody is asked twice, nor after a no.
    """
    institution, network = partner.institution, partner.project.network
    if institution is None or not queries.could_be_proposed(institution, network):
        return
    note = ""
    if partner.project.audience is not Audience.TEAM:  # of a draft the coordinators know nothing yet
        note = _("It takes part in the project “%(title)s”.", title=partner.project.label)
    if network.id not in actor.coordinated_ids:
        memberships.request(institution, network, actor=actor, note=note)
    elif queries.has_contacts(institution):
        memberships.add(institution, network, actor=actor, note=note)
