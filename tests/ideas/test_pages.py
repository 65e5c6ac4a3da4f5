"""What is shown while an idea is written, and beside it once it is saved."""

from urllib.parse import urlencode

import pytest

from tests.factories import make_institution, make_person, make_project
from tests.ideas.test_closeness import REMITTANCES, call, others, theme  # noqa: F401  # fixtures
from tracker.projects.states import ProjectState

pytestmark = pytest.mark.usefixtures("others")


@pytest.fixture
def known(theme):  # noqa: F811
    return call(*REMITTANCES["en"], themes=[theme])


def asked(**typed):
    return f"/projects/alike?{urlencode(typed, doseq=True)}"


def typed(theme, **more):  # noqa: F811
    title, question = REMITTANCES["es"]
    return asked(title=title, question=question, theme=[theme.id], country="Bangladesh, Perú", **more)


def test_a_piece_of_a_page_names_what_is_close_and_why(signed_in, known, theme):  # noqa: F811
    person = make_person(institution=make_institution(country="SN"))
    answer = signed_in(person).get(typed(theme))
    assert answer.status_code == 200 and "<html" not in answer.text
    assert known.title in answer.text and "recruiting" in answer.text
    assert "same words: Migración" in answer.text and "same theme: Labour and incomes" in answer.text
    assert "both study Bangladesh" in answer.text
    assert f"/projects/{known.id}/partners/offer" in answer.text  # without a draft: offer to take part
    assert "/merge/" not in answer.text


def test_for_a_saved_draft_it_links_to_joining_and_merging(signed_in, known, theme):  # noqa: F811
    draft = make_project(title="Anything", themes=[theme])
    answer = signed_in(draft.lead).get(typed(theme, project=draft.id))
    assert f"/projects/{draft.id}/join/{known.id}" in answer.text
    assert f"/projects/{draft.id}/merge/{known.id}" in answer.text
    stranger = make_person(institution=make_institution(country="SN"))
    assert "/merge/" not in signed_in(stranger).get(typed(theme, project=draft.id)).text  # not theirs


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"title": "Something nobody studies"},
        {"title": "\0 ' OR 1=1 -- *", "theme": "x", "country": "Atlantis", "project": "99999999999"},
        {"theme": ["1"] * 60, "country": "Kenya," * 90},
        {"title": "x" * 4000, "question": "y " * 4000},
    ],
)
def test_where_nothing_is_close_nothing_is_shown(signed_in, known, query):
    assert signed_in(known.lead).get(asked(**query)).text.strip() == ""


def test_nobody_but_who_may_propose_asks(client, signed_in, known, theme):  # noqa: F811
    assert client.get(typed(theme)).location.startswith("/sign-in")
    assert signed_in(make_person()).get(typed(theme)).status_code == 403


def test_without_a_script_the_page_of_the_draft_shows_it_to_its_leads(signed_in, known, theme):  # noqa: F811
    draft = make_project(title=REMITTANCES["fr"][0], question=REMITTANCES["fr"][1], themes=[theme])
    page = signed_in(draft.lead).get(draft.path).text
    assert "Projects close to yours" in page and known.title in page and f"/join/{known.id}" in page
    whole = signed_in(draft.lead).get(f"{draft.path}/alike").text
    assert known.title in whole and f"/merge/{known.id}" in whole
    assert "Projects close to yours" not in signed_in(known.lead).get(draft.path, follow_redirects=True).text


def test_a_lead_of_what_has_started_is_not_disturbed(signed_in, known, theme):  # noqa: F811
    running = make_project(ProjectState.RUNNING, title=REMITTANCES["fr"][0], question=REMITTANCES["fr"][1])
    assert "Projects close to yours" not in signed_in(running.lead).get(running.path).text


def test_the_number_of_queries_does_not_grow(signed_in, known, theme, queries):  # noqa: F811
    draft = make_project(title=REMITTANCES["en"][0], question=REMITTANCES["en"][1], themes=[theme])
    browser = signed_in(draft.lead)
    browser.get("/projects/alike")
    with queries() as few:
        assert browser.get(typed(theme, project=draft.id)).text.count("<article") == 1
    for language in ("es", "fr", "pt"):
        call(*REMITTANCES[language], themes=[theme])
    browser.get("/projects/alike")  # what was arranged is written
    with queries() as many:
        assert browser.get(typed(theme, project=draft.id)).text.count("<article") == 4
    assert len(many) == len(few) <= 22, "\n".join(many)


def test_the_place_for_it_is_in_both_forms(signed_in, known):
    browser = signed_in(known.lead)
    for path in ("/projects/new", f"{known.path}/edit"):
        page = browser.get(path).text
        assert 'data-radar="/projects/alike"' in page and "js/radar.js" in page and 'aria-live="polite"' in page
    assert f'data-project="{known.id}"' in page
