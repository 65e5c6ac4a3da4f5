"""What a step still needs, as one list: shown on the page before it is tried, enforced when it is taken.

A feature that comes later adds its own needs:

    @needs("start")
    def terms_confirmed(project): return [Missing(_("…"), f"{project.path}/terms")]
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tracker.features import FEATURES
from tracker.projects.models import Project


@dataclass(frozen=True)
class Missing:
    """One thing a step still needs, in words its reader can act on, and the page where it is mended."""

    sentence: str
    path: str


Need = Callable[[Project], list[Missing]]
_needs: dict[str, list[Need]] = defaultdict(list)


def needs(step_name: str) -> Callable[[Need], Need]:
    """Register what the named step needs. Needs are asked in the order of the features."""

    def register(need: Need) -> Need:
        _needs[step_name].append(need)
        _needs[step_name].sort(key=lambda known: FEATURES.index(known.__module__.split(".")[1]))
        return need

    return register


def missing(project: Project, step_name: str) -> list[Missing]:
    """Everything the step still needs; empty when it may be taken."""
    return [item for need in _needs[step_name] for item in need(project)]
