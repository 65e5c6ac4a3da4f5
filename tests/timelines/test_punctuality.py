"""On time, late, still open or unknown: said in SQL and in Python alike."""

from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa

from tests.factories import make_project
from tracker.database import db
from tracker.dates import PartialDate
from tracker.milestones import punctuality
from tracker.milestones.models import Milestone
from tracker.milestones.punctuality import Punctuality
from tracker.milestones.states import MilestoneState

TODAY = date(2026, 9, 15)
DAYS = [None, "2026-08", "2026-09-14", "2026-09-15", "2026"]


@pytest.fixture
def every_kind():
    project = make_project()
    for state, first, current, done in product(MilestoneState, DAYS, DAYS, [None, "2026-09-14", "2026-09"]):
        if done and state is not MilestoneState.DONE:
            continue
        given = {
            name: PartialDate(day) if day else None
            for name, day in {"first_due": first, "due": current, "done_on": done}.items()
        }
        db.session.add(Milestone(project_id=project.id, name="Draft", state=state, **given))
    db.session.flush()


@pytest.mark.parametrize(
    ("promise", "on_time", "counted"),
    [
        ("first_last_day", punctuality.is_on_time_first, punctuality.is_counted_first),
        ("last_day", punctuality.is_on_time_current, punctuality.is_counted_current),
    ],
)
def test_what_the_database_counts_is_what_is_said_of_each_milestone(every_kind, promise, on_time, counted):
    rows = db.session.execute(
        sa.select(Milestone, on_time(), counted(TODAY), punctuality.is_day_unknown()).order_by(Milestone.id)
    )
    seen = set()
    for milestone, is_on_time, is_counted, is_unknown in rows:
        said = punctuality.against(milestone, getattr(milestone, promise), TODAY)
        seen.add(said)
        assert is_on_time is not None and bool(is_on_time) == (said is Punctuality.ON_TIME)
        assert bool(is_counted) == (said in (Punctuality.ON_TIME, Punctuality.LATE))
        if said is not Punctuality.NONE:
            assert bool(is_unknown) == (said is Punctuality.UNKNOWN)
    assert seen == set(Punctuality)


def test_a_month_is_kept_until_its_last_day():
    milestone = Milestone(state=MilestoneState.DONE, due=PartialDate("2026-09"), done_on=PartialDate("2026-09-30"))
    assert punctuality.against(milestone, milestone.last_day) is Punctuality.ON_TIME
    milestone.done_on = PartialDate("2026-10")
    assert punctuality.against(milestone, milestone.last_day) is Punctuality.LATE
