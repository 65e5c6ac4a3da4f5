"""Terms in parts: the form, what changed, who is asked what, and the record of who confirmed which version."""

import html
import re

import pytest

from tests.asks.letters import link_to, owed, text_of
from tests.factories import add_partners, make_person, make_project, make_seat
from tracker.asks.queries import latest as latest_ask
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState, Role
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seats
from tracker.terms import actions, queries
from tracker.terms.states import AuthorOrder


@pytest.fixture
def project():
    return make_project(ProjectState.RECRUITING)


@pytest.fixture
def path(project):
    return f"{project.path}/terms"


def fields_of(page):
    """What the form holds, by field; of a group of choices the checked one."""
    found = {name: html.unescape(text).strip() for name, text in AREA.findall(page)}
    for tag in re.findall(r"<input[^>]*>", page):
        if 'type="radio"' in tag and " checked" in tag:
            found[re.search(r'name="([^"]*)"', tag)[1]] = re.search(r'value="([^"]*)"', tag)[1]
    found["number"] = re.search(r'name="number" value="(\d+)"', page)[1]
    chosen = re.search(r'<select[^>]*name="working_language".*?</select>', page, re.DOTALL)[0]
    found["working_language"] = (re.findall(r'selected value="([^"]*)"', chosen) or [""])[0]
    return found


