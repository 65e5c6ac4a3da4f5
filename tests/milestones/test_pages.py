import io

import pytest

from tests.factories import make_person, make_project
from tests.mails import text_of
from tracker.activity.outbox import claim, compose
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import actions, queries
from tracker.milestones.models import ProgressNote
from tracker.milestones.states import DelayReason, MilestoneState, NoteAudience
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


def first(project):
    return queries.plan(project)[0]


def test_a_lead_makes_a_plan_from_a_template_and_changes_a_date(signed_in):
    project = make_project(ProjectState.RECRUITING)
    lead = signed_in(project.lead)
    page = lead.get(f"/projects/{project.id}/plan")
    assert "Project of two institutions, 12 months" in page.text
    answer = lead.submit(f"/projects/{project.id}/plan", template="paired-study", start="2026-03-01")
    assert answer.status_code == 303
    milestone = first(project)
    page = lead.get(f"/milestones/{milestone.id}/edit")
    assert 'value="2026-03-01"' in page.text
    answer = lead.submit(
        f"/milestones/{milestone.id}/edit", version=milestone.version, name="Idea", due="2026-04", partner="", person=""
    )
    assert answer.status_code == 303
    assert (milestone.name, str(milestone.first_due)) == ("Idea", "2026-04")
    assert "April 2026" in lead.get(f"/projects/{project.id}/plan").text


@pytest.mark.parametrize(
    "bad", [{"start": ""}, {"start": "yesterday"}, {"start": "0001-01-01"}, {"start": "9999-12-31"}, {"template": "x"}]
)
def test_a_wrong_start_is_said_beside_the_field(signed_in, bad):
    project = make_project(ProjectState.RECRUITING)
    given = {"template": "paired-study", "start": "2026-03-01"} | bad
    assert signed_in(project.lead).submit(f"/projects/{project.id}/plan", **given).status_code == 422


def test_a_partner_says_done_and_late_and_the_project_page_tells(signed_in, client, project):
    milestone, later = queries.plan(project)[:2]
    partner = signed_in(project.partner_people[0])
    assert partner.get(f"/milestones/{milestone.id}/done").status_code == 200
    assert partner.submit(f"/milestones/{milestone.id}/done", on="2026-01").status_code == 303
    assert milestone.state is MilestoneState.DONE
    assert partner.get(f"/milestones/{later.id}/late").status_code == 200
    given = {"due": "2031-05", "reason": "travel", "words": "No visa yet"}
    assert partner.submit(f"/milestones/{later.id}/late", **given).status_code == 303
    page = client.get(f"/projects/{project.id}").text
    assert "May 2031" in page
    assert "No visa yet" not in page  # the reason is for those who take part
    assert "No visa yet" in partner.get(f"/projects/{project.id}").text


@pytest.mark.parametrize(
    "bad",
    [
        {"due": ""},
        {"due": "2026-13"},
        {"due": "\x00"},
        {"due": "9" * 5000},
        {"reason": ""},
        {"reason": "weather"},
        {"words": "x" * 2001},
        {"due": "same"},
    ],
)
def test_late_keeps_what_was_typed_and_says_what_is_wrong(signed_in, project, bad):
    milestone = first(project)
    given = {"due": "2031-05", "reason": "travel", "words": "Kept words"} | bad
    if given["due"] == "same":
        given["due"] = str(milestone.due)
    answer = signed_in(project.lead).submit(f"/milestones/{milestone.id}/late", **given)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert milestone.changes == []


