from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person, make_project
from tracker import clock
from tracker.activity.models import Activity
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.milestones import actions, queries
from tracker.milestones.states import DelayReason, MilestoneState, NoteAudience
from tracker.projects import actions as projects
from tracker.projects.models import Partner
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState

DAY = PartialDate.parse


def running():
    project = make_project(ProjectState.RUNNING)
    return project, queries.plan(project)


def latest():
    return db.session.scalars(sa.select(Activity).order_by(Activity.id.desc())).first()


def test_a_template_dates_the_whole_plan_and_months_end_where_they_end():
    project = make_project(ProjectState.RECRUITING)
    plan = actions.plan_from_template(project, "policy-brief", date(2026, 1, 31), actor=project.lead)
    assert [str(each.due) for each in plan[:3]] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert all(each.first_due == each.due for each in plan)
    assert latest().kind == "milestones.plan"


def test_a_second_template_is_refused_and_so_is_one_that_does_not_exist():
    project = make_project(ProjectState.RECRUITING)
    with pytest.raises(RuleBroken, match="no such template"):
        actions.plan_from_template(project, "nonsense", date(2026, 1, 1), actor=project.lead)
    actions.plan_from_template(project, "paired-study", date(2026, 1, 1), actor=project.lead)
    with pytest.raises(RuleBroken, match="a plan already"):
        actions.plan_from_template(project, "policy-brief", date(2026, 1, 1), actor=project.lead)


def test_a_plan_cannot_leave_the_calendar():
    project = make_project(ProjectState.RECRUITING)
    with pytest.raises(RuleBroken, match="too far"):
        actions.plan_from_template(project, "paired-study", date(9999, 12, 1), actor=project.lead)


def test_a_project_starts_only_with_a_dated_milestone():
    project = make_project(ProjectState.RECRUITING)
    paths = {item.path for item in missing(project, "start")}
    assert f"{project.path}/plan" in paths
    undated = actions.add_milestone(project, name="Some day", due=None, actor=project.lead)
    assert f"{project.path}/plan" in {item.path for item in missing(project, "start")}
    actions.move(undated, due=DAY("2027"), actor=project.lead)
    assert f"{project.path}/plan" not in {item.path for item in missing(project, "start")}


def test_before_the_start_dates_move_freely_and_the_first_date_follows():
    project = make_project(ProjectState.RECRUITING)
    milestone = actions.add_milestone(project, name="Draft", due=DAY("2026-05"), actor=project.lead)
    actions.move(milestone, due=DAY("2026-07-01"), actor=project.lead)
    assert (milestone.first_due, milestone.due) == (DAY("2026-07-01"), DAY("2026-07-01"))
    assert milestone.changes == []


def test_in_a_running_project_a_move_keeps_the_first_date_and_its_reason():
    project, plan = running()
    milestone, first = plan[2], plan[2].due
    with pytest.raises(RuleBroken, match="why"):
        actions.move(milestone, due=DAY("2030-01"), actor=project.lead)
    actions.move(milestone, due=DAY("2030-01"), reason=DelayReason.TRAVEL, words="Visas", actor=project.lead)
    actions.move(milestone, due=DAY("2030-02"), reason=DelayReason.DATA, actor=project.lead)
    assert (milestone.first_due, milestone.due) == (first, DAY("2030-02"))
    assert [(str(c.after), c.reason, c.words) for c in milestone.changes] == [
        ("2030-01", DelayReason.TRAVEL, "Visas"),
        ("2030-02", DelayReason.DATA, ""),
    ]
    assert milestone.last_day == date(2030, 2, 28)


def test_the_lead_hears_of_a_delay_but_not_from_themselves():
    project, plan = running()
    partner = project.partner_people[0]
    actions.move(plan[3], due=DAY("2031"), reason=DelayReason.FUNDING, actor=partner)
    assert [delivery.recipient_id for delivery in latest().deliveries] == [project.lead.id]
    actions.move(plan[3], due=DAY("2032"), reason=DelayReason.FUNDING, actor=project.lead)
    assert latest().deliveries == []


