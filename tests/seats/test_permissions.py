"""Whoever may read a project reads its seats; those who lead it change them. See also tests/test_access.py."""

import pytest

from tests.factories import make_institution, make_person, make_project, make_seat
from tracker.projects.states import ProjectState

FORM = {"task": "review", "place": "", "language": "", "skills": "Panel data", "description": "", "version": "1"}


@pytest.mark.parametrize(
    ("state", "who", "status"),
    [
        (ProjectState.DRAFT, "lead", 200),
        (ProjectState.DRAFT, "coordinator", 404),
        (ProjectState.DRAFT, "member", 404),
        (ProjectState.PROPOSED, "coordinator", 200),
        (ProjectState.PROPOSED, "member", 404),
        (ProjectState.RECRUITING, "member", 200),
        (ProjectState.RECRUITING, "stranger", 404),
        (ProjectState.RUNNING, "stranger", 200),
    ],
)
def test_seats_are_read_by_those_who_read_the_project(signed_in, state, who, status):
    project = make_project(state)
    seat = make_seat(project)
    person = {
        "lead": project.lead,
        "coordinator": project.coordinator,
        "member": make_person(institution=make_institution(country="SN")),
        "stranger": make_person(institution=make_institution(country="SN", member_of=None)),
    }[who]
    browser = signed_in(person)
    assert browser.get(seat.path).status_code == status
    assert browser.get(f"{project.path}/seats").status_code == status


@pytest.mark.parametrize("what", ["edit", "close", "reopen", "remove", "give", "take-back"])
def test_a_partner_who_does_not_lead_changes_nothing(signed_in, what):
    project = make_project(ProjectState.RECRUITING)
    seat = make_seat(project)
    answer = signed_in(project.partner_people[0]).submit(f"{seat.path}/{what}", **FORM, partner=project.partners[1].id)
    assert answer.status_code == 403
    assert (seat.version, str(seat.state), seat.taken) == (1, "open", 0)


@pytest.mark.parametrize("what", ["", "/edit", "/remove", "/close", "/reopen", "/give", "/take-back"])
def test_a_seat_of_another_project_is_not_there(signed_in, what):
    mine = make_project(ProjectState.RECRUITING)
    other = make_project(ProjectState.RECRUITING, lead=mine.lead)
    seat = make_seat(other)
    browser = signed_in(mine.lead)
    path = f"{mine.path}/seats/{seat.id}{what}"
    if what in ("", "/edit", "/remove"):
        assert browser.get(path).status_code == 404
    if what:
        assert browser.submit(path, **FORM, partner=other.partners[1].id).status_code == 404
    assert (seat.version, str(seat.state), seat.taken) == (1, "open", 0)


def test_a_number_that_no_seat_has_is_not_there(signed_in):
    project = make_project(ProjectState.RECRUITING)
    for number in (0, 999999, 2**31, 10**30):
        assert signed_in(project.lead).get(f"{project.path}/seats/{number}").status_code == 404


def test_a_partner_of_another_project_is_given_nothing(signed_in):
    mine, other = make_project(ProjectState.RECRUITING), make_project(ProjectState.RECRUITING)
    seat = make_seat(mine)
    answer = signed_in(mine.lead).submit(f"{seat.path}/give", partner=other.partners[1].id)
    assert answer.status_code == 303
    assert seat.taken == 0
