"""A text written in the page by several people, section by section."""

import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_project, make_report
from tracker.activity.models import Activity
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState
from tracker.reports.states import ReportState
from tracker.writing import actions, queries
from tracker.writing.models import Section
from tracker.writing.states import SectionState


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project, title="Water for towns")


@pytest.fixture
def section(report):
    section = actions.add(report, "Findings", actor=report.project.lead)
    actions.save(section, "One.\n\nTwo.\n\nThree.", began=1, actor=report.project.lead)
    db.session.flush()
    return section


def headings(report):
    return [section.heading for section in queries.sections(report) if section.removed_at is None]


def write(browser, section, text, version, **more):
    return browser.submit(f"{section.path}/edit", text=text, version=version, **more)


def test_it_begins_with_the_usual_sections_and_takes_others_in_any_order(signed_in, project, report):
    browser = signed_in(project.partner_people[0])
    text = f"{report.path}/text"
    assert "Begin with the usual sections" in browser.get(text).text
    assert browser.submit(f"{text}/usual").status_code == 303
    assert headings(report)[0] == "Summary" and len(headings(report)) == 9
    assert browser.submit(f"{text}/usual").status_code == 409, "not twice"
    assert browser.submit(text, heading="").status_code == 422
    assert browser.submit(text, heading="A note on method", partner="").status_code == 303
    last = queries.sections(report)[-1]
    browser.submit(f"{text}/move", up=last.id)
    assert headings(report)[-2:] == ["A note on method", "References"]
    browser.submit(f"{text}/move", down=last.id)
    assert headings(report)[-1] == "A note on method"
    assert browser.submit(f"{text}/move").status_code == 400
    assert "A note on method" in browser.get(text).text


def test_the_usual_sections_speak_the_language_of_the_report(project):
    assert headings(make_report(project, language="de")) == []
    report = make_report(project, language="en-XA")
    actions.begin_with_usual(report, actor=None)
    assert headings(report)[0] != "Summary"


def test_edits_of_different_lines_are_both_saved_and_what_the_other_did_is_shown(signed_in, project, report, section):
    lead, other = signed_in(project.lead), signed_in(project.partner_people[0])
    assert write(lead, section, "One, by the lead.\n\nTwo.\n\nThree.", 2).status_code == 303
    answer = write(other, section, "One.\n\nTwo.\n\nThree, by the other.", 2)
    assert answer.status_code == 303
    assert section.text == "One, by the lead.\n\nTwo.\n\nThree, by the other."
    page = other.get(answer.location).text
    assert f"together with what {project.lead.name} changed" in page and "by the lead" in page.split("<ins>")[1]
    assert "by the other" not in page.split("<h2>The text")[0]


def test_edits_of_the_same_lines_save_nothing_and_show_both(signed_in, project, section):
    lead, other = signed_in(project.lead), signed_in(project.partner_people[0])
    write(lead, section, "One!\n\nTwo.\n\nThree.", 2)
    answer = write(other, section, "One?\n\nTwo.\n\nThree, too.", 2)
    assert answer.status_code == 409
    assert section.text == "One!\n\nTwo.\n\nThree." and section.version == 3
    for words in ("One!", "One?", "Three, too.", 'value="3"', "&lt;&lt;&lt;&lt;&lt;&lt;&lt;"):
        assert words in answer.text
    kept = {"mine": "One?\n\nTwo.\n\nThree, too.", "began": 2, "version": 3}
    marked = "<<<<<<< A\nOne!\n======= yours\nOne?\n>>>>>>>\n\nTwo.\n\nThree, too."
    refused = other.submit(f"{section.path}/edit", **kept, text=marked, take="text")
    assert refused.status_code == 422 and "One?" in refused.text and section.version == 3
    assert other.submit(f"{section.path}/edit", **kept, text=marked, take="chosen").status_code == 303
    assert section.text == "One!\nOne?\n\nTwo.\n\nThree, too.", "without a choice both stay"


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ({"take": "chosen", "keep-0": "mine"}, "One?\n\nTwo."),
        ({"take": "chosen", "keep-0": "theirs"}, "One!\n\nTwo."),
        ({"take": "text", "text": "One!?\n\nTwo."}, "One!?\n\nTwo."),
    ],
)
def test_a_clash_is_settled_by_choosing_or_by_writing(sent, saved, signed_in, project, report):
    section = actions.add(report, "Findings", actor=project.lead)
    for version, text in enumerate(("One.\n\nTwo.", "One!\n\nTwo."), start=1):
        actions.save(section, text, began=version, actor=project.lead)
    kept = {"mine": "One?\r\n\r\nTwo.", "began": 2, "version": 3, "text": "left alone"}
    answer = signed_in(project.partner_people[0]).submit(f"{section.path}/edit", **{**kept, **sent})
    assert answer.status_code == 303 and section.text == saved


