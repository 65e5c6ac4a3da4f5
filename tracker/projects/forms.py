from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from tracker import goals, languages
from tracker.dates import PartialDateField
from tracker.forms import BaseForm, CheckboxesField, CountriesField, checked, choices, row_number
from tracker.i18n import _, _l
from tracker.identifiers import website
from tracker.projects.models import Project
from tracker.projects.states import FUNDER_LABELS

TITLE_LENGTH = Project.title.property.columns[0].type.length
NARRATIVE_LENGTH = 20_000


def narrative(label: Any, description: Any, rows: int = 5) -> TextAreaField:
    """A question answered in words."""
    return TextAreaField(
        label, [Optional(), Length(max=NARRATIVE_LENGTH)], description=description, render_kw={"rows": rows}
    )


class ProposalForm(BaseForm):
    """The five fields a study starts with. None is needed to save a draft."""

    title = StringField(
        _l("Title"),
        [Optional(), Length(max=TITLE_LENGTH)],
        description=_l("A working title is fine; it can change until the report is published."),
    )
    question = narrative(
        _l("What question does the project answer?"),
        _l("Two or three sentences. You can use **bold**, - lists and [links](https://example.org)."),
        4,
    )
    why_now = narrative(_l("Why does it matter now?"), _l("Who is waiting for the answer, and what could change?"), 4)
    themes = CheckboxesField(_l("Themes"), coerce=row_number)
    countries = CountriesField(
        _l("Countries studied"),
        [Optional()],
        description=_l("Their names, with commas: “Bangladesh, Peru”. Not necessarily the partners’ countries."),
    )
    language = SelectField(_l("Language you write in"))

    def __init__(self, *, theme_choices: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.themes.choices = choices(theme_choices)
        self.language.choices = choices(languages.choices())


class NewProjectForm(ProposalForm):
    """A new draft also says who leads it, where there is a choice."""

    lead = SelectField(_l("Who proposes it?"))

    def __init__(self, *, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lead.choices = choices(places)
        if len(places) == 1:
            del self.lead

    def validate_title(self, field: StringField) -> None:
        if not field.data and not self.question.data and not self.why_now.data:
            raise ValidationError(_("Write a title or a question, so that there is something to save."))


class ProjectForm(ProposalForm):
    """Everything that is written about a project. Nothing here is needed to save."""

    version = HiddenField()
    title_is_description = BooleanField(
        _l("This is a description: the official title is not known or not decided"), default=False
    )
    summary = narrative(_l("Summary for readers"), _l("What anybody should know about this project."))
    method = narrative(_l("How will you find out?"), _l("Data, fieldwork, comparison: in plain words."))
    funding = narrative(_l("Who pays for it?"), _l("In words. “Own resources” is a good answer."), 3)
    funder_kinds = CheckboxesField(_l("What kind of funder is that?"), coerce=str)
    notes = narrative(_l("Notes"), _l("Only those who take part and the coordinators read them."), 3)
    goals = CheckboxesField(_l("Sustainable Development Goals"), coerce=row_number)
    working_language = SelectField(_l("Language you work in together"))
    starts_on = PartialDateField(_l("Start date"), [Optional()], description=_l("2026, 2026-09 or 2026-09-30"))
    ends_on = PartialDateField(_l("End date"), [Optional()], description=_l("2027, 2027-09 or 2027-09-30"))
    website = StringField(_l("Website"), [Optional(), checked(website), Length(max=500)])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.goals.choices = choices((number, f"{number}. {name}") for number, name in goals.GOALS.items())
        self.funder_kinds.choices = choices((kind.value, label) for kind, label in FUNDER_LABELS.items())
        self.working_language.choices = choices(languages.choices(), blank=_("not decided"))

    def validate_ends_on(self, field: PartialDateField) -> None:
        start = self.starts_on.data
        if start and field.data and field.data.last_day < start.first_day:
            raise ValidationError(_("The end lies before the start."))


class ReasonForm(BaseForm):
    """Why a step is taken."""

    reason = TextAreaField(_l("Why?"), [Optional(), Length(max=2000)], render_kw={"rows": 3})
