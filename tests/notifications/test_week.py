"""The mails of a week as their reader would find them right. See week.py for what happens in it."""

import re
from datetime import timedelta
from functools import cache
from itertools import pairwise
from types import SimpleNamespace

import pytest

from tests.notifications.week import Week
from tracker import hours

FRIDAY, SATURDAY = 4, 5

MAILS = """
Sun 20:00  ask       Invitation to a joint project: Migration and money
Sun 20:00  ask       Invitation to a joint project: Fish in the delta
Mon 09:00  reminder  3 questions wait for your answer
Tue 08:55  digest    What happened: River deltas and one more
Wed 08:55  digest    River deltas: what happened
Thu 08:55  digest    Reminder: Heat in schools: How does “Survey of schools” stand?
Thu 23:00  ask       Please confirm the terms of: Heat in schools
Sun 08:55  digest    2 questions wait for your answer
""".strip()


@cache
def lived() -> SimpleNamespace:
    """The week, lived once for all who ask what came of it."""
    week = Week().run()
    return SimpleNamespace(mails=week.mails, still_open=week.still_open())


@pytest.fixture
def week():
    return lived()


def test_the_mails_of_a_week_are_those_that_a_human_would_send(week):
    assert "\n".join(mail.row for mail in week.mails) == MAILS
    calm = [mail for mail in week.mails if mail.sort != "ask"]
    for mail in calm:  # on working days, in the daytime, once a day
        assert mail.at.weekday() not in (FRIDAY, SATURDAY) and hours.is_decent(mail.at, "Asia/Dhaka")
    assert all(earlier.at.date() < later.at.date() for earlier, later in pairwise(calm))
    for mail in week.mails:
        assert "You get this mail because" in mail.text.rpartition("-- \n")[2]
    reminding = [mail.at for mail in week.mails if "Waiting for your answer" in mail.text or mail.sort == "reminder"]
    assert len(reminding) <= 3
    told = [line.strip() for mail in week.mails for line in mail.text.splitlines() if "Interview" in line]
    assert len(told) == len(set(told)) == 18  # each event once
    assert sum("Dhaka Institute as a partner" in mail.text for mail in week.mails) == 1
    assert not any("added Amina Rahman" in mail.text for mail in week.mails)  # the same event


def test_questions_come_at_once_and_what_was_answered_is_never_mentioned_again(week):
    migration, fish = (mail for mail in week.mails[:2])
    assert "Migration and money" in migration.text and "Fish in the delta" in fish.text
    assert all(re.search(r"/a/[\w-]{43}\n", mail.text) for mail in week.mails if mail.sort == "ask")
    assert not any("Migration and money" in mail.text for mail in week.mails[1:])  # answered on Monday
    done = week.mails[0].at + timedelta(days=1, hours=19)  # Tuesday at three
    assert not any("Map of the ports" in mail.text for mail in week.mails if mail.at > done)
    last = week.mails[-1]  # a reminder of Friday, and a question that the calendar asked on Friday evening
    assert "Will Dhaka Institute take part" in last.text and "Fish in the delta" in last.text
    assert "How does “Workshop in Khulna” stand?" in last.text
    going = [title for title in week.still_open if title.endswith("how it is going")]
    assert len(going) == len(set(going)) == 3  # once a project, at the beginning of the month
    assert [title for title in week.still_open if title not in going] == [
        "Heat in schools: milestone",
        "Fish in the delta: invitation",
        "Heat in schools: milestone",
        "Heat in schools: terms",
    ]
