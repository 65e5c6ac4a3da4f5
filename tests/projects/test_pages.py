import re

import html5lib
import pytest

from tests.factories import make_institution, make_network, make_person, make_project, make_theme, the_network
from tracker.database import db
from tracker.projects import actions
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.recruiting.actions import invite


def fields(project, **changed):
    described = {
        "version": project.version,
        "title": project.title,
        "question": project.question,
        "why_now": project.why_now,
        "countries": "Bangladesh, Peru",
        "themes": [theme.id for theme in project.themes],
        "language": "en",
        "working_language": "",
    }
    return described | changed


def test_five_fields_make_a_draft(signed_in):
    person = make_person(institution=make_institution(country="BD"))
    theme = make_theme("Value chains")
    page = signed_in(person).submit(
        "/projects/new",
        title="Apparel after the crisis",
        question="Can value chains recover together?",
        why_now="Orders are down.",
        countries="Bangladesh, Sri Lanka",
        themes=[theme.id],
        language="en",
    )
    assert page.status_code == 303
    project = db.session.query(Project).one()
    assert project.countries == ["BD", "LK"]
    assert [partner.institution_id for partner in project.lead_partners] == list(person.institution_ids)
    assert actions.leads(project) == [person]


def test_a_misspelt_country_is_named_with_a_guess_and_everything_typed_stays(signed_in):
    person = make_person(institution=make_institution(country="BD"))
    page = signed_in(person).submit(
        "/projects/new", title="Apparel", question="Why?", countries="Bangladesch, Peru", language="en"
    )
    assert page.status_code == 422
    assert "Did you mean Bangladesh?" in page.text
    assert "Bangladesch, Peru" in page.text
    assert 'value="Apparel"' in page.text
    assert db.session.query(Project).count() == 0


def test_somebody_outside_every_network_is_told_so(signed_in):
    person = make_person(institution=make_institution(country="BD", member_of=None))
    page = signed_in(person).submit("/projects/new", title="Apparel", question="Why?", language="en")
    assert page.status_code == 409
    assert "not a member of a network" in page.text


def test_two_people_editing_never_overwrite_each_other(signed_in):
    project = make_project()
    path = f"/projects/{project.id}/edit"
    mine = fields(project, question="My question", title="My title")
    theirs = fields(project, question="Their question")
    assert signed_in(project.lead).submit(path, **theirs).status_code == 303
    page = signed_in(project.lead).submit(path, **mine)
    assert page.status_code == 409
    assert "My question" in page.text
    assert "Their question" in page.text
    assert project.question == "Their question"
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text).group(1)
    assert signed_in(project.lead).submit(path, **(mine | {"version": version})).status_code == 303
    assert (project.question, project.title) == ("My question", "My title")


def test_the_edit_form_holds_what_is_saved_so_that_saving_it_unchanged_changes_nothing(signed_in):
    project = make_project()
    kept = ([theme.id for theme in project.themes], project.countries)
    browser = signed_in(project.lead)
    page = html5lib.parse(browser.get(f"/projects/{project.id}/edit").text, namespaceHTMLElements=False)
    form = next(form for form in page.iter("form") if form.get("action") == f"/projects/{project.id}/edit")
    sent = {area.get("name"): "".join(area.itertext()) for area in form.iter("textarea")}
    for box in form.iter("input"):
        if box.get("type") != "checkbox":
            sent[box.get("name")] = box.get("value", "")
        elif box.get("checked") is not None:
            sent.setdefault(box.get("name"), []).append(box.get("value"))
    for select in form.iter("select"):
        chosen = [option for option in select.iter("option") if option.get("selected") is not None]
        sent[select.get("name")] = chosen[0].get("value") if chosen else ""
    del sent["csrf_token"]
    answer = browser.submit(f"/projects/{project.id}/edit", **sent)
    assert answer.status_code == 303, answer.text
    assert ([theme.id for theme in project.themes], project.countries) == kept
    assert project.question == "How do cities share water?"


def test_a_long_list_is_turned_page_by_page(client):
    for number in range(23):
        make_project(ProjectState.RUNNING, title=f"Study {number:02}")
    first = client.get("/projects").text
    assert "23 projects" in first
    assert "/projects?page=2" in first
    assert client.get("/projects?page=2").text.count('class="card"') == 3


def test_the_preview_renders_the_text_and_saves_nothing(signed_in):
    project = make_project()
    page = signed_in(project.lead).submit(
        f"/projects/{project.id}/preview", **fields(project, question="**Bold** <script>x</script>")
    )
    assert page.status_code == 200
    assert "<strong>Bold</strong>" in page.text
    assert "<script>x" not in page.text
    assert "**Bold**" in page.text
    assert project.question == "How do cities share water?"


def test_a_visitor_of_a_draft_is_asked_to_sign_in_and_a_stranger_finds_nothing(client, signed_in):
    project = make_project()
    assert client.get(f"/projects/{project.id}").location.startswith("/sign-in?next=")
    assert signed_in().get(f"/projects/{project.id}").status_code == 404
    assert signed_in(project.coordinator).get(f"/projects/{project.id}").status_code == 404
    assert signed_in(project.lead).get(f"/projects/{project.id}").status_code == 200


def test_a_coordinator_sends_a_proposal_back_with_a_comment(signed_in):
    project = make_project(ProjectState.PROPOSED)
    coordinator = signed_in(project.coordinator)
    path = f"/projects/{project.id}/steps/send_back"
    refused = coordinator.submit(path, reason=" ")
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert coordinator.submit(path, reason="Add Peru").status_code == 303
    assert project.state is ProjectState.DRAFT
    assert "Add Peru" in signed_in(project.lead).get(f"/projects/{project.id}").text


