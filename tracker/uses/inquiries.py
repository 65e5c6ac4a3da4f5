"""Asking the partners of a published report, some months later, whether they know of a use. Part of the actions."""

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, settle, take_back
from tracker.database import db
from tracker.dates import PartialDate
from tracker.i18n import _l
from tracker.institutions.models import Institution, Person
from tracker.institutions.queries import answering_contacts
from tracker.projects.actions import leads
from tracker.reports.followers import follows_publicity
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses import queries
from tracker.uses.models import UseInquiry
from tracker.uses.states import UseKind

ASK = "uses.inquiry"
MONTHS = (6, 12)  # after publication

declare(
    {
        "uses.inquire": _l("%(institution)s was asked whether it knows of a use of the report “%(title)s”."),
        "uses.none": _l("%(actor)s: %(institution)s knows of no use of the report “%(title)s”."),
    }
)


def inquire(report: Report, institution: Institution, months: int) -> UseInquiry:
    """Ask an institution, once for each number of months. IntegrityError where it was asked already.

    Where it has no contact nobody is mailed: it is a kind question, and no work for the coordinators.
    """
    inquiry = UseInquiry(report=report, institution=institution, months=months, asked_at=clock.now())
    db.session.add(inquiry)
    db.session.flush()
    noted = record("uses.inquire", report, actor=None, months=months, institution=institution.name)
    raise_ask(
        ASK,
        inquiry,
        to=institution,
        about=report,
        network_id=report.project.network_id if report.project else None,
        actor=None,
        because=noted,
        is_mailed=bool(answering_contacts(institution.id)),
        report=report.label,
        months=months,
    )
    return inquiry


def answer_none(inquiry: UseInquiry, *, words: str = "", actor: Person | None) -> None:
    """It knows of none: an answer like any other."""
    inquiry.answered_at, inquiry.knows_none = clock.now(), True
    settle(ASK, inquiry, "none", actor=actor, words=words)
    report = inquiry.report
    told = leads(report.project) if report.project else []
    named = inquiry.institution.name
    record("uses.none", report, actor=actor, tell=told, why=Why.TEAM, words=words, institution=named)


def answer_by_use(
    report: Report,
    institution: Institution,
    *,
    kind: UseKind,
    on: PartialDate,
    words: str,
    link: str,
    actor: Person | None,
) -> None:
    """A use that somebody says by any door answers what its institution was asked."""
    for inquiry in queries.open_inquiries(report, institution):
        inquiry.answered_at, inquiry.knows_none = clock.now(), False
        settle(ASK, inquiry, "yes", actor=actor, kind=kind.value, on=on, words=words, link=link)


@follows_publicity
def stop_asking(report: Report, _actor: Person | None) -> None:
    """Nobody is asked what came of a report that was withdrawn."""
    if report.state is not ReportState.PUBLISHED:
        for inquiry in queries.open_inquiries(report):
            take_back(inquiry, ASK)