def test_a_date_is_not_removed_once_the_project_runs():
    project, plan = running()
    with pytest.raises(RuleBroken, match="new date"):
        actions.move(plan[2], due=None, reason=DelayReason.OTHER, actor=project.lead)


def test_done_dropped_and_back():
    project, plan = running()
    milestone = plan[0]
    actions.mark_done(milestone, on=DAY("2026"), actor=project.lead)
    with pytest.raises(RuleBroken, match="already"):
        actions.mark_done(milestone, on=DAY("2026"), actor=project.lead)
    with pytest.raises(RuleBroken, match="Reopen"):
        actions.move(milestone, due=DAY("2040"), reason=DelayReason.OTHER, actor=project.lead)
    actions.reopen(milestone, actor=project.lead)
    assert (milestone.state, milestone.done_on) == (MilestoneState.PLANNED, None)
    with pytest.raises(RuleBroken, match="why"):
        actions.drop(milestone, words=" ", actor=project.lead)
    actions.drop(milestone, words="Merged with the next", actor=project.lead)
    assert milestone.state is MilestoneState.DROPPED


def test_nothing_is_done_in_the_future():
    project, plan = running()
    with pytest.raises(RuleBroken, match="not come yet"):
        actions.mark_done(plan[0], on=DAY("2190-01-01"), actor=project.lead)


def test_an_old_record_may_be_done_on_no_known_day():
    _project, plan = running()
    actions.mark_done(plan[0], on=None, actor=None)
    assert plan[0].state is MilestoneState.DONE
    assert not plan[0].is_late


def test_only_a_partner_that_takes_part_is_responsible():
    project, _plan = running()
    other = make_project(ProjectState.RECRUITING).partners[0]
    with pytest.raises(RuleBroken, match="takes part"):
        actions.add_milestone(project, name="X", due=None, partner=other, actor=project.lead)
    invited = Partner(institution=make_institution())
    project.partners.append(invited)
    db.session.flush()
    with pytest.raises(RuleBroken, match="takes part"):
        actions.add_milestone(project, name="X", due=None, partner=invited, actor=project.lead)


def test_the_plan_of_a_stopped_project_rests():
    project, plan = running()
    projects.take_step(project, "stop", actor=project.lead, reason="Elections")
    with pytest.raises(RuleBroken, match="stopped"):
        actions.mark_done(plan[0], on=None, actor=project.lead)
    assert actions.has_started(project)


