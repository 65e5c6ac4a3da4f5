"""The secret addresses of calendars: see `tracker.signing` for what they carry.

The nonce is kept, so that the address can be shown again; a new nonce makes a new address, and the old one dies.
"""

import re

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import signing
from tracker.calendars.models import CalendarFeed
from tracker.database import db
from tracker.institutions.models import Affiliation, Person

LABEL = "calendar"


def token(nonce: str) -> str:
    """The secret part of the address that this nonce makes."""
    return signing.sign(LABEL, nonce)


def address(feed: CalendarFeed) -> str:
    """Where a calendar program fetches it."""
    return f"{signing.base_url()}/calendars/{token(feed.nonce)}.ics"


def to_open(feed: CalendarFeed) -> str:
    """The same address, so that a browser hands it to the calendar program of the device."""
    return re.sub(r"^https?:", "webcal:", address(feed))


def find(text: str) -> CalendarFeed | None:
    """The feed at this address with its owner; None for a wrong one, and for one that was renewed or ended."""
    if not signing.has_shape(text):
        return None
    return db.session.scalar(
        sa.select(CalendarFeed)
        .where(CalendarFeed.token_hash == signing.hashed(text))
        .options(
            joinedload(CalendarFeed.person).options(
                selectinload(Person.affiliations).joinedload(Affiliation.institution),
                selectinload(Person.contact_places),
                selectinload(Person.coordinator_places),
                selectinload(Person.memberships),
            )
        )
    )


def site() -> str:
    """What tells entries of this site from those of others, whatever address people reach it under."""
    return signing.sign(LABEL, "entries of this site")[:16]
