from typing import Any

from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tracker import languages
from tracker.dates import PartialDateField
from tracker.errors import RuleBroken
from tracker.forms import MARKDOWN_HINT, BaseForm, choices, row_number
from tracker.i18n import _, _l
from tracker.milestones.actions import check_due, check_it_has_come, check_new_date
from tracker.milestones.models import Milestone
from tracker.milestones.states import AUDIENCE_LABELS, REASON_LABELS, DelayReason, NoteAudience
from tracker.projects.models import Project

NAME_LENGTH = Milestone.name.property.columns[0].type.length
NOTE_LENGTH = 20_000
MOST_FILES = 10
PARTIAL = _l("2026, 2026-09 or 2026-09-30")


class MilestoneForm(BaseForm):
    """What is due and who sees to it. The date only where it is not a promise yet."""

    version = HiddenField()
    name = StringField(_l("What is due"), [InputRequired(), Length(max=NAME_LENGTH)])
    due = PartialDateField(_l("Date"), [Optional()], description=PARTIAL)
    partner = SelectField(_l("Responsible institution"))
    person = SelectField(_l("Responsible person"))

    def __init__(self, *, project: Project, has_date: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not has_date:
            del self.due
        held = kwargs.get("obj")
        self._project, self._held = project, held
        partners = [(p.id, p.name) for p in project.partners if p.takes_part or (held and p is held.partner)]
        people = [(m.person_id, m.person.name) for m in project.members if m.left_at is None]
        if held is not None and held.person and held.person_id not in dict(people):
            people.append((held.person_id, held.person.name))
        self.partner.choices = choices(partners, blank=_("nobody in particular"))
        self.person.choices = choices(people, blank=_("nobody in particular"))
        if held is not None and self.partner.raw_data is None:  # nothing was posted: show the row's
            self.partner.data = str(held.partner_id or "")
            self.person.data = str(held.person_id or "")

    def validate_due(self, field: PartialDateField) -> None:
        held = self._held
        if field.data is None or (held is not None and field.data == held.due):
            return
        try:
            check_due(self._project, self.name.data or "", field.data, held.must_follow if held is not None else ())
        except RuleBroken as error:
            raise ValidationError(str(error)) from error

    @property
    def partner_id(self) -> int | None:
        return row_number(self.partner.data) if self.partner.data else None

    @property
    def person_id(self) -> int | None:
        return row_number(self.person.data) if self.person.data else None


class DoneForm(BaseForm):
    """When it was reached."""

    on = PartialDateField(_l("Done on"), [InputRequired()], description=PARTIAL)

    def validate_on(self, field: PartialDateField) -> None:
        _has_come(field)


class LateForm(BaseForm):
    """Late, until when, and why."""

    due = PartialDateField(_l("New date"), [InputRequired()], description=PARTIAL)
    reason = SelectField(_l("What is the reason?"), [InputRequired()])
    words = TextAreaField(
        _l("In a few words"),
        [Optional(), Length(max=2000)],
        description=_l("Those who take part and the coordinators read this."),
        render_kw={"rows": 3},
    )

    def __init__(self, *, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._milestone = milestone
        self.reason.choices = choices(REASON_LABELS.items(), blank=_("Choose one"))

    def validate_due(self, field: PartialDateField) -> None:
        if field.data is None:
            return
        try:
            check_new_date(self._milestone, field.data)
        except RuleBroken as error:
            raise ValidationError(str(error)) from error

    @property
    def chosen_reason(self) -> DelayReason:
        return DelayReason(self.reason.data)


class DropForm(BaseForm):
    """Why a milestone is no longer meant."""

    words = TextAreaField(_l("Why is it dropped?"), [Optional(), Length(max=2000)], render_kw={"rows": 3})


class NoteForm(BaseForm):
    """What there is to tell, to whom."""

    text = TextAreaField(
        _l("What happened?"),
        [InputRequired(), Length(max=NOTE_LENGTH)],
        description=MARKDOWN_HINT,
        render_kw={"rows": 8},
    )
    on = PartialDateField(_l("Date"), [InputRequired()], description=PARTIAL)
    milestone = SelectField(_l("About which milestone?"))
    language = SelectField(_l("Language you write in"))
    audience = RadioField(_l("Who may read it?"), [InputRequired()])
    files = MultipleFileField(_l("Files"), [Optional()])

    def __init__(self, *, milestones: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.milestone.choices = choices(milestones, blank=_("the project as a whole"))
        self.language.choices = choices(languages.choices())
        self.audience.choices = choices(AUDIENCE_LABELS.items())

    def validate_on(self, field: PartialDateField) -> None:
        _has_come(field)

    def validate_files(self, field: MultipleFileField) -> None:
        if len(self.uploads) > MOST_FILES:
            raise ValidationError(_("Send at most %(count)s files with one note.", count=MOST_FILES))

    @property
    def uploads(self) -> list[Any]:
        """The files that were sent; a browser sends an empty one where none was chosen."""
        return [upload for upload in self.files.data or [] if getattr(upload, "filename", "")]

    @property
    def milestone_id(self) -> int | None:
        return row_number(self.milestone.data) if self.milestone.data else None

    @property
    def chosen_audience(self) -> NoteAudience:
        return NoteAudience(self.audience.data)


def _has_come(field: PartialDateField) -> None:
    if field.data is None:
        return
    try:
        check_it_has_come(field.data)
    except RuleBroken as error:
        raise ValidationError(str(error)) from error
