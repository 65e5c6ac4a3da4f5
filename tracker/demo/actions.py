"""Building the example network, and the links that let a newcomer look at it as one of its people."""

import heapq
from datetime import timedelta
from random import Random

import sqlalchemy as sa

from tracker import clock
from tracker.accounts import tokens
from tracker.accounts.actions import sign_in_link
from tracker.accounts.models import Purpose
from tracker.accounts.queries import by_email
from tracker.activity.models import Delivery
from tracker.database import db
from tracker.demo.cast import Cast, gather
from tracker.demo.lives import Life
from tracker.demo.manuscripts import Manuscripts
from tracker.demo.meetings import Meetings
from tracker.demo.months import Months
from tracker.demo.people import CONTACT, COORDINATOR, RESEARCHER
from tracker.demo.study import studies
from tracker.institutions.actions import confirm_institution
from tracker.institutions.models import Person
from tracker.seats.models import Seat

SEED = 2030
LINK_LASTS = timedelta(hours=24)
SHOWN = (("Researcher", RESEARCHER, "/me"), ("Contact", CONTACT, "/me"), ("Coordinator", COORDINATOR, "/board"))


def build() -> None:
    """Fill an empty database with the example network and its history, and commit. Does nothing where people are.

    Everything is done by the actions that pages use, at moments of the last four years counted from today, so
    that what is late and what is due is so on any day. The mails that this would have owed are not owed.
    """
    if db.session.scalar(sa.select(Person.id).limit(1)) is not None:
        return
    chance = Random(SEED)
    today = clock.today()
    cast = gather(today)
    db.session.flush()
    db.session.expire_all()  # what was read before people had their places
    lives = [Life(study, cast, today, chance) for study in studies()]
    more = (Meetings(cast, today), Months(lives, cast, today), Manuscripts(lives, cast, today))
    deeds = (*(life.deeds for life in lives), *(each.deeds for each in more))
    for deed in heapq.merge(*deeds, key=lambda deed: deed.at):
        with clock.frozen(deed.at):
            deed.do()
            deed.actor.seen_at = deed.at
    _confirm_records(cast)
    db.session.execute(sa.delete(Delivery))
    db.session.execute(sa.update(Seat).values(told_at=Seat.created_at))  # nobody hears of old seats as if they were new
    db.session.commit()


def sign_in_links(base_url: str) -> list[tuple[str, str]]:
    """(who, link) of three of the example people; each link signs in once, within a day. Commits.

    Earlier links of theirs stop working. Empty where the database is not the example's.
    """
    links = []
    for role, key, next_path in SHOWN:
        person = by_email(f"{key}@example.org")
        if person is None:
            continue
        tokens.withdraw(Purpose.SIGN_IN, person=person)
        cities = [held.institution.city for held in person.current_affiliations]
        label = f"{role}, {person.name} ({', '.join(cities)})"
        links.append((label, sign_in_link(person, base_url, next_path=next_path, lasts=LINK_LASTS)))
    db.session.commit()
    return links


def _confirm_records(cast: Cast) -> None:
    """Some contacts have looked at their institution's record lately."""
    for number, (key, institution) in enumerate(cast.institutions.items()):
        contact = cast.contact(key)
        if number % 3 == 0 and contact.joined_at is not None:
            with clock.frozen(clock.now() - timedelta(hours=20 - number / 4)):
                confirm_institution(institution, actor=contact)
