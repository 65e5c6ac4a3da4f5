from tests.asks.letters import owed
from tests.factories import make_institution, make_person, make_project
from tracker.database import db
from tracker.institutions import actions as institutions
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.terms import actions as terms


def test_who_answers_for_two_partners_gets_the_question_of_each():
    call = make_project(ProjectState.RECRUITING, countries=("BD",))
    both = make_person()
    for country in ("PE", "BO"):
        house = make_institution(country=country)
        institutions.name_contact(house, both, institutions.MAIN, actor=None)
        db.session.expire(both)
        partner = recruiting.invite(call, house, actor=call.lead)
        recruiting.answer_invitation(partner, agrees=True, actor=both)
    terms.write(call, text="We share the work.", actor=call.lead)
    asked = [letter.details["for"] for letter in owed(both) if letter.details.get("asked_kind") == "terms.confirm"]
    assert len(set(asked)) == len(asked) == 2
