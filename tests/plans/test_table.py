"""The plan as one table: filled in, refused beside the cell, saved by two at once, and moved with reasons."""

import pytest
import sqlalchemy as sa

from tests.factories import make_project
from tests.plans.table import cells_of, new_row, row_of
from tracker.activity.models import Activity
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import actions, queries
from tracker.milestones.models import Milestone
from tracker.milestones.states import DelayReason
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState

DAY = PartialDate


@pytest.fixture
def project():
    """Seeks partners; its plan has three milestones, the last after the second."""
    project = make_project(ProjectState.RECRUITING)
    add(project, "Concept", "2027-03-01")
    inception = add(project, "Inception", "2027-05-31")
    add(project, "Draft", "2027-09", after=[inception])
    return project


def add(project, name, due, after=()):
    due = DAY(due) if due else None
    return actions.add_milestone(project, name=name, due=due, must_follow=list(after), actor=project.lead)


def named(project, name):
    return next(each for each in queries.plan(project) if each.name == name)


def kinds(project):
    query = sa.select(Activity.kind).where(Activity.subject_type == "project", Activity.subject_id == project.id)
    return list(db.session.scalars(query.where(Activity.kind.startswith("milestones")).order_by(Activity.id)))


def open_table(browser, project):
    page = browser.get(f"{project.path}/plan")
    assert page.status_code == 200
    return cells_of(page)


def test_a_lead_changes_several_rows_and_adds_one_in_one_go(signed_in, project):
    lead, path = signed_in(project.lead), f"{project.path}/plan"
    cells = open_table(lead, project)
    known = kinds(project)
    draft, concept, new = row_of(cells, "Draft"), row_of(cells, "Concept"), new_row(cells)
    assert cells[f"{draft}after"] == "2"
    others = [str(partner.id) for partner in project.partners]
    cells |= {f"{concept}name": "Idée", f"{concept}partner": others[1], f"{concept}helpers": others[:1]}
    cells |= {f"{draft}due": "2027-10-15", f"{draft}person": str(project.lead.id)}
    cells |= {f"{new}name": "深圳 launch", f"{new}due": "2027-12", f"{new}after": "٣، 1"}
    assert lead.submit(path, **cells).status_code == 303
    launch = named(project, "深圳 launch")
    assert [before.name for before in launch.must_follow] == ["Idée", "Draft"]
    assert (named(project, "Idée").partner, named(project, "Idée").helpers) == (
        project.partners[1],
        [project.partners[0]],
    )
    assert (str(named(project, "Draft").first_due), named(project, "Draft").person) == ("2027-10-15", project.lead)
    assert sorted(kinds(project)[len(known) :]) == ["milestones.add", "milestones.change", "milestones.move"]
    page = lead.get(path).text
    assert "Friday, 15 October 2027" in page and "anywhere on Earth" in page
    assert "After Idée and Draft" in lead.get(project.path).text


def test_a_table_sent_back_untouched_changes_nothing(signed_in, project):
    lead = signed_in(project.lead)
    known, versions = kinds(project), [each.version for each in queries.plan(project)]
    assert lead.submit(f"{project.path}/plan", **open_table(lead, project)).status_code == 303
    assert (kinds(project), [each.version for each in queries.plan(project)]) == (known, versions)


@pytest.mark.parametrize(
    ("name", "field", "bad", "said"),
    [
        ("Draft", "name", "", "Write what is due."),
        ("Draft", "name", "x" * 201, "200"),
        ("Draft", "due", "2027-02-29", "There is no such day as 2027-02-29."),
        ("Draft", "due", "soon", "Write a date as 2016, 2016-09 or 2016-09-30."),
        ("Draft", "due", "2027-05-30", "“Inception”, which must come first, is due on 31 May 2027."),
        ("Concept", "due", "2026-12-31", "The project starts on 1 March 2027."),
        ("Concept", "after", "2", "“Inception”, which must come first, is due on 31 May 2027."),
        ("Inception", "after", "3", "wait for each other in a ring"),
        ("Draft", "after", "3", "“Draft” cannot come before itself."),
        ("Draft", "after", "17", "There is no row “17”."),
        ("Draft", "after", "5", "There is no row “5”."),
        ("Draft", "after", "Inception", "There is no row “Inception”."),
        ("Draft", "partner", "999999", "choice"),
        ("Draft", "person", "x", "choice"),
        ("Draft", "helpers", ["999999"], "choice"),
    ],
)
def test_a_cell_that_may_not_be_is_told_beside_it_and_nothing_changes(signed_in, project, name, field, bad, said):
    project.starts_on = DAY("2027-03-01")
    lead, known = signed_in(project.lead), kinds(project)
    cells = open_table(lead, project)
    new = new_row(cells)
    cells |= {f"{row_of(cells, name)}{field}": bad, f"{new}name": "Typed and kept", f"{new}due": "2028"}
    answer = lead.submit(f"{project.path}/plan", **cells)
    assert answer.status_code == 422
    assert (
        said in answer.text and "Typed and kept" in answer.text and 'aria-invalid="true"' in answer.text
    ) or field == "helpers"
    db.session.expire_all()
    assert len(queries.plan(project)) == 3 and kinds(project) == known