def test_a_late_milestone_waits_for_what_comes_first_and_may_be_done_all_the_same(signed_in, project):
    before, milestone = queries.plan(project)[:2]
    given = {"partner": None, "person": None, "actor": project.lead}
    actions.change_milestone(milestone, name="Draft", must_follow=[before], **given)
    actions.move(before, due=PartialDate("2031-05-31"), reason=DelayReason.DATA, actor=project.lead)
    lead, path = signed_in(project.lead), f"/milestones/{milestone.id}"
    answer = lead.submit(f"{path}/late", due="2031-05-30", reason="data", words="Kept")
    assert answer.status_code == 422 and f"“{before.name}”, which must come first" in answer.text
    assert lead.submit(f"{path}/late", due="2031-05", reason="data", words="").status_code == 303
    said = f"Still open, and meant to come first: “{before.name}”."
    assert said in lead.get(f"{path}/done").text
    assert lead.submit(f"{path}/done", on="2026").status_code == 303
    assert said in lead.get(project.path).text and milestone.state is MilestoneState.DONE


def test_a_day_to_come_is_not_done(signed_in, project):
    answer = signed_in(project.lead).submit(f"/milestones/{first(project).id}/done", on="2190")
    assert answer.status_code == 422
    assert "not come yet" in answer.text


def test_two_editing_one_milestone_never_overwrite_silently(signed_in, project):
    milestone = first(project)
    version = milestone.version
    given = {"version": version, "partner": "", "person": ""}
    one, two = signed_in(project.lead), signed_in(project.coordinator)
    assert one.submit(f"/milestones/{milestone.id}/edit", name="Hers", **given).status_code == 303
    answer = two.submit(f"/milestones/{milestone.id}/edit", name="His", **given)
    assert answer.status_code == 409
    assert "Hers" in answer.text
    assert 'value="His"' in answer.text
    assert milestone.name == "Hers"
    given["version"] = milestone.version
    assert two.submit(f"/milestones/{milestone.id}/edit", name="His", **given).status_code == 303


def test_nobody_else_may_and_unknown_ids_are_not_there(signed_in, client, project):
    milestone = first(project)
    stranger = signed_in(make_person())
    partner = signed_in(project.partner_people[0])
    for path in ("edit", "done", "late", "drop"):
        assert client.get(f"/milestones/{milestone.id}/{path}").status_code == 303
        assert stranger.get(f"/milestones/{milestone.id}/{path}").status_code == 403
        assert partner.get("/milestones/99999999999/" + path).status_code == 404
    for path in ("edit", "drop"):
        assert partner.get(f"/milestones/{milestone.id}/{path}").status_code == 403
    assert stranger.submit(f"/milestones/{milestone.id}/done", on="2026").status_code == 403
    assert partner.submit(f"/milestones/{milestone.id}/reopen").status_code == 403
    hidden = make_project(ProjectState.DRAFT)
    assert stranger.get(f"/projects/{hidden.id}/plan").status_code == 404
    assert stranger.get(f"/projects/{hidden.id}/notes/new").status_code == 404


def test_drop_and_take_back(signed_in, project):
    milestone, lead = first(project), signed_in(project.lead)
    assert lead.get(f"/milestones/{milestone.id}/drop").status_code == 200
    assert lead.submit(f"/milestones/{milestone.id}/drop", words="").status_code == 422
    assert lead.submit(f"/milestones/{milestone.id}/drop", words="Merged").status_code == 303
    assert "Take it back" in lead.get(f"/milestones/{milestone.id}/edit").text
    assert lead.submit(f"/milestones/{milestone.id}/reopen").status_code == 303
    assert milestone.state is MilestoneState.PLANNED


def test_a_milestone_is_added_with_a_partner_and_wrong_ones_are_refused(signed_in, project):
    lead, path = signed_in(project.lead), f"/projects/{project.id}/milestones/new"
    assert lead.get(path).status_code == 200
    partner = project.partners[1]
    other = make_project(ProjectState.RECRUITING).partners[0]
    assert lead.submit(path, name="A", due="2027", partner=other.id, person="").status_code == 422
    assert lead.submit(path, name="", due="2027", partner="", person="").status_code == 422
    assert lead.submit(path, name="x" * 201, due="", partner="", person="").status_code == 422
    answer = lead.submit(path, name="深圳 workshop", due="2027", partner=partner.id, person=project.lead.id)
    assert answer.status_code == 303
    page = lead.get(f"/projects/{project.id}/plan").text
    assert "深圳 workshop" in page


