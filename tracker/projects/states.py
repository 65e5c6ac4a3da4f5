"""The life of a project: which states there are, which steps lead between them, and who takes them."""

from dataclasses import dataclass
from enum import StrEnum

from tracker.i18n import _l


class ProjectState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    RECRUITING = "recruiting"
    RUNNING = "running"
    REVIEW = "review"
    PUBLISHED = "published"
    STOPPED = "stopped"


class Audience(StrEnum):
    """Who may read a project beside those who take part."""

    TEAM = "team"  # only those who take part
    SECRETARIAT = "secretariat"  # and the network's coordinators
    MEMBERS = "members"  # and the network's member institutions
    PUBLIC = "public"


class Role(StrEnum):
    LEAD = "lead"
    CO_LEAD = "co-lead"
    PARTNER = "partner"
    ADVISER = "adviser"


class Commitment(StrEnum):
    INVITED = "invited"  # the project asked; the institution has not answered
    INTERESTED = "interested"  # the institution asked; the lead has not answered
    INTENDS = "intends"
    AGREED = "agreed"
    DONE = "done"
    WITHDREW = "withdrew"
    DECLINED = "declined"  # said no, or was told no; kept so that nobody asks twice


class FunderKind(StrEnum):
    """Who pays, by kind; one project may have several."""

    OWN = "own"  # the partners' own resources
    GOVERNMENT = "government"
    DEVELOPMENT_AGENCY = "development-agency"
    MULTILATERAL = "multilateral"  # a UN body, a development bank
    FOUNDATION = "foundation"
    UNIVERSITY = "university"
    COMPANY = "company"
    OTHER = "other"


S = ProjectState
OPEN = frozenset({S.DRAFT, S.PROPOSED, S.RECRUITING, S.RUNNING, S.REVIEW})
PATH = (S.DRAFT, S.PROPOSED, S.RECRUITING, S.RUNNING, S.REVIEW, S.PUBLISHED)
SEEKS_PARTNERS = frozenset({S.DRAFT, S.PROPOSED, S.RECRUITING, S.RUNNING})
AUDIENCES = {
    S.DRAFT: Audience.TEAM,
    S.PROPOSED: Audience.SECRETARIAT,
    S.RECRUITING: Audience.MEMBERS,
    S.RUNNING: Audience.PUBLIC,
    S.REVIEW: Audience.PUBLIC,
    S.PUBLISHED: Audience.PUBLIC,
}
TAKES_PART = frozenset({Commitment.INTENDS, Commitment.AGREED, Commitment.DONE})
COMMITTED = frozenset({Commitment.AGREED, Commitment.DONE})
ASKED = frozenset({Commitment.INVITED, Commitment.INTERESTED})
LEADING = frozenset({Role.LEAD, Role.CO_LEAD})


@dataclass(frozen=True)
class Step:
    """One allowed move. `permission` names who may make it; `target` None: back to where it was stopped."""

    name: str
    sources: frozenset[ProjectState]
    target: ProjectState | None
    permission: str
    label: object
    needs_reason: bool = False
    is_forward: bool = False


STEPS = {
    step.name: step
    for step in (
        Step("propose", frozenset({S.DRAFT}), S.PROPOSED, "act_as_lead", _l("Propose the project"), is_forward=True),
        Step(
            "accept",
            frozenset({S.PROPOSED}),
            S.RECRUITING,
            "coordinate_project",
            _l("Accept the proposal"),
            is_forward=True,
        ),
        Step(
            "send_back",
            frozenset({S.PROPOSED}),
            S.DRAFT,
            "coordinate_project",
            _l("Send the proposal back"),
            needs_reason=True,
        ),
        Step("start", frozenset({S.RECRUITING}), S.RUNNING, "act_as_lead", _l("Start the project"), is_forward=True),
        Step(
            "submit",
            frozenset({S.RUNNING}),
            S.REVIEW,
            "act_as_lead",
            _l("Submit the report for review"),
            is_forward=True,
        ),
        Step("publish", frozenset({S.REVIEW}), S.PUBLISHED, "act_as_lead", _l("Publish the project"), is_forward=True),
        Step("reopen", frozenset({S.REVIEW}), S.RUNNING, "act_as_lead", _l("Reopen the work"), needs_reason=True),
        Step("stop", OPEN, S.STOPPED, "lead_project", _l("Stop the project"), needs_reason=True),
        Step("resume", frozenset({S.STOPPED}), None, "lead_project", _l("Resume the project"), needs_reason=True),
    )
}
DECIDES_PROPOSAL = frozenset({"accept", "send_back"})  # what the coordinators are asked

STATE_LABELS = {
    S.DRAFT: _l("draft"),
    S.PROPOSED: _l("proposed"),
    S.RECRUITING: _l("recruiting"),
    S.RUNNING: _l("running"),
    S.REVIEW: _l("in review"),
    S.PUBLISHED: _l("published"),
    S.STOPPED: _l("stopped"),
}
ROLE_LABELS = {
    Role.LEAD: _l("lead"),
    Role.CO_LEAD: _l("co-lead"),
    Role.PARTNER: _l("partner"),
    Role.ADVISER: _l("adviser"),
}
COMMITMENT_LABELS = {
    Commitment.INVITED: _l("invited"),
    Commitment.INTERESTED: _l("interested"),
    Commitment.INTENDS: _l("intends to join"),
    Commitment.AGREED: _l("agreed"),
    Commitment.DONE: _l("done"),
    Commitment.WITHDREW: _l("withdrew"),
    Commitment.DECLINED: _l("declined"),
}

FUNDER_LABELS = {
    FunderKind.OWN: _l("own resources"),
    FunderKind.GOVERNMENT: _l("a government"),
    FunderKind.DEVELOPMENT_AGENCY: _l("a development agency"),
    FunderKind.MULTILATERAL: _l("an international organisation or bank"),
    FunderKind.FOUNDATION: _l("a foundation"),
    FunderKind.UNIVERSITY: _l("a university or academy"),
    FunderKind.COMPANY: _l("a company"),
    FunderKind.OTHER: _l("somebody else"),
}


def steps_from(state: ProjectState) -> list[Step]:
    """The steps that lead out of a state, forward ones first."""
    return [step for step in STEPS.values() if state in step.sources]
