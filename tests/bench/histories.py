"""The projects of the generated database: partners, plans, notes, activity, reports."""

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.bench import progress
from tests.bench.asked import SLIP, Asked
from tests.bench.bulk import Bulk
from tests.bench.phrases import Phrases
from tests.bench.questions import KNOWN, Questions
from tests.bench.tables import Tables
from tracker import clock
from tracker.activity.models import Activity
from tracker.dates import PartialDate, earth_day
from tracker.files import StoredFile
from tracker.milestones.models import DateChange, Milestone, ProgressNote
from tracker.milestones.queries import ASKED_BEFORE
from tracker.milestones.states import TEMPLATES, DelayReason, MilestoneState, NoteAudience
from tracker.projects.models import (
    Partner,
    Project,
    ProjectCountry,
    ProjectGoal,
    ProjectMember,
    Transition,
    project_theme,
)
from tracker.projects.states import ASKED, AUDIENCES, PATH, Audience, Commitment, ProjectState, Role
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportState
from tracker.seats.models import Filling, Seat
from tracker.seats.states import SeatState, Task
from tracker.terms.models import Confirmation, Terms

if TYPE_CHECKING:
    from tests.bench.generator import Claim, Filled

S = ProjectState
SHARES = {S.DRAFT: 3, S.PROPOSED: 4, S.RECRUITING: 6, S.RUNNING: 8, S.REVIEW: 2, S.PUBLISHED: 5, S.STOPPED: 2}
STARTED = (S.RUNNING, S.REVIEW, S.PUBLISHED)
PARTNERS, NOTES = 3, 7
MOSTLY = 0.6  # of the seats of running projects are filled
SKILLS = ("", "household surveys", "value chains of textiles", "price statistics", "interviews in the provinces")
AT_ONCE = 2_000  # projects whose rows are held in memory
WAITING = (Commitment.INVITED, Commitment.INTERESTED, Commitment.AGREED)
PLAN = [str(name) for name, _months in TEMPLATES["paired-study"].milestones]
TALK = "We finished the interviews of this month and share the tables in the folder. Two districts are missing."
STEPS = ("propose", "accept", "start", "submit", "publish")


def write(
    bulk: Bulk,
    made: "Filled",
    number: int,
    people: int,
    where: dict[int, str],
    claims: list["Claim"],
    phrases: Phrases,
    chance: Random,
) -> None:
    """Add `number` projects to `made` and the database, and all that was asked."""
    tables, now = Tables(), clock.now()
    questions = Questions(tables, made, chance, people, len(where), now)
    states = chance.choices(list(SHARES), weights=list(SHARES.values()), k=number)
    for project, state in enumerate(states, start=1):
        History(tables, made, phrases, chance, people, where, now, questions).tell(project, state)
        if project % AT_ONCE == 0:
            tables.write(bulk)
    questions.claims(claims)
    questions.failed_mails()
    tables.finish(bulk)


