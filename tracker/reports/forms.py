"""The pages of a record, each its own form: what comes first, the rest, what it is about. Rows: `row_forms`."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import FormField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from tracker import goals, languages
from tracker.dates import PartialDateField
from tracker.forms import MARKDOWN_HINT, BaseForm, CheckboxesField, CountriesField, checked, choices, row_number
from tracker.i18n import _, _l, country_name, language_name, list_and
from tracker.identifiers import normal_doi, normal_handle, normal_isbn, normal_issn
from tracker.reports.models import Report
from tracker.reports.row_forms import PublisherForm, Rows, length
from tracker.reports.states import KIND_LABELS, LICENCES, ReportKind
from tracker.reports.words import LABELS, readable

ABSTRACT_LENGTH = 20_000
MOST_PUBLISHERS = 10


class RecordForm(BaseForm):
    """A part of a record. Nothing is needed to save it; what is written must be well-formed.

    `version` is the mark of what the page showed: who saves another part meanwhile is in nobody's way. A published
    record is corrected, and says what was.
    """

    version = HiddenField()
    because = TextAreaField(
        _l("What was corrected?"),
        [InputRequired(_l("Say in a few words what was corrected.")), Length(max=1000)],
        description=_l("Readers see this beside the new version, such as “The year of the survey in table 3”."),
        render_kw={"rows": 2},
    )
    fields: tuple[str, ...] = ()  # of the report, that this part holds under the same names

    def __init__(self, report: Report, obj: Any = None) -> None:
        super().__init__(obj=obj if obj is not None else report)
        self.report = report
        if not report.is_public:
            del self.because
        self.offer()
        if self.version.raw_data is None:  # not a POST
            self.version.data = self.mark()

    def offer(self) -> None:
        """Fill the lists to choose from."""

    def saved(self) -> dict[str, Any]:
        """What the record says now, by name, in the shape of `typed`."""
        return {name: getattr(self.report, name) for name in self.fields}

    def typed(self) -> dict[str, Any]:
        """What stands in the form, as the actions take it."""
        return {name: _value_of(self[name]) for name in self.fields}

    def readable(self, name: str, value: Any) -> str:
        """A value of `saved`, as its reader sees it."""
        return readable(name, value)

    def mark(self) -> str:
        """Tells whether what the record says is what the page showed."""
        text = json.dumps(self.saved(), default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_behind(self) -> bool:
        """Somebody saved this part since the page was shown."""
        return self.version.data not in (self.mark(), str(self.report.version))

    def theirs(self) -> dict[str, str]:
        """What is saved now, by field, where it is not what was typed."""
        typed = self.typed()
        return {name: self.readable(name, value) for name, value in self.saved().items() if value != typed[name]}

    def why(self) -> str:
        """What was corrected; "" for a draft."""
        return self.because.data or "" if "because" in self else ""


class EssentialsForm(RecordForm):
    """What comes first: enough to find a report and to cite it, but for its authors and its file."""

    fields = ("title", "kind", "kind_as_printed", "abstract", "language", "published_on", "licence")

    title = StringField(LABELS["title"], [Optional(), length("title")])
    kind = SelectField(LABELS["kind"])
    kind_as_printed = StringField(
        LABELS["kind_as_printed"],
        [Optional(), length("kind_as_printed")],
        description=_l("Where the cover says it in its own words, such as “Issue paper”."),
    )
    abstract = TextAreaField(
        LABELS["abstract"], [Optional(), Length(max=ABSTRACT_LENGTH)], description=MARKDOWN_HINT, render_kw={"rows": 8}
    )
    language = SelectField(LABELS["language"])
    published_on = PartialDateField(LABELS["published_on"], [Optional()], description=_l("2026, 2026-09 or 2026-09-30"))
    publishers = Rows(FormField(PublisherForm), _l("Publishers"), max_entries=MOST_PUBLISHERS + 5)
    licence = SelectField(LABELS["licence"], description=_l("What readers may do with it."))

    def __init__(self, report: Report) -> None:
        super().__init__(report, _Publishing(report))

    def offer(self) -> None:
        self.kind.choices = choices(KIND_LABELS.items())
        self.licence.choices = choices(LICENCES.items(), blank=_("not chosen"))
        self.language.choices = choices(with_held(languages.choices(), [self.report.language]), blank=_("not chosen"))

    def arrange(self, command: str) -> None:
        """Obey the button that asks for one more publisher."""
        self.publishers.arrange(command, most=MOST_PUBLISHERS)

    def saved(self) -> dict[str, Any]:
        return super().saved() | {"publishers": [list(pair) for pair in self.report.publishers]}

    def typed(self) -> dict[str, Any]:
        pairs = [[row.form.name.data or "", row.form.place.data or ""] for row in self.publishers]
        typed = super().typed() | {"publishers": [pair for pair in pairs if any(pair)]}
        if typed["kind"] in {kind.value for kind in ReportKind}:
            typed["kind"] = ReportKind(typed["kind"])
        return typed

    def values(self) -> dict[str, Any]:
        """As `reports.actions.change_report` takes them."""
        typed = self.typed()
        pairs = typed.pop("publishers")
        return typed | {
            "publisher": _parted(name for name, _place in pairs),
            "place": _parted(place for _n, place in pairs),
        }

    def readable(self, name: str, value: Any) -> str:
        if name != "publishers":
            return super().readable(name, value)
        return "; ".join(f"{who} ({place})" if place else who for who, place in value) or _("(nothing)")

    def validate_publishers(self, field: Rows) -> None:
        nameless = [row.form for row in field if row.form.place.data and not row.form.name.data]
        for form in nameless:
            form.name.errors = [*form.name.errors, _("Name the publisher at this place.")]
        if nameless:
            raise ValidationError(_("Name the publisher at this place."))
        values = self.values()
        if any(len(values[name]) > length(name).max for name in ("publisher", "place")):
            raise ValidationError(_("The names of the publishers are too long together. Shorten one."))


class MoreForm(RecordForm):
    """Series and numbers, statements, notes."""

    fields = (
        *("series", "number", "editors", "pages", "isbn", "issn", "issn_online", "doi", "handle"),
        *("suggested_citation", "funding", "disclaimer", "reviewers", "notes"),
    )

    series = StringField(LABELS["series"], [Optional(), length("series")])
    number = StringField(LABELS["number"], [Optional(), length("number")])
    editors = StringField(LABELS["editors"], [Optional(), length("editors")])
    pages = IntegerField(LABELS["pages"], [Optional(), NumberRange(min=1, max=20_000)])
    isbn = StringField(LABELS["isbn"], [Optional(), checked(normal_isbn)])
    issn = StringField(LABELS["issn"], [Optional(), checked(normal_issn)])
    issn_online = StringField(LABELS["issn_online"], [Optional(), checked(normal_issn)])
    doi = StringField(LABELS["doi"], [Optional(), checked(normal_doi)])
    handle = StringField(LABELS["handle"], [Optional(), checked(normal_handle)])
    suggested_citation = TextAreaField(
        LABELS["suggested_citation"],
        [Optional(), Length(max=2000)],
        description=_l("Left empty, it is made from these details."),
        render_kw={"rows": 2},
    )
    funding = TextAreaField(LABELS["funding"], [Optional(), Length(max=2000)], render_kw={"rows": 2})
    disclaimer = TextAreaField(LABELS["disclaimer"], [Optional(), Length(max=2000)], render_kw={"rows": 3})
    reviewers = StringField(LABELS["reviewers"], [Optional(), length("reviewers")])
    notes = TextAreaField(
        LABELS["notes"],
        [Optional(), Length(max=ABSTRACT_LENGTH)],
        description=_l("Only those who take part and the coordinators read them."),
        render_kw={"rows": 3},
    )

    def validate_issn_online(self, field: StringField) -> None:
        if field.data and field.data == self.issn.data:
            raise ValidationError(_("Print and online have each an ISSN of their own: this is the one for print."))


class SubjectsForm(RecordForm):
    """What a report is about. Begun from the project; a report may be about less of it."""

    themes = CheckboxesField(LABELS["themes"], coerce=row_number)
    countries = CountriesField(
        LABELS["countries"],
        [Optional()],
        description=_l("Their names, with commas: “Bangladesh, Peru”. Not necessarily the partners’ countries."),
    )
    goals = CheckboxesField(LABELS["goals"], coerce=row_number)

    def __init__(self, report: Report, theme_choices: Sequence[tuple[int, str]]) -> None:
        self.theme_choices = dict(theme_choices)
        super().__init__(report, _About(report))

    def offer(self) -> None:
        self.themes.choices = choices(self.theme_choices.items())
        self.goals.choices = choices((number, f"{number}. {name}") for number, name in goals.GOALS.items())

    def saved(self) -> dict[str, Any]:
        report = self.report
        return {
            "themes": sorted(theme.id for theme in report.themes),
            "countries": sorted(report.countries),
            "goals": sorted(report.goals),
        }

    def typed(self) -> dict[str, Any]:
        return {name: sorted(set(self[name].data or ())) for name in ("themes", "countries", "goals")}

    def readable(self, name: str, value: Any) -> str:
        names = {
            "themes": lambda theme: self.theme_choices.get(theme, ""),
            "countries": country_name,
            "goals": lambda goal: f"{goal}. {goals.GOALS[goal]}",
        }
        return list_and(map(names[name], value)) or _("(nothing)")


class ReasonForm(BaseForm):
    """Why a published report is withdrawn, or public again. Readers see it."""

    reason = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Say why: readers who come back will ask.")), Length(max=2000)],
        render_kw={"rows": 4},
    )


class _Publishing:
    """A report as its form shows it: publishers and places as rows, with an empty one where there is none."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.publishers = [{"name": name, "place": place} for name, place in report.publishers] or [{}]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._report, name)


class _About:
    """A report's subjects as values."""

    def __init__(self, report: Report) -> None:
        self.themes = [theme.id for theme in report.themes]
        self.countries, self.goals = report.countries, report.goals


def with_held(offered: list[tuple[str, str]], held: Iterable[str]) -> list[tuple[str, str]]:
    """The choices, and what the record holds beside them."""
    known = dict(offered)
    return offered + [(tag, language_name(tag)) for tag in held if tag and tag not in known]


def _value_of(field: Any) -> Any:
    is_text = isinstance(field, StringField) and not isinstance(field, PartialDateField)
    return (field.data or "") if is_text else field.data


def _parted(values: Iterable[str]) -> str:
    """As a column keeps several: "Alliance; Institute". A place that is not known leaves its room."""
    parts = [value.replace(";", ",") for value in values]
    while parts and not parts[-1]:
        parts.pop()
    return "; ".join(parts)