def test_a_row_of_another_project_or_twice_the_same_is_refused(signed_in, project):
    other = add(make_project(ProjectState.RECRUITING), "Foreign", "2027")
    lead = signed_in(project.lead)
    for given in (other.id, named(project, "Concept").id, "9" * 30):
        cells = open_table(lead, project)
        cells |= {f"{row_of(cells, 'Draft')}id": given, f"{row_of(cells, 'Draft')}name": "Taken over"}
        answer = lead.submit(f"{project.path}/plan", **cells)
        assert answer.status_code == 422 and "not of this plan" in answer.text
    assert other.name == "Foreign"


def test_two_who_change_different_rows_both_succeed_and_the_same_row_is_shown_to_the_second(signed_in, project):
    one, two = signed_in(project.lead), signed_in(project.coordinator)
    path, hers, his = f"{project.path}/plan", open_table(one, project), None
    his = dict(hers)
    concept, draft = row_of(hers, "Concept"), row_of(hers, "Draft")
    assert one.submit(path, **hers | {f"{concept}name": "Hers", f"{draft}due": "2027-11"}).status_code == 303
    inception = row_of(his, "Inception")
    assert two.submit(path, **his | {f"{inception}name": "His"}).status_code == 303
    assert {each.name for each in queries.plan(project)} == {"Hers", "His", "Draft"}
    answer = two.submit(path, **his | {f"{concept}name": "Also his", f"{inception}name": "His"})
    assert answer.status_code == 409
    assert "Also his" in answer.text and "Saved meanwhile" in answer.text and ">Hers<" in answer.text
    assert named(project, "Hers")
    assert two.submit(path, **cells_of(answer)).status_code == 303
    assert {each.name for each in queries.plan(project)} == {"Also his", "His", "Draft"}
    assert str(named(project, "Draft").due) == "2027-11"


def test_a_row_that_was_finished_meanwhile_gets_no_other_date(signed_in, project):
    lead = signed_in(project.lead)
    cells = open_table(lead, project)
    actions.mark_done(named(project, "Concept"), on=DAY("2025"), actor=project.lead)
    cells[f"{row_of(cells, 'Concept')}due"] = "2028"
    answer = lead.submit(f"{project.path}/plan", **cells)
    assert answer.status_code in (409, 422)
    again = lead.submit(f"{project.path}/plan", **cells_of(answer))
    assert again.status_code == 422 and "Reopen it first" in again.text
    assert str(named(project, "Concept").due) == "2027-03-01"


def test_a_date_that_moves_in_a_running_project_asks_why_and_only_then_is_saved(signed_in):
    project = make_project(ProjectState.RUNNING)
    lead, path = signed_in(project.lead), f"{project.path}/plan"
    plan = queries.plan(project)
    cells = open_table(lead, project)
    rows = [row_of(cells, each.name) for each in plan[-2:]]
    cells |= {f"{rows[0]}due": "2031-05-02", f"{rows[1]}due": "2031-06", f"{rows[1]}name": "Finale"}
    asked = lead.submit(path, **cells)
    assert asked.status_code == 200 and "Why do these dates move?" in asked.text
    assert "Friday, 2 May 2031" in asked.text and f"<bdi>{plan[0].name}</bdi>" not in asked.text
    assert plan[-1].changes == [] and plan[-1].name != "Finale"
    answered = cells_of(asked)
    refused = lead.submit(path, reasons="1", **answered)
    assert refused.status_code == 422 and "Say why the date moves." in refused.text
    back = lead.submit(path, back="1", **answered | {f"{rows[0]}words": "No visa"})
    assert back.status_code == 200 and cells_of(back)[f"{rows[1]}name"] == "Finale"
    answered |= {"every-reason": "travel", "every-words": "No visa", f"{rows[1]}reason": "review"}
    assert lead.submit(path, reasons="1", **answered).status_code == 303
    assert [(str(c.after), c.reason, c.words) for each in plan[-2:] for c in each.changes] == [
        ("2031-05-02", DelayReason.TRAVEL, "No visa"),
        ("2031-06", DelayReason.REVIEW, ""),
    ]
    assert plan[-1].name == "Finale" and all(each.has_slipped for each in plan[-2:])
    assert kinds(project).count("milestones.move") == 2