def test_a_note_with_files_is_previewed_written_and_read_by_its_audience_only(signed_in, client, project):
    partner = signed_in(project.partner_people[0])
    path = f"/projects/{project.id}/notes/new"
    assert partner.get(path).status_code == 200
    given = {"text": "We **met** <script>", "on": "2026-05", "language": "en", "audience": "team", "milestone": ""}
    preview = partner.submit(path, preview="1", **given)
    assert preview.status_code == 200
    assert "<strong>met</strong>" in preview.text
    assert "<script>" not in preview.text.split("main")[1]
    assert db.session.query(ProgressNote).count() == 0
    files = [(io.BytesIO(PDF), "minutes.pdf"), (io.BytesIO(b"a,b\n"), "numbers.csv")]
    assert partner.submit(path, files=files, **given).status_code == 303
    note = db.session.query(ProgressNote).one()
    assert [row.name for row in note.files] == ["minutes.pdf", "numbers.csv"]
    address = f"/notes/{note.id}/files/{note.files[0].id}"
    assert partner.get(address).data == PDF
    assert signed_in(make_person()).get(address).status_code == 404
    assert client.get(address).status_code == 303
    assert partner.get(f"/notes/{note.id}/files/{note.files[1].id + 7}").status_code == 404
    assert "minutes.pdf" in partner.get(f"/projects/{project.id}").text
    assert "minutes.pdf" not in client.get(f"/projects/{project.id}").text


@pytest.mark.parametrize(
    "bad",
    [
        {"text": ""},
        {"text": "x" * 20_001},
        {"on": "soon"},
        {"on": "2190"},
        {"language": "tlh"},
        {"audience": "all"},
        {"milestone": "999999999"},
        {"milestone": "x"},
    ],
)
def test_a_note_keeps_what_was_typed(signed_in, project, bad):
    given = {"text": "Kept", "on": "2026", "language": "en", "audience": "team", "milestone": ""} | bad
    answer = signed_in(project.lead).submit(f"/projects/{project.id}/notes/new", **given)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "text" in bad or "Kept" in answer.text


def test_a_file_that_lies_is_refused_and_the_words_are_kept(signed_in, project):
    given = {"text": "Kept", "on": "2026", "language": "en", "audience": "public", "milestone": ""}
    files = [(io.BytesIO(PDF), "good.pdf"), (io.BytesIO(b"MZ\x90\x00 program"), "minutes.pdf")]
    answer = signed_in(project.lead).submit(f"/projects/{project.id}/notes/new", files=files, **given)
    assert answer.status_code == 422
    assert "minutes.pdf" in answer.text
    assert "Kept" in answer.text
    assert db.session.query(ProgressNote).count() == 0


def write(project, text="Met **the mayor**", audience=NoteAudience.TEAM, author=None):
    on = PartialDate("2026-05")
    author = author or project.lead
    return actions.write_note(project, text=text, on=on, language="en", audience=audience, actor=author)


def test_all_notes_are_listed_for_whoever_may_read_each(signed_in, client, project):
    for number in range(22):
        write(project, f"Öffentlich {number}", NoteAudience.PUBLIC)
    write(project, "Vertraulich")
    path = f"/projects/{project.id}/notes"
    assert f'href="{path}"' in client.get(project.path).text
    first, second = client.get(path).text, client.get(f"{path}?page=2").text
    assert "Öffentlich 21" in first and "Öffentlich 0<" in second
    assert "Vertraulich" not in first + second
    assert "Vertraulich" in signed_in(project.lead).get(path).text
    assert client.get(f"/projects/{make_project().id}/notes").status_code == 303


