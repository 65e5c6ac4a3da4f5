import pytest

from tests.factories import approve_all, make_person, make_project
from tests.factories import publish as publish_project
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.reports import actions, queries
from tracker.reports.states import ReportKind, ReportState


@pytest.fixture
def project():
    return make_project(ProjectState.REVIEW)


@pytest.fixture
def report(project):
    return queries.drafts(project)[0]


def typed(report, **fields):
    """What a browser sends for the first page of a record."""
    sent = {
        "version": report.version,
        "title": report.title,
        "kind": "report",
        "abstract": "What we found.",
        "language": "en",
        "published_on": "2026-05",
        "publishers-0-name": "Alliance",
        "licence": "CC-BY-4.0",
    }
    return sent | fields


def test_a_lead_begins_the_record_and_is_led_from_part_to_part(signed_in):
    project = make_project(ProjectState.RUNNING)
    lead = signed_in(project.lead)
    assert "Add the report" in lead.get(f"/projects/{project.id}").text
    answer = lead.submit(f"/projects/{project.id}/reports/new")
    assert answer.status_code == 303
    report = queries.drafts(project)[0]
    page = lead.get(answer.location).text
    assert f'href="{report.path}/edit/files#upload"' in page
    assert f'href="{report.path}/edit/authors"' in page
    fields = typed(
        report,
        published_on="２０２６-5",
        kind="brief",
        kind_as_printed="Issue paper",
        next="1",
        **{"publishers-0-place": "Lima", "publishers-1-name": "Institute; of Things", "publishers-2-name": "Third"},
        **{"publishers-2-place": "Dhaka"},
    )
    answer = lead.submit(f"{report.path}/edit", **fields)
    assert (answer.status_code, answer.location) == (303, f"{report.path}/edit/authors")
    assert (report.kind, report.kind_as_printed, str(report.published_on)) == (
        ReportKind.BRIEF,
        "Issue paper",
        "2026-05",
    )
    assert report.publishers == [("Alliance", "Lima"), ("Institute, of Things", ""), ("Third", "Dhaka")]
    more = {
        "doi": "https://doi.org/10.1000/182",
        "handle": "https://hdl.handle.net/10419/12345",
        "isbn": "9788182572539",
        "issn_online": "23079827",
        "pages": "51",
        "reviewers": "Prof. Li",
        "funding": "Own resources",
    }
    assert lead.submit(f"{report.path}/edit/more", version=report.version, **more).status_code == 303
    assert (report.doi, report.handle, report.pages) == ("10.1000/182", "10419/12345", 51)
    assert (report.isbn, report.issn_online) == ("978-81-8257-253-9", "2307-9827")
    assert "Only those who take part" in lead.get(report.path).text


def test_one_more_publisher_and_a_preview_keep_what_is_typed_and_save_nothing(signed_in, report, project):
    lead, path, version = signed_in(project.lead), f"{report.path}/edit", report.version
    page = lead.submit(path, **typed(report, title="Typed title", row="add", published_on="no date"))
    assert page.status_code == 200
    assert 'value="Typed title"' in page.text and 'name="publishers-1-name"' in page.text and "no date" in page.text
    page = lead.submit(path, **typed(report, preview="1", abstract="Cities **share** <b>"))
    assert "<strong>share</strong>" in page.text
    assert (report.version, report.abstract) == (version, "What we found.")


WRONG = [
    ("", {"title": "x" * 5000}),
    ("", {"kind": "poem"}),
    ("", {"language": "tlh"}),
    ("", {"licence": "mine"}),
    ("", {"published_on": "2026-99"}),
    ("", {"publishers-0-name": "", "publishers-0-place": "Lima"}),
    ("", {f"publishers-{row}-name": "x" * 100 for row in range(5)}),
    ("", {"abstract": "x" * 20_001}),
    ("more", {"doi": "11.1/x"}),
    ("more", {"handle": "no handle"}),
    ("more", {"isbn": "978-81-8257-253-8"}),
    ("more", {"issn": "2307-6810"}),
    ("more", {"issn": "2307-9827", "issn_online": "2307-9827"}),
    ("more", {"pages": "9" * 5000}),
    ("subjects", {"countries": "Atlantis"}),
    ("subjects", {"themes": "99999"}),
    ("subjects", {"goals": "18"}),
    ("files", {"website": "javascript:alert(1)"}),
]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(signed_in, report, project):
    lead, version = signed_in(project.lead), report.version
    extra = {"": {"kind_as_printed": "Kept"}, "more": {"number": "Kept"}, "files": {"more_label": "Kept"}}
    for part, bad in WRONG:
        kept = extra.get(part, {})
        sent = (typed(report) if not part else {"version": report.version}) | kept | bad
        answer = lead.submit(f"{report.path}/edit/{part}".rstrip("/"), **sent)
        assert answer.status_code == 422, bad
        assert "There is a problem" in answer.text
        assert not kept or 'value="Kept"' in answer.text
        assert report.version == version


