from typing import Any

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tracker import languages
from tracker.checkins.actions import check_move, check_pair
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.dates import PartialDateField
from tracker.errors import RuleBroken
from tracker.forms import BaseForm, CheckboxesField, choices
from tracker.i18n import _, _l
from tracker.milestones.models import Milestone
from tracker.milestones.states import REASON_LABELS, DelayReason

WORDS_LENGTH = 2000
GOING = {
    Going.ON_TRACK: _l("On track"),
    Going.SLOWER: _l("Slower, because of what I choose below"),
    Going.HELP: _l("We need help"),
}


class MonthForm(BaseForm):
    """How it is going, in one answer and a paragraph, with what follows from it for the plan."""

    version = HiddenField()
    going = RadioField(_l("How is it going?"), [InputRequired(_l("Choose one of the three."))])
    words = TextAreaField(
        _l("A few words"),
        [Optional(), Length(max=WORDS_LENGTH)],
        description=_l("In your own language. Those who take part and the coordinators read this."),
        render_kw={"rows": 4},
    )
    language = SelectField(_l("Language you write in"))
    done = CheckboxesField(_l("Is any of these done?"), [Optional()])
    reason = SelectField(_l("If it is slower: what is the reason?"), [Optional()])
    milestone = SelectField(_l("Does a milestone get a new date?"), [Optional()])
    due = PartialDateField(_l("Its new date"), [Optional()], description=_l("2026-09-30, or 2026-09"))

    def __init__(self, *, milestones: list[Milestone], check_in: CheckIn | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._milestones, self._check_in = {str(known.id): known for known in milestones}, check_in
        named = [(known.id, known.name) for known in milestones]
        self.going.choices = choices(GOING.items())
        self.language.choices = choices(languages.choices())
        self.reason.choices = choices(REASON_LABELS.items(), blank=_("Choose one"))
        self.done.choices = choices(named)
        self.milestone.choices = choices(named, blank=_("none"))
        if not milestones:
            del self.done, self.milestone, self.due

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then what they say together; errors stand beside the field to change."""
        if not super().validate(extra_validators):
            return False
        problems = self._problems()
        for name, sentence in problems.items():
            self[name].errors = [sentence]
        return not problems

    def _problems(self) -> dict[str, str]:
        going = self.chosen_going
        if going is Going.HELP and not self.words.data:
            return {"words": _("Say what would help.")}
        if going is Going.SLOWER and not self.reason.data:
            return {"reason": _("Say why it goes slower.")}
        milestone, due = self.chosen_milestone, self.chosen_due
        if going is not Going.SLOWER and (milestone or due):
            return {"going": _("A new date goes with the answer “slower”.")}
        try:
            check_pair(milestone, due)
            if milestone is not None and due is not None:
                check_move(self._check_in, milestone, due)
        except RuleBroken as error:
            return {"due" if milestone else "milestone": str(error)}
        return {}

    @property
    def chosen_going(self) -> Going:
        return Going(self.going.data)

    @property
    def chosen_reason(self) -> DelayReason | None:
        is_slower = self.chosen_going is Going.SLOWER and self.reason.data
        return DelayReason(self.reason.data) if is_slower else None

    @property
    def chosen_milestone(self) -> Milestone | None:
        return self._milestones.get(self.milestone.data or "") if self.milestone else None

    @property
    def chosen_due(self) -> Any:
        """A PartialDate or None."""
        return self.due.data if self.due else None

    @property
    def ticked(self) -> list[Milestone]:
        """The milestones that are done."""
        return [self._milestones[number] for number in self.done.data or ()] if self.done else []
