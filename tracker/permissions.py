"""Who may do what. A permission is one function, declared in a feature's permissions.py and asked by its name.

    permissions.py   @permission
                     def lead_project(actor, project): ...
    views.py         @requires("lead_project", Project)
    a template       {% if can("lead_project", project) %}

When something may be done is another matter: that is a rule of the domain and lives in actions.py.
"""

from collections.abc import Callable
from typing import Protocol

permissions: dict[str, Callable[..., bool]] = {}


class Actor(Protocol):
    """Whoever acts, as far as the first features need to know them. In truth always a Person."""

    id: int
    name: str

    @property
    def is_coordinator(self) -> bool: ...


def permission(check: Callable[..., bool]) -> Callable[..., bool]:
    """Register `check` under its own name. It takes the actor (a Person or None) and the subject, if any."""
    if check.__name__ in permissions:
        raise RuntimeError(f"two permissions are called {check.__name__}")
    permissions[check.__name__] = check
    return check
