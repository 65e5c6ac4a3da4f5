"""The pages of a record that hold rows: authors, languages, files, related outputs."""

from types import SimpleNamespace
from typing import Any

from wtforms import BooleanField, FileField, FormField, RadioField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from tracker import i18n, languages
from tracker.forms import CheckboxesField, checked, choices, number_or_none, row_number
from tracker.i18n import _, _l, language_name
from tracker.identifiers import website
from tracker.reports.authors import AUTHOR_FIELDS, MOST_AUTHORS, doubles
from tracker.reports.forms import RecordForm, with_held
from tracker.reports.models import Report, ReportLink
from tracker.reports.row_forms import AuthorForm, FileRowForm, Rows, TextForm, choose, length
from tracker.reports.states import LINK_LABELS
from tracker.reports.texts import MOST_TEXTS
from tracker.reports.words import LABELS

MOST_ROWS = 300  # read from a form before it is told that there are too many authors
MOST_FURTHER = 10  # affiliations of one author


class AuthorsForm(RecordForm):
    """The authors in their order."""

    authors = Rows(FormField(AuthorForm), LABELS["authors"], max_entries=MOST_ROWS)

    def __init__(self, report: Report, people: list[tuple[int, str]]) -> None:
        self.people = people
        super().__init__(report, _Written(report))

    def offer(self) -> None:
        choose(self.authors, "person", choices(self.people, blank=_("nobody")))

    def arrange(self, command: str) -> None:
        """Obey a button of the list."""
        self.authors.arrange(command, most=MOST_AUTHORS)
        self.offer()

    def rows(self) -> list[dict[str, Any]]:
        """The authors as `reports.actions.set_authors` takes them."""
        return [
            {
                "name": row.form.name.data or "",
                "sort_name": row.form.sort_name.data or "",
                "affiliation": row.form.affiliation.data or "",
                "more": row.form.further,
                "has_no_affiliation": row.form.has_no_affiliation.data,
                "orcid": row.form.orcid.data or "",
                "is_corresponding": row.form.is_corresponding.data,
                "contributed_equally": row.form.contributed_equally.data,
                "person_id": row_number(row.form.person.data) if _holds(row.form.person) else None,
            }
            for row in self.authors
            if not row.form.is_empty
        ]

    def saved(self) -> dict[str, Any]:
        return {"authors": [_as_typed(author) for author in self.report.authors]}

    def typed(self) -> dict[str, Any]:
        return {"authors": self.rows()}

    def readable(self, name: str, value: Any) -> str:
        places = [
            (author["name"], "; ".join(filter(None, [author["affiliation"], *author["more"]]))) for author in value
        ]
        return "; ".join(f"{who} ({place})" if place else who for who, place in places) or _("(nothing)")

    def validate_authors(self, field: Rows) -> None:
        if len(field.entries) > MOST_AUTHORS:
            raise ValidationError(_("A report names at most %(count)s authors.", count=MOST_AUTHORS))
        written = [row.form for row in field if not row.form.is_empty]
        wrong = False
        for form, double in zip(written, doubles(self.rows()), strict=True):
            if not form.name.data:
                wrong = _beside(form.name, _("Every author needs a name."))
            if double.place and (double.is_certain or not form.is_namesake.data):
                sentence = _("This is author %(number)s once more.", number=double.place)
                if not double.is_certain:
                    sentence += " " + _("For a second institution, use “Further affiliations”.")
                wrong = _beside(form.name, sentence)
            if len(form.further) > MOST_FURTHER:
                wrong = _beside(form.more, _("At most %(count)s lines.", count=MOST_FURTHER))
            if any(len(line) > 300 for line in form.further):
                wrong = _beside(form.more, _("One of the lines is longer than 300 characters."))
        if wrong:
            raise ValidationError(_("Look at the authors once more."))


