"""A week in the life of one contact, hour by hour: what happens around them, and every mail they get."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tests.factories import make_institution, make_person, make_project
from tests.mails import text_of
from tracker import clock
from tracker.activity import outbox
from tracker.activity.models import Delivery
from tracker.activity.states import Rhythm
from tracker.asks import actions as asks
from tracker.asks.kinds import KINDS
from tracker.asks.queries import open_of, waiting
from tracker.database import db
from tracker.dates import PartialDate
from tracker.institutions.models import Person
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.states import DelayReason
from tracker.projects.models import Project
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.terms import actions as terms
from tracker.worker import ROUNDS

DHAKA = ZoneInfo("Asia/Dhaka")
BEGINS = datetime(2026, 9, 13, 18, 55, tzinfo=DHAKA)  # a Sunday, the first working day of the week there
DAYS = 7
FAR = PartialDate("2027-06-30")


@dataclass(frozen=True)
class Mail:
    at: datetime  # in Dhaka
    sort: str
    subject: str
    text: str

    @property
    def row(self) -> str:
        return f"{self.at:%a %H:%M}  {self.sort:<8}  {self.subject}"


class Week:
    """Amina answers for an institute in Dhaka that takes part in five projects; she wants news once a day."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        with clock.frozen(local(date(2026, 8, 3), 10)):
            self._found()
        for day in (1, 3, 8, 10):  # before the week begins, the worker ran as well
            for hour in (11, 12):
                self.works(local(date(2026, 9, day), hour), note=False)

    def _found(self) -> None:
        self.institute = make_institution("Dhaka Institute", country="BD")
        self.amina = make_person("Amina Rahman", contact_of=self.institute, institution=self.institute)
        self.amina.rhythm, self.amina.time_zone = Rhythm.DAILY, "Asia/Dhaka"
        self.deltas = self._running("River deltas", lead=self.amina)
        self.partner = self.deltas.partner_people[0]
        for number in range(1, 22):
            milestones.add_milestone(self.deltas, name=f"Interview {number}", due=FAR, actor=self.amina)
        self.ports = self._running("Ports and trade")
        self.map = self._milestone(self.ports, "Map of the ports", "2026-09-16")
        self.heat = self._running("Heat in schools")
        self._milestone(self.heat, "Survey of schools", "2026-09-08")
        self._milestone(self.heat, "Workshop in Khulna", "2026-09-25")  # seven days before it is a Friday
        self.seeds = make_project(ProjectState.RECRUITING, title="Seeds that last", countries=("KE", "PE"))
        self.offered = recruiting.offer(self.seeds, self.institute, note="We keep a seed bank.", actor=self.amina)
        self.migration = make_project(ProjectState.RECRUITING, title="Migration and money", countries=("NP", "PE"))
        self.fish = make_project(ProjectState.RECRUITING, title="Fish in the delta", countries=("IN", "PE"))
        db.session.execute(sa.update(Delivery).values(withdrawn_at=clock.now()))
        db.session.commit()

    def _running(self, title: str, lead: Person | None = None) -> Project:
        countries = ("BD" if lead else "KE", "PE")
        project = make_project(ProjectState.RECRUITING, title=title, lead=lead, countries=countries)
        if lead is None:
            partner = recruiting.invite(project, self.institute, actor=project.lead)
            recruiting.answer_invitation(partner, agrees=True, actor=self.amina)
        written = terms.write(project, text="We share the work.", actor=project.lead)
        for partner in terms.unconfirmed(project, written):
            terms.confirm(written, partner, actor=project.lead)
        milestones.add_milestone(project, name="Final text", due=FAR, actor=project.lead)
        project.state = ProjectState.RUNNING
        return project

    def _milestone(self, project: Project, name: str, due: str) -> Milestone:
        ours = next(partner for partner in project.partners if partner.institution_id == self.institute.id)
        return milestones.add_milestone(
            project, name=name, due=PartialDate(due), partner=ours, person=None, actor=project.lead
        )

    # --- what happens

    def happenings(self) -> list[tuple[datetime, Callable[[], None]]]:
        """(when, what), in order."""
        news = [
            (local(BEGINS.date() + timedelta(days=day), hour), self._news(day * 3 + number))
            for day in range(1, DAYS)
            for number, hour in enumerate((10, 14, 21))
        ]
        told = [
            (local(date(2026, 9, 13), 20), lambda: self.invite(self.migration, "Your work on remittances fits well.")),
            (local(date(2026, 9, 13), 20), lambda: self.invite(self.fish, "", answer_by=date(2026, 9, 21))),
            (local(date(2026, 9, 14), 9), self.accept_migration),
            (local(date(2026, 9, 14), 15), self.welcome),
            (local(date(2026, 9, 15), 15), self.map_is_done),
            (local(date(2026, 9, 17), 23), self.rewrite_terms),
        ]
        return sorted([*news, *told], key=lambda each: each[0])

    def _news(self, number: int) -> Callable[[], None]:
        def happens() -> None:
            name = f"Interview {number + 1}"
            milestone = db.session.scalars(sa.select(Milestone).where(Milestone.name == name)).one()
            if number % 3:
                today = PartialDate.of(clock.today())
                milestones.mark_done(milestone, on=today, actor=self.partner)
            else:
                moved = PartialDate("2027-08-31")
                milestones.move(milestone, due=moved, reason=DelayReason.DATA, words="", actor=self.partner)

        return happens

    def invite(self, project: Project, note: str, answer_by: date | None = None) -> None:
        recruiting.invite(project, self.institute, note=note, answer_by=answer_by, actor=project.lead)

    def accept_migration(self) -> None:
        [partner] = [known for known in self.migration.partners if known.institution_id == self.institute.id]
        asks.answer(open_of("recruiting.invitation", partner, self.institute), "accept", {}, actor=self.amina)

    def welcome(self) -> None:
        recruiting.answer_offer(self.offered, accepts=True, note="You are very welcome.", actor=self.seeds.lead)

    def map_is_done(self) -> None:
        done = {"on": PartialDate.of(clock.today()), "note": ""}
        asks.answer(open_of("milestones.due", self.map, self.institute), "done", done, actor=self.amina, by_link=True)

    def rewrite_terms(self) -> None:
        terms.write(self.heat, text="We share the work, and the data too.", actor=self.heat.lead)

    # --- hour by hour

    def run(self) -> "Week":
        happenings = self.happenings()
        for hour in range(DAYS * 24 + 1):
            now = (BEGINS + timedelta(hours=hour)).astimezone(UTC)
            while happenings and happenings[0][0] <= now:
                when = happenings[0][0]
                with clock.frozen(when):
                    while happenings and happenings[0][0] == when:
                        happenings.pop(0)[1]()
                    db.session.commit()
                self.works(when)
            self.works(now)
        return self

    def works(self, now: datetime, *, note: bool = True) -> None:
        """One turn of the worker, and what she finds in her mailbox after it."""
        with clock.frozen(now):
            for each in ROUNDS.values():
                each.run(200)
            sent = []
            while outbox.send_owed(200, send=sent.append):
                pass
            hers = sa.select(Delivery).where(Delivery.recipient_id == self.amina.id, Delivery.sent_at == now)
            rows = db.session.scalars(hers.where(Delivery.is_held.is_(False)).order_by(Delivery.id)).all()
        received = [message for message in sent if self.amina.email in message["To"]]
        assert len(rows) == len(received)
        if note:
            at = now.astimezone(DHAKA)
            self.mails += [
                Mail(at, row.sort.value, str(message["Subject"]), text_of(message))
                for row, message in zip(rows, received, strict=True)
            ]

    def still_open(self) -> list[str]:
        """What still waits for her, the most urgent first."""
        return [f"{ask.label}: {KINDS[ask.kind].label}" for ask in waiting(self.amina)]


def local(day: date, hour: int) -> datetime:
    """This hour of this day in Dhaka, as UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=DHAKA).astimezone(UTC)
