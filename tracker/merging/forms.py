from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import InputRequired

from tracker.forms import BaseForm, choices
from tracker.i18n import _, _l
from tracker.institutions.models import Institution
from tracker.merging.fields import Compared


class MergeForm(BaseForm):
    """Which record to believe in each field where they differ, and that both are one institution."""

    versions = HiddenField()
    is_same = BooleanField(
        _l("They are the same institution"),
        [InputRequired(_l("Tick this when you are sure: it cannot be undone."))],
    )

    def chosen(self, differing: Iterable[Compared]) -> dict[str, int]:
        """By field: the id of the record to believe."""
        return {each.field.name: int(self[f"keep_{each.field.name}"].data) for each in differing}


def merge_form(one: Institution, other: Institution, differing: Iterable[Compared], **values: Any) -> MergeForm:
    """The form of these two: `differing` are the fields in which they differ."""
    radios: Mapping[str, Any] = {f"keep_{each.field.name}": _radio(each, one, other) for each in differing}
    made: type[MergeForm] = type("FormOfTwo", (MergeForm,), dict(radios))
    return made(**{"versions": versions_of(one, other), **values})


def versions_of(one: Institution, other: Institution) -> str:
    """What is compared: another text where either was saved since."""
    return "-".join(str(row.version) for row in sorted((one, other), key=lambda row: row.id))


def _radio(each: Compared, one: Institution, other: Institution) -> RadioField:
    return RadioField(
        each.field.label,
        [InputRequired(_l("Choose which one is right."))],
        choices=choices((row.id, each.texts[row.id] or _("(nothing)")) for row in (one, other)),
        default=str(each.suggested) if each.suggested else None,
        coerce=str,
    )
