import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tracker.asks.models import Ask
from tracker.database import db
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


def test_who_offered_comes_along_when_the_no_of_the_lead_becomes_a_yes(signed_in):
    call = make_project(ProjectState.RECRUITING)
    house = make_institution(country="PE")
    person = make_person(institution=house)
    partner = recruiting.offer(call, house, note="We would like to", actor=person)
    db.session.flush()
    ask = db.session.scalars(sa.select(Ask).order_by(Ask.id.desc())).first()
    browser = signed_in(call.lead)
    browser.submit(ask.path, answer="decline", seen="0")
    browser.submit(ask.path, answer="accept", seen="1")
    assert partner.commitment is Commitment.INTENDS
    assert person.id in {member.person_id for member in call.members if member.left_at is None}
