"""A gathered mail that reminds of real questions: each link answers, in text and HTML, in every direction."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tests.mails import html_of, text_of
from tracker import clock
from tracker.activity import outbox
from tracker.activity.models import Delivery
from tracker.activity.record import record
from tracker.activity.states import Rhythm, Sort
from tracker.asks import rounds as asks
from tracker.asks.models import Ask
from tracker.database import db
from tracker.notifications import rounds
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting

ASKED = datetime(2026, 9, 7, 10, tzinfo=UTC)  # a Monday
DUE = datetime(2026, 9, 23, 9, 30, tzinfo=UTC)  # two days after the day it was hoped for


@pytest.fixture(params=["en", "ar-XB"])
def reminded(request):
    """(partner, Rosa, the digest that she gets)."""
    with clock.frozen(ASKED):
        call = make_project(ProjectState.RECRUITING, title="Ports", countries=("KE", "BD"))
        institute = make_institution("Andean Institute", country="PE")
        rosa = make_person("Rosa Quispe", contact_of=institute, rhythm=Rhythm.DAILY)
        rosa.interface_language = request.param
        db.session.execute(sa.delete(Delivery))
        partner = recruiting.invite(call, institute, actor=call.lead)
        db.session.execute(sa.update(Delivery).values(sent_at=clock.now()))
        db.session.commit()
    with clock.frozen(DUE):
        db.session.execute(sa.update(Ask).where(Ask.subject_id != partner.id).values(remind_at=None))
        asks.remind(10)
        record("projects.change", call, actor=call.lead, tell=[rosa])
        db.session.execute(sa.update(Delivery).where(Delivery.is_held).values(not_before=DUE))
        rounds.gather(10)
        hers = sa.select(Delivery).where(Delivery.recipient_id == rosa.id, Delivery.sort == Sort.DIGEST)
        yield partner, rosa, outbox.compose(outbox._letter(db.session.scalars(hers).one(), DUE))


def test_the_link_in_a_digest_answers(client, reminded):
    partner, rosa, mail = reminded
    [path] = set(re.findall(r"/a/[\w-]{43}\b", text_of(mail)))
    html = html_of(mail)
    assert path in html and "Andean Institute" in html and "Ports" in mail["Subject"]
    if rosa.interface_language == "en":
        assert mail["Subject"] == "Reminder: Ports: Will Andean Institute take part in this project?"
        assert "An answer was hoped for by 21 September 2026; it is still welcome." in text_of(mail)
    else:
        assert 'dir="rtl"' in html and "Will Andean" not in text_of(mail)
    assert client.get(path).status_code == 200
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    assert partner.commitment is Commitment.AGREED
