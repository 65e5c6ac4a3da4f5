import io
import re

import pytest

from tests.factories import make_institution, make_network, make_person, the_network
from tests.imports.files import institutions, projects
from tests.soundness import check_page
from tracker.activity.models import Activity
from tracker.database import db
from tracker.imports import reading
from tracker.institutions.models import Institution
from tracker.projects.models import Project


@pytest.fixture
def coordinator(signed_in):
    return signed_in(make_person(coordinates=the_network()))


def look(client, data, **fields):
    page = client.submit("/import", upload=(io.BytesIO(data), "list.csv"), **{"network": "", **fields})
    check_page(page.text, "/import")
    return page


def hidden(page):
    names = ("sha256", "seen", "network")
    return {name: re.search(f'name="{name}" value="([^"]*)"', page.text)[1] for name in names}


@pytest.mark.parametrize(("who", "status"), [("visitor", 303), ("member", 403), ("coordinator", 200)])
def test_only_a_coordinator_imports(client, signed_in, who, status):
    if who == "member":
        client = signed_in(make_person(institution=make_institution()))
    if who == "coordinator":
        client = signed_in(make_person(coordinates=the_network()))
    assert client.get("/import").status_code == status
    assert client.submit("/import/confirm").status_code == {200: 303, 303: 401}.get(status, status)


def test_look_then_confirm_applies_exactly_that_file(coordinator):
    network = the_network()
    noted = db.session.query(Activity).count()
    page = look(coordinator, institutions({"slug": "d"}, {"name": "", "slug": "e"}), network=str(network.id))
    assert page.status_code == 200
    assert "Refused" in page.text
    assert (db.session.query(Institution).count(), db.session.query(Activity).count()) == (0, noted)
    done = coordinator.submit("/import/confirm", **hidden(page))
    assert done.status_code == 303
    assert [row.network for row in db.session.query(Institution).one().memberships] == [network]
    assert "made: 1" in coordinator.get("/import").text


def test_a_second_look_finds_nothing_to_do(coordinator):
    data = institutions({"slug": "d"})
    coordinator.submit("/import/confirm", **hidden(look(coordinator, data)))
    page = look(coordinator, data)
    assert "There is nothing to import" in page.text
    assert 'name="sha256"' not in page.text


def test_when_the_records_changed_meanwhile_it_says_so_and_does_nothing(coordinator):
    page = look(coordinator, institutions({"slug": "d"}))
    make_institution("Delta Institute", country="BD", member_of=None)
    answer = coordinator.submit("/import/confirm", **hidden(page))
    assert answer.status_code == 409
    assert "have changed since you looked" in answer.text
    check_page(answer.text, "/import/confirm")
    assert db.session.query(Institution).one().import_key is None
    assert coordinator.submit("/import/confirm", **hidden(answer)).status_code == 303
    assert db.session.query(Institution).one().import_key == "d"


def test_projects_come_in_the_same_way_but_only_into_networks_one_coordinates(coordinator):
    network, other = the_network(), make_network("River Forum")
    record = {"network": other.name, "lead": "Nobody's Institute", "lead_country": "Peru", "themes": ["Moonlight"]}
    page = look(coordinator, projects(record))
    for text in ("Nobody&#39;s Institute", "Moonlight", "0 of 1"):
        assert text in page.text
    coordinator.submit("/import/confirm", **hidden(page))
    assert db.session.query(Project).one().network == network
    for path in (db.session.query(Project).one().path, "/projects", "/"):  # neither theme, dates nor language
        assert coordinator.get(path).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"upload": "not a file"},
        {"upload": (io.BytesIO(b""), "empty.csv")},
        {"upload": (io.BytesIO(b"a,b\n1,2\n"), "other.csv")},
        {"upload": (io.BytesIO(b"\xff\xfe\x00"), "utf16.csv")},
        {"upload": (io.BytesIO(b"name,country\nA,BD\n"), "good.csv"), "network": "999"},
        {"upload": (io.BytesIO(b'[{"a":1,"a":2}]'), "twice.json")},
    ],
    ids=range(7),
)
def test_a_file_that_cannot_be_read_is_a_field_error(coordinator, fields):
    page = coordinator.submit("/import", **{"network": "", **fields})
    assert page.status_code == 422
    check_page(page.text, "/import")
    assert db.session.query(Institution).count() == 0


@pytest.mark.parametrize(("make", "most"), [(institutions, 500), (projects, 200)])
def test_a_list_so_long_that_others_could_not_write_meanwhile_is_to_be_divided(coordinator, make, most):
    page = look(coordinator, make(*({"name": f"Institute {n}", "title": f"Study {n}"} for n in range(most + 1))))
    assert page.status_code == 422
    assert f"more than {most} rows" in page.text


def test_a_file_that_is_too_large_is_a_field_error(coordinator, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    page = look(coordinator, institutions({"city": "x" * 2000}))
    assert page.status_code == 422
    assert "too large" in page.text


@pytest.mark.parametrize("sha256", ["", "../../secret_key", "0" * 64, "\0", "A" * 64])
def test_a_forged_confirmation_changes_nothing(coordinator, sha256):
    answer = coordinator.submit("/import/confirm", sha256=sha256, seen="x", network="")
    assert answer.status_code == 303


def test_the_commands_import_and_a_dry_run_does_not(app, tmp_path):
    the_network()
    db.session.commit()
    record = {"lead": "Delta", "lead_country": "Peru"}
    for kind, data in (("institutions", institutions({"slug": "d"})), ("projects", projects(record))):
        file = tmp_path / kind
        file.write_bytes(data)
        runner = app.test_cli_runner()
        assert "Dry run" in runner.invoke(args=["import", kind, str(file), "--dry-run"]).output
        assert "1 made" in runner.invoke(args=["import", kind, str(file)]).output
        assert "1 unchanged" in runner.invoke(args=["import", kind, str(file)]).output
        wrong = runner.invoke(args=["import", kind, str(file), "--network", "Nowhere"])
        assert wrong.exit_code == 1
        assert "no network called" in wrong.output
    file.write_bytes(b"\xff")
    assert runner.invoke(args=["import", "institutions", str(file)]).exit_code == 1
