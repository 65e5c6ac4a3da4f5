import pytest

from tests.factories import make_draft, make_project, make_report
from tracker.drafts import actions, queries
from tracker.drafts.states import ReadingState
from tracker.errors import RuleBroken
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports
from tracker.reports import followers
from tracker.reports.queries import of_project


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project)


def test_drafts_are_numbered_and_the_newest_is_the_current_one(report):
    first, second = make_draft(report), make_draft(report, "# Another")
    assert (first.number, second.number) == (1, 2)
    assert queries.current(report) is second
    assert [draft.number for draft in queries.drafts_of(report)] == [2, 1]


def test_a_written_draft_is_read_into_blocks(report):
    draft = make_draft(report, "# What we found\n\nCities share water.")
    assert draft.reading is ReadingState.READABLE
    assert draft.blocks == ["What we found", "Cities share water."]
    assert '<h2 dir="ltr" id="b1">What we found</h2>' in draft.html


def test_an_earlier_draft_can_be_made_the_current_one_again(report, project):
    first, second = make_draft(report), make_draft(report)
    actions.make_current(first, actor=project.lead)
    assert (first.is_current, second.is_current) == (True, False)
    with pytest.raises(RuleBroken, match="already"):
        actions.make_current(first, actor=project.lead)


def test_nothing_comes_after_the_report_is_published():
    project = make_project(ProjectState.PUBLISHED)
    with pytest.raises(RuleBroken, match="published"):
        make_draft(of_project(project, None)[0], actor=project.lead)


def test_followers_hear_of_each_change_of_the_current_draft(report, project, monkeypatch):
    heard = []
    monkeypatch.setattr(followers, "_of_changes", [lambda changed, actor: heard.append((changed, actor))])
    draft = make_draft(report)
    make_draft(report)
    actions.make_current(draft, actor=project.lead)
    assert heard == [(report, project.lead)] * 3


def test_a_draft_is_enough_to_submit_the_project():
    project = make_project(ProjectState.RUNNING)
    report = reports.start_report(project, actor=project.lead)
    assert [item.path for item in missing(project, "submit")] == [f"{report.path}/drafts#add"]
    make_draft(report)
    assert missing(project, "submit") == []
