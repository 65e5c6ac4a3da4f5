from datetime import date

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person, make_theme
from tracker.activity.models import Activity, Delivery
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.institutions import actions, queries
from tracker.institutions.models import Affiliation, Contact, Institution, Membership


def latest() -> Activity:
    return db.session.scalars(sa.select(Activity).order_by(Activity.id.desc())).first()


def places(institution: Institution) -> dict[int, str]:
    return {contact.place: contact.person.name for contact in institution.contacts}


def test_two_institutions_cannot_have_one_ror_id_and_the_first_stays_as_it_was():
    first = make_institution("Institute of Water", ror="05dxps055")
    with pytest.raises(RuleBroken, match="ROR id"):
        make_institution("Water Institute", ror="05dxps055")
    second = make_institution("Water Institute")
    with pytest.raises(RuleBroken, match="ROR id"):
        actions.change_institution(second, actor=None, name="Changed", ror="05dxps055")
    assert second.name == "Water Institute"
    assert queries.by_ror("05dxps055") is first


def test_a_change_bumps_the_version_says_what_changed_and_is_found_at_once():
    institution, theme = make_institution("Institute of Water"), make_theme()
    changed = actions.change_institution(
        institution, actor=None, name="Институт воды", country="BD", languages=["ru", "en"], themes=[theme]
    )
    assert changed == ["name", "languages", "themes"] and institution.version == 2
    assert latest().details["fields"] == changed
    assert [row.id for row in db.session.scalars(queries.institution_list(words="институт"))] == [institution.id]
    assert not db.session.scalars(queries.institution_list(words="Institute of Water")).all()


def test_saving_what_is_there_already_confirms_the_record_only_when_a_person_does_it():
    institution, contact = make_institution("Institute"), make_person()
    before = latest().id
    actions.change_institution(institution, actor=contact, name="Institute", confirms=False)
    assert institution.checked_at is None and latest().id == before
    actions.change_institution(institution, actor=contact, name="Institute")
    assert institution.checked_at is not None and institution.version == 1


def test_a_new_contact_replaces_the_old_one_whose_time_is_kept():
    institution = make_institution()
    old, new = make_person("Old", contact_of=institution), make_person("New")
    actions.name_contact(institution, new, actions.MAIN, actor=None)
    assert places(institution) == {1: "New"}
    assert new.institution_ids == {institution.id}, "a contact is affiliated"
    past = db.session.scalars(sa.select(Contact).where(Contact.person_id == old.id)).one()
    assert past.until is not None
    told = db.session.scalars(sa.select(Delivery.recipient_id).where(Delivery.activity_id == latest().id)).all()
    assert set(told) == {old.id, new.id}


def test_one_person_cannot_hold_both_places():
    institution = make_institution()
    person = make_person(contact_of=institution)
    with pytest.raises(RuleBroken, match="already"):
        actions.name_contact(institution, person, actions.SECOND, actor=None)
    with pytest.raises(RuleBroken, match="main and a second"):
        actions.name_contact(institution, make_person(), 3, actor=None)


def test_who_leaves_the_institution_is_no_longer_its_contact():
    institution = make_institution()
    person = make_person(contact_of=institution)
    affiliation = db.session.scalars(sa.select(Affiliation).where(Affiliation.person_id == person.id)).one()
    actions.end_affiliation(affiliation, actor=person)
    db.session.expire_all()
    assert places(institution) == {} and person.contact_ids == set()


def test_a_contact_with_a_second_position_there_stays():
    institution = make_institution()
    person = make_person(contact_of=institution)
    affiliation = person.affiliations[0]
    actions.affiliate(person, institution, position="Adviser", actor=None)
    actions.end_affiliation(affiliation, actor=person)
    assert places(institution) == {1: person.name}


def test_an_affiliation_cannot_end_before_it_starts_but_partial_dates_may_overlap():
    person, institution = make_person(), make_institution()
    with pytest.raises(RuleBroken, match="before the start"):
        actions.affiliate(
            person, institution, starts_on=PartialDate("2020"), ends_on=PartialDate("2019-12"), actor=None
        )
    actions.affiliate(person, institution, starts_on=PartialDate("2020-05"), ends_on=PartialDate("2020"), actor=None)


def test_an_institution_joins_leaves_and_joins_again():
    network, institution = make_network(), make_institution(member_of=None)
    actions.join_network(institution, network, on=date(2020, 1, 1), actor=None)
    with pytest.raises(RuleBroken, match="member already"):
        actions.join_network(institution, network, actor=None)
    actions.leave_network(institution, network, actor=None)
    with pytest.raises(RuleBroken, match="not a member"):
        actions.leave_network(institution, network, actor=None)
    actions.join_network(institution, network, actor=None)
    assert len(db.session.scalars(sa.select(Membership).where(Membership.network_id == network.id)).all()) == 2


def test_a_network_keeps_at_least_one_coordinator():
    network = make_network()
    one, two = make_person(coordinates=network), make_person(coordinates=network)
    actions.dismiss_coordinator(network, one, actor=two)
    with pytest.raises(RuleBroken, match="another coordinator first"):
        actions.dismiss_coordinator(network, two, actor=two)


def test_an_address_belongs_to_one_person_in_whatever_case():
    make_person(email="ana@example.org")
    with pytest.raises(RuleBroken, match="e-mail"):
        actions.add_person(name="Other", email=" ANA@Example.org ", actor=None)
    with pytest.raises(RuleBroken, match="of this name"):
        make_network(make_network().name)


def test_an_institution_is_matched_by_any_name_and_by_acronym_within_its_country():
    peru = make_institution(
        "Facultad Latinoamericana", "PE", acronym="FLACSO", other_names="Latin Faculty\nFLACSO Lima"
    )
    make_institution("Facultad de Chile", "CL", acronym="FLACSO")
    water = make_institution("Centre Émile", "SN", native_name="مركز الدراسات", native_language="ar")
    assert queries.by_folded_name("latin FACULTY") == [peru]
    assert queries.by_folded_name("CENTRE EMILE") == [water]
    assert queries.by_folded_name("مركز الدراسات") == [water]
    assert queries.by_folded_name("Faculty") == [] == queries.by_folded_name("")
    assert queries.by_acronym("flacso", "PE") == [peru]
    assert queries.look_alikes(name="Quite another", acronym="", country="PE", ror=None) == []
