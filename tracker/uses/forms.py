from collections.abc import Iterable
from typing import Any

from wtforms import FileField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from tracker import countries, languages
from tracker.dates import PartialDateField
from tracker.errors import RuleBroken
from tracker.forms import BaseForm, checked, choices, row_number
from tracker.i18n import _, _l
from tracker.identifiers import website
from tracker.milestones.actions import check_it_has_come
from tracker.uses.models import Use
from tracker.uses.states import USE_LABELS

WORDS_LENGTH = 2_000
LINK_LENGTH = Use.link.property.columns[0].type.length


class UseForm(BaseForm):
    """How a report was used. One of words, link and file is enough beside the kind and the day."""

    kind = SelectField(_l("How was it used?"), [InputRequired()])
    on = PartialDateField(_l("When?"), [InputRequired()], description=_l("2026, 2026-09 or 2026-09-30"))
    words = TextAreaField(
        _l("In a few words"),
        [Length(max=WORDS_LENGTH)],  # not Optional: that would end the checks of an empty field
        description=_l("“The Ministry of Water quotes it in its plan, page 12.”"),
        render_kw={"rows": 3},
    )
    link = StringField(_l("Link"), [Optional(), checked(website), Length(max=LINK_LENGTH)])
    upload = FileField(_l("File"), [Optional()], description=_l("A letter, a page of a newspaper: PDF, Word, picture."))
    country = SelectField(_l("In which country?"))
    language = SelectField(_l("Language you write in"))
    institution = SelectField(_l("Who says so?"))

    def __init__(self, *, institutions: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = choices(USE_LABELS.items(), blank=_("Choose one"))
        self.country.choices = choices(countries.choices(), blank=_("not said"))
        self.language.choices = choices(languages.choices())
        offered = list(institutions)
        self.institution.choices = choices(offered)
        self.only_institution = offered[0][0] if len(offered) == 1 else None
        if len(offered) < 2:
            del self.institution

    def validate_on(self, field: PartialDateField) -> None:
        if field.data is None:
            return
        try:
            check_it_has_come(field.data)
        except RuleBroken as error:
            raise ValidationError(str(error)) from error

    def validate_words(self, field: TextAreaField) -> None:
        if not (field.data or self.link.data or self.has_file):
            raise ValidationError(_("Say it in words, or give a link or a file."))

    @property
    def has_file(self) -> bool:
        """A browser sends an empty file where none was chosen."""
        return bool(getattr(self.upload.data, "filename", ""))

    @property
    def institution_id(self) -> int | None:
        return row_number(self.institution.data) if self.institution else self.only_institution
