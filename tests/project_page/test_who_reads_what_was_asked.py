from datetime import timedelta

import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.asks import actions
from tracker.asks.models import Ask
from tracker.database import db
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


def test_other_partners_do_not_read_who_was_asked_reminded_and_given_up(signed_in):
    call = make_project(ProjectState.RECRUITING)
    house = make_institution("Hidden Institute", country="BO")
    contact = make_person(contact_of=house)
    recruiting.invite(call, house, actor=call.lead)
    db.session.flush()
    ask = db.session.scalars(sa.select(Ask).order_by(Ask.id.desc())).first()
    with clock.frozen(clock.now() + timedelta(days=3)):
        actions.remind(ask, actor=call.lead, words="Please hurry")
        actions.delegate(ask, make_person("Handed To"), actor=contact)
        actions.withdraw(ask, actor=call.lead, words="They are too slow")
    for path in (call.path, f"{call.path}/history"):
        told = signed_in(call.partner_people[0]).get(path).text
        assert not any(words in told for words in ("Hidden Institute", "Handed To", "Please hurry", "too slow"))
    assert "too slow" in signed_in(call.lead).get(f"{call.path}/history").text
