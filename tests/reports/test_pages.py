import io

import pytest

from tests.factories import make_person, make_project
from tracker.projects.states import ProjectState
from tracker.reports import actions, queries
from tracker.reports.states import ReportState

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def project():
    return make_project(ProjectState.REVIEW)


@pytest.fixture
def report(project):
    return queries.drafts(project)[0]


def typed(report, authors=({"name": "Ana Cruz", "affiliation": "Institute"},), **fields):
    """What a browser sends for the whole form."""
    sent = {
        "version": report.version,
        "title": report.title,
        "kind": "report",
        "abstract": "What we found.",
        "language": "en",
        "published_on": "2026-05",
        "publisher": "Alliance",
        "licence": "CC-BY-4.0",
        "website": "https://example.org/report",
    }
    for place, author in enumerate(authors):
        sent |= {f"authors-{place}-{name}": value for name, value in author.items()}
        sent.setdefault(f"authors-{place}-person", "")
    return sent | fields


def test_a_lead_begins_the_record_and_fills_it_in(signed_in):
    project = make_project(ProjectState.RUNNING)
    lead = signed_in(project.lead)
    assert "Add the report" in lead.get(f"/projects/{project.id}").text
    answer = lead.submit(f"/projects/{project.id}/reports/new")
    assert answer.status_code == 303
    assert lead.get(answer.location).status_code == 200
    report = queries.drafts(project)[0]
    fields = typed(
        report,
        [
            {"name": "Ana Cruz", "sort_name": "Cruz, Ana", "orcid": "https://orcid.org/0000-0002-1825-0097"},
            {"name": "李小龙", "affiliation": "深圳大学"},
            {"name": "", "affiliation": ""},
        ],
        doi="https://doi.org/10.1000/182",
        isbn="9788182572539",
        issn_online="23079827",
        pages="51",
        other_languages=["es", "ar"],
        published_on="２０２６-5",
        upload=(io.BytesIO(PDF), "report.pdf"),
    )
    answer = lead.submit(f"/reports/{report.id}/edit", **fields)
    assert answer.status_code == 303
    assert [author.name for author in report.authors] == ["Ana Cruz", "李小龙"]
    assert report.authors[0].orcid == "0000-0002-1825-0097"
    assert (report.doi, report.isbn, report.issn_online) == ("10.1000/182", "978-81-8257-253-9", "2307-9827")
    assert (str(report.published_on), report.pages, report.other_languages) == ("2026-05", 51, ["es", "ar"])
    assert report.file.name == "report.pdf"
    page = lead.get(f"/reports/{report.id}").text
    assert "Only those who take part" in page
    again = lead.get(f"/reports/{report.id}/edit").text
    assert 'value="深圳大学"' in again
    lead.submit(f"/reports/{report.id}/edit", **typed(report, remove_file="y"))
    assert report.file is None


def test_buttons_of_the_author_list_keep_everything_typed_and_save_nothing(signed_in, report, project):
    lead, path = signed_in(project.lead), f"/reports/{report.id}/edit"
    before = (report.version, [author.name for author in report.authors])
    authors = [{"name": "First", "orcid": "wrong"}, {"name": "Second"}, {"name": "Third"}]

    def order(command, **fields):
        answer = lead.submit(path, **typed(report, authors, row=command, title="Typed title", **fields))
        assert answer.status_code == 200
        assert 'value="Typed title"' in answer.text
        names = [name for name in ("First", "Second", "Third") if f'value="{name}"' in answer.text]
        return sorted(names, key=lambda name: answer.text.index(f'value="{name}"')), answer.text

    assert order("down-0")[0] == ["Second", "First", "Third"]
    assert order("up-2")[0] == ["First", "Third", "Second"]
    assert order("remove-1")[0] == ["First", "Third"]
    shown, page = order("add", pages="not a number", isbn="12")
    assert shown == ["First", "Second", "Third"]
    assert 'name="authors-3-name"' in page
    assert 'value="wrong"' in page
    for nonsense in ("up-0", "down-2", "remove-9", "up--1", "", "up-99999999999999", "sideways-1", "remove-٣"):
        assert order(nonsense)[0] == ["First", "Second", "Third"]
    assert (report.version, [author.name for author in report.authors]) == before


