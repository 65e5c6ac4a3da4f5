import sqlalchemy as sa

from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.states import COMMITTED, LEADING, TAKES_PART, Audience, Commitment


def takes_part(actor: Person, project: Project) -> bool:
    """In the team, or at an institution that takes part. Offering to join is not taking part, nor is an invitation."""
    places = actor.institution_ids | actor.contact_ids
    return any(member.person_id == actor.id and member.left_at is None for member in project.members) or any(
        partner.institution_id in places and partner.takes_part for partner in project.partners
    )


def is_invited(actor: Person, project: Project) -> bool:
    """Answers for an institution that was invited and so may read what it is asked to join."""
    return any(
        partner.institution_id in actor.contact_ids and partner.commitment is Commitment.INVITED
        for partner in project.partners
    )


@permission
def view_project(actor: Person | None, project: Project) -> bool:
    if project.audience is Audience.PUBLIC:
        return True
    if actor is None:
        return False
    if project.audience is not Audience.TEAM and project.network_id in actor.coordinated_ids:
        return True
    if project.audience is Audience.MEMBERS and project.network_id in actor.network_ids:
        return True
    return takes_part(actor, project) or is_invited(actor, project)


def visible_to(actor: Person | None) -> sa.ColumnElement[bool]:
    """`view_project` as SQL."""
    if actor is None:
        return Project.audience == Audience.PUBLIC
    places = actor.institution_ids | actor.contact_ids
    let_in = sa.or_(
        (Project.audience != Audience.TEAM) & Project.network_id.in_(actor.coordinated_ids),
        (Project.audience == Audience.MEMBERS) & Project.network_id.in_(actor.network_ids),
        Project.id.in_(
            sa.select(ProjectMember.project_id).where(
                ProjectMember.person_id == actor.id, ProjectMember.left_at.is_(None)
            )
        ),
        Project.id.in_(
            sa.select(Partner.project_id).where(
                sa.or_(
                    Partner.institution_id.in_(places) & Partner.commitment.in_(TAKES_PART),
                    Partner.institution_id.in_(actor.contact_ids) & (Partner.commitment == Commitment.INVITED),
                )
            )
        ),
    )
    # Said as "not withheld": of a plain "public or let in" SQLite would gather and sort everything that may be
    # seen, where it need only walk the list in its order until the page is full.
    return ~sa.and_(Project.audience != Audience.PUBLIC, ~let_in)


@permission
def propose_project(actor: Person | None) -> bool:
    """Anyone who works at an institution, and coordinators."""
    return actor is not None and bool(actor.institution_ids or actor.coordinated_ids)


@permission
def lead_project(actor: Person | None, project: Project) -> bool:
    """The lead persons, the contacts of a leading institution, and the network's coordinators."""
    if actor is None:
        return False
    if project.audience is not Audience.TEAM and project.network_id in actor.coordinated_ids:
        return True
    return _leads(actor, project)


@permission
def act_as_lead(actor: Person | None, project: Project) -> bool:
    """Take the steps that are the lead's own. Coordinators take them only where nobody leads, as in old records."""
    if actor is None:
        return False
    unled = not any(member.is_lead and member.left_at is None for member in project.members)
    return _leads(actor, project) or (unled and lead_project(actor, project))


def _leads(actor: Person, project: Project) -> bool:
    return any(
        member.person_id == actor.id and member.is_lead and member.left_at is None for member in project.members
    ) or any(
        partner.role in LEADING
        and partner.commitment in COMMITTED
        and (partner.institution_id in actor.contact_ids or partner.network_id in actor.coordinated_ids)
        for partner in project.partners
    )


@permission
def coordinate_project(actor: Person | None, project: Project) -> bool:
    return actor is not None and project.network_id in actor.coordinated_ids


@permission
def follow_project(actor: Person | None, project: Project) -> bool:
    """Read what only those who take part read: the notes, the history, who was asked."""
    return (
        actor is not None
        and view_project(actor, project)
        and (coordinate_project(actor, project) or takes_part(actor, project))
    )


@permission
def work_on_project(actor: Person | None, project: Project) -> bool:
    """Report progress: the lead, the team, and the institutions that agreed."""
    if actor is None:
        return False
    places = actor.institution_ids | actor.contact_ids
    return (
        lead_project(actor, project)
        or any(member.person_id == actor.id and member.left_at is None for member in project.members)
        or any(partner.institution_id in places and partner.takes_part for partner in project.partners)
    )


@permission
def answer_for_partner(actor: Person | None, partner: Partner) -> bool:
    """A contact of the institution answers for it; for a network, its coordinators.

    Where nobody holds a contact's place, the project's coordinators may note what they were told.
    """
    if actor is None:
        return False
    if partner.institution_id in actor.contact_ids or partner.network_id in actor.coordinated_ids:
        return True
    if partner.network_id is not None or (partner.institution is not None and partner.institution.contacts):
        return False
    return partner.project.network_id in actor.coordinated_ids
