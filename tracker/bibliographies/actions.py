import logging
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.bibliographies import queries
from tracker.bibliographies.models import Bibliography, BibliographyRecord
from tracker.bibliographies.reading import Unreadable, read
from tracker.bibliographies.states import ReadingState
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.files import StoredFile, store
from tracker.folding import fold
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.reports import actions as reports
from tracker.reports.models import Report
from tracker.reports.states import ReportKind, ReportState

log = logging.getLogger(__name__)

AT_ONCE = 50_000  # bytes that are read while one waits; more is the worker's
LEASE = timedelta(minutes=3)  # a worker that is silent for longer has lost it
MOST_WAITING = 3  # of one person


def bring(file: StoredFile, *, report: Report | None, actor: Person) -> Bibliography:
    """Take a file of records: a small one is read now, a large one by the worker. Nothing is changed by it yet."""
    waiting = [known for known in queries.own(actor, report) if known.state is ReadingState.WAITING]
    if len(waiting) >= MOST_WAITING:
        raise RuleBroken(_("%(number)s of your files wait to be read. Wait until one is.", number=str(len(waiting))))
    bibliography = Bibliography(
        person_id=actor.id, report=report, file=file, state=ReadingState.WAITING, problems=[], created_at=clock.now()
    )
    db.session.add(bibliography)
    db.session.flush()
    if file.size <= AT_ONCE:
        try_to_read(bibliography)
    return bibliography


def try_to_read(bibliography: Bibliography) -> None:
    """Read its records; whatever a library stumbles over is the file's fault."""
    try:
        with db.session.begin_nested():
            read_file(bibliography)
    except Exception:
        log.exception("a file of records could not be read: %s", bibliography.id)
        bibliography.state, bibliography.error = ReadingState.FAILED, _("This file could not be read.")


def read_file(bibliography: Bibliography) -> None:
    """Read its records, or note why there are none."""
    file = bibliography.file
    try:
        found = read(b"".join(store().read(file.key)), file.name.rpartition(".")[2].lower())
    except (Unreadable, FileNotFoundError) as error:
        bibliography.state = ReadingState.FAILED
        bibliography.error = str(error) if isinstance(error, Unreadable) else _("The file is gone.")
        return
    db.session.flush()
    rows = [
        {
            "bibliography_id": bibliography.id,
            "position": place,
            "label": record.label,
            "fields": record.fields,
            "authors": record.authors,
            "problems": record.problems,
        }
        for place, record in enumerate(found.records, start=1)
    ]
    db.session.execute(sa.insert(BibliographyRecord), rows)
    bibliography.state, bibliography.problems, bibliography.total = ReadingState.READ, found.problems, len(rows)
    bibliography.claimed_at = None


def take(record: BibliographyRecord, report: Report, names: set[str], *, actor: Person) -> None:
    """Write what was chosen of a record into a draft: `names` of its fields, and "authors". The rest stays."""
    if report.state is not ReportState.DRAFT:
        raise RuleBroken(_("This report is published: correct its details one by one, with words."))
    fields = {name: value for name, value in values_of(record).items() if name in names}
    if fields:
        reports.change_report(report, actor=actor, **fields)
    if "authors" in names and record.authors:
        reports.set_authors(report, [dict(author) for author in record.authors], actor=actor)
    record.used_report_id = report.id


def start_adding(bibliography: Bibliography) -> None:
    """Let the worker add every record that the library does not have yet."""
    if bibliography.state is not ReadingState.READ or bibliography.report_id is not None:
        raise RuleBroken(_("These records are added already, or belong to one report."))
    bibliography.state, bibliography.done = ReadingState.ADDING, 0


def add_some(bibliography: Bibliography, limit: int) -> int:
    """Add the next records as published reports of no project, link known ones; return how many were looked at."""
    batch = queries.next_records(bibliography, limit)
    known_dois, known_titles = queries.known_reports(
        (record.fields.get("doi", "") for record in batch), (_sorted(record) for record in batch)
    )
    for record in batch:
        doi, work = record.fields.get("doi", ""), (_sorted(record), str(record.fields.get("published_on", ""))[:4])
        there = (known_dois.get(doi) if doi else None) or known_titles.get(work)
        if there is None:
            there = _add(record, bibliography.person).id
            known_titles[work] = there
            if doi:
                known_dois[doi] = there
        else:
            record.problems = [*record.problems, _("It is in the library already.")]
        record.used_report_id = there
        bibliography.done = record.position
    if len(batch) < limit:
        bibliography.state = ReadingState.ADDED
    return len(batch)


def values_of(record: BibliographyRecord) -> dict[str, Any]:
    """The fields of a record as `reports.actions.change_report` takes them."""
    values = dict(record.fields)
    if "kind" in values:
        values["kind"] = ReportKind(values["kind"])
    if "published_on" in values:
        values["published_on"] = PartialDate(values["published_on"])
    return values


def _add(record: BibliographyRecord, actor: Person) -> Report:
    key = f"bibliography:{record.bibliography_id}:{record.position}"
    fields = {"state": ReportState.PUBLISHED, "language": "en", **values_of(record), "import_key": key}
    return reports.import_report(None, fields=fields, authors=[dict(known) for known in record.authors], actor=actor)


def _sorted(record: BibliographyRecord) -> str:
    return fold(record.fields.get("title", ""))[:400]
