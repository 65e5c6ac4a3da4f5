from collections.abc import Iterator
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from tracker import i18n, languages
from tracker.dates import PartialDateField
from tracker.forms import MARKDOWN_HINT, BaseForm, CheckboxesField, checked, choices, row_number
from tracker.i18n import _, _l, language_name
from tracker.identifiers import normal_doi, normal_isbn, normal_issn, normal_orcid, website
from tracker.reports.actions import FIELDS
from tracker.reports.authors import AUTHOR_FIELDS, MOST_AUTHORS
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import KIND_LABELS, LICENCES, ReportKind

ABSTRACT_LENGTH = 20_000
MOST_ROWS = 300  # read from a form before it is told that there are too many authors


def length(name: str) -> Length:
    """As much as the column of the report holds."""
    return Length(max=getattr(Report, name).property.columns[0].type.length)


def author_length(name: str) -> Length:
    """As much as the column of the author holds."""
    return Length(max=getattr(ReportAuthor, name).property.columns[0].type.length)


class AuthorForm(Form):
    """One author. A row that is wholly empty is no author."""

    Meta = BaseForm.Meta

    name = StringField(_l("Name as printed"), [Optional(), author_length("name")])
    sort_name = StringField(
        _l("Family name, given name"),
        [Optional(), author_length("sort_name")],
        description=_l("For lists and citations. Leave it empty for an institution or a one-part name."),
    )
    affiliation = StringField(_l("Affiliation as printed"), [Optional(), author_length("affiliation")])
    has_no_affiliation = BooleanField(_l("No affiliation"), default=False)
    orcid = StringField(_l("ORCID iD"), [Optional(), checked(normal_orcid)])
    is_corresponding = BooleanField(_l("Corresponding author"), default=False)
    contributed_equally = BooleanField(_l("Contributed equally"), default=False)
    person = SelectField(_l("Person on this site"))

    @property
    def is_empty(self) -> bool:
        return not any((self.name.data, self.sort_name.data, self.affiliation.data, self.orcid.data))


