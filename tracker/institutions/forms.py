from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tracker import clock, countries, languages
from tracker.dates import PartialDateField
from tracker.forms import MARKDOWN_HINT, BaseForm, CheckboxesField, checked, choices, row_number
from tracker.i18n import _, _l, country_name, language_name
from tracker.identifiers import normal_ror, website
from tracker.institutions.models import Institution, Network

LONGEST_TEXT = 20_000
# Offered as boxes; every other language is a choice below them.
COMMON_LANGUAGES = (
    "en",
    "zh-Hans",
    "es",
    "fr",
    "ar",
    "pt",
    "ru",
    "hi",
    "bn",
    "id",
    "sw",
    "ur",
    "fa",
    "tr",
    "vi",
)
TEXTS = (
    *("name", "native_name", "native_language", "acronym", "other_names"),
    *("country", "city", "website", "description"),
)


def length_of(column: Any) -> int:
    """How long a text its column takes: SQLite would not say."""
    return column.property.columns[0].type.length


class InstitutionForm(BaseForm):
    """An institution's record. Only name and country are needed."""

    version = HiddenField()
    name = StringField(
        _l("Name"),
        [InputRequired(_l("Write the name.")), Length(max=length_of(Institution.name))],
        description=_l("In English where it has an English name, else in Latin letters."),
        render_kw={"autocomplete": "off"},
    )
    native_name = StringField(_l("Native name"), [Optional(), Length(max=length_of(Institution.native_name))])
    native_language = SelectField(_l("Language of the native name"), [Optional()])
    acronym = StringField(_l("Acronym"), [Optional(), Length(max=length_of(Institution.acronym))])
    other_names = TextAreaField(
        _l("Other names"),
        [Optional(), Length(max=2000)],
        description=_l("Former names, names in other languages: one a line. Search finds them."),
    )
    country = SelectField(_l("Country"), [InputRequired(_l("Choose a country."))])
    city = StringField(_l("City"), [Optional(), Length(max=length_of(Institution.city))])
    website = StringField(_l("Website"), [Optional(), checked(website), Length(max=length_of(Institution.website))])
    ror = StringField(
        _l("ROR id"),
        [Optional(), Length(max=60), checked(normal_ror)],
        description=_l("From ror.org, such as https://ror.org/05dxps055"),
    )
    founded = PartialDateField(_l("Founded"), [Optional()], description=_l("A year is enough."))
    themes = CheckboxesField(_l("Themes"), [Optional()], coerce=row_number)
    languages = CheckboxesField(_l("Working languages"), [Optional()])
    another_language = SelectField(_l("Another working language"), [Optional()])
    description = TextAreaField(
        _l("Description"),
        [Optional(), Length(max=LONGEST_TEXT)],
        description=MARKDOWN_HINT,
        render_kw={"rows": 8},
    )

    def __init__(
        self,
        *,
        theme_choices: Iterable[tuple[int, str]],
        spoken: Iterable[str] = (),
        native: str = "",
        place: str = "",
        **kwargs: Any,
    ) -> None:
        """`spoken`, `native`, `place`: languages and country the record names already, offered whatever they are."""
        super().__init__(**kwargs)
        offered = dict.fromkeys([*COMMON_LANGUAGES, *spoken])
        named = [(tag, language_name(tag)) for tag in offered]
        self.themes.choices = choices(theme_choices)
        self.languages.choices = choices(named)
        rest = [(tag, name) for tag, name in languages.choices() if tag not in offered]
        self.another_language.choices = choices(rest, blank=_("none"))
        every = dict(languages.choices()) | ({native: language_name(native)} if native else {})
        self.native_language.choices = choices(every.items(), blank=_("not said"))
        places = dict(countries.choices()) | ({place: country_name(place)} if place else {})  # XK is no ISO country
        self.country.choices = choices(places.items(), blank=_("Choose a country"))

    def validate_founded(self, field: PartialDateField) -> None:
        if field.data and field.data.first_day > clock.today():
            raise ValidationError(_("This lies in the future."))

    def values(self) -> dict[str, Any]:
        """What was typed, as plain values by column; themes and languages apart."""
        plain = {name: self[name].data or "" for name in TEXTS}
        plain["other_names"] = "\n".join(line for row in plain["other_names"].split("\n") if (line := row.strip()))
        return plain | {"ror": self.ror.data or None, "founded": self.founded.data}

    def spoken(self) -> list[str]:
        """The working languages ticked, and the one chosen below."""
        return [
            *(self.languages.data or ()),
            *([self.another_language.data] if self.another_language.data else []),
        ]


class NewInstitutionForm(InstitutionForm):
    """A new institution; shown look-alikes, whoever adds it says that it is none of them."""

    is_new = BooleanField(_l("It is none of these"))
    networks = CheckboxesField(
        _l("Member of"), [Optional()], coerce=row_number, description=_l("Members propose projects and join them.")
    )

    def __init__(self, *, networks: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        """`networks`: (id, name) of those it may be made a member of; a single one is chosen already."""
        offered = choices(networks)
        super().__init__(networks=[row.value for row in offered] if len(offered) == 1 else [], **kwargs)
        self.networks.choices = offered


class NetworkForm(BaseForm):
    """A network as its coordinators describe it."""

    version = HiddenField()
    name = StringField(_l("Name"), [InputRequired(_l("Write the name.")), Length(max=length_of(Network.name))])
    description = TextAreaField(
        _l("Description"),
        [Optional(), Length(max=LONGEST_TEXT)],
        description=MARKDOWN_HINT,
        render_kw={"rows": 8},
    )
    website = StringField(_l("Website"), [Optional(), checked(website), Length(max=length_of(Network.website))])
    moderates = BooleanField(
        _l("A coordinator accepts a proposal before partners are sought"),
        description=_l("Otherwise a proposal is open to the members at once."),
    )
    disclaimer = TextAreaField(
        _l("Disclaimer of its reports"),
        [Optional(), Length(max=2000)],
        description=_l(
            "What a new report begins with, such as “The views are those of the authors”. It can be changed."
        ),
        render_kw={"rows": 3},
    )


class CoordinatorForm(BaseForm):
    """A new coordinator, by address: names are shared, addresses are not."""

    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Write the address.")), Length(max=254)],
        description=_l("Of somebody who is known here. Others are invited by their institution first."),
        render_kw={"type": "email", "autocomplete": "off", "dir": "ltr"},
    )
