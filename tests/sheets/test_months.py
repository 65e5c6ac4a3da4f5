"""A partner's month as a workbook: one row for each of its projects."""

import pytest

from tests.factories import make_person, make_project
from tests.sheets.workbooks import Filled, upload
from tracker import clock
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.database import db
from tracker.milestones.queries import plan
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.projects.states import ProjectState


@pytest.fixture
def running():
    """A project whose second partner answers for two milestones."""
    project = make_project(ProjectState.RUNNING, title="Rivers")
    first, second = plan(project)[:2]
    first.partner = second.partner = project.partners[1]
    db.session.commit()
    return project


@pytest.fixture
def page(running):
    return f"{running.partners[1].institution.path}/month/sheet"


@pytest.fixture
def partner(running, signed_in):
    return signed_in(running.partner_people[0])


def send(browser, page, filled):
    answer = upload(browser, page, filled.data(), "month.xlsx")
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location).text, answer.location


def test_what_a_partner_fills_in_becomes_note_tick_and_new_date(running, page, partner):
    first, second = plan(running)[:2]
    later = f"{clock.today().year + 2}-03-31"
    filled = Filled(partner.get(f"{page}.xlsx").data)
    filled.put(
        "Rivers",
        **{"How is it going?": "slower", "Reason, where it is slower": "translation", "In words": "Two chapters."},
        Milestone_with_a_new_date=second.name,
        Its_new_date=later,
    )
    shown, path = send(partner, page, filled)
    assert "Two chapters." in shown
    assert db.session.query(CheckIn).filter(CheckIn.going.is_not(None)).count() == 0
    partner.submit(path)
    db.session.expire_all()
    said = db.session.query(CheckIn).one()
    assert (said.going, said.reason, said.note.text) == (Going.SLOWER, DelayReason.TRANSLATION, "Two chapters.")
    assert str(second.due) == later and first.state is MilestoneState.PLANNED
    filled = Filled(partner.get(f"{page}.xlsx").data)
    filled.put("Rivers", **{"How is it going?": "on track"}, Milestones_that_are_done=first.name)
    filled.put("Rivers", **{"Milestone with a new date": None, "Its new date": None}, In_words="All well.")
    for heading in ("Milestone with a new date", "Its new date", "Reason, where it is slower"):
        filled.sheet.cell(2, filled.column(heading)).value = None
    _shown, path = send(partner, page, filled)
    partner.submit(path)
    db.session.expire_all()
    assert (said.going, said.note.text, first.state) == (Going.ON_TRACK, "All well.", MilestoneState.DONE)
    assert str(second.due) == later


def test_what_lacks_something_is_refused_beside_its_cell(running, page, partner):
    filled = Filled(partner.get(f"{page}.xlsx").data)
    filled.put("Rivers", **{"In words": "Something.", "Milestone with a new date": "The moon"})
    shown, _path = send(partner, page, filled)
    assert "Say how it is going." in shown
    filled.put("Rivers", **{"How is it going?": "slower"})
    shown, _path = send(partner, page, filled)
    assert "“The moon” is no milestone" in shown


def test_only_who_works_there_fills_it_in(running, page, signed_in):
    assert signed_in(running.lead).get(page).status_code == 403
    assert signed_in(make_person()).get(f"{page}.xlsx").status_code == 403
