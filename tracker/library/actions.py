from tracker import clock
from tracker.database import db
from tracker.folding import fold
from tracker.institutions.models import Person
from tracker.library import queries, reading
from tracker.library.models import FullText
from tracker.markdown import plain
from tracker.reports.followers import follows_publicity
from tracker.reports.models import Report
from tracker.search import shelf

MOST_OF_ABSTRACT = 20_000  # letters


@follows_publicity
def keep_findable(report: Report, _actor: Person | None) -> None:
    """What is public is found by its words and its marks, and its files are read; what is not public is gone."""
    db.session.flush()
    row = queries.text_row(report.id)
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

