import sqlalchemy as sa

from tracker.events.models import Event, event_project
from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects import permissions as projects
from tracker.projects.models import Project


@permission
def view_event(actor: Person | None, event: Event) -> bool:
    """An event is for everybody, unless all the projects it belongs to are for some only."""
    if not event.projects or (actor is not None and event.network_id in actor.coordinated_ids):
        return True
    return any(projects.view_project(actor, project) for project in event.projects)


def visible_to(actor: Person | None) -> sa.ColumnElement[bool]:
    """`view_event` as SQL."""
    tied = sa.select(event_project.c.project_id).where(event_project.c.event_id == Event.id)
    # One inside the other, so that a database goes from the event to its few projects and never the other way.
    project = sa.select(Project.id).where(Project.id == event_project.c.project_id, projects.visible_to(actor))
    ways = [~tied.exists(), tied.where(project.exists()).exists()]
    if actor is not None and actor.coordinated_ids:
        ways.append(Event.network_id.in_(actor.coordinated_ids))
    return sa.or_(*ways)


@permission
def announce_event(actor: Person | None) -> bool:
    """Coordinators; and those who lead a project, for it: which one, they say in the form."""
    return actor is not None and bool(actor.coordinated_ids or actor.institution_ids)


@permission
def edit_event(actor: Person | None, event: Event) -> bool:
    """The network's coordinators, and those who lead a project that the event belongs to."""
    if actor is None:
        return False
    if event.network_id in actor.coordinated_ids:
        return True
    return any(projects.lead_project(actor, project) for project in event.projects)
