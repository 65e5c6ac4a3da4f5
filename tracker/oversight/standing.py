"""What the page of a project shows to those who coordinate it, and to nobody else."""

from dataclasses import dataclass

from tracker.oversight.computed import Computed, computed
from tracker.oversight.models import HealthLine
from tracker.oversight.queries import count_notes, current_line
from tracker.projects.models import Project


@dataclass(frozen=True)
class Standing:
    """How coordinators see it, beside that what the record says, and how many notes there are."""

    line: HealthLine | None
    computed: Computed
    notes: int


def standing_of(project: Project) -> Standing:
    """For whoever holds `view_oversight`. Five queries."""
    return Standing(current_line(project), computed([project])[project.id], count_notes(project))
