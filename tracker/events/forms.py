import re
from collections.abc import Callable, Iterable, Sequence
from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker import countries, languages, zones
from tracker.dates import PartialDate, PartialDateField
from tracker.errors import RuleBroken
from tracker.events.actions import MOST_PEOPLE, at, check_days
from tracker.events.models import Event, EventGuest
from tracker.events.states import EVENT_LABELS, EventKind
from tracker.forms import MARKDOWN_HINT, BaseForm, CheckboxesField, checked, choices, row_number
from tracker.i18n import _, _l
from tracker.identifiers import website

TEXT_LENGTH = 20_000
MOST_LINES = 20
PARTIAL = _l("2026, 2026-09 or 2026-09-30")


def length_of(column: Any) -> int:
    return column.property.columns[0].type.length


class EventForm(BaseForm):
    """What, when and where. Only the title and the first day are needed, and of that a year is enough."""

    version = HiddenField()
    title = StringField(_l("Title"), [InputRequired(), Length(max=length_of(Event.title))])
    kind = SelectField(_l("What kind of meeting?"))
    network = SelectField(_l("Network"))
    on = PartialDateField(_l("First day"), [InputRequired()], description=PARTIAL)
    until = PartialDateField(_l("Last day, if it is another one"), [Optional()], description=PARTIAL)
    begins = TimeField(_l("Begins at"), [Optional()])
    ends = TimeField(_l("Ends at"), [Optional()])
    time_zone = SelectField(
        _l("These hours are in the time of"),
        description=_l("The place of the meeting. Everybody also sees the hours in their own time."),
    )
    is_online = BooleanField(_l("One can take part online"), default=False)
    place = StringField(
        _l("Place"), [Optional(), Length(max=length_of(Event.place))], description=_l("City, and house if it is known.")
    )
    country = SelectField(_l("Country"))
    website = StringField(_l("Website"), [Optional(), checked(website), Length(max=length_of(Event.website))])
    text = TextAreaField(
        _l("What is it about?"),
        [Optional(), Length(max=TEXT_LENGTH)],
        description=MARKDOWN_HINT,
        render_kw={"rows": 5},
    )
    language = SelectField(_l("Language you write in"))
    projects = CheckboxesField(_l("Projects it belongs to"), coerce=row_number)
    more_projects = TextAreaField(
        _l("Other projects"),
        [Length(max=5000)],  # not Optional: that would end the checks of an empty field
        description=_l("Their titles or the addresses of their pages, one a line."),
        render_kw={"rows": 2},
    )
    reports = CheckboxesField(_l("Reports it shows"), coerce=row_number)
    more_reports = TextAreaField(
        _l("Other reports"),
        [Optional(), Length(max=5000)],
        description=_l("Their titles or the addresses of their pages, one a line. Published reports only."),
        render_kw={"rows": 2},
    )
    themes = CheckboxesField(_l("Themes"), coerce=row_number)
    participants = IntegerField(
        _l("How many people took part?"),
        [Optional(), NumberRange(1, MOST_PEOPLE)],
        description=_l("Leave it open until you know."),
        render_kw={"min": 1, "max": MOST_PEOPLE, "inputmode": "numeric"},
    )

    def __init__(
        self,
        *,
        network_choices: Sequence[tuple[int, str]],
        project_choices: Iterable[tuple[int, str]],
        report_choices: Iterable[tuple[int, str]],
        theme_choices: Iterable[tuple[int, str]],
        project_of: Callable[[str, int | None], Any],
        report_of: Callable[[str, int | None], Any],
        needs_project: bool,
        kept_zone: str,
        **kwargs: Any,
    ) -> None:
        """`project_of(line, number)` and `report_of` find what a line names, or None.

        `needs_project`: whoever writes may only announce what belongs to a project of theirs.
        """
        super().__init__(**kwargs)
        self._finders = {"more_projects": project_of, "more_reports": report_of}
        self.found: dict[str, list[Any]] = {"more_projects": [], "more_reports": []}
        self._needs_project = needs_project
        self.kind.choices = choices(EVENT_LABELS.items())
        self.country.choices = choices(countries.choices(), blank=_("not said"))
        self.language.choices = choices(languages.choices())
        self.time_zone.choices = zone_choices(kept_zone)
        self.network.choices = choices(network_choices)
        self.projects.choices = choices(project_choices)
        self.reports.choices = choices(report_choices)
        self.themes.choices = choices(theme_choices)
        for name, offered in (
            ("network", len(network_choices) > 1),
            ("projects", self.projects.choices),
            ("reports", self.reports.choices),
            ("themes", self.themes.choices),
        ):
            if not offered:
                del self[name]

    def validate_until(self, field: PartialDateField) -> None:
        _hold(lambda: check_days(self.on.data, field.data, None, None))

    def validate_begins(self, field: TimeField) -> None:
        if field.data and self.on.data and self.on.data.precision != "day":
            raise ValidationError(_("Hours need a whole day: write the first day as 2026-09-30."))
        if field.data and self.on.data:
            day = self.on.data
            _hold(lambda: self._moment(day, field.data))

    def validate_ends(self, field: TimeField) -> None:
        if field.data and not self.begins.data:
            raise ValidationError(_("Write also when it begins."))
        last = self.until.data or self.on.data
        if field.data and last and last.precision != "day":
            raise ValidationError(_("Hours need a whole day: write the last day as 2026-09-30."))
        if field.data and last and not self.begins.errors and not self.on.errors and not self.until.errors:
            _hold(lambda: check_days(None, None, *self.hours))

    def validate_more_projects(self, field: TextAreaField) -> None:
        self._look_up(field)
        if self._needs_project and not (self.found["more_projects"] or ("projects" in self and self.projects.data)):
            raise ValidationError(_("Choose the project of yours that it belongs to."))

    def validate_more_reports(self, field: TextAreaField) -> None:
        self._look_up(field)

    def _look_up(self, field: TextAreaField) -> None:
        lines = [line.strip() for line in (field.data or "").splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(_("Write fewer."))
        for line in lines:
            found = self._finders[field.name](line, number_in(line))
            if found is None:
                raise ValidationError(
                    _("Nothing here is called “%(name)s”. Copy the address of its page.", name=line[:80])
                )
            self.found[field.name].append(found)

    def _moment(self, day: PartialDate, hour: time) -> Any:
        return at(day.first_day, hour, str(self.time_zone.data))

    @property
    def hours(self) -> tuple[Any, Any]:
        """When it begins and ends, in UTC; None where that is not said."""
        if not self.begins.data or not self.on.data:
            return None, None
        last = self.until.data or self.on.data
        ends = self._moment(last, self.ends.data) if self.ends.data else None
        return self._moment(self.on.data, self.begins.data), ends

    def values(self) -> dict[str, Any]:
        """The plain fields of an event as they were written; what it is tied to is not among them."""
        starts_at, ends_at = self.hours
        until = self.until.data if self.until.data != self.on.data else None
        return {
            "title": self.title.data,
            "kind": EventKind(self.kind.data),
            "on": self.on.data,
            "until": until,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "time_zone": self.time_zone.data,
            "is_online": bool(self.is_online.data),
            "place": self.place.data or "",
            "country": self.country.data or "",
            "website": self.website.data or "",
            "text": self.text.data or "",
            "language": self.language.data,
            "participants": self.participants.data,
        }


class GuestForm(BaseForm):
    """An institution that came and is not on record."""

    name = StringField(_l("Name of the institution"), [InputRequired(), Length(max=length_of(EventGuest.listed_as))])
    country = SelectField(_l("Country"))
    people = IntegerField(
        _l("How many people?"),
        [InputRequired(), NumberRange(1, MOST_PEOPLE)],
        render_kw={"min": 1, "max": MOST_PEOPLE, "inputmode": "numeric"},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country.choices = choices(countries.choices(), blank=_("not said"))


def zone_choices(kept: str) -> list[SelectChoice]:
    """Every time zone by area; UTC, and the one that is kept, wherever it stands."""
    areas = zones.by_area()
    known = {name for names in areas.values() for name in names}
    first = [SelectChoice(name, name) for name in dict.fromkeys(["UTC", kept]) if name and name not in known]
    return [
        *first,
        *(SelectChoice(name, zones.city(name), optgroup=area) for area, names in areas.items() for name in names),
    ]


def number_in(line: str) -> int | None:
    """The number of a row in the address of its page, or alone; None for anything else."""
    match = re.fullmatch(r"(?:\S*/(?:projects|reports)/)?([0-9]{1,10})(?:[/#?.]\S*)?", line)
    try:
        return row_number(match[1]) if match else None
    except ValueError:
        return None


def _hold(rule: Callable[[], Any]) -> None:
    try:
        rule()
    except (RuleBroken, OverflowError) as error:
        raise ValidationError(str(error)) from error
