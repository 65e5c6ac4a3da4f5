from collections.abc import Sequence
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.dates import EARLIEST_YEAR, LATEST_YEAR, PartialDate
from tracker.errors import RuleBroken
from tracker.forms import BaseForm, choices, clean
from tracker.i18n import _, _l
from tracker.milestones.models import Milestone
from tracker.milestones.order import check_start
from tracker.milestones.states import TEMPLATES, MilestoneState
from tracker.plans.actions import MOST_DAYS, MOST_MONTHS, Item, key_of
from tracker.plans.models import PlanTemplate
from tracker.plans.offsets import offset
from tracker.projects.models import Project

NAME_LENGTH = PlanTemplate.name.property.columns[0].type.length
ITEM_LENGTH = Milestone.name.property.columns[0].type.length


class _FirstDay(BaseForm):
    """A first day, on which the project may have begun."""

    start = DateField(_l("First day of the work"), [InputRequired(_l("Give a day."))])

    def __init__(self, *, project: Project, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._project = project

    def validate_start(self, field: DateField) -> None:
        if not field.data:
            return
        if not EARLIEST_YEAR <= field.data.year <= LATEST_YEAR - 20:
            raise ValidationError(_("Give a year that lies nearer."))
        try:
            check_start(PartialDate.of(field.data), self._project.starts_on)
        except RuleBroken as error:
            raise ValidationError(str(error)) from error


class ChooseForm(_FirstDay):
    """Which ready-dated plan, and from what day."""

    template = RadioField(_l("What are you writing?"), [InputRequired(_l("Choose one."))])
    start = DateField(
        _l("First day of the work"),
        [InputRequired(_l("Give a day."))],
        description=_l("All dates are counted from it. You can change each of them afterwards."),
    )

    def __init__(self, *, own: Sequence[PlanTemplate], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        built_in = [(template.key, template.label) for template in TEMPLATES.values()]
        self.template.choices = choices([*built_in, *((key_of(template), template.name) for template in own)])


class ShiftForm(_FirstDay):
    """Another first day for a whole plan."""

    start = DateField(_l("New first date"), [InputRequired(_l("Give a day."))])


class RenameForm(BaseForm):
    """What a template is called."""

    name = StringField(_l("Name of the template"), [InputRequired(_l("Give it a name.")), Length(max=NAME_LENGTH)])


class ItemForm(BaseForm):
    """A milestone of the plan that may go into the template."""

    taken = BooleanField(_l("Take it"))
    name = StringField(_l("What is due"), [InputRequired(_l("Write what is due.")), Length(max=ITEM_LENGTH)])
    months = IntegerField(_l("Months after the start"))
    days = IntegerField(_l("and days"))

    def __init__(self, milestone: Milestone, start: Any, sent: MultiDict | None) -> None:
        self.milestone = milestone
        promised = milestone.first_due or milestone.due
        self.promised = promised
        months, days = offset(start, promised.last_day) if promised else (0, 0)
        given = {"taken": promised is not None, "name": milestone.name, "months": months, "days": days}
        super(BaseForm, self).__init__(formdata=sent, prefix=f"item-{milestone.id}-", **given)

    def validate_months(self, field: IntegerField) -> None:
        _within(field, MOST_MONTHS)

    def validate_days(self, field: IntegerField) -> None:
        _within(field, MOST_DAYS)


def _within(field: IntegerField, most: int) -> None:
    if field.data is None or not 0 <= field.data <= most:
        field.errors = []
        raise ValidationError(_("Give a whole number from 0 to %(most)s; nothing lies before the start.", most=most))


class MakeTemplateForm(RenameForm):
    """A template out of a project's plan: its name, and which milestones, how long after the start."""

    def __init__(self, *, project: Project, plan: Sequence[Milestone], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        in_plan = [milestone for milestone in plan if milestone.state is not MilestoneState.DROPPED]
        firsts = [due.first_day for each in in_plan if (due := each.first_due or each.due)]
        start = project.starts_on.first_day if project.starts_on else min(firsts, default=None)
        self.counted_from = start
        sent = None
        if request.method == "POST":
            sent = MultiDict([(name, clean(value)) for name, value in request.form.items(multi=True)])
        self.rows = [ItemForm(milestone, start, sent) for milestone in in_plan]
        self.none_taken = ""

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        sound = super().validate(*args, **kwargs)
        taken = self.taken
        refused = [row for row in taken if not row.validate()]
        refused += [] if refused else self._too_early()
        if not taken:
            self.none_taken = _("Choose at least one milestone.")
        return sound and bool(taken) and not refused

    def _too_early(self) -> list[ItemForm]:
        """The rows due before what must come first, each told so."""
        due = {row.milestone.id: (row.months.data or 0, row.days.data or 0) for row in self.taken}
        wrong = []
        for row in self.taken:
            for before in row.milestone.must_follow:
                if due.get(before.id, (0, 0)) > due[row.milestone.id]:
                    row.months.errors = [_("It must come after “%(name)s”: give a later time.", name=before.name)]
                    wrong.append(row)
        return wrong

    @property
    def taken(self) -> list[ItemForm]:
        return [row for row in self.rows if row.taken.data]

    def items(self) -> list[Item]:
        """The milestones that go into the template, soonest first."""
        rows = sorted(self.taken, key=lambda row: (row.months.data or 0, row.days.data or 0))
        places = {row.milestone.id: place for place, row in enumerate(rows)}
        return [
            Item(
                name=row.name.data or "",
                months=row.months.data or 0,
                days=row.days.data or 0,
                follows=tuple(places[b.id] for b in row.milestone.must_follow if b.id in places),
            )
            for row in rows
        ]
