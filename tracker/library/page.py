"""What the page of a report shows beside its record: its files, its languages, its citations, what it belongs to."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from tracker.doorstep import stamped
from tracker.files import StoredFile
from tracker.institutions.models import Person
from tracker.languages import text_direction
from tracker.library import queries
from tracker.library.finding import Version, versions
from tracker.library.styles import STYLES
from tracker.reports import related
from tracker.reports.citations import line
from tracker.reports.models import Report
from tracker.reports.queries import language_versions, linked
from tracker.reports.states import LinkKind


@dataclass(frozen=True)
class ShownFile:
    """A file to read or take along."""

    file: StoredFile
    href: str
    language: str
    label: str
    pages: int | None
    is_main: bool
    is_made_here: bool

    @property
    def kind(self) -> str:
        """What the file is, as its name ends: "PDF"."""
        return self.file.name.rpartition(".")[2].upper()

    @property
    def is_pdf(self) -> bool:
        return self.file.media_type == "application/pdf"


def files_of(report: Report) -> list[ShownFile]:
    """The files of a report, the main one first, then in their order; those that were deleted are left out."""
    main = [(report.file, report.language, "", report.pages, True, False)] if report.file else []
    more = [(each.file, each.language, each.label, each.pages, False, each.is_made_here) for each in report.more_files]
    return [
        ShownFile(file, f"{report.path}/files/{file.id}", language, label, pages, is_main, is_made)
        for file, language, label, pages, is_main, is_made in [*main, *more]
        if file.deleted_at is None
    ]


def first_of(files: list[ShownFile], language: str) -> ShownFile | None:
    """The file that a reader of a language wants first: a PDF in it, any in it, the main one, any."""
    ways = (
        lambda one: one.language == language and one.is_pdf and not one.label,
        lambda one: one.language == language and not one.label,
        lambda one: one.is_main,
        lambda one: one.is_pdf and not one.label,
        lambda one: True,
    )
    return next((one for fits in ways for one in files if fits(one)), None)


@dataclass(frozen=True)
class Relation:
    """A report or another output that belongs with this one: "Brief of", and what it is."""

    label: str
    title: str
    href: str
    language: str
    is_stale: bool = False  # a translation made before its source changed


@dataclass(frozen=True)
class Belonging:
    """What belongs with a report."""

    languages: list[Report]  # the same in other languages
    relations: list[Relation]
    beside: list[Report]  # of the same project
    alike: list[Report]  # on the same themes


def belonging(report: Report, actor: Person | None) -> Belonging:
    """What belongs with a published report, each but once."""
    own, others = linked(report, actor)
    relations = [
        Relation(
            link.label,
            link.other.label if link.other else link.title,
            link.other.path if link.other else link.website,
            link.other.language if link.other else "",
            related.is_stale(link),
        )
        for link in own
    ]
    relations += [
        Relation(
            link.label_of_other,
            link.report.label,
            link.report.path,
            link.report.language,
            link.kind is LinkKind.TRANSLATION_OF and related.is_stale(link),
        )
        for link in others
    ]
    known = {link.other_id for link in own if link.other_id} | {link.report_id for link in others}
    languages = language_versions(report) if any(each.kind is LinkKind.TRANSLATION_OF for each in own + others) else []
    known |= {version.id for version in languages}
    beside = queries.beside(report, known)
    alike = queries.alike(report, known | {other.id for other in beside})
    return Belonging(languages, relations, beside, alike)


def citations_of(report: Report, address: str) -> dict[str, Any]:
    """The line to cite a report by, and its citation in each style as far as they were made: name, text, HTML."""
    made = {one.style: one for one in queries.citations(report) if one.style}
    shown = [(STYLES[style][0], made[style]) for style in STYLES if style in made]
    first = made.get("apa")
    printed = report.suggested_citation
    return {
        "printed": printed,
        "first": first if not printed else None,
        "line": "" if first and not printed else line(report, address),
        "styles": shown,
    }


def texts_of(report: Report) -> dict[str, Any]:
    """The titles and abstracts: the reader's language first. `second` is the title in it, where it is not the h1."""
    all_versions = versions(report)
    near = all_versions[0]
    stale = {text.language for text in report.texts if text.is_stale}
    return {
        "second": near if near.language != report.language and near.title else None,
        "abstracts": [version for version in all_versions if version.abstract_html],
        "others": [version for version in all_versions if version.language != report.language and version is not near],
        "stale": stale,
        "text_direction": text_direction,
    }


@stamped("library.show", "/reports/{}")
def stamp_of(report_id: int) -> str:
    """A statement whose row changes with what visitors see on the page of a report: the record, what was done on it
    and on its project, and what the worker made of it. Names of others and related reports may be a day old."""
    return (
        "SELECT r.state, r.version, r.edition, r.stamped_at, "
        "(SELECT max(id) FROM activity WHERE subject_type = 'report' AND subject_id = r.id), "
        "(SELECT max(id) FROM activity WHERE subject_type = 'project' AND subject_id = r.project_id), "
        "(SELECT max(id) FROM styled_citation WHERE report_id = r.id), "
        "(SELECT max(id) FROM report_file WHERE report_id = r.id), "
        "(SELECT max(id) FROM rendition WHERE report_id = r.id AND state = 'ready'), "
        "(SELECT max(id) FROM report_link WHERE other_id = r.id), "
        "(SELECT count(*) FROM report_link WHERE other_id = r.id) "
        f"FROM report r WHERE r.id = {report_id}"
    )


def address_of(report: Report) -> str:
    """The whole address of a report's page."""
    return f"{current_app.config['BASE_URL']}{report.path}"


__all__ = ["Version", "address_of", "belonging", "citations_of", "files_of", "first_of", "texts_of"]
