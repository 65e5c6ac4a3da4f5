import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_theme, the_network
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.themes import actions, queries
from tracker.themes.models import Theme


@pytest.fixture
def coordinator():
    return make_person(coordinates=the_network())


def named(name: str) -> Theme:
    return db.session.scalars(sa.select(Theme).where(Theme.name == name)).one()


def test_the_agenda_starts_once_with_goals_and_parts():
    actions.start_agenda(actor=None)
    actions.start_agenda(actor=None)
    roots = queries.tree(queries.all_themes())
    assert roots[0].theme.name == "Poverty eradication" and roots[0].theme.goals == [1, 2, 10]
    assert len(roots) >= 8 and any(root.children for root in roots)


def test_a_theme_cannot_stand_below_itself_nor_take_a_name():
    above = make_theme("Water")
    below = actions.add(name="Rivers", parent=above, actor=None)
    same = {"description": "", "goals": [], "actor": None}
    with pytest.raises(RuleBroken, match="below itself"):
        actions.change(above, name="Water", parent=below, **same)
    with pytest.raises(RuleBroken, match="this name"):
        actions.change(below, name="Water", parent=above, **same)
    assert below.name == "Rivers"


def test_a_coordinator_adds_changes_retires_and_restores(signed_in, coordinator):
    parent = make_theme("Water")
    client = signed_in(coordinator)
    assert f'<option selected value="{parent.id}">' in client.get(f"/themes/new?parent={parent.id}").text
    fields = {"name": "Rivers", "parent": str(parent.id), "goals": ["6", "15"], "description": "*Flow*"}
    assert client.submit("/themes/new", **fields).status_code == 303
    theme = named("Rivers")
    assert theme.parent is parent and theme.goals == [6, 15]
    page = client.get(f"/themes/{theme.id}/edit")
    assert page.status_code == 200 and "*Flow*" in page.text
    changed = {"name": "Rivers and lakes", "parent": "", "goals": ["6"], "version": str(theme.version)}
    assert client.submit(f"/themes/{theme.id}/edit", **changed).status_code == 303
    assert theme.parent is None and theme.goals == [6] and theme.name == "Rivers and lakes"
    assert client.submit(f"/themes/{theme.id}/retire").status_code == 303
    assert theme.id not in dict(queries.choices()) and theme.id in dict(queries.choices(keep=[theme.id]))
    assert "retired" in client.get(f"/themes/{theme.id}").text
    assert client.submit(f"/themes/{theme.id}/restore").status_code == 303
    assert theme.id in dict(queries.choices())


def test_two_people_editing_a_theme_see_both_texts_and_lose_nothing(signed_in, coordinator):
    theme = make_theme("Water")
    path, seen = f"/themes/{theme.id}/edit", str(theme.version)
    assert (
        signed_in(coordinates=the_network()).submit(path, name="Rivers", goals=["6"], version=seen).status_code == 303
    )
    client = signed_in(coordinator)
    mine = {"name": "Lakes", "goals": ["6"], "description": "*Still*"}
    answer = client.submit(path, **mine, version=seen)
    assert answer.status_code == 409
    assert 'value="Lakes"' in answer.text and "Rivers" in answer.text and "(nothing)" in answer.text
    assert theme.name == "Rivers"
    assert f'name="version" type="hidden" value="{theme.version}"' in answer.text
    assert client.submit(path, **mine, version=str(theme.version)).status_code == 303
    assert theme.name == "Lakes"


def test_wrong_values_are_refused_at_their_fields(signed_in, coordinator):
    theme = make_theme("Water")
    below = actions.add(name="Rivers", parent=theme, actor=None)
    client = signed_in(coordinator)
    assert client.submit("/themes/new", name="", goals=["18"], parent="x").status_code == 422
    assert client.submit(f"/themes/{theme.id}/edit", name="Water", parent=str(below.id)).status_code == 422
    assert client.submit("/themes/new", name="Water").status_code == 409


def test_only_coordinators_keep_the_agenda(client, signed_in):
    theme = make_theme()
    assert client.get("/themes/new").status_code == 303
    member = signed_in()
    assert member.get("/themes/new").status_code == 403
    assert member.submit(f"/themes/{theme.id}/retire").status_code == 403
    assert theme.retired_at is None
