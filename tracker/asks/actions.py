"""Asking, answering, and every other way an ask ends.

The page, the link and the worker call `answer`, `expire` and the like, which lock the subject and the ask and then
call the feature's own action. The feature's actions in turn call `settle`, `take_back` or `supersede`, so that an
ask is never open for something that was done by another door. No action commits.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.models import Activity
from tracker.activity.record import noting, record
from tracker.asks import addressees, links, post, queries
from tracker.asks.endings import about, close, demand_open, is_another, is_over, lock, named
from tracker.asks.kinds import KINDS, Choice, Kind
from tracker.asks.models import Answer, Ask
from tracker.asks.permissions import answer_ask, hand_on_ask
from tracker.asks.states import CLOSED, AskState
from tracker.database import db
from tracker.dates import earth_day
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.actions import add_person
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import person_by_email

declare(
    {
        "asks.delegate": _l("%(actor)s asked %(person)s to answer for %(for)s."),
        "asks.withdraw": _l("%(actor)s took back a question to %(for)s."),
        "asks.expire": _l("A question to %(for)s ran out without an answer."),
        "asks.remind": _l("%(actor)s reminded %(for)s of a question."),
    }
)

NO_ROW = 0
REMINDED_AGAIN_AFTER = timedelta(hours=20)


# --- asking -------------------------------------------------------------------------------------------------


def raise_ask(
    kind_name: str,
    subject: Any,
    *,
    to: Any,
    about: Any,
    actor: Person | None,
    network_id: int | None = None,
    to_name: str = "",
    because: Activity | None = None,
    due_on: date | None = None,
    is_mailed: bool = True,
    **details: Any,
) -> Ask:
    """Ask `to` (a Person, an Institution, a Network, or a row of another declared role) something about `subject`.

    `about` is the row whose page shows whose turn it is, with `path` and `label`; `because` is the activity that
    stands behind it, so that nobody gets two mails for one event; `details` are plain JSON values that its sentences
    name. An ask that is open already stays, and is returned.
    """
    kind = KINDS[kind_name]
    db.session.flush()
    if known := queries.open_of(kind_name, subject, to):
        return known
    now = clock.now()
    ask = Ask(
        kind=kind_name,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        about_type=about.__tablename__,
        about_id=about.id,
        network_id=network_id,
        addressee_type=to.__tablename__,
        addressee_id=to.id,
        addressee_name=(to_name or to.label)[:250],
        state=AskState.OPEN,
        asked_by_id=actor.id if actor else None,
        asked_by_name=actor.name if actor else "",
        asked_at=now,
        due_on=due_on or now.date() + kind.due_in,
        expires_at=now + kind.lasts if kind.lasts else None,
        reminders=0,
        details={"title": about.label, "path": about.path, **details},
    )
    ask.remind_at = next_reminder(ask, now)
    try:
        with db.session.begin_nested():
            db.session.add(ask)
    except IntegrityError:  # somebody asked the same at this moment, and was first
        if known := queries.open_of(kind_name, subject, to):
            return known
        raise
    if is_mailed:
        post.send_to_all(ask, but=actor, because=because)
    return ask


def next_reminder(ask: Ask, after: datetime) -> datetime | None:
    """When the plan of its kind next reminds of an ask, after a moment; None when the plan is over.

    A day of the plan begins at midnight UTC; a decent hour of each reader's own is found when it is mailed.
    """
    moments = (
        datetime.combine(ask.due_on + timedelta(days=days), clock_time(), tzinfo=UTC)
        for days in sorted(KINDS[ask.kind].reminders)
    )
    # What was asked yesterday needs no reminder today.
    return next((moment for moment in moments if moment > max(after, ask.asked_at + timedelta(days=1))), None)


# --- answering ----------------------------------------------------------------------------------------------


def answer(
    ask: Ask,
    choice_name: str,
    values: dict[str, Any],
    *,
    actor: Person,
    by_link: bool = False,
    seen: int | None = None,
    version: str | None = None,
) -> tuple[bool, Any]:
    """Give an answer: (whether it stands now, the subject).

    The same answer again changes nothing and stands. Another one replaces it where the kind and the state of things
    allow, and where the actor knew of it: `seen` is how many answers they had been shown (None: all). Else, and where
    the ask ended in another way, nothing changes. `values` are those of the choice's fields.
    Raises RuleBroken where the action behind the answer does and where others answer now, LookupError for a choice
    the kind has not. `version` is that of what they were shown: nobody says yes to what they have not read.
    """
    kind = KINDS[ask.kind]
    choice = kind.choice(choice_name)
    if choice is None or choice.effect is None:
        raise LookupError(choice_name)
    subject = lock(ask, kind)
    if subject is None:
        if ask.is_open:
            close(ask, AskState.WITHDRAWN)
        return False, None
    if is_over(ask):
        _run_out(ask, kind, subject)
    if ask.state in CLOSED or is_another(kind, subject, version):
        return False, subject
    if not answer_ask(actor, ask):  # they could when they opened the page; the seat went to others since
        raise RuleBroken(_("Others answer for %(name)s now. Nothing was changed.", name=ask.addressee_name))
    effect = choice.effect
    if ask.state is AskState.ANSWERED:
        if stands(ask, choice.name, values):
            return True, subject
        if not may_change(ask, kind, choice.name, subject, actor):
            return ask.choice == choice.name, subject
        if seen is not None and seen != len(ask.answers):
            return False, subject  # nobody undoes what they did not know of
        effect = kind.changes[ask.choice, choice.name]
    _note_answer(ask, choice, values, actor=actor, by_link=by_link)
    db.session.flush()  # answered before the action runs: what it settles is settled already
    with noting(**({"by_link": True} if by_link else {})):
        effect(subject, actor=actor, **values)
    return True, subject


def stands(ask: Ask, choice_name: str, values: dict[str, Any]) -> bool:
    """Whether exactly this was answered already."""
    answered = ask.state is AskState.ANSWERED and ask.choice == choice_name
    return answered and _plain(values) == (ask.answer.values if ask.answer else {})


def may_change(ask: Ask, kind: Kind, choice_name: str, subject: Any, actor: Person) -> bool:
    """Whether `actor` can still answer an answered ask in this way instead: not after something newer was asked, not
    for ever, and nobody to whom it was only handed undoes what those who hold the seat said.
    """
    if (ask.choice, choice_name) not in kind.changes or not kind.can_change(subject) or queries.is_asked_anew(ask):
        return False
    now = clock.now()
    is_late = ask.expires_at is not None and ask.expires_at <= now
    if is_late or (ask.ended_at and ask.ended_at < now - links.LASTS) or not kind.still_asks(ask, subject):
        return False
    is_own = ask.answer is not None and ask.answer.person_id == actor.id
    return is_own or ask.delegated_to_id != actor.id or addressees.holds_seat(actor, ask)


def settle(
    kind_name: str,
    subject: Any,
    choice_name: str,
    *,
    actor: Person | None,
    to: Any = None,
    again: bool = False,
    **values: Any,
) -> None:
    """What was asked has been done: every open ask of this kind and subject is answered with it.

    `to` says of which addressee only; `again`: where it was answered otherwise before, that answer gives way. Called
    by the feature's action, whichever door led to it.
    """
    choice = KINDS[kind_name].choice(choice_name)
    assert choice is not None, f"{kind_name} has no answer {choice_name}"
    asks = queries.open_about_subject(kind_name, subject, to)
    newest = queries.latest(kind_name, subject) if again and not asks else None
    if newest is not None and newest.state is AskState.ANSWERED and not stands(newest, choice_name, values):
        asks = [newest]
    for ask in asks:
        _note_answer(ask, choice, values, actor=actor, by_link=False)


def _note_answer(ask: Ask, choice: Choice, values: dict[str, Any], *, actor: Person | None, by_link: bool) -> None:
    ask.state, ask.choice, ask.ended_at, ask.remind_at = AskState.ANSWERED, choice.name, clock.now(), None
    ask.answers.append(
        Answer(
            choice=choice.name,
            values=_plain(values),
            person_id=actor.id if actor else None,
            person_name=actor.name if actor else "",
            for_name="" if ask.addressee_type == "person" else ask.addressee_name,
            by_link=by_link,
            at=clock.now(),
        )
    )
    post.withdraw(ask)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as a row keeps them: days in ISO 8601, lists of text, nothing empty."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in values.items()
        if value
    }


# --- ending in another way ----------------------------------------------------------------------------------


def take_back(subject: Any, *kind_names: str, to: Any = None) -> None:
    """The open asks of these kinds about a subject have become pointless."""
    for kind_name in kind_names:
        for ask in queries.open_about_subject(kind_name, subject, to):
            close(ask, AskState.WITHDRAWN)


def forget(subject: Any) -> None:
    """The row goes: what was asked about it keeps its words and acts upon nothing. SQLite gives its number to another.

    Call it once none of its asks is open.
    """
    db.session.flush()
    of_it = (Ask.subject_type == subject.__tablename__, Ask.subject_id == subject.id)
    closed = sa.update(Ask).where(*of_it, Ask.state != AskState.OPEN).values(subject_id=NO_ROW)
    db.session.execute(closed.execution_options(synchronize_session="fetch"))


def pause(about: Any) -> None:
    """What `about` is, such as a project, was stopped: what makes no sense meanwhile is taken back."""
    for ask in queries.open_about_page(about.__tablename__, about.id, limit=None):
        if KINDS[ask.kind].is_paused:
            close(ask, AskState.WITHDRAWN)


def supersede(subject: Any, kind_name: str) -> None:
    """A newer question takes the place of the open ones of this kind about a subject."""
    for ask in queries.open_about_subject(kind_name, subject):
        close(ask, AskState.SUPERSEDED)


def withdraw(ask: Ask, *, actor: Person, words: str = "") -> None:
    """Take an open ask back by hand. Raises RuleBroken when it has ended already."""
    kind = KINDS[ask.kind]
    subject = lock(ask, kind)
    demand_open(ask)
    if not kind.is_withdrawable:
        raise RuleBroken(_("This question cannot be taken back, only answered."))
    close(ask, AskState.WITHDRAWN, words)
    ask.withdrawn_by_id = actor.id
    db.session.flush()
    if kind.withdrawn is not None and subject is not None:
        kind.withdrawn(subject, actor=actor, words=words)
    record("asks.withdraw", about(ask), actor=actor, **named(ask), words=words)


def expire(ask: Ask) -> None:
    """Nobody answered in time. Nothing happens to an ask that has ended meanwhile."""
    kind = KINDS[ask.kind]
    subject = lock(ask, kind)
    if is_over(ask):
        _run_out(ask, kind, subject)


def _run_out(ask: Ask, kind: Kind, subject: Any) -> None:
    close(ask, AskState.EXPIRED)
    db.session.flush()
    if kind.expired is not None and subject is not None:
        kind.expired(subject)  # tells whom else it concerns: nobody gets two mails for one event
    record("asks.expire", about(ask), actor=None, tell=[ask.asked_by] if ask.asked_by else (), **named(ask))


# --- handing on, reminding ----------------------------------------------------------------------------------


def delegate(ask: Ask, person: Person, *, actor: Person, words: str = "") -> None:
    """Not me: ask somebody else. This person is mailed and may answer, once, in the addressee's name.

    Whoever is asked may choose anybody; a coordinator somebody of the same place, and never themselves or whoever
    asked. Raises RuleBroken when the ask has ended, is not `actor`'s to hand on, or they have it already.
    """
    lock(ask, KINDS[ask.kind])
    demand_open(ask)
    if not hand_on_ask(actor, ask):
        raise RuleBroken(_("Others answer for %(name)s now. Nothing was changed.", name=ask.addressee_name))
    if not answer_ask(actor, ask) and not addressees.is_beside(person, ask, but=actor):
        raise RuleBroken(
            _("Only somebody who is known to work there can answer for %(name)s.", name=ask.addressee_name)
        )
    if not KINDS[ask.kind].is_delegable or ask.delegated_to_id == person.id:
        raise RuleBroken(_("They are asked already."))
    post.withdraw(ask)
    ask.delegated_to, ask.delegated_to_id = person, person.id
    db.session.flush()
    handed: dict[str, Any] = {"person": person.name, "person_id": person.id}
    noted = record("asks.delegate", about(ask), actor=actor, **named(ask), **handed, words=words)
    post.send(ask, person, because=noted, handed_on_by=actor.name, words=words)


def remind(ask: Ask, *, actor: Person, words: str = "") -> list[Person]:
    """Mail the question once more, now, with a few words; return who gets it.

    Raises RuleBroken when it has ended, was mailed less than a day ago, or nobody can be reached.
    """
    lock(ask, KINDS[ask.kind])
    demand_open(ask)
    if was_mailed_lately(ask):
        raise RuleBroken(_("It was mailed less than a day ago. Give them a little time."))
    people = addressees.mailed(ask)
    if not people:
        raise RuleBroken(
            _("There is nobody to mail: %(name)s has no contact who can be reached.", name=ask.addressee_name)
        )
    noted = record("asks.remind", about(ask), actor=actor, **named(ask), words=words)
    for person in people:
        post.send(ask, person, because=noted, is_reminder=True, reminded_by=actor.name, words=words)
    ask.reminders += 1
    return people


def was_mailed_lately(ask: Ask) -> bool:
    """Whether it is too soon to remind of an ask by hand."""
    return ask.mailed_at is not None and ask.mailed_at > clock.now() - REMINDED_AGAIN_AFTER


def colleague(person_id: int | None, name: str, email: str, *, actor: Person) -> Person:
    """Who was chosen to answer instead: a known person, or somebody by name and normalised address.

    A new person gets no affiliation and no account by this: they can answer what they are asked, nothing else.
    """
    if person_id is not None:
        return db.session.get_one(Person, person_id)
    return person_by_email(email) or add_person(
        name=name, email=email, interface_language=actor.interface_language, actor=actor
    )


def follow_address(person: Person) -> None:
    """They read mail elsewhere now: links in the old mailbox stop working, and what waits is mailed to the new one."""
    links.withdraw_all(person)
    for ask in queries.waiting(person):
        post.withdraw(ask, person)
        post.send(ask, person)


def follow_place(institution: Institution, *, newcomers: Iterable[Person] = (), leavers: Iterable[Person] = ()) -> None:
    """Open asks follow the seat: newcomers are mailed what is open, the links of leavers stop working.

    What was handed to a leaver goes back to those who hold the seat.
    """
    came, gone = list(newcomers), list(leavers)
    for ask in queries.locked_open_to("institution", institution.id):
        told = came if ask.delegated_to_id is None else []
        for person in gone:
            post.withdraw(ask, person)
            if ask.delegated_to_id == person.id:
                ask.delegated_to = ask.delegated_to_id = None
                told = [*addressees.mailed(ask), *came]
        for person in dict.fromkeys(told):
            if person.email and person not in gone:
                post.send(ask, person)


def overdue_since(ask: Ask) -> int:
    """Days since an open ask was due; 0 for one that is not late."""
    return max(0, (earth_day() - ask.due_on).days) if ask.is_open else 0
