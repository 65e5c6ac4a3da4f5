"""What the worker does for calls: note that one closed by its date, tell of one that closes soon, and see to it that
the leads are asked exactly what waits for an answer.

Projects stop, resume and go on by steps of a feature that knows nothing of calls.
"""

import logging
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from tracker import clock
from tracker.calls import actions, queries
from tracker.calls.models import Call, SavedCall
from tracker.database import db, is_collision
from tracker.projects.queries import for_ask
from tracker.projects.states import ProjectState
from tracker.worker import round_of_work

log = logging.getLogger(__name__)


@round_of_work("Calls that closed")
def close(limit: int) -> int:
    """Note the end of up to `limit` calls; return how many. One that fails is logged, and not tried for ever."""
    due = queries.just_closed(limit)
    db.session.commit()

    def give_up(project_id: int) -> None:
        db.session.execute(sa.update(Call).where(Call.project_id == project_id).values(closed_at=clock.now()))

    return _each(due, _close, give_up)


@round_of_work("News of calls that close soon")
def tell_of_ends(limit: int) -> int:
    """Tell up to `limit` people who keep a call in mind; return how many rows were looked after."""
    due = {each.id: each for each in queries.closing_soon(limit)}

    def tell(saved_id: int) -> None:
        each = due[saved_id]
        call = queries.call_of(each.project_id)
        if call is not None and call.closes_on is not None:
            actions.tell_of_end(each, call.closes_on)

    def give_up(saved_id: int) -> None:
        db.session.execute(sa.update(SavedCall).where(SavedCall.id == saved_id).values(told_at=clock.now()))

    done = 0
    for saved_id in due:  # in one transaction: they are locked together
        done += _safely(saved_id, tell, give_up)
    db.session.commit()
    return done


@round_of_work("Questions about calls")
def look_after(limit: int) -> int:
    """Ask the leads again what a pause took back, and end what no lead needs to answer; return how many."""
    due = queries.astray(limit)
    db.session.commit()
    return _each(due, _look_after, lambda _question_id: None)


def _close(project_id: int) -> None:
    project = for_ask(project_id, lock=True)
    call = queries.call_of(project_id)
    if project is not None and call is not None and project.state is ProjectState.RECRUITING:
        actions.close(call, project)


def _look_after(question_id: int) -> None:
    question = queries.for_ask(question_id, lock=True)
    if question is None or not question.is_open:
        return
    if question.project.state is ProjectState.RECRUITING:
        actions.put_to_leads(question, actor=question.asked_by)
    elif question.project.state is not ProjectState.STOPPED:
        actions.lapse(question)


def _each(ids: Iterable[int], do: Callable[[int], None], give_up: Callable[[int], None]) -> int:
    """Do something for each row in a transaction of its own; how many went well."""
    done = 0
    for row_id in ids:
        done += _safely(row_id, do, give_up)
        db.session.commit()
    return done


def _safely(row_id: int, do: Callable[[int], None], give_up: Callable[[int], None]) -> bool:
    try:
        with db.session.begin_nested():
            do(row_id)
    except Exception as error:
        if is_collision(error):  # nothing is wrong with it: the next turn tries again
            raise
        log.exception("%s failed for row %s", getattr(do, "__name__", ""), row_id)
        give_up(row_id)
        return False
    return True
