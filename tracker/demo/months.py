"""What was said of the example studies month by month: by their partners, and by the coordinators among themselves."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from werkzeug.datastructures import FileStorage

from tracker import clock, files
from tracker.attachments.actions import add as attach
from tracker.checkins.actions import answer
from tracker.checkins.states import Going
from tracker.dates import PartialDate, add_months
from tracker.demo.cast import Cast
from tracker.demo.lives import Deed, Life
from tracker.demo.people import COORDINATOR
from tracker.i18n import format_day, speaking
from tracker.institutions.models import Person
from tracker.milestones.states import TEMPLATES, DelayReason
from tracker.oversight.actions import set_health, write_note
from tracker.oversight.states import Health
from tracker.plans.actions import Item, make_template
from tracker.tables.actions import keep, write_text
from tracker.tables.build import Scope, build_all
from tracker.tables.table import Period

BOARD_MET = 50  # days ago
BOARD_TEXT = (
    "Partners write in nine languages and are read in all of them. **Dates slip where ministries are late with data**, "
    "less often where partners are. We ask the board for one thing: a small fund for transcribers."
)
SURVEY = (("Questionnaire tried out", 4), ("Data cleaned and shared", 7))  # what the template adds, and in which month


class Months:
    """Deeds as those of `lives.Life`; what they are about is there by then."""

    def __init__(self, lives: list[Life], cast: Cast, today: date) -> None:
        self.cast, self.today = cast, today
        self._deeds: list[Deed] = []
        for life in lives:
            self._say(life)
            self._oversee(life)
        self._on(BOARD_MET, cast.people[COORDINATOR], self._meet)

    @property
    def deeds(self) -> list[Deed]:
        """In the order of their moments."""
        return sorted(self._deeds, key=lambda deed: deed.at)

    def _on(self, ago: int, actor: Person, do: Callable[[], object]) -> None:
        """Something is done so many days ago, after office hours."""
        day = self.today - timedelta(days=ago)
        moment = datetime.combine(day, time(16), UTC) + timedelta(minutes=len(self._deeds))
        self._deeds.append(Deed(day, actor, do, moment))

    def _say(self, life: Life) -> None:
        """The monthly answers: in the first days of a month, for this one two days ago."""
        for months_ago, place, *said in life.study.months:
            first = add_months(self.today.replace(day=1), -months_ago)
            ago = (self.today - first).days - 3 - len(place) % 5 if months_ago else 2
            self._on(ago, self.cast.contact(place), partial(self._answer, life, place, *said))
        for position, place, name, text in life.study.files:
            who = self.cast.contact(place)
            self._on(12, who, partial(self._attach, life, position, who, name, text))

    def _answer(
        self,
        life: Life,
        place: str,
        going: str,
        words: str,
        language: str,
        reason: str = "",
        position: int | None = None,
        days: int = 0,
    ) -> None:
        moved: dict[str, Any] = {}
        if position is not None:
            milestone = life.plan[position]
            assert milestone.due is not None
            due = PartialDate.of(milestone.due.first_day + timedelta(days=days))
            moved = {"milestone": milestone, "due": due}
        answer(
            life.partner(place),
            clock.today(),
            Going(going),
            words=words,
            language=language,
            reason=DelayReason(reason) if reason else None,
            **moved,
            actor=self.cast.contact(place),
        )

    def _attach(self, life: Life, position: int, who: Person, name: str, text: str) -> None:
        upload = FileStorage(io.BytesIO(text.encode()), filename=name)
        attach(life.plan[position], [files.keep(upload, uploaded_by=who, project_id=life.project.id)], actor=who)

    def _oversee(self, life: Life) -> None:
        """What coordinators keep among themselves, and a template made from a plan that went well."""
        study, who = life.study, life.coordinator
        for ago, health, words in study.health:
            self._on(ago, who, partial(self._set_health, life, Health(health), words))
        for ago, text in study.secretariat:
            self._on(ago, who, partial(self._note, life, text))
        if study.plan_template:
            self._on(30, who, partial(self._make_template, life))

    def _set_health(self, life: Life, health: Health, words: str) -> None:
        set_health(life.project, health, words=words, actor=life.coordinator)

    def _note(self, life: Life, text: str) -> None:
        write_note(life.project, text=text, actor=life.coordinator)

    def _make_template(self, life: Life) -> None:
        milestones = [(str(name), months) for name, months in TEMPLATES[life.study.template].milestones]
        items = [Item(name, months, 0) for name, months in sorted([*milestones, *SURVEY], key=lambda known: known[1])]
        make_template(life.project, name=life.study.plan_template, items=items, actor=life.coordinator)

    def _meet(self) -> None:
        """The coordinators write to their board, and keep the figures that they brought."""
        who, network, today = self.cast.people[COORDINATOR], self.cast.network, clock.today()
        write_text(network, text=BOARD_TEXT, language="en", actor=who)
        period = Period(add_months(today, -12), today)
        with speaking("en"):
            name = f"Board meeting, {format_day(PartialDate.of(today))}"
            keep(name, build_all(period, Scope(frozenset({network.id}))), period=period, networks=[network], actor=who)
