"""Table 7, what was published; table 5, its authors by gender as they say themselves; table 9, how it was used."""

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tracker.database import db
from tracker.dates import PartialDate
from tracker.i18n import _, _l, language_name
from tracker.institutions.models import Person
from tracker.institutions.states import GENDER_LABELS, Gender
from tracker.projects.models import Project
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import KIND_LABELS, ReportKind, ReportState
from tracker.tables.facts import Days, Facts, Keys, Scope, last_day, within, within_text
from tracker.tables.parts import Count, Median, Named, Part, Share
from tracker.tables.table import Period, Row, Table
from tracker.uses.models import Use
from tracker.uses.states import USE_LABELS, UseKind

REPORTS = _l(
    "A report counts in the period in which it was published; drafts never count, nor reports of no project. A date "
    "known by its month or year only counts as the last day of it."
)
SAID = (Gender.WOMAN, Gender.MAN, Gender.ANOTHER)
FEWEST, FEWEST_IN_ALL = 3, 10


def reports(period: Period, scope: Scope) -> sa.Select[Any]:
    """The published reports of projects of these networks, without columns."""
    return (
        sa.select()
        .select_from(Report)
        .join(Project, Project.id == Report.project_id)
        .where(
            Project.network_id.in_(scope.network_ids),
            Report.state == ReportState.PUBLISHED,
            *within_text(last_day(Report.published_on), period),
        )
    )


# --- reports -----------------------------------------------------------------------------------------------------


def _reports(period: Period, scope: Scope, *keys: Any, finer: Any = None) -> Facts:
    doi, isbn = Report.doi != "", Report.isbn != ""
    flags = {"doi": doi, "isbn": isbn, "neither": ~sa.or_(doi, isbn)}
    return Facts(Report, Report.id, reports(period, scope), keys, flags, finer=finer)


def by_kind(period: Period, scope: Scope) -> Facts:
    """Reports by type."""
    return _reports(period, scope, Report.kind, finer=(by_kind_and_language, lambda keys: [(keys[:1], None)]))


def by_language(period: Period, scope: Scope) -> Facts:
    """Reports by language."""
    return _reports(period, scope, Report.language, finer=(by_kind_and_language, lambda keys: [(keys[1:], None)]))


def by_kind_and_language(period: Period, scope: Scope) -> Facts:
    """Reports by type and language."""
    return _reports(period, scope, Report.kind, Report.language)


def days_to_publication(period: Period, scope: Scope) -> Days:
    """Days from the project's end to publication, by type, where both are known to the month at least."""
    ended, appeared = (sa.type_coerce(day, sa.String) for day in (Project.ends_on, Report.published_on))
    query = (
        reports(period, scope)
        .where(sa.func.length(ended) >= 7, sa.func.length(appeared) >= 7)
        .with_only_columns(Report.kind, ended, appeared, sa.func.count())
        .group_by(Report.kind, ended, appeared)
    )
    found: Days = defaultdict(lambda: defaultdict(int))
    for kind, end, publication, number in db.session.execute(query):
        days = _ordinal(publication) - _ordinal(end)
        for keys in ((), (str(kind),)):
            found[keys][days] += number
    return found


@lru_cache(maxsize=5_000)
def _ordinal(text: str) -> int:
    return PartialDate(text).last_day.toordinal()


# --- authors -----------------------------------------------------------------------------------------------------


def authors(period: Period, scope: Scope) -> Facts:
    """The people who are authors of reports, by gender where they say one."""
    ids = reports(period, scope).join(ReportAuthor, ReportAuthor.report_id == Report.id)
    within_them = Person.id.in_(
        ids.with_only_columns(ReportAuthor.person_id).where(ReportAuthor.person_id.is_not(None))
    )
    said = sa.case((Person.gender.in_(SAID), Person.gender), else_="")
    return Facts(Person, Person.id, sa.select().select_from(Person).where(within_them), (said,))


def author_lines(period: Period, scope: Scope) -> Facts:
    """The entries in the lists of authors, by whether a person here stands behind them."""
    source = reports(period, scope).join(ReportAuthor, ReportAuthor.report_id == Report.id)
    known = sa.case((ReportAuthor.person_id.is_not(None), "person"), else_="name")
    return Facts(ReportAuthor, ReportAuthor.id, source, (known,))


def _guarded(table: Table) -> Table:
    """Nobody can tell from it what one person said: groups of fewer than three are not told from those who did not.

    Where there are fewer than ten authors in all, nothing is said by gender.
    """
    assert table.total is not None
    everybody = int(table.total.values[1] or 0)  # type: ignore[arg-type]
    said = {row.keys: int(row.values[1] or 0) for row in table.rows if row.keys != ("",)}  # type: ignore[arg-type]
    shown = {keys: number for keys, number in said.items() if number >= FEWEST and everybody >= FEWEST_IN_ALL}
    rows = []
    for row in table.rows:
        word = row.values[0]
        if row.keys == ("",):
            rest = everybody - sum(shown.values())
            rows.append(Row([word, rest, None], keys=row.keys))
        elif row.keys in shown:
            number = shown[tuple(row.keys)]
            rows.append(Row([word, number, number / sum(shown.values())], keys=row.keys))
        else:
            rows.append(Row([word, _("not shown"), None], keys=row.keys))
    total = replace(table.total, values=[*table.total.values[:2], None])
    return replace(table, rows=rows, total=total)


def _named_genders(_present: set[Keys]) -> Named:
    rows: Named = [((gender.value,), (str(GENDER_LABELS[gender]),)) for gender in SAID]
    return [*rows, (("",), (_("did not say, or of a group too small to show"),))]


