from typing import Any

from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker.addresses import normal_email
from tracker.asks.kinds import Choice, Field, FieldType
from tracker.clock import today
from tracker.dates import PartialDate, PartialDateField
from tracker.forms import BaseForm, CheckboxesField, checked, choices, row_number
from tracker.i18n import _, _l
from tracker.institutions.models import Person

WORDS_LENGTH = 2000


class AnswerForm(BaseForm):
    """The fields of one answer, or of several that share one form."""

    def values(self, choice: Choice) -> dict[str, Any]:
        """What the choice's effect is called with, by field."""
        return {known.name: self[known.name].data or "" for known in choice.fields if known.name in self}


class WordsForm(BaseForm):
    words = TextAreaField(_l("A few words"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3})


def form_for(given: list[Choice], subject: Any, *, is_sent: bool, prefix: str = "") -> AnswerForm:
    """A form with every field of these choices, each once. One that was not sent shows its defaults."""
    fields = {known.name: known for choice in given for known in choice.fields if known.is_offered(subject)}
    unbound = {name: _unbound(known) for name, known in fields.items()}
    made: type[AnswerForm] = type("ChoiceForm", (AnswerForm,), unbound)
    form = made(prefix=prefix)
    if not is_sent:
        form.process()  # without what was sent for another answer
        for name, known in fields.items():
            if known.is_today:
                form[name].data = PartialDate.of(today())
    for name, known in fields.items():
        if known.type is FieldType.ONE_OF:
            blank = _("Choose one") if known.is_required else _("none")
            form[name].choices = choices(known.options_for(subject).items(), blank=blank)
        elif known.type is FieldType.SEVERAL_OF:
            form[name].choices = choices(known.options_for(subject).items())
    return form


def _unbound(known: Field) -> Any:
    required = [InputRequired()] if known.is_required else [Optional()]
    label, hint = str(known.label), str(known.hint)
    if known.type is FieldType.DAY:
        return PartialDateField(label, required, description=hint)
    if known.type is FieldType.ONE_OF:
        return SelectField(label, required, description=hint)
    if known.type is FieldType.SEVERAL_OF:
        return CheckboxesField(label, required, description=hint)
    return TextAreaField(label, [*required, Length(max=WORDS_LENGTH)], description=hint, render_kw={"rows": 3})


class DelegateForm(BaseForm):
    """Whom to ask instead: somebody known here or, where that is allowed, a colleague by name and address."""

    person = SelectField(_l("Who can answer?"), [Optional()])
    name = StringField(_l("Or somebody else: name"), [Optional(), Length(max=200)])
    email = StringField(_l("Their e-mail address"), [Length(max=254), checked(normal_email)])
    words = TextAreaField(_l("A few words to them"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3})

    def __init__(self, *, people: list[Person], or_anybody: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not or_anybody:
            del self.name, self.email
            self.person.validators = [InputRequired(_("Choose a person."))]
        elif not people:
            self.name.label.text = _("Their name")
        self.person.choices = choices([(known.id, known.name) for known in people], blank=_("Choose …"))

    def validate_email(self, field: StringField) -> None:
        if not self.person.data and not (field.data and self.name.data):
            raise ValidationError(_("Choose somebody, or give a name and an e-mail address."))

    @property
    def person_id(self) -> int | None:
        return row_number(self.person.data) if self.person.data else None

    @property
    def somebody_else(self) -> tuple[str, str]:
        """The name and the address that were typed, perhaps empty."""
        return (self.name.data or "", self.email.data or "") if self.email else ("", "")


class AddressForm(BaseForm):
    email = StringField(_l("Your e-mail address"), [InputRequired(), Length(max=254), checked(normal_email)])
