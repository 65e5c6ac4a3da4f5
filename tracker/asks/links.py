"""Links that answer one ask in one person's place, without signing in.

See `tracker.signing` for what a link carries. Its label names the ask and the person, so that a link answers
nothing else and for nobody else. It serves as often as needed: a second look shows what was answered.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock, signing
from tracker.asks.models import Ask, AskLink
from tracker.database import db
from tracker.institutions.models import Person

LASTS = timedelta(days=120)


def issue(ask: Ask, person: Person) -> AskLink:
    """The link of this person to this ask: the one they have, while it is good for a month more, or a new one."""
    now = clock.now()
    held = db.session.scalars(
        sa.select(AskLink)
        .where(AskLink.ask_id == ask.id, AskLink.person_id == person.id, AskLink.withdrawn_at.is_(None))
        .where(AskLink.expires_at >= now + min(LASTS / 4, _until(ask, now) - now))
        .order_by(AskLink.id.desc())
        .limit(1)
    ).first()
    if held is not None:
        return held
    nonce = signing.new_nonce()
    link = AskLink(
        ask_id=ask.id,
        person_id=person.id,
        nonce=nonce,
        hash=signing.hashed(_sign(ask.id, person.id, nonce)),
        created_at=now,
        expires_at=_until(ask, now),
    )
    db.session.add(link)
    return link


def token(link: AskLink) -> str:
    """The secret part of the link's address."""
    return _sign(link.ask_id, link.person_id, link.nonce)


def address(ask_id: int, person_id: int, nonce: str) -> str:
    """The whole link, for a mail. Takes values and not a row: nothing is read while mail is sent."""
    return f"{signing.base_url()}/a/{_sign(ask_id, person_id, nonce)}"


def find(text: str) -> AskLink | None:
    """The link of this token with its ask and its person, whatever became of them since; None for a wrong one."""
    if not signing.has_shape(text):
        return None
    link = db.session.scalars(
        sa.select(AskLink)
        .where(AskLink.hash == signing.hashed(text))
        .options(
            joinedload(AskLink.person).options(selectinload(Person.affiliations), selectinload(Person.contact_places)),
            joinedload(AskLink.ask).options(
                joinedload(Ask.asked_by), joinedload(Ask.delegated_to), selectinload(Ask.answers)
            ),
        )
    ).first()
    # A row that somebody wrote into the table, or of an older key, has no link.
    return link if link is not None and signing.is_same(token(link), text) else None


def withdraw(ask: Ask, person: Person) -> None:
    """Make a person's links to this ask useless."""
    db.session.execute(
        sa.update(AskLink)
        .where(AskLink.ask_id == ask.id, AskLink.person_id == person.id, AskLink.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )


def withdraw_all(person: Person) -> None:
    """Make all links of a person useless, those to answered asks too."""
    db.session.execute(
        sa.update(AskLink)
        .where(AskLink.person_id == person.id, AskLink.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )


def _until(ask: Ask, now: datetime) -> datetime:
    return min(now + LASTS, ask.expires_at) if ask.expires_at else now + LASTS


def _sign(ask_id: int, person_id: int, nonce: str) -> str:
    return signing.sign(f"ask:{ask_id}:{person_id}", nonce)
