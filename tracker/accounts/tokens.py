"""Links that do one thing once. Whoever holds one may do it, until it is used, withdrawn or too old.

See `tracker.signing` for what a link carries and what its row keeps of it.
"""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker import clock, signing
from tracker.accounts.models import Purpose, Token
from tracker.database import db
from tracker.institutions.models import Person

PATHS = {
    Purpose.SET_UP: "/set-up/",
    Purpose.SIGN_IN: "/sign-in/",
    Purpose.RESET_PASSWORD: "/password/reset/",
    Purpose.CHANGE_EMAIL: "/account/email/",
}
LASTS = {
    Purpose.SET_UP: timedelta(hours=24),
    Purpose.SIGN_IN: timedelta(hours=1),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
}


def issue(purpose: Purpose, person: Person | None = None, value: str = "", *, lasts: timedelta | None = None) -> Token:
    """A new right to do one thing, from now for `lasts` (else as long as LASTS says). Not committed."""
    nonce = signing.new_nonce()
    now = clock.now()
    token = Token(
        purpose=purpose,
        person=person,
        nonce=nonce,
        hash=signing.hashed(_sign(purpose, nonce)),
        value=value,
        created_at=now,
        expires_at=now + (lasts or LASTS[purpose]),
    )
    db.session.add(token)
    return token


def link_token(token: Token) -> str:
    """The secret part of the token's link: 43 characters that fit into an address."""
    return _sign(token.purpose, token.nonce)


def address(token: Token, base_url: str) -> str:
    """The whole link."""
    return base_url.rstrip("/") + PATHS[token.purpose] + link_token(token)


def link_for(purpose: str, nonce: str) -> str:
    """The link for the template of a mail. Takes values and not a row: nothing is read while mail is sent."""
    known = Purpose(purpose)
    return signing.base_url() + PATHS[known] + _sign(known, nonce)


def open_token(text: str, purpose: Purpose, *, use: bool = False) -> Token | None:
    """The token of a link with its person, or None where the link is wrong, too old, used or withdrawn.

    `use` uses it up; two requests at once cannot both. Whatever `text` holds, nothing is raised.
    """
    if not signing.has_shape(text):
        return None
    query = (
        sa.select(Token)
        .where(Token.hash == signing.hashed(text), Token.purpose == purpose)
        .where(Token.used_at.is_(None), Token.withdrawn_at.is_(None), Token.expires_at > clock.now())
        .options(joinedload(Token.person))
    )
    if use:
        query = query.with_for_update(of=Token).execution_options(populate_existing=True)
    token = db.session.scalars(query).first()
    # A row somebody wrote into the table, or of an older key, has no link.
    if token is None or not signing.is_same(link_token(token), text):
        return None
    if use:
        token.used_at = clock.now()
    return token


def withdraw(*purposes: Purpose, person: Person | None) -> int:
    """Make the open links of a person (None: of nobody in particular) useless; return how many there were."""
    whose = Token.person_id.is_(None) if person is None else Token.person_id == person.id
    result = db.session.execute(
        sa.update(Token)
        .where(whose, Token.purpose.in_(purposes), Token.used_at.is_(None), Token.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _sign(purpose: Purpose, nonce: str) -> str:
    return signing.sign(f"link:{purpose.value}", nonce)
