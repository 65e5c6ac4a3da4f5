"""Two who press at the same moment, really committed: one takes the place, the other reads why not."""

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import make_institution, make_person, the_network
from tracker.asks.models import Answer, Ask
from tracker.asks.states import AskState
from tracker.contacts import actions
from tracker.database import db
from tracker.institutions.models import Contact


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


def _two_are_asked():
    institution = make_institution()
    coordinator = make_person(coordinates=the_network())
    holder = make_person(contact_of=institution)
    people = [make_person(institution=institution) for _ in range(2)]
    asks = [actions.name(institution, person, 1, actor=coordinator) for person in people]
    db.session.commit()
    return (
        institution.id,
        holder.session_key,
        [(person.session_key, ask.id) for person, ask in zip(people, asks, strict=True)],
    )


def test_two_who_accept_the_same_place_do_not_both_get_it(apart):
    with apart.app_context():
        institution_id, _holder, asked = _two_are_asked()
    answers = at_once(*[post(apart, key, f"/asks/{ask_id}", answer="accept") for key, ask_id in asked])
    codes = sorted(getattr(answer, "status_code", 599) for answer in answers)
    assert codes[0] == 303 and codes[1] in (403, 409), answers
    with apart.app_context():
        held = db.session.scalars(
            sa.select(Contact).where(Contact.institution_id == institution_id, Contact.until.is_(None))
        ).all()
        states = db.session.scalars(sa.select(Ask.state).where(Ask.id.in_([ask_id for _key, ask_id in asked]))).all()
        answers_kept = db.session.scalars(
            sa.select(Answer).where(Answer.ask_id.in_([ask_id for _key, ask_id in asked]))
        ).all()
        assert len(held) == 1 and len(answers_kept) == 1
        assert sorted(states) == sorted([AskState.ANSWERED, AskState.WITHDRAWN])


def test_a_hand_over_and_a_leaving_at_once_leave_one_contact_or_none(apart):
    with apart.app_context():
        institution_id, holder, [(key, ask_id), _other] = _two_are_asked()
    path = f"/institutions/{institution_id}/contacts/leave"
    answers = at_once(
        post(apart, key, f"/asks/{ask_id}", answer="accept"),
        post(apart, holder, path, successor="nobody", leaves="no", at_once="y", confirmed="yes"),
    )
    codes = [getattr(answer, "status_code", 599) for answer in answers]
    assert codes[0] == 303 and codes[1] in (303, 403, 409), answers
    with apart.app_context():
        open_places = (Contact.institution_id == institution_id, Contact.until.is_(None))
        assert db.session.scalar(sa.select(sa.func.count(Contact.id)).where(*open_places)) == 1