def test_an_author_or_the_lead_withdraws_a_note_and_the_history_says_so(signed_in, project):
    partner, other = project.partner_people[0], signed_in(make_person(contact_of=project.partners[1].institution))
    lead = signed_in(project.lead)
    for note, browser in ((write(project, author=partner), signed_in(partner)), (write(project, author=partner), lead)):
        path = f"/notes/{note.id}/withdraw"
        assert other.get(path).status_code == 403
        page = browser.get(path).text
        assert "the mayor" in page and "cannot be undone" in page
        assert browser.submit(path).status_code == 303
        assert browser.submit(path).status_code in (403, 404)
    assert "the mayor" not in lead.get(project.path).text + lead.get(f"{project.path}/notes").text
    own = signed_in(partner).get(project.path).text
    assert own.count("the mayor") == 2 and "Withdrawn: only you still see it" in own
    assert db.session.query(ProgressNote).filter(ProgressNote.text.contains("the mayor")).count() == 2
    assert "withdrew the progress note on May 2026" in lead.get(f"{project.path}/history").text


def test_why_a_milestone_was_dropped_is_told_to_those_who_follow(signed_in, client, project):
    actions.drop(first(project), words="Two became one", actor=project.lead)
    assert "Two became one" in signed_in(project.partner_people[0]).get(project.path).text
    assert "Two became one" not in client.get(project.path).text


def test_a_plan_offers_what_can_be_done_now(signed_in, project):
    """Edit before the start, done and a new date after it, nothing while the project is stopped."""
    begun = make_project(ProjectState.RECRUITING)
    actions.add_milestone(begun, name="Draft", due=PartialDate("2020"), actor=begun.lead)
    before = signed_in(begun.lead).get(begun.path).text
    assert "/edit" in before and "/late" not in before and "timeline__item--late" not in before
    lead = signed_in(project.lead)
    assert f"/milestones/{first(project).id}/late" in lead.get(project.path).text
    projects.take_step(project, "stop", actor=project.lead, reason="Elections")
    for path in (project.path, f"{project.path}/plan"):
        assert "/milestones/" not in lead.get(path).text.partition("<main")[2]


def test_the_mail_about_a_new_date_brings_the_words_and_says_why_it_comes(signed_in, project):
    partner, due = project.partner_people[0], {"due": "2031-05", "reason": "travel"}
    path = f"/milestones/{first(project).id}/late"
    assert signed_in(partner).submit(path, words="No visa yet", **due).status_code == 303
    letters = [compose(letter) for letter in claim(500)]
    mine = [letter for letter in letters if "No visa yet" in text_of(letter)]
    assert [letter["To"].addresses[0].addr_spec for letter in mine] == [project.lead.email]
    words = text_of(mine[0])
    assert words.startswith(f"Dear {project.lead.name},") and words.count(" moved the milestone ") == 1
    assert "travel" not in words and "because you are in the team of this project" in words


def test_after_publication_the_page_calls_late_what_the_board_does(client):
    published = make_project(ProjectState.PUBLISHED)
    late = actions.add_milestone(published, name="Uptake check", due=PartialDate("2020"), actor=published.lead)
    assert late in db.session.scalars(queries.late({published.network_id})).unique().all()
    assert "timeline__item--late" in client.get(published.path).text


def test_the_project_page_costs_the_same_with_more_milestones_and_notes(client, queries, project):
    def grow(times):
        for _ in range(times):
            actions.add_milestone(
                project, name="M", due=PartialDate("2028"), partner=project.partners[1], actor=project.lead
            )
            actions.write_note(
                project,
                text="Note",
                on=PartialDate("2026"),
                language="en",
                audience=NoteAudience.PUBLIC,
                actor=project.lead,
            )

    grow(2)
    with queries() as few:
        client.get(f"/projects/{project.id}")
    grow(8)
    with queries() as many:
        client.get(f"/projects/{project.id}")
    assert len(few) == len(many)
