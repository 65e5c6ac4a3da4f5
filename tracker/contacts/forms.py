from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tracker import clock
from tracker.addresses import normal_email
from tracker.dates import PartialDate, PartialDateField
from tracker.forms import BaseForm, checked, choices, row_number
from tracker.i18n import _, _l

WORDS_LENGTH = 2000
SOMEBODY_NEW, NOBODY = "new", "nobody"


class ContactForm(BaseForm):
    """Who takes a contact's place: somebody who works there."""

    person = SelectField(_l("Somebody else for this place"), [InputRequired(_l("Choose a person."))], coerce=str)

    def __init__(self, *, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person.choices = choices(people, blank=_("Choose a person"))


class LeaveForm(BaseForm):
    """A contact hands over: to whom, whether they leave the institution too, and whether at once."""

    successor = SelectField(_l("Who takes your place?"), [InputRequired(_l("Choose who takes your place."))])
    name = StringField(_l("Name of the new colleague"), [Optional(), Length(max=200)])
    email = StringField(
        _l("Their e-mail address"),
        [Length(max=254), checked(normal_email)],
        render_kw={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"},
    )
    leaves = RadioField(_l("And you?"), [InputRequired(_l("Say whether you stay."))], default="no")
    leaves_on = PartialDateField(
        _l("If you leave: your last day there"), [Optional()], description=_l("2026-09-30, or 2026-09. Empty: today.")
    )
    at_once = BooleanField(_l("From today, even if nobody has answered yet"))
    words = TextAreaField(
        _l("A few words to whoever takes your place"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3}
    )
    confirmed = HiddenField()

    def __init__(self, *, people: Iterable[tuple[int, str]], place: str, **kwargs: Any) -> None:
        """`people`: (id, name) of whom could be asked; `place` is the institution's name."""
        super().__init__(**kwargs)
        more = [(SOMEBODY_NEW, _("A new colleague, named below")), (NOBODY, _("Nobody yet"))]
        self.successor.choices = choices([*people, *more], blank=_("Choose …"))
        self.leaves.choices = choices(
            [("no", _("I still work there")), ("yes", _("I leave %(place)s altogether", place=place))]
        )

    def validate_email(self, field: StringField) -> None:
        if self.successor.data == SOMEBODY_NEW and not (field.data and self.name.data):
            raise ValidationError(_("Give the name and the e-mail address of your colleague."))

    def validate_at_once(self, field: BooleanField) -> None:
        if self.successor.data == NOBODY and not field.data:
            raise ValidationError(_("With nobody to take it you can only leave the place from today."))

    @property
    def person_id(self) -> int | None:
        """Whom they chose from the list."""
        chosen = self.successor.data
        return None if chosen in (SOMEBODY_NEW, NOBODY) else row_number(chosen)

    @property
    def is_somebody_new(self) -> bool:
        return bool(self.successor.data == SOMEBODY_NEW)

    @property
    def last_day(self) -> PartialDate | None:
        """When they leave the institution; None where they stay."""
        if self.leaves.data != "yes":
            return None
        return self.leaves_on.data or PartialDate.of(clock.today())
