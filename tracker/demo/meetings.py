"""Meetings of the example network, one over and one to come, and what came of its newest report."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tracker.database import db
from tracker.dates import PartialDate
from tracker.demo.cast import Cast
from tracker.demo.lives import Deed
from tracker.demo.people import COORDINATOR
from tracker.events import actions as events
from tracker.events.models import Event
from tracker.events.states import EventKind
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses import actions as uses
from tracker.uses.states import UseKind

LAUNCH_TEXT = "The authors showed what they found; two ministries and a bank asked questions for an hour."
DIALOGUE_TEXT = (
    "First results, before they are printed:\n\n- what the partners found at home\n- what differs, and why\n"
    "- what ministries want to know next"
)
USE_WORDS = "Quoted in the budget speech, page 12 of the printed version."


class Meetings:
    """Deeds as those of `lives.Life`: what is announced, who came, what is said. Each finds what is there by then."""

    def __init__(self, cast: Cast, today: date) -> None:
        self.cast, self.today = cast, today
        self.coordinator = cast.people[COORDINATOR]
        self.launched: Event | None = None

    @property
    def deeds(self) -> list[Deed]:
        """In the order of their days."""
        what = ((61, self._announce_launch), (40, self._count_guests), (9, self._say_use), (6, self._announce_dialogue))
        days = [(self.today - timedelta(days=ago), do) for ago, do in what]
        return [Deed(day, self.coordinator, do, datetime.combine(day, time(12), UTC)) for day, do in days]

    def _announce_launch(self) -> None:
        report = _newest_report()
        self.launched = events.announce(
            self.cast.network,
            title="Launch and discussion of a new report",
            text=LAUNCH_TEXT,
            kind=EventKind.LAUNCH,
            on=PartialDate.of(self.today - timedelta(days=41)),
            place="Nairobi",
            country="KE",
            projects=[report.project],
            reports=[report],
            actor=self.coordinator,
        )

    def _count_guests(self) -> None:
        assert self.launched is not None
        partners = self.launched.projects[0].partners
        for number, partner in enumerate(partner for partner in partners if partner.takes_part and partner.institution):
            events.add_guest(
                self.launched, institution=partner.institution, people=3 - number % 3, actor=self.coordinator
            )
        events.add_guest(
            self.launched,
            listed_as="Ministry of Planning",
            listed_country="KE",
            people=2,
            actor=self.coordinator,
        )
        events.change(self.launched, participants=64, actor=self.coordinator)

    def _say_use(self) -> None:
        report = _newest_report()
        partner = next(partner for partner in report.project.partners if partner.institution)
        uses.say(
            report,
            kind=UseKind.CITED,
            on=PartialDate.of(self.today - timedelta(days=12)),
            words=USE_WORDS,
            link="https://example.org/budget-speech.pdf",
            country=partner.country,
            institution=partner.institution,
            actor=self.coordinator,
        )

    def _announce_dialogue(self) -> None:
        running = sa.select(Project).where(Project.state == ProjectState.RUNNING).order_by(Project.id).limit(1)
        project = db.session.scalars(running).one()
        day, zone = self.today + timedelta(days=17), "America/La_Paz"
        events.announce(
            self.cast.network,
            title="First results: a dialogue with ministries",
            text=DIALOGUE_TEXT,
            kind=EventKind.DIALOGUE,
            on=PartialDate.of(day),
            starts_at=events.at(day, time(9), zone),
            ends_at=events.at(day, time(11, 30), zone),
            time_zone=zone,
            place="La Paz",
            country="BO",
            is_online=True,
            projects=[project],
            themes=project.themes,
            actor=self.coordinator,
        )


def _newest_report() -> Any:
    query = sa.select(Report).where(Report.state == ReportState.PUBLISHED, Report.project_id.is_not(None))
    return db.session.scalars(query.order_by(Report.published_at.desc(), Report.id.desc()).limit(1)).one()
