"""Two who press at the same moment: one effect, and for the other a page that says why not. Never a 500."""

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart, post
from tests.factories import approve_all, make_institution, make_network, make_person, make_project
from tracker.accounts import actions as accounts
from tracker.accounts import tokens
from tracker.accounts.models import Purpose
from tracker.activity.models import Activity
from tracker.asks import queries as ask_queries
from tracker.asks.models import Answer, Ask
from tracker.database import db
from tracker.institutions.models import Contact, Coordinator, Institution, Membership, Person
from tracker.projects.models import Partner, Project, ProjectMember
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting
from tracker.reports import queries as report_queries
from tracker.terms.models import Terms


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    with database_apart(tmp_path_factory.mktemp("apart")) as app:
        yield app


@pytest.fixture
def arranged(apart):
    """arranged(function): what it returns, computed and committed in the database apart."""

    def arrange(make):
        with apart.app_context():
            made = make()
            db.session.commit()
            return made

    return arrange


@pytest.fixture
def count(apart):
    def rows(*conditions):
        with apart.app_context():
            return db.session.scalar(sa.select(sa.func.count()).where(*conditions))

    return rows


def statuses(answers):
    return sorted(getattr(answer, "status_code", repr(answer)) for answer in answers)


def refused(answers):
    """The page of whoever came second; it is a page, with a way on."""
    pages = [answer for answer in answers if answer.status_code >= 400]
    assert all("<h1" in page.text for page in pages)
    return pages


def test_two_coordinators_accept_one_proposal(apart, arranged, count):
    def make():
        project = make_project(ProjectState.PROPOSED)
        other = make_person(coordinates=project.network)
        return project.id, project.coordinator.session_key, other.session_key

    project, first, second = arranged(make)
    path = f"/projects/{project}/steps/accept"
    answers = at_once(post(apart, first, path), post(apart, second, path))
    assert statuses(answers) == [303, 409]
    assert "Accept" in refused(answers)[0].text
    assert count(Activity.kind == "projects.accept", Activity.subject_id == project) == 1


def test_yes_and_no_to_one_invitation(apart, arranged, count):
    def make():
        project = make_project(ProjectState.RECRUITING, countries=("KE",))
        institution = make_institution(country="PE", member_of=project.network)
        contacts = [make_person(contact_of=institution) for _ in range(2)]
        partner = recruiting.invite(project, institution, actor=project.lead)
        asked = ask_queries.latest("recruiting.invitation", partner)
        return project.id, asked.path, [contact.session_key for contact in contacts]

    project, path, (first, second) = arranged(make)
    answers = at_once(
        *(post(apart, key, path, answer=said, seen="0") for key, said in ((first, "accept"), (second, "decline")))
    )
    assert statuses(answers) == [303, 409]
    assert count(Activity.kind.in_(["recruiting.agree", "recruiting.decline"]), Activity.subject_id == project) == 1


def test_the_same_answer_twice_counts_once(apart, arranged, count):
    def make():
        project = make_project(ProjectState.RECRUITING, countries=("KE",))
        institution = make_institution(country="PE", member_of=project.network)
        contact = make_person(contact_of=institution)
        partner = recruiting.invite(project, institution, actor=project.lead)
        asked = ask_queries.latest("recruiting.invitation", partner)
        return project.id, partner.id, asked.path, contact.session_key, contact.id

    project, partner, path, key, person = arranged(make)
    answers = at_once(*[post(apart, key, path, answer="accept")] * 2)
    assert statuses(answers) == [303, 303]
    assert count(Activity.kind == "recruiting.agree", Activity.subject_id == project) == 1
    assert count(ProjectMember.project_id == project, ProjectMember.person_id == person) == 1
    assert count(Partner.id == partner, Partner.commitment == Commitment.AGREED) == 1


def test_two_publications(apart, arranged, count):
    def make():
        project = make_project(ProjectState.REVIEW)
        report = report_queries.drafts(project)[0]
        approve_all(report)
        seen = f"{report.id}:{report.version}:1"
        second = next(member for member in project.members if not member.is_lead)
        second.is_lead = True
        return project.id, project.lead.session_key, second.person.session_key, seen

    project, first, second, seen = arranged(make)
    path = f"/projects/{project}/steps/publish"
    answers = at_once(*[post(apart, key, path, seen=seen) for key in (first, second)])
    assert statuses(answers) == [303, 409]
    assert count(Activity.kind == "projects.publish", Activity.subject_id == project) == 1
    assert count(Activity.kind == "reports.publish", Activity.subject_id == project) == 1