def test_a_lead_cannot_accept_their_own_proposal(signed_in):
    project = make_project(ProjectState.PROPOSED)
    assert signed_in(project.lead).submit(f"/projects/{project.id}/steps/accept").status_code == 403
    assert project.state is ProjectState.PROPOSED


def test_a_step_that_is_missing_something_says_what_before_it_is_tried(signed_in):
    project = make_project(why_now="")
    page = signed_in(project.lead).get(f"/projects/{project.id}")
    assert "1 thing missing" in page.text
    assert f"/projects/{project.id}/edit#why_now" in page.text
    assert signed_in(project.lead).submit(f"/projects/{project.id}/steps/propose").status_code == 409


def test_a_form_without_its_token_changes_nothing(signed_in):
    project = make_project()
    answer = signed_in(project.lead).post(f"/projects/{project.id}/steps/propose")
    assert answer.status_code == 400
    assert project.state is ProjectState.DRAFT


def test_only_the_lead_and_the_coordinator_learn_who_is_waited_for(signed_in):
    network = the_network()
    project = make_project(ProjectState.RECRUITING, countries=("BD",), network=network)
    invited = make_institution("Andean Institute", country="PE")
    invite(project, invited, actor=project.lead)
    member = make_person(institution=make_institution(country="KE"))
    assert "Waiting for Andean Institute" in signed_in(project.lead).get(f"/projects/{project.id}").text
    seen = signed_in(member).get(f"/projects/{project.id}").text
    assert "Waiting for a partner" in seen
    assert "Andean Institute" not in seen


@pytest.mark.parametrize("address", ["/projects", "/projects?q=water", "/projects?theme=1&state=running"])
def test_the_list_costs_the_same_for_two_projects_and_for_eight(client, queries, address):
    for _ in range(2):
        make_project(ProjectState.RUNNING)
    with queries() as few:
        client.get(address)
    for _ in range(6):
        make_project(ProjectState.RUNNING)
    with queries() as many:
        client.get(address)
    assert len(few) == len(many), many


def test_a_project_page_costs_the_same_with_two_partners_and_with_five(client, queries):
    small = make_project(ProjectState.RUNNING)
    large = make_project(ProjectState.RUNNING, countries=("BD", "PE", "KE", "SN", "VN"))
    two, five = small.path, large.path
    with queries() as few:
        assert client.get(two).status_code == 200
    with queries() as many:
        client.get(five)
    assert len(few) == len(many), many


def test_a_list_is_found_by_words_theme_and_country(client):
    theme = make_theme("Ports")
    wanted = make_project(ProjectState.RUNNING, title="Puertos y émigration", themes=[theme])
    make_project(ProjectState.RUNNING, title="Health", countries=("KE", "GH"))
    for query in ("q=emigration", f"theme={theme.id}", "country=PE"):
        page = client.get(f"/projects?{query}").text
        assert wanted.path in page
        assert page.count('class="card"') == 1, query


@pytest.mark.parametrize(
    "query",
    [
        "theme=x",
        "theme=99999999999",
        "state=gone",
        "country=XX",
        "page=0",
        "page=-1",
        "page=x",
        "page=99999999999999999999",
        "q=%00%ff'\"",
    ],
)
def test_filters_that_make_no_sense_are_no_error(client, query):
    make_network()
    assert client.get(f"/projects?{query}").status_code == 200


def test_an_unchanged_public_page_is_not_sent_twice(client):
    project = make_project(ProjectState.RUNNING)
    first = client.get(f"/projects/{project.id}")
    again = client.get(f"/projects/{project.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    actions.change(project, actor=project.lead, title="Another title")
    changed = client.get(f"/projects/{project.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Another title" in changed.text


def test_a_page_kept_for_visitors_is_never_shown_to_somebody_signed_in(client, signed_in):
    project = make_project(ProjectState.RUNNING)
    assert "History" not in client.get(f"/projects/{project.id}").text
    assert "History" in signed_in(project.lead).get(f"/projects/{project.id}").text
    assert "History" not in client.get(f"/projects/{project.id}").text


def test_why_a_proposal_was_sent_back_stands_at_the_top_of_its_page(signed_in):
    project = make_project(ProjectState.PROPOSED)
    actions.take_step(project, "send_back", actor=project.coordinator, reason="Name a second country")
    page = signed_in(project.lead).get(project.path).text
    assert page.index("Name a second country") < page.index("The question")


def test_a_figure_of_the_front_page_counts_what_its_list_shows(client, signed_in):
    running = make_project(ProjectState.RUNNING)
    make_project(ProjectState.RECRUITING, network=running.network)
    assert "projects seek partners" not in client.get("/").text
    page = signed_in(running.lead).get("/").text
    assert "project seeks partners" in page
    assert signed_in(running.lead).get("/projects?state=recruiting").text.count('class="card"') == 1


def test_the_list_of_two_institutions_holds_what_both_take_part_in(client):
    joint = make_project(ProjectState.RUNNING, title="Joint study")
    one, other = (partner.institution for partner in joint.partners)
    make_project(ProjectState.RUNNING, title="Another study")
    page = client.get(f"/projects?institution={one.id}&beside={other.id}").text
    assert "Joint study" in page and "Another study" not in page
    assert one.name in page and other.name in page
    assert "Joint study" not in client.get(f"/projects?institution={one.id}&beside=999999").text
