from typing import Any

from wtforms import DateField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker.clock import now, today
from tracker.forms import BaseForm, choices, row_number
from tracker.i18n import _, _l
from tracker.projects.states import ROLE_LABELS
from tracker.recruiting.actions import INVITABLE_ROLES, INVITATION_LASTS

NOTE_LENGTH = 2000


class InvitationForm(BaseForm):
    institution = SelectField(_l("Institution"), [InputRequired(_l("Choose an institution."))], coerce=str)
    role = SelectField(_l("Role"))
    note = TextAreaField(
        _l("A few words to them"),
        [Optional(), Length(max=NOTE_LENGTH)],
        description=_l("Why them, and what you hope they would do. It goes into the mail."),
        render_kw={"rows": 4},
    )

    answer_by = DateField(
        _l("Until when do you hope for an answer?"),
        [Optional()],
        description=_l("They are reminded shortly before and twice after. Left empty: two weeks from now."),
    )

    def __init__(self, *, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.institution.choices = choices(institutions, blank=_("Choose …"))
        self.role.choices = choices((role, ROLE_LABELS[role]) for role in INVITABLE_ROLES)

    def validate_answer_by(self, field: DateField) -> None:
        if field.data and not today() <= field.data <= (now() + INVITATION_LASTS).date():
            raise ValidationError(_("Choose a day within the next three months."))


class OfferForm(BaseForm):
    institution = SelectField(_l("For which institution?"), [InputRequired()], coerce=row_number)
    note = TextAreaField(
        _l("What would you bring?"),
        [InputRequired(_l("Say in a sentence or two what you would bring.")), Length(max=NOTE_LENGTH)],
        description=_l("Experience, data, people, languages. The lead reads it."),
        render_kw={"rows": 4},
    )

    def __init__(self, *, institutions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.institution.choices = choices(institutions)


class AnswerForm(BaseForm):
    note = TextAreaField(
        _l("A few words with your answer"), [Optional(), Length(max=NOTE_LENGTH)], render_kw={"rows": 3}
    )
