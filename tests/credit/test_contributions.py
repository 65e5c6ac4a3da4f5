"""Everybody says themselves what they did; whoever leads can only propose it."""

import pytest

from tests.asks.letters import link_in, owed, text_of
from tests.factories import make_person, make_project, publish
from tracker.asks.queries import latest
from tracker.credit import contributions, queries
from tracker.credit.states import ContributionRole, Degree
from tracker.credit.versions import DECLARE
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports.queries import drafts as reports_of

WROTE = {ContributionRole.ORIGINAL_DRAFT: Degree.LEAD}
TRANSLATED = {ContributionRole.TRANSLATOR: None}


@pytest.fixture
def project():
    return make_project(ProjectState.REVIEW)


@pytest.fixture
def report(project):
    return reports_of(project)[0]


def row_of(report, number=0):
    return contributions.contributor_for(report.authors[number])


def link_asking(person):
    return link_in(next(text for text in map(text_of, reversed(owed(person))) if "What did you do" in text))


def test_nobody_says_for_another_what_they_did(project, report):
    with pytest.raises(RuleBroken, match="for themselves"):
        contributions.declare(row_of(report), WROTE, actor=project.partner_people[0])
    contributions.propose(row_of(report), WROTE, actor=project.coordinator)
    assert queries.statement(report) == []
    contributions.declare(row_of(report), WROTE, actor=project.lead)
    address = "https://credit.niso.org/contributor-roles/writing-original-draft/"
    assert queries.statement(report) == [("Writing – original draft", address, [(project.lead.name, "lead")])]
    with pytest.raises(RuleBroken, match="said already"):
        contributions.propose(row_of(report), TRANSLATED, actor=project.coordinator)


def test_it_is_said_on_the_page_and_a_proposal_is_filled_in(signed_in, project, report):
    contributions.propose(row_of(report), WROTE, actor=project.coordinator)
    lead, path = signed_in(project.lead), f"/reports/{report.id}/credit/mine"
    page = lead.get(path).text
    assert "Something is proposed for you" in page
    assert '<option selected value="lead">' in page.partition("role_original_draft")[2][:600]
    nothing = {"role_original_draft": ""}
    refused = lead.submit(path, **nothing)
    assert refused.status_code == 422 and "at least one" in refused.text
    assert lead.submit(path, role_original_draft="expert").status_code == 422
    assert lead.submit(path, role_original_draft="lead", role_translator="done").status_code == 303
    roles = {known.role: known.degree for known in row_of(report).contributions}
    assert roles == WROTE | TRANSLATED
    shown = lead.get(f"/reports/{report.id}/credit").text
    assert "Writing – original draft" in shown and "said what they did" in shown


def test_somebody_without_an_account_says_it_by_link_and_changes_it_later(client, project, report):
    helper = contributions.add_other(
        report, name="Nadia Rahman", email="nadia@example.org", roles=TRANSLATED, actor=project.lead
    )
    person = helper.person
    path = link_asking(person)
    assert "Translation" in client.get(path).text
    own = f"{path}/contribution"
    assert own in client.get(path).text
    page = client.get(own)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert queries.others(report) == []
    assert client.post(own, data={"role_translator": "lead"}).status_code == 303
    assert queries.statement(report) == [("Translation", "", [("Nadia Rahman", "lead")])]
    assert [row.name for row in queries.others(report)] == ["Nadia Rahman"]
    assert client.post(own, data={"role_translator": "done"}).status_code == 303
    assert queries.statement(report) == [("Translation", "", [("Nadia Rahman", "")])]


def test_whoever_does_not_want_to_be_named_says_so_by_link(client, project, report):
    helper = contributions.add_other(report, name="Nadia", email="nadia@example.org", actor=project.lead)
    path = link_asking(helper.person)
    assert client.post(path, data={"answer": "decline"}).status_code == 303
    assert queries.statement(report) == []
    assert "does not want to be named" in text_of(owed(project.lead)[-1])


def test_a_link_opens_the_page_of_its_own_person_only(client, project, report):
    first = contributions.add_other(report, name="Nadia", email="nadia@example.org", actor=project.lead)
    assert client.get(f"{link_asking(first.person)}/version").status_code == 303, "another kind of question"
    assert client.get(f"/a/{'x' * 43}/contribution").status_code == 303
    asked = latest(DECLARE, first)
    path = link_asking(first.person)
    contributions.remove_other(first, actor=project.lead)
    db.session.flush()
    assert asked.subject_id == 0
    assert client.get(f"{path}/contribution").status_code in (303, 404)


def test_leads_ask_everybody_name_others_and_take_them_off(signed_in, project, report):
    lead, partner = signed_in(project.lead), signed_in(project.partner_people[0])
    credit = f"/reports/{report.id}/credit"
    for path in (f"{credit}/add", f"/reports/{report.id}/authors/{report.authors[0].id}/propose"):
        assert partner.get(path).status_code == 403
        assert lead.get(path).status_code == 200
    assert lead.get(f"/reports/{report.id}/authors/999999/propose").status_code == 404
    assert partner.submit(f"{credit}/ask").status_code == 403
    assert lead.submit(f"{credit}/ask").status_code == 303
    assert lead.submit(f"{credit}/ask").status_code == 409, "everybody is asked already"
    assert lead.submit(f"{credit}/add", name="Nadia").status_code == 422
    sent = {"name": "Nadia", "email": "nadia@example.org", "affiliation": "Own desk", "roles": "translator"}
    assert lead.submit(f"{credit}/add", **sent).status_code == 303
    assert lead.submit(f"{credit}/add", **sent).status_code == 409, "she is named already"
    page = lead.get(credit).text
    assert "Nadia" in page and "Own desk" in page and "Proposed:" in page
    helper = next(row for row in queries.contributors(report) if row.author_id is None)
    assert lead.submit(f"/contributors/{helper.id}/remove").status_code == 303
    assert "Nadia" not in lead.get(credit).text


def test_what_is_said_of_a_published_report_reaches_those_who_harvest_it(project, report):
    publish(project)
    before = report.stamped_at
    contributions.declare(row_of(report), WROTE, actor=project.lead)
    assert report.stamped_at > before


def test_an_author_who_goes_takes_the_question_along(project, report):
    other = make_person("Other")
    rows = [{"name": row.name, "affiliation": "I", "person_id": row.person_id} for row in report.authors]
    reports.set_authors(report, [*rows, {"name": "Other", "affiliation": "I", "person_id": other.id}], project.lead)
    contributions.ask_everybody(report, actor=project.lead)
    asked = latest(DECLARE, row_of(report, 1))
    reports.set_authors(report, rows, project.lead)
    db.session.refresh(asked)
    assert (asked.state.value, asked.subject_id) == ("withdrawn", 0)