def _named_lines(_present: set[Keys]) -> Named:
    return [(("person",), (_("people with a record here"),)), (("name",), (_("known by name only"),))]


# --- uses --------------------------------------------------------------------------------------------------------


def _uses(period: Period, scope: Scope) -> sa.Select[Any]:
    return (
        sa.select()
        .select_from(Use)
        .join(Report, Report.id == Use.report_id)
        .join(Project, Project.id == Report.project_id)
        .where(
            Project.network_id.in_(scope.network_ids),
            Report.state == ReportState.PUBLISHED,
            Use.withdrawn_at.is_(None),
            *within(Use.day, period),
        )
    )


def uses(period: Period, scope: Scope) -> Facts:
    """Uses by kind, and what shows them."""
    link, file = Use.link != "", Use.file_id.is_not(None)
    flags = {"link": link, "file": file, "neither": ~sa.or_(link, file)}
    return Facts(Use, Use.id, _uses(period, scope), (Use.kind,), flags)


def reports_used(period: Period, scope: Scope) -> Facts:
    """Reports by how they were used."""
    rows = _uses(period, scope).with_only_columns(Use.report_id, Use.kind).distinct().subquery()
    return Facts(Report, rows.c.report_id, sa.select().select_from(rows), (rows.c.kind,), whole=all_used)


def all_used(period: Period, scope: Scope) -> Facts:
    """The reports that were used."""
    used = Report.id.in_(_uses(period, scope).with_only_columns(Use.report_id))
    return Facts(Report, Report.id, sa.select().select_from(Report).where(used))


# --- rows and columns --------------------------------------------------------------------------------------------


def _named_kinds(present: set[Keys]) -> Named:
    return [((kind.value,), (str(KIND_LABELS[kind]),)) for kind in ReportKind if (kind.value,) in present]


def _named_languages(present: set[Keys]) -> Named:
    return sorted(((tag,), (language_name(tag) or _("not known"),)) for (tag,) in present)


def _named_kinds_and_languages(present: set[Keys]) -> Named:
    return [
        ((kind, tag), (*kind_words, *language_words))
        for (kind,), kind_words in _named_kinds({(kind,) for kind, _tag in present})
        for (tag,), language_words in _named_languages({(tag,) for _kind, tag in present})
        if (kind, tag) in present
    ]


def _named_uses(_present: set[Keys]) -> Named:
    return [((kind.value,), (str(USE_LABELS[kind]),)) for kind in UseKind]


def _columns(facts: Any) -> tuple[Count, ...]:
    return (
        Count("reports", _l("Reports"), facts),
        Count("doi", _l("With a DOI"), facts, "doi"),
        Count("isbn", _l("With an ISBN"), facts, "isbn"),
        Count("neither", _l("With neither"), facts, "neither"),
    )


KIND, LANGUAGE = ("kind", _l("Type")), ("language", _l("Language"))
ITS_LANGUAGE = _l("The language of the report itself; other versions of it do not count again.")
TABLE_5 = Part(
    key="authors",
    title=_l("Authors by gender"),
    definition=_l(
        "People who are authors of reports published in the period, each once. Gender is what they say themselves, "
        "if they wish; it is never guessed, and nobody sees who said what. A group of fewer than three is not told "
        "from those who did not say, and with fewer than ten authors in all no group is shown."
    ),
    words=(("gender", _l("Gender")),),
    columns=(
        Count("people", _l("Authors"), authors),
        Share("share", _l("Share"), "people", "people", _l("Of the authors in the groups shown."), of_total=True),
    ),
    named=_named_genders,
    hides_rows=True,
    finish=_guarded,
    parts=(
        Part(
            "authors-known",
            _l("Authors and records"),
            _l("Entries in the lists of authors of these reports; only people with a record here can say a gender."),
            (("known", _l("Authors")),),
            (Count("lines", _l("Entries"), author_lines),),
            _named_lines,
        ),
    ),
)
TABLE_7 = Part(
    key="reports",
    title=_l("Reports by type and language"),
    definition=REPORTS,
    words=(KIND,),
    columns=(
        *_columns(by_kind),
        Median(
            "days",
            _l("Days from end to publication"),
            days=days_to_publication,
            definition=_l(
                "The middle of all: half of them took longer. From the end of the project to publication, where both "
                "are known to the month; below nought: published before the end."
            ),
        ),
    ),
    named=_named_kinds,
    parts=(
        Part(
            "reports-languages", _l("By language"), ITS_LANGUAGE, (LANGUAGE,), _columns(by_language), _named_languages
        ),
        Part(
            "reports-kinds-languages",
            _l("By type and language"),
            ITS_LANGUAGE,
            (KIND, LANGUAGE),
            _columns(by_kind_and_language),
            _named_kinds_and_languages,
        ),
    ),
)
TABLE_9 = Part(
    key="uses",
    title=_l("How reports were used"),
    definition=_l(
        "Uses of published reports of projects whose day lies in the period; a day known by its month or year only "
        "counts as the last day of it. What was withdrawn is left out."
    ),
    words=(("kind", _l("Kind of use")),),
    columns=(
        Count("uses", _l("Uses"), uses),
        Count(
            "reports",
            _l("Reports used"),
            reports_used,
            definition=_l("A report used in several ways counts in each row; the total counts it once."),
        ),
        Count("link", _l("With a link"), uses, "link"),
        Count("file", _l("With a file"), uses, "file"),
        Count("neither", _l("With neither"), uses, "neither"),
    ),
    named=_named_uses,
)
