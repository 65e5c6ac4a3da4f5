"""An outsider is asked to read a draft and does so by the link in the mail, without an account."""

import io
import re
import time
import zipfile
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_draft, make_project, make_report
from tracker import clock
from tracker.asks.models import Ask
from tracker.database import db
from tracker.institutions.models import Person
from tracker.projects.states import ProjectState
from tracker.reviewing import actions
from tracker.reviewing.models import Review, ReviewComment, ReviewRound
from tracker.reviewing.nameless import without_names
from tracker.reviewing.reviewers import mark
from tracker.reviewing.states import Recommendation, Reply, ReviewState

TEXT = """# Water in cities

Cities share water with the villages around them.

- Pipes leak
- Meters lie

| City | Loss |
|------|------|
| Lima | 30 % |
"""


@pytest.fixture
def project():
    return make_project(ProjectState.RUNNING)


@pytest.fixture
def report(project):
    return make_report(project)


@pytest.fixture
def draft(report):
    return make_draft(report, TEXT)


def soon(days: int = 10) -> date:
    return clock.today() + timedelta(days=days)


def ask(report, draft, *, names=(("Nadia Karim", "nadia@example.net"),), people=(), **more) -> ReviewRound:
    return actions.open_round(
        report, draft, due_on=soon(), people=list(people), outsiders=list(names), actor=report.project.lead, **more
    )


def reader(email: str = "nadia@example.net") -> Person:
    return db.session.scalars(sa.select(Person).where(Person.email == email)).one()


def the_review(held: ReviewRound) -> Review:
    return db.session.scalars(sa.select(Review).where(Review.round_id == held.id)).one()


def test_an_outsider_reads_comments_and_sends_without_an_account(client, signed_in, project, report, draft):
    lead = signed_in(project.lead)
    form = {
        "draft": str(draft.id),
        "due_on": soon().isoformat(),
        "note": "Is the second part sound?",
        "name_1": "Nadia Karim",
        "email_1": "Nadia@Example.net",
        "language": "en",
    }
    answer = lead.submit(f"{report.path}/reviews/new", **form)
    assert answer.status_code == 303 and answer.location == f"{report.path}/reviews/1"
    letter = text_of(owed(reader())[-1])
    assert "Is the second part sound?" in letter and project.lead.name in letter
    door = link_to(reader())
    assert f"{door}/review" in client.get(door).text

    page = client.get(f"{door}/review").text
    assert "Cities share water" in page and "block=3#comment" in page and "Is the second part sound?" in page
    assert "<form" in client.get(f"{door}/review?block=3").text
    kept = client.post(f"{door}/review?block=2", data={"text": "Which villages?"})
    comment = db.session.scalars(sa.select(ReviewComment)).one()
    assert kept.status_code == 303 and kept.location == f"{door}/review?page=1#c{comment.id}"
    assert comment.quoted == "Cities share water with the villages around them."
    assert client.post(f"{door}/review?on=whole", data={"text": "Well written."}).status_code == 303
    assert "Which villages?" in client.get(f"{door}/review").text
    assert "Which villages?" not in lead.get(f"{report.path}/reviews/1").text

    later = client.post(
        f"{door}/review/finish", data={"version": "1", "recommendation": "minor", "words": "Good.", "language": "en"}
    )
    assert later.location == f"{door}/review/send"
    assert "Good." in client.get(f"{door}/review/send").text
    assert client.post(f"{door}/review/send").status_code == 303
    review = the_review(db.session.scalars(sa.select(ReviewRound)).one())
    assert review.state is ReviewState.ANSWERED and review.recommendation is Recommendation.MINOR
    assert "Nadia Karim sent a review" in text_of(owed(project.lead)[-1])
    seen = lead.get(f"{report.path}/reviews/1").text
    assert "Which villages?" in seen and "small changes" in seen and "1 of 1 sent a review" in seen
    assert reader().joined_at is None and not reader().is_listed


