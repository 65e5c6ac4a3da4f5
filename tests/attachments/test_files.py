"""Files of a project: several on a note or a milestone, within a quota, deleted with a trace."""

import io

import pytest
from werkzeug.datastructures import FileStorage

from tests.factories import make_person, make_project
from tracker import files
from tracker.database import db
from tracker.dates import PartialDate
from tracker.files import StoredFile
from tracker.milestones import actions as milestones
from tracker.milestones.queries import plan
from tracker.milestones.states import NoteAudience
from tracker.projects.states import ProjectState

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "INSTANCE", str(tmp_path))
    return tmp_path / "uploads"


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def milestone(project):
    return plan(project)[0]


def several(**contents):
    return [(io.BytesIO(content), name.replace("__", ".")) for name, content in contents.items()]


def stored(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def add(browser, milestone, **contents):
    return browser.submit(f"/milestones/{milestone.id}/files", files=several(**contents))


def test_several_files_hang_on_a_milestone_with_kind_and_size_before_they_are_downloaded(
    project, milestone, signed_in, client
):
    partner = signed_in(project.partner_people[0])
    answer = add(partner, milestone, map__png=PNG, data__csv=b"a,b\n1,2\n")
    assert answer.status_code == 303
    page = partner.get(f"{project.path}/files").text
    assert "map.png" in page and "PNG, 48 byte" in page and "CSV" in page
    assert "The files of this project take" in page
    picture, table = sorted(milestone.files, key=lambda file: file.name, reverse=True)
    with partner.get(f"/milestones/{milestone.id}/files/{picture.id}") as shown:
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.data == PNG
    with partner.get(f"/milestones/{milestone.id}/files/{table.id}") as sent:
        assert sent.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/milestones/{milestone.id}/files/{table.id}").status_code == 303
    stranger = signed_in(make_person())
    assert stranger.get(f"/milestones/{milestone.id}/files/{table.id}").status_code == 404
    assert stranger.get(f"{project.path}/files").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("program.exe", b"MZ\x90", "This kind of file is not accepted"),
        ("report.pdf", PNG, "not what its name says"),
        ("empty.csv", b"", "This file is empty."),
    ],
)
def test_one_bad_file_keeps_all_of_them_out_and_says_which(project, milestone, signed_in, folder, name, content, words):
    answer = add(signed_in(project.lead), milestone, **{"good__csv": b"a\n", name.replace(".", "__"): content})
    assert answer.status_code == 422 and words in answer.text and name in answer.text
    db.session.expire_all()
    assert milestone.files == [] and stored(folder) == []


def test_names_of_any_script_and_length_are_kept_safe(project, milestone, signed_in):
    lead = signed_in(project.lead)
    names = ["تقرير المياه.pdf", "../../etc/passwd.pdf", "x" * 300 + ".pdf"]
    lead.submit(f"/milestones/{milestone.id}/files", files=[(io.BytesIO(PDF), name) for name in names])
    assert [file.name for file in milestone.files] == ["تقرير المياه.pdf", "passwd.pdf", "x" * 140 + ".pdf"]


def test_what_is_over_the_quota_is_refused_with_what_is_left(project, milestone, signed_in, app, monkeypatch):
    monkeypatch.setitem(app.config, "PROJECT_QUOTA", 100)
    lead = signed_in(project.lead)
    assert add(lead, milestone, one__csv=b"a" * 60).status_code == 303
    answer = add(lead, milestone, two__csv=b"b" * 60)
    assert answer.status_code == 422
    assert "This file has 60 byte, and the project has 40 byte left of its 100 byte." in answer.text
    assert files.used_by(project.id) == 60


def test_a_deleted_file_asks_first_and_leaves_its_name_and_who_deleted_it(project, milestone, signed_in, folder):
    partner, lead = project.partner_people[0], signed_in(project.lead)
    add(signed_in(partner), milestone, data__csv=b"a,b\n")
    file = milestone.files[0]
    page = f"{project.path}/files/{file.id}/delete"
    assert "cannot be brought back" in lead.get(page).text
    assert stored(folder)
    lead.submit(page)
    db.session.expire_all()
    assert stored(folder) == []
    listed = lead.get(f"{project.path}/files").text
    assert "data.csv" in listed and f"by {project.lead.name}" in listed
    assert lead.get(f"/milestones/{milestone.id}/files/{file.id}").status_code == 404
    assert "deleted already" in lead.submit(page).text
    assert files.used_by(project.id) == 0
    assert db.session.get(StoredFile, file.id).sha256


def test_only_who_uploaded_it_and_the_lead_delete_a_file(project, milestone, signed_in):
    add(signed_in(project.lead), milestone, data__csv=b"a,b\n")
    file, partner = milestone.files[0], signed_in(project.partner_people[0])
    page = f"{project.path}/files/{file.id}/delete"
    assert partner.get(page).status_code == 403 and partner.submit(page).status_code == 403
    other = make_project(ProjectState.RUNNING, lead=project.lead)
    assert signed_in(project.lead).get(f"{other.path}/files/{file.id}/delete").status_code == 404


def test_files_of_notes_count_and_those_of_a_withdrawn_note_are_gone_from_the_list(project, signed_in):
    lead, coordinator = signed_in(project.lead), signed_in(project.coordinator)
    lead.submit(
        f"{project.path}/notes/new",
        text="Done.",
        on="2025-02",
        language="en",
        audience="team",
        milestone="",
        files=several(rivers__csv=b"a,b\n"),
    )
    assert files.used_by(project.id) == 4
    assert "rivers.csv" in coordinator.get(f"{project.path}/files").text
    note = milestones.write_note(
        project,
        text="Other.",
        on=PartialDate("2025"),
        language="en",
        audience=NoteAudience.TEAM,
        files=[files.keep(_upload("secret.csv"), uploaded_by=project.lead, project_id=project.id)],
        actor=project.lead,
    )
    milestones.withdraw_note(note, actor=project.lead)
    db.session.commit()
    assert "secret.csv" not in coordinator.get(f"{project.path}/files").text


def _upload(name):

    return FileStorage(io.BytesIO(b"a\n"), filename=name)
