"""Two coordinators who press at the same moment, really committed; and an answer that comes while two become one."""

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import make_institution, make_person, make_project, the_network
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.institutions.models import Institution, InstitutionAlias
from tracker.projects.models import Partner
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


def _two():
    network = the_network()
    coordinators = [make_person(coordinates=network) for _ in range(2)]
    rows = [make_institution("Delta", member_of=network) for _ in range(2)]
    contacts = [make_person(contact_of=row) for row in rows]
    db.session.flush()
    return rows, contacts, coordinators


FORM = {"versions": "1-1", "is_same": "y"}


def test_two_who_press_at_once_make_one_record_once(apart):
    with apart.app_context():
        (older, newer), _contacts, coordinators = _two()
        ids, keys = (older.id, newer.id), [person.session_key for person in coordinators]
        db.session.commit()
    paths = [f"/institutions/{ids[0]}/merge/{ids[1]}", f"/institutions/{ids[1]}/merge/{ids[0]}"]
    answers = at_once(*[post(apart, key, path, **FORM) for key, path in zip(keys, paths, strict=True)])
    assert sorted(getattr(answer, "status_code", 599) for answer in answers) == [303, 409], answers
    with apart.app_context():
        left = db.session.scalars(sa.select(Institution.id).where(Institution.id.in_(ids))).all()
        assert left == [ids[1]]
        alias = db.session.get(InstitutionAlias, ids[0])
        assert alias.institution_id == ids[1]


def test_an_answer_and_a_merging_at_once_both_hold_or_one_is_told_why(apart):
    with apart.app_context():
        (older, newer), contacts, coordinators = _two()
        project = make_project(ProjectState.RECRUITING)
        first = recruiting.invite(project, older, actor=project.lead)
        second = recruiting.invite(project, newer, actor=project.lead)
        recruiting.answer_invitation(second, agrees=False, actor=contacts[1])
        ask = db.session.scalars(sa.select(Ask).where(Ask.subject_type == "partner", Ask.subject_id == first.id)).one()
        ids, keys = (older.id, newer.id), (contacts[0].session_key, coordinators[0].session_key)
        project_id, ask_id = project.id, ask.id
        db.session.commit()
    answers = at_once(
        post(apart, keys[0], f"/asks/{ask_id}", answer="accept"),
        post(apart, keys[1], f"/institutions/{ids[0]}/merge/{ids[1]}", **FORM),
    )
    codes = [getattr(answer, "status_code", 599) for answer in answers]
    assert all(code in (303, 403, 409) for code in codes) and 303 in codes, answers
    with apart.app_context():
        ask = db.session.get(Ask, ask_id)
        partners = db.session.scalars(
            sa.select(Partner).where(Partner.project_id == project_id, Partner.institution_id.in_(ids))
        ).all()
        assert len(partners) == (1 if codes[1] == 303 else 2)
        asked = next(partner for partner in partners if partner.id == ask.subject_id)
        expected = Commitment.AGREED if codes[0] == 303 else Commitment.INVITED
        assert asked.commitment is expected
        assert ask.state is (AskState.ANSWERED if codes[0] == 303 else AskState.OPEN)