def test_whoever_settles_a_clash_while_a_third_writes_meets_the_third(signed_in, project, section):
    for version, text in enumerate(("One!\n\nTwo.\n\nThree.", "One, again.\n\nTwo.\n\nThree."), start=2):
        actions.save(section, text, began=version, actor=project.lead)
    kept = {"mine": "One?\n\nTwo.\n\nThree.", "began": 2, "version": 3}
    answer = signed_in(project.partner_people[0]).submit(
        f"{section.path}/edit", **kept, text="", take="chosen", **{"keep-0": "mine"}
    )
    assert answer.status_code == 409 and "One, again." in answer.text and "One?" in answer.text
    assert section.version == 4


def test_a_preview_saves_nothing_and_long_texts_are_refused(signed_in, project, section):
    browser = signed_in(project.lead)
    shown = write(browser, section, "**Bold** words", 2, preview="1")
    assert shown.status_code == 200 and "<strong>Bold</strong>" in shown.text and section.version == 2
    refused = write(browser, section, "x" * (actions.TEXT_LENGTH + 1), 2)
    assert refused.status_code == 422 and "Make two of it" in refused.text
    assert write(browser, section, "line\n" * 2_000, 2).status_code == 422
    assert write(browser, section, "words", "nine").status_code == 400
    assert write(browser, section, "words", "99").status_code == 409 and section.version == 2


def test_every_version_is_kept_and_can_be_brought_back(signed_in, project, section):
    browser = signed_in(project.partner_people[0])
    write(browser, section, "All new.", 2)
    assert "Version 1" in browser.get(f"{section.path}/history").text
    page = browser.get(f"{section.path}/history/2").text
    assert "Two." in page and 'name="seen" value="3"' in page
    assert browser.submit(f"{section.path}/history/2", seen=2).status_code == 409, "not over what nobody looked at"
    assert browser.submit(f"{section.path}/history/2", seen=3).status_code == 303
    assert (section.text, section.version) == ("One.\n\nTwo.\n\nThree.", 4)
    assert browser.get(f"{section.path}/history/99").status_code == 404


def test_a_removed_section_keeps_its_text_and_comes_back(signed_in, project, report, section):
    browser = signed_in(project.partner_people[0])
    assert browser.get(f"{section.path}/remove").status_code == 200 and section.removed_at is None
    browser.submit(f"{section.path}/remove")
    assert headings(report) == [] and "Bring it back" in browser.get(f"{report.path}/text").text
    assert write(browser, section, "More", 2).status_code == 409
    browser.submit(f"{section.path}/restore")
    assert headings(report) == ["Findings"] and section.text.startswith("One.")


def test_two_who_rename_a_section_do_not_overwrite_each_other(signed_in, project, section):
    browser = signed_in(project.lead)
    path = f"{section.path}/heading"
    assert browser.submit(path, was="Findings", heading="What we found", partner="").status_code == 303
    answer = browser.submit(path, was="Findings", heading="Results", partner="")
    assert answer.status_code == 409 and "What we found" in answer.text and "Results" in answer.text
    assert section.heading == "What we found"
    assert browser.submit(path, was="What we found", heading="Results", partner="").status_code == 303


