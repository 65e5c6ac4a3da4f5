"""What the page of one ask shows one reader. Made by the view, so that the template runs no SQL."""

from typing import Any

from tracker.access import actor
from tracker.asks import actions, addressees
from tracker.asks.forms import AnswerForm, form_for
from tracker.asks.kinds import KINDS, Choice, Field, FieldType, Shown, say, values_of
from tracker.asks.models import Answer, Ask
from tracker.asks.permissions import hand_on_ask, manage_ask
from tracker.asks.states import CLOSED, AskState
from tracker.dates import PartialDate
from tracker.i18n import format_day
from tracker.institutions.models import Person


class AskPage:
    """One ask for `person`, who follows a link (`token`) or is signed in. `people` can answer, if that is known."""

    def __init__(self, ask: Ask, person: Person, *, token: str = "", people: list[Person] | None = None) -> None:
        self.ask, self.person, self.token = ask, person, token
        self.kind = KINDS[ask.kind]
        self._subject: Any = None
        self.was_too_late = False
        self.since: list[tuple[str, Any, str]] = []  # what changed while the reader was reading
        self.people = addressees.people(ask) if people is None else people
        self.answers_for = addressees.answers_for(person, ask, self.people)
        # A link serves whoever holds it only where the kind allows that.
        self.needs_sign_in = bool(token) and not self.kind.is_forwardable and actor() is not person
        self.manages = not token and manage_ask(person, ask)
        self.coordinates = not token and ask.network_id in person.coordinated_ids
        self.hands_on = not token and self.kind.is_delegable and hand_on_ask(person, ask)
        delegate = ask.delegated_to
        self._knows_delegate = delegate is not None and delegate in addressees.known_there(ask)
        self._look()

    def _look(self) -> None:
        self._subject = subject = self.kind.load(self.ask.subject_id, lock=False)
        # What was taken back is nobody's business any more, and on SQLite its number may be another row's by now.
        is_over = subject is None or self.ask.state in CLOSED
        self.shown: Shown = Shown() if is_over else self.kind.shows(subject)
        self.is_gone = subject is None and self.ask.is_open
        self.version = "" if is_over or self.kind.version is None else self.kind.version(subject)  # of what is shown
        self.answer: Answer | None = self.ask.answer
        given = self.kind.choice(self.ask.choice)
        self.said = self.say(given.said) if given is not None else ""
        self.given = self._given(given)
        self.choices = (
            [] if subject is None else [known for known in self.kind.choices if self._is_open(known, subject)]
        )
        if not (self.ask.is_open or self.choices or self.manages):
            self.shown = Shown(path=self.shown.path)  # decided: what became of it since is for its readers
        self._sent: tuple[Choice, AnswerForm] | None = None

    def _is_open(self, choice: Choice, subject: Any) -> bool:
        if not self.may_give(choice):
            return False
        if self.ask.is_open:
            return True
        answered = self.ask.state is AskState.ANSWERED
        return answered and actions.may_change(self.ask, self.kind, choice.name, subject, self.person)

    def may_give(self, choice: Choice) -> bool:
        """Whether this reader, come in this way, may give this answer at all."""
        return self.answers_for and (choice.by_any_link or not self.needs_sign_in)

    def _given(self, choice: Choice | None) -> list[tuple[str, str | list[str]]]:
        """What went with the answer that stands, as (label, words)."""
        if choice is None or self.answer is None:
            return []
        kept = {known: self.answer.values.get(known.name) for known in choice.fields}
        return [(str(known.label), _readable(known, value, self._subject)) for known, value in kept.items() if value]

    def refresh(self) -> None:
        """Look again, after somebody else was quicker."""
        self._look()

    def has_changed(self, version: str) -> bool:
        """Whether something else is asked by now than what was shown; then the page says what changed since."""
        sent = self._sent
        self._look()
        self._sent = sent  # what was typed stays
        if self.kind.version is None or self._subject is None or not self.ask.is_open or self.version == version:
            return False
        self.since = self.kind.since(self._subject, version)
        return True

    @property
    def path(self) -> str:
        """The address of this page for this reader."""
        return f"/a/{self.token}" if self.token else self.ask.path

    @property
    def question(self) -> str:
        return self.say(self.kind.question)

    @property
    def meaning(self) -> str:
        return self.say(self.kind.meaning)

    def say(self, sentence: Any) -> str:
        """A sentence of the kind with the names of this ask."""
        ask = self.ask
        return say(sentence, values_of(ask.details, by=ask.asked_by_name, whose=ask.addressee_name))

    @property
    def simple(self) -> list[Choice]:
        """The answers that a button alone gives; they share one form."""
        return [choice for choice in self.choices if choice.is_simple]

    @property
    def longer(self) -> list[Choice]:
        """The answers that need a date or words first."""
        return [choice for choice in self.choices if not choice.is_simple and not choice.elsewhere]

    @property
    def elsewhere(self) -> list[tuple[Choice, str]]:
        """The answers that are given on a page of their own, with its address."""
        return [
            (choice, choice.elsewhere % {"token": self.token, "ask": self.ask.id, "page": self.path})
            for choice in self.choices
            if choice.elsewhere
        ]

    def form_of(self, choice: Choice, *, is_sent: bool = False) -> AnswerForm:
        """The form that holds a choice's fields: as it was sent, or with its defaults."""
        if self._sent is not None and (choice is self._sent[0] or (choice.is_simple and self._sent[0].is_simple)):
            return self._sent[1]
        form = (
            form_for(self.simple or [choice], self._subject, is_sent=is_sent)
            if choice.is_simple
            else form_for([choice], self._subject, is_sent=is_sent, prefix=choice.name)
        )
        if is_sent:
            self._sent = (choice, form)
        return form

    def is_sound(self, choice: Choice, form: AnswerForm) -> bool:
        """Whether the form that was sent can be taken; what is wrong then stands beside its fields."""
        if not form.validate():
            return False
        values = form.values(choice)
        if self._subject is None or actions.stands(self.ask, choice.name, values):
            return True
        problems = choice.check(self._subject, values)
        for name, sentence in problems.items():
            form[name].errors = [sentence]
        return not problems

    @property
    def problem_form(self) -> AnswerForm | None:
        """The form that was sent and has errors."""
        return self._sent[1] if self._sent and self._sent[1].errors else None

    def is_sent(self, choice: Choice) -> bool:
        """Whether this is the answer that was just tried."""
        return self._sent is not None and self._sent[0] is choice

    @property
    def seen(self) -> int:
        """How many answers the page shows or has replaced: what its reader knows of."""
        return len(self.ask.answers)

    @property
    def others(self) -> list[str]:
        """Who else can answer, by name; not the name behind an address that somebody typed. Whoever it was only handed
        to, perhaps from elsewhere, learns no names.
        """
        if self.person.id == self.ask.delegated_to_id and not self._knows_delegate:
            return []
        others = [known for known in self.people if known.id != self.person.id]
        return [known.name for known in others if known.id != self.ask.delegated_to_id or self._knows_delegate]


def _readable(known: Field, value: Any, subject: Any) -> str | list[str]:
    names = known.names_for(subject) if subject is not None else {}
    if known.type is FieldType.SEVERAL_OF:
        return [str(names.get(each, each)) for each in value]
    if known.type is FieldType.ONE_OF:
        return str(names.get(value, value))
    if known.type is FieldType.DAY:
        return format_day(PartialDate.parse(value))
    return value
