from typing import Any

from wtforms import FileField
from wtforms.validators import ValidationError

from tracker.bibliographies.fields import LABELS
from tracker.forms import BaseForm, CheckboxesField, choices
from tracker.i18n import _, _l


class BringForm(BaseForm):
    """A file of records."""

    upload = FileField(_l("File"), description=_l("BibTeX (.bib), RIS (.ris) or CSL-JSON (.json), at most 10 MB."))

    def validate_upload(self, field: FileField) -> None:
        if not getattr(field.data, "filename", ""):
            raise ValidationError(_("Choose a file."))


class TakeForm(BaseForm):
    """Which parts of a record go into the report."""

    names = CheckboxesField(_l("What to take over"))

    def __init__(self, *, offered: list[str], chosen: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names.choices = choices((name, LABELS[name]) for name in offered)
        if self.names.data is None:
            self.names.data = chosen

    def validate_names(self, field: CheckboxesField) -> None:
        if not field.data:
            raise ValidationError(_("Choose at least one."))
