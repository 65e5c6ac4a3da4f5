"""A plan goes out as a workbook and comes back: shown first, then applied, all or nothing."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from tests.factories import make_person, make_project
from tests.sheets.workbooks import Filled, upload
from tracker.activity.models import Activity
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.queries import plan
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.projects.states import ProjectState
from tracker.sheets.models import Sheet


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def page(project):
    return f"{project.path}/plan/sheet"


@pytest.fixture
def lead(signed_in, project):
    return signed_in(project.lead)


@pytest.fixture
def filled(lead, page):
    """The workbook as the lead has just downloaded it."""
    return Filled(lead.get(f"{page}.xlsx").data)


def send(lead, page, filled):
    """Upload it and look at what it would change."""
    answer = upload(lead, page, filled.data())
    assert answer.status_code == 303, answer.text
    return lead.get(answer.location), answer.location


def first_two(project):
    return plan(project)[:2]


def test_the_workbook_holds_the_plan_with_real_days_and_lists_to_choose_from(project, filled):
    assert filled.book.worksheets[0].freeze_panes == "A2"
    milestone = plan(project)[0]
    row = filled.row(milestone.name)
    due = filled.sheet.cell(row, filled.column("Date")).value
    assert due.date() == date.fromisoformat(str(milestone.due))
    offered = [known for rule in filled.sheet.data_validations.dataValidation for known in rule.formula1.split(",")]
    assert any("done" in known for known in offered)
    assert filled.sheet.column_dimensions[openpyxl.utils.get_column_letter(len(filled.headings))].hidden


def test_what_is_sent_back_is_shown_and_changes_nothing_until_it_is_confirmed(lead, page, project, filled):
    first, second = first_two(project)
    before = second.due
    filled.put(second.name, Date="2027-03", Reason_for_a_new_date="data access", In_a_few_words="The office is slow.")
    filled.add(What_is_due="Field visit", Date=date(2027, 4, 30))
    shown, path = send(lead, page, filled)
    assert "March 2027" in shown.text and "data access" in shown.text and "Field visit" in shown.text
    assert "Nothing is changed yet" in shown.text
    db.session.expire_all()
    assert second.due == before and "Field visit" not in [one.name for one in plan(project)]
    answer = lead.submit(path)
    assert answer.status_code == 303
    db.session.expire_all()
    assert (str(second.due), second.first_due) == ("2027-03", before)
    assert [(change.reason, change.words) for change in second.changes] == [(DelayReason.DATA, "The office is slow.")]
    added = next(one for one in plan(project) if one.name == "Field visit")
    assert str(added.due) == "2027-04-30"
    assert "applied on" in lead.get(path).text
    assert "applied already" in lead.submit(path).text
    assert first.changes == []


def test_cells_that_cannot_be_are_named_by_row_and_column_and_nothing_can_be_applied(lead, page, project, filled):
    first, second = first_two(project)
    filled.put(first.name, Date="=TODAY()", Responsible_institution="Nobody we know")
    filled.put(second.name, Date="2026-02-30", State="finished")
    filled.add(Date="2027")
    shown, path = send(lead, page, filled)
    for words in (
        "holds a formula",
        "“Nobody we know” is none of these",
        "There is no such day as 2026-02-30",
        "“finished” is none of these",
        "Write what is due.",
        "Nothing can be applied yet: 3 rows are refused",
    ):
        assert words in shown.text, words
    held = {one.id: one.version for one in plan(project)}
    assert lead.submit(path).status_code == 303  # it is looked at once more
    db.session.expire_all()
    assert {one.id: one.version for one in plan(project)} == held


def test_the_rules_of_the_plan_refuse_a_row_before_anything_is_confirmed(lead, page, project, filled):
    first, second = first_two(project)
    filled.put(second.name, Date="2027-03")  # a project that runs wants the reason
    filled.put(first.name, State="dropped")
    shown, _path = send(lead, page, filled)
    assert "Say why the date moves." in shown.text and "Say why the milestone is dropped." in shown.text
    assert db.session.query(Milestone).filter_by(state=MilestoneState.DROPPED).count() == 0


def test_what_others_changed_meanwhile_stays_unless_the_file_is_chosen(lead, page, project, filled):
    first, second = first_two(project)
    milestones.change_milestone(first, name="Kick-off", partner=None, person=None, actor=project.lead)
    milestones.change_milestone(second, name="Theirs", partner=None, person=None, actor=project.lead)
    db.session.commit()
    filled.put(3, What_is_due="Mine")  # the second row of the plan
    shown, path = send(lead, page, filled)
    assert "Changed by others meanwhile" in shown.text and "Theirs" in shown.text and "Mine" in shown.text
    assert "Kick-off" not in shown.text  # what only others changed is no matter of this file
    lead.submit(path)
    db.session.expire_all()
    assert (first.name, second.name) == ("Kick-off", "Theirs")
    again, path = send(lead, page, filled)
    lead.submit(path, **{"choice-3-name": "mine"})
    db.session.expire_all()
    assert (first.name, second.name) == ("Kick-off", "Mine"), again.text


@pytest.mark.parametrize(("choice", "stands"), [("theirs", "2029-10"), ("mine", "2029-12-31")])
def test_two_new_dates_for_one_milestone_each_with_its_reason(lead, page, project, filled, choice, stands):
    first, _second = first_two(project)
    filled.put(first.name, Date=date(2029, 12, 31), Reason_for_a_new_date="data access")
    milestones.move(first, due=PartialDate("2029-10"), reason=DelayReason.TRAVEL, actor=project.lead)
    db.session.commit()
    shown, path = send(lead, page, filled)
    assert "Changed by others meanwhile" in shown.text and "refused" not in shown.text
    assert lead.submit(path, **{f"choice-{filled.row(first.name)}-due": choice}).status_code == 303
    db.session.refresh(first)
    assert str(first.due) == stands


def test_a_change_between_look_and_confirmation_is_shown_first(lead, page, project, filled):
    second = first_two(project)[1]
    filled.put(second.name, What_is_due="Mine")
    _shown, path = send(lead, page, filled)
    milestones.change_milestone(second, name="Theirs", partner=None, person=None, actor=project.lead)
    db.session.commit()
    answer = lead.submit(path)
    assert answer.location == path
    assert "has changed since you looked" in lead.get(path).text
    db.session.expire_all()
    assert second.name == "Theirs"


def test_rows_of_another_plan_and_rows_that_stand_twice_are_refused(lead, page, project, filled):
    other = make_project(ProjectState.RUNNING, lead=project.lead)
    theirs = Filled(lead.get(f"{other.path}/plan/sheet.xlsx").data)
    code = len(filled.headings)
    filled.sheet.cell(2, code, theirs.sheet.cell(2, code).value)
    filled.sheet.cell(3, code, filled.sheet.cell(4, code).value)
    shown, _path = send(lead, page, filled)
    assert "belongs to something else" in shown.text and "stands twice" in shown.text
    refused = upload(lead, page, theirs.data())
    assert refused.status_code == 422 and "belongs to another page" in refused.text


def macros(data):
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    return target.getvalue()


def merged(data):
    filled = Filled(data)
    filled.sheet.merge_cells("A2:A3")
    return filled.data()


def another_sheet(data):
    filled = Filled(data)
    filled.sheet["A1"] = "Something else"
    return filled.data()


def without_mark(data):
    filled = Filled(data)
    filled.book["tracker"]["A1"] = "?"
    return filled.data()


def many_rows(data):
    filled = Filled(data)
    for number in range(2_100):
        filled.sheet.cell(number + 20, 1, "x")
    return filled.data()


def swollen(data):
    """Few bytes that become a million elements once they are read."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for part in source.infolist():
            many = b"<a/>" * 1_100_000 if part.filename == "xl/styles.xml" else b""
            package.writestr(part.filename, source.read(part).replace(b"</styleSheet>", many + b"</styleSheet>"))
    return target.getvalue()


