"""Whom this feature tells when an institution says that it takes part, though they stand below it.

A later feature registers a function, called in the same transaction: an institution that is no member yet is then
proposed to the network.
"""

from collections.abc import Callable

from tracker.institutions.models import Person
from tracker.projects.models import Partner

type_of_follower = Callable[[Partner, Person], None]

_followers: list[type_of_follower] = []


def follows_agreement(follower: type_of_follower) -> type_of_follower:
    """Call `follower(partner, actor)` whenever an institution intends or agrees to take part, by its own word."""
    _followers.append(follower)
    return follower


def agreed(partner: Partner, actor: Person) -> None:
    """An institution intends or agrees to take part; `actor` said so."""
    for follower in _followers:
        follower(partner, actor)
