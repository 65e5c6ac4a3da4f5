"""What people say of where they work gives them no say until somebody of the institution confirms it."""

from datetime import timedelta

import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tests.mails import text_of
from tracker import clock
from tracker.activity.models import Delivery
from tracker.activity.outbox import claim, compose
from tracker.asks.queries import latest
from tracker.database import db
from tracker.dates import PartialDate
from tracker.institutions import actions
from tracker.institutions.models import Affiliation
from tracker.projects.states import ProjectState


def test_claiming_to_work_somewhere_opens_no_door(signed_in):
    call = make_project(ProjectState.RECRUITING)
    institution = call.partners[1].institution
    outsider = make_person()
    browser = signed_in(outsider)
    assert browser.submit(f"/account/affiliations/add/{institution.id}", position="Fellow").status_code == 303
    assert "not confirmed yet" in browser.get("/account/affiliations").text
    assert browser.get(call.path).status_code == 404
    contact = signed_in(call.partner_people[0])
    assert f"Does {outsider.name} work at" in contact.get("/me").text
    ask = latest("contacts.claim", outsider.affiliations[0])
    assert browser.get(ask.path).status_code == 200  # who asked sees what became of it, and no answer
    assert browser.submit(ask.path, answer="confirm").status_code == 403
    assert contact.submit(ask.path, answer="confirm").status_code == 303
    assert browser.get(call.path).status_code == 200


def test_the_contacts_hear_of_a_claim():
    institution = make_institution()
    contact = make_person(contact_of=institution)
    outsider = make_person()
    actions.affiliate(outsider, institution, actor=outsider)
    db.session.flush()
    assert contact.email in set(db.session.scalars(sa.select(Delivery.address)))
    letters = {letter.address: compose(letter) for letter in claim(100)}
    words = text_of(letters[contact.email])
    assert f"{outsider.name} says: I work at {institution.name}. Is that right?" in words
    assert "without an account" in words


def test_a_claim_that_is_refused_is_gone(signed_in):
    institution = make_institution()
    contact, outsider = make_person(contact_of=institution), make_person()
    claim = actions.affiliate(outsider, institution, actor=outsider)
    db.session.flush()
    path = latest("contacts.claim", claim).path
    browser = signed_in(contact)
    assert f"Does {outsider.name} work at" in browser.get(path).text
    assert db.session.scalars(sa.select(Affiliation).where(Affiliation.person_id == outsider.id)).all() == [claim]
    assert browser.submit(path, answer="refuse").status_code == 303
    assert f"{outsider.name} does not work at" in browser.get(path).text
    assert db.session.scalars(sa.select(Affiliation).where(Affiliation.person_id == outsider.id)).all() == []


def test_who_has_left_does_not_come_back_by_editing_a_date():
    institution = make_institution()
    person = make_person(institution=institution)
    affiliation = person.affiliations[0]
    actions.end_affiliation(affiliation, actor=person, on=PartialDate("2020"))
    assert person.institution_ids == set()
    actions.change_affiliation(affiliation, actor=person, position="", starts_on=None, ends_on=None)
    assert affiliation.is_current
    assert person.institution_ids == set()


def test_a_contacts_say_ends_with_their_time_there_though_nobody_notes_it(signed_in):
    institution = make_institution()
    contact, reader = make_person("Amina Karim", contact_of=institution), make_person(institution=institution)
    affiliation = contact.affiliations[0]
    today = clock.now()
    actions.change_affiliation(
        affiliation,
        actor=contact,
        position="",
        starts_on=None,
        ends_on=PartialDate.of((today + timedelta(days=10)).date()),
    )
    db.session.flush()
    browser = signed_in(contact)
    assert browser.get(f"{institution.path}/contacts").status_code == 200
    with clock.frozen(today + timedelta(days=20)):
        assert browser.get(f"{institution.path}/contacts").status_code == 403
        assert "Amina Karim" not in signed_in(reader).get(institution.path).text
        db.session.execute(sa.delete(Delivery))
        actions.affiliate(make_person(), institution, actor=make_person())
        db.session.flush()
        assert contact.email not in set(db.session.scalars(sa.select(Delivery.address)))
        actions.change_affiliation(affiliation, actor=contact, position="", starts_on=None, ends_on=None)
        assert contact.contact_ids == set()  # who comes back is confirmed first
        actions.end_affiliation(affiliation, actor=contact)
        assert contact.place_ids == set()


def test_an_invitation_vouches_for_whoever_claimed_before():
    institution = make_institution()
    person = make_person()
    actions.affiliate(person, institution, actor=person)
    actions.name_contact(institution, person, 1, actor=None)
    db.session.expire(person)
    assert person.institution_ids == {institution.id}
