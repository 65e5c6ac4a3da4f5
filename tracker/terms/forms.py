from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.forms import BaseForm
from tracker.i18n import _l


class TermsForm(BaseForm):
    text = TextAreaField(
        _l("Terms"),
        [InputRequired(_l("Write the terms first.")), Length(max=20_000)],
        description=_l("One page is enough. Change what does not fit; say it in your words."),
        render_kw={"rows": 20},
    )
