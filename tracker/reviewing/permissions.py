from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import coordinate_project, follow_project, lead_project, work_on_project
from tracker.reports.models import Report
from tracker.reviewing.models import Review, ReviewRound


@permission
def follow_reviews(actor: Person | None, report: Report) -> bool:
    """Read what reviewers said, also once the report is published: those who take part, and coordinators."""
    return report.project is not None and follow_project(actor, report.project)


@permission
def ask_for_reviews(actor: Person | None, report: Report) -> bool:
    """Ask people to read a draft, remind them, close the round: the lead."""
    return report.project is not None and lead_project(actor, report.project)


@permission
def reply_to_comments(actor: Person | None, report: Report) -> bool:
    """Say what became of a comment: everybody who writes."""
    return report.project is not None and work_on_project(actor, report.project)


@permission
def know_reviewers(actor: Person | None, held: ReviewRound) -> bool:
    """Read whose review is whose: in a round without names the coordinators alone."""
    if held.report.project is None:
        return False
    if held.hides_names:
        return coordinate_project(actor, held.report.project)
    return follow_reviews(actor, held.report)


@permission
def stop_asking(actor: Person | None, review: Review) -> bool:
    """No longer wait for one reviewer: the lead where they know who it is, and coordinators."""
    return ask_for_reviews(actor, review.round.report) and know_reviewers(actor, review.round)


@permission
def write_review(actor: Person | None, review: Review) -> bool:
    """Whoever is asked, and nobody in their place."""
    return actor is not None and actor.id == review.person_id
