"""Ready-dated plans: chosen with a look at their dates, made from a project that went well, moved as a whole."""

from datetime import date

import pytest

from tests.factories import make_network, make_person, make_project
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.milestones import actions as milestones
from tracker.milestones import queries as plans
from tracker.milestones.states import DelayReason
from tracker.plans import actions, queries
from tracker.projects.states import ProjectState

DAY = PartialDate


@pytest.fixture
def finished():
    """A project that went well: three milestones, the second after the first, the third slipped since."""
    project = make_project(ProjectState.RUNNING)
    held = plans.plan(project)
    for each in held[3:]:
        milestones.drop(each, words="Not needed", actor=project.lead)
    project.starts_on = DAY(f"{held[0].due.year}-01")
    milestones.change_milestone(
        held[1], name="Fieldwork", partner=None, person=None, must_follow=[held[0]], actor=project.lead
    )
    milestones.move(held[2], due=DAY("2031-05-05"), reason=DelayReason.DATA, actor=project.lead)
    return project


def made(project, name="Short plan"):
    items = [actions.Item("Idea", 0, 0), actions.Item("Draft", 1, 0, (0,)), actions.Item("Launch", 13, 2, (0, 1))]
    return actions.make_template(project, name=name, items=items, actor=project.coordinator)


def test_a_coordinator_makes_a_template_of_what_was_first_promised(signed_in, finished):
    browser, path = signed_in(finished.coordinator), f"{finished.path}/plan/template"
    first, fieldwork, slipped = sorted(each.id for each in plans.plan(finished))[:3]
    page = browser.get(path).text
    assert f'name="item-{slipped}-months" type="number" value="2"' in page  # as promised, not as it slipped
    assert f'name="item-{first}-days" type="number" value="30"' in page
    cells = {f"item-{first}-taken": "y", f"item-{first}-name": "Idea", f"item-{first}-months": "0"}
    cells |= {f"item-{first}-days": "30", f"item-{fieldwork}-taken": "y", f"item-{fieldwork}-name": "Fieldwork"}
    cells |= {f"item-{fieldwork}-months": "1", f"item-{fieldwork}-days": "27"}
    assert browser.submit(path, name="Field study", **cells).status_code == 303
    template = queries.templates(finished.network)[0]
    held = [(item.name, item.months, item.days, item.follows) for item in template.items]
    assert held == [("Idea", 0, 30, []), ("Fieldwork", 1, 27, [0])]
    assert "Field study" in browser.get(f"{finished.network.path}/plan-templates").text


def test_a_template_keeps_the_order_of_its_plan(signed_in, finished):
    first, fieldwork = sorted(each.id for each in plans.plan(finished))[:2]
    cells = {f"item-{each}-{key}": "1" for each in (first, fieldwork) for key in ("taken", "name", "months", "days")}
    cells[f"item-{fieldwork}-months"] = "0"
    answer = signed_in(finished.coordinator).submit(f"{finished.path}/plan/template", name="Short", **cells)
    assert answer.status_code == 422 and "It must come after “Concept”" in answer.text


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"name": ""}, "Give it a name."),
        ({"name": "x" * 121}, "120"),
        ({"months": "-1"}, "nothing lies before the start"),
        ({"months": "9" * 4000}, "Give a whole number"),
        ({"days": "367"}, "Give a whole number"),
        ({"days": ""}, "Give a whole number"),
        ({"item": ""}, "Write what is due."),
        ({"taken": ""}, "Choose at least one milestone."),
    ],
)
def test_what_is_wrong_with_a_template_is_said_and_none_is_made(signed_in, finished, bad, said):
    row = f"item-{plans.plan(finished)[0].id}"
    given = {"name": "Field study", "taken": "y", "item": "Idea", "months": "1", "days": "0"} | bad
    cells = {"name": given["name"], f"{row}-name": given["item"]}
    cells |= {f"{row}-{key}": given[key] for key in ("taken", "months", "days") if key != "taken" or given[key]}
    answer = signed_in(finished.coordinator).submit(f"{finished.path}/plan/template", **cells)
    assert answer.status_code == 422 and said in answer.text
    assert queries.templates(finished.network) == []


def test_a_project_without_a_plan_sees_the_dates_first_and_takes_the_networks_template(signed_in, finished):
    template = made(finished)
    other = make_network("Elsewhere")
    project = make_project(ProjectState.RECRUITING, network=finished.network)
    lead, path = signed_in(project.lead), f"{project.path}/plan"
    assert "Short plan" in lead.get(path).text
    chosen = {"template": actions.key_of(template), "start": "2027-01-31"}
    preview = lead.submit(path, preview="1", **chosen)
    assert preview.status_code == 200
    for words in ("Sunday, 31 January 2027", "Sunday, 28 February 2027", "Thursday, 2 March 2028"):
        assert words in preview.text
    assert plans.plan(project) == []
    assert lead.submit(path, **chosen).status_code == 303
    idea, draft, launch = plans.plan(project)
    assert (str(launch.due), launch.must_follow, draft.must_follow) == ("2028-03-02", [idea, draft], [idea])
    elsewhere = make_project(ProjectState.RECRUITING, network=other)
    page = signed_in(elsewhere.lead).submit(f"{elsewhere.path}/plan", **chosen)
    assert page.status_code == 422 and "Short plan" not in page.text


