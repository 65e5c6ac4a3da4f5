from tracker.files import StoredFile
from tracker.institutions.models import Person
from tracker.milestones.models import Milestone
from tracker.permissions import permission
from tracker.projects.models import Project
from tracker.projects.permissions import follow_project, lead_project, work_on_project


@permission
def view_files(actor: Person | None, project: Project) -> bool:
    """The files of a project are listed for those who take part, and its coordinators."""
    return follow_project(actor, project) or work_on_project(actor, project)


@permission
def view_milestone_files(actor: Person | None, milestone: Milestone) -> bool:
    """Files on a milestone are working papers: for the same people."""
    return view_files(actor, milestone.project)


def may_delete(actor: Person | None, file: StoredFile, project: Project) -> bool:
    """Who uploaded it while they work on the project, and the lead; once."""
    if actor is None or file.deleted_at is not None:
        return False
    own = file.uploaded_by_id == actor.id and work_on_project(actor, project)
    return own or lead_project(actor, project)
