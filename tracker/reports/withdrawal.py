"""A published report that must not be read any longer, and its way back. Part of the actions."""

from tracker import clock
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.projects.actions import leads
from tracker.reports.changing import index_for_search, note
from tracker.reports.editions import freeze, stamp
from tracker.reports.followers import public_changed
from tracker.reports.models import Report
from tracker.reports.states import ReportState


def withdraw(report: Report, *, reason: str, actor: Person | None) -> None:
    """Take a published report back. Its address says from now on that it was here, and why it is not."""
    if not report.is_public:
        raise RuleBroken(_("Only a published report can be withdrawn."))
    if not reason.strip():
        raise RuleBroken(_("Say why: readers who come back will ask."))
    if not report.editions:
        freeze(report, actor=None)
    report.state, report.withdrawn_at, report.withdrawn_because = ReportState.WITHDRAWN, clock.now(), reason.strip()
    _tell("reports.withdraw", report, reason, actor)


def restore(report: Report, *, reason: str, actor: Person | None) -> None:
    """Make a withdrawn report public again, as it was."""
    if not report.is_withdrawn:
        raise RuleBroken(_("This report is not withdrawn."))
    if not reason.strip():
        raise RuleBroken(_("Say why it is public again."))
    report.state, report.withdrawn_at, report.withdrawn_because = ReportState.PUBLISHED, None, ""
    _tell("reports.restore", report, reason, actor)


def _tell(kind: str, report: Report, reason: str, actor: Person | None) -> None:
    note(kind, report, actor=actor, tell=leads(report.project) if report.project else [], reason=reason.strip())
    stamp(report)
    index_for_search(report)
    public_changed(report, actor)
