"""How a record changes: noted, found by its new words, told to those who follow, and kept as a new edition once it is
public. Part of the actions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.markdown import plain
from tracker.projects.actions import touch
from tracker.reports.editions import freeze, snapshot, stamp
from tracker.reports.followers import changed, public_changed
from tracker.reports.models import Report
from tracker.search import index


@dataclass
class Change:
    """What is being done to a record, perhaps in several steps. Nothing is public before its end."""

    report: Report
    actor: Person | None
    because: str
    published: dict[str, Any] | None  # as readers saw it, where no edition keeps that yet
    was_public: bool
    happened: bool = False

    def note(self, kind: str, **details: Any) -> None:
        """Something changed: one row of activity, one more version."""
        self.happened = True
        self.report.version += 1
        if self.because:
            details["reason"] = self.because
        note(kind, self.report, actor=self.actor, **details)


_under_way: ContextVar[Change | None] = ContextVar("change of a report", default=None)


@contextmanager
def change(report: Report, *, actor: Person | None, because: str = "") -> Iterator[Change]:
    """Whatever is done to the record inside is one change: of a published one, one correction and one edition.

    `because` says what was corrected. Raises RuleBroken at the end where a published record changed without it.
    """
    outer = _under_way.get()
    if outer is not None and outer.report is report:
        yield outer
        return
    was_public = report.is_public
    lacks_edition = was_public and not report.editions
    this = Change(report, actor, because.strip(), snapshot(report) if lacks_edition else None, was_public)
    token = _under_way.set(this)
    try:
        yield this
    finally:
        _under_way.reset(token)
    if this.happened:
        _end(this)


def _end(this: Change) -> None:
    report = this.report
    db.session.flush()
    for author in report.authors:  # a row that now names somebody else still held the person it named before
        db.session.expire(author, ["person", "institution"])
    index_for_search(report)
    changed(report, this.actor)
    if not report.is_public:
        return
    if this.was_public:
        if not this.because:
            raise RuleBroken(_("Say what was corrected: this record is published."))
        if this.published is not None:
            freeze(report, actor=None, record=this.published)
        freeze(report, actor=this.actor, because=this.because)
    stamp(report)
    public_changed(report, this.actor)


def index_for_search(report: Report) -> None:
    """Make a published report findable by its words in every language and by its authors; no other report is."""
    db.session.flush()
    if report.is_withdrawn:
        index.remove("report", report.id)
    if not report.is_public:
        return
    words = [part for text in report.texts for part in (text.title, plain(text.abstract, 4000))]
    for author in report.authors:
        words += [author.name, *(printed for printed, _place in author.affiliations)]
    details = (report.publisher, report.series, report.isbn, report.doi)
    index.put("report", report.id, report.title, plain(report.abstract, 4000), *words, *details)


def note(kind: str, report: Report, *, actor: Person | None, **details: Any) -> None:
    """One row of activity, on the project where there is one: its history tells of its reports too."""
    db.session.flush()
    if report.project is not None:
        touch(report.project)
    subject = report.project or report
    details = {"report": report.label, "report_id": report.id, "path": report.path, **details}
    record(kind, subject, actor=actor, **details)
