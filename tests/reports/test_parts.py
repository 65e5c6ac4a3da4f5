"""The parts of a record that are lists: authors, files, subjects, languages, related outputs."""

import io

import pypdfium2
import pytest

from tests.factories import make_project, make_report
from tracker.projects.states import ProjectState
from tracker.reports import actions, queries, related
from tracker.reports.authors import MOST_AUTHORS
from tracker.reports.states import LinkKind

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"  # no page at all: it cannot be counted
ORCID = "0000-0002-1825-0097"


@pytest.fixture
def project():
    return make_project(ProjectState.REVIEW)


@pytest.fixture
def report(project):
    return queries.drafts(project)[0]


@pytest.fixture
def lead(signed_in, project):
    return signed_in(project.lead)


def written(report, authors, **fields):
    """What a browser sends for the authors."""
    sent = {"version": report.version} | fields
    for place, author in enumerate(authors):
        sent |= {f"authors-{place}-{name}": value for name, value in author.items()}
        sent.setdefault(f"authors-{place}-person", "")
    return sent


def pdf(pages):
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _page in range(pages):
        document.new_page(200, 200)
    document.save(out)
    return out.getvalue()


# --- authors ---------------------------------------------------------------------------------------------------------


def test_authors_are_held_as_printed_in_any_script_with_several_affiliations(lead, report, project):
    partner = project.partners[1].institution
    authors = [
        {"name": "Ana Cruz", "sort_name": "Cruz, Ana", "orcid": f"https://orcid.org/{ORCID}", "is_corresponding": "y"},
        {"name": "李小龙", "affiliation": "深圳大学", "more": f"{partner.name}\nOne more", "contributed_equally": "y"},
        {"name": "محمد", "has_no_affiliation": "y"},
        {"name": "", "affiliation": ""},
    ]
    assert lead.submit(f"{report.path}/edit/authors", **written(report, authors)).status_code == 303
    first, second, third = report.authors
    assert (first.orcid, first.is_corresponding, third.has_no_affiliation) == (ORCID, True, True)
    assert second.affiliations == [("深圳大学", None), (partner.name, partner), ("One more", None)]
    assert second.contributed_equally
    again = lead.get(f"{report.path}/edit/authors").text
    assert 'value="深圳大学"' in again and "One more</textarea>" in again


def test_buttons_of_the_author_list_keep_everything_typed_and_save_nothing(lead, report):
    path = f"{report.path}/edit/authors"
    before = (report.version, [author.name for author in report.authors])
    authors = [{"name": "First", "orcid": "wrong", "more": "Two\nlines"}, {"name": "Second"}, {"name": "Third"}]

    def order(command):
        answer = lead.submit(path, **written(report, authors, row=command))
        assert answer.status_code == 200
        names = [name for name in ("First", "Second", "Third") if f'value="{name}"' in answer.text]
        return sorted(names, key=lambda name: answer.text.index(f'value="{name}"')), answer.text

    assert order("down-0")[0] == ["Second", "First", "Third"]
    assert order("up-2")[0] == ["First", "Third", "Second"]
    assert order("remove-1")[0] == ["First", "Third"]
    shown, page = order("add")
    assert shown == ["First", "Second", "Third"]
    assert 'name="authors-3-name"' in page and 'value="wrong"' in page and "Two\nlines" in page
    for nonsense in ("up-0", "down-2", "remove-9", "up--1", "", "up-99999999999999", "sideways-1", "remove-٣"):
        assert order(nonsense)[0] == ["First", "Second", "Third"]
    assert (report.version, [author.name for author in report.authors]) == before


def test_a_forged_row_of_authors_is_no_error_of_ours(lead, report):
    for place in ("²", "٣", "9" * 5000, "-1", "x", "0-0", "\x00", "1e3", "99999999999"):
        sent = written(report, [], **{f"authors-{place}-name": "Forged", f"authors-{place}-person": ""})
        assert lead.submit(f"{report.path}/edit/authors", **sent).status_code in (303, 422), place


def test_76_authors_are_refused_and_none_is_lost(lead, report):
    path = f"{report.path}/edit/authors"
    rows = [{"name": f"Author {number}", "more": "Institute"} for number in range(MOST_AUTHORS + 1)]
    answer = lead.submit(path, **written(report, rows))
    assert answer.status_code == 422
    assert f'value="Author {MOST_AUTHORS}"' in answer.text
    ticks = dict.fromkeys(("sort_name", "affiliation", "orcid"), "") | {"is_corresponding": "y", "is_namesake": "y"}
    fits = [row | ticks | {"contributed_equally": "y", "has_no_affiliation": "y"} for row in rows[:-1]]
    assert lead.submit(path, **written(report, fits)).status_code == 303
    assert len(report.authors) == MOST_AUTHORS


