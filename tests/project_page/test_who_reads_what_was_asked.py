from datetime import timedelta

import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.asks import actions
from tracker.asks.models import Ask
from tracker.database import db
from tracker.newcomers import outsiders
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


def test_other_partners_do_not_read_without_whose_answer_the_project_went_on(signed_in):
    call = make_project(ProjectState.RECRUITING)
    invited, offering = make_institution("Hidden Institute", country="BO"), make_institution("Shy Centre", country="KE")
    make_person(contact_of=invited)
    recruiting.invite(call, invited, actor=call.lead)
    recruiting.offer(call, offering, note="Gladly", actor=make_person(contact_of=offering))
    outsiders.invite(
        call, name="New House", country="BO", person_name="Rosa", person_email="rosa@example.org", actor=call.lead
    )
    recruiting.hand_over_lead(call.partners[1], actor=call.lead)
    recruiting.keep_lead(call.partners[1], actor=call.partner_people[0])
    recruiting.go_on_without(call)
    partner = make_institution("Other House", country="NG")
    colleague = make_person(contact_of=partner)
    recruiting.answer_invitation(recruiting.invite(call, partner, actor=call.lead), agrees=True, actor=colleague)
    lead, other = signed_in(call.lead), signed_in(colleague)
    assert "Shy Centre" in lead.get(f"{call.path}/history").text
    for path in (call.path, f"{call.path}/history"):
        told = other.get(path).text
        names = ("Hidden Institute", "Shy Centre", "New House", "prefers not to take the lead")
        assert not any(words in told for words in names)
