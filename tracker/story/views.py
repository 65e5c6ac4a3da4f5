from flask import Blueprint, render_template, request

from tracker.access import actor, can, requires
from tracker.paging import page_number
from tracker.projects.models import Project
from tracker.projects.states import STATE_LABELS
from tracker.story import queries, telling

bp = Blueprint("story", __name__)


@bp.get("/projects/<int:project_id>/story")
@requires("view_project", Project, loading=queries.FOR_STORY)
def show(project: Project) -> str:
    """From the first idea to the report and its use, on one page that prints."""
    newest_first = request.args.get("order") == "newest"
    told = telling.tell(project, actor())
    return render_template(
        "story/show.html",
        project=project,
        part=telling.part_of(told, page_number(), newest_first=newest_first),
        newest_first=newest_first,
        follows=can("follow_project", project),
        state=STATE_LABELS[project.state],
    )
