"""The files of a report beside its main one. Part of the actions."""

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _
from tracker.institutions.models import Person
from tracker.reports.changing import change
from tracker.reports.models import Report, ReportFile

MOST_FILES = 20


def add_file(
    report: Report,
    file: StoredFile,
    *,
    language: str = "",
    label: str = "",
    pages: int | None = None,
    actor: Person | None,
    because: str = "",
) -> None:
    """Put one more file with the report: another language, another format, an annex."""
    if len(report.brought_files) >= MOST_FILES:
        raise RuleBroken(_("A report holds at most %(count)s further files.", count=MOST_FILES))
    with change(report, actor=actor, because=because) as this:
        place = 1 + max((each.position for each in report.more_files), default=0)
        report.more_files.append(ReportFile(file=file, position=place, language=language, label=label, pages=pages))
        _appeared_in(report, language)
        this.note("reports.attach", file=file.name, sha256=file.sha256)


def set_files(report: Report, rows: Sequence[Mapping[str, Any]], *, actor: Person | None, because: str = "") -> None:
    """Set the order, languages and labels of the further files: dicts with `id`, `language` and `label`.

    A file that is not among them is taken away from the record; its bytes stay for the history and earlier versions.
    """
    held = {each.id: each for each in report.brought_files}
    kept = [(held[row["id"]], row) for row in rows if row["id"] in held]
    before = [(each.id, each.language, each.label) for each in report.brought_files]
    if before == [(each.id, row["language"], row["label"]) for each, row in kept]:
        return
    with change(report, actor=actor, because=because) as this:
        for gone in held.keys() - {each.id for each, _row in kept}:
            report.more_files.remove(held[gone])
            this.note("reports.detach", file=held[gone].file.name)
        for place, (each, row) in enumerate(kept, 1):
            each.position, each.language, each.label = place, row["language"], row["label"]
            _appeared_in(report, each.language)
        report.more_files.sort(key=lambda each: each.position)
        if len(kept) == len(held):
            this.note("reports.files")


def _appeared_in(report: Report, language: str) -> None:
    if language and language not in report.languages:
        report.other_languages = [*(report.other_languages or []), language]
