from typing import Any

from wtforms import DateField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker.clock import now, today
from tracker.forms import BaseForm, CheckboxesField, choices, row_number
from tracker.i18n import _, _l
from tracker.projects.states import ROLE_LABELS
from tracker.recruiting.actions import INVITABLE_ROLES, INVITATION_LASTS

NOTE_LENGTH = 2000
PEOPLE_LENGTH = 1000


def _offer_seats(form: Any, seats: list[tuple[int, str]]) -> None:
    """A project that names no seats asks for none."""
    if seats:
        form.seats.choices = choices(seats)
    else:
        del form.seats


class InvitationForm(BaseForm):
    institution = SelectField(_l("Institution"), [InputRequired(_l("Choose an institution."))], coerce=str)
    role = SelectField(_l("Role"))
    seats = CheckboxesField(_l("Which seats would it fill?"), coerce=row_number)
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

    def __init__(self, *, institutions: list[tuple[int, str]], sought: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        _offer_seats(self, sought)
        self.institution.choices = choices(institutions, blank=_("Choose …"))
        self.role.choices = choices((role, ROLE_LABELS[role]) for role in INVITABLE_ROLES)

    def validate_answer_by(self, field: DateField) -> None:
        if field.data and not today() <= field.data <= (now() + INVITATION_LASTS).date():
            raise ValidationError(_("Choose a day within the next three months."))


class OfferForm(BaseForm):
    institution = SelectField(_l("For which institution?"), [InputRequired()], coerce=row_number)
    seats = CheckboxesField(_l("Which seats would you fill?"), coerce=row_number)
    note = TextAreaField(
        _l("What would you bring?"),
        [InputRequired(_l("Say in a sentence or two what you would bring.")), Length(max=NOTE_LENGTH)],
        description=_l("Experience, data, people, languages. The lead reads it."),
        render_kw={"rows": 4},
    )
    people = TextAreaField(
        _l("Who would do it?"),
        [Optional(), Length(max=PEOPLE_LENGTH)],
        description=_l("Names and what each would do, as far as you know."),
        render_kw={"rows": 2},
    )

    def __init__(
        self,
        *,
        institutions: list[tuple[int, str]],
        sought: list[tuple[int, str]],
        needs_seat: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        _offer_seats(self, sought)
        self.needs_seat = needs_seat
        self.institution.choices = choices(institutions)

    def validate_seats(self, field: CheckboxesField) -> None:
        if self.needs_seat and not field.data:
            raise ValidationError(_("Choose a seat: this project looks for partners for its open seats only."))


class LeadForm(BaseForm):
    partner = SelectField(_l("Who shall take the lead?"), [InputRequired(_l("Choose a partner."))], coerce=str)
    note = TextAreaField(_l("A few words to them"), [Optional(), Length(max=NOTE_LENGTH)], render_kw={"rows": 3})

    def __init__(self, *, partners: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.partner.choices = choices(partners, blank=_("Choose …"))


class AnswerForm(BaseForm):
    note = TextAreaField(_l("A few words to the others"), [Optional(), Length(max=NOTE_LENGTH)], render_kw={"rows": 3})
