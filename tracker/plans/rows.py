"""The form of a whole plan: a row for each milestone and some empty ones, as they are shown and as they come back."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from tracker.dates import PartialDateField
from tracker.forms import BaseForm, CheckboxesField, choices, clean, number_or_none
from tracker.i18n import _, _l, format_day, list_and
from tracker.institutions.models import Person
from tracker.milestones.actions import MOST_MILESTONES
from tracker.milestones.models import Milestone
from tracker.milestones.states import REASON_LABELS, DelayReason, MilestoneState
from tracker.plans.table import Row, refused
from tracker.projects.models import Partner, Project

NAME_LENGTH = Milestone.name.property.columns[0].type.length
EMPTY_ROWS, FIRST_ROWS = 3, 8
MOST_ROWS = MOST_MILESTONES + FIRST_ROWS
_FIELD = re.compile(r"row-([0-9]{1,3})-[a-z]+")
_BETWEEN = re.compile(r"[\s,;.،؛、，；]+")


class RowForm(BaseForm):
    """One row. What was shown in it is kept as `was`: a row nobody touched is nobody's to save."""

    id = HiddenField()
    version = HiddenField()
    was = HiddenField()
    name = StringField(_l("What is due"), [InputRequired(_l("Write what is due.")), Length(max=NAME_LENGTH)])
    due = PartialDateField(_l("Date"), [Optional()])
    partner = SelectField(_l("Responsible institution"))
    person = SelectField(_l("Responsible person"))
    helpers = CheckboxesField(_l("Others who work on it"))
    after = StringField(_l("After rows"), [Optional(), Length(max=300)], render_kw={"dir": "ltr"})
    reason = SelectField(_l("What is the reason?"), [Optional()])
    words = StringField(_l("In a few words"), [Optional(), Length(max=2000)])

    def __init__(self, number: int, *, sent: MultiDict | None, table: "PlanForm", milestone: Milestone | None) -> None:
        self.number, self.milestone = number, milestone
        self.theirs: dict[str, str] = {}
        shown = shown_in(milestone) if milestone else {}
        given = {key: value for key, value in shown.items() if key != "after"}
        if milestone is not None:
            given |= {"id": str(milestone.id), "version": str(milestone.version), "was": digest(shown)}
        super(BaseForm, self).__init__(formdata=sent, prefix=f"row-{number - 1}-", **given)
        self.partner.choices = choices(table.partner_names(milestone), blank="–")
        self.person.choices = choices(table.people_names(milestone), blank="–")
        held = list(milestone.helpers) if milestone else []
        self.helpers.choices = choices(table.partner_names(milestone, *held))
        self.reason.choices = choices(REASON_LABELS.items(), blank=_("Choose one"))
        self.reason.data = self.reason.data or ""  # asked on a page of its own
        self.befores: list[int] = []  # keys of what it must follow, once `after` is read

    @property
    def key(self) -> int:
        """The milestone's id, or a negative number for a new row."""
        return self.milestone.id if self.milestone else -self.number

    @property
    def is_fixed(self) -> bool:
        """Done: shown and counted, and changed on a page of its own."""
        fixed = self.milestone is not None and self.milestone.state is not MilestoneState.PLANNED
        return fixed and self.name.raw_data in (None, [])

    @property
    def is_empty(self) -> bool:
        """A row for a new milestone in which nothing was written."""
        typed = (self.name.data, self.due.raw_data and self.due.raw_data[0], self.after.data)
        chosen = (self.partner.data, self.person.data, self.helpers.data)
        return self.milestone is None and not any((*typed, *chosen))

    @property
    def typed(self) -> dict[str, Any]:
        """What the row holds now, in the words of `shown_in`."""
        due = str(self.due.data or "") or clean((self.due.raw_data or [""])[0])
        return {
            "name": self.name.data or "",
            "due": due,
            "partner": self.partner.data or "",
            "person": self.person.data or "",
            "helpers": sorted(self.helpers.data or []),
            "after": sorted(self.befores) if not self.after.errors else self.after.data,
        }

    @property
    def is_touched(self) -> bool:
        if self.milestone is None:
            return not self.is_empty
        return digest(self.typed) != (self.was.data or digest(shown_in(self.milestone)))

    @property
    def chosen_reason(self) -> DelayReason | None:
        return DelayReason(self.reason.data) if self.reason.data else None


