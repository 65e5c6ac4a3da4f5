from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_in, link_to, owed, text_of
from tests.factories import make_institution, make_network, make_person, make_project, make_report, make_theme
from tracker import clock
from tracker.accounts import actions as accounts
from tracker.activity.models import Activity
from tracker.asks import actions as asks
from tracker.asks.queries import latest, open_about_subject, waiting
from tracker.asks.states import AskState
from tracker.calls.models import CallQuestion, SavedCall
from tracker.contacts import actions as contacts
from tracker.credit.models import AuthorshipConfirmation, Contributor, Proof
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.events.models import Event, EventGuest
from tracker.institutions import actions as institutions
from tracker.institutions.models import Affiliation, Contact, Institution, InstitutionAlias, Membership
from tracker.institutions.queries import alias, answering_contacts, by_ror
from tracker.memberships import actions as memberships
from tracker.memberships.models import Candidacy
from tracker.memberships.queries import INVITATION
from tracker.merging.actions import merge
from tracker.merging.references import columns_to, named_columns
from tracker.newcomers.models import Application
from tracker.oversight.models import SecretariatNote
from tracker.projects.models import Partner
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting
from tracker.reports.models import AuthorAffiliation
from tracker.search import index
from tracker.uses.models import Use, UseInquiry
from tracker.uses.states import UseKind

TODAY = PartialDate("2026-11-22")


def run(two, **values):
    return merge(two.older, two.newer, values=values, actor=two.coordinator)


def pointing():
    """How many rows point to each institution, by column."""
    found = {}
    for column in columns_to("institution"):
        rows = db.session.execute(sa.select(column, sa.func.count()).where(column.is_not(None)).group_by(column))
        found[f"{column.table.name}.{column.name}"] = {row_id: number for row_id, number in rows}  # noqa: C416
    return found


def fill(two):
    """Something of every kind for the record that goes."""
    older, person = two.older, two.first
    project = make_project(ProjectState.RECRUITING)
    recruiting.invite(project, older, actor=project.lead)
    report = make_report(make_project(ProjectState.RUNNING))
    report.authors[0].institution = older
    accounts.invite(name="New", email="new@example.org", institution=older, actor=person)
    contacts.name(older, make_person(institution=older), 2, actor=person)
    outside = make_network()
    make_person(coordinates=outside)
    db.session.expire(person)
    memberships.request(older, outside, actor=person)
    older.themes = [make_theme()]
    db.session.add_all(
        [
            SavedCall(project_id=project.id, institution=older, saved_by=person),
            CallQuestion(project_id=project.id, institution=older, asked_by=person, text="When?"),
            Application(
                network_id=project.network_id,
                name="Delta",
                country="BD",
                person_name="A",
                person_email="a@example.org",
                institution=older,
            ),
            InstitutionAlias(old_id=900_000, institution=older, old_name="Former"),
            Event(network_id=project.network_id, title="Forum", on=TODAY, guests=[EventGuest(institution=older)]),
            Use(report=report, kind=UseKind.CITED, on=TODAY, institution=older),
            SecretariatNote(institution=older, text="They moved."),
            AuthorAffiliation(author_id=report.authors[0].id, position=1, printed="Delta", institution=older),
            Contributor(report=report, name="Ana", institution=older),
            UseInquiry(report=report, institution=older, months=6),
            Proof(
                report=report,
                number=1,
                digest="",
                content={},
                confirmations=[AuthorshipConfirmation(institution=older)],
            ),
        ]
    )
    db.session.flush()
    return project


