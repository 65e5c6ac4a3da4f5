"""Workbooks as Excel reads them: true numbers and days, texts that never calculate."""

import io
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from tracker.dates import PartialDate
from tracker.i18n import speaking
from tracker.workbooks import LONGEST_CELL, Column, Kind, Workbook

COLUMNS = [
    Column("Title", width=30),
    Column("Projects", Kind.WHOLE),
    Column("Share", Kind.SHARE),
    Column("Start", Kind.DAY, note="The day on which it began."),
]


def written(*rows, columns=COLUMNS, names=("Projects",), total=None):
    """The workbook with these rows on each sheet, read back."""
    target = io.BytesIO()
    with Workbook(target, title="All") as book:
        for name in names:
            sheet = book.sheet(name, columns)
            for row in rows:
                sheet.row(row)
            if total:
                sheet.total(total)
    return load_workbook(io.BytesIO(target.getvalue()))


def test_numbers_shares_and_days_are_what_they_are():
    sheet = written(["Work", 3, 0.25, date(2026, 1, 31)]).active
    assert [cell.value for cell in sheet[2]] == ["Work", 3, 0.25, datetime(2026, 1, 31)]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "d"]
    assert [cell.number_format for cell in sheet[2]][1:] == ["#,##0", "0.0%", "yyyy-mm-dd"]


def test_the_header_stays_in_view_and_filters_leave_the_total_out():
    sheet = written(["a", 1, None, None], ["b", 2, None, None], total=["All", 3, None, None]).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D3"
    assert [cell.value for cell in sheet[1]] == ["Title", "Projects", "Share", "Start"]
    assert sheet.cell(1, 4).comment.text == "The day on which it began."
    assert sheet.column_dimensions["A"].width == pytest.approx(30, abs=1)


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("https://evil.example","x")', "+1", "-1+1", "@SUM(A1)", "https://a.org", "12"]
)
def test_what_people_wrote_stays_text(text):
    cell = written([text, None, None, None]).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@"))


def test_a_text_in_a_column_of_numbers_and_a_vague_day_stay_text():
    row = written(["a", "=1+1", None, PartialDate("2026-09")], ["b", 1, None, PartialDate("2026-09-30")]).active
    assert [row["B2"].value, row["B2"].data_type, row["D2"].value] == ["=1+1", "s", "2026-09"]
    assert row["D3"].value == datetime(2026, 9, 30)


def test_what_no_cell_can_hold_is_made_to_fit():
    sheet = written(["a\x00b\x0b\ud800" + "c" * 40_000, None, None, date(1850, 5, 1)]).active
    assert sheet["A2"].value == ("ab" + "c" * 40_000)[:LONGEST_CELL]
    assert sheet["D2"].value == "1850-05-01"


def test_names_of_sheets_are_made_to_fit_and_differ():
    book = written(names=["7 Reports [by type/language] and much more", "7 Reports", "7 reports", "History", "''"])
    assert len(set(map(str.casefold, book.sheetnames))) == 5
    assert book.sheetnames[0] == "7 Reports by type language and"
    assert all(len(name) <= 31 for name in book.sheetnames)


@pytest.mark.parametrize(("tag", "mirrored"), [("en", False), ("ar-XB", True)])
def test_sheets_run_as_the_language_does(tag, mirrored):
    with speaking(tag):
        assert bool(written().active.sheet_view.rightToLeft) is mirrored


def test_nothing_is_left_of_a_workbook_that_failed(tmp_path):
    path = tmp_path / "a.xlsx"
    with pytest.raises(ZeroDivisionError), Workbook(path) as book:
        book.sheet("One", COLUMNS).row(["a", 1 / 0, None, None])
    assert list(tmp_path.iterdir()) == []


def test_choices_are_offered_and_locked_columns_kept():
    columns = [Column("Id", is_locked=True, is_hidden=True), Column("State", choices=["done", "planned"])]
    target = io.BytesIO()
    with Workbook(target) as book:
        sheet = book.sheet("Plan", columns, protect=True)
        sheet.row(["1", "done"])
    sheet = load_workbook(io.BytesIO(target.getvalue())).active
    assert sheet.protection.sheet
    assert (sheet["A2"].protection.locked, sheet["B2"].protection.locked) == (True, False)
    assert sheet.column_dimensions["A"].hidden
    assert sheet.data_validations.dataValidation[0].formula1 == '"done,planned"'


def test_a_long_list_to_choose_from_stands_on_a_hidden_sheet(tmp_path):
    names = [f"Institute {number}, of many words" for number in range(30)]
    path = tmp_path / "list.xlsx"
    with Workbook(path) as book:
        book.sheet("Plan", [Column("Institution", choices=names), Column("Again", choices=names[:3])]).row(["", ""])
    read = load_workbook(path)
    first, second = read["Plan"].data_validations.dataValidation
    assert (first.formula1, second.formula1) == ("'lists'!$A$1:$A$30", "'lists'!$B$1:$B$3")
    assert [cell.value for cell in read["lists"]["A"]] == names
    assert read["lists"].sheet_state == "hidden"