def test_a_no_takes_one_press(client, project, report, draft, signed_in):
    held = ask(report, draft)
    door = link_to(reader())
    client.post(door, data={"answer": "decline", "note": "I am on leave."})
    assert the_review(held).state is ReviewState.DECLINED
    seen = signed_in(project.lead).get(held.path).text
    assert "0 of 1 sent a review · 1 declined" in seen and "I am on leave." in seen
    assert client.post(f"{door}/review?block=1", data={"text": "After all."}).status_code == 303
    assert client.post(f"{door}/review/send").status_code == 303
    assert the_review(held).state is ReviewState.ANSWERED


def test_comments_are_changed_and_removed_until_they_are_answered(client, project, report, draft):
    held = ask(report, draft)
    door = f"{link_to(reader())}/review"
    client.post(f"{door}?block=1", data={"text": "First"})
    client.post(f"{door}?block=2", data={"text": "Second"})
    first, second = db.session.scalars(sa.select(ReviewComment).order_by(ReviewComment.id)).all()
    page = client.get(f"{door}?comment={first.id}").text
    was = hidden(page, "was")
    assert client.post(f"{door}?comment={first.id}", data={"text": "Once", "was": was}).status_code == 303
    # The same old page in another window: nothing is lost, nothing is overwritten.
    late = client.post(f"{door}?comment={first.id}", data={"text": "Otherwise", "was": was})
    assert late.status_code == 409 and "Otherwise" in late.text and "Once" in late.text
    assert db.session.get(ReviewComment, first.id).text == "Once"
    client.post(f"{door}/send")
    actions.reply(db.session.get(ReviewComment, first.id), Reply.DONE, actor=project.lead)
    refused = client.post(f"{door}?comment={first.id}", data={"text": "Never, and twice never", "was": marked("Once")})
    assert refused.status_code == 409 and "Never, and twice never" in refused.text
    assert client.post(f"{door}?comment={second.id}", data={"remove": "1", "was": marked("Second")}).status_code == 303
    assert [known.text for known in db.session.scalars(sa.select(ReviewComment))] == ["Once"]
    assert held.is_open


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)[1]


def marked(text: str) -> str:
    return mark(ReviewComment(text=text))


def test_an_empty_or_overlong_comment_is_refused_beside_its_field(client, report, draft):
    ask(report, draft)
    door = f"{link_to(reader())}/review"
    assert client.post(f"{door}?block=1", data={"text": "  "}).status_code == 422
    long = client.post(f"{door}?block=1", data={"text": "x" * 9000})
    assert long.status_code == 422 and "x" * 9000 in long.text
    assert client.post(f"{door}?block=999", data={"text": "Where?"}).status_code == 409
    assert db.session.scalars(sa.select(ReviewComment)).all() == []


def test_two_windows_on_the_rest_of_the_review_lose_nothing(client, report, draft):
    held = ask(report, draft)
    door = f"{link_to(reader())}/review"
    said = {"version": "1", "recommendation": "", "language": "en"}
    assert client.post(f"{door}/finish", data=said | {"words": "Mine"}).status_code == 303
    late = client.post(f"{door}/finish", data=said | {"words": "Other"})
    assert late.status_code == 409 and "Mine" in late.text and "Other" in late.text
    assert the_review(held).words == "Mine"


def test_an_empty_review_is_not_sent(client, report, draft):
    held = ask(report, draft)
    door = f"{link_to(reader())}/review"
    assert "Your review is empty" in client.get(f"{door}/send").text
    assert client.post(f"{door}/send").status_code == 409
    assert the_review(held).state is ReviewState.ASKED


def test_the_link_of_another_question_opens_no_review(client, project, report, draft):
    ask(report, draft)
    door = link_to(reader())
    assert client.get(f"{door[:-1]}{'A' if door[-1] != 'A' else 'B'}/review").status_code == 303
    held = db.session.scalars(sa.select(Ask).where(Ask.kind == "reviewing.read")).one()
    held.subject_id = 999_999
    assert client.get(f"{door}/review").status_code == 303


