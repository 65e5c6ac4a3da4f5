"""What is being done on a report, for those who follow its project: one line of its page for each feature.

A feature adds one entry here and one line to templates/library/_workshop.html, whose partial gives one
`<li>`: a link, what it leads to, and in a few words how it stands.
"""

from typing import Any

from tracker.drafts.queries import panel
from tracker.credit.queries import panel
from tracker.institutions.models import Person
from tracker.reports.models import Report
from tracker.reviewing.standing import newest


def panels(report: Report, actor: Person | None) -> dict[str, Any]:
    """What the partials of templates/library/_workshop.html show, by feature; each a bounded number of queries."""
    return {
        "drafts": panel(report),
        "credit": panel(report),
        "reviewing": newest(report, actor),
    }