class History:
    """One project."""

    def __init__(
        self,
        tables: Tables,
        made: "Filled",
        phrases: Phrases,
        chance: Random,
        people: int,
        where: dict[int, str],
        now: datetime,
        questions: Questions,
    ) -> None:
        self.tables, self.made, self.phrases, self.chance = tables, made, phrases, chance
        self.people, self.where, self.now, self.questions = people, where, now, questions

    def tell(self, project: int, state: ProjectState) -> None:
        """Note all rows of a project in this state."""
        chance, add = self.chance, self.tables.add
        self.project = project
        self.team = chance.sample(range(1, self.people + 1), PARTNERS)
        self.places = [(person - 1) % len(self.where) + 1 for person in self.team]
        if len(set(self.places)) < PARTNERS:
            self.places = chance.sample(range(1, len(self.where) + 1), PARTNERS)
        # Nothing of it waits for those whose own pages are measured: they have the same questions at every size.
        self.is_quiet = bool({*self.team, *self.places} & set(KNOWN))
        self.questions.leads[project] = self.team[0]
        age = timedelta(days=chance.randrange(60, 420))
        if state is S.PUBLISHED:
            age += timedelta(days=chance.randrange(2500))
        self.begun = self.now - age
        active = self.begun + timedelta(days=400) if state is S.PUBLISHED else self.now
        self.latest = min(active, self.now) - timedelta(minutes=chance.randrange(1, 60 * 24 * 58))
        before = S.RUNNING if state is S.STOPPED else None
        audience = AUDIENCES.get(before or state, Audience.TEAM)
        self.title = self.phrases.title()
        self.asked = Asked(self.questions, project, self.title, self.begun, self.team, self.places)
        texts = {
            name: self.phrases.paragraph(length) for name, length in (("question", 1), ("why_now", 1), ("summary", 2))
        }
        add(
            Project,
            id=project,
            network_id=1,
            state=state,
            stopped_from=before,
            audience=audience,
            title=self.title,
            starts_on=PartialDate(f"{self.begun:%Y-%m}"),
            ends_on=None,
            created_by_id=self.team[0],
            created_at=self.begun,
            changed_at=self.latest,
            **{name: text for name, (text, _html) in texts.items()},
            **{f"{name}_html": html for name, (_text, html) in texts.items()},
        )
        themes = chance.sample(self.made.themes, 2)
        for theme in themes:
            add(project_theme, project_id=project, theme_id=theme)
        for country in {self.where[place] for place in self.places[:2]}:
            add(ProjectCountry, project_id=project, country=country)
        for goal in chance.sample(range(1, 18), 2):
            add(ProjectGoal, project_id=project, goal=goal)
        self.happened("projects.create", 0)
        started = state in STARTED or state is S.STOPPED
        partners = self._partners(started, state)
        self._transitions(before or state, state)
        self.asked.proposed(state)
        if started:
            self._terms(partners, state)
        if started or state is S.RECRUITING:
            self._plan(partners, state)
        if started:
            self._notes()
            progress.tell(self, partners, state)
        if state in (S.REVIEW, S.PUBLISHED):
            self._report(state)
        if state in (S.RECRUITING, S.RUNNING):
            self._seats(partners, themes, state)
        if audience is Audience.PUBLIC:
            self.made.projects.append(project)
        self.phrases.put("project", project, self.title, texts["question"][0], texts["summary"][0])

    def happened(self, kind: str, part: float, who: int = 0, **details: Any) -> None:
        """An activity at this part of the project's life so far."""
        person = self.team[who % len(self.team)]
        details = {"title": self.title, "path": f"/projects/{self.project}", **details}
        self.tables.add(
            Activity,
            at=self.begun + (self.latest - self.begun) * part,
            kind=kind,
            subject_type="project",
            subject_id=self.project,
            actor_id=person,
            actor_name=f"Person {person}",
            details=details,
        )

    def _partners(self, started: bool, state: ProjectState) -> list[int]:
        rows = []
        for position, place in enumerate(self.places):
            commitment = Commitment.AGREED
            if position and state in (S.DRAFT, S.PROPOSED):
                break
            if position and not started:
                commitment = self.chance.choices(WAITING, weights=(3, 3, 2))[0]
                if self.is_quiet:
                    commitment = Commitment.AGREED
            asked = self.begun + timedelta(days=10 + position)
            if commitment in ASKED:
                asked = self.questions.recently()
            partner = self.tables.add(
                Partner,
                project_id=self.project,
                institution_id=place,
                role=Role.PARTNER if position else Role.LEAD,
                commitment=commitment,
                position=position,
                note="Would you take one country of the study?" if position else "",
                asked_by_id=self.team[0],
                asked_at=asked,
                answered_by_id=self.team[position] if commitment is Commitment.AGREED else None,
                answered_at=asked + timedelta(days=5) if commitment is Commitment.AGREED else None,
            )
            rows.append(partner)
            if position:
                self.asked.joins(partner, place, commitment, asked)
            self.tables.add(
                ProjectMember,
                project_id=self.project,
                person_id=self.team[position],
                is_lead=not position,
                joined_at=asked,
                left_at=None,
            )
            if position:
                name = f"Institute {place}"
                self.happened("recruiting.invite", 0.1, 0, partner=name, note="")
                if commitment is Commitment.AGREED:
                    self.happened("recruiting.agree", 0.15, position, partner=name)
        return rows

    def _transitions(self, reached: ProjectState, state: ProjectState) -> None:
        for place in range(PATH.index(reached)):
            self._moved(STEPS[place], PATH[place], PATH[place + 1], place / 6)
        if state is S.STOPPED:
            self._moved("stop", reached, state, 0.9, "No funding this year.")

    def _moved(self, step: str, source: ProjectState, target: ProjectState, part: float, reason: str = "") -> None:
        self.tables.add(
            Transition,
            project_id=self.project,
            at=self.begun + (self.latest - self.begun) * part,
            step=step,
            source=source,
            target=target,
            actor_id=self.team[0],
            actor_name=f"Person {self.team[0]}",
            reason=reason,
        )
        self.happened(f"projects.{step}", part, 0, reason=reason)

    def _terms(self, partners: list[int], state: ProjectState) -> None:
        at = self.begun + timedelta(days=30)
        terms = self.tables.add(
            Terms,
            project_id=self.project,
            number=1,
            text=TALK,
            text_html=f"<p>{TALK}</p>",
            written_by_id=self.team[0],
            written_at=at,
            asked_as_of=self.latest,
        )
        self.happened("terms.write", 0.2, 0, number=1)
        for position, partner in enumerate(partners):
            waits = bool(position) and state is S.RUNNING and not self.is_quiet and self.chance.random() < 0.5
            reply = self.tables.add(
                Confirmation,
                terms_id=terms,
                partner_id=partner,
                person_id=None if waits else self.team[position],
                at=None if waits else at,
            )
            place, asked = ("institution", self.places[position]), self.questions.recently() if waits else at
            self.asked.note(
                "terms.confirm", ("confirmation", reply), place, asked, "open" if waits else "confirm", number=1
            )
            if not waits:
                self.happened("terms.confirm", 0.21, position, partner="A partner", number=1)

    def _plan(self, partners: list[int], state: ProjectState) -> None:
        self.happened("milestones.plan", 0.22)
        reached = {S.RECRUITING: 0, S.REVIEW: 8, S.PUBLISHED: 10}.get(state, self.chance.randrange(2, 8))
        upcoming = self.now.date() + timedelta(days=30 if self.is_quiet else self.chance.randrange(-20, 40))
        for place, name in enumerate(PLAN):
            due = PartialDate.of(upcoming + timedelta(days=45 * (place - reached)))
            slips = place == reached - 1
            done = place < reached
            waits = not done and due.last_day <= earth_day() + ASKED_BEFORE
            milestone = self.tables.add(
                Milestone,
                project_id=self.project,
                name=name,
                first_due=PartialDate.of(due.first_day - SLIP) if slips else due,
                due=due,
                last_day=due.last_day,
                first_last_day=due.last_day - SLIP if slips else due.last_day,
                done_day=due.last_day - timedelta(days=1) if done else None,
                partner_id=partners[place % len(partners)] if place % 3 else None,
                person_id=self.team[place % len(self.team)] if place % 2 else None,
                state=MilestoneState.DONE if done else MilestoneState.PLANNED,
                done_on=PartialDate.of(due.first_day - timedelta(days=1)) if done else None,
                created_at=self.begun,
                unseen_day=None if done or waits else due.last_day,
                seen_as_of=self.latest if done or waits else None,
            )
            self.asked.about_milestone(milestone, name, place, due, done=done, waits=waits, slips=slips, state=state)
            if slips:
                self.tables.add(
                    DateChange,
                    milestone_id=milestone,
                    at=self.begun,
                    person_id=self.team[0],
                    before=PartialDate.of(due.first_day - SLIP),
                    after=due,
                    reason=DelayReason.FIELDWORK,
                    words="The roads were closed.",
                )
                self.happened("milestones.move", 0.5, 0, milestone=name, before="2026-01-01", after=str(due))
            if done:
                self.happened("milestones.done", 0.3 + place / 20, place, milestone=name)

    def _seats(self, partners: list[int], themes: list[int], state: ProjectState) -> None:
        """Two where partners are sought; one, mostly filled, where the work has begun."""
        names = [str(self.made.theme_names[theme]) for theme in themes]
        for number in range(2 if state is S.RECRUITING else 1):
            place = self.places[(number + 1) % len(self.places)]
            is_filled = state is S.RUNNING and self.chance.random() < MOSTLY
            skills = self.chance.choice(SKILLS)
            seat = self.tables.add(
                Seat,
                project_id=self.project,
                task=self.chance.choice(list(Task)),
                place=self.chance.choice((self.where[place], self.where[place], "142", "202", "019", "")),
                language=self.chance.choice(("en", "fr", "es", "")),
                skills=skills,
                wanted=1,
                taken=int(is_filled),
                state=SeatState.FILLED if is_filled else SeatState.OPEN,
                created_at=self.begun,
                told_at=self.begun,
            )
            if is_filled:
                partner = partners[-1]
                self.tables.add(
                    Filling, seat_id=seat, partner_id=partner, asked_at=self.begun, taken_at=self.begun, ended_at=None
                )
            self.phrases.put("seat", seat, skills, *names, self.title)
            if state is S.RECRUITING:
                self.made.seats.append((self.project, seat))

    def _notes(self) -> None:
        for number in range(NOTES):
            at = self.begun + (self.latest - self.begun) * (0.3 + number / 12)
            self.tables.add(
                ProgressNote,
                project_id=self.project,
                milestone_id=None,
                author_id=self.team[number % PARTNERS],
                at=at,
                on_day=PartialDate.of(at.date()),
                text=TALK,
                text_html=f"<p>{TALK}</p>",
                audience=(NoteAudience.PUBLIC, NoteAudience.MEMBERS, NoteAudience.TEAM)[number % 3],
            )
            self.happened("milestones.note", 0.3 + number / 12, number)

    def _report(self, state: ProjectState) -> None:
        published = state is S.PUBLISHED
        title = f"{self.title} ({self.project})"
        abstract, html = self.phrases.paragraph(2)
        file = self.tables.add(
            StoredFile,
            key=f"{self.project:040x}",
            name=f"report-{self.project}.pdf",
            media_type="application/pdf",
            size=480_000,
            sha256=f"{self.project:064x}",
            uploaded_by_id=self.team[0],
        )
        report = self.tables.add(
            Report,
            project_id=self.project,
            state=ReportState.PUBLISHED if published else ReportState.DRAFT,
            title=title,
            sort_title=title.lower(),
            abstract=abstract,
            abstract_html=html,
            published_on=PartialDate(f"{self.latest:%Y-%m}") if published else None,
            publisher=f"Institute {self.places[0]}",
            pages=80,
            licence="CC-BY-4.0",
            file_id=file,
            published_at=self.latest if published else None,
        )
        names = [f"Person {person}" for person in self.team]
        for position, person in enumerate(self.team):
            self.tables.add(
                ReportAuthor,
                report_id=report,
                position=position,
                name=names[position],
                affiliation=f"Institute {self.places[position]}",
                person_id=person,
                institution_id=self.places[position],
            )
        self.happened("reports.start", 0.9, 0, report=title)
        if published:
            self.happened("reports.publish", 1, 0, report=title, version=2)
            self.made.reports.append(report)
            progress.use(self, report)
            self.phrases.put("report", report, title, abstract, *names)
