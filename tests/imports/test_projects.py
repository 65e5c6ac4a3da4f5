import html
import json

import pytest
import sqlalchemy as sa

from tests.factories import make_institution, make_network, make_person, make_theme, the_network
from tests.imports.files import REAL, projects, strings, with_real_data
from tracker import countries, identifiers
from tracker.activity.models import Activity, Delivery
from tracker.database import db
from tracker.events import actions as events
from tracker.events.models import Event
from tracker.imports.actions import import_file
from tracker.imports.outcome import Unreadable
from tracker.imports.project_notes import written
from tracker.milestones.models import Milestone
from tracker.milestones.states import MilestoneState
from tracker.projects import actions
from tracker.projects.models import Project
from tracker.reports.actions import change_report
from tracker.reports.models import Report, ReportAuthor


def run(*records, network=None, dry_run=False):
    return import_file(projects(*records), network=network or the_network(), actor=None, dry_run=dry_run)


def only():
    return db.session.scalars(sa.select(Project)).one()


FULL = {
    "lead": "River Centre (RC)",
    "lead_country": "Peru",
    "lead_basis": "first-named",
    "partners": [{"institution": "Water Institute", "country": "Kenya"}],
    "network": "Another Alliance",
    "themes": ["Water", "Moonlight"],
    "start": "2016-09",
    "end": "2017",
    "funder": "own resources",
    "outputs": [
        {
            "title": "Rivers: the report",
            "type": "Occasional paper",
            "year": 2018,
            "first_published": "2018-01",
            "authors": ["Mihyo, P.", "Tim Njagi"],
            "isbn": "978-0-306-40615-7",
            "languages": ["zh", "en"],
            "colour": "blue",
        }
    ],
    "events": [
        {"title": "Launch [Lima]", "date": "2018-02", "url": "https://example.org/a_b_c", "host": "Ministry"},
        {"title": "Coffee with [everybody]", "date": "in summer", "url": "https://example.org/c_d_e"},
    ],
    "milestones_read": [{"name": "Kick-off", "date": "2016-10"}, {"name": "Data (planned end)", "date": "2017-01"}],
    "notes": "Title is a description.",
    "weather": {"mood": "calm"},
}


def test_a_project_comes_in_with_partners_plan_report_and_everything_else_in_its_notes():
    make_theme("water")
    lead = make_institution("River Centre", country="PE")
    outcome = run(FULL)
    project = only()
    assert [str(line.verdict) for line in outcome.lines] == ["made"]
    assert outcome.themes == ["Moonlight"]
    assert [theme.name for theme in project.themes] == ["water"]
    assert (project.state, project.audience, str(project.starts_on)) == ("published", "public", "2016-09")
    assert project.title_is_description
    assert [(partner.institution, partner.listed_as, partner.role) for partner in project.partners] == [
        (lead, "River Centre (RC)", "lead"),
        (None, "Water Institute", "partner"),
    ]
    plan = {milestone.name: str(milestone.state) for milestone in db.session.scalars(sa.select(Milestone))}
    assert plan == {"Kick-off": "done", "Data (planned end)": "planned"}
    report = db.session.scalars(sa.select(Report)).one()
    assert (report.state, report.kind, str(report.published_on)) == ("published", "working-paper", "2018-01")
    assert (report.language, report.other_languages, report.notes) == ("zh", ["en"], "colour: blue")
    assert [(author.name, author.sort_name) for author in report.authors] == [
        ("Mihyo, P.", "Mihyo, P."),
        ("Tim Njagi", ""),
    ]
    for text in (
        "first-named",
        "Another Alliance",
        "Moonlight",
        "calm",
        r"Coffee with \[everybody\]",
        "<https://example.org/c_d_e>",
        "host: Ministry",
    ):
        assert text in project.notes
    assert "c_d_e</a>" in project.notes_html and "a_b_c" not in project.notes
    event = db.session.scalars(sa.select(Event)).one()
    assert (event.title, str(event.on), event.kind, event.language) == ("Launch [Lima]", "2018-02", "launch", "")
    assert (event.website, event.projects) == ("https://example.org/a_b_c", [project])
    assert [(step.step, step.target) for step in project.transitions] == [("import", "published")]
    assert db.session.query(Delivery).count() == 0


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ({"outputs": [{"title": "The report"}]}, "published"),
        ({"end": "2017"}, "stopped"),
        ({"end": "2199"}, "running"),
        ({"start": "2014"}, "running"),
    ],
)
def test_the_state_is_what_the_source_shows_and_says_why(record, state):
    run(record)
    project = only()
    assert project.state == state
    assert project.transitions[0].reason
    assert "**State:**" in project.notes
    if state == "stopped":
        actions.take_step(project, "resume", actor=None, reason="It goes on")
        assert project.state == "running"


