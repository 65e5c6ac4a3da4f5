from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.drafts.models import Draft
from tracker.drafts.queries import current, has_current, last_number
from tracker.drafts.states import DraftSource, ReadingState
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.actions import team, touch
from tracker.projects.models import Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import ProjectState
from tracker.reports.followers import changed
from tracker.reports.models import Report
from tracker.reports.queries import drafts as unpublished
from tracker.reports.queries import has_published
from tracker.reports.states import ReportState

MOST_DRAFTS = 300  # of one report
PDF = "application/pdf"

declare(
    {
        "drafts.add": _l("%(actor)s brought draft %(number)s of “%(report)s”. It is the current one now."),
        "drafts.choose": _l("%(actor)s made draft %(number)s of “%(report)s” the current one."),
    }
)


@needs("submit")
def a_current_draft(project: Project) -> list[Missing]:
    """A project is submitted with at least one report that has a draft, a file, an address or an abstract."""
    if has_published(project):
        return []
    begun = unpublished(project)
    if any(report.file_id or report.website or report.abstract.strip() for report in begun) or has_current(begun):
        return []
    if not begun:
        return [Missing(_("Add the report."), f"{project.path}#reports")]
    return [Missing(_("Add the draft of the report: its file, or an abstract."), f"{begun[0].path}/drafts#add")]


def add_file(
    report: Report, stored_file: StoredFile, *, note: str = "", language: str = "", actor: Person | None
) -> Draft:
    """A file becomes the next draft and the current one. A worker reads it later; a PDF stays as it is.

    `note`: what is new in it. `language`: a tag, or "" for the report's. The project and then the report are locked
    by the caller. Raises RuleBroken.
    """
    reading = ReadingState.NONE if stored_file.media_type == PDF else ReadingState.WAITING
    draft = Draft(source=DraftSource.FILE, file=stored_file, reading=reading)
    return _add(draft, report, note=note, language=language, actor=actor)


def add_written(report: Report, markdown: str, *, note: str = "", language: str = "", actor: Person | None) -> Draft:
    """A text in Markdown becomes the next draft and the current one; otherwise as `add_file`."""
    if not markdown.strip():
        raise RuleBroken(_("Nothing is written yet."))
    draft = Draft(source=DraftSource.WRITTEN, markdown=markdown, reading=ReadingState.WAITING)
    return _add(draft, report, note=note, language=language, actor=actor)


def make_current(draft: Draft, *, actor: Person | None) -> None:
    """Another draft holds from now on. The project and then the report are locked by the caller."""
    report = draft.report
    _check_open(report)
    if draft.is_current:
        raise RuleBroken(_("This is the current draft already."))
    _set_current(report, draft)
    _note("drafts.choose", draft, actor=actor)
    changed(report, actor)


def is_open(report: Report) -> bool:
    """Whether drafts may still come: the report is not published, and its project runs or is in review."""
    runs = report.project is not None and report.project.state in (ProjectState.RUNNING, ProjectState.REVIEW)
    return report.state is ReportState.DRAFT and runs


def _add(draft: Draft, report: Report, *, note: str, language: str, actor: Person | None) -> Draft:
    _check_open(report)
    number = last_number(report) + 1
    if number > MOST_DRAFTS:
        raise RuleBroken(_("A report holds at most %(count)s drafts.", count=MOST_DRAFTS))
    draft.report, draft.number, draft.is_current = report, number, False
    draft.note, draft.language = note, language or report.language or "en"
    draft.made_by, draft.made_by_name, draft.made_at = actor, actor.name if actor else "", clock.now()
    db.session.add(draft)
    _set_current(report, draft)
    _note("drafts.add", draft, actor=actor, note=note)
    changed(report, actor)
    return draft


def _check_open(report: Report) -> None:
    if report.state is not ReportState.DRAFT:
        raise RuleBroken(_("This report is published. Its drafts stay as they are."))
    if not is_open(report):
        raise RuleBroken(_("Drafts can be added while the project runs or is in review."))


def _set_current(report: Report, draft: Draft) -> None:
    """The old one goes first: no two are current at once."""
    before = current(report)
    if before is not None:
        before.is_current = False
    db.session.flush()
    draft.is_current = True
    db.session.flush()


def _note(kind: str, draft: Draft, *, actor: Person | None, **details: Any) -> None:
    report, project = draft.report, draft.report.project
    assert project is not None  # `_check_open` asked
    touch(project)
    details = {"report": report.label, "report_id": report.id, "number": draft.number, "path": draft.path, **details}
    record(kind, project, actor=actor, tell=team(project), **details)
