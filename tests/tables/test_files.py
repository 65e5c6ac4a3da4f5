"""Tables as files: true types, definitions beside them, texts that never calculate, names that say what they are."""

import csv
import io
from datetime import date, datetime

from openpyxl import load_workbook

from tests.factories import make_network, make_person
from tests.tables.made_up import make_table
from tracker import clock
from tracker.exports import rounds
from tracker.i18n import speaking
from tracker.tables import as_workbook
from tracker.tables.as_csv import as_csv

HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
TABLE = make_table(
    rows=[
        ("X", "=1+1", -3, 0.123456789, None, None),
        ("BD", 'A "quoted", name\nin two lines', 4, None, 2.0, date(2026, 1, 31)),
    ],
    parts=[make_table("parts", title="By [region]: all")],
)


def test_csv_reads_back_as_it_was():
    data = as_csv(TABLE)
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head == ["Country", "Projects", "Share they lead", "Median slip", "Latest"]
    assert rows == [
        ["'=1+1", "-3", "0.123457", "", ""],
        ['A "quoted", name\nin two lines', "4", "", "2.0", "2026-01-31"],
        ["All together", "1", "", "", ""],
    ]


def test_no_cell_of_a_csv_begins_a_formula():
    table = make_table(rows=[(str(n), words, 1, None, None, None) for n, words in enumerate(HOSTILE)])
    rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:-1]] == [f"'{words}" for words in HOSTILE]


def workbook():
    target = io.BytesIO()
    about = as_workbook.about("Southern Voices", "2026", date(2026, 11, 22))
    as_workbook.write(target, [TABLE, make_table("more", number=2, title="More")], about)
    return load_workbook(io.BytesIO(target.getvalue()))


def test_a_workbook_has_a_sheet_for_each_table_and_one_that_says_what_they_are():
    book = workbook()
    assert book.sheetnames == ["About", "1 Projects by country", "1 By region all", "2 More"]
    words = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True) if row[0]}
    assert words["Network"] == "Southern Voices" and words["Period"] == "2026"
    assert words["Figures as of"] == "22 November 2026"
    assert words["1 Projects by country"] == "Projects that began." and words["    Projects"] == "Each project once."


def test_its_cells_have_the_types_of_what_they_say():
    sheet = workbook()["1 Projects by country"]
    assert [[cell.value for cell in row] for row in sheet["A2:E4"]] == [
        ["=1+1", -3, 0.123456789, None, None],
        ['A "quoted", name\nin two lines', 4, None, 2, datetime(2026, 1, 31)],
        ["All together", 1, None, None, None],
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "n", "n"] and sheet["E3"].is_date
    assert sheet["C2"].number_format == "0.0%" and sheet["A4"].font.bold
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E3")


def test_a_workbook_for_readers_of_arabic_runs_from_right_to_left():
    with speaking("ar-XB"):
        assert all(sheet.sheet_view.rightToLeft for sheet in workbook())


def test_all_tables_come_as_one_file_named_for_what_it_holds(signed_in, monkeypatch):
    coordinator = make_person(coordinates=make_network("Southern Voices"))
    browser = signed_in(coordinator)
    with clock.frozen(datetime.fromisoformat("2026-11-22T10:00+00:00")):
        answer = browser.submit("/board/tables/files/all")
        assert (
            "Tables%20Southern%20Voices%202026-01-01%E2%80%932026-11-22.xlsx" in answer.headers["Content-Disposition"]
        )
        names = load_workbook(io.BytesIO(answer.data)).sheetnames
        assert {name.split(" ")[0] for name in names[1:]} >= {"1", "12"}
        monkeypatch.setattr("tracker.exports.handing.AT_ONCE", -1)
        page = browser.submit("/board/tables/files/all", period="all")
        assert page.status_code == 303
        rounds.make(1)
        assert "Tables Southern Voices all years.xlsx" in browser.get(page.location).text
        assert browser.submit("/board/tables/files/all", **{"from": "2026-13"}).status_code == 400
