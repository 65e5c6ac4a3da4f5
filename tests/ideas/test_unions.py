"""Joining and merging: what a yes does, a no, and everything that cannot be."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_person, make_project, make_seat, make_theme
from tracker import clock
from tracker.asks.actions import expire
from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.asks.states import AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.ideas import actions, queries, rounds
from tracker.ideas.models import Union
from tracker.ideas.states import UnionKind
from tracker.memberships.queries import REQUEST
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.recruiting import actions as recruiting
from tracker.seats.queries import fillings_of

JOIN, MERGE = UnionKind.JOIN, UnionKind.MERGE


@pytest.fixture
def call():
    return make_project(ProjectState.RECRUITING, title="Ports and trade", countries=("BD", "PE"))


@pytest.fixture
def draft():
    return make_project(title="Harbours of the South", question="What do harbours change?", countries=("KE",))


def ask(project, into, kind=JOIN, **more):
    union = actions.propose(project, into, kind, actor=project.lead, **more)
    db.session.flush()
    return union


def say(client, lead, answer, **more):
    return client.post(link_to(lead), data={"answer": answer, "seen": "0", **more})


def place(project, other):
    """The partner of `project` that leads or led `other`."""
    wanted = other.partners[0].institution_id
    return next((partner for partner in project.partners if partner.institution_id == wanted), None)


def test_a_yes_by_the_mailed_link_makes_the_lead_a_partner_and_both_pages_name_each_other(
    client, signed_in, draft, call
):
    ask(draft, call, words="We have data on **Mombasa**.")
    letter = text_of(owed(call.lead)[-1])
    assert "would like to join: Ports and trade" in letter and "Mombasa" in letter and "What do harbours" in letter
    page = client.get(link_to(call.lead)).text
    assert "Harbours of the South" in page and "What do harbours change?" in page
    assert say(client, call.lead, "accept").status_code == 303
    partner = place(call, draft)
    assert (partner.role, partner.commitment) == (Role.PARTNER, Commitment.AGREED)
    assert [(line.commitment, line.person_id) for line in partner.ledger] == [(Commitment.AGREED, draft.lead.id)]
    assert draft.lead in projects.team(call) and draft.lead not in projects.leads(call)
    assert draft.state is ProjectState.STOPPED
    assert "It goes on as part of “Ports and trade”." in draft.transitions[-1].reason
    mine = signed_in(draft.lead).get(draft.path).text
    assert "What do harbours change?" in mine and f'href="{call.path}"' in mine and "It goes on as part of" in mine
    theirs = signed_in(draft.lead).get(call.path).text
    assert "Joined by:" in theirs and f'href="{draft.path}"' in theirs
    assert (
        "Harbours" not in signed_in(call.partner_people[0]).get(call.path).text.split("History")[0]
    )  # not theirs to read
    told = [text_of(letter) for letter in owed(draft.lead)]
    assert any("goes on as part of this project" in text for text in told)


def test_merging_keeps_both_leads_both_texts_and_asks_the_other_partners(client, signed_in, call):
    shared, own = make_theme("Ports"), make_theme("Customs")
    other = make_project(
        ProjectState.RECRUITING,
        title="Harbours of the South",
        question="What do harbours change?",
        why_now="Ships grow.",
        countries=("KE", "TZ"),
        themes=[shared, own],
    )
    both = recruiting.invite(other, call.partners[1].institution, actor=other.lead)  # takes part in both
    recruiting.answer_invitation(both, agrees=True, actor=call.partner_people[0])
    make_seat(other, wanted=2)
    make_seat(call)
    ask(other, call, MERGE)
    assert "proposes to merge with" in text_of(owed(call.lead)[-1])
    assert say(client, call.lead, "accept").status_code == 303
    roles = {partner.name: (partner.role, partner.commitment) for partner in call.partners}
    assert roles[place(call, other).name] == (Role.CO_LEAD, Commitment.AGREED)
    brought = next(partner for partner in call.partners if partner.institution_id == other.partners[1].institution_id)
    assert (brought.role, brought.commitment) == (Role.PARTNER, Commitment.INTENDS)
    assert latest("recruiting.agreement", brought).is_open
    assert len([p for p in call.partners if p.institution_id == call.partners[1].institution_id]) == 1
    assert set(projects.leads(call)) == {call.lead, other.lead}
    assert set(call.countries) == {"BD", "PE", "KE", "TZ"} and {shared.id, own.id} <= {t.id for t in call.themes}
    assert sorted(seat.wanted for seat in fillings_of(call.id)) == [1, 2]
    member = call.partner_people[0]
    page = signed_in(member).get(call.path).text
    assert "Merged with:" in page
    union = db.session.scalars(sa.select(Union)).one()
    text = signed_in(member).get(union.path).text
    assert "What do harbours change?" in text and "Ships grow." in text
    assert signed_in(make_person()).get(union.path).status_code == 404


def test_who_takes_part_in_both_already_is_not_asked_twice_and_keeps_what_it_is(client, draft, call):
    home = draft.partners[0].institution
    invited = recruiting.invite(call, home, role=Role.ADVISER, actor=call.lead)
    ask(draft, call, MERGE)
    say(client, call.lead, "accept")
    assert (invited.role, invited.commitment) == (Role.CO_LEAD, Commitment.AGREED)
    assert latest("recruiting.invitation", invited).state is AskState.WITHDRAWN
    assert len([partner for partner in call.partners if partner.institution_id == home.id]) == 1


@pytest.mark.parametrize("kind", [JOIN, MERGE])
@pytest.mark.parametrize("is_sure", [True, False])
def test_a_lead_of_another_institution_is_asked_itself_and_joins_no_network(client, draft, call, kind, is_sure):
    other = make_institution("Lagos Ports", country="NG", member_of=None)
    contact = make_person(contact_of=other)
    partner = recruiting.invite(draft, other, role=Role.CO_LEAD, actor=draft.lead)
    recruiting.answer_invitation(partner, agrees=True, is_sure=is_sure, actor=contact)
    db.session.execute(sa.delete(Ask).where(Ask.kind == REQUEST))
    ask(draft, call, kind)
    assert say(client, call.lead, "accept").status_code == 303
    brought = next(known for known in call.partners if known.institution_id == other.id)
    role = Role.PARTNER if kind is JOIN else Role.CO_LEAD
    assert (brought.role, brought.commitment) == (role, Commitment.INTENDS)
    assert latest("recruiting.agreement", brought).is_open
    assert db.session.scalars(sa.select(Ask).where(Ask.kind == REQUEST)).all() == []
    assert place(call, draft).commitment is Commitment.AGREED


def test_a_no_is_told_kindly_and_changes_nothing(client, draft, call):
    before = len(call.partners)
    union = ask(draft, call)
    say(client, call.lead, "decline", note="Another time, gladly")
    assert (union.is_done, union.is_open, draft.state) == (False, False, ProjectState.DRAFT)
    assert len(call.partners) == before
    letter = text_of(owed(draft.lead)[-1])
    assert "better done on their own" in letter and "Another time, gladly" in letter
    ask(draft, call, MERGE)  # may ask again


def test_whoever_asked_sees_where_it_stands_and_takes_it_back(signed_in, client, draft, call):
    union = ask(draft, call)
    question = latest("ideas.join", union)
    browser = signed_in(draft.lead)
    assert question.path in browser.get(draft.path).text
    assert browser.submit(f"{question.path}/withdraw", words="We go alone").status_code == 303
    assert not union.is_open and latest("ideas.join", union).state is AskState.WITHDRAWN
    assert "Remind or withdraw" not in browser.get(draft.path).text


def test_without_an_answer_it_runs_out(draft, call):
    union = ask(draft, call)
    question = latest("ideas.join", union)
    with clock.frozen(clock.now() + timedelta(days=61)):
        expire(question)
    assert question.state is AskState.EXPIRED and not union.is_open and not union.is_done


def test_it_is_taken_back_once_no_answer_could_bring_it_about(draft, call, client):
    join, merge = ask(draft, call), ask(make_project(title="Quays"), call, MERGE)
    assert rounds.close(10) == 0
    other = make_project(ProjectState.RUNNING)
    late = ask(make_project(title="Docks"), other)
    projects.take_step(other, "stop", actor=other.lead, reason="Elections")
    call.state = ProjectState.RUNNING  # as a start would
    db.session.flush()
    assert rounds.close(10) == 2
    assert join.is_open and not merge.is_open and not late.is_open
    assert latest("ideas.merge", merge).state is AskState.WITHDRAWN
    assert any("one of the two went on" in text_of(letter) for letter in owed(merge.asked_by))


def refused(draft, call, kind=JOIN):
    with pytest.raises(RuleBroken) as caught:
        actions.propose(draft, call, kind, actor=draft.lead)
    return str(caught.value)


def test_what_cannot_be_says_why(draft, call):
    assert "part of itself" in refused(draft, draft)
    running = make_project(ProjectState.RUNNING, title="Already at work")
    assert "not started" in refused(running, call)
    assert "too late" in refused(draft, running, MERGE)
    actions.propose(
        make_project(title="Late comers"), running, JOIN, actor=running.lead
    )  # a running one takes partners
    published = make_project(ProjectState.PUBLISHED)
    assert "too late" in refused(draft, published)
    stopped = make_project(ProjectState.STOPPED, title="Given up")
    assert "“Given up” is stopped." in refused(draft, stopped)
    ask(draft, call)
    assert "You asked “Ports and trade” already" in refused(draft, make_project(ProjectState.RECRUITING))
    assert db.session.scalar(sa.select(sa.func.count(Union.id))) == 2


def test_who_was_asked_first_answers_instead(signed_in, call):
    other = make_project(ProjectState.RECRUITING, title="Harbours of the South")
    union = ask(other, call)
    assert "They asked you first" in refused(call, other)
    page = signed_in(call.lead).get(f"/projects/{call.id}/join/{other.id}").text
    assert "They asked you first" in page and latest("ideas.join", union).path in page
    assert signed_in(call.lead).submit(f"/projects/{call.id}/join/{other.id}").status_code == 409


def test_a_chain_says_where_it_went_on_and_no_ring_closes(signed_in, call):
    first, second, third = (
        make_project(ProjectState.RECRUITING, title=title) for title in ("First", "Second", "Third")
    )
    into_third, into_first, into_second = ask(second, third), ask(third, first), ask(first, second)

    def say_yes(union):
        answer = signed_in(union.into.lead).submit(latest("ideas.join", union).path, answer="accept", seen="0")
        assert answer.status_code == 303

    say_yes(into_second)
    assert not into_first.is_open  # what it asked has gone elsewhere
    assert any("“First” was taken back" in text_of(letter) for letter in owed(third.lead))
    assert "“First” goes on as part of “Second” now." in refused(third, first)
    say_yes(into_third)
    assert queries.goes_on_as(first).id == third.id
    assert "“First” goes on as part of “Third” now." in refused(call, first)
    assert "“First” goes on as part of “Third” now." in refused(first, call)


def test_what_is_resumed_goes_on_by_itself_again(client, signed_in, draft, call):
    ask(draft, call)
    say(client, call.lead, "accept")
    with clock.frozen(clock.now() + timedelta(days=3)):
        projects.take_step(draft, "resume", actor=draft.lead, reason="We go on alone")
    assert queries.goes_on_as(draft) is None
    assert "It goes on as part of:" not in signed_in(draft.lead).get(draft.path).text
    assert "Joined by" not in signed_in(draft.lead).get(call.path).text
    ask(draft, make_project(ProjectState.RECRUITING))


def test_a_yes_that_comes_too_late_changes_nothing_and_says_so(client, draft, call):
    union = ask(draft, call)
    projects.take_step(draft, "stop", actor=draft.lead, reason="Elections")
    answer = say(client, call.lead, "accept")
    assert answer.status_code == 409 and "is stopped" in answer.text
    assert place(call, draft) is None and union.is_open


def test_the_page_says_what_it_means_and_shows_both(signed_in, draft, call):
    browser = signed_in(draft.lead)
    for way, words in (("join", "becomes a partner there"), ("merge", "both lead it")):
        page = browser.get(f"/projects/{draft.id}/{way}/{call.id}").text
        assert words in page and draft.title in page and call.title in page and "What do harbours" in page
    assert browser.submit(f"/projects/{draft.id}/merge/{call.id}", words="x" * 3000).status_code == 422
    assert browser.submit(f"/projects/{draft.id}/merge/{call.id}", words="Together").status_code == 303
    assert db.session.scalars(sa.select(Union)).one().words == "Together"
    assert browser.get(f"/projects/{draft.id}/join/999999").status_code == 404
    assert browser.get(f"/projects/{draft.id}/join/{draft.id}").status_code == 200
    page = browser.get(f"/projects/{draft.id}/join/{make_project(ProjectState.RUNNING).id}").text
    assert "You asked “Ports and trade” already" in page


def test_nobody_asks_for_a_project_that_others_lead_or_into_one_they_cannot_read(signed_in, draft, call):
    stranger = make_person(institution=make_institution(country="SN"))
    assert signed_in(stranger).submit(f"/projects/{draft.id}/join/{call.id}").status_code == 404
    assert signed_in(stranger).submit(f"/projects/{call.id}/join/{call.id}").status_code == 403
    hidden = make_project(title="Hidden")
    assert signed_in(draft.lead).submit(f"/projects/{draft.id}/join/{hidden.id}").status_code == 404
    assert signed_in(call.coordinator).submit(f"/projects/{call.id}/merge/{call.id}").status_code == 403
    assert db.session.scalar(sa.select(sa.func.count(Ask.id)).where(Ask.kind.startswith("ideas."))) == 0


def test_the_text_that_asks_is_read_by_both_leads_and_nobody_else(signed_in, draft, call):
    union = ask(draft, call)
    assert "What do harbours change?" in signed_in(call.lead).get(union.path).text
    assert signed_in(call.partner_people[0]).get(union.path).status_code == 404
    assert signed_in(call.lead).get(f"/projects/{draft.id}/ideas/{union.id}").status_code == 404
    assert signed_in(call.lead).get(f"{call.path}/ideas/9999999999").status_code == 404


def test_asking_and_taking_back_over_and_over_is_no_way_to_send_mails(draft, call):
    for _time in range(actions.MOST_A_DAY):
        actions.withdraw(ask(draft, call), actor=draft.lead)
    with pytest.raises(RuleBroken, match="several times today"):
        ask(draft, call)
