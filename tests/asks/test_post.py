from tests.asks.letters import owed
from tests.factories import make_institution, make_person, make_project
from tracker.activity.record import record
from tracker.activity.states import Sort
from tracker.asks.actions import raise_ask
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def test_who_is_asked_gets_no_news_of_the_same_event():
    project = make_project(ProjectState.RECRUITING)
    institution = make_institution(country="KE")
    contact = make_person(contact_of=institution)
    partner = recruiting.invite(project, institution, actor=project.lead)
    recruiting.withdraw(partner, actor=None)
    before = len(owed(contact))
    noted = record("recruiting.offer", project, actor=project.lead, tell=[contact], partner=institution.name)
    raise_ask("recruiting.offer", project.partners[0], to=institution, about=project, actor=project.lead, because=noted,
              partner="X", note="Y")  # fmt: skip
    letters = owed(contact)[before:]
    assert [letter.sort for letter in letters] == [Sort.ASK]
    assert letters[0].activity is noted


def test_whoever_asks_gets_no_mail_though_they_hold_the_seat_too():
    project = make_project(ProjectState.RECRUITING)
    institution = make_institution(country="KE")
    asking, other = make_person(contact_of=institution), make_person(contact_of=institution)
    before = len(owed(asking))
    recruiting.invite(project, institution, actor=asking)
    assert len(owed(asking)) == before
    assert owed(other)[-1].sort is Sort.ASK
