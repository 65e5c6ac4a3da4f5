"""Two who change one plan at once: neither waits for the other in a ring, and nothing is overwritten unseen."""

import io
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from tests.factories import make_project
from tests.sheets.workbooks import Filled, upload
from tracker.database import db
from tracker.institutions.models import Affiliation
from tracker.milestones import queries
from tracker.milestones.models import Milestone
from tracker.projects.states import ProjectState


@contextmanager
def locks():
    """The tables whose rows are locked, in the order in which they are, as PostgreSQL is told."""
    found = []

    def note(state):
        if state.is_select and state.statement._for_update_arg is not None:
            said = str(state.statement.compile(dialect=postgresql.dialect()))
            found.append(said.split(" FOR UPDATE OF ")[1] if " OF " in said else said.split("FROM ")[1].split()[0])

    sa.event.listen(Session, "do_orm_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(Session, "do_orm_execute", note)


def test_a_plan_is_locked_after_its_project_by_every_door(signed_in):
    project = make_project(ProjectState.RUNNING)
    browser, milestone = signed_in(project.lead), queries.plan(project)[0]
    institution = db.session.scalars(
        sa.select(Affiliation.institution_id).where(Affiliation.person_id == project.lead.id)
    ).first()
    doors = [f"{project.path}/plan/sheet", f"/institutions/{institution}/month/sheet"]
    workbooks = [Filled(browser.get(f"{page}.xlsx").data).data() for page in doors]
    with locks() as found:
        browser.submit(f"/milestones/{milestone.id}/files", files=(io.BytesIO(b"words"), "a.txt"))
        for page, workbook in zip(doors, workbooks, strict=True):
            assert upload(browser, page, workbook).status_code == 303
        browser.submit(f"/milestones/{milestone.id}/done", on="2026-01-01")
    plans = [place for place, table in enumerate(found) if table == "milestone"]
    assert len(plans) == 4
    assert all(found[place - 1] == "project" for place in plans), found


def test_what_somebody_saved_while_one_waited_for_the_lock_is_read(app):
    milestone = queries.plan(make_project(ProjectState.RUNNING))[0]
    seen = milestone.version
    db.session.execute(
        sa.update(Milestone)
        .where(Milestone.id == milestone.id)
        .values(version=seen + 1)
        .execution_options(synchronize_session=False)
    )
    queries.lock(milestone)
    assert milestone.version == seen + 1
