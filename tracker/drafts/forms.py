from typing import Any

from wtforms import FileField, SelectField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from tracker import documents, languages
from tracker.documents import Kind
from tracker.files import safe_name
from tracker.forms import BaseForm, choices
from tracker.i18n import _, _l, language_name

NOTE_LENGTH = 2000


class DraftForm(BaseForm):
    """The next draft as a file."""

    upload = FileField(
        _l("File"),
        description=_l("Word (.docx), ODT, Markdown (.md) or PDF. A PDF is not shown in the page, nor compared."),
        render_kw={"accept": ",".join(f".{kind}" for kind in Kind)},
    )
    note = TextAreaField(
        _l("What is new in it?"),
        [Optional(), Length(max=NOTE_LENGTH)],
        description=_l("In a sentence or two, for those who read the one before."),
        render_kw={"rows": 3},
    )
    language = SelectField(_l("Language"))

    def __init__(self, *, language: str) -> None:
        super().__init__(language=language or "en")
        offered = languages.choices()
        if language and language not in dict(offered):
            offered = [*offered, (language, language_name(language))]
        self.language.choices = choices(offered)

    def validate_upload(self, field: Any) -> None:
        name = safe_name(getattr(field.data, "filename", "") or "")
        if not name:
            raise ValidationError(_("Choose a file."))
        try:
            documents.kind_of(name, field.data.stream)
        except documents.Unreadable as error:
            raise ValidationError(str(error)) from error
