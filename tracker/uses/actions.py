from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.record import record
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Institution, Person
from tracker.milestones.actions import check_it_has_come
from tracker.projects.actions import leads
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.uses.inquiries import answer_by_use
from tracker.uses.models import Use
from tracker.uses.states import UseKind

declare(
    {
        "uses.say": _l("%(actor)s noted that the report “%(title)s” was used."),
        "uses.withdraw": _l("%(actor)s withdrew a use of the report “%(title)s”."),
    }
)


def say(
    report: Report,
    *,
    kind: UseKind,
    on: PartialDate,
    words: str = "",
    language: str = "en",
    link: str = "",
    country: str = "",
    file: StoredFile | None = None,
    institution: Institution | None = None,
    actor: Person | None,
) -> Use:
    """Note one piece of evidence that a report was used. `on` may be partial; `country` is alpha-2, where it was.

    Raises RuleBroken for a draft, for a day to come, and where there are neither words nor a link nor a file.
    """
    if report.state is not ReportState.PUBLISHED:
        raise RuleBroken(_("This report is not published yet."))
    if not (words.strip() or link or file):
        raise RuleBroken(_("Say it in words, or give a link or a file."))
    check_it_has_come(on)
    use = Use(
        report=report,
        kind=kind,
        on=on,
        words=words.strip(),
        language=language,
        link=link,
        country=country,
        file=file,
        institution=institution,
        said_by=actor,
        said_by_name=actor.name if actor else "",
        at=clock.now(),
    )
    db.session.add(use)
    db.session.flush()
    told = leads(report.project) if report.project else []
    record("uses.say", report, actor=actor, tell=told, why=Why.TEAM, use_id=use.id, words=use.words)
    if institution is not None:
        answer_by_use(report, institution, kind=kind, on=on, words=use.words, link=link, actor=actor)
    return use


def withdraw(use: Use, *, actor: Person | None) -> None:
    """It was not so. From then on only its author and those who look after the report read it."""
    if use.withdrawn_at is not None:
        raise RuleBroken(_("This is withdrawn already."))
    use.withdrawn_at = clock.now()
    told = [use.said_by] if use.said_by else []
    record("uses.withdraw", use.report, actor=actor, tell=told, why=Why.YOURSELF, use_id=use.id)