def test_a_partner_answers_for_its_own_section_and_the_lead_for_all(signed_in, project, report, section):
    own, others = project.partners[1], project.partners[0]
    partner, lead = signed_in(project.partner_people[0]), signed_in(project.lead)
    path = f"{section.path}/heading"
    kept = {"was": "Findings", "heading": "Findings"}
    assert partner.submit(path, **kept, partner=others.id).status_code == 422
    assert partner.submit(path, **kept, partner=own.id).status_code == 303 and section.partner is own
    partner.submit(f"{section.path}/state", state="drafted")
    assert section.state is SectionState.DRAFTED
    lead.submit(path, **kept, partner=others.id)
    assert partner.submit(f"{section.path}/state", state="reviewed").status_code == 403
    assert lead.submit(f"{section.path}/state", state="reviewed").status_code == 303
    write(partner, section, "Changed.", 2)
    assert section.state is SectionState.DRAFTED, "what was reviewed was another text"
    assert lead.submit(f"{section.path}/state", state="great").status_code == 400
    empty = actions.add(report, "Empty", actor=project.lead)
    assert lead.submit(f"{empty.path}/state", state="drafted").status_code == 409


def test_those_who_follow_read_and_nobody_else(signed_in, client, report, section):
    coordinator = make_person(coordinates=report.project.network)
    for path in (f"{report.path}/text", section.path, f"{section.path}/history", f"{section.path}/history/1"):
        assert coordinator and signed_in(coordinator).get(path).status_code == 200
        assert signed_in().get(path).status_code == 404
        assert client.get(path).status_code == 303


def test_all_sections_together_become_a_draft(signed_in, project, report, section):
    second = actions.add(report, "What *could* be done", actor=project.lead)
    actions.save(second, "# Water\n\n```\n# no heading\n```\n\nTitle\n## Towns", began=1, actor=project.lead)
    gone = actions.add(report, "Gone", actor=project.lead)
    actions.remove(gone, actor=project.lead)
    path = f"{report.path}/text/together"
    browser = signed_in(project.partner_people[0])
    assert "Findings" in browser.get(path).text
    assert browser.submit(path, note="First whole text", language="en").status_code == 303
    draft = db.session.scalars(sa.select(Draft)).one()
    assert draft.markdown == (
        "# Findings\n\nOne.\n\nTwo.\n\nThree.\n\n# What \\*could\\* be done\n\n"
        "## Water\n\n```\n# no heading\n```\n\nTitle\n### Towns\n"
    )
    assert (draft.note, draft.number, draft.made_by) == ("First whole text", 1, project.partner_people[0])


def test_what_is_published_is_written_no_more(project, report, section):
    report.state = ReportState.PUBLISHED
    for act in (
        lambda: actions.save(section, "More", began=2, actor=project.lead),
        lambda: actions.add(report, "More", actor=project.lead),
        lambda: actions.remove(section, actor=project.lead),
        lambda: actions.put_together(report, actor=project.lead),
    ):
        with pytest.raises(RuleBroken):
            act()


def test_an_edit_is_one_line_of_the_history_and_the_page_costs_the_same(signed_in, queries, project, report, section):
    kinds = db.session.scalars(sa.select(Activity.kind).order_by(Activity.id.desc()).limit(2)).all()
    assert kinds == ["writing.write", "writing.add"]
    browser = signed_in(project.lead)
    db.session.flush()
    with queries() as few:
        browser.get(f"{report.path}/text")
    for number in range(8):
        db.session.add(Section(report=report, position=number + 5, heading=f"More {number}"))
    db.session.flush()
    with queries() as many:
        browser.get(f"{report.path}/text")
    assert len(many) == len(few)
