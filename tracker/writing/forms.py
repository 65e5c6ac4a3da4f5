from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from tracker import languages
from tracker.dates import PartialDateField
from tracker.errors import RuleBroken
from tracker.forms import MARKDOWN_HINT, BaseForm, choices, row_number
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.models import Partner
from tracker.writing.actions import MARKS_LEFT, MOST_LINES, TEXT_LENGTH, too_long
from tracker.writing.merge import has_marks
from tracker.writing.models import Section
from tracker.writing.pens import check_day

WORDS_LENGTH = 2_000


class HeadingForm(BaseForm):
    """The heading of a section, and the partner that is responsible for it."""

    was = HiddenField()  # the heading that the page showed
    heading = StringField(_l("Heading"), [InputRequired(), Length(max=Section.heading.property.columns[0].type.length)])
    partner = SelectField(_l("Responsible partner"))

    def __init__(self, *, partners: Iterable[Partner], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        offered = {str(partner.id): partner for partner in partners}
        self.offered = offered
        self.partner.choices = choices([(key, known.name) for key, known in offered.items()], blank=_("nobody yet"))
        if not offered:
            del self.partner

    @property
    def chosen(self) -> Partner | None:
        return self.offered.get(self.partner.data or "") if self.partner else None


class TextForm(BaseForm):
    """The text of a section. `version` is the one it began with; `mine` what clashed, where it did."""

    version = HiddenField()
    mine = TextAreaField(widget=HiddenInput())  # a HiddenField would take its line breaks
    began = HiddenField()  # the version that `mine` began with
    text = TextAreaField(_l("Text"), description=MARKDOWN_HINT, render_kw={"rows": 24})

    def validate_text(self, field: TextAreaField) -> None:
        if too_long(field.data or ""):
            raise ValidationError(
                _(
                    "A section holds at most %(characters)s characters in %(lines)s lines. Make two of it.",
                    characters=TEXT_LENGTH,
                    lines=MOST_LINES,
                )
            )
        if has_marks(field.data or ""):
            raise ValidationError(str(MARKS_LEFT))


class TogetherForm(BaseForm):
    """What is new in the draft."""

    note = TextAreaField(_l("What is new in it?"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3})
    language = SelectField(_l("Language of the text"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = choices(languages.choices())


class PenForm(BaseForm):
    """Who writes next, and until when."""

    person = SelectField(_l("Who writes now?"), [InputRequired()])
    until = PartialDateField(_l("Until when?"), [InputRequired()], description=_l("2026-09-30, or 2026-09"))
    words = TextAreaField(_l("A few words to them"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3})

    def __init__(self, *, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.people = {person.id: person for person in people}
        self.person.choices = choices([(person.id, person.name) for person in self.people.values()], _("Choose one"))

    def validate_until(self, field: PartialDateField) -> None:
        if field.data is None:
            return
        try:
            check_day(field.data)
        except RuleBroken as error:
            raise ValidationError(str(error)) from error

    @property
    def chosen(self) -> Person:
        return self.people[row_number(self.person.data)]