def test_everything_that_pointed_to_either_points_to_the_one(two):
    project = fill(two)
    older_id, before = two.older.id, pointing()
    assert {name for name, counts in before.items() if older_id not in counts} == set()
    kept = run(two)
    after = pointing()
    assert kept.id > older_id and db.session.get(Institution, older_id) is None
    for name in before:
        assert older_id not in after[name], name
    plain = set(before) - {"membership.institution_id", "institution_alias.institution_id"}
    for name in plain:
        expected = before[name][older_id] + before[name].get(kept.id, 0)
        assert after[name][kept.id] == expected, name
    assert after["institution_alias.institution_id"][kept.id] == 2
    for kind, number in named_columns():
        left = sa.select(sa.func.count()).select_from(kind.table).where(kind == "institution", number == older_id)
        assert db.session.scalar(left) == 0, kind
    assert [partner.institution_id for partner in project.partners if partner.is_asked] == [kept.id]


def test_the_old_number_is_kept_with_its_name_and_who_did_it(two):
    older_id = two.older.id
    kept = run(two)
    old = db.session.get(InstitutionAlias, older_id)
    assert (old.institution_id, old.old_name, old.merged_by_id) == (kept.id, "Delta Institute", two.coordinator.id)
    assert alias(older_id) == kept.id
    third = make_institution("Third")
    merge(kept, third, values={}, actor=two.coordinator)
    assert alias(older_id) == third.id and alias(kept.id) == third.id


def test_the_dropped_name_is_another_name_and_finds_the_record(two):
    older_id = two.older.id
    two.older.other_names, two.newer.other_names = "Delta House", "delta house\nDelta of Dhaka"
    kept = run(two, name="Delta Institute", native_name="معهد الدلتا")
    assert kept.name == "Delta Institute"
    assert kept.other_names.splitlines() == ["The Delta Institute", "delta house", "Delta of Dhaka"]
    assert (kept.acronym, kept.city, kept.languages) == ("DI", "Dhaka", ["bn", "en"])
    found = db.session.scalars(index.matching("institution", "Delta")).all()
    assert kept.id in found and older_id not in found
    assert db.session.scalars(index.matching("institution", "house")).all() == [kept.id]


def test_a_project_is_found_by_the_names_of_the_joint_record(two):
    project = make_project(ProjectState.RECRUITING)
    partner = recruiting.invite(project, two.older, actor=project.lead)
    recruiting.answer_invitation(partner, agrees=True, actor=two.first)
    assert db.session.scalars(index.matching("project", "Renamed")).all() == []
    run(two, name="Renamed Centre")
    assert db.session.scalars(index.matching("project", "Renamed")).all() == [project.id]


def test_one_record_and_itself_are_refused(two):
    with pytest.raises(RuleBroken, match="one and the same"):
        merge(two.older, two.older, values={}, actor=two.coordinator)


def test_a_ring_is_refused(two):
    older = two.older
    kept = run(two)
    stale = Institution(id=alias_of(kept), name="Stale", country="BD")
    with pytest.raises(RuleBroken, match="one already"):
        merge(kept, stale, values={}, actor=two.coordinator)
    assert older not in db.session


def alias_of(kept):
    return db.session.scalars(
        sa.select(InstitutionAlias.old_id).where(InstitutionAlias.institution_id == kept.id)
    ).first()


def test_two_ror_ids_need_a_choice_and_the_other_one_still_finds_the_record(two):
    two.older.ror, two.newer.ror = "05dxps055", "02mhbdp94"
    db.session.flush()
    with pytest.raises(RuleBroken, match="ROR"):
        run(two)
    kept = run(two, ror="05dxps055")
    assert kept.ror == "05dxps055"
    assert by_ror("02mhbdp94") is kept


def test_of_two_memberships_one_stays_since_the_earlier_day(two):
    for institution, day in ((two.older, date(2020, 1, 1)), (two.newer, date(2022, 2, 2))):
        institution.memberships[0].joined_on = day
    past = make_network()
    institutions.join_network(two.older, past, on=date(2019, 1, 1), actor=None)
    institutions.leave_network(two.older, past, on=date(2020, 1, 1), actor=None)
    kept = run(two)
    held = db.session.scalars(sa.select(Membership).where(Membership.institution_id == kept.id)).all()
    assert sorted((row.network_id, row.joined_on, row.left_on) for row in held) == sorted(
        [(two.network.id, date(2020, 1, 1), None), (past.id, date(2019, 1, 1), date(2020, 1, 1))]
    )


