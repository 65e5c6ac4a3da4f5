"""What an older database holds is still there after an upgrade, and what waited then waits now."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.activity.apart import database_apart
from tracker import migrations
from tracker.database import db

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def test_an_upgrade_loses_no_row_and_asks_what_waited(tmp_path: Path) -> None:
    with database_apart(tmp_path, version="0001") as app, app.app_context():
        tables = _tables()
        with db.engine.begin() as connection:
            for name, rows in OLD_ROWS.items():
                for row in rows:
                    connection.execute(tables[name].insert().values(**_filled(tables[name], row)))
        migrations.upgrade(app)
        tables = _tables()
        with db.engine.connect() as connection:
            for name, rows in OLD_ROWS.items():
                ids = connection.scalars(sa.select(tables[name].c.id)).all()
                assert sorted(ids) == [row["id"] for row in rows], name
            asks = connection.execute(sa.select(tables["ask"]).order_by(tables["ask"].c.id)).all()
            delivery = connection.execute(sa.select(tables["delivery"])).one()
        assert [(ask.kind, ask.subject_id, ask.addressee_type, ask.state) for ask in asks] == [
            ("recruiting.invitation", 2, "institution", "open"),
            ("recruiting.offer", 3, "project", "open"),
            ("projects.proposal", 2, "network", "open"),
            ("contacts.claim", 1, "institution", "open"),
        ]
        assert asks[0].details["title"] == "Water" and asks[0].asked_by_name == "Nadia"
        with db.engine.connect() as connection:
            invited = connection.execute(sa.select(tables["invitation"])).one()
            ledger = connection.execute(sa.select(tables["ledger_entry"]).order_by(tables["ledger_entry"].c.id)).all()
            person = connection.execute(sa.select(tables["person"]).where(tables["person"].c.id == 1)).one()
            terms = connection.execute(sa.select(tables["terms"])).one()
        assert [(entry.partner_id, entry.commitment, entry.person_name) for entry in ledger] == [
            (1, "agreed", ""),
            (2, "invited", "Nadia"),
            (3, "interested", ""),
        ]
        assert ledger[0].at.replace(tzinfo=UTC) == AT and person.hears_of_calls
        assert (terms.text, terms.author_order, terms.funding) == ("We share the work.", "unsaid", "")
        assert (invited.person_id, invited.institution_id, invited.ended_at) == (2, 1, None)
        assert delivery.sort == "news" and not delivery.is_held
        db.session.remove()


OLD_ROWS: dict[str, list[dict[str, Any]]] = {
    "network": [{"id": 1, "name": "Alliance"}],
    "person": [{"id": 1, "name": "Nadia", "email": "nadia@example.org"}, {"id": 2, "name": "Rosa"}],
    "institution": [{"id": number, "name": f"Institute {number}", "country": "BD"} for number in (1, 2, 3)],
    "affiliation": [{"id": 1, "person_id": 2, "institution_id": 1}],
    "membership": [{"id": 1, "institution_id": 1, "network_id": 1}],
    "contact": [{"id": 1, "institution_id": 1, "person_id": 1, "place": 1}],
    "project": [
        {"id": 1, "network_id": 1, "state": "recruiting", "audience": "members", "title": "Water", "created_by_id": 1},
        {"id": 2, "network_id": 1, "state": "proposed", "audience": "secretariat", "title": "Ports"},
    ],
    "partner": [
        {"id": 1, "project_id": 1, "institution_id": 1, "role": "lead", "commitment": "agreed", "answered_at": AT},
        {"id": 2, "project_id": 1, "institution_id": 2, "role": "partner", "commitment": "invited", "asked_by_id": 1},
        {"id": 3, "project_id": 1, "institution_id": 3, "role": "partner", "commitment": "interested"},
    ],
    "terms": [{"id": 1, "project_id": 1, "number": 1, "text": "We share the work."}],
    "token": [{"id": 1, "purpose": "join", "person_id": 2, "value": "/institutions/1", "hash": "x"}],
    "activity": [{"id": 1, "kind": "projects.create", "subject_type": "project", "subject_id": 1}],
    "delivery": [{"id": 1, "activity_id": 1, "recipient_id": 1, "address": "nadia@example.org", "template": "x.txt"}],
}


def _tables() -> dict[str, sa.Table]:
    known = sa.MetaData()
    known.reflect(db.engine)
    return {table.name: table for table in known.tables.values()}


def _filled(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row, with something in every column that must not be empty."""
    filled = dict(row)
    for column in table.columns:
        if column.name in filled or column.nullable:
            continue
        kind = column.type
        if isinstance(kind, sa.DateTime):
            filled[column.name] = AT
        elif isinstance(kind, sa.Boolean):
            filled[column.name] = False
        elif isinstance(kind, sa.Integer):
            filled[column.name] = 1
        elif isinstance(kind, sa.JSON):
            filled[column.name] = {}
        else:
            filled[column.name] = ""
    return filled
