"""The dates of a call, and what may be done until when."""

from tracker.calls.queries import call_of
from tracker.errors import RuleBroken
from tracker.i18n import _, format_day
from tracker.projects.models import Project


def demand_open(project: Project) -> None:
    """Raise RuleBroken where the call has not opened yet, or its last day has passed."""
    call = call_of(project.id)
    if call is None:
        return
    if call.is_coming:
        raise RuleBroken(_("This call opens on %(day)s.", day=format_day(call.opens_on)))
    if call.is_closed:
        raise RuleBroken(_("This call closed on %(day)s.", day=format_day(call.closes_on)))
