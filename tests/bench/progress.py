"""What is said while a generated project runs, and what comes of it: months, health lines, meetings, uses."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.dates import PartialDate, add_months
from tracker.events.models import Event, EventGuest, event_project
from tracker.events.states import EventKind
from tracker.oversight.models import HealthLine
from tracker.oversight.states import Health
from tracker.projects.states import ProjectState
from tracker.uses.models import Use
from tracker.uses.states import UseKind

if TYPE_CHECKING:
    from tests.bench.histories import History

MONTHS = 3  # that each partner of a running project has spoken about
GOING = (Going.ON_TRACK, Going.ON_TRACK, Going.SLOWER, Going.HELP, None)


def tell(history: "History", partners: list[int], state: ProjectState) -> None:
    """Note the rows of a project that has started."""
    chance, add = history.chance, history.tables.add
    if state is ProjectState.RUNNING:
        for back in range(MONTHS):
            month = add_months(history.now.date().replace(day=1), -back)
            for position, partner in enumerate(partners):
                going = Going.ON_TRACK if history.is_quiet else chance.choice(GOING)
                at = history.now - timedelta(days=30 * back + position + 1)
                add(
                    CheckIn,
                    project_id=history.project,
                    partner_id=partner,
                    month=month,
                    asked_at=at,
                    going=going,
                    answered_at=at if going else None,
                    answered_by_id=history.team[position] if going else None,
                    answered_by_name=f"Person {history.team[position]}" if going else "",
                    created_at=at,
                )
        health = chance.choice(list(Health))
        add(HealthLine, project_id=history.project, health=health, words="As we heard on the phone.", person_name="A")
    if state is ProjectState.PUBLISHED:
        day = PartialDate.of(history.latest.date())
        event = add(
            Event,
            network_id=1,
            kind=chance.choice(list(EventKind)),
            title=history.title,
            on_day=day,
            day=day.last_day,
            country=history.where[history.places[0]],
            participants=40,
        )
        add(event_project, event_id=event, project_id=history.project)
        for place in history.places:
            add(EventGuest, event_id=event, institution_id=place, people=2)


def use(history: "History", report: int) -> None:
    """Note that a published report was used."""
    day = PartialDate.of(history.latest.date())
    kind = history.chance.choice(list(UseKind))
    history.tables.add(
        Use,
        report_id=report,
        kind=kind,
        on_day=day,
        day=day.last_day,
        words="In a speech.",
        institution_id=history.places[0],
    )
