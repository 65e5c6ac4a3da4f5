from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tracker import languages
from tracker.forms import MARKDOWN_HINT, BaseForm, choices
from tracker.i18n import _l
from tracker.tables.actions import LONGEST_TEXT
from tracker.tables.models import Snapshot


class BoardTextForm(BaseForm):
    """The text above the printed tables."""

    version = HiddenField()
    text = TextAreaField(
        _l("Your text"),
        [Optional(), Length(max=LONGEST_TEXT, message=_l("This is longer than a cover holds. Please shorten it."))],
        description=MARKDOWN_HINT,
        render_kw={"rows": 12},
    )
    language = SelectField(_l("Language you write in"), id="text-language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = choices(languages.choices())


class KeepForm(BaseForm):
    """A name for figures that are kept."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Give it a name, so that you find it again.")),
            Length(max=Snapshot.name.type.length, message=_l("This name is too long.")),
        ],
        description=_l("For example the meeting that the figures are for."),
    )
