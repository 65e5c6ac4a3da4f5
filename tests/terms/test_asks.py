"""Each partner is asked whether it confirms the newest terms, and answers from its mail."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart
from tests.asks.letters import link_to, owed, text_of
from tests.bench.statements import collected
from tests.factories import add_partners, make_institution, make_person, make_project
from tests.query_plans import steps
from tracker import clock
from tracker.activity.models import Activity
from tracker.asks import actions as asks
from tracker.asks import links
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.projects import actions as projects
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.terms import actions, queries, rounds


@pytest.fixture
def project():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def terms(project):
    return actions.write(project, text="We **share** what we find.", actor=project.lead)


def contact(project):
    return project.partner_people[0]


def asked(project):
    """The questions about the terms of a project, oldest first."""
    db.session.flush()
    query = sa.select(Ask).where(Ask.kind == actions.ASK, Ask.about_id == project.id)
    return list(db.session.scalars(query.order_by(Ask.id)))


def confirm_by_link(client, project):
    assert client.post(link_to(contact(project)), data={"answer": "confirm"}).status_code == 303


def test_a_partner_reads_the_whole_text_and_confirms_by_link(client, project, terms):
    path = link_to(contact(project))
    page = client.get(path).text
    assert "<strong>share</strong> what we find" in page and "not a contract" in page
    assert project.lead.name in page and project.partners[0].name in page
    assert client.post(path, data={"answer": "confirm", "note": "Gladly"}).status_code == 303
    assert actions.unconfirmed(project, queries.latest(project)) == []
    after = client.get(path).text
    assert "confirmed version 1" in after and contact(project).name in after and "by link" in after
    assert [text for text in map(text_of, owed(project.lead)) if "confirmed version 1" in text and "Gladly" in text]


def test_confirming_twice_is_one_confirmation(client, project, terms):
    confirm_by_link(client, project)
    assert client.post(link_of_answered(project), data={"answer": "confirm"}).status_code == 303
    assert len(queries.latest(project).confirmations) == 2  # the lead's by writing, and this one


def link_of_answered(project):
    """The link that a partner used, whose mail is sent."""
    return f"/a/{links.token(links.issue(asked(project)[-1], contact(project)))}"


def test_a_partner_that_would_like_a_change_says_which_and_can_confirm_after_all(client, project, terms):
    path = link_to(contact(project))
    assert client.post(path, data={"answer": "object"}).status_code == 422
    answer = {"answer": "object", "object-words": "Open data, please"}
    assert client.post(path, data=answer).status_code == 303
    assert actions.unconfirmed(project, queries.latest(project)) == [project.partners[1]]
    assert [text for text in map(text_of, owed(project.lead)) if "Open data, please" in text]
    assert "Open data, please" in client.get(path).text
    rounds.ask(10)
    assert len(asked(project)) == 1
    assert client.post(path, data={"answer": "confirm"}).status_code == 303
    assert actions.unconfirmed(project, queries.latest(project)) == []
    kinds = db.session.scalars(sa.select(Activity.kind).order_by(Activity.id)).all()
    assert [kind for kind in kinds if kind.startswith("terms")] == ["terms.write", "terms.object", "terms.confirm"]


def test_the_leads_read_on_the_page_what_should_change(client, project, terms, signed_in):
    client.post(link_to(contact(project)), data={"answer": "object", "object-words": "Open data, please"})
    assert "Open data, please" in signed_in(project.lead).get(f"{project.path}/terms").text
    other = make_person(contact_of=make_institution())
    partner = recruiting.invite(project, other.contact_places[0].institution, actor=project.lead)
    recruiting.answer_invitation(partner, agrees=True, actor=other)
    assert "Open data, please" not in signed_in(other).get(f"{project.path}/terms").text


def test_a_new_version_asks_everyone_again_and_the_old_link_says_so(client, project, terms):
    old = link_to(contact(project))
    actions.write(project, text="We share everything.", actor=project.lead)
    page = client.get(old)
    assert page.status_code == 200 and "A newer question took the place" in page.text
    assert client.post(old, data={"answer": "confirm"}).status_code in (403, 409)
    assert queries.latest(project).confirmations[-1].partner is project.partners[0]
    new = client.get(link_to(contact(project))).text
    assert "it replaces version 1" in new and "We share everything" in new
    assert [ask.state for ask in asked(project)] == [AskState.SUPERSEDED, AskState.OPEN]
    assert len([letter for letter in owed(contact(project)) if letter.thread.startswith("ask-")]) == 1


def test_what_was_confirmed_before_a_new_version_stays_and_is_asked_again(client, project, terms):
    confirm_by_link(client, project)
    answered = link_of_answered(project)
    actions.write(project, text="We share everything.", actor=project.lead)
    assert "confirmed version 1" in client.get(answered).text
    assert actions.unconfirmed(project, queries.latest(project)) == [project.partners[1]]


def test_a_partner_that_joins_after_the_terms_were_written_is_asked_once(project, terms):
    rounds.ask(10)
    add_partners(project, ["KE"])
    assert rounds.ask(10) == 1
    assert [ask.addressee_name for ask in asked(project)] == [partner.name for partner in project.partners[1:]]
    assert "Please confirm the terms" in text_of(owed(project.partner_people[1])[-1])
    assert rounds.ask(10) == 0
    projects.touch(project)
    rounds.ask(10)
    assert len(asked(project)) == 2


def test_a_partner_that_leaves_is_not_waited_for(client, project, terms):
    path = link_to(contact(project))
    recruiting.leave(project.partners[1], actor=contact(project))
    rounds.ask(10)
    assert asked(project)[-1].state is AskState.WITHDRAWN
    assert client.post(path, data={"answer": "confirm"}).status_code in (403, 409, 410)


def test_a_stopped_project_asks_nobody_and_asks_again_when_it_goes_on(project, terms):
    projects.take_step(project, "stop", actor=project.lead, reason="Elections")
    rounds.ask(10)
    assert [ask.state for ask in asked(project)] == [AskState.WITHDRAWN]
    projects.take_step(project, "resume", actor=project.lead, reason="They are over")
    rounds.ask(10)
    assert [ask.state for ask in asked(project)] == [AskState.WITHDRAWN, AskState.OPEN]


def test_what_was_taken_back_by_hand_is_not_asked_again(project, terms):
    asks.withdraw(asked(project)[0], actor=project.coordinator)
    projects.touch(project)
    rounds.ask(10)
    assert [ask.state for ask in asked(project)] == [AskState.WITHDRAWN]


def test_where_nobody_answers_for_a_partner_a_coordinator_notes_what_it_said(project, signed_in):
    institution = make_institution("Andean Institute", country="PE")
    partner = recruiting.invite(project, institution, actor=project.lead)
    recruiting.answer_invitation(partner, agrees=True, actor=project.coordinator)
    terms = actions.write(project, text="We share.", actor=project.lead)
    ask = queries.newest_asks(terms)[partner.id]
    coordinator = signed_in(project.coordinator)
    assert ask.path in coordinator.get(f"{project.path}/terms").text
    assert coordinator.submit(ask.path, answer="confirm").status_code == 303
    assert partner not in actions.unconfirmed(project, queries.latest(project))


def test_the_page_costs_the_same_with_more_partners(project, terms, signed_in, queries):
    lead, path = signed_in(project.lead), f"{project.path}/terms"
    with queries() as few:
        lead.get(path)
    add_partners(project, ["KE", "TZ", "NP"])
    rounds.ask(10)
    with queries() as many:
        lead.get(path)
    assert len(many) <= len(few)


def test_a_round_that_finds_nothing_costs_two_queries_by_index(project, terms):
    rounds.ask(10)
    with collected() as sent:
        assert rounds.ask(10) == 0
    assert len([known for known in sent if known.sql.startswith("SELECT")]) == 2
    assert not [step for step in steps(lambda: rounds.ask(10)) if step.startswith("SCAN")]


def test_a_worker_that_rested_for_months_still_finds_every_change_and_reads_none_twice():
    """Also where terms are written while it rests, and where it finds more than it takes at once."""
    began, known = clock.now() - timedelta(days=100), [make_project(ProjectState.RECRUITING) for _number in range(4)]
    with clock.frozen(began):
        for project in known:
            actions.write(project, text="We share.", actor=project.lead)
        assert rounds.ask(10) == 4 and rounds.ask(10) == 0
    for day, project in enumerate(known[:3], 1):
        with clock.frozen(began + timedelta(days=day)):
            add_partners(project, ["KE"])
    actions.write(known[3], text="We share everything.", actor=known[3].lead)
    assert [rounds.ask(1) for _turn in range(5)] == [1, 1, 1, 1, 0]
    assert all(len(asked(project)) == 2 for project in known)


def test_what_somebody_holds_is_found_in_the_next_turn_with_what_changed_after_it(tmp_path):
    with database_apart(tmp_path) as app, app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("one writer at a time")
        began = clock.now() - timedelta(days=20)
        known = [make_project(ProjectState.RECRUITING) for _number in range(3)]
        for day, project in enumerate(known):
            with clock.frozen(began + timedelta(days=day)):
                actions.write(project, text="We share.", actor=project.lead)
        db.session.commit()
        with db.engine.begin() as other:
            other.execute(sa.select(Project.id).where(Project.id == known[1].id).with_for_update())
            assert rounds.ask(10) == 1
        assert rounds.ask(10) == 2 and rounds.ask(10) == 0


def test_two_workers_at_once_ask_once(tmp_path):
    with database_apart(tmp_path) as app:
        with app.app_context():
            project = make_project(ProjectState.RECRUITING)
            actions.write(project, text="We share.", actor=project.lead)
            add_partners(project, ["KE", "TZ"])
            db.session.commit()
            known = len(asked(project))

        def work():
            with app.app_context():
                return rounds.ask(10)

        at_once(work, work)
        with app.app_context():
            found = db.session.scalars(sa.select(Ask).where(Ask.kind == actions.ASK)).all()
            assert len(found) == known + 2
            assert len({ask.addressee_id for ask in found}) == len(found)


def test_a_project_that_fails_holds_up_no_other_and_is_gone_through_when_it_next_changes(monkeypatch, caplog):
    known = [make_project(ProjectState.RECRUITING) for _number in range(3)]
    for project in known:
        actions.write(project, text="We share.", actor=project.lead)
    rounds.ask(10)
    for project in known:
        add_partners(project, ["KE"])
    poisoned, ask_partners = [known[0]], actions.ask_partners

    def fail_for_one(terms, asks):
        ask_partners(terms, asks)
        if terms.project in poisoned:
            raise ValueError("poison")

    monkeypatch.setattr(actions, "ask_partners", fail_for_one)
    assert rounds.ask(10) == 3
    assert [len(asked(project)) for project in known] == [1, 2, 2]
    assert rounds.ask(10) == 0 and len(caplog.records) == 1
    poisoned.clear()
    projects.touch(known[0])
    assert rounds.ask(10) == 1
    assert len(asked(known[0])) == 2
