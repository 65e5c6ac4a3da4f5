from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from tracker.forms import BaseForm
from tracker.i18n import _l

WORDS_LENGTH = 2_000


class UnionForm(BaseForm):
    """A few words to the leads of the other project."""

    words = TextAreaField(
        _l("A few words to them"),
        [Optional(), Length(max=WORDS_LENGTH)],
        description=_l("Why the two belong together, and what you would bring."),
        render_kw={"rows": 4},
    )
