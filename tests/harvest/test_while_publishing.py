"""Harvested while others publish: on a database of its own, with transactions that overlap."""

import threading

import pytest
from lxml import etree

from tests.activity.apart import database_apart
from tests.harvest.conftest import shelf
from tracker.database import db
from tracker.reports.editions import stamp
from tracker.reports.models import Report

OAI = {"oai": "http://www.openarchives.org/OAI/2.0/"}


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


def test_who_harvests_waits_for_what_is_being_published_and_loses_nothing(apart):
    """A change bears its moment before others can read it; a list read in between must not pass over it."""
    with apart.app_context():
        number = shelf(1)[0].id
        db.session.commit()
    stamped, read = threading.Event(), threading.Event()

    def publish():
        with apart.app_context():
            report = db.session.get(Report, number)
            report.title = "Corrected"
            db.session.flush()
            stamp(report)
            db.session.flush()
            stamped.set()
            read.wait(0.7)  # not yet committed
            db.session.commit()

    publishing = threading.Thread(target=publish)
    publishing.start()
    assert stamped.wait(10)
    root = etree.fromstring(apart.test_client().get("/oai?verb=ListRecords&metadataPrefix=oai_dc").data)
    read.set()
    publishing.join()
    with apart.app_context():
        changed_at = db.session.get(Report, number).stamped_at
    said = root.findtext("oai:responseDate", namespaces=OAI)
    titles = [element.text for element in root.iterfind(".//{*}title")]
    # Who asks next for what changed since `said` gets it; or it was given already.
    assert "Corrected" in titles or f"{changed_at:%Y-%m-%dT%H:%M:%SZ}" > said
    assert "Corrected" in titles
