import re
from collections.abc import Iterable
from typing import Any

from wtforms import FileField, HiddenField, SelectField
from wtforms.validators import ValidationError

from tracker.forms import BaseForm, choices
from tracker.i18n import _, _l
from tracker.imports.outcome import Unreadable
from tracker.imports.reading import MOST_BYTES, text_of
from tracker.institutions.models import Network


class NetworkChoice(BaseForm):
    """Which network the rows belong to; none is a choice too."""

    network = SelectField(
        _l("Network"),
        description=_l("Institutions become its members. Projects belong to it, unless their source names another."),
    )

    def __init__(self, *, networks: Iterable[Network], **kwargs: Any) -> None:
        self.networks = {str(network.id): network for network in networks}
        super().__init__(**kwargs)
        pairs = [(key, network.name) for key, network in self.networks.items()]
        self.network.choices = choices(pairs, blank=_("No network"))

    @property
    def chosen(self) -> Network | None:
        return self.networks.get(self.network.data or "")


class UploadForm(NetworkChoice):
    """A file to look at."""

    upload = FileField(
        _l("File"),
        description=_l("Institutions as CSV, projects as JSON; UTF-8, at most 5 MB."),
        render_kw={"accept": ".csv,.json,text/csv,application/json"},
    )

    def validate_upload(self, field: FileField) -> None:
        """Read it once: `content` is its bytes."""
        self.content = b""
        if not hasattr(field.data, "read") or not field.data.filename:
            raise ValidationError(_("Choose a file."))
        self.content = field.data.read(MOST_BYTES + 1)
        try:
            text_of(self.content)
        except Unreadable as error:
            raise ValidationError(str(error)) from error


class ConfirmForm(NetworkChoice):
    """Apply the file that was looked at: its digest, and the digest of the result that was shown."""

    sha256 = HiddenField()
    seen = HiddenField()

    def validate_sha256(self, field: HiddenField) -> None:
        if not re.fullmatch("[0-9a-f]{64}", field.data or ""):
            raise ValidationError(_("Upload the file again."))
