"""What was asked about one project of the generated database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.bench.questions import NETWORK, Questions, Row
from tracker.dates import PartialDate
from tracker.milestones.queries import ASKED_BEFORE
from tracker.projects.states import Commitment, ProjectState

SLIP = timedelta(days=21)  # of the milestone that was done last
WORDS = "Which households gain, and what does it cost the districts? We compare two provinces over three years."


@dataclass(frozen=True)
class Asked:
    """Notes asks about a project."""

    questions: Questions
    project: int
    title: str
    begun: datetime
    team: list[int]  # the lead first
    places: list[int]  # their institutions

    def note(self, kind: str, subject: Row, to: Row, asked_at: datetime, how: str, **more: Any) -> None:
        """An ask about the project: `how` is the choice that answered it, "open" or "withdrawn"."""
        due_on, by = more.pop("due_on", None), more.pop("by", self.team[0])
        details = {"title": self.title, "path": f"/projects/{self.project}", "language": "en", **more}
        given: dict[str, Any] = {"about": ("project", self.project), "by": by, "due_on": due_on, "details": details}
        if how == "open":
            self.questions.open(kind, subject, to, asked_at, **given)
        elif how == "withdrawn":
            self.questions.withdrawn(kind, subject, to, asked_at, **given)
        else:
            self.questions.answered(kind, subject, to, how, asked_at, **given)

    def proposed(self, state: ProjectState) -> None:
        """Half of all proposals were sent back once."""
        if state is ProjectState.DRAFT:
            return
        subject: Row = ("project", self.project)
        if self.project % 2:
            self.note("projects.proposal", subject, NETWORK, self.begun, "send_back", question=WORDS)
        if state is ProjectState.PROPOSED:
            self.note("projects.proposal", subject, NETWORK, self.questions.recently(), "open", question=WORDS)
        else:
            self.note("projects.proposal", subject, NETWORK, self.begun + timedelta(days=7), "accept", question=WORDS)

    def joins(self, partner: int, place: int, commitment: Commitment, asked: datetime) -> None:
        """How a partner came to take part, or may."""
        subject: Row = ("partner", partner)
        if commitment is Commitment.INTERESTED:
            to, by = ("project", self.project), self.team[1]
            self.note("recruiting.offer", subject, to, asked, "open", by=by, partner=f"Institute {place}", note=WORDS)
            return
        how = "open" if commitment is Commitment.INVITED else "accept"
        more = {"network": "Bench Research Alliance", "question": WORDS, "note": "Would you take one country?"}
        self.note("recruiting.invitation", subject, ("institution", place), asked, how, **more)

    def about_milestone(
        self,
        milestone: int,
        name: str,
        place: int,
        due: PartialDate,
        *,
        done: bool,
        waits: bool,
        slips: bool,
        state: ProjectState,
    ) -> None:
        """What was asked about a milestone: once, twice where it moved, and again where it waits."""
        to: Row = ("project", self.project)
        if place % 2:
            to = ("person", self.team[place % len(self.team)])
        elif place % 3:
            to = ("institution", self.places[place % len(self.team)])
        subject, kind = ("milestone", milestone), "milestones.due"
        if slips:
            first = due.last_day - SLIP
            self.note(kind, subject, to, _asked_for(first), "late", by=None, due_on=first, milestone=name)
        if done or (waits and state in (ProjectState.RUNNING, ProjectState.STOPPED)):
            how = "done" if done else "open" if state is ProjectState.RUNNING else "withdrawn"
            at = _asked_for(due.last_day)
            self.note(kind, subject, to, at, how, by=None, due_on=due.last_day, milestone=name)


def _asked_for(day: date) -> datetime:
    return datetime.combine(day - ASKED_BEFORE, time(), tzinfo=UTC)