class LanguagesForm(RecordForm):
    """Titles and abstracts in further languages, and those in which the whole report appeared."""

    fields = ("other_languages",)

    other_languages = CheckboxesField(LABELS["other_languages"])
    texts = Rows(FormField(TextForm), LABELS["texts"], max_entries=MOST_TEXTS + 5)

    def __init__(self, report: Report) -> None:
        super().__init__(report, _Translated(report))

    def offer(self) -> None:
        interface = [(tag, language_name(tag)) for tag in i18n.LANGUAGES]
        self.other_languages.choices = choices(with_held(interface, self.report.other_languages or []))
        held = [text.language for text in self.report.texts]
        choose(self.texts, "language", choices(with_held(languages.choices(), held), blank=_("not chosen")))

    def arrange(self, command: str) -> None:
        """Obey a button of the list."""
        self.texts.arrange(command, most=MOST_TEXTS)
        self.offer()

    def rows(self) -> list[dict[str, Any]]:
        """The texts as `reports.texts.set_texts` takes them."""
        names = ("language", "title", "abstract", "is_checked")
        return [{name: row.form[name].data or "" for name in names} for row in self.texts if not row.form.is_empty]

    def stale(self) -> set[str]:
        """The languages whose text was made before the report's own title or abstract changed."""
        return {text.language for text in self.report.texts if text.is_stale}

    def saved(self) -> dict[str, Any]:
        texts = {text.language: [text.title, text.abstract] for text in self.report.texts}
        return {"other_languages": list(self.report.other_languages or []), "texts": texts}

    def typed(self) -> dict[str, Any]:
        texts = {row["language"]: [row["title"], row["abstract"]] for row in self.rows()}
        return {"other_languages": list(self.other_languages.data or []), "texts": texts}

    def readable(self, name: str, value: Any) -> str:
        if name != "texts":
            return super().readable(name, value)
        said = [f"{language_name(tag)}: {title}\n{abstract}".strip() for tag, (title, abstract) in value.items()]
        return "\n\n".join(said) or _("(nothing)")

    def validate_texts(self, field: Rows) -> None:
        seen: set[str] = set()
        wrong = False
        for form in (row.form for row in field if not row.form.is_empty):
            tag = form.language.data
            if not tag:
                wrong = _beside(form.language, _("Choose the language."))
            elif tag == self.report.language:
                wrong = _beside(form.language, _("This is the report’s own language. Its title is on the first page."))
            elif tag in seen:
                wrong = _beside(form.language, _("This language is here already. Put both together in one."))
            if not form.title.data:
                wrong = _beside(form.title, _("Write the title in this language."))
            seen.add(tag)
        if len(seen) > MOST_TEXTS:
            raise ValidationError(_("A report has at most %(count)s further languages.", count=MOST_TEXTS))
        if wrong:
            raise ValidationError(_("Look at the languages once more."))


class FilesForm(RecordForm):
    """The report itself: where it appeared, its main file, and further ones."""

    fields = ("website",)

    website = StringField(LABELS["website"], [Optional(), checked(website), length("website")])
    upload = FileField(_l("File"), [Optional()])
    remove_file = BooleanField(_l("Remove this file"), default=False)
    files = Rows(FormField(FileRowForm), _l("Further files"), max_entries=MOST_ROWS)
    more_upload = FileField(_l("One more file"), [Optional()])
    more_language = SelectField(_l("Its language"), default="")
    more_label = StringField(
        _l("What it is"), [Optional(), Length(max=200)], description=_l("Such as “Annex: the questionnaire”.")
    )

    def __init__(self, report: Report) -> None:
        super().__init__(report, _Filed(report))

    def offer(self) -> None:
        held = [self.report.language, *(each.language for each in self.report.brought_files)]
        offered = choices(with_held(languages.choices(), held), blank=_("not chosen"))
        self.more_language.choices = offered
        choose(self.files, "language", offered)

    def rows(self) -> list[dict[str, Any]]:
        """The further files as `reports.filing.set_files` takes them; one that was not sent stays as it is."""
        held = {row["id"]: row for row in self.saved()["files"]}
        sent = {}
        for form in (row.form for row in self.files):
            number = number_or_none(form.id.data)
            if number in held:
                sent[number] = {"id": number, "language": form.language.data or "", "label": form.label.data or ""}
        return [*sent.values(), *(row for number, row in held.items() if number not in sent)]

    def saved(self) -> dict[str, Any]:
        files = [{"id": each.id, "language": each.language, "label": each.label} for each in self.report.brought_files]
        return super().saved() | {"upload": self.report.file_id, "files": files}

    def typed(self) -> dict[str, Any]:
        return super().typed() | {"upload": self.report.file_id, "files": self.rows()}

    def readable(self, name: str, value: Any) -> str:
        if name != "files":
            return super().readable(name, value)
        names = {each.id: each.file.name for each in self.report.brought_files}
        lines = [" · ".join(filter(None, (names[each["id"]], each["label"]))) for each in value]
        return "\n".join(lines) or _("(nothing)")


