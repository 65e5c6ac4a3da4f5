"""The balance of a project's partners: what is counted, against what is wished, and who sees whom."""

import re

import pytest

from tests.factories import add_partners, make_institution, make_network, make_person, make_project
from tracker.balance import actions
from tracker.balance.meter import Standing, meter
from tracker.database import db
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def call():
    """A call from Bangladesh; Bangladesh and Peru agreed, Kenya intends, Ghana is invited."""
    project = make_project(ProjectState.RECRUITING, countries=("BD", "BD", "PE"))
    add_partners(project, ["KE"])
    project.partners[3].commitment = Commitment.INTENDS
    recruiting.invite(project, make_institution("Asked Institute", country="GH"), actor=project.lead)
    return project


def lines(project, *, leads=False):
    db.session.flush()
    return {line.name: line for line in meter(project, leads=leads).lines}


def test_each_line_counts_who_agreed_and_beside_it_who_intends_to(call):
    counted = lines(call)
    assert (counted["institutions"].agreed.number, counted["institutions"].likely.number) == (3, 4)
    assert (counted["countries"].agreed.number, counted["countries"].likely.number) == (2, 3)
    assert (counted["regions"].agreed.names, counted["regions"].likely.number) == ("Asia and Americas", 3)


def test_who_is_invited_counts_for_the_lead_alone(call):
    assert lines(call)["institutions"].likely.number == 4
    assert lines(call, leads=True)["institutions"].likely.number == 5
    assert "Ghana" in lines(call, leads=True)["countries"].likely.names
    assert "Ghana" not in lines(call)["countries"].likely.names


def test_who_declined_or_left_counts_for_nobody(call):
    call.partners[3].commitment, call.partners[4].commitment = Commitment.WITHDREW, Commitment.DECLINED
    assert lines(call, leads=True)["institutions"].likely.number == 3


def test_the_share_is_of_the_partners_with_a_country_and_names_it(call):
    share = lines(call)["largest_share"]
    assert (share.agreed.written, share.agreed.names) == ("67%", "Bangladesh")
    assert share.likely.written == "50%"


def test_a_network_counts_neither_as_institution_nor_as_a_country(call):
    call.partners[2].institution, call.partners[2].network = None, make_network("Another alliance")
    counted = lines(call)
    assert (counted["institutions"].agreed.number, counted["largest_share"].agreed.number) == (2, 100)


def test_languages_are_those_that_partners_work_in_the_commonest_first():
    project = make_project(ProjectState.RECRUITING)
    for languages in (["es", "qu"], ["fr", "es"]):
        institution = make_institution(languages=languages)
        partner = recruiting.invite(project, institution, actor=project.lead)
        recruiting.answer_invitation(partner, agrees=True, actor=make_person(contact_of=institution))
    value = lines(project)["languages"].agreed
    assert value.number == 3
    assert value.names.startswith("Spanish")


def test_in_its_first_project_is_who_takes_part_in_no_other():
    first = make_project(ProjectState.RUNNING, countries=("BD", "PE"))
    second = make_project(ProjectState.RECRUITING, countries=("BD", "KE"))
    known, asked_elsewhere = first.partners[1].institution, make_institution("Asked elsewhere", country="SN")
    recruiting.invite(first, asked_elsewhere, actor=first.lead)
    for institution in (known, asked_elsewhere):
        partner = recruiting.invite(second, institution, actor=second.lead)
        recruiting.answer_invitation(partner, agrees=True, actor=make_person(contact_of=institution))
    assert lines(second)["newcomers"].agreed.number == 3  # an invitation elsewhere is no project yet
    assert known.name not in lines(second)["newcomers"].agreed.names


def test_a_value_stands_to_its_wish_in_words(call):
    actions.wish(call.network, institutions=3, countries=3, largest_share=50, actor=None)
    counted = lines(call)
    assert counted["institutions"].agreed.standing is Standing.REACHED
    assert counted["countries"].agreed.standing is Standing.NOT_YET
    assert counted["countries"].likely.standing is Standing.REACHED
    assert counted["largest_share"].agreed.standing is Standing.BEYOND
    assert counted["largest_share"].likely.standing is Standing.REACHED
    assert counted["languages"].agreed.standing is None
    assert (counted["countries"].wish, counted["largest_share"].wish) == ("at least 3", "at most 50%")


def test_advice_names_the_regions_of_members_that_no_partner_comes_from(call):
    make_institution(country="DE")
    make_institution(country="FJ", member_of=None)
    advice = meter(call, leads=False).advice
    assert advice == ["No partner yet from: Europe. The network has members there."]


def test_advice_says_when_all_are_from_one_country():
    project = make_project(ProjectState.RECRUITING, countries=("BD", "BD"))
    assert "All partners are from one country so far: Bangladesh." in meter(project, leads=True).advice


def test_a_project_without_any_partner_has_a_balance_too():
    project = make_project()
    project.partners.clear()
    counted = lines(project)
    assert (counted["institutions"].agreed.number, counted["largest_share"].agreed.written) == (0, "none yet")
    actions.wish(project.network, largest_share=50, actor=None)
    assert lines(project)["largest_share"].agreed.standing is None


def test_many_names_are_cut_short(call):
    add_partners(call, ["SN", "EG", "ZA", "IN", "CN", "BR", "MX", "CL"])
    assert lines(call)["countries"].agreed.names.endswith("and 4 more")


def test_the_page_says_it_all_without_colour(call, signed_in):
    actions.wish(call.network, countries=3, largest_share=50, words="Young researchers.", actor=None)
    page = signed_in(call.lead).get(f"{call.path}/balance").text
    for words in (
        "at least 3",
        "not yet",
        "more than wished",
        "as wished",
        "Young researchers.",
        "Who leads:",
        "never stops",
    ):
        assert words in page


def test_who_is_invited_is_no_part_of_what_others_read(call, signed_in):
    for who in (make_person(institution=make_institution()), call.partner_people[0]):
        page = signed_in(who).get(f"{call.path}/balance").text
        assert "Ghana" not in page
        assert "Africa" in page  # Kenya intends to join
        assert "are invited" not in page


@pytest.mark.parametrize(
    ("state", "shown"),
    [(ProjectState.DRAFT, True), (ProjectState.RECRUITING, True), (ProjectState.RUNNING, False)],
)
def test_the_project_page_shows_it_while_partners_are_sought(state, shown, signed_in):
    project = make_project(state)
    page = signed_in(project.lead).get(project.path).text
    assert ('id="balance"' in page) is shown
    assert ('/balance"' in page) is not shown


def test_on_the_project_page_those_who_only_read_get_a_link(call, signed_in):
    page = signed_in(make_person(institution=make_institution())).get(call.path).text
    assert 'id="balance"' not in page
    assert f"{call.path}/balance" in page


def test_the_queries_do_not_grow_with_the_partners(call, signed_in, queries):
    lead, path = signed_in(call.lead), f"{call.path}/balance"
    lead.get(path)
    with queries() as before:
        lead.get(path)
    add_partners(call, ["SN", "EG", "ZA"])
    db.session.flush()
    with queries() as after:
        lead.get(path)
    assert len(after) == len(before)


def test_it_never_stops_a_project(signed_in):
    project = make_project(ProjectState.RECRUITING)
    actions.wish(project.network, institutions=50, countries=50, largest_share=1, actor=None)
    page = signed_in(project.lead).get(f"{project.path}/steps/start").text
    assert not re.search(r"wish|balance", page, re.IGNORECASE)