@pytest.mark.parametrize("place", ["²", "٣", "9" * 5000, "-1", "x", "0-0", "\x00", "1e3", "99999999999"])
def test_a_forged_row_of_authors_is_no_error_of_ours(signed_in, report, project, place):
    sent = typed(report, [], **{f"authors-{place}-name": "Forged", f"authors-{place}-person": ""})
    answer = signed_in(project.lead).submit(f"/reports/{report.id}/edit", **sent)
    assert answer.status_code in (303, 422)


def test_more_authors_than_fit_are_refused_and_none_is_lost(signed_in, report, project):
    lead, path = signed_in(project.lead), f"/reports/{report.id}/edit"
    rows = [{"name": f"Author {number}"} for number in range(actions.MOST_AUTHORS + 1)]
    answer = lead.submit(path, **typed(report, rows))
    assert answer.status_code == 422
    assert f'value="Author {actions.MOST_AUTHORS}"' in answer.text
    fits = typed(report, rows[:-1], upload=(io.BytesIO(PDF), "report.pdf"))
    assert lead.submit(path, **fits).status_code == 303
    assert len(report.authors) == actions.MOST_AUTHORS


def test_the_abstract_is_previewed(signed_in, report, project):
    answer = signed_in(project.lead).submit(
        f"/reports/{report.id}/edit", **typed(report, preview="1", abstract="Cities **share** <b>")
    )
    assert answer.status_code == 200
    assert "<strong>share</strong>" in answer.text
    assert report.abstract == "What we found."