def test_the_second_time_nothing_changes_even_after_a_partner_was_linked_by_hand():
    run(FULL)
    partner = only().partners[1]
    actions.link_partner(partner, make_institution("Maji House", country="KE"), actor=None)
    noted, version = db.session.query(Activity).count(), only().version
    outcome = run(FULL)
    assert [(str(line.verdict), line.remarks) for line in outcome.lines] == [("unchanged", [])]
    assert only().partners[1].name == "Maji House"
    assert (db.session.query(Activity).count(), only().version) == (noted, version)


def test_an_institution_that_came_later_is_linked_the_next_time():
    run(FULL)
    make_institution("Water Institute", country="KE")
    outcome = run(FULL)
    assert outcome.lines[0].fields == ["partners"]
    assert only().partners[1].institution.name == "Water Institute"


def test_what_people_wrote_here_is_kept():
    run({**FULL, "outputs": []})
    actions.take_step(only(), "resume", actor=None, reason="It goes on")
    actions.change(only(), actor=make_person(), title="Rivers with borders")
    outcome = run({**FULL, "outputs": [], "start": "2015"})
    assert {remark.field for remark in outcome.lines[0].remarks} == {"title", "starts_on"}
    assert only().title == "Rivers with borders"


def test_in_a_project_people_keep_nothing_is_published_and_nobody_is_said_to_have_agreed():
    run({**FULL, "outputs": [], "partners": [], "events": []})
    actions.change(only(), actor=make_person(), title="Rivers with borders")
    outcome = run(FULL)
    assert only().state == "stopped"
    assert db.session.query(Report).count() == 0
    assert [partner.listed_as for partner in only().partners] == ["River Centre (RC)"]
    told = {remark.field: remark.sentence for remark in outcome.lines[0].remarks}
    assert "Water Institute" in told["partners"] and "Not published" in told["outputs"]
    assert "Not added" in told["events"] and db.session.query(Event).count() == 0


def test_a_project_is_found_again_only_in_a_network_that_the_reader_coordinates():
    ours, other = make_network("South Alliance"), make_network("River Forum")
    run({**FULL, "outputs": []}, network=other)
    outcome = import_file(projects(FULL), network=ours, allowed={ours.id}, actor=make_person(coordinates=ours))
    assert [(str(line.verdict), line.remarks[0].field) for line in outcome.lines] == [("refused", "network")]
    assert only().state == "stopped" and db.session.query(Report).count() == 0
    assert db.session.query(Activity).filter(Activity.kind.startswith("imports.")).count() == 1


def test_a_corrected_report_is_not_set_back():
    run(FULL)
    report = db.session.scalars(sa.select(Report)).one()
    change_report(report, actor=make_person(), because="Its title.", title="Rivers: a report", place="")
    outcome = run({**FULL, "outputs": [{**FULL["outputs"][0], "publisher": "Delta Press"}]})
    assert report.title == "Rivers: a report"
    assert report.publisher == "Delta Press"
    assert [remark.field for remark in outcome.lines[0].remarks] == ["outputs"]


def test_an_event_that_people_changed_here_is_not_set_back_and_none_comes_twice():
    given = {**FULL, "events": [{"title": "Launch", "date": "2018-02"}]}
    run(given)
    event = db.session.scalars(sa.select(Event)).one()
    events.change(event, actor=make_person(), title="The launch", place="Lima")
    with_address = {"title": "Launch", "date": "2018-02", "url": "https://example.org/launch"}
    outcome = run({**FULL, "events": [with_address, with_address]})
    assert db.session.scalars(sa.select(Event)).one() is event
    assert (event.title, event.website, outcome.lines[0].fields) == (
        "The launch",
        "https://example.org/launch",
        ["events"],
    )


