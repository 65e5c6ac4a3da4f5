"""Whatever is answered in whatever order: one check-in a month, one note at most, dates that move with a reason."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.factories import make_project
from tracker import clock
from tracker.checkins import actions, rounds
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.database import db
from tracker.dates import PartialDate, add_months
from tracker.errors import RuleBroken
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone, ProgressNote
from tracker.milestones.queries import plan
from tracker.milestones.states import DelayReason
from tracker.projects.states import ProjectState

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
answers = st.fixed_dictionaries(
    {
        "number": st.sampled_from([1, 1, 0]),
        "months_ago": st.sampled_from([0, 0, 0, 0, 1, 2]),
        "going": st.sampled_from(Going),
        "words": st.sampled_from(["Fine", "Later", ""]),
        "reason": st.sampled_from([DelayReason.DATA, DelayReason.STAFF, None]),
        "milestone": st.sampled_from([None, None, 0, 1]),
        "due": st.sampled_from([None, None, "2026-01", "2026-09", "2026-12-24"]),
        "done": st.sampled_from([(), (), (1,)]),
        "days": st.sampled_from([0, 0, 1, 9, 31]),
    }
)


def holds():
    """What every state of the tables keeps to."""
    rows = db.session.scalars(sa.select(CheckIn)).all()
    assert len({(row.partner_id, row.month) for row in rows}) == len(rows)
    standing = db.session.scalars(sa.select(ProgressNote).where(ProgressNote.withdrawn_at.is_(None))).all()
    assert sorted(note.id for note in standing) == sorted(row.note_id for row in rows if row.note_id)
    for milestone in db.session.scalars(sa.select(Milestone)):
        assert (milestone.due == milestone.first_due) or milestone.changes
        assert all(change.reason and change.after != change.before for change in milestone.changes)
        days = [milestone.first_due, *(change.after for change in milestone.changes)]
        assert days[-1] == milestone.due


def test_whatever_is_answered_in_whatever_order_holds():
    db.session.commit()

    @settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], database=None)
    @given(st.lists(answers, min_size=4, max_size=7))
    def try_it(sequence):
        with clock.frozen(START):
            outer = db.engines[None].begin_nested()
            try:
                _answer_all(sequence)
            finally:
                db.session.rollback()
                db.session.expunge_all()
                outer.rollback()

    try_it()


def _answer_all(sequence):
    project = make_project(ProjectState.RUNNING)
    for milestone in plan(project):
        db.session.delete(milestone)
    db.session.flush()
    known = [
        milestones.add_milestone(
            project, name=f"M{each}", due=PartialDate("2026-06"), partner=project.partners[1], actor=project.lead
        )
        for each in range(2)
    ]
    now = START
    for wanted in sequence:
        now += timedelta(days=wanted["days"], minutes=1)
        with clock.frozen(now):
            rounds.ask_how_it_goes(100)
            with suppress(RuleBroken), db.session.begin_nested():
                actions.answer(
                    project.partners[wanted["number"]],
                    add_months(now.date(), -wanted["months_ago"]),
                    wanted["going"],
                    words=wanted["words"],
                    reason=wanted["reason"],
                    milestone=None if wanted["milestone"] is None else known[wanted["milestone"]],
                    due=PartialDate(wanted["due"]) if wanted["due"] else None,
                    done=[known[each] for each in wanted["done"]],
                    actor=project.lead,
                )
            db.session.expire_all()
            holds()
