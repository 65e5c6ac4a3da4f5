from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import act_as_lead, is_invited, takes_part, view_project


@permission
def read_call_questions(actor: Person | None, project: Project) -> bool:
    """Members of its network, and whoever takes part or is invited: a project may be public, its questions are not."""
    return (
        actor is not None
        and view_project(actor, project)
        and (project.network_id in actor.network_ids or takes_part(actor, project) or is_invited(actor, project))
    )


@permission
def ask_about_call(actor: Person | None, project: Project) -> bool:
    """Whoever reads the questions and works at an institution, and does not lead the project."""
    return (
        actor is not None
        and bool(actor.institution_ids)
        and read_call_questions(actor, project)
        and not act_as_lead(actor, project)
    )


@permission
def answer_call_questions(actor: Person | None, project: Project) -> bool:
    """The lead persons, who are asked; where there is none, the network's coordinators."""
    if actor is None:
        return False
    leads = {member.person_id for member in project.members if member.is_lead and member.left_at is None}
    return actor.id in leads if leads else act_as_lead(actor, project)


@permission
def keep_call(actor: Person | None, project: Project) -> bool:
    """Keep it in mind for one's institution: whoever may read it and works at one."""
    return actor is not None and bool(actor.institution_ids) and view_project(actor, project)