def test_a_closed_round_shows_the_answers_by_the_same_link(client, signed_in, project, report, draft):
    held = ask(report, draft, names=(("Nadia Karim", "nadia@example.net"), ("Omar Diop", "omar@example.net")))
    silent = link_to(reader("omar@example.net"))
    door = f"{link_to(reader())}/review"
    client.post(f"{door}?block=2", data={"text": "Which villages?"})
    client.post(f"{door}/send")
    comment = db.session.scalars(sa.select(ReviewComment)).one()
    lead = signed_in(project.lead)
    answered = lead.submit(f"{held.path}/comments/{comment.id}", reply="not", words="", seen="")
    assert answered.status_code == 422
    lead.submit(f"{held.path}/comments/{comment.id}", reply="partly", words="Two are named now.", seen="")
    assert "Two are named now." not in client.get(door).text
    assert lead.get(f"{held.path}/close").status_code == 200
    assert lead.submit(f"{held.path}/close").status_code == 303
    assert "is closed" in text_of(owed(reader())[-1]) and door in text_of(owed(reader())[-1])
    after = client.get(door).text
    assert "Two are named now." in after and "done in part" in after
    assert client.post(f"{door}?block=1", data={"text": "Too late"}).status_code == 409
    assert "taken back" in client.get(silent).text
    assert "1 did not answer" in lead.get(held.path).text
    assert lead.submit(f"{held.path}/close").status_code == 409


def test_a_file_replaces_another_and_is_handed_to_the_leads_once_sent(client, signed_in, project, report, draft):
    held = ask(report, draft)
    door = f"{link_to(reader())}/review"
    bad = client.post(f"{door}/file", data={"upload": (io.BytesIO(b"MZ"), "notes.exe")})
    assert bad.status_code == 422 and "not accepted" in bad.text
    client.post(f"{door}/file", data={"upload": (io.BytesIO(b"one"), "one.txt")})
    client.post(f"{door}/file", data={"upload": (io.BytesIO(b"two"), "two.txt")})
    path = f"{held.path}/files/1"
    assert signed_in(project.lead).get(path).status_code == 404
    client.post(f"{door}/send")
    got = signed_in(project.lead).get(path)
    assert got.data == b"two" and "two.txt" in got.headers["Content-Disposition"]
    assert "attachment" in got.headers["Content-Disposition"]


OUTSIDERS = (("Nadia Karim", "nadia@example.net"), ("Silvia Vega", "silvia@example.net"))


