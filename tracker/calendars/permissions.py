from typing import Any

from tracker.calendars.models import CalendarFeed
from tracker.calendars.states import Scope
from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import view_project


@permission
def view_calendar_feed(actor: Person | None, feed: CalendarFeed) -> bool:
    """Its address, and what becomes of it: only whoever subscribed."""
    return actor is not None and feed.person_id == actor.id


def may_subscribe(person: Person, scope: Scope, subject: Any) -> bool:
    """Whether somebody may have a calendar of this row: asked again each time it is fetched."""
    if subject is None or (scope is Scope.PERSON and subject.id != person.id):
        return False
    return view_project(person, subject) if scope is Scope.PROJECT else True
