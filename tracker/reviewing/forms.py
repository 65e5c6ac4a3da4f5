from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from tracker import languages
from tracker.addresses import normal_email
from tracker.clock import today
from tracker.dates import earth_day
from tracker.forms import BaseForm, CheckboxesField, checked, choices, row_number
from tracker.i18n import _, _l
from tracker.reviewing.states import RECOMMENDATION_LABELS, REPLY_LABELS, Recommendation, Reply

WORDS_LENGTH = 4_000
COMMENT_LENGTH = 8_000
REVIEW_LENGTH = 40_000
OUTSIDERS = 4  # rows for people by name and address; more are asked later
LONGEST = timedelta(days=366)


class PeopleForm(BaseForm):
    """Whom to ask: people known here by ticking, others by name and address, a row each."""

    people = CheckboxesField(_l("People of the partners, and authors"), coerce=row_number)
    language = SelectField(_l("Language of the mail to these others"))

    def __init__(
        self, *, offered: Iterable[tuple[int, str]], languages: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.people.choices = choices(offered)
        self.language.choices = choices(languages)

    @property
    def rows(self) -> list[tuple[StringField, StringField]]:
        """The fields for name and address of each outsider."""
        return [(self[f"name_{number}"], self[f"email_{number}"]) for number in range(1, OUTSIDERS + 1)]

    @property
    def outsiders(self) -> list[tuple[str, str]]:
        """(name, normalised address) of those who were typed."""
        return [(name.data, email.data) for name, email in self.rows if name.data and email.data]

    def validate_people(self, field: CheckboxesField) -> None:
        if not field.data and not any(name.data or email.data for name, email in self.rows):
            raise ValidationError(_("Choose whom you ask."))

    def validate(self, extra_validators: Any = None) -> bool:
        """A name needs an address, and an address a name."""
        sound = super().validate(extra_validators)
        for name, email in self.rows:
            if name.data and not email.data and not email.errors:
                email.errors = [_("Write their address.")]
            elif email.data and not name.data:
                name.errors = [_("Write the name of the person.")]
            else:
                continue
            sound = False
        return sound


for _number in range(1, OUTSIDERS + 1):
    _of_person = {"autocomplete": "off"}
    setattr(PeopleForm, f"name_{_number}", StringField(_l("Name"), [Length(max=200)], render_kw=_of_person))
    setattr(
        PeopleForm,
        f"email_{_number}",
        StringField(
            _l("E-mail address"),
            [Length(max=254), checked(normal_email)],
            render_kw={"type": "email", "dir": "ltr", **_of_person},
        ),
    )


class RoundForm(PeopleForm):
    """Which draft is read until when, with what questions, named or not."""

    draft = SelectField(_l("Which draft?"), coerce=row_number)
    due_on = DateField(
        _l("Until when?"),
        [InputRequired(_l("Choose a day."))],
        description=_l("Until the end of this day anywhere on Earth. They are reminded before and after."),
    )
    note = TextAreaField(
        _l("What do you ask of them?"),
        [Length(max=WORDS_LENGTH)],
        description=_l("What they should look at, and what not. It goes into the mail and stands above the draft."),
        render_kw={"rows": 5},
    )
    with_questions = BooleanField(_l("Ask the questions of the network too"))
    hides_names = BooleanField(
        _l("Without names"),
        description=_l(
            "Reviews then stand under “Reviewer 1”, “Reviewer 2”. You see no more who has answered: only the"
            " coordinators do."
        ),
    )

    def __init__(self, *, drafts: Iterable[tuple[int, str]], has_questions: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.draft.choices = choices(drafts)
        if not has_questions:
            del self.with_questions

    def validate_due_on(self, field: DateField) -> None:
        if field.data and not earth_day() <= field.data <= today() + LONGEST:
            raise ValidationError(_("Choose a day within the next year."))


class CommentForm(BaseForm):
    """One comment. `was`: what it said when the page was made, to notice that it changed meanwhile."""

    comment = HiddenField()
    was = HiddenField()
    text = TextAreaField(
        _l("Your comment"),
        [InputRequired(_l("Write your comment first.")), Length(max=COMMENT_LENGTH)],
        render_kw={"rows": 5},
    )


class ReviewForm(BaseForm):
    """The review beside its comments: answers to the questions of the round, a recommendation, words."""

    version = HiddenField()
    recommendation = RadioField(_l("What do you recommend?"), [Optional()])
    words = TextAreaField(
        _l("On the whole"),
        [Length(max=REVIEW_LENGTH)],
        description=_l("What is strong, what is missing, what should change first."),
        render_kw={"rows": 8},
    )
    language = SelectField(_l("Language you write in"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.recommendation.choices = [("", _("I would rather not say")), *_labels(RECOMMENDATION_LABELS)]
        self.recommendation.validate_choice = True
        self.language.choices = choices(languages.choices())
        if self.recommendation.data in (None, "None"):
            self.recommendation.data = ""

    @property
    def questions(self) -> list[Any]:
        """The fields for the answers, in order."""
        return [field for field in self if field.name.startswith("answer_")]

    def values(self) -> dict[str, Any]:
        """What was written, as `reviewers.write` takes it."""
        chosen = self.recommendation.data
        return {
            "recommendation": Recommendation(chosen) if chosen else None,
            "answers": [field.data or "" for field in self.questions],
            "words": self.words.data or "",
            "language": self.language.data,
        }


def review_form(questions: Iterable[str], *, is_sent: bool, **kept: Any) -> ReviewForm:
    """A form with a field for each question; `kept` is what it shows at first, `answers` by question. `is_sent` False:
    another form of the page was sent.
    """
    answers = kept.pop("answers", None) or []
    fields = {
        f"answer_{number}": TextAreaField(text, [Length(max=REVIEW_LENGTH)], render_kw={"rows": 3})
        for number, text in enumerate(questions)
    }
    made: type[ReviewForm] = type("QuestionsForm", (ReviewForm,), fields)
    shown = kept | {f"answer_{number}": text for number, text in enumerate(answers)}
    form = made(**shown)
    if not is_sent:
        form.process(**shown)
    return form


class UploadForm(BaseForm):
    upload = FileField(_l("A file with your comments"), [Optional()])

    @property
    def has_file(self) -> bool:
        """A browser sends an empty file where none was chosen."""
        return bool(getattr(self.upload.data, "filename", ""))


class ReplyForm(BaseForm):
    """What became of a comment. `seen`: the answer that the page showed."""

    seen = HiddenField()
    reply = RadioField(_l("What became of it?"), [InputRequired(_l("Choose one."))])
    words = TextAreaField(
        _l("In a few words"),
        [Length(max=WORDS_LENGTH)],
        description=_l("Why, or where it was changed. The reviewer reads it when the round is closed."),
        render_kw={"rows": 4},
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reply.choices = _labels(REPLY_LABELS)

    @property
    def chosen(self) -> Reply:
        return Reply(self.reply.data)

    def validate_words(self, field: TextAreaField) -> None:
        if self.reply.data == Reply.NOT and not field.data:
            raise ValidationError(_("Say in a few words why it was not changed."))


class RemindForm(BaseForm):
    words = TextAreaField(_l("A few words"), [Optional(), Length(max=WORDS_LENGTH)], render_kw={"rows": 3})


class QuestionsForm(BaseForm):
    """The questions of a network, a line each."""

    texts = TextAreaField(
        _l("Questions, one a line"),
        description=_l("They are asked in this order. Reviews that are asked for already keep their questions."),
        render_kw={"rows": 10},
    )
    language = SelectField(_l("Language of the questions"))
    seen = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = choices(languages.choices())

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in (self.texts.data or "").splitlines() if line.strip()]

    def validate_texts(self, _field: TextAreaField) -> None:
        if any(len(line) > 500 for line in self.lines):
            raise ValidationError(_("Ask each question in fewer words."))


def _labels(labels: Any) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in labels.items()]
