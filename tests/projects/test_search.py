from tests.factories import make_project, make_theme
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.projects.queries import project_list
from tracker.projects.states import ProjectState
from tracker.themes import actions as themes


def found(words: str) -> list:
    return list(db.session.scalars(project_list(None, words=words)))


def test_a_project_is_found_by_the_new_names_of_its_partners_and_themes():
    theme = make_theme("Rivers")
    project = make_project(ProjectState.RUNNING, title="Water", themes=[theme])
    partner = project.partners[1].institution
    institutions.change_institution(partner, name="Zebra House", acronym="ZH", actor=None)
    themes.change(theme, name="Estuaries", parent=None, description="", goals=(1,), actor=None)
    assert found("zebra water") == found("zh") == found("estuaries") == [project]
    assert found("rivers") == []
