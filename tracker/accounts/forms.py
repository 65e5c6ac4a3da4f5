from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from tracker import languages, zones
from tracker.accounts import passwords
from tracker.activity.states import RHYTHM_LABELS
from tracker.addresses import normal_email
from tracker.dates import PartialDateField
from tracker.forms import MARKDOWN_HINT, BaseForm, CheckboxesField, checked, choices
from tracker.i18n import LANGUAGES, _, _l, interface_languages, language_name
from tracker.identifiers import normal_orcid
from tracker.institutions.models import Affiliation, Institution, Network, Person
from tracker.institutions.states import GENDER_LABELS

NAME = Person.name.property.columns[0].type.length
EMAIL = Person.email.property.columns[0].type.length
POSITION = Affiliation.position.property.columns[0].type.length
NETWORK_NAME = Network.name.property.columns[0].type.length
ABOUT = 5_000
MOST_LANGUAGES = 30


def _email_field() -> EmailField:
    required = InputRequired(_l("Write your e-mail address."))
    return EmailField(_l("E-mail"), [required, Length(max=EMAIL), checked(normal_email)])


def _name_field(label: Any) -> StringField:
    return StringField(label, [InputRequired(_l("Write a name.")), Length(max=NAME)])


class EmailForm(BaseForm):
    """Only an address: where to mail a link to, or the new one."""

    email = _email_field()


class SignInForm(EmailForm):
    # Not required here: the same form also asks for a link.
    password = PasswordField(_l("Password"), [Optional(), Length(max=passwords.LONGEST)])


class NewPasswordForm(BaseForm):
    """`about`: the person's name and address, which their password must not be."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])

    def __init__(self, about: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.about = about
        super().__init__(**kwargs)

    def validate_password(self, field: Any) -> None:
        words = [self[name].data or "" for name in ("name", "email") if name in self]
        if field.data and (sentence := passwords.weakness(field.data, *self.about, *words)):
            raise ValidationError(sentence)


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Current password"), [Optional(), Length(max=passwords.LONGEST)])


class SetUpForm(NewPasswordForm):
    name = _name_field(_l("Your name"))
    email = _email_field()
    password = PasswordField(_l("Password"), [InputRequired(_l("Choose a password."))])
    network = StringField(
        _l("The network’s name"), [InputRequired(_l("Write the network’s name.")), Length(max=NETWORK_NAME)]
    )
    moderates = BooleanField(_l("A coordinator accepts each proposal before partners are sought"), default=True)


class JoinForm(NewPasswordForm):
    name = _name_field(_l("Your name"))
    password = PasswordField(_l("Password"), [Optional()])


class ProfileForm(BaseForm):
    name = _name_field(_l("Name"))
    sort_name = StringField(_l("How to sort your name"), [Optional(), Length(max=NAME)])
    languages = CheckboxesField(_l("Languages you work in"), [Optional()])
    other_languages = SelectMultipleField(_l("Other languages"), [Optional()])
    interface_language = SelectField(_l("Language of pages and mails"), [Optional()])
    time_zone = SelectField(_l("Time zone"))
    rhythm = RadioField(_l("Mail about what happened"), description=_l("Questions to you always come at once."))
    hears_of_calls = BooleanField(
        _l("Tell me of new seats that fit my institution"),
        description=_l("In the same mails as above; for those who answer for an institution."),
    )
    orcid = StringField("ORCID iD", [Optional(), Length(max=60), checked(normal_orcid)])
    gender = SelectField(
        _l("Gender"),
        [Optional()],
        description=_l("As you say yourself, if you wish. It is counted among others only, and never shown."),
    )
    about = TextAreaField(_l("About you: what you work on"), [Optional(), Length(max=ABOUT)], description=MARKDOWN_HINT)
    is_listed = BooleanField(_l("Show a public page about me"))

    def __init__(self, person: Person) -> None:
        ours = [tag for tag in person.languages if tag in LANGUAGES]
        others = [tag for tag in person.languages if tag not in LANGUAGES]
        super().__init__(
            name=person.name,
            sort_name=person.sort_name,
            languages=ours,
            other_languages=others,
            interface_language=person.interface_language,
            time_zone=person.time_zone,
            rhythm=person.rhythm.value,
            hears_of_calls=person.hears_of_calls,
            orcid=person.orcid,
            gender=person.gender.value,
            about=person.about,
            is_listed=person.is_listed,
        )
        self.languages.choices = choices((tag, language_name(tag)) for tag in LANGUAGES)
        kept = [(tag, language_name(tag)) for tag in others if not languages.is_language(tag)]
        more = [pair for pair in languages.choices() if pair[0] not in LANGUAGES]
        self.other_languages.choices = choices([*kept, *more])
        self.interface_language.choices = choices(interface_languages(), blank=_("As the browser asks for"))
        self.time_zone.choices = _zone_choices(person.time_zone)
        self.gender.choices = choices(((known.value, label) for known, label in GENDER_LABELS.items()), blank="–")
        self.rhythm.choices = choices((known.value, label) for known, label in RHYTHM_LABELS.items())

    def validate_other_languages(self, field: Any) -> None:
        if len(field.data or ()) > MOST_LANGUAGES:
            raise ValidationError(_("Choose fewer."))

    @property
    def all_languages(self) -> list[str]:
        return list(dict.fromkeys([*(self.languages.data or ()), *(self.other_languages.data or ())]))


def _zone_choices(kept: str) -> list[SelectChoice]:
    areas = zones.by_area()
    known = {name for names in areas.values() for name in names}
    first = [SelectChoice(name, name) for name in dict.fromkeys(["UTC", kept]) if name and name not in known]
    return [
        *first,
        *(SelectChoice(name, zones.city(name), optgroup=area) for area, names in areas.items() for name in names),
    ]


class AffiliationForm(BaseForm):
    position = StringField(_l("Position"), [Optional(), Length(max=POSITION)])
    starts_on = PartialDateField(_l("From"), [Optional()])
    ends_on = PartialDateField(_l("Until"), [Optional()])

    def validate_ends_on(self, field: Any) -> None:
        start = self.starts_on.data
        if start and field.data and start.first_day > field.data.last_day:
            raise ValidationError(_("The end lies before the start."))


class InviteForm(BaseForm):
    name = _name_field(_l("Their name"))
    email = EmailField(
        _l("Their e-mail"), [InputRequired(_l("Write their e-mail address.")), Length(max=EMAIL), checked(normal_email)]
    )
    position = StringField(_l("Position"), [Optional(), Length(max=POSITION)])
    place = RadioField(_l("Do they answer for the institution?"), [Optional()], default="")

    def __init__(self, institution: Institution) -> None:
        super().__init__()
        held = {contact.place for contact in institution.contacts}
        places = [(1, _("Yes, as main contact")), (2, _("Yes, as second contact"))]
        free = [(place, label) for place, label in places if place not in held]
        self.place.choices = choices([("", _("No, they work here")), *free])
        if held:
            self.place.description = _("A place that somebody holds passes on under “Contacts”, with a yes of both.")
