import csv

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_institution, make_network, make_person
from tests.imports.files import REAL, institutions, with_real_data
from tracker.activity.models import Activity
from tracker.database import db
from tracker.imports.actions import import_file
from tracker.imports.outcome import Unreadable
from tracker.institutions import actions
from tracker.institutions.models import Institution

COLUMNS = [column.name for column in sa.inspect(Institution).columns if column.name not in ("id", "created_at")]


def run(*rows, network=None, dry_run=False):
    return import_file(institutions(*rows), network=network, actor=None, dry_run=dry_run)


def told(outcome):
    return [(str(line.verdict), [remark.field for remark in line.remarks]) for line in outcome.lines]


def kept():
    """Every institution in the database, by all its columns."""
    db.session.flush()
    columns = [Institution.__table__.c[name] for name in COLUMNS]
    rows = db.session.execute(sa.select(*columns)).all()
    return sorted(map(str, rows))


def one(name="Delta Institute"):
    return db.session.scalars(sa.select(Institution).where(Institution.name == name)).one()


def test_a_row_fills_its_record_and_what_has_no_field_goes_into_the_notes():
    outcome = run(
        {
            "slug": "delta-na",
            "country": "NA",
            "native_name": "معهد الدلتا",
            "native_lang": "ar",
            "other_names": "Delta; The Delta Group",
            "acronym": "=DI",
            "lat": "-22.5",
            "lon": "17.1",
            "website": "Delta.example/",
            "ror": "https://ror.org/05dxps055",
            "founded": "1990-05",
            "org_type": "nonprofit",
            "region": "Africa",
            "source": "a list",
        }
    )
    institution = one()
    assert told(outcome) == [("made", [])]
    assert institution.country == "NA"
    assert institution.import_key == "delta-na"
    assert institution.acronym == "=DI"
    assert institution.other_names == "Delta\nThe Delta Group"
    assert (institution.latitude, institution.longitude) == (-22.5, 17.1)
    assert institution.website == "http://delta.example"
    assert (institution.ror, str(institution.founded)) == ("05dxps055", "1990-05")
    assert institution.notes == "source: a list"  # the region follows from the country


def test_a_value_its_field_cannot_take_stays_in_the_notes_and_is_told():
    outcome = run({"website": "javascript:alert(1)", "founded": "long ago", "lat": "north", "lon": "12"})
    assert told(outcome) == [("made", ["lat", "website", "founded"])]
    assert one().notes.splitlines() == ["founded: long ago", "lat: north", "lon: 12.0", "website: javascript:alert(1)"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 251}, "name"),
        ({"country": ""}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"country": "Atlantis"}, "country"),
        ({"ror": "05dxps056"}, "ror"),
        ({"slug": "x" * 121}, "slug"),
    ],
)
def test_a_row_that_does_not_say_whom_it_means_is_refused_and_the_others_are_not(row, field):
    outcome = run(row, {"name": "Sigma Institute", "slug": "sigma"})
    assert told(outcome) == [("refused", [field]), ("made", [])]
    assert db.session.query(Institution).count() == 1


def test_the_second_time_nothing_changes_and_nothing_is_noted():
    network = make_network()
    rows = [{"slug": "delta"}, {"name": "Kosovo Institute", "country": "XK", "slug": "kosovo"}, {"name": "No slug"}]
    run(*rows, network=network)
    before, noted = kept(), db.session.query(Activity).count()
    outcome = run(*rows, network=network)
    assert [line.verdict for line in outcome.lines] == ["unchanged"] * 3
    assert kept() == before
    assert db.session.query(Activity).count() == noted


def test_a_dry_run_tells_the_same_and_changes_nothing():
    dry = run({"slug": "delta"}, dry_run=True)
    assert db.session.query(Institution).count() == 0
    assert db.session.query(Activity).count() == 0
    assert run({"slug": "delta"}).fingerprint == dry.fingerprint


def test_a_record_nobody_checked_follows_its_list():
    run({"slug": "delta", "city": "Dacca"})
    outcome = run({"slug": "delta", "city": "Dhaka"})
    assert outcome.lines[0].fields == ["city"]
    assert one().city == "Dhaka"


def test_what_a_person_wrote_is_kept_and_only_empty_fields_are_filled():
    run({"slug": "delta", "city": "Dacca"})
    actions.change_institution(one(), actor=make_person(), city="Dhaka North")
    outcome = run({"slug": "delta", "city": "Dhaka", "acronym": "DI"})
    assert told(outcome) == [("changed", ["city"])]
    assert (one().city, one().acronym) == ("Dhaka North", "DI")


def test_a_record_typed_here_is_found_by_ror_or_by_name_and_country():
    make_institution("Délta  Institute", country="BD", city="Dhaka")
    make_institution("Sigma", country="PE", ror="05dxps055")
    outcome = run({"slug": "delta"}, {"slug": "sigma", "name": "Sigma Institute", "country": "PE", "ror": "05dxps055"})
    assert told(outcome) == [("changed", ["name"]), ("changed", ["name"])]
    assert db.session.query(Institution).count() == 2
    assert one("Sigma").import_key == "sigma"


