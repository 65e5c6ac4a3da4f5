"""A list that made the record which is gone finds the one it became, and makes nothing anew."""

import pytest
import sqlalchemy as sa

from tests.factories import make_person, the_network
from tests.imports.files import institutions, projects
from tracker.database import db
from tracker.imports.actions import import_file
from tracker.institutions.models import Institution, Membership
from tracker.merging.actions import merge
from tracker.projects.models import Partner

ROWS = (
    {"slug": "delta-bd", "name": "Delta Institute", "ror": "05dxps055", "city": "Dhaka"},
    {"slug": "delta-house-bd", "name": "House of the Delta", "ror": "02mhbdp94", "acronym": "HD"},
)


def run(*rows):
    return import_file(institutions(*rows), network=the_network(), actor=None, dry_run=False)


def count():
    return db.session.scalar(sa.select(sa.func.count(Institution.id)))


@pytest.fixture(params=[0, 1])
def kept(request):
    """One record of the two rows, called as one or the other of them."""
    coordinator = make_person(coordinates=the_network())
    run(*ROWS)
    older, newer = db.session.scalars(sa.select(Institution).order_by(Institution.id)).all()
    values = {name: ROWS[request.param][name] for name in ("name", "ror")}
    return merge(older, newer, values=values, actor=coordinator)


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1], ROWS[:1], ROWS[1:]])
def test_the_same_list_again_makes_and_changes_nothing(kept, rows):
    before = {column.name: getattr(kept, column.name) for column in sa.inspect(Institution).columns}
    outcome = run(*rows)
    assert [str(line.verdict) for line in outcome.lines] == ["unchanged"] * len(rows)
    assert not [remark for line in outcome.lines for remark in line.remarks if remark.field == "import_key"]
    db.session.expire_all()
    assert {column.name: getattr(kept, column.name) for column in sa.inspect(Institution).columns} == before
    assert count() == 1
    assert db.session.scalar(sa.select(sa.func.count(Membership.id))) == 1


@pytest.mark.parametrize("row", ROWS)
def test_a_list_without_keys_finds_it_by_either_ror_id(kept, row):
    run({"name": "Called otherwise", "ror": row["ror"]})
    assert count() == 1


@pytest.mark.parametrize("row", ROWS)
def test_a_printed_name_of_either_means_it(kept, row):
    import_file(
        projects({"partners": [{"institution": row["name"], "country": "Bangladesh"}]}),
        network=the_network(),
        actor=None,
        dry_run=False,
    )
    assert db.session.scalars(sa.select(Partner.institution_id)).all() == [kept.id]
