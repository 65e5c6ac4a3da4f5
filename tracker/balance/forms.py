from typing import Any

from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from tracker.balance.actions import LONGEST_WORDS, MOST
from tracker.forms import BaseForm
from tracker.i18n import _l


def _number(label: Any, name: str, hint: Any = "") -> IntegerField:
    most = MOST[name]
    within = NumberRange(1, most, _l("Give a whole number from 1 to %(most)s, or leave it empty.", most=str(most)))
    # An id of its own: that of the choice of language on every page is "languages".
    shown = {"min": 1, "max": most}
    return IntegerField(label, [Optional(), within], id=f"wish-{name}", description=hint, render_kw=shown)


class WishForm(BaseForm):
    """What a network wishes of the partners of a project; every field may stay empty."""

    version = HiddenField()
    institutions = _number(_l("At least this many institutions"), "institutions")
    countries = _number(_l("At least this many countries"), "countries")
    regions = _number(
        _l("At least this many regions"), "regions", _l("Of the five: Africa, Americas, Asia, Europe, Oceania.")
    )
    languages = _number(_l("At least this many languages that they work in"), "languages")
    newcomers = _number(_l("At least this many institutions in their first project here"), "newcomers")
    largest_share = _number(
        _l("At most this share from one country"), "largest_share", _l("In percent: 50 means half of the institutions.")
    )
    words = TextAreaField(
        _l("What else you wish for"),
        [Optional(), Length(max=LONGEST_WORDS)],
        description=_l("For example: where it can, a project has young researchers in its team."),
        render_kw={"rows": 4},
    )

    def values(self) -> dict[str, Any]:
        """What was typed: a number or None by name, and the words."""
        return {**{name: self[name].data for name in MOST}, "words": self.words.data or ""}