WRONG = [
    [{"name": "Ana Cruz"}, {"name": "ANA CRÚZ"}],
    [{"name": "Ana Cruz", "orcid": ORCID}, {"name": "A. Cruz", "orcid": ORCID}],
    [{"name": "Ana Cruz", "orcid": ORCID}, {"name": "Ana Cruz", "orcid": ORCID, "is_namesake": "y"}],
    [{"name": "Ana Cruz", "orcid": "0000-0002-1825-0098"}],
    [{"name": "", "affiliation": "Somewhere"}],
    [{"name": "Ana Cruz", "person": "999999"}],
    [{"name": "x" * 201}],
    [{"name": "Ana Cruz", "more": "x" * 301}],
    [{"name": "Ana Cruz", "more": "\n".join(f"Place {number}" for number in range(11))}],
]


def test_what_is_wrong_with_an_author_is_said_beside_the_row(lead, report):
    version = report.version
    for wrong in WRONG:
        answer = lead.submit(f"{report.path}/edit/authors", **written(report, [*wrong, {"name": "Kept"}]))
        assert answer.status_code == 422, wrong
        assert "field__error" in answer.text and 'value="Kept"' in answer.text
        assert 'href="#authors-' in answer.text.partition("</ul>\n</div>")[0]  # what is wrong leads to its row
        assert report.version == version


def test_two_people_of_one_name_are_told_apart_by_saying_so(lead, report):
    rows = [{"name": "Wang Wei", "affiliation": "A"}, {"name": "Wang Wei", "affiliation": "B", "is_namesake": "y"}]
    assert lead.submit(f"{report.path}/edit/authors", **written(report, rows)).status_code == 303
    assert [author.affiliation for author in report.authors] == ["A", "B"]
    assert 'name="authors-1-is_namesake" type="checkbox" value="y"' in lead.get(f"{report.path}/edit/authors").text


# --- files -----------------------------------------------------------------------------------------------------------


def test_files_have_a_language_a_label_their_pages_and_an_order(lead, report):
    path = f"{report.path}/edit/files"
    sent = {"version": report.version, "upload": (io.BytesIO(pdf(3)), "report.pdf")}
    assert lead.submit(path, **sent).status_code == 303
    assert (report.file.name, report.pages) == ("report.pdf", 3)
    for name, language in (("informe.pdf", "es"), ("annex.txt", "")):
        data = pdf(2) if name.endswith("pdf") else b"How we asked.\n"
        sent = {"more_upload": (io.BytesIO(data), name), "more_language": language, "more_label": name}
        assert lead.submit(path, version=report.version, website="https://example.org/r", **sent).status_code == 303
    spanish, annex = report.more_files
    assert (spanish.pages, annex.pages, report.other_languages) == (2, None, ["es"])
    assert report.website == "https://example.org/r"
    page = lead.get(path).text
    assert spanish.file.sha256 in page and "2 pages" in page
    rows = {}
    for place, each in enumerate((spanish, annex)):
        rows |= {f"files-{place}-id": each.id, f"files-{place}-language": each.language}
        rows[f"files-{place}-label"] = f"New {each.label}"
    answer = lead.submit(path, version=report.version, row=f"up-{annex.id}", **rows)
    assert (answer.status_code, answer.location) == (303, path)
    assert [(each.label, each.position) for each in report.more_files] == [("New annex.txt", 1), ("New informe.pdf", 2)]
    assert lead.get(f"{report.path}/files/{spanish.file_id}").data.startswith(b"%PDF")
    gone = spanish.file_id
    assert lead.submit(path, version=report.version, row=f"remove-{spanish.id}", **rows).status_code == 303
    assert [each.id for each in report.more_files] == [annex.id]
    assert lead.get(f"{report.path}/files/{gone}").status_code == 404  # of a draft, nobody has read it


def test_a_file_that_lies_or_cannot_be_counted_harms_nothing(lead, report):
    path = f"{report.path}/edit/files"
    sent = {"version": report.version, "more_upload": (io.BytesIO(b"<html>"), "report.pdf"), "more_label": "Kept"}
    answer = lead.submit(path, **sent)
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text and report.more_files == []
    sent = {"version": report.version, "upload": (io.BytesIO(PDF), "report.pdf")}
    assert lead.submit(path, **sent).status_code == 303
    assert (report.file.name, report.pages) == ("report.pdf", None)
    lead.submit(path, version=report.version, remove_file="y")
    assert report.file is None


# --- subjects --------------------------------------------------------------------------------------------------------


def test_a_report_may_be_about_less_than_its_project_or_about_more(lead, report, project):
    assert (report.countries, report.themes) == (project.countries, project.themes)
    theme = project.themes[0].id
    sent = {"version": report.version, "countries": "Perú, 中国", "themes": theme, "goals": ["6", "11"]}
    assert lead.submit(f"{report.path}/edit/subjects", **sent).status_code == 303
    assert (report.countries, report.goals) == (["CN", "PE"], [6, 11])
    version = report.version
    assert lead.submit(f"{report.path}/edit/subjects", **(sent | {"version": version})).status_code == 303
    assert report.version == version
    assert lead.submit(f"{report.path}/edit/subjects", **(sent | {"goals": []})).status_code == 409


# --- languages -------------------------------------------------------------------------------------------------------


