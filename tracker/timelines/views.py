from flask import Blueprint, render_template

from tracker.access import requires
from tracker.milestones import queries as milestones
from tracker.projects import queries as projects
from tracker.projects.models import Project
from tracker.timelines import drawing

bp = Blueprint("timelines", __name__, url_prefix="/projects")


@bp.get("/<int:project_id>/timeline")
@requires("view_project", Project, loading=projects.ON_A_PAGE)
def project(project: Project) -> str:
    """The plan of a project as a picture, for the screen and for paper."""
    plan = milestones.plan(project)
    return render_template(
        "timelines/project.html", project=project, plan=plan, timeline=drawing.of_plan(project, plan)
    )
