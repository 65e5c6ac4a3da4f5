"""What came of a report: said by those who worked on it, read by everybody."""

import io

import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_project
from tracker.activity.models import Activity
from tracker.database import db
from tracker.dates import PartialDate
from tracker.projects.states import ProjectState
from tracker.reports.models import Report
from tracker.uses import actions
from tracker.uses.models import Use
from tracker.uses.states import UseKind

SAID = {"kind": "cited", "on": "2025-03", "language": "en", "country": "PE", "link": "example.org/plan"}


@pytest.fixture
def project():
    return make_project(ProjectState.PUBLISHED)


@pytest.fixture
def report(project):
    return db.session.scalars(sa.select(Report).where(Report.project_id == project.id)).one()


def say(report, words="Quoted on page 12", by=None, **fields):
    described = {"kind": UseKind.CITED, "on": PartialDate("2025-03"), **fields}
    use = actions.say(report, words=words, actor=by, **described)
    db.session.flush()
    return use


def test_a_partner_says_it_and_everybody_reads_it(signed_in, client, project, report):
    partner = project.partner_people[0]
    browser = signed_in(partner)
    assert "Say how it was used" in browser.get(report.path).text
    assert "Say how it was used" not in client.get(report.path).text
    path = f"{report.path}/uses/new"
    with io.BytesIO(b"%PDF-1.4 letter") as letter:
        answer = browser.submit(path, **SAID, words="In the plan.\n<b>p. 12</b>", upload=(letter, "رسالة.pdf"))
    assert answer.status_code == 303
    use = db.session.scalars(sa.select(Use)).one()
    assert (use.link, str(use.on)) == ("http://example.org/plan", "2025-03")
    assert use.institution_id in partner.institution_ids
    page = client.get(report.path).text
    for words in ("Cited, March 2025, Peru", "&lt;b&gt;p. 12&lt;/b&gt;", 'href="http://example.org/plan"', "رسالة.pdf"):
        assert words in page
    with client.get(f"/uses/{use.id}/files/{use.file_id}") as sent:
        assert sent.status_code == 200 and sent.headers["Content-Disposition"].startswith("attachment")
    assert db.session.scalar(sa.select(Activity.kind).order_by(Activity.id.desc())) == "uses.say"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"on": "2199"}, "on"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "http://user:pw@example.org"}, "link"),
        ({"link": "", "words": " "}, "words"),
        ({"country": "XX"}, "country"),
        ({"upload": (io.BytesIO(b"MZ\x90"), "virus.exe")}, "upload"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(changed, field, signed_in, project, report):
    answer = signed_in(project.lead).submit(f"{report.path}/uses/new", **{**SAID, **changed})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert db.session.query(Use).count() == 0


def test_it_is_withdrawn_by_its_author_and_those_who_lead(signed_in, client, project, report):
    partner = project.partner_people[0]
    first, second = say(report, "First", by=partner), say(report, "Second")
    browser = signed_in(partner)
    assert browser.get(f"/uses/{first.id}/withdraw").status_code == 200
    assert browser.submit(f"/uses/{second.id}/withdraw").status_code == 403
    browser.submit(f"/uses/{first.id}/withdraw")
    assert "First" not in client.get(report.path).text
    assert all("First" in signed_in(person).get(report.path).text for person in (partner, project.lead))
    assert client.get(f"/uses/{first.id}/withdraw").status_code == 303
    assert browser.submit(f"/uses/{first.id}/withdraw").status_code == 403
    assert signed_in(project.coordinator).submit(f"/uses/{second.id}/withdraw").status_code == 303
    assert client.get(report.path).text.count("Withdrawn on") == 0


def test_a_withdrawn_one_is_not_there_for_others_nor_is_its_file(signed_in, project, report):
    use = say(report, by=project.lead)
    actions.withdraw(use, actor=project.lead)
    for path in (f"/uses/{use.id}/withdraw", f"/uses/{use.id}/files/1"):
        assert signed_in().get(path).status_code == 404
    assert "Quoted" not in signed_in(make_person()).get(report.path).text


def test_others_do_not_say_it_and_drafts_have_none(signed_in, project, report):
    assert signed_in().get(f"{report.path}/uses/new").status_code == 403
    draft = make_project(ProjectState.REVIEW)
    unpublished = db.session.scalars(sa.select(Report).where(Report.project_id == draft.id)).one()
    path = f"{unpublished.path}/uses/new"
    assert signed_in(draft.lead).submit(path, **SAID).status_code == 409
    assert signed_in().get(f"{unpublished.path}/uses").status_code == 404


def test_the_newest_stand_on_the_page_and_all_on_their_own(client, project, report):
    for number in range(23):
        say(report, f"Use number {number}.", on=PartialDate(f"20{number:02}"))
    page = client.get(report.path).text
    assert "Use number 22." in page and "Use number 1." not in page and "All uses" in page
    assert "Use number 1." in client.get(f"{report.path}/uses?page=2").text


def test_the_page_costs_the_same_for_one_use_and_for_ten(signed_in, queries, project, report):
    client = signed_in()
    say(report, by=project.lead, institution=project.partners[0].institution)
    with queries() as few:
        client.get(report.path)
    for _number in range(9):
        say(report, by=project.partner_people[0], institution=project.partners[1].institution)
    with queries() as many:
        client.get(report.path)
    assert len(few) == len(many)
