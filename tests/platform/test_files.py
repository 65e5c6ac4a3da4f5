"""Files are what their content says, lie whole or not at all, and are handed out as attachments."""

import io
import zipfile
from urllib.parse import unquote

import pytest
from werkzeug.datastructures import FileStorage

from tests.factories import make_person, make_project
from tracker import files
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.reports import actions as reports

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 200
ELF = b"\x7fELF\x02\x01\x01\x00" + b"\0" * 200


def zipped(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return made.getvalue()


DOCX = zipped(**{"[Content_Types].xml": "<Types/>", "word__document.xml": "<w:document/>"})


def uploaded(name, content):
    return FileStorage(io.BytesIO(content), filename=name)


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", str(tmp_path))
    return tmp_path / "uploads"


def stored(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.docx", EXE),
        ("report.docx", PDF),
        ("report.docx", b"words"),
        ("report.pdf", GIF),
        ("report.pdf", b"<html><script>alert(1)</script>"),
        ("report.pdf", DOCX),
        ("photo.png", PDF),
        ("photo.jpg", b"not a picture"),
        ("data.csv", ELF),
        ("data.csv", b"a,b\n1,\0"),
        ("notes.txt", PDF),
        ("notes.txt", GIF),
        ("program.exe", EXE),
        ("page.html", b"<p>"),
        ("picture.svg", b"<svg onload=alert(1)>"),
        ("report.pdf.exe", PDF),
        ("report.exe\0.pdf", EXE),
        ("report", PDF),
        (".pdf", PDF),
        ("", PDF),
        ("...", PDF),
        ("\u202e\u200b", PDF),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_words(name, content, folder):
    with pytest.raises(ValueError, match=r"This kind of file is not accepted|not what its name says"):
        files.keep(uploaded(name, content), uploaded_by=None)
    assert stored(folder) == []


@pytest.mark.parametrize("name", ["empty.pdf", "empty.txt", "empty.csv"])
def test_an_empty_file_is_refused(name, folder):
    with pytest.raises(ValueError, match=r"empty|not what its name says"):
        files.keep(uploaded(name, b""), uploaded_by=None)
    assert stored(folder) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\report.pdf", "report.pdf"),
        ("/etc/cron.d/report.pdf", "report.pdf"),
        ("re\r\nport\0.pdf", "report.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("تقرير المياه.pdf", "تقرير المياه.pdf"),
        ("深圳大学.pdf", "深圳大学.pdf"),
        ("E\u0301tude.PDF", "Étude.PDF"),
        ("a" * 300 + ".pdf", "a" * 140 + ".pdf"),
        ('a"b<c>d|e?.pdf', "a_b_c_d_e_.pdf"),
        ("report.pdf. . ", "report.pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_do_harm(given, kept, folder):
    row = files.keep(uploaded(given, PDF), uploaded_by=None)
    assert row.name == kept
    assert row.media_type == "application/pdf"
    assert row.size == len(PDF)
    [path] = stored(folder)
    assert path.name == row.key and path.read_bytes() == PDF  # where it lies has nothing of its name


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.docx", DOCX, "wordprocessingml"),
        ("data.csv", "a;é\n".encode(), "text/csv"),
        ("notes.md", b"# Title", "text/markdown"),
        ("photo.JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 50, "image/jpeg"),
        ("all.zip", zipped(a="b"), "application/zip"),
    ],
)
def test_what_is_accepted(name, content, kind):
    assert kind in files.keep(uploaded(name, content), uploaded_by=None).media_type


def test_an_upload_that_breaks_off_leaves_nothing(folder):
    class Broken(io.BytesIO):
        reads = 0

        def read(self, size=-1):
            self.reads += 1
            if self.reads > 3:  # checked and measured, then lost
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        files.keep(FileStorage(Broken(PDF), filename="report.pdf"), uploaded_by=None)
    assert stored(folder) == []


def test_a_full_disk_leaves_nothing(folder, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.keep(uploaded("report.pdf", PDF), uploaded_by=None)
    assert stored(folder) == []


def test_several_with_one_name_do_not_overwrite_each_other(folder):
    one, two = (files.keep(uploaded("report.pdf", PDF + text), uploaded_by=None) for text in (b"1", b"2"))
    assert one.key != two.key
    assert b"".join(files.store().read(one.key)) != b"".join(files.store().read(two.key))


@pytest.fixture
def report():
    project = make_project(ProjectState.PUBLISHED)
    [report] = project.reports if hasattr(project, "reports") else db.session.query(reports.Report).all()
    return report


def attached(report, name, content=PDF):
    row = files.keep(uploaded(name, content), uploaded_by=None)
    reports.attach_file(report, row, actor=None, because="Another file.")
    db.session.flush()
    return f"{report.path}/files/{report.file_id}"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("report.pdf", "report.pdf"),
        ("تقرير.pdf", "file.pdf"),
        ("Étude.pdf", "Etude.pdf"),
        ("a＂b＼c／d；e.pdf", "abcde.pdf"),
        ("100% sure.pdf", "100 sure.pdf"),
        ("a'b.pdf", "ab.pdf"),
    ],
)
def test_a_download_is_an_attachment_under_its_name(client, report, name, plain):
    with client.get(attached(report, name)) as answer:
        assert answer.status_code == 200
        assert answer.data == PDF
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
        assert unquote(disposition.partition("UTF-8''")[2]) == report.file.name
        assert disposition.isascii()
        assert answer.mimetype == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]


def test_bytes_that_are_gone_are_a_page_that_says_so(client, report, folder):
    address = attached(report, "report.pdf")
    for path in stored(folder):
        path.unlink()
    answer = client.get(address)
    assert answer.status_code == 404
    assert "<h1" in answer.text


def test_a_file_belongs_to_its_report(client, report):
    address = attached(report, "report.pdf")
    other = files.keep(uploaded("secret.pdf", PDF), uploaded_by=make_person())
    db.session.flush()
    assert client.get(address.rpartition("/")[0] + f"/{other.id}").status_code == 404


def test_the_file_of_a_draft_is_for_its_team(client, signed_in):
    project = make_project(ProjectState.REVIEW)
    [draft] = db.session.query(reports.Report).all()
    address = attached(draft, "report.pdf")
    assert client.get(address).status_code in (303, 404)
    with signed_in(make_person()).get(address) as answer:
        assert answer.status_code == 404
    with signed_in(project.lead).get(address) as answer:
        assert answer.status_code == 200
        assert "private" in answer.headers["Cache-Control"]


def test_a_download_that_broke_off_is_resumed_and_one_that_is_here_is_not_sent_again(client, report):
    content = PDF + bytes(range(256)) * 4096
    address = attached(report, "report.pdf", content)
    with client.get(address) as whole:
        tag = whole.headers["ETag"]
        assert whole.data == content and whole.headers["Accept-Ranges"] == "bytes"
        assert whole.headers["Cache-Control"] == "no-cache"
    with client.get(address, headers={"Range": "bytes=700001-", "If-Range": tag}) as rest:
        assert (rest.status_code, rest.data) == (206, content[700001:])
        assert rest.headers["Content-Range"] == f"bytes 700001-{len(content) - 1}/{len(content)}"
        assert rest.content_length == len(content) - 700001
    with client.get(address, headers={"Range": "bytes=700001-", "If-Range": '"another"'}) as changed:
        assert (changed.status_code, changed.data) == (200, content)
    with client.get(address, headers={"If-None-Match": tag}) as here:
        assert (here.status_code, here.data) == (304, b"")
    with client.get(address, headers={"Range": f"bytes={len(content)}-"}) as beyond:
        assert beyond.status_code == 416


@pytest.mark.parametrize("name", ["table.csv", "read.txt", "read.md"])
def test_a_text_is_resumed_as_it_is_stored(client, report, name):
    content = b"name,country\n" * 5000
    address = attached(report, name, content)
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=5000-"}
    with client.get(address, headers=headers) as rest:
        assert (rest.status_code, rest.data) == (206, content[5000:])
        assert "Content-Encoding" not in rest.headers