def test_a_network_that_leads_is_linked_and_the_source_chooses_among_our_networks():
    ours, other = make_network("South Alliance"), make_network("River Forum")
    run({"lead": "South Alliance", "network": "River Forum (RF)"}, network=ours)
    assert only().network == other
    assert only().partners[0].network == ours


def test_without_a_network_the_row_is_refused():
    make_network("One")
    make_network("Two")
    outcome = import_file(projects({}), network=None, actor=None)
    assert [remark.field for remark in outcome.lines[0].remarks] == ["network"]
    assert db.session.query(Project).count() == 0


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ("rivers", ""),
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": 5}, "title"),
        ({"source": None}, "source"),
        ({"partners": "all"}, "partners"),
        ({"partners": ["all"]}, "partners"),
        ({"partners": [{"institution": ""}]}, "partners"),
        ({"outputs": [{"type": "Report"}]}, "outputs"),
        ({"outputs": [{"title": "R", "authors": [3]}]}, "authors"),
        ({"themes": [["deep"]]}, "themes"),
        ({"notes": "x" * 20_001}, "notes"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_with_its_field(record, field):
    base = {"title": "T", "source": "https://example.org"}
    data = json.dumps([{**base, **record} if isinstance(record, dict) else record, {**base, "title": "Good"}])
    outcome = import_file(data.encode(), network=the_network(), actor=None)
    assert [str(line.verdict) for line in outcome.lines] == ["refused", "made"]
    assert outcome.lines[0].remarks[0].field == field


@pytest.mark.parametrize(
    "record",
    [
        {"start": "summer", "end": 2017, "lead": "A", "lead_country": "Atlantis"},
        {"title": "a\0b\ud800c", "notes": "\0# one\n<script>alert(1)</script>\n- two"},
        {"outputs": [{"title": "R", "isbn": "1", "url": "javascript:x", "pages": "many", "year": "soon", "doi": 3.5}]},
        {"outputs": [{"title": "R", "languages": "en", "year": True}, {"title": "R"}]},
        {"milestones_read": ["soon", {"name": "x" * 300}, {"name": "A", "date": 7}, {"name": "B", "who": "C"}]},
        {"events": ["Launch", {"title": None}], "more_sources": 7, "partners": [{"institution": "A", "role": "x"}]},
    ],
    ids=range(6),
)
def test_odd_values_are_kept_and_never_break(record):
    try:
        outcome = run(record)
    except UnicodeEncodeError:
        pytest.fail("a half of a pair reached the database")
    line = outcome.lines[0]
    assert str(line.verdict) in ("made", "refused")
    assert str(run(record).lines[0].verdict) in ("unchanged", "refused")
    assert "<script" not in "".join(project.notes_html for project in db.session.scalars(sa.select(Project)))


@pytest.mark.parametrize(
    "data",
    [b"[", b"{}", b"[]", b'[{"a": 1, "a": 2}]', b"[NaN]", b"[" * 100_000, b"[" + b"9" * 5000 + b"]", b"[\xff]"],
    ids=range(8),
)
def test_a_file_that_is_no_list_of_projects_is_refused_as_a_whole(data):
    with pytest.raises(Unreadable, match=r"\.|\]"):
        import_file(data, kind="projects", network=the_network(), actor=None)


def test_one_source_and_title_twice_with_different_words_is_refused_in_any_order():
    first, second = {"start": "2015"}, {"start": "2016"}
    for records in ((first, second), (second, first, first)):
        assert {str(line.verdict) for line in run(*records).lines} == {"refused"}
    assert [str(line.verdict) for line in run(first, first).lines] == ["made", "unchanged"]


def everything(project):
    """All texts of a project and of what hangs on it, as one."""
    reports = db.session.scalars(sa.select(Report).where(Report.project_id == project.id)).all()
    rows = [project, *project.partners, *reports]
    rows += db.session.scalars(sa.select(Milestone).where(Milestone.project_id == project.id)).all()
    rows += db.session.scalars(sa.select(Event).where(Event.projects.contains(project))).all()
    for report in reports:
        rows += db.session.scalars(sa.select(ReportAuthor).where(ReportAuthor.report_id == report.id)).all()
    return "\n".join(str(value) for row in rows for value in sa.inspect(row).dict.values())


@with_real_data
def test_all_real_projects_come_in_and_every_word_of_them_is_found_again():
    institutions = import_file((REAL / "institutions.csv").read_bytes(), network=None, actor=None)
    assert len(institutions.lines) == 340
    data = (REAL / "real_projects.json").read_bytes()
    outcome = import_file(data, network=the_network(), actor=None)
    assert [str(line.verdict) for line in outcome.lines] == ["made"] * 24
    assert [line.remarks for line in outcome.lines if line.remarks] == []
    noted = db.session.query(Activity).count()
    for given in json.loads(data):
        key = f"{given['source']} {given['title']}"
        project = db.session.scalars(sa.select(Project).where(Project.import_key == key)).one()
        held = everything(project)
        codes = {partner.listed_country for partner in project.partners}
        for text in strings(given):
            forms = {text, written(text)}
            if text.startswith("http"):
                forms.add(identifiers.website(text))
            if text.startswith("978"):
                forms.add(identifiers.normal_isbn(text))
            assert any(form in held for form in forms) or countries.by_name(text) in codes, text
    meetings = {event.title: (event.kind, str(event.on)) for event in db.session.scalars(sa.select(Event))}
    assert len(meetings) == 8
    assert meetings["Release at the AfDB annual meeting, Gandhinagar"] == ("other", "2017-05")
    assert meetings["Ganga Basin Policy Dialogue, Kathmandu"] == ("dialogue", "2017-07-14")
    again = import_file(data, network=the_network(), actor=None)
    assert {str(line.verdict) for line in again.lines} == {"unchanged"}
    assert db.session.query(Activity).count() == noted
    assert (len(outcome.matched), len(outcome.names)) == (23, 85)


@with_real_data
def test_the_plans_of_real_projects_show_what_their_sources_say(signed_in):
    coordinator = make_person(coordinates=the_network())
    data = (REAL / "real_projects.json").read_bytes()
    import_file(data, network=the_network(), actor=None)
    seen = 0
    for given in json.loads(data):
        key = f"{given['source']} {given['title']}"
        project = db.session.scalars(sa.select(Project).where(Project.import_key == key)).one()
        told = given.get("milestones_read", [])
        plan = db.session.scalars(sa.select(Milestone).where(Milestone.project_id == project.id)).all()
        assert {(one.name, str(one.due)) for one in plan} == {(one["name"], one["date"]) for one in told}
        for one in plan:
            assert (one.state is MilestoneState.PLANNED) == ("planned" in one.name)
            assert one.done_on == (None if one.state is MilestoneState.PLANNED else one.due)
        seen += len(plan)
        if plan:
            page = html.unescape(signed_in(coordinator).get(project.path).text)
            assert all(one["name"] in page for one in told) and given["notes"].split(";")[0] in page
    assert seen == 10


def test_a_slip_that_a_source_tells_of_keeps_its_first_date_and_why():
    told = {"name": "Launch", "first_date": "2019-07", "date": "2019-09-25", "because": "The congress moved."}
    outcome = import_file(projects({"milestones_read": [told]}), network=the_network(), actor=None)
    milestone = db.session.scalars(sa.select(Milestone)).one()
    assert (str(milestone.first_due), str(milestone.due), milestone.has_slipped) == ("2019-07", "2019-09-25", True)
    assert [(str(change.before), change.words) for change in milestone.changes] == [("2019-07", "The congress moved.")]
    assert [str(line.verdict) for line in outcome.lines] == ["made"]
    again = import_file(projects({"milestones_read": [told]}), network=the_network(), actor=None)
    assert [str(line.verdict) for line in again.lines] == ["unchanged"]
