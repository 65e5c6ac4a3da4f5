"""What a yes does: one project goes on as part of the other, and nothing of either is lost. Part of the actions."""

from tracker import clock
from tracker.activity.record import record
from tracker.asks.actions import take_back
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, speaking
from tracker.ideas import queries
from tracker.ideas.actions import go_on_without, why_not
from tracker.ideas.models import Union
from tracker.ideas.states import UnionKind
from tracker.institutions.models import Person
from tracker.projects.actions import add_member, change, commit, index_for_search, leads, take_step, team, touch
from tracker.projects.models import Partner, Project
from tracker.projects.states import LEADING, Commitment, Role
from tracker.recruiting import actions as recruiting
from tracker.recruiting import followers
from tracker.recruiting.queries import AGREEMENT, ASKS, LEAD, sought_seats
from tracker.seats import actions as seats
from tracker.seats.actions import MOST_SEATS
from tracker.seats.queries import fillings_of


def unite(union: Union, *, note: str = "", actor: Person) -> None:
    """The leads of the other project say yes. Both projects are locked. Raises RuleBroken where it is too late."""
    project, into = union.project, union.into
    if not union.is_open:
        raise RuleBroken(_("This was answered or taken back already."))
    if reason := why_not(project, into, union.kind, actor):
        raise RuleBroken(reason)
    told = [*leads(project), *team(into)]
    asker = union.asked_by
    for partner in [each for each in project.partners if each.takes_part]:
        role = _role(union, partner)
        if partner.role in LEADING and asker is not None and _speaks(asker, partner):
            _bring_own(union, partner, role, asker)
        elif partner.role in LEADING or union.kind is UnionKind.MERGE:
            _bring_partner(union, partner, role, actor)
    for person in leads(project):
        add_member(into, person, is_lead=union.kind is UnionKind.MERGE, is_told=False, actor=actor)
    if union.kind is UnionKind.MERGE:
        _bring_together(project, into, actor)
    _end(project, into, asker)
    union.answered_by_id, union.ended_at, union.is_done = actor.id, clock.now(), True
    touch(into)
    record(f"ideas.{union.kind}", into, actor=actor, tell=told, project=project.label, note=note)
    index_for_search(into)
    for other in queries.open_into(project.id):
        go_on_without(other)


def _role(union: Union, partner: Partner) -> Role:
    """What a partner of the project is in the other one: where they merge, its leads lead with it."""
    if partner.role not in LEADING:
        return partner.role
    return Role.CO_LEAD if union.kind is UnionKind.MERGE else Role.PARTNER


def _speaks(person: Person, partner: Partner) -> bool:
    """Whether a lead person is of this partner: nobody agrees for another institution."""
    if partner.network_id is not None:
        return partner.network_id in person.coordinated_ids
    return partner.institution_id in person.institution_ids | person.contact_ids


def _bring_own(union: Union, partner: Partner, role: Role, asker: Person) -> None:
    """The lead that asked: agreed by its own offer, a partner of the other or, where they merge, a co-lead."""
    here = _place(union.into, partner)
    if here is None:
        here = _new_place(union, partner, role)
    elif not here.takes_part or (role is Role.CO_LEAD and here.role not in LEADING):
        here.role = role
    if here.is_committed:
        return
    if here.is_asked:
        seats.free(here)
    take_back(here, *ASKS, AGREEMENT)
    here.earlier_commitment = here.earlier_role = None
    commit(here, Commitment.AGREED, actor=asker)
    db.session.flush()
    followers.agreed(here, asker)


def _bring_partner(union: Union, partner: Partner, role: Role, actor: Person) -> None:
    """Another one is asked whether it agrees. What it said to the other already stands."""
    here = _place(union.into, partner)
    if here is None:
        here = _new_place(union, partner, role)
        here.component, here.people = partner.component, partner.people
        commit(here, Commitment.INTENDS, actor=None)
        db.session.flush()
        recruiting.ask_to_agree(here, actor=actor)
    elif here.takes_part and role is Role.CO_LEAD and here.role not in LEADING:
        here.role = role


def _place(into: Project, partner: Partner) -> Partner | None:
    """The row of the same institution or network in the other project."""
    for here in into.partners:
        if partner.institution_id is not None and here.institution_id == partner.institution_id:
            return here
        if partner.network_id is not None and here.network_id == partner.network_id:
            return here
        if partner.organisation is None and here.organisation is None and here.listed_as == partner.listed_as:
            return here
    return None


def _new_place(union: Union, partner: Partner, role: Role) -> Partner:
    here = Partner(
        institution=partner.institution,
        network=partner.network,
        listed_as=partner.listed_as,
        listed_country=partner.listed_country,
        role=role,
        note=union.words,
        position=len(union.into.partners),
        asked_by_id=union.asked_by_id,
        asked_at=union.asked_at,
    )
    union.into.partners.append(here)
    return here


def _bring_together(project: Project, into: Project, actor: Person) -> None:
    """Themes, countries and goals of both, and the seats that are still free, as many as one project may have."""
    themes = [*into.themes, *(theme for theme in project.themes if theme not in into.themes)]
    countries, goals = {*into.countries, *project.countries}, {*into.goals, *project.goals}
    if (len(themes), len(countries), len(goals)) != (len(into.themes), len(into.countries), len(into.goals)):
        change(into, actor=actor, themes=themes, countries=countries, goals=goals)
    room = MOST_SEATS - len(fillings_of(into.id))
    for seat in sought_seats(project)[: max(0, room)]:
        seats.open_seat(
            into,
            task=seat.task,
            place=seat.place,
            language=seat.language,
            skills=seat.skills,
            description=seat.description,
            wanted=seat.free,
            until=seat.until,
            themes=seat.themes,
            actor=actor,
        )


def _end(project: Project, into: Project, asker: Person | None) -> None:
    """The project stops, as its own lead wished, and asks nobody any more."""
    recruiting.go_on_without(project)
    for partner in project.partners:
        take_back(partner, AGREEMENT, LEAD)
    with speaking(project.language):
        reason = _("It goes on as part of “%(title)s”.", title=into.label)
    take_step(project, "stop", actor=asker, reason=reason)
