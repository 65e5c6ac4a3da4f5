"""Questions about a call, and what the leads answer: by the page, by the link of a mail, for all who may read it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.calls.conftest import DAY, NOW
from tests.factories import make_institution, make_network, make_person, make_project
from tracker import clock
from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.asks.states import AskState
from tracker.calls import actions
from tracker.calls.models import LENGTH, CallQuestion
from tracker.calls.queries import ASK
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.projects.actions import take_step
from tracker.projects.states import ProjectState

TEXT = "How many countries can take part?"


def questions():
    return list(db.session.scalars(sa.select(CallQuestion).order_by(CallQuestion.id)))


def ask(call, text=TEXT, **more):
    asked = actions.ask(call.project, call.place, text=text, **{"actor": call.member, **more})
    db.session.flush()
    return asked


@pytest.fixture
def reader():
    """Somebody at another member institution, who neither asked nor answers."""
    return make_person("Wei Chen", institution=make_institution("Institute of Chengdu", country="CN"))


def send(browser, call, **more):
    form = {"institution": str(call.place.id), "text": TEXT, "language": "en"}
    return browser.submit(f"{call.path}/ask", **form | more)


def test_a_member_asks_the_lead_answers_and_everybody_reads_it(call, reader, signed_in):
    answer = send(signed_in(call.member), call)
    [question] = questions()
    assert answer.status_code == 303 and answer.location == f"{call.path}#question-{question.id}"
    assert "Not answered yet" in signed_in(reader).get(call.path).text
    told = text_of(owed(call.lead)[-1])
    assert "Institute of Dakar asks about your call" in told and TEXT in told
    asked = latest(ASK, question)
    page = signed_in(call.lead).get(asked.path).text
    assert TEXT in page and "Amina Diallo" in page
    signed_in(call.lead).submit(asked.path, answer="answer", words="Up to six.", seen=0)
    page = signed_in(reader).get(call.path).text
    assert "Up to six." in page and "Institute of Dakar" in page and "Not answered yet" not in page
    mail = text_of(owed(call.member)[-1])
    assert TEXT in mail and "Up to six." in mail and mail.startswith("An answer to your question")
    assert f"{call.path}" in mail


def test_the_lead_answers_from_the_mail_without_signing_in(call, client):
    question = ask(call)
    path = link_to(call.lead)
    assert TEXT in client.get(path).text
    refused = client.post(path, data={"answer": "answer", "words": "  "})
    assert refused.status_code == 422 and "Write your answer first." in refused.text
    assert client.post(path, data={"answer": "answer", "words": "Up to six."}).status_code == 303
    assert question.answer == "Up to six." and question.answered_by_id == call.lead.id
    assert latest(ASK, question).answer.by_link


def test_the_lead_cannot_say_yet_and_later_can(call, reader, signed_in, client):
    question = ask(call)
    path = link_to(call.lead)
    client.post(path, data={"answer": "cannot_say", "words": ""})
    assert question.is_unsaid and not question.is_open
    assert "The lead cannot say yet." in signed_in(reader).get(call.path).text
    assert text_of(owed(call.member)[-1]).startswith("Not known yet")
    with clock.frozen(NOW + timedelta(days=3)):
        assert client.post(path, data={"answer": "answer", "words": "Six.", "seen": 1}).status_code == 303
        assert "Six." in signed_in(reader).get(call.path).text
    assert not question.is_unsaid and question.answered_at == NOW + timedelta(days=3)
    assert [letter for letter in owed(call.member) if "Six." in text_of(letter)]


def test_a_lead_changes_an_answer_later_and_it_keeps_its_place(call, signed_in):
    question = ask(call)
    actions.answer(question, text="Five.", actor=call.lead)
    first = question.answered_at
    page = signed_in(call.lead).get(call.path).text
    address = latest(ASK, question).path
    assert "Change the answer" in page and address in page
    with clock.frozen(NOW + timedelta(days=1)):
        signed_in(call.lead).submit(address, answer="answer", words="Six.", seen=1)
    assert question.answer == "Six." and question.answered_at == first
    assert "Change the answer" not in signed_in(call.member).get(call.path).text


def test_the_newest_answer_stands_first(call, signed_in):
    first, second = ask(call, "Who leads it?"), ask(call, "Who pays for it?")
    actions.answer(second, text="Own means.", actor=call.lead)
    with clock.frozen(NOW + timedelta(hours=1)):
        actions.answer(first, text="We do.", actor=call.lead)
        page = signed_in(call.member).get(call.path).text
    assert page.index("We do.") < page.index("Own means.")


def test_only_the_leads_and_whoever_asked_read_who_asked(call, reader, signed_in):
    actions.answer(ask(call), text="Six.", actor=call.lead)
    ask(call, "Who leads it?")
    for person, is_named in ((call.lead, True), (call.project.coordinator, True), (call.member, True), (reader, False)):
        page = signed_in(person).get(call.path).text.partition("<main")[2].partition("</main>")[0]
        assert ("Amina Diallo" in page) is is_named, person.name
        assert "Institute of Dakar" in page
    history = signed_in(call.project.partner_people[0]).get(f"{call.project.path}/history").text
    assert "Institute of Dakar asked a question" in history and "Amina Diallo" not in history


def test_questions_are_for_members_though_the_project_is_public(call, reader, signed_in, client):
    running = make_project(ProjectState.RUNNING)
    question = CallQuestion(project=running, institution=call.place, text=TEXT, answer="Six.", answered_at=NOW)
    db.session.add(question)
    outsider = make_person(institution=make_institution(member_of=make_network()))
    for browser in (client, signed_in(outsider)):
        page = browser.get(f"{running.path}/call").text
        assert TEXT not in page and "Six." not in page and call.place.name not in page
    assert TEXT in signed_in(reader).get(f"{running.path}/call").text
    assert signed_in(outsider).get(call.path).status_code == 404
    assert client.get(call.path).status_code == 303


@pytest.mark.parametrize(
    ("days", "later", "sentence"),
    [
        ({"opens_on": 5}, 0, "opens on 27 November 2026. Questions are welcome from then on."),
        ({"questions_until": 2, "closes_on": 9}, 4, "Questions were welcome until 24 November 2026"),
        ({"closes_on": 2}, 4, "This call closed on 24 November 2026: no new questions"),
    ],
)
def test_out_of_time_a_sentence_stands_where_the_form_was(call, set_days, signed_in, days, later, sentence):
    set_days(call.project, **{name: DAY + timedelta(days=after) for name, after in days.items()})
    with clock.frozen(NOW + timedelta(days=later)):
        browser = signed_in(call.member)
        for path in (call.path, f"{call.path}/ask"):
            page = browser.get(path).text
            assert sentence in page and "Send the question" not in page
        answer = send(browser, call)
        assert answer.status_code == 409 and sentence in answer.text and TEXT in answer.text
    assert questions() == []


def test_no_question_about_a_project_that_is_stopped(call, signed_in):
    take_step(call.project, "stop", actor=call.lead, reason="Elections")
    answer = send(signed_in(call.member), call)
    assert answer.status_code == 409 and "not looking for partners now" in answer.text
    assert questions() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": "  "}, "Write your question."),
        ({"text": "x" * (LENGTH + 1)}, "2000"),
        ({"language": "tlh"}, "valid choice"),
        ({"institution": "99999"}, "valid choice"),
        ({"institution": "x"}, "valid choice"),
        ({"institution": ""}, "Choose an institution."),
    ],
)
def test_a_question_that_does_not_hold_is_kept_to_be_mended(call, signed_in, wrong, sentence):
    answer = send(signed_in(call.member), call, **wrong)
    assert answer.status_code == 422 and sentence in answer.text
    assert questions() == []


def test_nobody_asks_in_the_name_of_another_institution(call, reader, signed_in):
    foreign = str(reader.affiliations[0].institution_id)
    assert send(signed_in(call.member), call, institution=foreign).status_code == 422
    with pytest.raises(RuleBroken, match="where you work"):
        actions.ask(call.project, reader.affiliations[0].institution, text=TEXT, actor=call.member)
    assert send(signed_in(call.lead), call).status_code == 403, "leads do not ask themselves"
    assert questions() == []


def test_who_works_at_two_institutions_chooses_in_whose_name(call, signed_in):
    second = make_institution("Institute of Thiès", country="SN")
    institutions.affiliate(call.member, second, actor=None)
    db.session.expire(call.member)
    assert send(signed_in(call.member), call, institution="").status_code == 422, "nothing is chosen for them"
    assert send(signed_in(call.member), call, institution=str(second.id)).status_code == 303
    assert questions()[0].institution_id == second.id


def test_the_language_of_the_reader_is_chosen_and_another_may_be(call, signed_in):
    call.member.interface_language = "fr"
    page = signed_in(call.member).get(f"{call.path}/ask?lang=en").text
    assert 'selected value="en"' in page or 'value="en" selected' in page or '<option selected value="en"' in page
    send(signed_in(call.member), call, language="en", text="Combien ?")
    assert questions()[0].language == "en"


def test_five_may_wait_for_an_answer_and_no_more(call, signed_in):
    asked = [ask(call, f"Question {number}") for number in range(5)]
    answer = send(signed_in(call.member), call)
    assert answer.status_code == 409 and "5 of your questions wait" in answer.text
    actions.answer(asked[0], text="Yes.", actor=call.lead)
    assert send(signed_in(call.member), call).status_code == 303


def test_two_presses_are_one_question(call, signed_in):
    browser = signed_in(call.member)
    assert send(browser, call).location == send(browser, call).location
    assert len(questions()) == 1 and len(db.session.scalars(sa.select(Ask).where(Ask.kind == ASK)).all()) == 1


def test_whoever_asked_takes_a_question_back_after_a_look(call, reader, signed_in):
    question = ask(call)
    path = f"{latest(ASK, question).path}/withdraw"
    assert path in signed_in(call.member).get(call.path).text
    assert path not in signed_in(reader).get(call.path).text
    assert signed_in(reader).submit(path).status_code in (403, 404)
    assert question.is_open
    assert "Take the question back" in signed_in(call.member).get(path).text
    assert signed_in(call.member).submit(path).status_code == 303
    assert not question.is_open and latest(ASK, question).state is AskState.WITHDRAWN
    assert TEXT not in signed_in(reader).get(call.path).text
    with pytest.raises(RuleBroken, match="taken back already"):
        actions.take_question_back(question, actor=call.member)


def test_what_is_answered_cannot_be_taken_back_nor_answered_once_it_was(call, client):
    question = ask(call)
    path = link_to(call.lead)
    actions.take_question_back(question, actor=call.member)
    assert "taken back" in client.get(path).text
    client.post(path, data={"answer": "answer", "words": "Six."})
    assert question.answer == ""
    with pytest.raises(RuleBroken, match="taken back"):
        actions.answer(question, text="Six.", actor=call.lead)
    other = ask(call, "Who leads it?")
    actions.answer(other, text="We do.", actor=call.lead)
    with pytest.raises(RuleBroken, match="answered"):
        actions.take_question_back(other, actor=call.member)


def test_nobody_answers_while_the_project_is_stopped(call, client):
    question = ask(call)
    path = link_to(call.lead)
    take_step(call.project, "stop", actor=call.lead, reason="Elections")
    assert latest(ASK, question).state is AskState.WITHDRAWN
    client.post(path, data={"answer": "answer", "words": "Six."})
    assert question.is_open
    with pytest.raises(RuleBroken, match="stopped"):
        actions.answer(question, text="Six.", actor=call.lead)


def test_whoever_may_no_longer_read_the_call_is_not_told_the_answer(call):
    question = ask(call)
    affiliation = call.member.affiliations[0]
    institutions.join_network(call.place, make_network(), actor=None)
    for membership in call.place.memberships:
        if membership.network_id == call.project.network_id:
            membership.left_on = DAY
    db.session.flush()
    db.session.expire_all()
    assert affiliation.is_current
    before = len(owed(call.member))
    actions.answer(question, text="Six.", actor=call.lead)
    assert len(owed(call.member)) == before


def test_a_page_of_many_questions_costs_what_one_of_few_does(call, reader, signed_in, queries):
    def cost(person):
        with queries() as log:
            assert signed_in(person).get(call.path).status_code == 200
        return len(log)

    def fill(number):
        for i in range(number):
            person = make_person(institution=make_institution(country="SN"))
            place = person.affiliations[0].institution
            asked = actions.ask(call.project, place, text=f"Question {i}?", actor=person)
            actions.ask(call.project, place, text=f"And question {i}?", actor=person)
            actions.answer(asked, text="Yes.", actor=call.lead)

    fill(2)
    few = [cost(person) for person in (reader, call.lead)]
    fill(12)
    assert [cost(person) for person in (reader, call.lead)] == few
    page = signed_in(reader).get(call.path).text
    assert "Page 1 of 2" in page


def test_asking_and_taking_back_over_and_over_is_no_way_to_send_mails(call):
    for number in range(actions.MOST_A_DAY):
        actions.take_question_back(ask(call, f"How many? {number}"), actor=call.member)
    with pytest.raises(RuleBroken, match="Go on tomorrow"):
        ask(call)
