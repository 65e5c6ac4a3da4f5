"""A study as the data files tell it, and the days of its life as they follow from its plan."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tracker.dates import add_months
from tracker.milestones.states import TEMPLATES

FILES = ("finished.toml", "running.toml", "beginnings.toml")
FROM_PLAN = {"proposed": -12, "accepted": -4, "asked": 1, "terms": 19, "planned": 23, "started": 28}  # days
WAITING = {"proposed": 4, "accepted": 8, "asked": 10, "terms": 30, "planned": 40, "started": 50}
FINAL = {"policy-brief": 4, "paired-study": 7, "comparison": 9}  # the milestone at which it is published
REVIEWED = {"policy-brief": 3, "paired-study": 6, "comparison": 7}
PARTNER_MARKS = {"?": "invited", "!": "offered", "+": "accepted", "-": "declined", "~": "left"}


@dataclass(frozen=True)
class Study:
    """One `[[study]]` of the files named in FILES; they explain the fields."""

    state: str
    lead: str
    person: str
    title: str
    question: str = ""
    why_now: str = ""
    summary: str = ""
    method: str = ""
    funding: str = ""
    language: str = "en"
    working_language: str = ""
    themes: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    goals: list[int] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    seats: list[list[Any]] = field(default_factory=list)
    closes: int = 0  # the call closes so many days ahead
    asked_before: list[list[str]] = field(default_factory=list)  # institution's key, question, answer
    asked_note: str = ""
    offer_note: str = ""
    begun: int = 0
    sent_back: str = ""
    terms: list[str] | None = None  # who confirmed; None: everyone, where the study started
    template: str = ""
    next: list[int] | None = None
    finished: int = 0  # every milestone is done; the last one so many days ago
    slips: list[list[Any]] = field(default_factory=list)
    who: list[list[Any]] = field(default_factory=list)
    notes: list[list[Any]] = field(default_factory=list)
    months: list[list[Any]] = field(default_factory=list)
    health: list[list[Any]] = field(default_factory=list)
    secretariat: list[list[Any]] = field(default_factory=list)
    files: list[list[Any]] = field(default_factory=list)
    plan_template: str = ""  # what its plan is called as a template for others
    reopened: str = ""
    stopped: list[Any] | None = None
    report: dict[str, Any] | None = None
    brief: dict[str, Any] | None = None

    @property
    def has_started(self) -> bool:
        return self.next is not None

    @property
    def accepted(self) -> bool:
        """Whether a coordinator accepted the proposal."""
        return self.state not in ("draft", "proposed")

    @property
    def done_milestones(self) -> int:
        """How many milestones of the plan, from its first on, were reached."""
        if self.finished:
            return len(TEMPLATES[self.template].milestones)
        return self.next[0] if self.next else 0

    @property
    def asked(self) -> list[tuple[str, str]]:
        """(institution's key, what came of it) of everyone who was or offered to be a partner."""
        return [
            (key[1:], PARTNER_MARKS[key[0]]) if key[0] in PARTNER_MARKS else (key, "agreed") for key in self.partners
        ]

    def slip(self, place: int) -> int:
        """By how many days the milestone at this place of the plan was moved."""
        return sum(days for slipped, days, *_why in self.slips if slipped == place)

    def plan_start(self, today: date) -> date:
        """The day from which the months of the plan count, so that `next` falls where it should."""
        if not self.next:
            return today + timedelta(days=14)
        place, days = self.next
        milestones = TEMPLATES[self.template].milestones
        if self.finished:
            place, days = len(milestones) - 1, -self.finished
        months = milestones[place][1]
        return add_months(today + timedelta(days=days - self.slip(place)), -months)

    def day(self, event: str, today: date) -> date:
        """When a step of its beginning was taken: "created", "proposed" … "started"."""
        if self.has_started:
            return self.plan_start(today) + timedelta(days=FROM_PLAN.get(event, -21))
        return today - timedelta(days=self.begun - WAITING.get(event, 0))

    def first_due(self, place: int, today: date) -> date:
        """The date first promised for a milestone of the template."""
        months = TEMPLATES[self.template].milestones[place][1]
        return add_months(self.plan_start(today), months)


def studies() -> list[Study]:
    """All studies of the data files."""
    folder = Path(__file__).parent
    return [
        Study(**entry)
        for name in FILES
        for entry in tomllib.loads((folder / name).read_text(encoding="utf-8"))["study"]
    ]
