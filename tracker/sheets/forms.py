from typing import Any

from wtforms import FileField
from wtforms.validators import ValidationError

from tracker.forms import BaseForm
from tracker.i18n import _, _l


class WorkbookForm(BaseForm):
    """A filled-in workbook to look at."""

    upload = FileField(
        _l("The workbook you filled in"),
        description=_l("The .xlsx file that you downloaded here, at most 10 MB."),
        render_kw={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    )

    def validate_upload(self, field: FileField) -> None:
        if not hasattr(field.data, "read") or not field.data.filename:
            raise ValidationError(_("Choose a file."))

    @property
    def file(self) -> Any:
        """The werkzeug FileStorage that was sent."""
        return self.upload.data
