"""What is being done on a report, for those who follow its project: one line of its page for each feature.

A feature adds one entry here and one line to templates/library/_workshop.html, whose partial gives one
`<li>`: a link, what it leads to, and in a few words how it stands.
"""

from typing import Any

from tracker.credit.queries import panel
from tracker.drafts import queries as drafts
from tracker.institutions.models import Person
from tracker.publication import queries as publication
from tracker.reports.models import Report
from tracker.reviewing.standing import newest
from tracker.writing import queries as writing


def panels(report: Report, actor: Person | None) -> dict[str, Any]:
    """What the partials of templates/library/_workshop.html show, by feature; each a bounded number of queries."""
    return {
        "drafts": drafts.panel(report),
        "writing": writing.panel(report),
        "credit": panel(report),
        "reviewing": newest(report, actor),
        "publication": publication.panel(report),
    }
