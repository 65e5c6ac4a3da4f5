import pytest
import sqlalchemy as sa

from tests.factories import add_partners, agree_terms, make_institution, make_network, make_person, make_project
from tracker.activity.models import Activity, Delivery
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.milestones import actions as milestones
from tracker.projects import actions
from tracker.projects.requirements import missing
from tracker.projects.states import Audience, Commitment, ProjectState
from tracker.recruiting import actions as recruiting


def test_a_draft_can_be_saved_with_next_to_nothing():
    project = actions.create(network=make_network(), lead=None, actor=make_person(), question="Who pays for water?")
    assert project.state is ProjectState.DRAFT
    assert project.label == "Untitled draft"
    assert len(missing(project, "propose")) == 4


def test_what_is_missing_names_the_page_where_it_is_written():
    project = make_project(question="", themes=())
    assert [item.path for item in missing(project, "propose")] == [f"/projects/{project.id}/edit#question"]


def test_an_incomplete_proposal_is_refused_and_nothing_changes():
    project = make_project(why_now="")
    with pytest.raises(RuleBroken, match="matters now"):
        actions.take_step(project, "propose", actor=project.lead)
    assert project.state is ProjectState.DRAFT
    assert project.transitions == []


def test_every_step_leaves_a_row_with_who_from_to_and_why():
    project = make_project(ProjectState.PROPOSED)
    actions.take_step(project, "send_back", actor=project.coordinator, reason="Add Peru")
    row = project.transitions[-1]
    assert (row.step, row.source, row.target) == ("send_back", ProjectState.PROPOSED, ProjectState.DRAFT)
    assert (row.actor_name, row.reason) == (project.coordinator.name, "Add Peru")


def test_a_network_that_does_not_moderate_accepts_at_once():
    project = make_project(network=make_network(moderates=False))
    actions.take_step(project, "propose", actor=project.lead)
    assert project.state is ProjectState.RECRUITING
    assert [row.step for row in project.transitions] == ["propose", "accept"]
    assert project.transitions[-1].actor_id is None


def test_sending_back_needs_a_comment():
    project = make_project(ProjectState.PROPOSED)
    with pytest.raises(RuleBroken, match="Say why"):
        actions.take_step(project, "send_back", actor=project.coordinator)


def test_a_joint_study_needs_two_countries_to_start():
    project = make_project(ProjectState.RECRUITING, countries=("BD",))
    add_partners(project, ["BD"])
    agree_terms(project)
    with pytest.raises(RuleBroken, match="two countries"):
        actions.take_step(project, "start", actor=project.lead)
    assert project.state is ProjectState.RECRUITING


def test_an_invited_partner_does_not_count_until_it_agrees():
    project = make_project(ProjectState.RECRUITING, countries=("BD",))
    recruiting.invite(project, make_institution(country="PE"), actor=project.lead)
    assert "two institutions" in missing(project, "start")[0].sentence


def test_start_needs_confirmed_terms_and_a_plan():
    project = make_project(ProjectState.RECRUITING)
    assert [item.path.rpartition("/")[2] for item in missing(project, "start")] == ["terms", "plan"]
    agree_terms(project)
    milestones.add_milestone(project, name="Workshop", due=None, actor=project.lead)
    assert [item.path.rpartition("/")[2] for item in missing(project, "start")] == ["plan"]


def test_a_stopped_project_resumes_where_it_was_and_keeps_its_readers():
    project = make_project(ProjectState.RUNNING)
    actions.take_step(project, "stop", actor=project.lead, reason="Elections")
    assert (project.state, project.audience) == (ProjectState.STOPPED, Audience.PUBLIC)
    actions.take_step(project, "resume", actor=project.lead, reason="They are over")
    assert (project.state, project.stopped_from) == (ProjectState.RUNNING, None)


def test_a_stopped_draft_stays_private():
    project = make_project()
    actions.take_step(project, "stop", actor=project.lead, reason="No time")
    assert project.audience is Audience.TEAM


def test_a_published_project_is_no_longer_changed():
    project = make_project(ProjectState.PUBLISHED)
    with pytest.raises(RuleBroken, match="record"):
        actions.change(project, actor=project.lead, title="Another")


def test_one_lead_person_remains():
    project = make_project()
    with pytest.raises(RuleBroken, match="lead person"):
        actions.remove_member(project, project.members[0], actor=project.lead)


def test_the_coordinators_hear_of_a_proposal_and_the_proposer_does_not():
    project = make_project()
    actions.take_step(project, "propose", actor=project.lead)
    told = _told("projects.propose")
    assert project.coordinator.email in told
    assert project.lead.email not in told


def test_a_partner_that_left_keeps_its_row():
    project = make_project(ProjectState.RUNNING, countries=("BD", "PE", "KE"))
    partner = project.partners[2]
    recruiting.leave(partner, actor=project.partner_people[1], note="New director")
    assert partner.commitment is Commitment.WITHDREW
    assert project.partner_people[1] not in actions.team(project)


def _told(kind: str) -> set[str]:
    db.session.flush()
    rows = db.session.scalars(sa.select(Delivery.address).join(Activity).where(Activity.kind == kind))
    return set(rows)
