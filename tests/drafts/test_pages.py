import gzip
import io
import re

import pytest
from werkzeug.datastructures import FileStorage

from tests.drafts.made import TEXT, book, written
from tests.factories import make_draft, make_person, make_project, make_report
from tracker.drafts import queries
from tracker.drafts.rounds import read_next
from tracker.drafts.states import ReadingState
from tracker.projects.states import ProjectState

LARGEST_PAGE = 14 * 1024


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project)


def upload(data: bytes, name: str = "Draft.docx"):
    return FileStorage(io.BytesIO(data), filename=name)


def test_whoever_takes_part_brings_a_word_file_and_reads_it_in_the_browser(project, report, signed_in):
    browser = signed_in(project.partner_people[0])
    sent = browser.submit(f"{report.path}/drafts", upload=upload(written()), note="All new.", language="en")
    assert sent.status_code == 303
    draft = queries.current(report)
    waiting = browser.get(draft.path)
    assert "http-equiv" in waiting.text and "data-again" in waiting.text
    assert read_next()
    page = browser.get(draft.path).text
    assert "http-equiv" not in page
    assert re.search(r'<h2 dir="ltr" id="b1">Water in cities</h2>', page)
    assert re.search(r'<h3 dir="rtl" id="b\d+">ماذا وجدنا</h3>', page)
    assert "<mfrac>" in page and '<th scope="col">Litres</th>' in page
    picture = re.search(r'<img src="(/drafts/\d+/pictures/1)"', page)
    with browser.get(picture[1]) as shown:
        assert (shown.mimetype, shown.headers["Content-Disposition"][:6]) == ("image/webp", "inline")
    with browser.get(f"{draft.path}/file") as original:
        assert original.data == written()


def test_a_note_leads_to_its_text_and_back(report, project, signed_in):
    draft = make_draft(report, TEXT)
    page = signed_in(project.lead).get(draft.path).text
    target = re.search(r'href="#(b\d+)" role="doc-noteref"', page)[1]
    assert re.search(rf'id="{target}">A note on sharing.<a href="#b2" role="doc-backlink"', page)


def test_the_list_says_in_words_which_draft_is_the_current_one(report, project, signed_in):
    make_draft(report, note="First words.")
    make_draft(report, note="With the wells.")
    page = signed_in(project.lead).get(f"{report.path}/drafts").text
    assert page.count("the current one") - page.count("Make it the current one") == 1
    assert page.index("With the wells.") < page.index("First words.")


def test_another_draft_is_made_the_current_one_after_a_question(report, project, signed_in):
    first = make_draft(report)
    make_draft(report)
    browser = signed_in(project.lead)
    assert "Draft 2 is the current one now." in browser.get(f"{first.path}/current").text
    assert queries.current(report).number == 2
    assert browser.submit(f"{first.path}/current").status_code == 303
    assert queries.current(report).number == 1


def test_who_does_not_take_part_sees_no_draft(report, project, signed_in, client):
    draft = make_draft(report)
    stranger = signed_in(make_person())
    for path in (draft.path, f"{draft.path}/file", f"{draft.path}/compare", f"{report.path}/drafts"):
        assert stranger.get(path).status_code == 404
        assert client.get(path).location.startswith("/sign-in")


def test_two_drafts_are_compared_with_words_and_signs(report, project, signed_in):
    same, moved = "Nothing else was found.\n\nNobody knows why.", "The method was the same in both."
    make_draft(report, f"# Water\n\nRivers are shared by two countries.\n\n{moved}\n\n{same}\n\nGone soon.")
    draft = make_draft(report, f"# Water\n\nRivers are shared by three countries.\n\n{same}\n\n{moved}\n\nNew here.")
    page = signed_in(project.lead).get(f"{draft.path}/compare").text
    assert "From draft 1 to draft 2: 1 paragraph changed, 1 added, 1 removed and 1 moved." in page
    assert re.search(r"Changed: paragraph 2.*<del>.*two.*</del><ins>.*three.*</ins>", page, re.DOTALL)
    assert "Moved away: was paragraph 3, is paragraph 5 now" in page
    assert "Moved here: paragraph 5, was paragraph 3" in page
    assert "Removed: was paragraph 6" in page and "Added: paragraph 6" in page
    assert re.search(r"<details[^>]*>\s*<summary[^>]*>2 paragraphs are the same", page)


def test_a_long_report_is_read_and_compared_in_pages_that_are_small(report, project, signed_in, request):
    text = book(25)
    make_draft(report, text)
    draft = make_draft(report, text.replace("households", "farmers"))
    browser = signed_in(project.lead)
    for address in (draft.path, f"{draft.path}/compare?with=1"):
        first = browser.get(address)
        pages = int(re.search(r"Page 1 of (\d+)", first.text)[1])
        assert pages > 1
        mark = "&" if "?" in address else "?"
        for number in {1, pages // 2, pages}:
            with request.getfixturevalue("queries")() as log:
                page = browser.get(f"{address}{mark}page={number}")
            assert len(log) < 25
            assert len(gzip.compress(page.data, 6)) < LARGEST_PAGE, (address, number)


def test_every_link_within_a_long_report_leads_to_its_block(report, project, signed_in):
    draft = make_draft(report, book(20))
    browser, wanted, found = signed_in(project.lead), set(), set()
    number = pages = 1
    while number <= pages:
        page = browser.get(f"{draft.path}?page={number}").text
        pages = int(re.search(r"Page \d+ of (\d+)", page)[1])
        wanted |= {(number, block) for block in re.findall(r'href="#(b\d+)"', page)}
        wanted |= {(int(there), block) for there, block in re.findall(r'href="/drafts/\d+\?page=(\d+)#(b\d+)"', page)}
        found |= {(number, block) for block in re.findall(r'id="(b\d+)"', page)}
        number += 1
    assert wanted and wanted <= found
    assert {block for _page, block in found} == {f"b{at}" for at in range(1, len(draft.blocks) + 1)}
    assert len(found) == len(draft.blocks)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Draft.docx", b"MZ" + b"\0" * 2000, "not what its name says"),
        ("Draft.pdf", None, "not what its name says"),
        ("Draft.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "old Word file"),
        ("Draft.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "as a Word document (.docx)"),
        ("Draft.xlsx", b"PK", "A draft is a Word"),
        ("Draft.md", b"\xff\x00\x01 binary", "UTF-8"),
        ("Draft.md", b"", "empty"),
    ],
)
def test_a_file_that_is_something_else_is_refused_beside_its_field(report, project, signed_in, name, content, words):
    sent = signed_in(project.lead).submit(
        f"{report.path}/drafts",
        upload=upload(written() if content is None else content, name),
        note="What I wrote.",
        language="fr",
    )
    assert sent.status_code == 422
    assert re.search(rf'id="upload-error">[^<]*<span[^>]*>Error: </span>[^<]*{re.escape(words)}', sent.text)
    assert "What I wrote." in sent.text
    assert '<option selected value="fr">' in sent.text
    assert queries.drafts_of(report) == []


def test_a_pdf_is_kept_as_it_is(report, project, signed_in):
    browser = signed_in(project.lead)
    browser.submit(f"{report.path}/drafts", upload=upload(b"%PDF-1.7\n" + b"x" * 300, "Final.pdf"), language="en")
    draft = queries.current(report)
    assert draft.reading is ReadingState.NONE
    assert "A PDF is not shown" in browser.get(draft.path).text
