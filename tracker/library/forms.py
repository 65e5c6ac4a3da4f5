from typing import Any

from wtforms import Form, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from tracker import countries
from tracker.forms import BaseForm, choices, row_number
from tracker.goals import GOALS
from tracker.i18n import _, _l, language_name
from tracker.library.finding import Asked
from tracker.reports.states import KIND_LABELS, ReportKind

FIRST_YEAR, LAST_YEAR = 1900, 2199


class LibraryForm(Form):
    """What a reader looks for. It reads the address, and what it cannot read it leaves out."""

    Meta = BaseForm.Meta

    q = StringField(_l("Words"), [Optional(), Length(max=200)])
    theme = SelectField(_l("Theme"))
    goal = SelectField(_l("Sustainable Development Goal"))
    country = SelectField(_l("Country studied"))
    institution = StringField(_l("Institution"), [Optional(), Length(max=200)])
    language = SelectField(_l("Language"))
    type = SelectField(_l("Type"))
    year = StringField(_l("Year"), [Optional(), Length(max=4)], render_kw={"inputmode": "numeric"})

    def __init__(self, *, themes: list[tuple[int, str]], languages: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        anything = _("any")
        self.theme.choices = choices(themes, blank=anything)
        self.goal.choices = choices(((number, f"{number}. {GOALS[number]}") for number in GOALS), blank=anything)
        self.country.choices = choices(countries.choices(), blank=anything)
        self.language.choices = choices(((tag, language_name(tag)) for tag in languages), blank=anything)
        self.type.choices = choices(KIND_LABELS.items(), blank=anything)
        for field in (self.theme, self.goal, self.country, self.language, self.type):
            field.data = field.data or ""
        self.validate()

    def validate_year(self, field: StringField) -> None:
        if not (field.data.isascii() and field.data.isdigit() and FIRST_YEAR <= int(field.data) <= LAST_YEAR):
            raise ValidationError(_("Give a year, such as 2026."))

    def asked(self, institution_id: int | None) -> Asked:
        """What is looked for; a field that does not hold is left out."""
        values = {name: field.data for name, field in self._fields.items() if field.data and not field.errors}
        return Asked(
            words=values.get("q", ""),
            theme_id=row_number(values["theme"]) if "theme" in values else None,
            goal=int(values["goal"]) if "goal" in values else None,
            country=values.get("country", ""),
            language=values.get("language", ""),
            kind=ReportKind(values["type"]) if "type" in values else None,
            year=int(values["year"]) if "year" in values else None,
            institution_id=institution_id,
        )
