"""Every author says yes to exactly what is published: this text, these authors, this order."""

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_in, owed, text_of
from tests.factories import approve_all, make_person, make_project, make_report, publish
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.credit import actions, queries
from tracker.credit.permissions import cover_approval
from tracker.credit.states import ApprovalState
from tracker.database import db
from tracker.drafts import actions as drafts
from tracker.errors import RuleBroken
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports.queries import drafts as reports_of
from tracker.reports.states import ReportState


@pytest.fixture
def project():
    return make_project(ProjectState.REVIEW)


@pytest.fixture
def report(project):
    """With two authors: the lead, and the partner's contact."""
    report = reports_of(project)[0]
    name_authors(report, project.lead, project.partner_people[0])
    return report


def name_authors(report, *people, **printed):
    project = report.project
    places = [project.partners[0].institution.name, project.partners[1].institution.name]
    rows = [
        {"name": person.name, "affiliation": place, "person_id": person.id} | printed
        for person, place in zip(people, [*places, *places], strict=False)
    ]
    reports.set_authors(report, rows, actor=project.lead)


def put(report):
    return actions.put_to_approval(report, actor=report.project.lead)


def said(report):
    return [row.state.value for row in queries.approvals_of(report)]


def approve(report, person):
    row = next(row for row in queries.approvals_of(report) if row.person_id == person.id)
    actions.approve(row, actor=person)
    return row


def mails(person, subject="Please approve"):
    """The mails owed to a person whose subject begins so."""
    return [text for text in map(text_of, owed(person)) if subject in text.splitlines()[0]]


def open_asks(kind="credit.approve"):
    db.session.flush()
    query = sa.select(Ask).where(Ask.kind == kind, Ask.state == AskState.OPEN)
    return list(db.session.scalars(query.order_by(Ask.id)))


def test_a_report_is_published_once_every_author_has_approved_it(project, report):
    lead, partner = project.lead, project.partner_people[0]
    assert "Ask the authors" in missing(project, "publish")[0].sentence
    put(report)
    approve(report, lead)
    assert partner.name in missing(project, "publish")[0].sentence
    with pytest.raises(RuleBroken, match=partner.name):
        actions.publish(project, actor=lead)
    approve(report, partner)
    assert actions.publish(project, actor=lead) == [report]
    reason = project.transitions[-1].reason
    assert lead.name in reason and partner.name in reason and "version 1" in reason


def test_an_author_reads_and_approves_by_link_without_an_account(client, project, report):
    partner = project.partner_people[0]
    put(report)
    path = link_in(mails(partner)[-1])
    page = client.get(path).text
    assert report.title in page and "What we found." in page and project.lead.name in page
    assert client.post(path, data={"answer": "approve", "version": "1"}).status_code == 303
    assert said(report) == ["asked", "approved"]
    assert "approved version 1" in client.get(path).text


@pytest.mark.parametrize("change", ["text", "authors", "order", "affiliation", "file", "draft"])
def test_any_change_sends_every_approval_back_and_says_what_changed(project, report, change):
    lead, partner = project.lead, project.partner_people[0]
    approve_all(report)
    assert queries.standing(report).is_approved
    words = {
        "text": (lambda: reports.change_report(report, abstract="What we really found.", actor=lead), "abstract"),
        "authors": (lambda: name_authors(report, lead), "authors"),
        "order": (lambda: name_authors(report, partner, lead), "order of the authors"),
        "affiliation": (lambda: name_authors(report, lead, partner, affiliation="Another name"), "authors"),
        "file": (lambda: reports.change_report(report, website="https://example.org/new", actor=lead), "address"),
        "draft": (lambda: drafts.add_written(report, "# Findings", actor=lead), "text"),
    }
    doing, word = words[change]
    doing()
    assert not queries.standing(report).is_approved
    assert set(said(report)) == {"asked"}
    newest = queries.versions(report)[0]
    assert newest.number == 2
    mail = mails(partner if partner in queries.people_of(report) else lead)
    assert len(mail) == (change != "authors"), "the mail about version 1 was not sent yet and is not any more"
    assert not mail or ("has changed" in mail[-1] and word in mail[-1])


def test_changing_the_licence_or_the_day_asks_nobody_again(project, report):
    approve_all(report)
    reports.change_report(report, licence="CC0-1.0", publisher="Another", actor=project.lead)
    assert queries.standing(report).is_approved


def test_several_saves_in_a_row_leave_one_question_and_one_mail(project, report):
    lead, partner = project.lead, project.partner_people[0]
    put(report)
    approve(report, lead)
    asked = {ask.addressee_id: ask for ask in open_asks()}
    for number in range(4):
        reports.change_report(report, abstract=f"What we found, {number}.", actor=lead)
    again = {ask.addressee_id: ask for ask in open_asks()}
    assert again[partner.id] is asked[partner.id], "who had not answered keeps the question and the link"
    assert set(again) == {lead.id, partner.id}
    newest = queries.versions(report)[0]
    assert {ask.subject_id for ask in again.values()} == {row.id for row in newest.approvals}
    assert len(mails(partner)) == 1
    assert mails(lead) == [], "whoever changes it knows"
    approve(report, partner)
    for number in range(3):
        reports.change_report(report, abstract=f"What they found, {number}.", actor=lead)
    assert len(mails(partner)) == 1, "one mail for the approval that was lost"


