"""What those who lead and write do: ask for reviews, remind, close the round, answer each comment.

In a round without names nothing that is kept for leads says who a reviewer is: the question is addressed to "a
reviewer" and asked by nobody, so that only coordinators look after it, and what is recorded names no actor.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from secrets import SystemRandom
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import owe, record
from tracker.activity.states import Sort
from tracker.asks import actions as asks
from tracker.asks import links
from tracker.asks.queries import asks_of
from tracker.database import db
from tracker.dates import earth_day
from tracker.drafts.models import Draft
from tracker.errors import RuleBroken
from tracker.files import store
from tracker.i18n import _, _l
from tracker.institutions.actions import add_person
from tracker.institutions.models import Network, Person
from tracker.institutions.queries import person_by_email
from tracker.projects.actions import touch
from tracker.reports.followers import follows_discarding
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.reviewing.models import Review, ReviewComment, ReviewQuestion, ReviewRound
from tracker.reviewing.queries import KIND, MOST_ROUNDS, asked_lately_by, last_number, questions_of, rounds_of
from tracker.reviewing.states import Reply, ReviewState

declare(
    {
        "reviewing.open": _l("%(actor)s asked for reviews of draft %(draft)s of “%(report)s” until %(on)s."),
        "reviewing.ask": _l("%(actor)s asked more people to read draft %(draft)s of “%(report)s”."),
        "reviewing.send": _l("%(actor)s sent a review of draft %(draft)s of “%(report)s”."),
        "reviewing.send_unnamed": _l("A reviewer sent a review of draft %(draft)s of “%(report)s”."),
        "reviewing.decline": _l("%(actor)s will not read draft %(draft)s of “%(report)s”."),
        "reviewing.decline_unnamed": _l("A reviewer will not read draft %(draft)s of “%(report)s”."),
        "reviewing.withdraw": _l(
            "%(actor)s no longer waits for one of the reviews of draft %(draft)s of “%(report)s”."
        ),
        "reviewing.close": _l("%(actor)s closed the reviews of draft %(draft)s of “%(report)s”."),
        "reviewing.questions": _l("%(actor)s changed the questions that reviewers are asked."),
    }
)
CLOSED_MAIL = "reviewing/mail/closed.txt"
ASKING = ("reviewing.open", "reviewing.ask")
MOST_READERS = 30  # of one round
MOST_A_DAY = 60  # people that one person asks: each is a mail
MOST_QUESTIONS = 30


# --- asking -------------------------------------------------------------------------------------------------


def open_round(
    report: Report,
    draft: Draft,
    *,
    due_on: date,
    note: str = "",
    with_questions: bool = True,
    hides_names: bool = False,
    people: Sequence[Person] = (),
    outsiders: Sequence[tuple[str, str]] = (),
    language: str = "",
    actor: Person,
) -> ReviewRound:
    """Ask people to read a draft until the end of a day anywhere on Earth.

    `outsiders` are (name, normalised address); `language` (a tag) that of the mails to those of them who are not known
    here. The questions are the network's as they are now, or none. The project and then the report are locked by the
    caller. Raises RuleBroken.
    """
    if report.state is not ReportState.DRAFT or report.project is None:
        raise RuleBroken(_("This report is published. Reviews are asked for before that."))
    number = last_number(report) + 1
    if number > MOST_ROUNDS:
        raise RuleBroken(_("A report is reviewed at most %(count)s times.", count=str(MOST_ROUNDS)))
    if due_on < earth_day():
        raise RuleBroken(_("This day is over."))
    asked = [question.text for question in questions_of(report.project.network)] if with_questions else []
    held = ReviewRound(
        report=report,
        number=number,
        draft=draft,
        due_on=due_on,
        note=note,
        questions=asked,
        hides_names=hides_names,
        opened_by=actor,
        opened_at=clock.now(),
    )
    db.session.add(held)
    db.session.flush()
    count = _ask(held, people, outsiders, language, actor)
    note_on_project("reviewing.open", held, actor=actor, on=due_on.isoformat(), people=count, note=note)
    return held


def ask_more(
    held: ReviewRound,
    *,
    people: Sequence[Person] = (),
    outsiders: Sequence[tuple[str, str]] = (),
    language: str = "",
    actor: Person,
) -> int:
    """Ask further people in an open round, or those again who declined; return how many. Raises RuleBroken."""
    demand_open(held)
    count = _ask(held, people, outsiders, language, actor)
    note_on_project("reviewing.ask", held, actor=actor, people=count)
    return count


def _ask(
    held: ReviewRound, people: Sequence[Person], outsiders: Sequence[tuple[str, str]], language: str, actor: Person
) -> int:
    """How many are asked now; who is asked or has answered already is left alone."""
    named = {person: person.name for person in people}
    for name, email in outsiders:
        # Whoever types an address does not learn whose it is: the question bears the name that was typed.
        named.setdefault(_person(name, email, language, actor), name)
    known = {review.person_id: review for review in held.reviews}
    wanted = [person for person in named if not (person.id in known and _is_in(known[person.id]))]
    if not wanted:
        raise RuleBroken(_("Everybody you chose is asked already.") if named else _("Choose whom you ask."))
    if sum(_is_in(review) for review in held.reviews) + len(wanted) > MOST_READERS:
        raise RuleBroken(_("At most %(count)s people are asked to read one draft.", count=str(MOST_READERS)))
    if asked_lately_by(actor, ASKING) + len(wanted) > MOST_A_DAY:
        raise RuleBroken(_("You asked %(count)s people today. Go on tomorrow.", count=str(MOST_A_DAY)))
    SystemRandom().shuffle(wanted)  # the order of the rows tells nothing about who was named first
    for person in wanted:
        review = known.get(person.id)
        if review is None:
            review = Review(round=held, person=person)
            db.session.add(review)
        review.state, review.asked_at, review.answered_at = ReviewState.ASKED, clock.now(), None
        db.session.flush()
        _raise(review, named[person], actor)
    return len(wanted)


def _is_in(review: Review) -> bool:
    """Whether somebody need not be asked. Without names not even who declined: asking again would tell who that was."""
    return review.round.hides_names or review.state in (ReviewState.ASKED, ReviewState.ANSWERED)


def _person(name: str, email: str, language: str, actor: Person) -> Person:
    """Whoever has this address; a new person gets neither account nor page by it."""
    spoken = language or actor.interface_language
    return person_by_email(email) or add_person(
        name=name, email=email, interface_language=spoken, is_listed=False, actor=actor
    )


def _raise(review: Review, name: str, actor: Person) -> None:
    held, project = review.round, review.round.report.project
    assert project is not None
    asks.raise_ask(
        KIND,
        review,
        to=review.person,
        to_name=_("A reviewer") if held.hides_names else name,
        about=project,
        network_id=project.network_id,
        actor=None if held.hides_names else actor,
        due_on=held.due_on,
        title=held.report.label,
        language=held.report.language,
        path=held.path,
        draft=str(held.draft.number),
        lead=actor.name,
        network=project.network.name,
        is_nameless=held.hides_names,
        has_questions=bool(held.questions),
        note=held.note,
    )


# --- looking after it ---------------------------------------------------------------------------------------


def remind(held: ReviewRound, *, actor: Person, words: str = "") -> int:
    """Remind everybody who has not answered and was not mailed in the last day; return how many reviews that is.

    Raises RuleBroken where there is nobody.
    """
    demand_open(held)
    waiting = asks_of(KIND, [review for review in held.reviews if review.is_awaited])
    reminded = 0
    for found in waiting.values():
        ask = found[-1]
        if ask.is_open and not asks.was_mailed_lately(ask):
            asks.remind(ask, actor=actor, words=words)
            reminded += 1
    if not reminded:
        raise RuleBroken(_("Whoever has not answered was mailed less than a day ago. Give them a little time."))
    return reminded


def stop_asking(review: Review, *, actor: Person, words: str = "") -> None:
    """No longer wait for a review. What was written of it stays with its writer. Raises RuleBroken once it was sent.

    Also what taking back the question by hand does.
    """
    if not review.is_awaited:
        raise RuleBroken(_("This review is not waited for any more."))
    review.state = ReviewState.WITHDRAWN
    asks.take_back(review, KIND)
    note_on_project("reviewing.withdraw", review.round, actor=actor)


def close_round(held: ReviewRound, *, actor: Person) -> None:
    """Nobody writes any more; whoever sent a review is mailed where the answers stand. Raises RuleBroken."""
    demand_open(held)
    held.closed_at = clock.now()
    for review in held.reviews:
        if review.is_awaited:
            asks.take_back(review, KIND)
    _tell_reviewers(held, but=actor)
    note_on_project("reviewing.close", held, actor=actor)


def _tell_reviewers(held: ReviewRound, *, but: Person) -> None:
    """With the link they have, so that they need no account. Nothing here hangs on an activity that others read."""
    sent = [review for review in held.reviews if review.is_sent and review.person.email and review.person is not but]
    for review_id, found in asks_of(KIND, sent).items():
        person = next(review.person for review in sent if review.id == review_id)
        link = links.issue(found[-1], person)
        owe(
            CLOSED_MAIL,
            person,
            sort=Sort.NEWS,
            thread=found[-1].thread,
            title=held.report.label,
            draft=str(held.draft.number),
            ask_id=found[-1].id,
            person_id=person.id,
            nonce=link.nonce,
        )


def reply(comment: ReviewComment, answer: Reply | None, *, words: str = "", seen: str = "", actor: Person) -> None:
    """Say what became of a comment; None takes the answer back. It stands with the comment, and in no history.

    `seen`: `seen_of` the comment as whoever answers saw it. Raises RuleBroken where somebody else answered meanwhile.
    """
    if comment.reply is answer and comment.reply_words == words:
        return
    if seen != seen_of(comment):
        raise RuleBroken(_("Somebody else answered this comment meanwhile. Look at their answer first."))
    comment.reply, comment.reply_words = answer, words if answer else ""
    comment.replied_by, comment.replied_at = (actor, clock.now()) if answer else (None, None)


def seen_of(comment: ReviewComment) -> str:
    """A mark of the answer that a comment has."""
    return comment.replied_at.isoformat() if comment.replied_at else ""


def ask_questions(network: Network, texts: Iterable[str], *, language: str, actor: Person) -> None:
    """What a network asks of every review from now on, in order; rounds keep what they began with.

    The network is locked by the caller. Raises RuleBroken for more than MOST_QUESTIONS.
    """
    wanted = list(dict.fromkeys(text for text in texts if text))
    if len(wanted) > MOST_QUESTIONS:
        raise RuleBroken(_("At most %(count)s questions can be asked.", count=str(MOST_QUESTIONS)))
    held = questions_of(network)
    if [question.text for question in held] == wanted and all(known.language == language for known in held):
        return
    for question in held:
        db.session.delete(question)
    for position, text in enumerate(wanted):
        db.session.add(ReviewQuestion(network_id=network.id, position=position, text=text, language=language))
    record("reviewing.questions", network, actor=actor)


@follows_discarding
def let_go(report: Report, _actor: Person | None) -> None:
    """A report goes, and its reviews with it: nobody is asked any more, and no link leads to a row that is gone."""
    for held in rounds_of(report):
        for review in held.reviews:
            asks.take_back(review, KIND)
            asks.forget(review)
            if review.file is not None:
                store().delete(review.file.key)
                review.file.deleted_at = clock.now()


def demand_open(held: ReviewRound) -> None:
    """Raise RuleBroken where a round is closed."""
    if not held.is_open:
        raise RuleBroken(_("This round is closed."))


def note_on_project(
    kind: str, held: ReviewRound, *, actor: Person | None, tell: Iterable[Person] = (), **details: Any
) -> None:
    """One row in the history of the project, with the report and the draft it is about."""
    report, project = held.report, held.report.project
    assert project is not None
    touch(project)
    details = {"report": report.label, "report_id": report.id, "draft": held.draft.number, "path": held.path, **details}
    record(kind, project, actor=actor, tell=tell, **details)