class RelatedForm(RecordForm):
    """One more output that this one is a translation, a brief, a part … of."""

    kind = SelectField(_l("This report is the"))
    find = StringField(
        _l("Report in this library"),
        [Optional(), Length(max=500)],
        description=_l("Its address, its number, or words of its title."),
    )
    other = RadioField(_l("Which of these?"), validate_choice=False)
    title = StringField(_l("Or, if it is not here: its title"), [Optional(), length("title", ReportLink)])
    website = StringField(_l("Where it is found"), [Optional(), checked(website), length("website", ReportLink)])

    def __init__(self, report: Report) -> None:
        super().__init__(report, SimpleNamespace())  # nothing of it is filled in

    def offer(self) -> None:
        self.kind.choices = choices((kind.value, label) for kind, label in LINK_LABELS.items())
        self.other.choices = []

    def offer_reports(self, found: list[Report]) -> None:
        """Ask which of several reports is meant."""
        named = [(each.id, each.label, [author.name for author in each.authors][:3]) for each in found]
        self.other.choices = choices(
            (id, f"{title} ({', '.join(names)})" if names else title) for id, title, names in named
        )

    def saved(self) -> dict[str, Any]:
        return {"links": [[link.id, link.source_digest] for link in self.report.links]}

    def theirs(self) -> dict[str, str]:
        return {}

    def is_behind(self) -> bool:
        """Never: each link is added and removed by itself."""
        return False


class _Written:
    """A report's authors as rows: their persons as choices, further affiliations as lines."""

    def __init__(self, report: Report) -> None:
        rows = [_as_typed(author) for author in report.authors]
        self.authors = [
            {
                **{name: row[name] for name in AUTHOR_FIELDS},
                "more": "\n".join(row["more"]),
                "person": str(row["person_id"] or ""),
                "is_namesake": bool(double.place),
            }
            for row, double in zip(rows, doubles(rows), strict=True)
        ]


class _Translated:
    """A report's texts as rows; the first one waits to be filled."""

    def __init__(self, report: Report) -> None:
        self.other_languages = report.other_languages
        self.texts = [
            {"language": text.language, "title": text.title, "abstract": text.abstract} for text in report.texts
        ]


class _Filed:
    """A report's further files as rows."""

    def __init__(self, report: Report) -> None:
        self.website = report.website
        self.files = [
            {"id": str(each.id), "language": each.language, "label": each.label} for each in report.brought_files
        ]


def _as_typed(author: Any) -> dict[str, Any]:
    """A row of the table in the shape of AuthorsForm.rows."""
    values = {name: getattr(author, name) for name in AUTHOR_FIELDS}
    further = [each.printed for each in author.more_affiliations]
    return {**values, "more": further, "person_id": author.person_id}


def _beside(field: Any, sentence: str) -> bool:
    """Put a sentence beside a field, and say that there is something wrong."""
    field.errors = [*field.errors, sentence]
    return True


def _holds(field: Any) -> bool:
    """Whether something was chosen that is on offer. A form with errors is compared with the record too."""
    return bool(field.data) and not field.errors