def test_a_date_is_not_taken_away_once_the_project_runs(signed_in):
    project = make_project(ProjectState.RUNNING)
    lead = signed_in(project.lead)
    cells = open_table(lead, project)
    cells[f"{row_of(cells, queries.plan(project)[2].name)}due"] = ""
    answer = lead.submit(f"{project.path}/plan", **cells)
    assert answer.status_code == 422 and "drop the milestone" in answer.text


def test_what_slips_past_what_follows_it_is_saved_and_the_clash_is_shown(signed_in, client):
    project = make_project(ProjectState.RUNNING)
    first, second = queries.plan(project)[2:4]
    actions.change_milestone(second, name="Draft", partner=None, person=None, must_follow=[first], actor=project.lead)
    actions.move(first, due=DAY("2031-01"), reason=DelayReason.DATA, actor=project.lead)
    said = f"Due before “{first.name}”, which must come first."
    assert said in signed_in(project.lead).get(f"{project.path}/plan").text
    assert said in client.get(project.path).text
    actions.mark_done(first, on=DAY("2026"), actor=project.lead)
    assert said not in client.get(project.path).text


def test_done_rows_keep_their_number_dropped_ones_have_none_and_stay_linked(signed_in, project):
    actions.drop(named(project, "Inception"), words="", actor=project.lead)
    actions.mark_done(named(project, "Concept"), on=DAY("2026"), actor=project.lead)
    lead = signed_in(project.lead)
    cells = open_table(lead, project)
    draft = row_of(cells, "Draft")
    assert (draft, cells[f"{draft}after"]) == ("row-1-", "")
    assert lead.submit(f"{project.path}/plan", **cells | {f"{draft}after": "1"}).status_code == 303
    assert {before.name for before in named(project, "Draft").must_follow} == {"Concept", "Inception"}


def test_an_empty_table_makes_a_first_plan(signed_in):
    project = make_project(ProjectState.RECRUITING)
    lead = signed_in(project.lead)
    cells = cells_of(lead.get(f"{project.path}/plan?rows=1"))
    one, two = new_row(cells), new_row(cells, 1)
    cells |= {f"{one}name": "Draft", f"{one}after": "2", f"{one}due": "2027", f"{two}name": "Idea"}
    assert lead.submit(f"{project.path}/plan", **cells).status_code == 303
    assert [before.name for before in named(project, "Draft").must_follow] == ["Idea"]
    bad = cells_of(lead.get(f"{project.path}/plan"))
    answer = lead.submit(f"{project.path}/plan", **bad | {f"{new_row(bad)}due": "2028"})
    assert answer.status_code == 422 and "Write what is due." in answer.text


def test_a_plan_has_an_end(signed_in, project):
    db.session.add_all([Milestone(project=project, name=f"M{n}") for n in range(actions.MOST_MILESTONES - 4)])
    lead = signed_in(project.lead)
    cells = open_table(lead, project)
    cells |= {f"{new_row(cells, place)}name": "One more" for place in (2, 1)}
    answer = lead.submit(f"{project.path}/plan", **cells)
    assert answer.status_code == 422 and "at most 150 milestones" in answer.text


def test_a_stopped_project_shows_its_plan_to_read(signed_in, project):
    projects.take_step(project, "stop", actor=project.lead, reason="Elections")
    lead = signed_in(project.lead)
    page = lead.get(f"{project.path}/plan")
    assert "Resume it" in page.text and "row-0-name" not in page.text
    assert lead.submit(f"{project.path}/plan", **{"row-0-name": "x"}).status_code == 409


def test_the_table_costs_the_same_with_more_rows(signed_in, queries, project):
    lead = signed_in(project.lead)

    def grow(number):
        each = add(project, f"M{number}", "2029", after=[named(project, "Concept")])
        actions.change_milestone(
            each, name=each.name, partner=project.partners[1], person=None, helpers=project.partners, actor=project.lead
        )

    def cost():
        db.session.flush()
        db.session.expire_all()
        with queries() as made:
            open_table(lead, project)
        return len(made)

    grow(0)
    few = cost()
    for number in range(1, 6):
        grow(number)
    assert cost() == few
