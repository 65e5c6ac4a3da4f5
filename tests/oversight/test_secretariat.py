"""What coordinators keep among themselves: how a project stands, and notes. Nobody else ever reads it."""

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person, make_project
from tracker.activity.models import Activity
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.oversight import actions, queries
from tracker.oversight.models import SecretariatNote
from tracker.oversight.states import Health
from tracker.projects.states import ProjectState

SECRET = "The director leaves in June"


@pytest.fixture
def running():
    return make_project(ProjectState.RUNNING)


def pages_of(project, note):
    return [
        f"{project.path}/secretariat",
        f"{project.partners[0].institution.path}/secretariat",
        f"/secretariat-notes/{note.id}/withdraw",
    ]


def test_nobody_but_the_coordinators_of_the_network_finds_anything(signed_in, client, running):
    note = actions.write_note(running, text=SECRET, actor=running.coordinator)
    actions.write_note(running.partners[0].institution, text=SECRET, actor=running.coordinator)
    actions.set_health(running, Health.DIFFICULTY, words=SECRET, actor=running.coordinator)
    stranger = make_person(coordinates=make_network())
    for person in (stranger, running.lead, running.partner_people[0]):
        browser = signed_in(person)
        for path in pages_of(running, note):
            assert browser.get(path).status_code == 404
            assert browser.submit(path, text="x", what="health", health="on-track").status_code == 404
        for page in (running.path, f"{running.path}/history", running.partners[0].institution.path):
            shown = browser.get(page).text
            assert SECRET not in shown and "/secretariat" not in shown and "in difficulty" not in shown
    for path in pages_of(running, note):
        assert client.get(path).status_code == 303
    colleague = make_person(coordinates=running.network)
    for path in pages_of(running, note):
        assert SECRET in signed_in(colleague).get(path).text


def test_search_and_the_history_of_the_project_know_nothing_of_it(signed_in, running):
    before = db.session.scalar(sa.select(sa.func.count()).where(Activity.subject_type == "project"))
    actions.write_note(running, text=SECRET, actor=running.coordinator)
    actions.set_health(running, Health.ATTENTION, words=SECRET, actor=running.coordinator)
    assert db.session.scalar(sa.select(sa.func.count()).where(Activity.subject_type == "project")) == before
    assert not [row for row in db.session.scalars(sa.select(Activity)) if "director" in str(row.details)]
    assert "No" in (found := signed_in(running.coordinator).get("/search?q=director+leaves").text)
    assert SECRET not in found


def test_a_draft_has_no_such_page_and_an_institution_in_no_network_neither(signed_in, running):
    draft = make_project()
    outside = make_institution(member_of=None)
    browser = signed_in(running.coordinator)
    assert browser.get(f"{draft.path}/secretariat").status_code == 404
    assert browser.get(f"{outside.path}/secretariat").status_code == 404


def test_notes_on_an_institution_are_read_by_the_coordinators_of_each_of_its_networks(signed_in, running):
    institution, second = running.partners[0].institution, make_network()
    other = signed_in(make_person(coordinates=second))
    actions.write_note(institution, text=SECRET, actor=running.coordinator)
    assert other.get(f"{institution.path}/secretariat").status_code == 404
    institutions.join_network(institution, second, actor=None)
    db.session.expire_all()
    assert SECRET in other.get(f"{institution.path}/secretariat").text


def test_a_note_is_written_listed_and_withdrawn(signed_in, running):
    browser = signed_in(running.coordinator)
    path = f"{running.path}/secretariat"
    answer = browser.submit(path, what="note", text="Call them\non Monday")
    assert (answer.status_code, answer.location) == (303, path)
    assert "Call them\non Monday" in browser.get(path).text
    note = db.session.scalars(sa.select(SecretariatNote)).one()
    assert "Call them" in browser.get(f"/secretariat-notes/{note.id}/withdraw").text
    assert browser.submit(f"/secretariat-notes/{note.id}/withdraw").status_code == 303
    page = browser.get(path).text
    assert "Call them" not in page and "Withdrawn on" in page
    assert browser.get(f"/secretariat-notes/{note.id}/withdraw").status_code == 303
    with pytest.raises(RuleBroken):
        actions.withdraw_note(note, actor=running.coordinator)


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_an_empty_or_endless_note_is_refused_beside_its_field(signed_in, running, text):
    answer = signed_in(running.coordinator).submit(f"{running.path}/secretariat", what="note", text=text)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    assert not db.session.scalars(sa.select(SecretariatNote)).all()


def test_how_a_project_stands_is_said_anew_and_what_was_said_stays(signed_in, running):
    browser = signed_in(running.coordinator)
    path = f"{running.path}/secretariat"
    changed_at = running.changed_at
    browser.submit(path, what="health", health="difficulty", words="No word from the lead")
    browser.submit(path, what="health", health="on-track", words="")
    assert queries.current_line(running).health is Health.ON_TRACK
    assert [line.health for line in queries.lines_of(running)] == [Health.ON_TRACK, Health.DIFFICULTY]
    assert "No word from the lead" in browser.get(path).text
    assert running.changed_at == changed_at  # a coordinator's view is no sign of life


@pytest.mark.parametrize(
    "form", [{"health": "difficulty"}, {"health": "attention", "words": " "}, {"health": "fine"}, {}]
)
def test_a_worry_needs_words(signed_in, running, form):
    answer = signed_in(running.coordinator).submit(f"{running.path}/secretariat", what="health", **form)
    assert answer.status_code == 422
    assert queries.current_line(running) is None


def test_the_page_leads_back_to_the_list_it_was_opened_from_and_nowhere_else(signed_in, running):
    browser = signed_in(running.coordinator)
    path, said = f"{running.path}/secretariat", {"what": "health", "health": "on-track"}
    assert browser.submit(path, back="/board/silent?theme=3", **said).location == "/board/silent?theme=3"
    for back in ("https://example.org", "//example.org/board", "/projects", "x"):
        assert browser.submit(path, back=back, **said).location == path
