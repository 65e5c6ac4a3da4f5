"""The dates of a call, its questions and answers, and who keeps it in mind.

Whoever changes a project has locked it first: so two presses of one button are one question.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.models import Activity
from tracker.activity.record import GENERIC, record
from tracker.asks.actions import raise_ask, settle, take_back
from tracker.calls.models import LENGTH, Call, CallQuestion, SavedCall
from tracker.calls.queries import (
    ASK,
    CLOSES_SOON,
    asked_lately,
    call_of,
    saved,
    saved_by,
    waiting_for_answers,
    waiting_of,
)
from tracker.database import db
from tracker.dates import add_months, earth_day
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day
from tracker.institutions.models import Institution, Person
from tracker.permissions import permissions
from tracker.projects.actions import leads, touch
from tracker.projects.models import Project
from tracker.projects.states import ProjectState

declare(
    {
        "calls.open_on": _l("%(actor)s set the day on which the call opens: %(on)s."),
        "calls.open_now": _l("%(actor)s took away the day on which the call opens."),
        "calls.questions_until": _l("%(actor)s set the last day for questions: %(on)s."),
        "calls.questions_always": _l("%(actor)s took away the last day for questions."),
        "calls.close_on": _l("%(actor)s set the last day of the call: %(on)s."),
        "calls.close_never": _l("%(actor)s took away the last day of the call."),
        "calls.reopen": _l("%(actor)s opened the call again, until %(on)s."),
        "calls.reopen_without_end": _l("%(actor)s opened the call again."),
        "calls.close": _l("The call closed: its last day was %(on)s."),
        "calls.moved": _l("The call that you keep in mind for %(institution)s now closes on %(on)s."),
        "calls.closing": _l("The call that you keep in mind for %(institution)s closes on %(on)s."),
        "calls.ask": _l("%(institution)s asked a question about the call."),
        "calls.withdraw": _l("%(institution)s took back its question about the call."),
        "calls.answer": _l("%(actor)s answered the question of %(institution)s."),
        "calls.cannot_say": _l("%(actor)s cannot say yet what %(institution)s asked."),
        "calls.change_answer": _l("%(actor)s changed the answer to the question of %(institution)s."),
        "calls.lapse": _l("The project went on without an answer to the question of %(institution)s."),
        "calls.keep": _l("%(actor)s keeps the call in mind for %(institution)s."),
        "calls.let_go": _l("%(actor)s no longer keeps the call in mind for %(institution)s."),
    }
)
MAY_BE_DATED = frozenset({ProjectState.DRAFT, ProjectState.PROPOSED, ProjectState.RECRUITING})
MOST_UNANSWERED = 5  # questions of one person about one call
MOST_A_DAY = 10  # of one person about one call, those taken back included: each is a mail to the leads
MONTHS_AHEAD = 24
ANSWERED_IN = timedelta(days=7)  # hoped for
ANSWERED = "calls/mail/answered.txt"
CLOSED = "calls/mail/closed.txt"


# --- dates ----------------------------------------------------------------------------------------------------


def demand_open(project: Project) -> None:
    """Raise RuleBroken where the call of a project that seeks partners has not opened yet, or its last day has passed.

    Once the project runs its call is over, and what it still looks for has days of its own.
    """
    call = call_of(project.id)
    if call is None or project.state is not ProjectState.RECRUITING:
        return
    if call.is_coming:
        raise RuleBroken(
            _("This call opens on %(day)s. Offers are welcome from then on.", day=format_day(call.opens_on))
        )
    if call.is_closed:
        raise RuleBroken(_("This call closed on %(day)s: no new offers are taken.", day=format_day(call.closes_on)))


def problems_with(
    call: Call | None, *, opens_on: date | None, questions_until: date | None, closes_on: date | None
) -> dict[str, str]:
    """What is wrong with new days of a call, a sentence by field. Days that stay as they are may lie in the past."""
    wanted = {"opens_on": opens_on, "questions_until": questions_until, "closes_on": closes_on}
    problems = {}
    for name, day in wanted.items():
        if day is None or (call is not None and getattr(call, name) == day):
            continue
        if day < earth_day():
            problems[name] = _("This day has passed already. Choose today or a later one.")
        elif day > add_months(earth_day(), MONTHS_AHEAD):
            problems[name] = _("Choose a day within the next two years.")
    if opens_on and questions_until and questions_until < opens_on:
        problems.setdefault("questions_until", _("Questions cannot end before the call opens."))
    if opens_on and closes_on and closes_on < opens_on:
        problems.setdefault("closes_on", _("The call cannot close before it opens."))
    elif questions_until and closes_on and closes_on < questions_until:
        problems.setdefault("questions_until", _("Questions cannot go on after the call has closed."))
    return problems


def set_dates(
    project: Project,
    *,
    opens_on: date | None,
    questions_until: date | None,
    closes_on: date | None,
    actor: Person | None,
) -> Call:
    """Set the days of a project's call; None takes one away. A later day opens a closed call again.

    The last days last until they end anywhere on Earth. Each day that changes is noted by itself. The other leads and
    whoever keeps the call in mind hear of a new last day. Raises RuleBroken once the project no longer seeks partners,
    and for days that make no sense (`problems_with`).
    """
    if project.state not in MAY_BE_DATED:
        raise RuleBroken(_("The time to look for partners is over: the days of the call stay as they are."))
    call = call_of(project.id)
    if problems := problems_with(call, opens_on=opens_on, questions_until=questions_until, closes_on=closes_on):
        raise RuleBroken(" ".join(dict.fromkeys(problems.values())))
    if call is None:
        call = Call(project=project)
        db.session.add(call)
        db.session.flush()
    was_closed = call.is_closed or call.closed_at is not None
    before = (call.opens_on, call.questions_until, call.closes_on)
    call.opens_on, call.questions_until, call.closes_on = opens_on, questions_until, closes_on
    if before[0] != opens_on:
        _note(project, "open_on" if opens_on else "open_now", opens_on, actor)
    if before[1] != questions_until:
        _note(project, "questions_until" if questions_until else "questions_always", questions_until, actor)
    if before[2] != closes_on:
        call.closed_at = None
        kinds = ("reopen", "reopen_without_end") if was_closed else ("close_on", "close_never")
        _note(project, kinds[0] if closes_on else kinds[1], closes_on, actor, tell=leads(project))
        if project.state is ProjectState.RECRUITING:
            _tell_of_new_end(project, closes_on)
    if before != (opens_on, questions_until, closes_on):
        touch(project)
    return call


def _note(project: Project, what: str, day: date | None, actor: Person | None, tell: Iterable[Person] = ()) -> None:
    record(f"calls.{what}", project, actor=actor, tell=tell, on=day.isoformat() if day else "")


def _tell_of_new_end(project: Project, closes_on: date | None) -> None:
    """Whoever keeps the call in mind hears of its new last day, and of its end once more when that is near."""
    for each in saved_by(project.id):
        each.told_at = None
        if closes_on is not None:
            _tell_saver(each, "calls.moved", closes_on)
            if closes_on <= earth_day() + CLOSES_SOON:
                each.told_at = clock.now()  # this said it


def close(call: Call, project: Project) -> None:
    """Note that a call has closed by its date, once, and tell the leads what still waits for an answer."""
    if call.closed_at is not None or not call.is_closed or call.closes_on is None:
        return
    call.closed_at = clock.now()
    touch(project)
    waiting = waiting_for_answers(project)
    record(
        "calls.close",
        project,
        actor=None,
        tell=leads(project),
        template=CLOSED if any(waiting.values()) else GENERIC,
        on=call.closes_on.isoformat(),
        offers=waiting["offers"],
        invitations=waiting["invitations"],
    )


# --- questions ------------------------------------------------------------------------------------------------


def why_no_question(project: Project) -> str:
    """The sentence that says why no new question can be asked now; empty where one can."""
    if project.state is not ProjectState.RECRUITING:
        return _("This project is not looking for partners now, so no new questions are taken.")
    call = call_of(project.id)
    if call is None or call.takes_questions:
        return ""
    if call.is_coming:
        return _("This call opens on %(day)s. Questions are welcome from then on.", day=format_day(call.opens_on))
    if call.is_closed:
        return _("This call closed on %(day)s: no new questions are taken.", day=format_day(call.closes_on))
    return _("Questions were welcome until %(day)s: no new ones are taken.", day=format_day(call.questions_until))


def ask(project: Project, institution: Institution, *, text: str, language: str = "", actor: Person) -> CallQuestion:
    """Ask the leads a question in the name of an institution where the actor works; all who read it read the answer.

    `language` is the text's (BCP 47). The same question again, as by a second press, is the first one. Raises
    RuleBroken out of time, for an institution that is not theirs, for more than MOST_UNANSWERED without an answer, and
    for more than MOST_A_DAY.
    """
    if why := why_no_question(project):
        raise RuleBroken(why)
    _demand_own(institution, actor)
    if not text or len(text) > LENGTH:
        raise RuleBroken(_("Write your question, in at most %(number)s characters.", number=str(LENGTH)))
    waiting = waiting_of(project.id, actor)
    if same := next((known for known in waiting if known.text == text), None):
        return same
    if len(waiting) >= MOST_UNANSWERED:
        raise RuleBroken(
            _(
                "%(number)s of your questions wait for an answer. Wait for one, or take one back.",
                number=str(len(waiting)),
            )
        )
    if asked_lately(project.id, actor) >= MOST_A_DAY:
        raise RuleBroken(_("You asked %(number)s questions today. Go on tomorrow.", number=str(MOST_A_DAY)))
    question = CallQuestion(
        project=project,
        institution=institution,
        asked_by_id=actor.id,
        asked_by_name=actor.name,
        asked_at=clock.now(),
        text=text,
        language=language or project.language,
    )
    db.session.add(question)
    db.session.flush()
    touch(project)
    noted = record("calls.ask", project, actor=actor, institution=institution.name, question_id=question.id)
    put_to_leads(question, actor=actor, because=noted)
    return question


def put_to_leads(question: CallQuestion, *, actor: Person | None, because: Activity | None = None) -> None:
    """Ask the leads what they answer: when a question is new, and again after the project was stopped meanwhile."""
    project, institution = question.project, question.institution
    call = call_of(project.id)
    due = clock.today() + ANSWERED_IN
    if call is not None and call.closes_on is not None and not call.is_closed:
        due = min(due, call.closes_on)
    raise_ask(
        ASK,
        question,
        to=project,
        to_name=project.led_by,
        about=project,
        network_id=project.network_id,
        actor=actor,
        because=because,
        due_on=due,
        institution=institution.name if institution else "",
        note=question.text,
        language=project.language,
    )


def take_question_back(question: CallQuestion, *, actor: Person) -> None:
    """A question goes before it was answered. Raises RuleBroken where it was."""
    if not question.is_open:
        raise RuleBroken(_("This question was answered or taken back already."))
    question.withdrawn_at = clock.now()
    take_back(question, ASK)
    _note_question(question, "calls.withdraw", actor)


def answer(question: CallQuestion, *, text: str, actor: Person) -> None:
    """The leads answer: whoever asked is told, and all who read the call read it. Raises RuleBroken without a text."""
    if not text:
        raise RuleBroken(_("Write your answer first."))
    _answer(question, text, is_unsaid=False, actor=actor)


def cannot_say(question: CallQuestion, *, text: str = "", actor: Person) -> None:
    """The leads cannot answer yet, perhaps with a few words why. They can answer later."""
    _answer(question, text, is_unsaid=True, actor=actor)


def _answer(question: CallQuestion, text: str, *, is_unsaid: bool, actor: Person) -> None:
    if question.withdrawn_at is not None:
        raise RuleBroken(_("This question was taken back. Nothing was changed."))
    project, is_first = question.project, question.is_open or (question.is_unsaid and not is_unsaid)
    if project.state in (ProjectState.STOPPED, ProjectState.PUBLISHED):
        raise RuleBroken(_("The project is over, or stopped for now: its questions stay as they are."))
    if len(text) > LENGTH:
        raise RuleBroken(_("Write your answer in at most %(number)s characters.", number=str(LENGTH)))
    question.answer, question.is_unsaid = text, is_unsaid
    question.answer_language = actor.interface_language or project.language
    question.answered_by_id, question.answered_by_name = actor.id, actor.name
    if is_first:
        question.answered_at = clock.now()  # a changed answer keeps its place on the page
    settle(ASK, question, "cannot_say" if is_unsaid else "answer", actor=actor, words=text)
    kind = "calls.cannot_say" if is_unsaid else "calls.answer" if is_first else "calls.change_answer"
    _note_question(question, kind, actor, is_told=True)


def lapse(question: CallQuestion) -> None:
    """The project went on before anybody answered: nobody is asked any more, and whoever asked is told."""
    if question.is_open:
        question.withdrawn_at = clock.now()
        take_back(question, ASK)
        _note_question(question, "calls.lapse", None, is_told=True)


def _note_question(question: CallQuestion, kind: str, actor: Person | None, *, is_told: bool = False) -> None:
    """Whoever asked is told only what they may still read."""
    project, asker = question.project, question.asked_by
    touch(project)
    told = [asker] if is_told and asker is not None and permissions["read_call_questions"](asker, project) else []
    record(
        kind,
        project,
        actor=actor,
        tell=told,
        why=Why.YOURSELF,
        template=GENERIC if question.answered_at is None else ANSWERED,
        institution=question.institution.name if question.institution else "",
        question_id=question.id,
        question=question.text,
        answer=question.answer,
        is_unsaid=question.is_unsaid,
    )


# --- keeping in mind ------------------------------------------------------------------------------------------


def keep(project: Project, institution: Institution, *, actor: Person) -> SavedCall:
    """Keep a call in mind for an institution where the actor works. Again changes nothing.

    Raises RuleBroken where no partners are sought, the call is closed, or the institution takes part.
    """
    _demand_own(institution, actor)
    if known := saved(project.id, institution.id):
        return known
    if project.state is not ProjectState.RECRUITING:
        raise RuleBroken(_("This project is not looking for partners now."))
    call = call_of(project.id)
    if call is not None and call.is_closed:
        raise RuleBroken(_("This call closed on %(day)s.", day=format_day(call.closes_on)))
    if any(partner.institution_id == institution.id and partner.takes_part for partner in project.partners):
        raise RuleBroken(_("%(name)s takes part already.", name=institution.name))
    kept = SavedCall(project=project, institution=institution, saved_by=actor, saved_at=clock.now())
    db.session.add(kept)
    record("calls.keep", kept, actor=actor, institution=institution.name)
    return kept


def let_go(project: Project, institution: Institution, *, actor: Person) -> None:
    """Keep a call in mind no longer: anybody of the institution may say so. Again changes nothing."""
    _demand_own(institution, actor)
    if known := saved(project.id, institution.id):
        record("calls.let_go", known, actor=actor, institution=institution.name)
        db.session.delete(known)


def tell_of_end(each: SavedCall, closes_on: date) -> None:
    """Tell whoever keeps a call in mind, once, that it closes soon."""
    each.told_at = clock.now()
    _tell_saver(each, "calls.closing", closes_on)


def _tell_saver(each: SavedCall, kind: str, closes_on: date) -> None:
    """Only while they may still read the call, and work there."""
    person = each.saved_by
    if person is None or each.institution_id not in person.institution_ids:
        return
    if permissions["view_project"](person, each.project):
        record(
            kind,
            each,
            actor=None,
            tell=[person],
            why=Why.KEEPS,
            thread=f"project-{each.project_id}",
            institution=each.institution.name,
            on=closes_on.isoformat(),
        )


def _demand_own(institution: Institution, actor: Person) -> None:
    if institution.id not in actor.institution_ids:
        raise RuleBroken(_("Choose an institution where you work."))