def test_a_plan_does_not_begin_before_its_project(signed_in):
    project = make_project(ProjectState.RECRUITING)
    project.starts_on = DAY("2027-03")
    lead, path = signed_in(project.lead), f"{project.path}/plan"
    given = {"template": "policy-brief", "start": "2027-02-28"}
    answer = lead.submit(path, **given)
    assert answer.status_code == 422 and "The project starts on March 2027." in answer.text
    assert lead.submit(path, **given | {"start": "2027-03-01"}).status_code == 303
    first = plans.plan(project)[0]
    answer = lead.submit(f"/milestones/{first.id}/edit", version=1, name="Idea", due="2027-02", partner="", person="")
    assert answer.status_code == 422 and "The project starts on" in answer.text
    refused = lead.submit(f"{path}/shift", start="2027-01-05")
    assert refused.status_code == 422 and "The project starts on" in refused.text


def test_a_plan_begun_on_a_leap_day_falls_on_the_last_of_february(client):
    project = make_project(ProjectState.RECRUITING)
    plan = milestones.plan_from_template(project, "paired-study", date(2028, 2, 29), actor=project.lead)
    assert {"2028-02-29", "2028-03-29", "2029-02-28", "2029-08-29"} <= {str(each.due) for each in plan}


def test_a_whole_plan_moves_while_nothing_is_promised(signed_in):
    project = make_project(ProjectState.RECRUITING)
    plan = milestones.plan_from_template(project, "policy-brief", date(2027, 1, 31), actor=project.lead)
    done, *rest = plan
    milestones.mark_done(done, on=DAY("2025"), actor=project.lead)
    milestones.move(rest[-1], due=DAY("2027-07"), actor=project.lead)
    lead, path = signed_in(project.lead), f"{project.path}/plan/shift"
    assert "Sunday, 28 February 2027" in lead.get(path).text
    assert lead.submit(path, start="never").status_code == 422
    assert lead.submit(path, start="2027-08-30").status_code == 303
    assert [str(each.due) for each in plan] == [
        "2027-01-31",
        "2027-08-30",
        "2027-10-03",
        "2027-11-01",
        "2027-12-03",
        "2028-01",
    ]
    assert all(each.first_due == each.due for each in plan)
    assert "moved the whole plan" in lead.get(f"{project.path}/history").text


def test_promised_dates_do_not_move_all_at_once(signed_in, finished):
    lead = signed_in(finished.lead)
    before = [each.due for each in plans.plan(finished)]
    assert "promises" in lead.get(f"{finished.path}/plan/shift").text
    assert lead.submit(f"{finished.path}/plan/shift", start="2032-01-01").status_code == 409
    assert [each.due for each in plans.plan(finished)] == before
    empty = make_project(ProjectState.RECRUITING)
    with pytest.raises(RuleBroken, match="has a date"):
        actions.shift(empty, [], date(2027, 1, 1), actor=empty.lead)


def test_a_template_is_renamed_retired_and_brought_back(signed_in, finished):
    template, browser = made(finished), signed_in(finished.coordinator)
    listed = f"{finished.network.path}/plan-templates"
    assert browser.submit(f"/plan-templates/{template.id}/edit", name="").status_code == 422
    assert browser.submit(f"/plan-templates/{template.id}/edit", name="深圳").status_code == 303
    assert "stay as they are" in browser.get(f"/plan-templates/{template.id}/retire").text
    assert browser.submit(f"/plan-templates/{template.id}/retire").status_code == 303
    assert browser.submit(f"/plan-templates/{template.id}/retire").status_code == 409
    assert "Offer it again" in browser.get(listed).text and queries.templates(finished.network) == []
    assert actions.items_of(actions.key_of(template), finished.network_id) is None
    assert browser.submit(f"/plan-templates/{template.id}/restore").status_code == 303
    assert browser.submit(f"/plan-templates/{template.id}/restore").status_code == 409
    assert queries.templates(finished.network) == [template]
    assert template.name == "深圳"
    stranger = signed_in(make_person(coordinates=make_network("Elsewhere")))
    assert stranger.get(f"/plan-templates/{template.id}/edit").status_code == 403
    assert stranger.get(listed).status_code == 403