@pytest.mark.parametrize(
    "bad",
    [
        {"title": "x" * 401},
        {"kind": "poem"},
        {"language": "tlh"},
        {"licence": "mine"},
        {"published_on": "2026-99"},
        {"doi": "11.1/x"},
        {"isbn": "978-81-8257-253-8"},
        {"issn": "2307-6810"},
        {"website": "javascript:alert(1)"},
        {"pages": "0"},
        {"pages": "9" * 5000},
        {"other_languages": ["xx"]},
        {"authors-0-orcid": "0000-0002-1825-0098"},
        {"authors-0-name": "", "authors-0-affiliation": "Somewhere"},
        {"authors-0-person": "999999"},
        {"authors-0-name": "x" * 201},
        {"abstract": "x" * 20_001},
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(signed_in, report, project, bad):
    version = report.version
    answer = signed_in(project.lead).submit(f"/reports/{report.id}/edit", **(typed(report, number="Kept") | bad))
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert 'value="Kept"' in answer.text
    assert report.version == version


def test_a_file_that_lies_is_refused(signed_in, report, project):
    sent = typed(report, upload=(io.BytesIO(b"<html>"), "report.pdf"), number="Kept")
    answer = signed_in(project.lead).submit(f"/reports/{report.id}/edit", **sent)
    assert answer.status_code == 422
    assert report.file is None
    assert report.number == ""


def test_two_who_edit_see_each_other(signed_in, report, project):
    first = typed(report, title="Hers", language="fr", licence="CC0-1.0", published_on="2026-04")
    second = typed(report, title="His", authors=[{"name": "Somebody else"}])
    assert signed_in(project.lead).submit(f"/reports/{report.id}/edit", **first).status_code == 303
    answer = signed_in(project.coordinator).submit(f"/reports/{report.id}/edit", **second)
    assert answer.status_code == 409
    assert "Hers" in answer.text
    assert 'value="His"' in answer.text
    assert "Ana Cruz (Institute)" in answer.text
    for readable in ("French", "No rights reserved (CC0)", "April 2026"):
        assert f'<div class="theirs__text" dir="auto">{readable}</div>' in answer.text
    assert report.title == "Hers"


def test_publishing_asks_for_the_confirmation_and_refuses_a_stale_look(signed_in, client, report, project):
    lead, path = signed_in(project.lead), f"/projects/{project.id}/steps/publish"
    page = lead.get(path).text
    assert "Every author has approved" in page
    seen = f"{report.id}:{report.version}"
    assert lead.submit(path, seen=seen).status_code == 422
    assert lead.submit(path, seen=f"{report.id}:0", attested="y").status_code == 409
    assert project.state is ProjectState.REVIEW
    assert lead.submit(path, seen=seen, attested="y").status_code == 303
    assert (project.state, report.state) == (ProjectState.PUBLISHED, ReportState.PUBLISHED)
    assert lead.submit(path, seen=seen, attested="y").status_code == 409
    assert lead.get(path).status_code == 303
    assert report.title in client.get(f"/projects/{project.id}").text


def test_what_is_missing_is_listed_and_linked_before_publishing(signed_in, report, project):
    actions.change_report(report, actor=project.lead, licence="", abstract="")
    lead, path = signed_in(project.lead), f"/projects/{project.id}/steps/publish"
    page = lead.get(path).text
    assert f"/reports/{report.id}/edit#licence" in page
    assert f"/reports/{report.id}/edit#abstract" in page
    edit = lead.get(f"/reports/{report.id}/edit").text
    assert 'id="licence"' in edit
    assert 'id="abstract"' in edit
    sent = {"seen": f"{report.id}:{report.version}", "attested": "y"}
    assert lead.submit(path, **sent).status_code == 409
    assert project.state is ProjectState.REVIEW


def test_each_missing_thing_names_a_field_of_the_page(signed_in, project):
    report = actions.start_report(project, actor=project.lead)
    actions.change_report(report, actor=project.lead, title="", publisher="", language="")
    actions.set_authors(report, [], actor=project.lead)
    page = signed_in(project.lead).get(f"/reports/{report.id}/edit").text
    for item in actions.missing_in(report):
        assert f'id="{item.path.partition("#")[2]}"' in page


def test_others_may_not(signed_in, client, report, project):
    stranger, partner = signed_in(make_person()), signed_in(project.partner_people[0])
    edit, publish = f"/reports/{report.id}/edit", f"/projects/{project.id}/steps/publish"
    assert client.get(edit).status_code == 303
    assert stranger.get(edit).status_code == 404  # a draft is not there
    assert partner.get(edit).status_code == 403
    assert stranger.get(publish).status_code == 403
    assert partner.submit(publish, attested="y", seen="").status_code == 403
    assert partner.submit(f"/projects/{project.id}/reports/new").status_code == 403
    actions.publish(project, actor=project.lead, attested=True)
    assert signed_in(project.lead).get(edit).status_code == 403  # from now on a coordinator corrects
    coordinator = signed_in(project.coordinator)
    assert coordinator.get(edit).status_code == 200
    assert coordinator.submit(edit, **typed(report, title="Corrected")).status_code == 303
    assert report.title == "Corrected"


def test_a_draft_left_by_its_published_project_is_published_later_or_discarded(signed_in, client, report, project):
    late, other = (actions.start_report(project, actor=project.lead) for _ in range(2))
    actions.publish(project, actor=project.lead, attested=True)
    assert (report.state, late.state) == (ReportState.PUBLISHED, ReportState.DRAFT)
    lead, path = signed_in(project.lead), f"/reports/{late.id}/publish"
    assert path in lead.get(project.path).text
    page = lead.get(path)
    assert "Write an abstract." in page.text and 'name="attested"' not in page.text
    assert lead.submit(path, seen=f"{late.id}:{late.version}", attested="y").status_code in (409, 422)
    assert late.state is ReportState.DRAFT
    assert lead.submit(f"/reports/{late.id}/edit", **typed(late)).status_code == 303
    assert lead.submit(path, seen=f"{late.id}:{late.version}").status_code == 422
    assert lead.submit(path, seen="1:0", attested="y").status_code == 409
    assert client.get(late.path).status_code in (303, 404)
    assert lead.submit(path, seen=f"{late.id}:{late.version}", attested="y").status_code == 303
    assert late.state is ReportState.PUBLISHED and client.get(late.path).status_code == 200

    partner = signed_in(project.partner_people[0])
    gone = f"/reports/{other.id}/discard"
    assert partner.submit(gone).status_code == 403
    assert gone in lead.get(f"/reports/{other.id}/edit").text
    assert lead.get(gone).status_code == 200
    assert lead.submit(gone).status_code == 303
    assert [each.id for each in queries.of_project(project, project.lead)] == [report.id, late.id]
    assert "discarded the draft" in lead.get(f"{project.path}/history").text
    assert lead.submit(f"/reports/{late.id}/discard").status_code == 403
