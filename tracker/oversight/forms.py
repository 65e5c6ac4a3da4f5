from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.forms import BaseForm, choices
from tracker.i18n import _, _l
from tracker.oversight.models import HealthLine, SavedView
from tracker.oversight.states import HEALTH_LABELS, Health

WORDS_LENGTH = HealthLine.words.property.columns[0].type.length
NAME_LENGTH = SavedView.name.property.columns[0].type.length
NOTE_LENGTH = 10_000


class HealthForm(BaseForm):
    """How a project stands, as a coordinator sees it."""

    health = RadioField(_l("How does it stand?"), [InputRequired(_l("Choose one."))])
    words = StringField(
        _l("In a few words"), [Length(max=WORDS_LENGTH)], description=_l("Needed unless it is on track.")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.health.choices = choices((known.value, label) for known, label in HEALTH_LABELS.items())

    def validate_words(self, field: Any) -> None:
        if not field.data and self.health.data not in (None, "", Health.ON_TRACK):
            raise ValidationError(_("Say in a few words what is the matter."))


class NoteForm(BaseForm):
    text = TextAreaField(_l("A new note"), [InputRequired(), Length(max=NOTE_LENGTH)], render_kw={"rows": 4})


class ViewForm(BaseForm):
    """A name for filters; what they are stands in hidden fields."""

    page = HiddenField()
    query = HiddenField()
    name = StringField(_l("Name"), [InputRequired(), Length(max=NAME_LENGTH)])

    def __init__(self, *, taken: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._taken = set(taken)

    def validate_name(self, field: Any) -> None:
        if field.data in self._taken:
            raise ValidationError(_("You keep filters under this name already. Choose another one."))