BAD = {
    "swollen": (swollen, "The workbook holds too much."),
    "macros": (macros, "holds macros"),
    "merged": (merged, "Cells are merged: A2:A3"),
    "another-sheet": (another_sheet, "No sheet of the workbook begins with the columns"),
    "not-ours": (without_mark, "was not downloaded here"),
    "many-rows": (many_rows, "more than 2000 filled rows"),
    "empty": (lambda _data: b"", "The file is empty."),
    "text": (lambda _data: b"What is due;Date\n", "is not an Excel workbook"),
    "old": (lambda _data: b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel file"),
    "cut-off": (lambda data: data[: len(data) // 2], "is not an Excel workbook"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_is_no_such_workbook_is_refused_in_plain_words(lead, page, project, filled, what):
    spoil, words = BAD[what]
    answer = upload(lead, page, spoil(filled.data()))
    assert answer.status_code == 422
    assert words in answer.text
    assert db.session.query(Sheet).count() == 0


def test_two_people_of_one_name_stay_who_they_are(lead, page, project):
    milestone = plan(project)[0]
    first, second = make_person(name="Ana Silva"), make_person(name="Ana Silva")
    for person in (first, second):
        project.members.append(type(project.members[0])(person=person))
    milestone.person = first
    db.session.commit()
    filled = Filled(lead.get(f"{page}.xlsx").data).put(milestone.name, In_a_few_words="")
    shown, path = send(lead, page, filled)
    assert "Ana Silva" not in shown.text
    shown, path = send(lead, page, filled.put(milestone.name, Responsible_person="Ana Silva (2)"))
    assert lead.submit(path).status_code == 303
    assert milestone.person_id == second.id


def test_a_workbook_whose_xml_is_broken_is_refused(lead, page, filled):
    source, target = zipfile.ZipFile(io.BytesIO(filled.data())), io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for part in source.infolist():
            data = source.read(part)
            package.writestr(part, data[: len(data) // 2] if part.filename.endswith("sheet1.xml") else data)
    answer = upload(lead, page, target.getvalue())
    assert answer.status_code == 422 and "cannot be read" in answer.text


def test_only_who_leads_may_and_only_who_uploaded_sees(lead, page, project, filled, signed_in, client):
    partner = signed_in(project.partner_people[0])
    assert partner.get(page).status_code == 403 and partner.get(f"{page}.xlsx").status_code == 403
    assert client.get(page).status_code == 303
    filled.add(What_is_due="Visit")
    _shown, path = send(lead, page, filled)
    assert signed_in(project.coordinator).get(path).status_code == 404
    member = next(one for one in project.members if one.person_id == project.lead.id)
    project.members.append(type(member)(person=make_person(), is_lead=True))
    member.is_lead = False
    for partner in project.partners:
        for contact in partner.institution.contacts if partner.institution else ():
            contact.until = contact.since
    db.session.commit()
    assert lead.submit(path).status_code in (403, 404)


def test_cells_that_look_like_formulas_leave_and_come_back_as_text(lead, page, project):
    milestone = plan(project)[0]
    milestone.name = '=HYPERLINK("http://example.org")'
    db.session.commit()
    filled = Filled(lead.get(f"{page}.xlsx").data)
    cell = filled.sheet.cell(2, 1)
    assert (cell.value, cell.data_type) == (milestone.name, "s")
    target = io.BytesIO(lead.get(f"{page}.xlsx").data)
    shown = lead.get(upload(lead, page, target.read()).location)
    assert "there is nothing to change" in shown.text


def test_each_row_that_changes_something_is_one_line_of_the_history(lead, page, project, filled):
    first, second = first_two(project)
    count = db.session.query(Activity).count()
    filled.put(first.name, State="done", Done_on="2025-02-01")
    filled.put(second.name, What_is_due="Renamed")
    _shown, path = send(lead, page, filled)
    assert db.session.query(Activity).count() == count
    lead.submit(path)
    db.session.expire_all()
    assert first.state is MilestoneState.DONE and first.done_on == PartialDate("2025-02-01")
    assert db.session.query(Activity).count() == count + 2