def test_a_title_in_another_language_says_when_its_source_has_changed(lead, report):
    path = f"{report.path}/edit/languages"
    row = {"texts-0-language": "ar", "texts-0-title": "المياه والمدن", "texts-0-abstract": "ملخص"}
    sent = {"version": report.version, "other_languages": ["es"], **row}
    assert lead.submit(path, **sent).status_code == 303
    page = lead.get(path).text
    assert 'dir="rtl"' in page and 'lang="ar"' in page and "has changed since" not in page
    actions.change_report(report, actor=None, abstract="Something else.")
    assert report.texts[0].is_stale and "has changed since" in lead.get(path).text
    assert lead.submit(path, version=report.version, other_languages=["es"], **row).status_code == 303
    assert report.texts[0].is_stale  # nothing was said about it
    assert lead.submit(path, version=report.version, **row, **{"texts-0-is_checked": "y"}).status_code == 303
    assert not report.texts[0].is_stale
    assert lead.submit(path, version=report.version).status_code == 303
    assert report.texts == []


WRONG_TEXTS = [
    [("es", "Agua"), ("es", "Aguas")],
    [("en", "The report’s own language")],
    [("", "No language")],
    [("fr", "")],
    [("tlh", "nuqneH")],
    [("fr", "x" * 5000)],
]


def test_a_language_twice_its_own_or_none_is_refused_beside_it(lead, report):
    for rows in WRONG_TEXTS:
        sent = {"version": report.version}
        for at, (language, title) in enumerate(rows):
            sent |= {f"texts-{at}-language": language, f"texts-{at}-title": title, f"texts-{at}-abstract": "Kept"}
        answer = lead.submit(f"{report.path}/edit/languages", **sent)
        assert answer.status_code == 422, rows
        assert "field__error" in answer.text and "Kept</textarea>" in answer.text
        assert report.texts == []


# --- related outputs -------------------------------------------------------------------------------------------------


def link(lead, report, kind, find="", **fields):
    return lead.submit(f"{report.path}/edit/related", kind=kind, find=find, **fields)


def test_a_translation_is_shown_on_both_records_and_marked_when_its_source_changes(lead, report, project):
    french = make_report(project, title="Eaux et villes", language="fr")
    assert link(lead, french, "translation-of", f"http://tracker.example/reports/{report.id}").status_code == 303
    assert [row.other for row in french.links] == [report]
    both = [lead.get(f"{each.path}/edit/related").text for each in (french, report)]
    assert "Translation of" in both[0] and f'href="{report.path}"' in both[0]
    assert "Translated as" in both[1] and f'href="{french.path}"' in both[1]
    row = french.links[0]
    assert not related.is_stale(row)
    actions.change_report(report, actor=None, abstract="Changed.")
    assert related.is_stale(row) and "The source has changed" in lead.get(f"{french.path}/edit/related").text
    assert link(lead, french, "translation-of", row=f"still-{row.id}").status_code == 303
    assert not related.is_stale(row)
    assert link(lead, french, "brief-of", row=f"remove-{row.id}").status_code == 303
    assert french.links == []


def test_an_output_is_found_by_words_and_one_of_several_is_chosen(lead, report, project):
    brief = make_report(project, title="Brief on rivers")
    one, two = (make_report(project, title=f"Rivers of the south {part}") for part in "AB")
    asked = link(lead, brief, "brief-of", "rivers of the SOUTH")
    assert asked.status_code == 422
    assert f'value="{one.id}"' in asked.text and "Choose one" in asked.text
    assert link(lead, brief, "brief-of", "rivers of the SOUTH", other=str(two.id)).status_code == 303
    assert [row.other for row in brief.links] == [two]
    assert link(lead, brief, "based-on", title="A book elsewhere", website="example.org/book").status_code == 303
    assert (brief.links[1].title, brief.links[1].website) == ("A book elsewhere", "http://example.org/book")


def test_links_that_make_no_sense_are_refused_beside_the_field(lead, report, project):
    french = make_report(project, title="Eaux", language="fr")
    spanish = make_report(project, title="Aguas", language="es")
    related.link_report(french, LinkKind.TRANSLATION_OF, report, actor=None)
    related.link_report(spanish, LinkKind.TRANSLATION_OF, french, actor=None)
    english = make_report(project, title="Waters once more")
    for which, kind, find in (
        (report, "translation-of", str(report.id)),  # itself
        (french, "translation-of", str(report.id)),  # twice
        (report, "translation-of", str(spanish.id)),  # a ring of three
        (english, "translation-of", str(report.id)),  # into the same language
        (report, "brief-of", "999999"),
        (report, "brief-of", "nothing like it"),
        (report, "brief-of", ""),
        (report, "poem-of", str(french.id)),
    ):
        before = len(which.links)
        answer = link(lead, which, kind, find)
        assert (answer.status_code, len(which.links)) == (422, before), find
        assert "field__error" in answer.text
    assert [each.id for each in queries.language_versions(report)] == []  # none is public yet


def test_a_draft_of_another_project_is_not_found(lead, report):
    other = make_report(make_project(ProjectState.REVIEW), title="Secret so far")
    assert link(lead, report, "brief-of", str(other.id)).status_code == 422
    assert link(lead, report, "brief-of", "secret so far").status_code == 422
    assert report.links == []
