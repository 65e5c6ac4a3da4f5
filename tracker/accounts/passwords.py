"""Passwords: what is kept of them, whether one is right, and whether one is too easy to guess."""

from functools import lru_cache

from werkzeug.security import check_password_hash, generate_password_hash

from tracker.accounts import keys
from tracker.i18n import _
from tracker.institutions.models import Person

SHORTEST, LONGEST = 10, 200  # characters
ENOUGH = 2  # of zxcvbn's 0 to 4: withstands guessing through our form
_ZXCVBN_READS = 72  # it refuses anything longer


def hashed(password: str) -> str:
    """What the table keeps of a password."""
    return generate_password_hash(password, keys.password_method())


def is_right(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. Takes as long when there is no such person, or no password."""
    kept = person.password_hash if person is not None else ""
    right = check_password_hash(kept or _nobodys(keys.password_method()), password[:LONGEST])
    return right and bool(kept)


def weakness(password: str, *about: str) -> str | None:
    """Why this password cannot be chosen, as a sentence, or None. `about`: words an attacker would try first."""
    from zxcvbn import zxcvbn  # its word lists take a while to load, and few requests need them

    if len(password) < SHORTEST:
        return _("Use at least %(number)s characters.", number=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most %(number)s characters.", number=LONGEST)
    known = [word for text in about for word in (text, *text.replace("@", " ").split()) if word]
    plain = password.casefold()
    if plain in {word.casefold() for word in known} or zxcvbn(password[:_ZXCVBN_READS], known)["score"] < ENOUGH:
        return _("This password is easy to guess. Try a few words that do not belong together.")
    return None


@lru_cache
def _nobodys(method: str) -> str:
    return generate_password_hash("nobody has this password", method)
