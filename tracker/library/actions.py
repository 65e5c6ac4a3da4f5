import logging

import sqlalchemy as sa

from tracker import clock
from tracker.database import db
from tracker.folding import fold
from tracker.institutions.models import Person
from tracker.library import queries, reading, styles
from tracker.library.models import FullText, StyledCitation
from tracker.markdown import plain
from tracker.pandoc import ConversionFailed
from tracker.reports.followers import follows_publicity
from tracker.reports.models import Report
from tracker.search import shelf

MOST_OF_ABSTRACT = 20_000  # letters

log = logging.getLogger(__name__)


@follows_publicity
def keep_findable(report: Report, _actor: Person | None) -> None:
    """What is public is found by its words and its marks, and its files are read; what is not public is gone."""
    db.session.flush()
    row = queries.text_row(report.id)
    gone = sa.delete(StyledCitation).where(StyledCitation.report_id == report.id)
    db.session.execute(gone.execution_options(synchronize_session=False))
    if not report.is_public:
        shelf.remove(report.id)
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        row = FullText(report_id=report.id, text="", source="", attempts=0)
        db.session.add(row)
    row.read_at, row.attempts, row.claimed_at = None, 0, None  # the worker sees whether anything is new
    shelve(report, row.text)
    db.session.add(StyledCitation(report_id=report.id, style="", text="", html="", version=report.version))


def shelve(report: Report, text: str) -> None:
    """Put a published report on the shelf of the library with what it is found by now; `text` is that of its files."""
    abstracts = [report.abstract, *(more.abstract for more in report.texts)]
    people = [
        part
        for author in report.authors
        for part in (author.name, author.sort_name, *(printed for printed, _record in author.affiliations))
    ]
    details = (report.publisher, report.series, report.number, report.isbn, report.doi, report.editors)
    shelf.put(
        report.id,
        order=order_of(report),
        title="\n".join([report.title, *(more.title for more in report.texts)]),
        record="\n".join([*(plain(each, MOST_OF_ABSTRACT) for each in abstracts if each), *people, *details]),
        body=text,
        marks=marks_of(report),
    )


def order_of(report: Report) -> int:
    """20160930 for "2016-09-30", 20160900 for "2016-09", 0 where there is no date: in the order of the dates."""
    return int(str(report.published_on).replace("-", "").ljust(8, "0")) if report.published_on else 0


def marks_of(report: Report) -> list[str]:
    """What a report is filtered by."""
    languages = {report.language, *report.other_languages, *(more.language for more in report.texts)} - {""}
    return [
        *sorted(language_mark(tag) for tag in languages),
        *(f"theme{theme.id}" for theme in report.themes),
        *(f"country{code.lower()}" for code in report.countries),
        *(f"goal{goal}" for goal in report.goals),
        kind_mark(report.kind),
        *([f"year{report.published_on.year}"] if report.published_on else []),
    ]


def language_mark(tag: str) -> str:
    """A language as a mark: "languagezhhans"."""
    return f"language{_plain(tag)}"


def kind_mark(kind: str) -> str:
    """A type as a mark: "kindworkingpaper"."""
    return f"kind{_plain(kind)}"


def _plain(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isascii() and sign.isalnum())


def read_next() -> bool:
    """Read the text of one report that waits for it, and put it on the shelf; False where none waits. Commits."""
    row = queries.waiting()
    if row is None:
        db.session.commit()
        return False
    report_id, row.claimed_at, row.attempts = row.report_id, clock.now(), row.attempts + 1
    held, known, old = row.claimed_at, row.source, row.text
    db.session.commit()
    report = queries.to_shelve(report_id)
    text, source = old, known
    if report is not None and report.is_public:
        draft = queries.current_draft(report)
        source = reading.digest_of(report, draft)
        if source != known:
            db.session.commit()  # nothing is held while a file is read
            try:
                text = reading.text_of(report, draft) if source else ""
            except reading.CannotRead:
                return True  # tried again later, three times
    report = queries.to_shelve(report_id, lock=True)
    row = queries.text_row(report_id)
    if report is None or row is None or row.claimed_at != held:
        db.session.commit()
        return True
    row.text, row.source, row.read_at, row.claimed_at = text, source, clock.now(), None
    if report.is_public:
        shelve(report, text)
    db.session.commit()
    return True


def cite_next(limit: int, base: str) -> int:
    """Make the citations of up to `limit` reports; return of how many. `base` is the site's address. Commits."""
    ids = queries.to_be_cited(limit)
    try:
        return _cite(ids, base)
    except ConversionFailed:
        db.session.rollback()
    for number in ids:  # one of them is to blame: it keeps the line that is made without pandoc
        try:
            _cite([number], base)
        except ConversionFailed:
            db.session.rollback()
            log.warning("the citations of report %s could not be made", number)
            _keep_styles(number, None, [])
    return len(ids)


def _cite(ids: list[int], base: str) -> int:
    reports = queries.by_ids(ids)
    versions = {report.id: report.version for report in reports}
    asked = [(report, f"{base}{report.path}") for report in reports]
    db.session.commit()  # nothing is held while pandoc works
    made = styles.styled(asked)
    for number, version in versions.items():
        _keep_styles(number, version, [one for one in made if one.report_id == number])
    return len(versions)


def _keep_styles(report_id: int, version: int | None, made: list[styles.Styled]) -> None:
    """Keep the citations made of a version of a record, unless it has changed meanwhile: then they are made again."""
    report, mark = queries.to_shelve(report_id, lock=True), queries.mark_of(report_id)
    if mark is not None and (report is None or version is None or report.version == version):
        db.session.delete(mark)
        db.session.flush()
        for one in made:
            db.session.add(
                StyledCitation(report_id=report_id, style=one.style, text=one.text, html=one.html, version=version or 0)
            )
    db.session.commit()