def test_an_answer_to_a_version_that_has_changed_meanwhile_records_nothing(client, project, report):
    partner = project.partner_people[0]
    put(report)
    path = link_in(mails(partner)[-1])
    reports.change_report(report, abstract="What we found at last.", actor=project.lead)
    page = client.post(path, data={"answer": "approve", "version": "1"})
    assert page.status_code == 409
    assert "Your answer was not recorded" in page.text and "at last" in page.text
    assert said(report) == ["asked", "asked"]
    assert 'name="version" value="2"' in page.text
    assert client.post(path, data={"answer": "approve"}).status_code == 409, "whoever says no version read none"
    assert client.post(path, data={"answer": "approve", "version": "2"}).status_code == 303
    assert said(report) == ["asked", "approved"]


def test_changing_back_asks_again(project, report):
    approve_all(report)
    for text in ("Something else.", "What we found."):
        reports.change_report(report, abstract=text, actor=project.lead)
    assert [proof.number for proof in queries.versions(report)] == [3, 2, 1]
    assert set(said(report)) == {"asked"}


def test_dissent_is_kept_with_its_words_and_stops_nothing(signed_in, project, report):
    lead, partner = project.lead, project.partner_people[0]
    put(report)
    approve(report, lead)
    row = queries.approvals_of(report)[1]
    with pytest.raises(RuleBroken, match="few words"):
        actions.dissent(row, words=" ", actor=partner)
    actions.dissent(row, words="The third finding rests on one city.", actor=partner)
    assert "rests on one city" in signed_in(lead).get(f"/reports/{report.id}/approval").text
    actions.publish(project, actor=lead)
    assert "With a dissent of" in project.transitions[-1].reason


def test_who_asks_for_a_change_holds_it_up_and_is_asked_about_the_next_version(project, report):
    lead, partner = project.lead, project.partner_people[0]
    put(report)
    approve(report, lead)
    actions.ask_for_change(queries.approvals_of(report)[1], words="Name the second city.", actor=partner)
    assert "Name the second city." in text_of(owed(lead)[-1])
    with pytest.raises(RuleBroken, match=partner.name):
        actions.publish(project, actor=lead)
    reports.change_report(report, abstract="What we found in Lima.", actor=lead)
    assert {ask.addressee_id for ask in open_asks()} == {lead.id, partner.id}


def test_nobody_approves_for_another(project, report):
    put(report)
    with pytest.raises(RuleBroken, match="Only"):
        actions.approve(queries.approvals_of(report)[1], actor=project.lead)


def test_an_author_who_cannot_be_reached_is_answered_for_openly_and_never_by_the_lead(
    signed_in, client, project, report
):
    lead, coordinator = project.lead, project.coordinator
    reports.set_authors(
        report,
        [{"name": lead.name, "person_id": lead.id, "affiliation": "I"}, {"name": "Sukarti", "affiliation": "J"}],
        lead,
    )
    put(report)
    approve(report, lead)
    row = queries.approvals_of(report)[1]
    path = f"/approvals/{row.id}/cover"
    assert path not in signed_in(lead).get(f"/reports/{report.id}/approval").text
    assert signed_in(lead).submit(path, because="Quick").status_code == 403
    browser = signed_in(coordinator)
    assert path in browser.get(f"/reports/{report.id}/approval").text
    assert browser.submit(path, because=" ").status_code == 422
    assert browser.submit(path, because="Three letters came back.").status_code == 303
    page = signed_in(project.partner_people[0]).get(f"/reports/{report.id}/approval").text
    assert "Three letters came back." in page and coordinator.name in page
    actions.publish(project, actor=lead)
    assert "Three letters came back." in project.transitions[-1].reason
    reports.change_report(report, abstract="Corrected.", because="A wrong figure", actor=coordinator)
    assert not queries.approvals_of(report)[1].is_covered, "nobody answers for a text that was not there yet"


def test_a_contact_of_the_authors_institution_may_answer_for_them_and_their_own_answer_comes_before(project, report):
    away = make_person("Away", institution=project.partners[1].institution)
    name_authors(report, project.lead, away)
    put(report)
    contact, row = project.partner_people[0], queries.approvals_of(report)[1]
    assert cover_approval(contact, row) and not cover_approval(project.lead, row) and not cover_approval(away, row)
    actions.cover(row, because="On leave without mail until May.", actor=contact)
    assert row.counts
    actions.approve(row, actor=away)
    assert row.state is ApprovalState.APPROVED and not row.is_covered


