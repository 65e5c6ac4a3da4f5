"""The text of the files of a report, for the worker: read apart from us, within limits of time, memory and length."""

import subprocess
import sys
from pathlib import Path

from tracker.drafts.models import Draft
from tracker.files import OFFICE, StoredFile, store
from tracker.pandoc import ConversionFailed, convert
from tracker.reports.models import Report

MOST_LETTERS = 400_000
LARGEST_FILE = 100 * 1024 * 1024  # bytes
SECONDS = 90.0
_READERS = {  # as pandoc names them
    f"{OFFICE}.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/epub+zip": "epub",
}
_PLAIN = ("text/plain", "text/markdown")
READABLE = ("application/pdf", *_READERS, *_PLAIN)


class CannotRead(Exception):
    """A file whose text could not be read."""


def sources_of(report: Report) -> list[StoredFile]:
    """The files whose words make a report findable: the main one, and one of each further language."""
    found: dict[str, StoredFile] = {}
    if report.file and report.file.media_type in READABLE and report.file.deleted_at is None:
        found[report.language] = report.file
    for more in report.more_files:
        readable = more.file.media_type in READABLE and more.file.deleted_at is None
        if readable and not more.is_made_here and more.language != report.language:
            found.setdefault(more.language, more.file)
    return list(found.values())


def digest_of(report: Report, draft: Draft | None) -> str:
    """What the text is read from; empty where there is nothing to read."""
    files = sources_of(report)
    parts = [file.sha256[:24] for file in files[:2]]
    if not (report.file and files) and draft is not None:
        parts.insert(0, f"draft{draft.id}")
    return "-".join(parts)[:64]


def text_of(report: Report, draft: Draft | None) -> str:
    """The text of the report's files, else of its draft, at most MOST_LETTERS. Raises CannotRead."""
    files = sources_of(report)[:2]
    parts = ["\n".join(draft.blocks)] if not (report.file and files) and draft is not None else []
    for file in files:
        parts.append(read(file)[: MOST_LETTERS - sum(map(len, parts))])
    return "\n".join(parts)[:MOST_LETTERS]


def read(file: StoredFile) -> str:
    """The text of one file. Raises CannotRead."""
    if file.size > LARGEST_FILE:
        raise CannotRead(file.name)
    try:
        data = b"".join(store().read(file.key))
        if file.media_type == "application/pdf":
            return _from_pdf(data)
        if file.media_type in _PLAIN:
            return data.decode("utf-8", "replace").replace("\x00", " ")
        made = convert(data, source=_READERS[file.media_type], target="plain", arguments=["--wrap=none"])
        return made.decode("utf-8", "replace")
    except (FileNotFoundError, ConversionFailed) as error:
        raise CannotRead(file.name) from error


def _from_pdf(data: bytes) -> str:
    program = Path(__file__).with_name("pdf_text.py")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(program), str(MOST_LETTERS)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotRead from error
    if done.returncode:
        raise CannotRead(done.stderr.decode("utf-8", "replace")[-300:])
    return done.stdout.decode("utf-8", "replace")