class Rows(FieldList):
    """A list whose rows are numbered by plain, short numbers: the stock one fails on "²" and on 5,000 digits."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            number = name[len(prefix) + 1 :].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""
            if len(number) < 5 and number.isascii() and number.isdigit():
                yield int(number)


class ReportForm(BaseForm):
    """The record of a report. Nothing is needed to save it; what is written must be well-formed."""

    version = HiddenField()
    title = StringField(_l("Title"), [Optional(), length("title")])
    kind = SelectField(_l("Type"))
    authors = Rows(FormField(AuthorForm), _l("Authors, in order"), max_entries=MOST_ROWS)
    abstract = TextAreaField(
        _l("Abstract"), [Optional(), Length(max=ABSTRACT_LENGTH)], description=MARKDOWN_HINT, render_kw={"rows": 8}
    )
    language = SelectField(_l("Language"))
    published_on = PartialDateField(
        _l("Date of publication"), [Optional()], description=_l("2026, 2026-09 or 2026-09-30")
    )
    publisher = StringField(
        _l("Publisher"), [Optional(), length("publisher")], description=_l("Several: separate them with “;”.")
    )
    licence = SelectField(_l("Licence"), description=_l("What readers may do with it."))
    upload = FileField(_l("File"), [Optional()], description=_l("PDF, Word, EPUB or another accepted kind."))
    remove_file = BooleanField(_l("Remove this file"), default=False)
    website = StringField(_l("Address where it appeared"), [Optional(), checked(website), length("website")])
    doi = StringField(_l("DOI"), [Optional(), checked(normal_doi)])
    isbn = StringField(_l("ISBN"), [Optional(), checked(normal_isbn)])
    issn = StringField(_l("ISSN (print)"), [Optional(), checked(normal_issn)])
    issn_online = StringField(_l("ISSN (online)"), [Optional(), checked(normal_issn)])
    series = StringField(_l("Series, journal or book"), [Optional(), length("series")])
    number = StringField(_l("Number in the series"), [Optional(), length("number")])
    place = StringField(_l("Place of publication"), [Optional(), length("place")])
    editors = StringField(_l("Editors, as printed"), [Optional(), length("editors")])
    kind_as_printed = StringField(_l("Type, as printed"), [Optional(), length("kind_as_printed")])
    pages = IntegerField(_l("Pages"), [Optional(), NumberRange(min=1, max=20_000)])
    other_languages = CheckboxesField(_l("It also appeared in"))
    suggested_citation = TextAreaField(
        _l("Citation, as the publisher wants it"),
        [Optional(), Length(max=2000)],
        description=_l("Left empty, it is made from these details."),
        render_kw={"rows": 2},
    )
    funding = TextAreaField(_l("Funding statement"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    disclaimer = TextAreaField(_l("Disclaimer"), [Optional(), Length(max=2000)], render_kw={"rows": 2})
    reviewers = StringField(_l("Reviewers, as printed"), [Optional(), length("reviewers")])
    handle = StringField(_l("Handle"), [Optional(), length("handle")])
    notes = TextAreaField(
        _l("Notes"),
        [Optional(), Length(max=ABSTRACT_LENGTH)],
        description=_l("Only those who take part and the coordinators read them."),
        render_kw={"rows": 3},
    )

    def __init__(self, *, report: Report, people: list[tuple[int, str]]) -> None:
        super().__init__(obj=_Shown(report))
        self.people = people
        self.kind.choices = choices(KIND_LABELS.items())
        self.licence.choices = choices(LICENCES.items(), blank=_("not chosen"))
        self.language.choices = choices(_with(languages.choices(), [report.language]), blank=_("not chosen"))
        interface = [(tag, language_name(tag)) for tag in i18n.LANGUAGES]
        self.other_languages.choices = choices(_with(interface, report.other_languages or []))
        self._offer_people()

    def _offer_people(self) -> None:
        for row in self.authors:
            row.form.person.choices = choices(self.people, blank=_("nobody"))

    def arrange(self, command: str) -> None:
        """Obey a button of the list of authors ("add", "up-2", "down-0", "remove-1"), keeping what was typed."""
        rows = [{name: field.data for name, field in row.form._fields.items()} for row in self.authors]
        verb, _dash, place = command.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if verb == "add" and len(rows) < MOST_AUTHORS:
            rows.append({})
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in ("up", "down"):
            other = at + (1 if verb == "down" else -1)
            if 0 <= at < len(rows) and 0 <= other < len(rows):
                rows[at], rows[other] = rows[other], rows[at]
        while self.authors.entries:
            self.authors.pop_entry()
        for row in rows:
            self.authors.append_entry(row)
        self._offer_people()

    def author_rows(self) -> list[dict[str, Any]]:
        """The authors as `reports.actions.set_authors` takes them."""
        return [
            {
                "name": row.form.name.data or "",
                "sort_name": row.form.sort_name.data or "",
                "affiliation": row.form.affiliation.data or "",
                "has_no_affiliation": row.form.has_no_affiliation.data,
                "orcid": row.form.orcid.data or "",
                "is_corresponding": row.form.is_corresponding.data,
                "contributed_equally": row.form.contributed_equally.data,
                "person_id": row_number(row.form.person.data) if _holds(row.form.person) else None,
            }
            for row in self.authors
            if not row.form.is_empty
        ]

    def validate_authors(self, field: FieldList) -> None:
        if len(field.entries) > MOST_AUTHORS:
            raise ValidationError(_("A report names at most %(count)s authors.", count=MOST_AUTHORS))
        nameless = [row.form for row in field if not row.form.is_empty and not row.form.name.data]
        for form in nameless:
            form.name.errors = [*form.name.errors, _("Every author needs a name.")]
        if nameless:
            raise ValidationError(_("Every author needs a name."))

    def fields(self) -> dict[str, Any]:
        """The values of the record, as `reports.actions.change_report` takes them."""
        record = {name: self[name].data for name in sorted(FIELDS)}
        texts = {name: value or "" for name, value in record.items() if isinstance(self[name], StringField)}
        return {
            **record,
            **texts,
            "published_on": self.published_on.data,
            "kind": ReportKind(self.kind.data) if _holds(self.kind) else None,
        }


class PublishForm(BaseForm):
    """What the lead confirms when publishing. `seen`: the versions that were on the page."""

    seen = HiddenField()
    attested = BooleanField(
        _l("Every author has approved this version and this order of authors."),
        [InputRequired(_l("Confirm this before publishing."))],
        default=False,
    )


class _Shown:
    """A report as the form shows it: the authors' persons as choices."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.authors = [
            {
                **{name: getattr(author, name) for name in AUTHOR_FIELDS},
                "person": str(author.person_id or ""),
            }
            for author in report.authors
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._report, name)


def _holds(field: Any) -> bool:
    """Whether something was chosen that is on offer. A form with errors is compared with the record too."""
    return bool(field.data) and not field.errors


def _with(offered: list[tuple[str, str]], held: list[str]) -> list[tuple[str, str]]:
    """The choices, and what the record holds beside them."""
    known = dict(offered)
    return offered + [(tag, language_name(tag)) for tag in held if tag and tag not in known]