def test_what_is_empty_is_kept_empty(signed_in, report, project):
    lead = signed_in(project.lead)
    empty = {"version": report.version, "kind": "report", "language": "", "licence": "", "published_on": ""}
    empty |= {"title": "", "publishers-0-name": ""}
    assert lead.submit(f"{report.path}/edit", **empty).status_code == 303
    db.session.expire_all()
    assert (report.title, report.published_on, report.publisher, report.place) == ("", None, "", "")
    assert lead.submit(f"{report.path}/edit").status_code == 409  # without what the page showed, nothing is saved


def test_two_who_edit_one_part_see_each_other(signed_in, report, project):
    first = typed(report, title="Hers", language="fr", licence="CC0-1.0", published_on="2026-04")
    second = typed(report, title="His", **{"publishers-0-name": "Somebody else"})
    assert signed_in(project.lead).submit(f"{report.path}/edit", **first).status_code == 303
    answer = signed_in(project.coordinator).submit(f"{report.path}/edit", **second)
    assert answer.status_code == 409
    assert 'value="His"' in answer.text
    for readable in ("Hers", "French", "No rights reserved (CC0)", "April 2026", "Alliance"):
        assert f'<div class="theirs__text" dir="auto">{readable}</div>' in answer.text
    assert report.title == "Hers"


def test_two_who_edit_different_parts_are_in_nobodys_way(signed_in, report, project, field_of):
    lead, coordinator = signed_in(project.lead), signed_in(project.coordinator)
    more = f"{report.path}/edit/more"
    mark = field_of(coordinator.get(more).text, "version")
    assert lead.submit(f"{report.path}/edit", **typed(report, title="Hers")).status_code == 303
    assert coordinator.submit(more, version=mark, series="His series").status_code == 303
    assert (report.title, report.series) == ("Hers", "His series")
    assert lead.submit(more, version=mark, series="Too late").status_code == 409


def test_each_missing_thing_names_a_field_of_its_page(signed_in, project):
    report = actions.start_report(project, actor=project.lead)
    actions.change_report(report, actor=project.lead, title="", publisher="", language="", kind=ReportKind.CHAPTER)
    actions.set_authors(report, [], actor=project.lead)
    report.themes = []
    lead = signed_in(project.lead)
    lacking = actions.missing_in(report)
    assert len(lacking) == 10
    for item in lacking:
        path, _hash, field = item.path.partition("#")
        assert f'id="{field}"' in lead.get(path).text


def test_others_may_not(signed_in, client, report, project):
    stranger, partner = signed_in(make_person()), signed_in(project.partner_people[0])
    edit, publish = f"/reports/{report.id}/edit", f"/projects/{project.id}/steps/publish"
    assert client.get(edit).status_code == 303
    assert stranger.get(edit).status_code == 404  # a draft is not there
    assert partner.get(f"{edit}/authors").status_code == 403
    assert stranger.get(publish).status_code == 403
    assert partner.submit(publish, seen="").status_code == 403
    assert partner.submit(f"/projects/{project.id}/reports/new").status_code == 403
    publish_project(project)
    assert signed_in(project.lead).get(edit).status_code == 403  # from now on a coordinator corrects
    assert signed_in(project.coordinator).get(edit).status_code == 200


def test_a_draft_left_by_its_published_project_is_published_later_or_discarded(signed_in, client, report, project):
    late, other = (actions.start_report(project, actor=project.lead) for _ in range(2))
    publish_project(project)
    assert (report.state, late.state) == (ReportState.PUBLISHED, ReportState.DRAFT)
    lead, path = signed_in(project.lead), f"/reports/{late.id}/publish"
    assert path in lead.get(project.path).text
    assert "Write an abstract." in lead.get(path).text
    assert lead.submit(path, seen=f"{late.id}:{late.version}:0").status_code in (409, 422)
    assert late.state is ReportState.DRAFT
    assert lead.submit(f"/reports/{late.id}/edit", **typed(late)).status_code == 303
    files = {"version": late.version, "website": "https://example.org/late"}
    assert lead.submit(f"/reports/{late.id}/edit/files", **files).status_code == 303
    approve_all(late)
    assert lead.submit(path, seen="1:0:0").status_code == 409
    assert client.get(late.path).status_code in (303, 404)
    assert lead.submit(path, seen=f"{late.id}:{late.version}:1").status_code == 303
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