def test_two_invitations_of_one_institution(apart, arranged, count):
    def make():
        project = make_project(ProjectState.RECRUITING, countries=("KE",))
        institution = make_institution(country="PE", member_of=project.network)
        make_person(contact_of=institution)
        return project.id, institution.id, project.lead.session_key, project.coordinator.session_key

    project, institution, first, second = arranged(make)
    path = f"/projects/{project}/partners/invite"
    answers = at_once(*[post(apart, key, path, institution=institution, role="partner") for key in (first, second)])
    assert statuses(answers) in ([303, 409], [303, 422])
    assert count(Partner.project_id == project, Partner.institution_id == institution) == 1


def test_two_contacts_for_one_place(apart, arranged, count):
    def make():
        institution = make_institution()
        people = [make_person(institution=institution) for _ in range(2)]
        for person in people:
            person.joined_at = None  # without an account the place is theirs at once
        network = institution.memberships[0].network
        keys = [make_person(coordinates=network).session_key for _ in range(2)]
        return institution.id, [person.id for person in people], keys

    institution, people, keys = arranged(make)
    path = f"/institutions/{institution}/contacts/1"
    calls = [post(apart, key, path, **{"place-1-person": person}) for key, person in zip(keys, people, strict=True)]
    answers = at_once(*calls)
    assert 500 not in statuses(answers)
    assert statuses(answers)[0] == 303
    assert count(Contact.institution_id == institution, Contact.until.is_(None)) == 1


def test_one_address_invited_by_two_institutions(apart, arranged, count):
    def make():
        places = [make_institution() for _ in range(2)]
        return [(place.id, make_person(contact_of=place).session_key) for place in places]

    places = arranged(make)
    person = {"name": "Nadia", "email": "nadia@example.org", "place": ""}
    answers = at_once(*[post(apart, key, f"/institutions/{place}/invite", **person) for place, key in places])
    assert statuses(answers) in ([303, 303], [303, 409])
    assert count(Person.email == "nadia@example.org") == 1


def test_one_address_invited_twice_by_one_institution(apart, arranged, count):
    def make():
        place = make_institution()
        return place.id, [make_person(contact_of=place).session_key for _ in range(2)]

    place, keys = arranged(make)
    person = {"name": "Bela", "email": "bela@example.org", "place": "", "position": "Fellow"}
    answers = at_once(*[post(apart, key, f"/institutions/{place}/invite", **person) for key in keys])
    assert statuses(answers) in ([303, 303], [303, 409])
    assert count(Person.email == "bela@example.org") == 1
    with apart.app_context():
        bela = db.session.scalars(sa.select(Person).where(Person.email == "bela@example.org")).one()
        assert len(bela.affiliations) == 1


def test_one_institution_joins_one_network_twice(apart, arranged, count):
    def make():
        network = make_network()
        institution = make_institution("Centre for Races", member_of=None)
        keys = [make_person(coordinates=network).session_key for _ in range(2)]
        return network.id, institution.id, keys

    network, institution, keys = arranged(make)
    path = f"/networks/{network}/members?q=Centre+for+Races"
    answers = at_once(*[post(apart, key, path, institution=institution, joined_on="2024-01-01") for key in keys])
    assert statuses(answers) in ([303, 409], [303, 422])
    assert count(Membership.network_id == network, Membership.left_on.is_(None)) == 1


def test_one_institution_asked_twice_at_once_is_asked_once(apart, arranged, count):
    def make():
        network = make_network()
        institution = make_institution("Centre for Questions", member_of=None)
        make_person(contact_of=institution)
        keys = [make_person(coordinates=network).session_key for _ in range(2)]
        return network.id, institution.id, keys

    network, institution, keys = arranged(make)
    path = f"/networks/{network}/members?q=Centre+for+Questions"
    answers = at_once(*[post(apart, key, path, institution=institution) for key in keys])
    assert statuses(answers) == [303, 409]
    assert count(Ask.kind == "memberships.invitation", Ask.addressee_id == institution) == 1
    assert count(Membership.network_id == network) == 0


def test_one_person_named_coordinator_twice(apart, arranged, count):
    def make():
        network = make_network()
        person = make_person()
        keys = [make_person(coordinates=network).session_key for _ in range(2)]
        return network.id, person.id, person.email, keys

    network, person, email, keys = arranged(make)
    answers = at_once(*[post(apart, key, f"/networks/{network}/coordinators", email=email) for key in keys])
    assert statuses(answers) == [303, 409]
    assert count(Coordinator.network_id == network, Coordinator.person_id == person) == 1


