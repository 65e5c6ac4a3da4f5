"""An author answers while whoever leads edits: the answer counts for what was read, or for nothing."""

import pytest

from tests.activity.apart import at_once, database_apart, post
from tests.asks.letters import link_in, owed, text_of
from tests.factories import make_project
from tracker.credit import actions, queries
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports.models import Report
from tracker.reports.queries import drafts as reports_of


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


def arrange(apart):
    with apart.app_context():
        project = make_project(ProjectState.REVIEW)
        lead, partner = project.lead, project.partner_people[0]
        report = reports_of(project)[0]
        people = [lead, partner]
        rows = [{"name": known.name, "affiliation": "I", "person_id": known.id} for known in people]
        reports.set_authors(report, rows, lead)
        actions.put_to_approval(report, actor=lead)
        actions.approve(queries.approvals_of(report)[0], actor=lead)
        path = next(link_in(text) for text in map(text_of, owed(partner)) if text.startswith("Please approve"))
        db.session.commit()
        return report.id, project.id, path, lead.session_key


def editing(apart, report_id):
    def edit():
        with apart.app_context():
            report = db.session.get(Report, report_id)
            queries.held(report)
            reports.change_report(report, abstract="Something else.", actor=report.project.members[0].person)
            db.session.commit()

    return edit


def answering(apart, path):
    return lambda: apart.test_client().post(path, data={"answer": "approve", "version": "1"}).status_code


def test_an_approval_while_the_text_changes_counts_for_what_was_read_or_for_nothing(apart):
    for _time in range(3):
        report_id, _project, path, _key = arrange(apart)
        edited, answered = at_once(editing(apart, report_id), answering(apart, path))
        assert edited is None and answered in (303, 409), (edited, answered)
        with apart.app_context():
            report = db.session.get(Report, report_id)
            now = queries.standing(report)
            assert now.number == 2 and now.is_current and not any(row.counts for row in now.proof.approvals)
            first = queries.numbered(report_id, 1)
            assert [row.counts for row in first.approvals] == [True, answered == 303]


def test_publishing_while_the_text_changes_publishes_what_was_approved_or_nothing(apart):
    for _time in range(3):
        report_id, project_id, path, key = arrange(apart)
        assert answering(apart, path)() == 303
        with apart.app_context():
            report = db.session.get(Report, report_id)
            seen = f"{report.id}:{report.version}:1"
        publish = post(apart, key, f"/projects/{project_id}/steps/publish", seen=seen)
        edited, published = at_once(editing(apart, report_id), publish)
        with apart.app_context():
            report = db.session.get(Report, report_id)
            if report.is_public:
                assert (report.abstract, edited is None) == ("What we found.", False), "it would have to say why"
                assert published.status_code == 303
            else:
                assert edited is None and report.abstract == "Something else." and published.status_code == 409
