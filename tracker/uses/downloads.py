"""How often the files of published reports are fetched, counted without cookies and without a word about who.

A download is one line appended to a small file of the process that served it, in the folder `downloads` of the
instance; no request writes to the database. A round of the worker puts such a file aside (`close`), and in its next
turn adds it to DownloadCount (`fold`). Of several workers only the one that removes the file commits what was in it:
nothing is ever counted twice. A machine that dies between removing and committing loses the lines of one file.
"""

import logging
import os
import re
import secrets
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, request

from tracker import clock
from tracker.database import db
from tracker.files import StoredFile
from tracker.reports.models import Report
from tracker.uses.models import DownloadCount

REST = 10  # seconds between putting a file aside and adding it up: whoever still writes to it is done by then
MOST_BYTES = 4_000_000  # of one file; beyond it, while no worker runs, downloads are not counted
ROBOTS = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|archiver|fetcher|scan|monitor|preview|facebookexternalhit|headless|lighthouse"
    r"|curl|wget|python|java/|go-http|okhttp|httpclient|libwww|perl|ruby|scrapy|axios|harvest|validator|feed",
    re.IGNORECASE,
)
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{1,10}) (\d{1,10})")

log = logging.getLogger(__name__)


def count_download(report: Report, file_id: int, response: Response) -> Response:
    """Count the sending of a published report's file, where it is one, and return the response as it is.

    Counted are whole files and parts that begin at the first byte, when sending begins; not a look at the headers,
    not what the reader had already (304), nor what a program that says so fetches by itself.
    """
    if report.is_public and request.method == "GET" and _begins(response) and not _is_robot():
        try:
            _append(f"{clock.today().isoformat()} {report.id} {file_id}\n")
        except OSError:  # a full disk must not keep anybody from reading
            log.exception("a download could not be counted")
    return response


def _begins(response: Response) -> bool:
    if response.status_code == 206:
        return response.headers.get("Content-Range", "").startswith("bytes 0-")
    return response.status_code == 200


def _is_robot() -> bool:
    """Whether it names itself as a program, or does not say what it is."""
    agent = request.headers.get("User-Agent", "")
    return not agent or ROBOTS.search(agent) is not None


def folder() -> Path:
    return Path(current_app.config["INSTANCE"]) / "downloads"


def _append(line: str) -> None:
    """One write to the end of this process's own file: lines of several threads do not mix."""
    path = folder() / f"{os.getpid()}.open"
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.fstat(opened).st_size < MOST_BYTES:
            os.write(opened, line.encode("ascii"))
    finally:
        os.close(opened)


def close() -> None:
    """Put aside what the processes wrote; they begin new files."""
    for path in sorted(folder().glob("*.open")):
        aside = path.with_name(f"{int(clock.now().timestamp())}-{secrets.token_hex(6)}.closed")
        try:
            path.rename(aside)
        except FileNotFoundError:
            continue  # another worker was first


def fold(limit: int) -> int:
    """Add up to `limit` of the files put aside to the table, each in a transaction of its own; return how many."""
    rested = int(clock.now().timestamp()) - REST
    ready = [path for path in sorted(folder().glob("*.closed")) if _closed_at(path) <= rested]
    return sum(_fold(path) for path in ready[:limit])


def _closed_at(path: Path) -> int:
    stamp = path.name.partition("-")[0]
    return int(stamp) if stamp.isdigit() else 0


def _fold(path: Path) -> bool:
    """Whether this worker added a file: removing it is what only one of them can do."""
    try:
        counted = _read(path)
        _add(counted)
        path.unlink()
    except FileNotFoundError:
        db.session.rollback()
        return False
    try:
        db.session.commit()
    except Exception:
        db.session.rollback()
        path.write_text("".join(f"{day} {report} {file}\n" * n for (report, file, day), n in counted.items()))
        raise
    return True


def _read(path: Path) -> Counter[tuple[int, int, date]]:
    counted: Counter[tuple[int, int, date]] = Counter()
    for line in path.read_text("ascii", errors="replace").splitlines():
        if found := _LINE.fullmatch(line):  # half a line is what a full disk leaves
            try:
                counted[int(found[2]), int(found[3]), date.fromisoformat(found[1])] += 1
            except ValueError:
                continue
    return counted


def _add(counted: Counter[tuple[int, int, date]]) -> None:
    reports = _there(Report, {report_id for report_id, _file, _day in counted})
    files = _there(StoredFile, {file_id for _report, file_id, _day in counted})
    for (report_id, file_id, day), number in sorted(counted.items()):
        if report_id not in reports or file_id not in files:
            continue
        key = {"report_id": report_id, "file_id": file_id, "day": day}
        where = [getattr(DownloadCount, name) == value for name, value in key.items()]
        more = sa.update(DownloadCount).where(*where).values(number=DownloadCount.number + number)
        if not db.session.execute(more.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
            db.session.execute(sa.insert(DownloadCount).values(**key, number=number))


def _there(model: Any, ids: set[int]) -> set[int]:
    """Which of these rows are still there: a line may outlive its report."""
    small = [row_id for row_id in ids if row_id < 2**31]
    return set(db.session.scalars(sa.select(model.id).where(model.id.in_(small))))
