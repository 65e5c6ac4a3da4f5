from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import DateField, HiddenField, IntegerField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from tracker import countries, languages
from tracker.dates import earth_day
from tracker.forms import BaseForm, CheckboxesField, choices, row_number
from tracker.i18n import _, _l
from tracker.seats.models import Seat
from tracker.seats.states import MOST_WANTED, TASK_LABELS, Task

SKILLS_LENGTH = Seat.skills.property.columns[0].type.length
DESCRIPTION_LENGTH = 5_000
SPACE = "\u2003"  # sets a region under the one that it lies in


class SeatForm(BaseForm):
    """What a project looks for. Only the task is needed, and some words where the list of tasks does not name it."""

    version = HiddenField()
    task = SelectField(_l("What is to be done?"))
    place = SelectField(
        _l("In which country or region?"),
        description=_l("Where the partner should be at home. Leave it open where it does not matter."),
    )
    language = SelectField(_l("In which language?"))
    skills = TextAreaField(
        _l("Which skills does it take?"),
        [Length(max=SKILLS_LENGTH)],  # not Optional: that would end the checks of an empty field
        description=_l("In a few words: “household surveys, panel data”."),
        render_kw={"rows": 2},
    )
    description = TextAreaField(
        _l("What else should they know?"),
        [Optional(), Length(max=DESCRIPTION_LENGTH)],
        description=_l("What the partner would do and how much work it is, in the language of the project."),
        render_kw={"rows": 4},
    )
    themes = CheckboxesField(_l("Themes"), coerce=row_number)
    wanted = IntegerField(
        _l("How many partners?"),
        [Optional()],
        description=_l("Left empty: one."),
        render_kw={"min": 1, "max": MOST_WANTED, "inputmode": "numeric"},
    )
    until = DateField(
        _l("Until when are offers welcome?"),
        [Optional()],
        description=_l("To the end of that day, anywhere on Earth. Left empty: as long as the seat is open."),
    )

    def __init__(
        self,
        *,
        theme_choices: Iterable[tuple[int, str]],
        taken: int = 0,
        known_until: date | None = None,
        **kwargs: Any,
    ) -> None:
        """`taken` partners fill the seat already; `known_until` is its last day so far, which may have passed."""
        super().__init__(**kwargs)
        self.taken, self.known_until = taken, known_until
        self.task.choices = choices((task, TASK_LABELS[task]) for task in Task)
        self.place.choices = places()
        self.language.choices = choices(languages.choices(), blank=_("any"))
        self.themes.choices = choices(theme_choices)

    def validate_skills(self, field: TextAreaField) -> None:
        if self.task.data == Task.OTHER and not field.data and not self.description.data:
            raise ValidationError(_("Say in a few words what is to be done."))

    def validate_wanted(self, field: IntegerField) -> None:
        if field.data is None:
            return
        if not 1 <= field.data <= MOST_WANTED:
            raise ValidationError(_("Write a number between 1 and %(most)s.", most=str(MOST_WANTED)))
        if field.data < self.taken:
            raise ValidationError(
                _("Already %(number)s partners fill this seat: want at least as many.", number=str(self.taken))
            )

    def validate_until(self, field: DateField) -> None:
        if field.data and field.data < earth_day() and field.data != self.known_until:
            raise ValidationError(_("This day has passed. Choose a later one, or leave it empty."))


def places() -> list[SelectChoice]:
    """Anywhere, then the regions of UN M49 by continent with those inside them, then the countries by name."""
    listed = [SelectChoice("", _("anywhere"))]
    for continent, subregions in countries.REGIONS:
        group = countries.region_name(continent)
        listed.append(SelectChoice(continent, group, optgroup=group))
        for subregion in subregions:
            listed.append(SelectChoice(subregion, countries.region_name(subregion), optgroup=group))
            listed += [
                SelectChoice(region, SPACE + countries.region_name(region), optgroup=group)
                for region in countries.INTERMEDIATE.get(subregion, ())
            ]
    return listed + [SelectChoice(code, name, optgroup=_("Countries")) for code, name in countries.choices()]
