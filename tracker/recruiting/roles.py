"""Who leads, who has done its part, who leaves. Part of the actions."""

from tracker import clock
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, settle, take_back
from tracker.errors import RuleBroken
from tracker.i18n import _, list_and
from tracker.institutions.models import Person
from tracker.projects.actions import add_member, commit, index_for_search, leads, team, touch
from tracker.projects.models import Partner, ProjectMember
from tracker.projects.states import LEADING, Commitment, ProjectState, Role
from tracker.recruiting.queries import AGREEMENT, LEAD
from tracker.seats import actions as seating

WORKING = (ProjectState.RUNNING, ProjectState.REVIEW)


def leave(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A partner leaves: its seats are free, its people leave the team, its credit stays. The others are told kindly."""
    project = partner.project
    if not partner.takes_part:
        raise RuleBroken(_("%(name)s does not take part.", name=partner.name))
    if project.state is ProjectState.PUBLISHED:
        raise RuleBroken(_("The project is published: nobody can leave what is done."))
    if partner.role in LEADING and not any(p.is_committed for p in project.lead_partners if p is not partner):
        raise RuleBroken(_("The only lead cannot leave. Make another partner the lead or a co-lead first."))
    told = [person for person in team(project) if person is not actor]
    settle(AGREEMENT, partner, "decline", actor=actor, note=note)
    take_back(partner, LEAD)
    seating.free(partner)
    commit(partner, Commitment.WITHDREW, actor=actor, note=note)
    partner.answer_note = note
    staying = {p.institution_id for p in project.partners if p.takes_part}
    for member in project.members:
        places = {affiliation.institution_id for affiliation in member.person.affiliations}
        if partner.institution_id in places and not places & staying and not _is_last_lead(member):
            member.left_at = clock.now()
    touch(project)
    record("recruiting.leave", project, actor=actor, tell=told, partner=partner.name, note=note)
    index_for_search(project)


def finish(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A partner has done its part of a running project, as it or the lead says. It stays a partner."""
    if partner.commitment is not Commitment.AGREED:
        raise RuleBroken(_("%(name)s takes no part that could be done now.", name=partner.name))
    if partner.project.state not in WORKING:
        raise RuleBroken(_("The project has not started, or is over."))
    commit(partner, Commitment.DONE, actor=actor, note=note)
    touch(partner.project)
    told = [person for person in leads(partner.project) if person is not actor]
    record("recruiting.finish", partner.project, actor=actor, tell=told, partner=partner.name, note=note)


def change_role(partner: Partner, role: Role, *, component: str = "", actor: Person | None) -> None:
    """Make a partner the lead, a co-lead, a partner or an adviser, of the whole or of one component only.

    One lead must remain.
    """
    if not partner.is_committed:
        raise RuleBroken(_("%(name)s has not agreed yet.", name=partner.name))
    others = [p for p in partner.project.lead_partners if p is not partner and p.is_committed]
    if role not in LEADING and not others:
        raise RuleBroken(_("A project needs a lead. Make another partner the lead first."))
    if role is Role.LEAD and partner.role is not Role.LEAD:
        for known in partner.project.partners:  # whoever was asked to lead would take it from this one
            take_back(known, LEAD)
    partner.role, partner.component = role, component
    touch(partner.project)
    record("recruiting.change_role", partner.project, actor=actor, partner=partner.name, role=role)


def hand_over_lead(partner: Partner, *, note: str = "", actor: Person) -> None:
    """Ask another partner to take the lead. Nothing changes before its yes."""
    organisation = partner.organisation
    if not partner.is_committed or organisation is None:
        raise RuleBroken(_("%(name)s has not agreed yet.", name=partner.name))
    if partner.role is Role.LEAD:
        raise RuleBroken(_("%(name)s leads the project already.", name=partner.name))
    _demand_unfinished(partner)
    for other in partner.project.partners:  # one is asked at a time
        if other is not partner:
            take_back(other, LEAD)
    noted = record("recruiting.ask_to_lead", partner.project, actor=actor, partner=partner.name, note=note)
    raise_ask(
        LEAD,
        partner,
        to=organisation,
        about=partner.project,
        network_id=partner.project.network_id,
        actor=actor,
        because=noted,
        language=partner.project.language,
        leads=list_and([lead.name for lead in partner.project.lead_partners if lead.role is Role.LEAD]),
        note=note,
    )


def take_lead(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A partner leads from now on; who led before stays as a partner, and its lead persons on the team.

    Whoever says yes becomes lead person; where a coordinator notes it, those of the partner who are on the team.
    """
    project = partner.project
    if partner.role is Role.LEAD:
        return
    if not partner.is_committed:
        raise RuleBroken(_("%(name)s does not take part any more.", name=partner.name))
    _demand_unfinished(partner)
    told = team(project)
    for before in project.lead_partners:
        if before.role is Role.LEAD:
            before.role = Role.PARTNER
    partner.role, partner.component = Role.LEAD, ""
    is_own = _is_at(actor, partner)
    newcomers = [actor] if is_own else [member.person for member in _team_of(partner)]
    for person in newcomers:
        add_member(project, person, is_lead=True, is_told=False, actor=actor)
    staying = {p.institution_id for p in project.lead_partners}
    for member in project.members:
        places = member.person.institution_ids | member.person.contact_ids
        if newcomers and member.is_lead and not places & staying:
            member.is_lead = False
    settle(LEAD, partner, "accept", actor=actor, note=note)
    touch(project)
    record("recruiting.lead", project, actor=actor, tell=told, partner=partner.name, note=note)
    index_for_search(project)


def keep_lead(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A partner would rather not lead: everything stays as it is, and the leads are told."""
    project = partner.project
    record("recruiting.keep_lead", project, actor=actor, tell=leads(project), partner=partner.name, note=note)


def _demand_unfinished(partner: Partner) -> None:
    if not partner.project.is_open:
        raise RuleBroken(_("The project is over or stopped: its lead stays as it was."))


def _team_of(partner: Partner) -> list[ProjectMember]:
    return [known for known in partner.project.members if known.left_at is None and _is_at(known.person, partner)]


def _is_at(person: Person, partner: Partner) -> bool:
    if partner.network_id is not None:
        return partner.network_id in person.coordinated_ids
    return partner.institution_id in person.institution_ids | person.contact_ids


def _is_last_lead(member: ProjectMember) -> bool:
    remaining = [known for known in member.project.members if known.is_lead and known.left_at is None]
    return len(remaining) == 1 and remaining[0] is member
