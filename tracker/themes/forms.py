from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker import goals
from tracker.forms import MARKDOWN_HINT, BaseForm, CheckboxesField, choices, row_number
from tracker.i18n import _, _l
from tracker.themes.models import Theme

NAME_LENGTH = Theme.name.property.columns[0].type.length


class ThemeForm(BaseForm):
    """A theme of the agenda."""

    version = HiddenField()
    name = StringField(_l("Name"), [InputRequired(_l("Write the name.")), Length(max=NAME_LENGTH)])
    parent = SelectField(_l("Part of"), [Optional()])
    position = IntegerField(
        _l("Place among its neighbours"),
        [Optional(), NumberRange(min=0, max=1000)],
        description=_l("Smaller numbers come first; equal ones are sorted by name."),
    )
    description = TextAreaField(
        _l("Description"),
        [Optional(), Length(max=20_000)],
        description=MARKDOWN_HINT,
        render_kw={"rows": 6},
    )
    goals = CheckboxesField(_l("Sustainable Development Goals"), [Optional()], coerce=row_number)

    def __init__(self, *, parents: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parent.choices = choices(parents, blank=_("nothing: it stands at the top"))
        self.goals.choices = choices((number, f"{number}. {name}") for number, name in goals.GOALS.items())
