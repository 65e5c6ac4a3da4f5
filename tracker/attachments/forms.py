from typing import Any

from wtforms import MultipleFileField
from wtforms.validators import ValidationError

from tracker.forms import BaseForm
from tracker.i18n import _, _l
from tracker.milestones.forms import MOST_FILES


class FilesForm(BaseForm):
    """One or several files."""

    files = MultipleFileField(_l("Files"))

    def validate_files(self, field: MultipleFileField) -> None:
        if not self.uploads:
            raise ValidationError(_("Choose a file."))
        if len(self.uploads) > MOST_FILES:
            raise ValidationError(_("Send at most %(count)s files at once.", count=MOST_FILES))

    @property
    def uploads(self) -> list[Any]:
        """The files that were sent; a browser sends an empty one where none was chosen."""
        return [upload for upload in self.files.data or [] if getattr(upload, "filename", "")]