def word_file() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(
            "word/document.xml", '<w:document><w:ins w:author="Nadia Karim" w:id="1">x</w:ins></w:document>'
        )
        archive.writestr(
            "word/comments.xml",
            "<w:comments><w:comment w:initials='NK' w:author = 'Nadia Karim'>Why?</w:comment></w:comments>",
        )
        archive.writestr("word/people.xml", '<p:people><p:person p:author="N"><p:i userId="k"/></p:person></p:people>')
        archive.writestr("docProps/core.xml", "<c><dc:creator>Nadia Karim</dc:creator><k><![CDATA[Nadia]]></k></c>")
        archive.writestr(
            "word/_rels/settings.xml.rels",
            '<Relationships><Relationship Id="r1" Type="http://x/attachedTemplate" Target="file:///C:\\Nadia\\a.dotx"/>'
            '<Relationship Id="r2" Type="http://x/hyperlink" Target="https://example.org/"/></Relationships>',
        )
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "piece"),
    [("word/styles.xml", "a"), ("word/people.xml", "<w:person>"), ("docProps/app.xml", ">"), ("word/x.rels", "<a b")],
)
def test_names_are_taken_out_of_any_file_in_time(name, piece):
    """Each of these took minutes, or hours, while a reviewer waited."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        archive.writestr(name, piece * (2_000_000 // len(piece)))
    began = time.monotonic()
    without_names(target)
    assert time.monotonic() - began < 30


def test_what_is_left_of_a_word_file_is_sound():
    with zipfile.ZipFile(io.BytesIO(without_names(io.BytesIO(word_file())))) as archive:
        for part in archive.namelist():
            assert b"Nadia" not in archive.read(part)
        assert archive.read("word/people.xml") == b"<p:people></p:people>"
        assert b'Target="Normal.dotm"' in archive.read("word/_rels/settings.xml.rels")
        assert b'Target="https://example.org/"' in archive.read("word/_rels/settings.xml.rels")


def test_a_round_without_names_tells_the_leads_nothing(client, signed_in, project, report, draft):
    """Every page, mail and row of the history that the lead may read is searched for the reviewer."""
    partner = project.partner_people[0]
    held = ask(report, draft, hides_names=True, people=[partner], names=OUTSIDERS)
    before = len(owed(project.lead))
    secret = [partner.name, partner.email, "Nadia", "nadia@", "Silvia", "silvia@", "NK"]
    door = f"{link_to(reader())}/review"
    client.post(f"{door}?block=2", data={"text": "Which villages?"})
    assert client.post(f"{door}/file", data={"upload": (io.BytesIO(b"x"), "nadia.txt")}).status_code == 422
    sent = client.post(f"{door}/file", data={"upload": (io.BytesIO(word_file()), "Nadia Karim.docx")})
    assert sent.status_code == 303
    client.post(f"{door}/send")
    client.post(link_to(partner), data={"answer": "decline", "note": "No time."})

    lead = signed_in(project.lead)
    review = db.session.scalars(sa.select(Review).where(Review.state == ReviewState.ANSWERED)).one()
    comment = db.session.scalars(sa.select(ReviewComment)).one()
    asks = db.session.scalars(sa.select(Ask).where(Ask.kind == "reviewing.read")).all()
    pages = [
        *(f"{held.path}{rest}" for rest in ("", "/print", ".csv", f"/comments/{comment.id}", "/remind", "/close")),
        *(f"{report.path}{rest}" for rest in ("", "/reviews")),
        *(f"{project.path}{rest}" for rest in ("", "/history", "/files", "/ledger")),
        "/me",
    ]
    for path in pages:
        answer = lead.get(path)
        assert answer.status_code == 200, path
        assert not [word for word in secret[2:-1] if word in answer.text], path
    assert "Reviewer 1" in lead.get(held.path).text
    assert "1 of 3 sent a review · 1 declined · 1 has until" in lead.get(held.path).text
    for path in (*(asked.path for asked in asks), f"/reviews/{review.id}/withdraw", f"/reviews/{review.id}/answer"):
        assert lead.get(path).status_code in (403, 404), path
    got = lead.get(f"{held.path}/files/1")
    with zipfile.ZipFile(io.BytesIO(got.data)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]
    assert "Why?" in "".join(parts)
    assert not [word for word in secret for part in (*parts, str(got.headers)) if word in part]
    assert review.file.uploaded_by_id is None
    letters = [text_of(letter) for letter in owed(project.lead)[before:]]
    assert len(letters) == 2
    assert not [word for word in secret for letter in letters if word in letter]
    again = lead.submit(f"{held.path}/ask", people=str(partner.id))
    assert again.status_code == 409 and "asked already" in again.text  # not: "they declined, and are asked again"

    known = signed_in(project.coordinator).get(held.path).text
    assert "Nadia Karim" in known and partner.name in known


def test_reminders_go_by_plan_and_by_hand_to_whoever_has_not_answered(client, signed_in, project, report, draft):
    held = ask(report, draft, names=(("Nadia Karim", "nadia@example.net"), ("Omar Diop", "omar@example.net")))
    door = f"{link_to(reader())}/review"
    client.post(f"{door}?block=2", data={"text": "Which villages?"})
    client.post(f"{door}/send")
    lead = signed_in(project.lead)
    assert lead.submit(f"{held.path}/remind").status_code == 409  # mailed a moment ago
    asked = db.session.scalars(sa.select(Ask).where(Ask.kind == "reviewing.read", Ask.state == "open")).one()
    assert asked.due_on == held.due_on and asked.remind_at.date() == held.due_on - timedelta(days=3)
    asked.mailed_at = clock.now() - timedelta(days=2)
    assert lead.submit(f"{held.path}/remind", words="Please.").status_code == 303
    assert "Please." in text_of(owed(reader("omar@example.net"))[-1])
    assert owed(reader()) == []  # whoever has answered is left in peace


def test_one_reviewer_is_let_go_and_others_are_asked_later(client, signed_in, project, report, draft):
    held = ask(report, draft)
    door = link_to(reader())
    lead = signed_in(project.lead)
    review = the_review(held)
    assert lead.get(f"/reviews/{review.id}/withdraw").status_code == 200
    assert lead.submit(f"/reviews/{review.id}/withdraw").status_code == 303
    assert client.get(f"{door}/review").status_code == 303 and "taken back" in client.get(door).text
    assert client.post(f"{door}/review?block=1", data={"text": "Still"}).status_code == 303
    assert db.session.scalars(sa.select(ReviewComment)).all() == []
    asked = lead.submit(f"{held.path}/ask", name_1="Omar Diop", email_1="omar@example.net", language="en")
    assert asked.status_code == 303 and "Draft 1" in client.get(f"{link_to(reader('omar@example.net'))}/review").text
    assert lead.submit(f"{held.path}/ask", name_1="Omar Diop", email_1="", language="en").status_code == 422
    again = lead.submit(f"{held.path}/ask", name_1="Omar", email_1="omar@example.net", language="en")
    assert again.status_code == 409


def test_two_people_who_answer_one_comment_at_once_see_each_other(client, signed_in, project, report, draft):
    held = ask(report, draft)
    door = f"{link_to(reader())}/review"
    client.post(f"{door}?block=2", data={"text": "Which villages?"})
    client.post(f"{door}/send")
    comment = db.session.scalars(sa.select(ReviewComment)).one()
    partner, lead = signed_in(project.partner_people[0]), signed_in(project.lead)
    assert partner.submit(f"{held.path}/done", comment=f"{comment.id}/").status_code == 303
    late = lead.submit(f"{held.path}/comments/{comment.id}", reply="not", words="Out of scope.", seen="")
    assert late.status_code == 409 and "Out of scope." in late.text
    assert db.session.get(ReviewComment, comment.id).reply is Reply.DONE
    assert "Which villages?" not in lead.get(f"{held.path}?show=open").text
    table = lead.get(f"{held.path}.csv").data.decode("utf-8-sig")
    assert "2,Cities share water with the villages around them.,Which villages?,Nadia Karim,done," in table


def test_a_network_asks_its_questions_and_a_round_keeps_them(client, signed_in, project, report, draft):
    coordinator = signed_in(project.coordinator)
    path = f"{project.network.path}/review-questions"
    seen = hidden(coordinator.get(path).text, "seen")
    coordinator.submit(path, texts="Is the method sound?\n\nIs it clear?", language="en", seen=seen)
    held = ask(report, draft)
    assert held.questions == ["Is the method sound?", "Is it clear?"]
    stale = coordinator.submit(path, texts="Other", language="en", seen=seen)
    assert stale.status_code == 409 and "Is it clear?" in stale.text
    coordinator.submit(path, texts="Other", language="en", seen=hidden(coordinator.get(path).text, "seen"))
    assert "Other" in coordinator.get(path).text and signed_in(project.lead).get(path).status_code == 403
    door = f"{link_to(reader())}/review"
    assert "Is it clear?" in client.get(f"{door}/finish").text
    said = {"version": "1", "recommendation": "", "language": "en", "words": "", "answer_1": "Yes."}
    client.post(f"{door}/finish", data=said)
    client.post(f"{door}/send")
    db.session.expire_all()
    assert the_review(held).answers == ["", "Yes."]
    assert "Yes." in signed_in(project.lead).get(held.path).text
