"""Partners are asked 6 and 12 months after publication; a use, "none known" and silence are told apart."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.asks.letters import link_to, owed, text_of
from tests.factories import make_institution, make_person, make_project
from tracker import clock
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.dates import PartialDate
from tracker.institutions.models import Institution
from tracker.projects.states import Commitment, ProjectState
from tracker.reports.followers import public_changed
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses import actions, rounds
from tracker.uses.inquiries import ASK
from tracker.uses.models import Use, UseInquiry
from tracker.uses.states import UseKind

PUBLISHED = datetime(2026, 8, 31, 10, tzinfo=UTC)


@pytest.fixture
def project():
    return make_project(ProjectState.PUBLISHED)


@pytest.fixture
def report(project):
    report = db.session.scalars(sa.select(Report).where(Report.project_id == project.id)).one()
    report.published_at, report.published_on = PUBLISHED, PartialDate("2026-08")
    db.session.flush()
    return report


def work(year, month, day):
    """The worker's round on a day; how many were asked."""
    with clock.frozen(datetime(year, month, day, 9, tzinfo=UTC)):
        return rounds.ask(200)


def inquiries():
    db.session.expire_all()
    return db.session.scalars(sa.select(UseInquiry).order_by(UseInquiry.id)).all()


def test_each_partner_is_asked_once_after_six_months_and_once_after_twelve(project, report):
    partners = [partner for partner in project.partners if partner.takes_part]
    assert work(2027, 2, 27) == 0, "six months after the 31st of August is the last of February"
    assert work(2027, 2, 28) == len(partners) and work(2027, 2, 28) == 0
    assert work(2027, 3, 20) == 0
    assert work(2027, 8, 30) == 0 and work(2027, 8, 31) == len(partners) and work(2027, 9, 1) == 0
    asked = [(inquiry.months, inquiry.institution_id) for inquiry in inquiries()]
    assert sorted(asked) == sorted((months, each.institution_id) for months in (6, 12) for each in partners)
    mail = text_of(owed(project.partner_people[0])[-1])
    assert "used?" in mail and "months ago" in mail and report.title in mail


@pytest.mark.parametrize(
    ("changed", "days"),
    [
        ({"published_on": PartialDate("2025")}, 0),
        ({"published_on": PartialDate("2026-05")}, 0),
        ({"published_on": PartialDate("2026-04-30")}, 0),
        ({"state": ReportState.WITHDRAWN}, 0),
        ({"project_id": None}, 0),
        ({}, 90),
    ],
)
def test_nobody_is_asked_about_history_or_long_after(changed, days, report):
    for name, value in changed.items():
        setattr(report, name, value)
    db.session.flush()
    with clock.frozen(datetime(2027, 3, 2, 9, tzinfo=UTC) + timedelta(days=days)):
        assert rounds.ask(200) == 0


@pytest.mark.parametrize("published_on", ["2026", "2026-06", "2026-06-20", "2026-09"])
def test_what_was_printed_shortly_before_is_asked_about(published_on, report):
    report.published_on = PartialDate(published_on)
    assert work(2027, 3, 2) > 0


def test_who_left_the_project_is_not_asked(project, report):
    project.partners[1].commitment = Commitment.WITHDREW
    work(2027, 3, 2)
    assert project.partners[1].institution_id not in {inquiry.institution_id for inquiry in inquiries()}


def test_a_use_is_told_by_the_link_without_an_account(client, project, report):
    work(2027, 3, 2)
    partner = project.partner_people[0]
    with clock.frozen(datetime(2027, 3, 3, 12, tzinfo=UTC)):
        link = link_to(partner)
        page = client.get(link).text
        assert "Do you know of a use of this report?" in page and "None known" in page
        said = {"yes-kind": "cited", "yes-on": "2027-01", "yes-words": "In the water plan", "yes-link": "example.org/p"}
        for wrong, words in (
            ({"yes-on": "2027-09"}, "yes-on-error"),
            ({"yes-link": "javascript:alert(1)"}, "yes-link-error"),
            ({"yes-link": "", "yes-words": ""}, "yes-words-error"),
        ):
            refused = client.post(link, data={"answer": "yes", **said, **wrong})
            assert refused.status_code == 422 and words in refused.text
        assert client.post(link, data={"answer": "yes", **said}).status_code == 303
    use = db.session.scalars(sa.select(Use)).one()
    assert (use.kind, str(use.on), use.words) == (UseKind.CITED, "2027-01", "In the water plan")
    assert (use.institution_id, use.link) == (project.partners[1].institution_id, "http://example.org/p")
    inquiry = next(each for each in inquiries() if each.institution_id == use.institution_id)
    assert inquiry.answered_at and not inquiry.knows_none
    assert "In the water plan" in client.get(report.path).text


def test_none_known_is_an_answer_that_may_change_and_silence_is_none(client, signed_in, project, report):
    work(2027, 3, 2)
    with clock.frozen(datetime(2027, 3, 3, 12, tzinfo=UTC)):
        link = link_to(project.partner_people[0])
        assert client.post(link, data={"answer": "none"}).status_code == 303
        page = client.get(f"{report.path}/uses").text
        assert "1 knows of none" in page and "3 March 2027" in page and "not answered" in page
        name = db.session.get_one(Institution, project.partners[1].institution_id).name
        assert name not in page.split('id="asked"')[1].split("</section>")[0], "who is silent only the leads read"
        assert name in signed_in(project.lead).get(f"{report.path}/uses").text.split('id="asked"')[1]
        assert db.session.scalar(sa.select(sa.func.count(Use.id))) == 0
        client.post(link, data={"answer": "yes", "yes-kind": "media", "yes-on": "2027-02", "yes-words": "On air"})
        page = client.get(f"{report.path}/uses").text
        assert "told of a use" in page and "knows of none" not in page


def test_a_use_said_on_the_page_answers_the_question(project, report):
    work(2027, 3, 2)
    institution = db.session.get_one(Institution, project.partners[1].institution_id)
    with clock.frozen(datetime(2027, 3, 3, 12, tzinfo=UTC)):
        actions.say(
            report,
            kind=UseKind.MEDIA,
            on=PartialDate("2027"[:4] + "-01"),
            words="On air",
            institution=institution,
            actor=project.partner_people[0],
        )
    asked = db.session.scalars(sa.select(Ask).where(Ask.kind == ASK, Ask.addressee_id == institution.id)).one()
    assert (asked.state, asked.choice) == (AskState.ANSWERED, "yes")


def test_a_withdrawn_report_asks_no_more(report):
    work(2027, 3, 2)
    report.state = ReportState.WITHDRAWN
    public_changed(report, None)
    states = set(db.session.scalars(sa.select(Ask.state).where(Ask.kind == ASK)))
    assert states == {AskState.WITHDRAWN}


def test_an_institution_without_a_contact_makes_no_mail_for_the_coordinators(project, report):
    project.partners[1].institution = make_institution(country="PE")
    before = len(owed(project.coordinator))
    work(2027, 3, 2)
    assert len(owed(project.coordinator)) == before and len(inquiries()) == 2


def test_anyone_of_an_institution_of_an_author_may_say_a_use(signed_in, report):
    place = make_institution(country="PE")
    path = f"{report.path}/uses/new"
    person = make_person(institution=place)
    assert signed_in(person).get(path).status_code == 403
    report.authors[0].institution = place
    assert signed_in(person).get(path).status_code == 200
