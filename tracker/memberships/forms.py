from collections.abc import Iterable
from typing import Any

from wtforms import DateField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker import clock
from tracker.forms import BaseForm, choices
from tracker.i18n import _, _l

WORDS_LENGTH = 2000


class MemberForm(BaseForm):
    """An institution joins a network."""

    institution = RadioField(_l("Institution"), [InputRequired(_l("Choose an institution."))], coerce=str)
    joined_on = DateField(
        _l("Member since"),
        [Optional()],
        description=_l("Where nobody is asked first. Leave it empty if you do not know."),
    )
    note = TextAreaField(
        _l("A few words with the question"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3}
    )

    def __init__(self, *, institutions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.institution.choices = choices(institutions)

    def validate_joined_on(self, field: DateField) -> None:
        if field.data and not (field.data.year >= 1900 and field.data <= clock.today()):
            raise ValidationError(_("Write a day that is not in the future."))


class JoinForm(BaseForm):
    """An institution wishes to join a network."""

    institution = SelectField(_l("Institution"), [InputRequired(_l("Choose an institution."))], coerce=str)
    note = TextAreaField(
        _l("A few words to the coordinators"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3}
    )

    def __init__(self, *, institutions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.institution.choices = choices(institutions)