def shown_in(milestone: Milestone) -> dict[str, Any]:
    """What a row shows of a milestone, as its fields would send it back."""
    return {
        "name": milestone.name,
        "due": milestone.due or "",
        "partner": str(milestone.partner_id or ""),
        "person": str(milestone.person_id or ""),
        "helpers": sorted(str(helper.id) for helper in milestone.helpers),
        "after": sorted(b.id for b in milestone.must_follow if b.state is not MilestoneState.DROPPED),
    }


def digest(shown: dict[str, Any]) -> str:
    """A few letters that differ when what was shown does."""
    return hashlib.sha256(repr([(key, str(shown[key])) for key in sorted(shown)]).encode()).hexdigest()[:16]


class EveryForm(BaseForm):
    """One reason for all dates that move."""

    reason = SelectField(_l("One reason for all of them"), [Optional()])
    words = StringField(_l("In a few words"), [Optional(), Length(max=2000)])

    def __init__(self) -> None:
        super().__init__(prefix="every-")
        self.reason.choices = choices(REASON_LABELS.items(), blank=_("No, each has its own"))
        self.reason.data = self.reason.data or ""


class PlanForm:
    """Every row of a plan's table."""

    def __init__(self, project: Project, plan: Sequence[Milestone]) -> None:
        self.project, self.plan = project, list(plan)
        self.by_id = {milestone.id: milestone for milestone in plan}
        sent = _sent() if request.method == "POST" else None
        self.rows: list[RowForm] = []
        self.strange: list[str] = []  # what is wrong with the table as a whole
        if sent is None:
            in_plan = [milestone for milestone in self.plan if milestone.state is not MilestoneState.DROPPED]
            self._add(in_plan, sent=None)
            self._add([None] * (EMPTY_ROWS if in_plan else FIRST_ROWS), sent=None)
        else:
            self._read(sent)
        self._number_befores()
        self.every = EveryForm()

    def _add(self, milestones: Sequence[Milestone | None], *, sent: MultiDict | None) -> None:
        for milestone in milestones:
            row = RowForm(len(self.rows) + 1, sent=sent, table=self, milestone=milestone)
            self.rows.append(row)

    def _read(self, sent: MultiDict) -> None:
        """The rows that came, in their order; then what somebody added meanwhile, so that it can be seen."""
        numbers = {int(match[1]) for name in sent if (match := _FIELD.fullmatch(name))}
        seen: set[int] = set()
        for number in range(min(max(numbers, default=-1) + 1, MOST_ROWS)):
            row_id = number_or_none(sent.get(f"row-{number}-id"))
            milestone = self.by_id.get(row_id) if row_id else None
            if sent.get(f"row-{number}-id") and (milestone is None or milestone.id in seen):
                self.strange = [_("A row is not of this plan. Open the plan again and repeat your change.")]
                milestone = None
            seen |= {milestone.id} if milestone else set()
            self._add([milestone], sent=sent)
        if len(numbers) and max(numbers) >= MOST_ROWS:
            self.strange = [_("A plan holds at most %(count)s milestones.", count=MOST_MILESTONES)]
        new = [m for m in self.plan if m.id not in seen and m.state is not MilestoneState.DROPPED]
        self._add(new, sent=None)

    def _number_befores(self) -> None:
        """Fill in the numbers of rows where a milestone is shown; read them where they were typed."""
        numbers = {row.milestone.id: row.number for row in self.rows if row.milestone}
        for row in self.rows:
            if row.after.raw_data:
                row.befores = self._read_numbers(row)
            elif row.milestone is not None and row.name.raw_data in (None, []):
                row.befores = [before.id for before in row.milestone.must_follow if before.id in numbers]
                row.after.data = ", ".join(str(numbers[key]) for key in row.befores)

    def _read_numbers(self, row: RowForm) -> list[int]:
        text = unicodedata.normalize("NFKC", row.after.data or "")
        keys: dict[int, None] = {}
        for part in filter(None, _BETWEEN.split(text)):
            number = number_or_none("".join(str(unicodedata.decimal(sign, sign)) for sign in part)[:9])
            other = self.rows[number - 1] if number and number <= len(self.rows) else None
            if other is None or other.is_empty:
                row.after.errors = [
                    _("There is no row “%(number)s”. Write numbers of rows, such as 2, 5.", number=part[:20])
                ]
                return []
            keys[other.key] = None
        return list(keys)

    # --- names to choose from -----------------------------------------------------------------------------

    def partner_names(self, milestone: Milestone | None, *held: Partner) -> list[tuple[int, str]]:
        also = {partner.id for partner in held} | ({milestone.partner_id} if milestone else set())
        return [(p.id, p.name) for p in self.project.partners if p.takes_part or p.id in also]

    def people_names(self, milestone: Milestone | None) -> list[tuple[int, str]]:
        people = [(member.person_id, member.person.name) for member in self.project.members if member.left_at is None]
        held = milestone.person if milestone else None
        return people + ([(held.id, held.name)] if held and held.id not in dict(people) else [])

    # --- what came ----------------------------------------------------------------------------------------

    @property
    def touched(self) -> list[RowForm]:
        return [row for row in self.rows if not row.is_fixed and row.is_touched]

    def validate(self) -> bool:
        """Whether every touched row may be saved; else the errors stand at their fields."""
        for row in self.touched:
            unread = row.after.errors
            row.validate()
            row.after.errors = [*row.after.errors, *unread]
        if not self.every.validate():
            self.every.reason.data = ""
        for row in self.touched:
            if self.every.reason.data and not row.reason.data:
                row.reason.data = self.every.reason.data
                row.words.data = row.words.data or self.every.words.data
        if not self.errors:
            by_key = {row.key: row for row in self.rows}
            for (key, name), sentence in refused(self.project, self.filled(), self.plan).items():
                field = by_key[key][name]
                field.errors = [*field.errors, sentence]
        return not self.errors and not self.strange

    def conflicts(self) -> bool:
        """Whether somebody changed a row meanwhile that was touched here too; `theirs` then says what they saved."""
        found = False
        for row in self.touched:
            milestone = row.milestone
            if milestone is None or row.version.data == str(milestone.version):
                continue
            saved = shown_in(milestone)
            differing = [name for name, value in row.typed.items() if str(value) != str(saved[name])]
            row.theirs = {name: self._in_words(milestone, name) for name in differing}
            row.version.data, row.was.data = str(milestone.version), digest(saved)
            found = found or bool(differing)
        return found

    def _in_words(self, milestone: Milestone, name: str) -> str:
        numbers = {row.key: row.number for row in self.rows}
        nothing = _("(nothing)")
        said = {
            "name": milestone.name,
            "due": format_day(milestone.due) if milestone.due else nothing,
            "partner": milestone.partner.name if milestone.partner else nothing,
            "person": milestone.person.name if milestone.person else nothing,
            "helpers": list_and([helper.name for helper in milestone.helpers]) or nothing,
            "after": ", ".join(str(numbers.get(b.id, "–")) for b in milestone.must_follow) or nothing,
        }
        return said[name]

    def filled(self) -> list[Row]:
        """What the touched rows say."""
        partners: dict[str, Partner] = {str(partner.id): partner for partner in self.project.partners}
        people: dict[str, Person] = {str(member.person_id): member.person for member in self.project.members}
        people |= {str(m.person_id): m.person for m in self.plan if m.person is not None}
        return [
            Row(
                key=row.key,
                milestone=row.milestone,
                name=row.name.data or "",
                due=row.due.data,
                partner=partners.get(row.partner.data or ""),
                person=people.get(row.person.data or ""),
                helpers=[partners[key] for key in row.helpers.data or [] if key in partners],
                after=row.befores + _dropped_befores(row.milestone),
                reason=row.chosen_reason,
                words=row.words.data or "",
            )
            for row in self.touched
        ]

    def moved(self) -> list[RowForm]:
        """The rows whose new date needs a reason."""
        keys = {row.key for row in self.filled() if row.needs_reason}
        return [row for row in self.rows if row.key in keys]

    @property
    def errors(self) -> list[tuple[RowForm, Any]]:
        """(row, field) wherever there is one."""
        return [(row, field) for row in self.rows for field in row if field.errors]


def _dropped_befores(milestone: Milestone | None) -> list[int]:
    """What it was to follow and was dropped: no row shows it, so no row takes it away."""
    befores = milestone.must_follow if milestone else []
    return [before.id for before in befores if before.state is MilestoneState.DROPPED]


def _sent() -> MultiDict:
    return MultiDict([(name, clean(value)) for name, value in request.form.items(multi=True)])