def test_two_rows_that_could_both_be_a_record_typed_here_are_refused():
    make_institution("Delta Institute", country="BD")
    assert told(run({"slug": "a"}, {"slug": "b", "city": "Dhaka"})) == [("refused", ["name"])] * 2
    assert db.session.query(Institution).count() == 1


def test_rows_that_contradict_each_other_are_all_refused():
    outcome = run(
        {"slug": "delta", "city": "Dhaka"},
        {"slug": "delta", "city": "Khulna"},
        {"slug": "sigma", "name": "Sigma"},
        {"name": "Sigma", "city": "Lima"},
    )
    assert told(outcome) == [("refused", ["slug"])] * 2 + [("refused", ["name"])] * 2
    assert "3" in outcome.lines[0].remarks[0].sentence


def test_whoever_left_the_network_is_not_made_a_member_again():
    network = make_network()
    run({"slug": "delta"}, network=network)
    actions.leave_network(one(), network, actor=None)
    assert told(run({"slug": "delta"}, network=network)) == [("unchanged", ["membership"])]


ROWS = [
    {"slug": "a", "name": "Alpha", "city": "Lima", "country": "PE"},
    {"slug": "b", "name": "Alpha", "city": "Cusco", "country": "PE"},
    {"slug": "c", "name": "Gamma", "ror": "05dxps055"},
    {"slug": "d", "name": "Delta", "ror": "05dxps055"},
    {"name": "Epsilon"},
    {"slug": "e", "name": "Epsilon"},
    {"slug": "f", "name": "Zeta", "acronym": "Z"},
    {"slug": "f", "name": "Zeta", "acronym": "ZZ"},
    {"slug": "g", "name": "Eta", "country": "NA"},
    {"slug": "h", "name": "Theta", "country": "nowhere"},
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(ROWS))), repeated=st.lists(st.sampled_from(range(len(ROWS)))))
def test_neither_order_nor_repetition_matters(order, repeated):
    def after(rows):
        savepoint = db.session.begin_nested()
        run(*rows)
        found = kept()
        savepoint.rollback()
        return found

    assert after([ROWS[place] for place in [*order, *repeated]]) == after(ROWS)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   \n ",
        b"\xff\xfen\x00a\x00m\x00e\x00",
        "name,country\nCaf\xe9,BD\n".encode("latin-1"),
        b"name,country\nA\0,BD\n",
        b"title,year\nA,2020\n",
        b"name;country\nA;BD\n",
        b"name,country,name\nA,BD,B\n",
        b"name,country,\nA,BD,x\n",
        b"name,country\n",
        b'name,country\n"A,BD\n',
        b'name,country\n"A"b,BD\n',
        b"name,country\n" + b"x" * 200_000 + b",BD\n",
        b"name,country\n" + b"A,BD\n" * 6_000,
        b"x" * (10 * 1024 * 1024),
    ],
    ids=range(15),
)
def test_a_file_that_is_no_list_is_refused_as_a_whole_with_a_sentence(data):
    with pytest.raises(Unreadable, match=r"\."):
        import_file(data, kind="institutions", network=None, actor=None)
    assert db.session.query(Institution).count() == 0


def test_a_row_with_too_many_cells_is_refused_alone():
    outcome = import_file(b"\xef\xbb\xbfname,country\nA,BD,x\nB,PE\n", network=None, actor=None)
    assert told(outcome) == [("refused", [""]), ("made", [])]


def test_a_failure_half_way_leaves_the_database_as_it_was(monkeypatch):
    real, seen = actions.add_institution, []

    def fails_at_the_second(**fields):
        seen.append(fields)
        if len(seen) == 2:
            raise OSError("the disk is full")
        return real(**fields)

    monkeypatch.setattr(actions, "add_institution", fails_at_the_second)
    with pytest.raises(OSError, match="disk"):
        run({"slug": "a", "name": "A"}, {"slug": "b", "name": "B"})
    assert db.session.query(Institution).count() == 0


@with_real_data
def test_all_real_institutions_come_in_and_nothing_is_dropped():
    data = (REAL / "institutions.csv").read_bytes()
    outcome = import_file(data, network=None, actor=None)
    assert [line for line in outcome.lines if line.verdict != "made" or line.remarks] == []
    assert len(outcome.lines) == 340
    again = import_file(data, network=None, actor=None)
    assert {str(line.verdict) for line in again.lines} == {"unchanged"}
    there = {row.import_key: row for row in db.session.scalars(sa.select(Institution))}
    for cells in csv.DictReader(data.decode("utf-8-sig").splitlines()):
        row = there[cells["slug"]]
        held = "\n".join(str(getattr(row, name)) for name in COLUMNS)
        derived = {"country_name", "region", "subregion"}
        for column, cell in cells.items():
            parts = cell.split(";") if column == "other_names" else [cell]
            for part in (" ".join(part.split()) for part in parts):
                part = part.removeprefix("https://ror.org/") if column == "ror" else part
                part = part.rstrip("/") if column == "website" else part
                assert column in derived or not part or part in held or str(float(part)) in held, (column, part)
    assert {row.country for row in there.values()} >= {"NA", "XK"}
    assert "XK" in there["kcss-xk"].notes and "Kosovo" not in there["kcss-xk"].notes
