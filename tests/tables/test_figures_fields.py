"""What the tables are made of, where people say it: gender, kinds of funders, corresponding authors."""

import re

from tests.factories import make_person, make_project, make_report
from tracker.database import db
from tracker.imports.project_funders import kinds_in
from tracker.institutions.states import Gender
from tracker.projects.states import ProjectState


def _profile(person, **said):
    return {"name": person.name, "time_zone": person.time_zone, "rhythm": person.rhythm.value, **said}


def test_a_person_says_a_gender_and_takes_it_back_and_it_is_shown_nowhere(signed_in):
    person = make_person("Rahima Khatun")
    browser = signed_in(person)
    assert person.gender is Gender.UNSAID
    assert browser.submit("/account", **_profile(person, gender="woman")).status_code == 303
    assert person.gender is Gender.WOMAN
    assert ">woman<" not in browser.get(f"/people/{person.id}").text
    assert browser.submit("/account", **_profile(person, gender="")).status_code == 303
    assert person.gender is Gender.UNSAID
    assert browser.submit("/account", **_profile(person, gender="robot")).status_code == 422


def test_a_lead_says_what_kinds_of_funders_pay(signed_in):
    project = make_project(ProjectState.RECRUITING)
    browser = signed_in(project.lead)
    form = {"version": project.version, "title": project.title, "language": "en", "working_language": ""}
    path = f"{project.path}/edit"
    assert browser.submit(path, **form, funder_kinds=["own", "foundation"]).status_code == 303
    assert project.funder_kinds == ["foundation", "own"]
    boxes = re.findall('<input[^>]*name="funder_kinds"[^>]*>', browser.get(path).text)
    assert [re.search('value="([^"]*)"', box).group(1) for box in boxes if "checked" in box] == ["own", "foundation"]
    again = form | {"version": project.version}
    assert browser.submit(path, **again, funder_kinds=["own", "the moon"]).status_code == 422
    assert browser.submit(path, **again, funder_kinds=["own"]).status_code == 303
    assert project.funder_kinds == ["own"]
    stale = browser.submit(path, **again, funder_kinds=["company"])
    assert stale.status_code == 409
    assert "Saved meanwhile by somebody else:" in stale.text and project.funder_kinds == ["own"]


def test_several_authors_may_be_corresponding_ones(signed_in):
    project = make_project(ProjectState.RUNNING)
    report = make_report(project)
    browser = signed_in(project.lead)
    db.session.expire(report)
    form = {"version": report.version}
    for place, (name, corresponds) in enumerate((("Ana", True), ("Bo", False), ("Chi", True))):
        form |= {f"authors-{place}-name": name, f"authors-{place}-person": ""}
        if corresponds:
            form[f"authors-{place}-is_corresponding"] = "y"
    assert browser.submit(f"{report.path}/edit/authors", **form).status_code == 303
    assert [(row.name, row.is_corresponding) for row in report.authors] == [("Ana", True), ("Bo", False), ("Chi", True)]


def test_kinds_of_funders_are_read_from_well_known_names_and_never_guessed():
    assert kinds_in("own resources") == ["own"]
    assert kinds_in("IDRC and UK DFID (project 107643-001)") == ["development-agency"]
    assert kinds_in("Hewlett Foundation; World Bank") == ["multilateral", "foundation"]
    assert kinds_in("Think Tank Initiative; Think Tank Fund; Knowledge Sector Initiative") == []
    assert kinds_in("") == kinds_in("Friends of the river") == []
