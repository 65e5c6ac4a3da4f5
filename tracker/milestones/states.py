from dataclasses import dataclass
from enum import StrEnum

from tracker.i18n import _l


class MilestoneState(StrEnum):
    """Late is not among them: it is computed from the date, never stored."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class DelayReason(StrEnum):
    FUNDING = "funding"
    CONTRACT = "contract"
    STAFF = "staff"
    TRAVEL = "travel"
    DATA = "data"
    FIELDWORK = "fieldwork"
    INSECURITY = "insecurity"
    COMPETING_WORK = "competing-work"
    PARTNER = "partner"
    TRANSLATION = "translation"
    REVIEW = "review"
    OTHER = "other"


class NoteAudience(StrEnum):
    """Who reads a progress note."""

    TEAM = "team"
    MEMBERS = "members"
    PUBLIC = "public"


REASON_LABELS = {
    DelayReason.FUNDING: _l("funding or payment late"),
    DelayReason.CONTRACT: _l("contract"),
    DelayReason.STAFF: _l("staff change"),
    DelayReason.TRAVEL: _l("visa or travel"),
    DelayReason.DATA: _l("data access"),
    DelayReason.FIELDWORK: _l("fieldwork conditions"),
    DelayReason.INSECURITY: _l("elections or insecurity"),
    DelayReason.COMPETING_WORK: _l("competing work"),
    DelayReason.PARTNER: _l("partner waiting"),
    DelayReason.TRANSLATION: _l("translation"),
    DelayReason.REVIEW: _l("review"),
    DelayReason.OTHER: _l("other"),
}
STATE_LABELS = {
    MilestoneState.PLANNED: _l("planned"),
    MilestoneState.DONE: _l("done"),
    MilestoneState.DROPPED: _l("dropped"),
}
AUDIENCE_LABELS = {
    NoteAudience.TEAM: _l("the team"),
    NoteAudience.MEMBERS: _l("members of the network"),
    NoteAudience.PUBLIC: _l("everyone"),
}


@dataclass(frozen=True)
class Template:
    """A ready-dated plan: (what, months after the start)."""

    key: str
    label: object
    months: int
    milestones: tuple[tuple[object, int], ...]


TEMPLATES = {
    template.key: template
    for template in (
        Template(
            "policy-brief",
            _l("Policy brief, 5 months"),
            5,
            (
                (_l("Concept"), 0),
                (_l("Partners agreed"), 1),
                (_l("Draft"), 2),
                (_l("Review"), 3),
                (_l("Final text"), 4),
                (_l("Launch"), 5),
            ),
        ),
        Template(
            "paired-study",
            _l("Project of two institutions, 12 months"),
            12,
            (
                (_l("Concept"), 0),
                (_l("Partners agreed"), 1),
                (_l("Inception"), 2),
                (_l("Design note"), 3),
                (_l("Interim drafts"), 6),
                (_l("Joint draft"), 9),
                (_l("Review"), 10),
                (_l("Publication"), 11),
                (_l("Launch"), 12),
                (_l("Uptake check"), 18),
            ),
        ),
        Template(
            "comparison",
            _l("Multi-country comparison, 30 months"),
            30,
            (
                (_l("Concept"), 0),
                (_l("Call closes"), 2),
                (_l("Partners agreed"), 4),
                (_l("Inception"), 6),
                (_l("Design paper"), 9),
                (_l("Country papers"), 18),
                (_l("Comparative draft"), 23),
                (_l("Review"), 25),
                (_l("Translation"), 28),
                (_l("Publication"), 29),
                (_l("Launch"), 30),
                (_l("Uptake check"), 36),
            ),
        ),
    )
}
