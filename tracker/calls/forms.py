from typing import Any

from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tracker.calls.actions import problems_with
from tracker.calls.models import LENGTH, Call
from tracker.forms import BaseForm, choices
from tracker.i18n import _, _l, language, language_name, offered


class DatesForm(BaseForm):
    opens_on = DateField(
        _l("Opens on"),
        [Optional()],
        description=_l("Left empty: it is open as soon as the project looks for partners."),
    )
    questions_until = DateField(
        _l("Questions until"), [Optional()], description=_l("Left empty: as long as the call is open.")
    )
    closes_on = DateField(
        _l("Offers until"),
        [Optional()],
        description=_l("The call closes by itself after this day. Left empty: it stays open until the project starts."),
    )

    def __init__(self, *, call: Call | None) -> None:
        super().__init__(obj=call)
        self.call = call

    def validate(self, extra_validators: Any = None) -> bool:
        """What the rule says of the days stands beside their fields."""
        if not super().validate(extra_validators):
            return False
        problems = problems_with(self.call, **self.days)
        for name, sentence in problems.items():
            self[name].errors = [sentence]
        return not problems

    @property
    def days(self) -> dict[str, Any]:
        """The three days, by the names of a call."""
        return {name: self[name].data for name in ("opens_on", "questions_until", "closes_on")}


class QuestionForm(BaseForm):
    institution = SelectField(_l("In whose name?"), [InputRequired(_l("Choose an institution."))])
    text = TextAreaField(
        _l("Your question"),
        [InputRequired(_l("Write your question.")), Length(max=LENGTH)],
        render_kw={"rows": 4},
    )
    language = SelectField(_l("Language of the question"))

    def __init__(self, *, institutions: list[tuple[int, str]], languages: list[str]) -> None:
        """`languages` are those of the project; the reader's own is chosen at first."""
        super().__init__(language=language())
        is_alone = len(institutions) == 1
        self.institution.choices = choices(institutions, blank=None if is_alone else _("Choose …"))
        if is_alone:  # a list that must be chosen from begins with nothing, and here is nothing to choose
            self.institution.flags.required = False
        tags = dict.fromkeys([*offered(), *(tag for tag in languages if tag)])
        self.language.choices = choices((tag, language_name(tag)) for tag in tags)