AREA = re.compile(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', re.DOTALL)


def plain(page):
    """The text of a page without its marks, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def test_every_part_is_written_kept_and_read_again(project, path, signed_in):
    lead, partner = signed_in(project.lead), project.partners[1]
    form = fields_of(lead.get(f"{path}/write").text)
    assert form["author_order"] == "contribution" and "its own part" in form["funding"]
    written = {
        f"tasks-{project.partners[0].id}": "Writes the comparison.",
        f"tasks-{partner.id}": "Studies Peru.\nCollects data.",
        "author_order": "other",
        "author_order_words": "By chapter.",
        "working_language": "es",
        "translations": "Into Quechua.",
        "publisher": "South Press, Papers.",
        "funding": "Own resources.",
        "data_use": "Open after a year.",
        "leaving": "With a month's notice.",
        "text": "We meet **monthly**.",
    }
    assert lead.submit(f"{path}/write", **(form | written)).status_code == 303
    again = fields_of(lead.get(f"{path}/write").text)
    assert {name: again[name] for name in written} == written
    page = lead.get(path).text
    assert all(words in plain(page) for words in ("By chapter.", "Spanish", "Into Quechua.", "Open after a year."))
    assert "Collects data." in page and "<strong>monthly</strong>" in page and "not a contract" in page


def test_nothing_is_compulsory_but_something_must_be_said(project, path, signed_in):
    lead = signed_in(project.lead)
    form = dict.fromkeys(fields_of(lead.get(f"{path}/write").text), "") | {"number": "0", "author_order": "unsaid"}
    page = lead.submit(f"{path}/write", **form)
    assert page.status_code == 422 and "Write something first" in page.text
    page = lead.submit(f"{path}/write", **(form | {"author_order": "other", "funding": "Own resources"}))
    assert page.status_code == 422 and "in which order the authors stand" in page.text
    assert "Own resources" in page.text and queries.latest(project) is None
    assert lead.submit(f"{path}/write", **(form | {"funding": "Own resources"})).status_code == 303
    with pytest.raises(RuleBroken, match="Write something first"):
        actions.write(project, text=" ", actor=project.lead)


def test_the_seats_of_a_partner_are_its_first_tasks(project, path, signed_in):
    seat = make_seat(project, place="PE")
    seats.give(seat, project.partners[1], actor=project.lead)
    name = f"tasks-{project.partners[1].id}"
    assert "Peru" in fields_of(signed_in(project.lead).get(f"{path}/write").text)[name]
    actions.write(project, tasks={project.partners[1].id: "Fieldwork."}, actor=project.lead)
    assert fields_of(signed_in(project.lead).get(f"{path}/write").text)[name] == "Fieldwork."


def test_two_who_write_at_once_find_every_part_of_the_other_beside_their_own(project, path, signed_in):
    first, second = signed_in(project.lead), signed_in(project.coordinator)
    name = f"tasks-{project.partners[1].id}"
    form = fields_of(second.get(f"{path}/write").text)
    theirs = {name: "Their task", "funding": "Their money", "author_order": "institution", "working_language": "fr"}
    assert first.submit(f"{path}/write", **(form | theirs)).status_code == 303
    mine = form | {name: "My task", "funding": "My money", "leaving": "My leaving"}
    page = second.submit(f"{path}/write", **mine)
    assert page.status_code == 409
    beside = re.findall(r'class="theirs__text" dir="auto">([^<]*)<', page.text)
    assert {"Their task", "Their money", "by institution, the lead first", "French"} <= set(beside)
    kept = fields_of(page.text)
    assert (kept[name], kept["funding"], kept["leaving"]) == ("My task", "My money", "My leaving")
    assert kept["number"] == "1" and kept["author_order"] == "contribution"
    assert second.submit(f"{path}/write", **kept).status_code == 303
    assert queries.latest(project).number == 2


def test_the_page_shows_what_changed_part_by_part_and_not_by_colour_alone(project, path, signed_in):
    order = {"author_order": AuthorOrder.CONTRIBUTION, "leaving": "At any time."}
    actions.write(project, funding="Each pays for its part.", **order, actor=project.lead)
    order["author_order"] = AuthorOrder.ALPHABETICAL
    actions.write(project, funding="Each pays for its own part.", **order, actor=project.lead)
    page = signed_in(project.lead).get(path).text
    changed = page[page.index("What changed since version 1") :]
    assert "Each pays for its [added: own ]part." in plain(changed)
    assert "[removed: by contribution][added: alphabetical, by family name]" in plain(changed)
    assert re.search(r"<ins><bdi class=\"visually-hidden\" lang=\"en\">\[added: </bdi>own ", changed)
    assert "How to leave" not in changed


def test_any_two_versions_can_be_compared(project, path, signed_in):
    for funding in ("Own resources.", "A grant.", "A grant and own resources.", "Own resources."):
        actions.write(project, funding=funding, actor=project.lead)
    lead = signed_in(project.lead)
    assert "Own resources." in lead.get(f"{path}/1").text and "took its place" in lead.get(f"{path}/1").text
    assert "[added: and own resources]" in plain(lead.get(f"{path}/3/changes").text).replace("[added:  ", "[added: ")
    assert "version 3 beside version 1" in lead.get(f"{path}/1/changes?against=3").text
    assert "Nothing differs" in lead.get(f"{path}/4/changes?against=1").text
    assert "Nothing to compare with" in lead.get(f"{path}/1/changes").text
    for nonsense in ("9", "9/changes", "1/changes?against=9", "1/changes?against=x", "99999999999999999999"):
        assert lead.get(f"{path}/{nonsense}").status_code == 404


def test_a_partner_is_shown_what_changed_since_it_last_said_yes(project, client):
    partner, contact = project.partners[1], project.partner_people[0]
    first = actions.write(project, funding="A", leaving="B", actor=project.lead)
    actions.confirm(first, partner, actor=contact)
    actions.write(project, funding="A2", leaving="B", actor=project.lead)
    actions.write(project, funding="A2", leaving="B", tasks={partner.id: "Fieldwork"}, actor=project.lead)
    assert f"What changed: tasks of {partner.name} and funding." in " ".join(text_of(owed(contact)[-1]).split())
    page = client.get(link_to(contact)).text
    assert page.index(f"What changed since version 1, which {partner.name} confirmed") < page.index("The terms</h2>")
    assert "[removed: A][added: A2]" in plain(page) and "not a contract" in page
    back = actions.write(project, funding="A", leaving="B", actor=project.lead)
    assert back.number == 4
    assert "Nothing: it says the same again." in client.get(link_to(contact)).text


def test_who_never_confirmed_is_shown_what_changed_since_the_version_before(project, client):
    actions.write(project, funding="A", actor=project.lead)
    actions.write(project, funding="B", actor=project.lead)
    page = client.get(link_to(project.partner_people[0])).text
    assert "What changed since version 1<" in page
    assert "What changed: funding." in text_of(owed(project.partner_people[0])[-1])


def test_the_leads_are_told_when_the_partners_changed_and_no_version_is_made_by_itself(project, path, signed_in):
    actions.write(project, tasks={partner.id: "Writes." for partner in project.partners}, actor=project.lead)
    lead = signed_in(project.lead)
    assert "The partners changed" not in lead.get(path).text
    add_partners(project, ["KE"])
    gone, came = project.partners[1], project.partners[2]
    page = lead.get(path).text
    assert "The partners changed since version 1: write the next version." in page
    assert f"{came.name} takes part now." in plain(page) and f"No task is written for {came.name} yet" in plain(page)
    recruiting.change_role(came, Role.CO_LEAD, actor=project.lead)
    recruiting.leave(gone, actor=project.lead)
    assert f"{gone.name} takes part no longer." in plain(lead.get(path).text)
    assert queries.latest(project).number == 1
    form = fields_of(lead.get(f"{path}/write").text)
    assert lead.submit(f"{path}/write", **form).status_code == 303  # the same words for other partners
    assert queries.latest(project).number == 2
    assert "The partners changed" not in lead.get(path).text
    page = plain(lead.get(f"{path}/2/changes").text)
    assert f"{came.name} (new)" in page and f"{gone.name} (no longer there)" in page


def test_only_the_leads_are_asked_to_write_again(project, path, signed_in):
    actions.write(project, funding="A", actor=project.lead)
    add_partners(project, ["KE"])
    assert "write the next version" in signed_in(project.lead).get(path).text
    page = signed_in(project.partner_people[0]).get(path).text
    assert "write the next version" not in page and "/terms/write" not in page


def test_the_record_keeps_who_confirmed_what_those_who_left_included(project, path, signed_in):
    partner, contact = project.partners[1], project.partner_people[0]
    actions.confirm(actions.write(project, funding="A", actor=project.lead), partner, actor=contact)
    actions.write(project, funding="B", actor=project.lead)
    recruiting.leave(partner, actor=contact)
    add_partners(project, ["KE"])
    actions.confirm(
        actions.write(project, funding="C", actor=project.lead), project.partners[2], actor=project.partner_people[1]
    )
    page = signed_in(project.lead).get(f"{path}/history").text
    rows = [plain(row) for row in re.findall(r"<tr><th scope=.row.*?</tr>", page, re.DOTALL)]
    assert [row[:9] for row in rows] == [f"Version {number}" for number in (3, 3, 2, 1, 1)]
    assert f"{partner.name} (takes part no longer)" in rows[-1] and contact.name in rows[-1]
    assert project.partners[2].name in rows[1]


def test_what_was_written_before_there_were_parts_is_shown_as_it_is(project, path, signed_in):
    old = actions.write(project, text="### Money\nOwn resources.", actor=project.lead)
    old.tasks = []
    lead = signed_in(project.lead)
    page = lead.get(path).text
    assert "<h3>Money</h3>" in page and "Who does what" not in page and "write the next version" not in page
    assert "### Money" in fields_of(lead.get(f"{path}/write").text)["text"]
    with pytest.raises(RuleBroken, match="Nothing has changed"):
        actions.write(project, text="### Money\nOwn resources.", actor=project.lead)
    actions.write(project, text="### Money\nA grant.", actor=project.lead)
    page = plain(lead.get(f"{path}/2/changes").text)
    assert "[removed: Own resources][added: A grant]" in page and "(new)" not in page


def test_a_stranger_reads_no_version(project, path, signed_in, client):
    actions.write(project, funding="A", actor=project.lead)
    member = make_person(institution=project.partners[1].institution)
    for page in ("", "/1", "/1/changes", "/history"):
        assert signed_in(make_person()).get(f"{path}{page}").status_code == 404
        assert client.get(f"{path}{page}").status_code == 303
        assert signed_in(member).get(f"{path}{page}").status_code == 200


def test_the_pages_cost_the_same_with_more_versions_and_partners(project, path, signed_in, queries):
    lead, pages = signed_in(project.lead), ("", "/2", "/2/changes", "/history", "/write")
    for funding in ("A", "B"):
        actions.write(project, funding=funding, actor=project.lead)

    def cost():
        found = []
        for page in pages:
            with queries() as log:
                assert lead.get(f"{path}{page}").status_code == 200
            found.append(len(log))
        return found

    cost()
    few = cost()
    add_partners(project, ["KE", "TZ", "NP"])
    for funding in ("C", "D", "E"):
        actions.write(project, funding=funding, tasks={p.id: funding for p in project.partners}, actor=project.lead)
    cost()
    assert cost() == few


def test_an_older_question_is_answered_by_a_sentence(project, client):
    contact = project.partner_people[0]
    actions.write(project, funding="A", actor=project.lead)
    old = link_to(contact)
    second = actions.write(project, funding="B", actor=project.lead)
    answer = client.post(old, data={"answer": "confirm"})
    assert answer.status_code in (403, 409) and "newer question took the place" in answer.text
    assert [known.partner for known in second.confirmations] == [project.partners[0]]
    reply = next(known for known in second.replies if known.partner is project.partners[1])
    assert latest_ask(actions.ASK, reply).details["changed"] == [{"part": "funding", "name": ""}]