def test_late_begins_when_the_last_day_has_ended_everywhere():
    with clock.frozen(datetime(2026, 3, 1, 8, tzinfo=UTC)):
        project = make_project(ProjectState.RUNNING)
        network = {project.network_id}
        milestone = actions.add_milestone(project, name="February", due=DAY("2026-02"), actor=project.lead)
        db.session.flush()
        assert not milestone.is_late  # it is still 28 February at UTC-12
        assert milestone not in db.session.scalars(queries.late(network)).unique().all()
    with clock.frozen(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        assert milestone.is_late
        late = db.session.scalars(queries.late(network)).unique().all()
        assert milestone in late
        assert queries.count(queries.late(network)) == len(late)
        assert queries.count(queries.late(set())) == 0


@pytest.mark.parametrize(
    ("moment", "is_over", "has_come"),
    [
        (datetime(2026, 3, 10, 9, 59, 59, tzinfo=UTC), False, False),  # 9 March at UTC-12, 10 March at UTC+14
        (datetime(2026, 3, 10, 10, 0, tzinfo=UTC), False, True),  # 11 March at UTC+14
        (datetime(2026, 3, 10, 11, 59, 59, tzinfo=UTC), False, True),
        (datetime(2026, 3, 10, 12, 0, tzinfo=UTC), True, True),  # 10 March at UTC-12: the 9th has ended everywhere
    ],
)
def test_a_day_has_come_where_it_comes_first_and_is_over_where_it_ends_last(moment, is_over, has_come):
    with clock.frozen(moment):
        project, plan = running()
        if is_over:
            with pytest.raises(RuleBroken, match="over"):
                actions.check_new_date(plan[0], DAY("2026-03-09"))
        else:
            actions.check_new_date(plan[0], DAY("2026-03-09"))
        if has_come:
            actions.mark_done(plan[0], on=DAY("2026-03-11"), actor=project.lead)
        else:
            with pytest.raises(RuleBroken, match="not come yet"):
                actions.mark_done(plan[0], on=DAY("2026-03-11"), actor=project.lead)


def test_what_comes_first_is_of_the_same_project_and_in_no_ring():
    project, plan = running()
    _other, foreign = running()
    given = {"partner": None, "person": None, "actor": project.lead}
    with pytest.raises(RuleBroken, match="another project"):
        actions.change_milestone(plan[1], name="B", must_follow=[foreign[0]], **given)
    with pytest.raises(RuleBroken, match="another project"):
        actions.add_milestone(project, name="C", due=None, must_follow=[foreign[0]], actor=project.lead)
    actions.change_milestone(plan[1], name="B", must_follow=[plan[0]], **given)
    actions.move(plan[0], due=DAY("2031"), reason=DelayReason.DATA, actor=project.lead)  # it may slip past
    actions.change_milestone(plan[2], name="C", must_follow=[plan[1]], **given)
    plan[0].due = plan[2].due  # were it due later, that alone would be refused
    with pytest.raises(RuleBroken, match="in a ring"):
        actions.change_milestone(plan[0], name="A", must_follow=[plan[2]], **given)
    assert plan[0].must_follow == []


def test_what_is_due_soon_is_counted_as_it_is_listed_and_only_in_started_projects():
    with clock.frozen(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        project = make_project(ProjectState.RUNNING)
        quiet = make_project(ProjectState.RECRUITING, network=project.network)
        for each in (project, quiet):
            for day in ("2026-06-01", "2026-06-15", "2026-06-16"):
                actions.add_milestone(each, name=day, due=DAY(day), actor=each.lead)
        db.session.flush()
        query = queries.due_within({project.network_id}, 14)
        names = [m.name for m in db.session.scalars(query).unique() if m.project is project]
        assert names == ["2026-06-01", "2026-06-15"]
        assert queries.count(query) == len(db.session.scalars(query).unique().all())


def test_a_note_is_for_its_audience():
    project, plan = running()
    for audience in NoteAudience:
        actions.write_note(
            project,
            text=f"For *{audience}*",
            on=DAY("2026"),
            language="en",
            audience=audience,
            milestone=plan[0],
            actor=project.lead,
        )
    member = make_project(ProjectState.DRAFT, network=project.network).lead
    assert [note.audience for note in queries.notes(project, None)] == [NoteAudience.PUBLIC]
    assert {note.audience for note in queries.notes(project, member)} == {NoteAudience.PUBLIC, NoteAudience.MEMBERS}
    elsewhere = make_person(institution=make_institution(member_of=make_network()))
    assert [note.audience for note in queries.notes(project, elsewhere)] == [NoteAudience.PUBLIC]
    assert [note.audience for note in queries.notes(project, make_person())] == [NoteAudience.PUBLIC]
    assert len(queries.notes(project, project.partner_people[0])) == 3
    assert len(queries.notes(project, project.coordinator)) == 3


def test_a_note_needs_words_and_its_own_milestone():
    project, _plan = running()
    _other, foreign = running()
    given = {"on": DAY("2026"), "language": "en", "audience": NoteAudience.TEAM, "actor": project.lead}
    with pytest.raises(RuleBroken, match="another project"):
        actions.write_note(project, text="x", milestone=foreign[0], **given)
    with pytest.raises(RuleBroken, match="Write"):
        actions.write_note(project, text="  ", **given)
