from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker import countries
from tracker.addresses import normal_email
from tracker.clock import now, today
from tracker.forms import BaseForm, CheckboxesField, checked, choices, row_number
from tracker.i18n import _, _l
from tracker.identifiers import normal_ror, website
from tracker.newcomers.models import Application
from tracker.projects.states import ROLE_LABELS
from tracker.recruiting.actions import INVITABLE_ROLES, INVITATION_LASTS

WORDS_LENGTH = 2000


def _most(column: Any) -> Length:
    """As long a text as its column takes: SQLite would not say."""
    return Length(max=column.property.columns[0].type.length)


class NewcomerForm(BaseForm):
    """An institution that is not on record, and that it is none of those that look alike."""

    name = StringField(
        _l("Name of the institution"),
        [InputRequired(_l("Write the name of the institution.")), _most(Application.name)],
        description=_l("In English where it has an English name, else in Latin letters."),
        render_kw={"autocomplete": "organization"},
    )
    country = SelectField(_l("Country"), [InputRequired(_l("Choose a country."))])
    city = StringField(_l("City"), [Optional(), _most(Application.city)])
    website = StringField(
        _l("Website"),
        [Optional(), checked(website), _most(Application.website)],
        render_kw={"inputmode": "url", "dir": "ltr"},
    )
    is_new = BooleanField(_l("It is none of these"))
    shown = HiddenField()  # the ids of what was shown as alike

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country.choices = choices(countries.choices(), blank=_("Choose a country"))

    def is_none_of(self, ids: Iterable[int]) -> bool:
        """Whether whoever sent it has seen all of these and says that it is none of them."""
        return bool(self.is_new.data) and {str(known) for known in ids} <= set((self.shown.data or "").split())

    def show(self, ids: Iterable[int]) -> None:
        """Note which are shown, to be asked anew where others look alike than before."""
        self.is_new.data = False
        self.shown.data = " ".join(map(str, ids))
        self.shown.raw_data = None


class ApplicationForm(NewcomerForm):
    """An institution asks to be added."""

    native_name = StringField(
        _l("Native name"),
        [Optional(), _most(Application.native_name)],
        description=_l("As it is written in your country, in its own script."),
    )
    acronym = StringField(_l("Acronym"), [Optional(), _most(Application.acronym)])
    ror = StringField(
        _l("ROR id"),
        [Optional(), Length(max=60), checked(normal_ror)],
        description=_l("From ror.org, such as https://ror.org/05dxps055"),
        render_kw={"dir": "ltr"},
    )
    network = SelectField(_l("Which network do you ask?"), coerce=row_number)  # the first is chosen: none is missing
    person_name = StringField(
        _l("Your name"),
        [InputRequired(_l("Write your name.")), _most(Application.person_name)],
        render_kw={"autocomplete": "name"},
    )
    email = StringField(
        _l("Your e-mail address"),
        [InputRequired(_l("Write your address.")), Length(max=254), checked(normal_email)],
        description=_l("Best one of your institution. Nothing is mailed to it before a coordinator has said yes."),
        render_kw={"type": "email", "autocomplete": "email", "dir": "ltr"},
    )
    position = StringField(
        _l("Your position"),
        [Optional(), _most(Application.position)],
        render_kw={"autocomplete": "organization-title"},
    )
    words = TextAreaField(
        _l("A few words"),
        [Optional(), Length(max=WORDS_LENGTH)],
        description=_l("What you work on, and how you heard of the network."),
        render_kw={"rows": 4},
    )

    def __init__(self, *, networks: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """`networks`: (id, name); the first is chosen where `network` names no other."""
        offered = choices(networks)
        chosen = kwargs.pop("network", None)
        if str(chosen) not in {option.value for option in offered}:
            chosen = offered[0].value if offered else None
        super().__init__(network=chosen, **kwargs)
        self.network.choices = offered

    def values(self) -> dict[str, Any]:
        """What was typed of the institution and the person, as `actions.apply` takes it."""
        plain = ("name", "native_name", "acronym", "country", "city", "website", "ror", "person_name", "position")
        return {name: self[name].data or "" for name in (*plain, "words")} | {"person_email": self.email.data}


class OutsiderForm(NewcomerForm):
    """A project invites an institution that is not on record."""

    person_name = StringField(
        _l("Whom do you invite there?"),
        [InputRequired(_l("Write the name of the person.")), _most(Application.person_name)],
        description=_l("Somebody who can answer for the institution. They become its contact here."),
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        _l("Their e-mail address"),
        [InputRequired(_l("Write their address.")), Length(max=254), checked(normal_email)],
        render_kw={"type": "email", "autocomplete": "off", "dir": "ltr"},
    )
    language = SelectField(_l("Language of the mail"))
    role = SelectField(_l("Role"))
    seats = CheckboxesField(_l("Which seats would it fill?"), coerce=row_number)
    note = TextAreaField(
        _l("A few words to them"),
        [Optional(), Length(max=WORDS_LENGTH)],
        description=_l("How you know of them, why you ask them, what you hope they would do. It goes into the mail."),
        render_kw={"rows": 4},
    )
    answer_by = DateField(
        _l("Until when do you hope for an answer?"),
        [Optional()],
        description=_l("They are reminded shortly before and twice after. Left empty: two weeks from now."),
    )

    def __init__(
        self, *, languages: Iterable[tuple[str, str]], sought: Iterable[tuple[int, str]], **kwargs: Any
    ) -> None:
        """`languages`: (tag, name) of the interface's; `sought`: (id, title) of the seats that look for somebody."""
        spoken, seats = choices(languages), choices(sought)
        super().__init__(**kwargs)
        self.language.choices = spoken
        self.role.choices = choices((role, ROLE_LABELS[role]) for role in INVITABLE_ROLES)
        if seats:
            self.seats.choices = seats
        else:
            del self.seats

    def validate_answer_by(self, field: DateField) -> None:
        if field.data and not today() <= field.data <= (now() + INVITATION_LASTS).date():
            raise ValidationError(_("Choose a day within the next three months."))
