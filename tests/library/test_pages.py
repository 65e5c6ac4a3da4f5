import io
import json

import pytest
import rispy
from pybtex.database import parse_string
from werkzeug.datastructures import FileStorage

from tests.factories import make_person, make_project, make_report
from tests.factories import publish as publish_project
from tracker import files
from tracker.projects.states import ProjectState
from tracker.reports import actions, queries

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def publish(title="Water and cities", **fields):
    project = make_project(ProjectState.REVIEW, title=title)
    report = queries.drafts(project)[0]
    actions.change_report(report, actor=project.lead, title=title, **fields)
    upload = FileStorage(io.BytesIO(PDF), filename="water “2030”.pdf")
    actions.attach_file(report, files.keep(upload, uploaded_by=project.lead), actor=project.lead)
    publish_project(project)
    return project, report


def test_a_reader_finds_reads_cites_and_downloads_a_report(client):
    project, report = publish(
        "المياه والمدن", language="ar", abstract="**ملخص**", isbn="978-81-8257-253-9", doi="10.1000/182"
    )
    assert f'href="/reports/{report.id}"' in client.get("/reports?q=مياه").text
    page = client.get(f"/reports/{report.id}")
    assert '<h1 lang="ar" dir="rtl">المياه والمدن</h1>' in page.text
    assert "<strong>ملخص</strong>" in page.text
    assert '<meta name="citation_title" content="المياه والمدن">' in page.text
    assert f'name="citation_pdf_url" content="http://127.0.0.1:8000/reports/{report.id}/files/' in page.text
    assert "https://creativecommons.org/licenses/by/4.0/" in page.text
    assert project.label in page.text
    file = client.get(f"/reports/{report.id}/files/{report.file_id}")
    assert file.data == PDF
    assert "attachment" in file.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("bib", "application/x-bibtex"),
        ("ris", "application/x-research-info-systems"),
        ("json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_citations_are_files_that_say_what_they_are(client, ending, media_type):
    _project, report = publish("Água & 100% {cidades}\nER  - ", language="pt")
    answer = client.get(f"/reports/{report.id}.{ending}")
    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert f'filename="report-{report.id}-agua-100-cidades-er.{ending}"' in answer.headers["Content-Disposition"]
    read = {
        "bib": lambda text: parse_string(text, "bibtex").entries[f"report{report.id}"].fields["year"],
        "ris": lambda text: rispy.loads(text)[0]["year"],
        "json": lambda text: str(json.loads(text)[0]["issued"]["date-parts"][0][0]),
    }
    assert read[ending](answer.text) == "2026"


def test_a_draft_is_there_only_for_those_who_follow_the_project(client, signed_in):
    project = make_project(ProjectState.REVIEW, title="Secret so far")
    report = queries.drafts(project)[0]
    for path in (f"/reports/{report.id}", f"/reports/{report.id}.bib", f"/reports/{report.id}/files/1"):
        assert client.get(path).status_code == 303
        assert signed_in(make_person()).get(path).status_code == 404
    partner = signed_in(project.partner_people[0])
    assert "draft" in partner.get(f"/reports/{report.id}").text
    assert report.title not in client.get("/reports").text
    assert report.title not in client.get("/reports?q=secret").text
    assert report.title not in client.get(f"/projects/{project.id}").text
    assert report.title in partner.get(f"/projects/{project.id}").text


def test_filters_narrow_and_nonsense_is_left_out(client):
    project, report = publish("Ports of the south")
    path = f"/reports?theme={project.themes[0].id}&country=PE&language=en&type=report&year=2026"
    assert report.title in client.get(path).text
    assert report.title not in client.get("/reports?year=1999").text
    assert report.title in client.get(f"/reports?institution={project.partners[1].institution_id}").text
    for nonsense in (
        *("theme=x", "theme=99999999999999999999", "country=ZZ", "language=xx", "type=poem", "year=soon", "page=0"),
        *(
            "year=٢٠٢٦",
            "institution=-1",
            "institution=99999999999",
            "q=%00",
            "q=%ED%A0%80",
            "page=99999999999",
            "year=-1",
        ),
        *("q=" + "x" * 3000, "q=%22%27%28%2A%29AND+OR", "theme=1&theme=2"),
    ):
        assert client.get(f"/reports?{nonsense}").status_code == 200, nonsense


def test_unknown_reports_are_not_there(client):
    _project, report = publish()
    for path in ("/reports/99999999999999", "/reports/999999", "/reports/0.bib", f"/reports/{report.id}/files/99999"):
        assert client.get(path).status_code == 404
    for path in (f"/reports/{report.id}.exe", "/reports/x", f"/reports/{report.id}/files/x"):
        assert client.get(path).status_code == 404


def test_the_library_costs_the_same_for_two_reports_and_for_eight(client, queries):
    publish("One")
    _project, report = publish("Two")
    with queries() as few:
        client.get("/reports?lang=en")
    for number in range(6):
        publish(f"More {number}")
    with queries() as many:
        client.get("/reports?lang=en")
    assert len(few) == len(many)
    with queries() as one:
        client.get(f"/reports/{report.id}?lang=en")
    assert len(one) < 40


def test_many_authors_cost_no_more(client, signed_in):
    project = make_project(ProjectState.RUNNING)
    report = make_report(project)
    actions.set_authors(report, [{"name": f"Author {n}"} for n in range(75)], actor=None)
    assert signed_in(project.lead).get(f"/reports/{report.id}").status_code == 200
    assert signed_in(project.lead).get(f"/reports/{report.id}/edit").status_code == 200
