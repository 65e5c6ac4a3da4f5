"""How a seat stands, as its readers see it: a word, a shape, and who fills it."""

from dataclasses import dataclass

from tracker.projects.models import Project
from tracker.projects.states import SEEKS_PARTNERS, Commitment
from tracker.seats.models import Filling, Seat
from tracker.seats.states import OFFERED_LABEL, OVER_LABEL, SEAT_STATE_LABELS, SeatState


@dataclass(frozen=True)
class Standing:
    """`kind` names the shape (see templates/components/state.html), `label` is the word."""

    kind: str
    label: object

    @property
    def seeks(self) -> bool:
        """Whether somebody is still looked for."""
        return self.kind in ("open", "offered")


def standing_of(seat: Seat, project: Project, *, leads: bool = False) -> Standing:
    """How a seat of `project` stands now. That an offer waits is told to those who lead (`leads`), to nobody else."""
    if seat.state is not SeatState.OPEN:
        return Standing(str(seat.state), SEAT_STATE_LABELS[seat.state])
    if seat.is_over or project.state not in SEEKS_PARTNERS:
        return Standing("over", OVER_LABEL)
    if leads and any(known.is_asked and known.partner.commitment is Commitment.INTERESTED for known in seat.fillings):
        return Standing("offered", OFFERED_LABEL)
    return Standing("open", SEAT_STATE_LABELS[seat.state])


def filled_by(seat: Seat) -> list[Filling]:
    """The partners that fill it now."""
    return [known for known in seat.fillings if known.is_taken]


def asked_for(seat: Seat) -> list[Filling]:
    """The partners that were asked for it, or offered themselves, and wait for an answer: for those who lead."""
    return [known for known in seat.fillings if known.is_asked]