def test_contacts_of_both_fill_the_two_places(two):
    kept = run(two)
    assert answering_contacts(kept.id) == [two.second, two.first]


def test_whoever_has_no_place_left_answers_no_more_and_is_told(two):
    other = make_person("Dora", contact_of=two.newer)
    kept = run(two)
    assert answering_contacts(kept.id) == [two.second, other]
    past = db.session.scalars(sa.select(Contact).where(Contact.person_id == two.first.id)).one()
    assert past.until is not None and past.institution_id == kept.id
    assert "made one record" in text_of(owed(two.first)[-1])
    assert kept.id in two.first.institution_ids


def test_a_contact_of_both_holds_one_place(two):
    institutions.name_contact(two.newer, two.first, 2, actor=None)
    db.session.expire_all()
    kept = run(two)
    assert answering_contacts(kept.id) == [two.second, two.first]


def test_open_questions_go_on_to_who_answers_then(two, client):
    project = make_project(ProjectState.RECRUITING)
    make_person("Dora", contact_of=two.newer)
    partner = recruiting.invite(project, two.older, note="Your work on deltas", actor=project.lead)
    old_path, earlier = link_to(two.first), len(owed(two.second))
    ask = latest("recruiting.invitation", partner)
    kept = run(two)
    assert (ask.addressee_id, ask.is_open) == (kept.id, True)
    assert ask in waiting(two.second) and ask not in waiting(two.first)
    assert client.get(old_path).status_code == 410  # others answer now
    fresh = [text_of(letter) for letter in owed(two.second)[earlier:]]
    path = next(link_in(text) for text in fresh if "Your work on deltas" in text)
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    assert partner.commitment is Commitment.AGREED and partner.answered_by_id == two.second.id


def test_an_old_link_of_somebody_who_still_answers_works(two, client):
    project = make_project(ProjectState.RECRUITING)
    partner = recruiting.invite(project, two.older, actor=project.lead)
    path = link_to(two.first)
    run(two)
    assert client.get(path).status_code == 200
    assert client.post(path, data={"answer": "accept"}).status_code == 303
    assert partner.commitment is Commitment.AGREED


def test_what_was_handed_to_somebody_who_loses_the_place_comes_back(two):
    project = make_project(ProjectState.RECRUITING)
    make_person("Dora", contact_of=two.newer)
    partner = recruiting.invite(project, two.older, actor=project.lead)
    ask = latest("recruiting.invitation", partner)
    ask.delegated_to = two.first
    db.session.flush()
    run(two)
    assert ask.delegated_to is None and ask in waiting(two.second)


def test_somebody_at_both_is_there_once_where_the_days_are_the_same(two):
    person = make_person(institution=two.older)
    institutions.affiliate(person, two.newer, position="Fellow", actor=None)
    scholar = make_person()
    institutions.affiliate(scholar, two.older, starts_on=PartialDate.parse("2001"), actor=None)
    institutions.affiliate(scholar, two.newer, starts_on=PartialDate.parse("2010"), actor=None)
    kept = run(two)
    assert [(held.institution_id, held.position) for held in person.affiliations] == [(kept.id, "Fellow")]
    assert [str(held.starts_on) for held in scholar.affiliations] == ["2001", "2010"]


def test_a_claim_is_settled_where_the_other_record_knows_the_person(two):
    person = make_person(institution=two.newer)
    claim = institutions.affiliate(person, two.older, actor=person)
    ask = latest("contacts.claim", claim)
    assert ask.is_open
    kept = run(two)
    held = db.session.scalars(sa.select(Affiliation).where(Affiliation.person_id == person.id)).one()
    assert held.institution_id == kept.id and held.confirmed_at is not None
    assert ask.state is AskState.WITHDRAWN