def test_the_last_two_coordinators_dismiss_each_other(apart, arranged, count):
    def make():
        network = make_network()
        people = [make_person(coordinates=network) for _ in range(2)]
        return network.id, [(person.id, person.session_key) for person in people]

    network, ((one, one_key), (two, two_key)) = arranged(make)
    path = f"/networks/{network}/coordinators"
    answers = at_once(post(apart, one_key, f"{path}/{two}/dismiss"), post(apart, two_key, f"{path}/{one}/dismiss"))
    assert statuses(answers)[0] == 303 and statuses(answers)[1] in (403, 409)
    assert count(Coordinator.network_id == network, Coordinator.until.is_(None)) == 1


def test_the_last_two_leads_step_back_at_once(apart, arranged, count):
    def make():
        project = make_project(ProjectState.RECRUITING)
        lead = db.session.scalars(sa.select(ProjectMember).where(ProjectMember.project_id == project.id)).all()
        for member in lead:
            member.is_lead = True
        return project.id, project.coordinator.session_key, project.lead.session_key, [member.id for member in lead]

    project, first, second, members = arranged(make)
    assert len(members) == 2
    path = f"/projects/{project}/team"
    calls = [post(apart, first, path, action="remove", member=members[0])]
    calls.append(post(apart, second, path, action="remove", member=members[1]))
    answers = at_once(*calls)
    assert statuses(answers) in ([303, 409], [303, 403])
    assert count(ProjectMember.project_id == project, ProjectMember.is_lead, ProjectMember.left_at.is_(None)) == 1


def test_two_edits_of_one_text(apart, arranged, count):
    def make():
        project = make_project()
        other = make_person(coordinates=project.network)
        member = ProjectMember(person=other, is_lead=True, joined_at=project.created_at)
        project.members.append(member)
        db.session.flush()
        return project.id, project.version, project.lead.session_key, other.session_key

    project, version, first, second = arranged(make)
    form = {"version": version, "language": "en", "working_language": ""}
    path = f"/projects/{project}/edit"
    answers = at_once(*[post(apart, key, path, title=key, **form) for key in (first, second)])
    assert statuses(answers) == [303, 409]
    winner = next(key for key, answer in zip((first, second), answers, strict=True) if answer.status_code == 303)
    assert count(Project.id == project, Project.title == winner) == 1
    assert all(key in refused(answers)[0].text for key in (first, second))  # both texts are there to choose from


def test_two_plans_from_templates_and_two_versions_of_terms(apart, arranged, count):
    def make():
        project = make_project(ProjectState.RECRUITING)
        return project.id, project.lead.session_key, project.coordinator.session_key

    project, first, second = arranged(make)
    form = {"template": "policy-brief", "start": "2026-01-31"}
    answers = at_once(*[post(apart, key, f"/projects/{project}/plan", **form) for key in (first, second)])
    assert statuses(answers) == [303, 409]
    texts = [("One", first), ("Two", second)]
    path = f"/projects/{project}/terms/write"
    answers = at_once(*[post(apart, key, path, text=text, number="0") for text, key in texts])
    assert statuses(answers) == [303, 409]
    assert count(Terms.project_id == project) == 1


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL])
def test_a_link_opened_twice_works_once(apart, arranged, count, purpose):
    def make():
        person = make_person()
        token = tokens.issue(purpose, person, f"moved-{purpose.value}@example.org" if "email" in purpose else "")
        key = person.session_key if purpose is Purpose.CHANGE_EMAIL else None  # who asked for it opens it
        return tokens.PATHS[purpose] + tokens.link_token(token), key

    path, key = arranged(make)
    form = {"name": "Name", "password": "seven quiet bicycles"}
    assert statuses(at_once(*[post(apart, key, path, **form)] * 2)) == [303, 404]


def test_two_who_open_one_invitation_make_one_account(apart, arranged, count):
    def make():
        place = make_institution()
        person = accounts.invite(name="Ada", email="ada@example.org", institution=place, actor=None)
        return person.id, accounts.invitation_link(person).rpartition("/")[2]

    person, link = arranged(make)
    form = {"password": "seven quiet bicycles"}
    answers = at_once(*[post(apart, None, f"/join/{link}", name=name, **form) for name in ("Ada", "Eve")])
    assert statuses(answers) == [303, 404]
    assert count(Answer.person_id == person, Answer.choice == "join") == 1


def test_one_tracker_is_set_up_by_two(tmp_path):
    with database_apart(tmp_path / "empty") as app:
        with app.app_context():
            path = accounts.set_up_link("http://localhost").removeprefix("http://localhost")
        form = {"name": "Name", "password": "seven quiet bicycles", "network": "A network"}
        calls = [post(app, None, path, email=f"{number}@example.org", **form) for number in (1, 2)]
        assert statuses(at_once(*calls)) == [303, 404]
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count(Coordinator.id))) == 1
            assert db.session.scalar(sa.select(sa.func.count(Institution.id))) == 0
