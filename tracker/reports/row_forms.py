"""The parts of a record that are lists: authors, languages, files, related outputs. Rows come and go by buttons."""

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from tracker.forms import BaseForm, checked
from tracker.i18n import _l
from tracker.identifiers import normal_orcid
from tracker.reports.models import Report, ReportAuthor, ReportFile, ReportText


def length(name: str, model: Any = Report) -> Length:
    """As much as the column holds."""
    return Length(max=model.__table__.c[name].type.length)


class Rows(FieldList):
    """A list whose rows are numbered by plain, short numbers: the stock one fails on "²" and on 5,000 digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "FieldList"  # as the page knows it, which links each error to its row

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            number = name[len(prefix) + 1 :].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""
            if len(number) < 5 and number.isascii() and number.isdigit():
                yield int(number)

    def arrange(self, command: str, *, most: int) -> None:
        """Obey a button of the list ("add", "up-2", "down-0", "remove-1"), keeping what was typed."""
        rows = [{name: field.data for name, field in row.form._fields.items()} for row in self]
        verb, _dash, place = command.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if verb == "add" and len(rows) < most:
            rows.append({})
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in ("up", "down"):
            other = at + (1 if verb == "down" else -1)
            if 0 <= at < len(rows) and 0 <= other < len(rows):
                rows[at], rows[other] = rows[other], rows[at]
        while self.entries:
            self.pop_entry()
        for row in rows:
            self.append_entry(row)


class PublisherForm(Form):
    """A publisher and its place."""

    Meta = BaseForm.Meta

    name = StringField(_l("Publisher"), [Optional(), length("publisher")])
    place = StringField(_l("Place"), [Optional(), length("place")])


class AuthorForm(Form):
    """One author. A row that is wholly empty is no author."""

    Meta = BaseForm.Meta

    name = StringField(_l("Name as printed"), [Optional(), length("name", ReportAuthor)])
    sort_name = StringField(
        _l("Family name, given name"),
        [Optional(), length("sort_name", ReportAuthor)],
        description=_l("For lists and citations. Leave it empty for an institution or a one-part name."),
    )
    affiliation = StringField(_l("Affiliation as printed"), [Optional(), length("affiliation", ReportAuthor)])
    more = TextAreaField(_l("Further affiliations, one a line"), [Optional(), Length(max=3000)], render_kw={"rows": 2})
    has_no_affiliation = BooleanField(_l("No affiliation"), default=False)
    orcid = StringField(_l("ORCID iD"), [Optional(), checked(normal_orcid)])
    is_corresponding = BooleanField(_l("Corresponding author"), default=False)
    contributed_equally = BooleanField(_l("Contributed equally"), default=False)
    person = SelectField(_l("Person on this site"))
    is_namesake = BooleanField(_l("This is another person of the same name"), default=False)

    @property
    def is_empty(self) -> bool:
        return not any((self.name.data, self.sort_name.data, self.affiliation.data, self.more.data, self.orcid.data))

    @property
    def further(self) -> list[str]:
        """The further affiliations, as printed."""
        return [line.strip() for line in (self.more.data or "").splitlines() if line.strip()]


class TextForm(Form):
    """A title and an abstract in one further language."""

    Meta = BaseForm.Meta

    language = SelectField(_l("Language"))
    title = StringField(_l("Title"), [Optional(), length("title", ReportText)])
    abstract = TextAreaField(_l("Abstract"), [Optional(), Length(max=20_000)], render_kw={"rows": 6})
    is_checked = BooleanField(_l("Still up to date: it says what the report says now"), default=False)

    @property
    def is_empty(self) -> bool:
        return not any((self.language.data, self.title.data, self.abstract.data))


class FileRowForm(Form):
    """A further file that is there already."""

    Meta = BaseForm.Meta

    id = HiddenField()
    language = SelectField(_l("Language"))
    label = StringField(_l("What it is"), [Optional(), length("label", ReportFile)])


def choose(rows: Rows, name: str, offered: Sequence[Any]) -> None:
    """Give each row's list of that name the same choices."""
    for row in rows:
        row.form[name].choices = list(offered)