def test_a_claim_that_nobody_has_answered_waits_on(two):
    person = make_person("Emil")
    claim = institutions.affiliate(person, two.older, actor=person)
    ask = latest("contacts.claim", claim)
    kept = run(two)
    assert ask in waiting(two.second) and ask.about_id == kept.id and ask.details["path"] == kept.path
    asks.answer(ask, "confirm", {}, actor=two.second)
    assert kept.id in person.institution_ids


def test_two_questions_about_one_network_become_one(two):
    other = make_network()
    coordinator = make_person(coordinates=other)
    first = memberships.add(two.older, other, actor=coordinator)
    second = memberships.add(two.newer, other, actor=coordinator)
    kept = run(two)
    candidacy = db.session.scalars(sa.select(Candidacy)).one()
    assert candidacy.institution_id == kept.id
    assert (first.state, second.state) == (AskState.SUPERSEDED, AskState.OPEN)
    assert open_about_subject(INVITATION, candidacy) == [second]


def test_a_question_about_joining_ends_where_the_other_record_is_a_member(two):
    other = make_network()
    ask = memberships.add(two.older, other, actor=make_person(coordinates=other))
    institutions.join_network(two.newer, other, actor=None)
    run(two)
    assert ask.state is AskState.WITHDRAWN


def test_a_person_asked_to_take_a_place_that_is_taken_now_is_asked_no_more(two):
    for_main = contacts.name(two.older, make_person(institution=two.older), 1, actor=two.first)
    for_second = contacts.name(two.older, make_person(institution=two.older), 2, actor=two.first)
    run(two)
    assert (for_main.state, for_second.state) == (AskState.WITHDRAWN, AskState.WITHDRAWN)


def test_a_call_that_both_keep_in_mind_is_kept_once(two):
    project = make_project(ProjectState.RECRUITING)
    now = clock.now()
    early = SavedCall(project_id=project.id, institution=two.older, saved_by=two.first, saved_at=now - timedelta(1))
    late = SavedCall(project_id=project.id, institution=two.newer, saved_by=two.second, saved_at=now)
    db.session.add_all([early, late])
    db.session.flush()
    kept = run(two)
    saved = db.session.scalars(sa.select(SavedCall)).one()
    assert (saved.institution_id, saved.saved_by_id) == (kept.id, two.first.id)


def test_history_survives_and_one_row_is_added(two):
    kinds = sa.select(Activity.kind).where(Activity.subject_type == "institution").order_by(Activity.id)
    before = db.session.scalars(kinds).all()
    kept = run(two)
    rows = db.session.scalars(
        sa.select(Activity).where(Activity.subject_type == "institution").order_by(Activity.id)
    ).all()
    assert [row.kind for row in rows] == [*before, "merging.merge"]
    assert {row.subject_id for row in rows} == {kept.id}
    assert {row.details["path"] for row in rows} == {kept.path}


def test_contacts_and_coordinators_of_both_are_told(two):
    other = make_network()
    far = make_person("Farah", coordinates=other)
    institutions.join_network(two.newer, other, actor=None)
    before = {person: len(owed(person)) for person in (two.first, two.second, far, two.coordinator)}
    run(two)
    new = {person.name: len(owed(person)) - number for person, number in before.items()}
    assert new == {"Asha": 1, "Bela": 1, "Farah": 1, "Carla": 0}


def test_the_record_counts_as_checked_and_has_a_new_version(two):
    versions = (two.older.version, two.newer.version)
    kept = run(two)
    assert kept.version > max(versions) and kept.checked_at is not None


def test_where_no_rule_of_a_project_speaks_its_other_partners_stay(two):
    project = make_project(ProjectState.RUNNING)
    before = {partner.id: partner.commitment for partner in project.partners}
    run(two)
    after = db.session.scalars(sa.select(Partner).where(Partner.project_id == project.id))
    assert {partner.id: partner.commitment for partner in after} == before
