"""The worker reads the files of published reports, so that they are found by what stands in them."""

import io
from datetime import timedelta

from werkzeug.datastructures import FileStorage

from tests.library.making import published
from tracker import clock, files
from tracker.library import actions, queries
from tracker.library.finding import Asked
from tracker.reports import actions as reports

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 52>>stream\nBT /F 12 Tf 20 200 Td (Remittances and wells) Tj ET\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def attach(report, name, data):
    upload = FileStorage(io.BytesIO(data), filename=name)
    reports.attach_file(report, files.keep(upload, uploaded_by=None), actor=None, because="The file.")


def read_all():
    while actions.read_next():
        pass


def test_the_words_of_a_file_lead_to_its_report(client):
    report = published("Rivers")
    attach(report, "report.pdf", PDF)
    read_all()
    assert Asked(words="remittances wells").ids(limit=5) == [report.id]
    page = client.get("/reports?q=remittances").text
    assert "<mark>Remittances</mark> and wells" in page
    attach(report, "report.txt", "深圳的城市化".encode())
    read_all()
    assert Asked(words="remittances").ids(limit=5) == []
    assert Asked(words="城市").ids(limit=5) == [report.id]


def test_a_file_that_cannot_be_read_is_tried_three_times(app):
    report = published("Rivers")
    attach(report, "report.pdf", b"%PDF-1.4\nnothing of a PDF follows\n" + b"x" * 300)
    tried, now = 0, clock.now()
    for turn in range(6):
        with clock.frozen(now + turn * timedelta(minutes=11)):
            tried += actions.read_next()
    assert tried == queries.MOST_TRIES
    assert Asked(words="rivers").ids(limit=5) == [report.id]
