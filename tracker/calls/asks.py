"""What calls ask: the leads of a project what they answer to a question about it."""

from collections.abc import Mapping
from typing import Any

from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.calls import actions, queries
from tracker.calls.models import CallQuestion
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.states import ProjectState

ONE_BOX = words("words", _l("Your words"), hint=_l("An answer needs them. If you cannot say yet, they may say why."))


def _shown(question: CallQuestion) -> Shown:
    institution = question.institution
    facts = [(_("Asked in the name of"), institution.name)] if institution else []
    return Shown(facts, path=f"{question.project.path}/call")


def _answer(question: CallQuestion, *, actor: Person, words: str = "") -> None:
    actions.answer(question, text=words, actor=actor)


def _cannot_say(question: CallQuestion, *, actor: Person, words: str = "") -> None:
    actions.cannot_say(question, text=words, actor=actor)


def _check_answer(_question: CallQuestion, values: Mapping[str, Any]) -> dict[str, str]:
    return {} if values.get("words") else {"words": _("Write your answer first.")}


def _withdraw(question: CallQuestion, *, actor: Person, words: str = "") -> None:
    actions.take_question_back(question, actor=actor)


def _can_change(question: CallQuestion) -> bool:
    over = (ProjectState.STOPPED, ProjectState.PUBLISHED)
    return question.withdrawn_at is None and question.project.state not in over


declare(
    Kind(
        name=queries.ASK,
        label=_l("question about a call"),
        load=queries.for_ask,
        question=_l("What do you answer %(institution)s?"),
        meaning=_l(
            "All who may read the call read the question and your answer, with the name of the institution and not of"
            " the person. You can change the answer later."
        ),
        choices=(
            Choice(
                "answer",
                _l("Answer"),
                _l("The question of %(institution)s is answered."),
                _answer,
                fields=(ONE_BOX,),
                check=_check_answer,
            ),
            Choice(
                "cannot_say",
                _l("We cannot say yet"),
                _l("The lead cannot say yet."),
                _cannot_say,
                fields=(ONE_BOX,),
                tone="quiet",
            ),
        ),
        changes={
            ("answer", "answer"): _answer,
            ("answer", "cannot_say"): _cannot_say,
            ("cannot_say", "answer"): _answer,
            ("cannot_say", "cannot_say"): _cannot_say,
        },
        can_change=_can_change,
        mail="calls/mail/question.txt",
        waiting=_l("Waiting for the lead to answer a question about the call."),
        waiting_for=_l("Waiting for the lead to answer the question of %(institution)s."),
        shows=_shown,
        due_in=actions.ANSWERED_IN,
        reminders=(-1, 3, 10),
        is_reminded=lambda question: question.project.state is ProjectState.RECRUITING,
        withdrawn=_withdraw,
        is_paused=True,
    )
)
