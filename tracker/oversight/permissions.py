from tracker.institutions.models import Institution, Person
from tracker.oversight.models import SavedView, SecretariatNote
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import coordinate_project, view_project


@permission
def view_oversight(actor: Person | None, project: Project) -> bool:
    """What coordinators say of a project among themselves: those of its network, once it is no draft of its team.

    Nobody else reads it, neither the lead nor coordinators of another network.
    """
    return coordinate_project(actor, project) and view_project(actor, project)


@permission
def view_oversight_of_institution(actor: Person | None, institution: Institution) -> bool:
    """The coordinators of every network it is a member of now; nobody for an institution that is in none."""
    return actor is not None and bool(institution.network_ids & actor.coordinated_ids)


@permission
def view_secretariat_note(actor: Person | None, note: SecretariatNote) -> bool:
    """Whoever reads the others about the same project or institution."""
    if note.project is not None:
        return view_oversight(actor, note.project)
    return note.institution is not None and view_oversight_of_institution(actor, note.institution)


@permission
def view_saved_view(actor: Person | None, saved_view: SavedView) -> bool:
    """One's own, as long as one coordinates."""
    return actor is not None and actor.is_coordinator and saved_view.person_id == actor.id