def test_nobody_answers_for_an_author_who_asks_for_a_change(project, report, signed_in):
    put(report)
    for row in queries.approvals_of(report):
        actions.ask_for_change(row, words="The second table is wrong.", actor=row.person)
    row = queries.approvals_of(report)[0]
    path, browser = f"/approvals/{row.id}/cover", signed_in(project.coordinator)
    assert path not in browser.get(f"/reports/{report.id}/approval").text
    assert browser.submit(path, because="In a hurry.").status_code == 409
    assert not row.counts


def test_whoever_is_linked_to_an_author_later_is_asked_and_the_word_of_another_does_not_count(project, report):
    approve_all(report)
    other = make_person("Other")
    rows = [{"name": row.name, "affiliation": row.affiliation, "person_id": row.person_id} for row in report.authors]
    rows[1]["person_id"] = other.id
    reports.set_authors(report, rows, actor=project.lead)
    now = queries.standing(report)
    assert now.number == 1 and not now.is_approved
    assert [ask.addressee_id for ask in open_asks()] == [other.id]


def test_a_draft_that_is_discarded_takes_its_questions_along(project, report):
    put(report)
    reports.discard(report, actor=project.lead)
    assert open_asks() == open_asks("credit.institution") == []
    assert (
        db.session.scalar(sa.select(sa.func.count(Ask.id)).where(Ask.kind.like("credit.%"), Ask.subject_id != 0)) == 0
    )


def test_an_author_who_is_taken_off_is_asked_no_longer(project, report):
    put(report)
    name_authors(report, project.lead)
    assert [ask.addressee_id for ask in open_asks()] == [project.lead.id]
    assert [row.name for row in queries.approvals_of(report)] == [project.lead.name]
    assert [row.state for row in queries.versions(report)[1].approvals] == [ApprovalState.VOID] * 2


def test_a_correction_after_publication_asks_again_and_nothing_is_unpublished(signed_in, project, report):
    publish(project)
    reports.change_report(report, abstract="Corrected.", because="A wrong figure", actor=project.coordinator)
    assert report.state is ReportState.PUBLISHED
    assert {ask.addressee_id for ask in open_asks()} == {person.id for person in queries.people_of(report)}
    page = signed_in(project.lead).get(f"/reports/{report.id}/approval").text
    assert "was corrected" in page and "stays public" in page


def test_those_that_are_ready_are_published_and_the_others_stay_drafts_with_why(signed_in, project, report):
    other = make_report(project, title="The brief")
    approve_all(report)
    page = signed_in(project.lead).get(f"/projects/{project.id}/steps/publish").text
    assert "left as a draft" in page and "Ask the authors of “The brief”" in page
    assert actions.publish(project, actor=project.lead) == [report]
    assert other.state is ReportState.DRAFT


def test_a_record_without_its_essentials_is_not_put_to_the_authors(project, report):
    reports.change_report(report, abstract="", licence="", actor=project.lead)
    with pytest.raises(RuleBroken, match="abstract"):
        put(report)
    reports.change_report(report, abstract="What we found.", actor=project.lead)
    put(report)
    with pytest.raises(RuleBroken, match="asked already"):
        put(report)


def test_the_institutions_of_the_authors_are_asked_again_only_when_what_concerns_them_changed(project, report):
    lead, partner = project.lead, project.partner_people[0]
    put(report)
    _first, second = queries.latest(report).confirmations
    actions.confirm(second, actor=partner)
    assert queries.confirmed_institutions(report) == [project.partners[1].institution]
    reports.change_report(report, abstract="More words.", actor=lead)
    assert queries.confirmed_institutions(report) == [project.partners[1].institution]
    name_authors(report, partner, lead)
    assert queries.confirmed_institutions(report) == []
    assert project.partners[1].institution_id in {ask.addressee_id for ask in open_asks("credit.institution")}


def test_an_institution_answers_by_link_and_its_word_is_shown(client, signed_in, project, report):
    partner = project.partner_people[0]
    put(report)
    path = link_in(mails(partner, "confirm the authors")[0])
    page = client.get(path).text
    assert project.lead.name in page and partner.name in page
    assert client.post(path, data={"answer": "confirm", "version": "1"}).status_code == 303
    assert "not yet" in signed_in(project.lead).get(f"/reports/{report.id}/approval").text
    assert queries.confirmed_institutions(report) == [project.partners[1].institution]


def test_publishing_refuses_who_looked_at_another_version(signed_in, client):
    project = make_project(ProjectState.REVIEW)
    (report,) = queries.unpublished(project)
    lead, path = signed_in(project.lead), f"/projects/{project.id}/steps/publish"
    seen = f"{report.id}:{report.version}:1"
    answer = lead.submit(path, seen=seen)
    assert answer.status_code == 409 and "changed while you were reading" in answer.text
    approve_all(report)
    assert lead.submit(path, seen=f"{report.id}:0:1").status_code == 409
    assert project.state is ProjectState.REVIEW
    assert lead.submit(path, seen=seen).status_code == 303
    assert (project.state, report.state) == (ProjectState.PUBLISHED, ReportState.PUBLISHED)
    assert lead.submit(path, seen=seen).status_code == 409
    assert lead.get(path).status_code == 303
    assert report.title in client.get(project.path).text
