"""Files people upload: checked by content, stored under a name of ours, sent as attachments.

Storage is a folder; another kind of store (S3) needs the same four functions of `Store`.
"""

import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import quote

import filetype
import sqlalchemy as sa
from flask import Response, abort, current_app, request
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from tracker import clock
from tracker.database import Base, db
from tracker.i18n import _, format_size

CHUNK = 256 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument"
ACCEPTED = {  # by content, where a format has a signature; the extension it must be called by
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "pptx": f"{OFFICE}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
}
RECORDS = {  # of publications; accepted where records are read
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "json": "application/json",
}
TEXTS = {"txt", "md", "csv", *RECORDS}
SHOWN = {"application/pdf", "image/png", "image/jpeg", "image/webp"}  # what a browser may show by itself, in a sandbox
ZIPPED = {"docx", "xlsx", "pptx", "odt", "ods", "epub", "zip"}


class StoredFile(Base):
    """A file somebody uploaded. The name is shown as given; the key says where it lies."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(255))
    media_type: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(sa.String(64))
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id", ondelete="SET NULL"))  # whose quota
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]  # its bytes are gone; its name, size and digest stay
    deleted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    deleted_by_name: Mapped[str] = mapped_column(sa.String(200), default="")

    __table_args__ = (sa.Index(None, "project_id", "deleted_at", "size"),)


class Store(Protocol):
    """Where bytes lie, by key."""

    def write(self, key: str, stream: IO[bytes]) -> None: ...
    def read(self, key: str) -> Iterator[bytes]: ...
    def exists(self, key: str) -> bool: ...
    def delete(self, key: str) -> None: ...


class _Pieces:
    """The bytes of an open file. Unlike a generator it closes the file when nothing of it was asked for."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self.source.closed and (chunk := self.source.read(CHUNK)):
            return chunk
        self.close()
        raise StopIteration

    def close(self) -> None:
        self.source.close()


class FolderStore:
    """A folder, two levels deep. A file is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def write(self, key: str, stream: IO[bytes]) -> None:
        """Copy the stream to the disk, then give it its name."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{secrets.token_hex(4)}.part")
        try:
            with part.open("wb") as target:
                while chunk := stream.read(CHUNK):
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)  # there only where something went wrong

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes, in pieces. FileNotFoundError at once where there are none."""
        return _Pieces(self._path(key).open("rb"))

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)


def store() -> Store:
    """The store of this application."""
    return FolderStore(Path(current_app.config["INSTANCE"]) / "uploads")


def keep(
    upload: Any, *, uploaded_by: Any, project_id: int | None = None, kinds: Mapping[str, str] = ACCEPTED
) -> StoredFile:
    """Check a werkzeug FileStorage by its content and store it. Raises ValueError with a sentence.

    `kinds`: what is accepted here, media types by the ending of the name.

    With `project_id` it counts against the quota of that project, whose lock the caller holds. The row is added to
    the session; bytes whose transaction fails are left behind unnamed, never served.
    """
    name = safe_name(upload.filename or "")
    extension = _checked_extension(name, upload.stream, kinds)
    digest, size = hashlib.sha256(), 0
    upload.stream.seek(0)
    while chunk := upload.stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    if size == 0:
        raise ValueError(_("This file is empty."))
    if project_id is not None:
        _check_quota(project_id, size)
    upload.stream.seek(0)
    row = StoredFile(
        key=secrets.token_hex(20),
        name=name,
        media_type=kinds[extension],
        size=size,
        sha256=digest.hexdigest(),
        project_id=project_id,
        uploaded_by_id=uploaded_by.id if uploaded_by else None,
        uploaded_at=clock.now(),
    )
    store().write(row.key, upload.stream)
    db.session.add(row)
    return row


def keep_all(
    uploads: Iterable[Any], *, uploaded_by: Any, project_id: int | None = None
) -> tuple[list[StoredFile], list[str]]:
    """Keep all of several uploads, or none: their rows, and a sentence for each that is refused."""
    kept, refused = [], []
    for upload in uploads:
        try:
            kept.append(keep(upload, uploaded_by=uploaded_by, project_id=project_id))
        except ValueError as error:
            refused.append(f"{safe_name(upload.filename)}: {error}")
    if not refused:
        return kept, []
    for row in kept:  # the caller commits nothing; the bytes go too
        store().delete(row.key)
    return [], refused


def used_by(project_id: int) -> int:
    """How many bytes the files of a project take."""
    held = sa.select(sa.func.coalesce(sa.func.sum(StoredFile.size), 0)).where(
        StoredFile.project_id == project_id, StoredFile.deleted_at.is_(None)
    )
    return int(db.session.scalar(held) or 0)


def quota() -> int:
    """How many bytes the files of one project may take."""
    return int(current_app.config["PROJECT_QUOTA"])


def _check_quota(project_id: int, size: int) -> None:
    free = max(0, quota() - used_by(project_id))
    if size > free:
        raise ValueError(
            _(
                "This file has %(size)s, and the project has %(free)s left of its %(quota)s. Delete a file first.",
                size=format_size(size),
                free=format_size(free),
                quota=format_size(quota()),
            )
        )


def safe_name(name: str) -> str:
    """A file's name without folders, control and direction-changing characters; at most 150 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:140]}{dot}{extension[:10]}" if dot else name[:150]


def hand_out(row: StoredFile | None, *, shown: bool = False) -> Response:
    """`send` for a view: 404 where there is no such file, where it was deleted, and where its bytes are gone."""
    if row is None or row.deleted_at is not None:
        abort(404)
    try:
        return send(row, shown=shown)
    except FileNotFoundError:
        abort(404)


def send(row: StoredFile, *, shown: bool = False) -> Response:
    """The file as an attachment under the name it was given (RFC 6266).

    `shown`: a picture or a PDF may be shown by the browser itself, in a sandbox without scripts; anything else stays
    an attachment. Its tag is the digest of its bytes, so that who has it gets 304, and a download that broke off is
    resumed (Range, If-Range). Raises FileNotFoundError, and RequestedRangeNotSatisfiable (416) beyond its end.
    """
    response = Response(store().read(row.key), mimetype=row.media_type)
    response.content_length = row.size
    how = "inline" if shown and row.media_type in SHOWN else "attachment"
    response.headers["Content-Disposition"] = (
        f"{how}; filename=\"{_ascii_name(row.name)}\"; filename*=UTF-8''{quote(row.name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.set_etag(row.sha256)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=row.size)
        return response
    except RequestedRangeNotSatisfiable:
        response.close()
        raise


def _ascii_name(name: str) -> str:
    """The name for programs that know no other letters; taking a letter apart may leave a slash or a quote."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, extension = re.sub(r"[^\w .()+,-]", "", plain).rpartition(".")
    return f"{stem.strip(' .') or 'file'}{dot}{extension}"


def _checked_extension(name: str, stream: IO[bytes], kinds: Mapping[str, str]) -> str:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    extension = {"jpeg": "jpg"}.get(extension, extension)
    if extension not in kinds:
        raise ValueError(_("This kind of file is not accepted. Accepted are: %(kinds)s.", kinds=", ".join(kinds)))
    stream.seek(0)
    head = stream.read(8192)
    if extension in TEXTS:
        if b"\0" in head or _guess(head):
            raise ValueError(_("The content of this file is not what its name says."))
        return extension
    guessed = _guess(head)
    matches = guessed == extension or (extension in ZIPPED and guessed in ZIPPED)
    if not matches:
        raise ValueError(_("The content of this file is not what its name says."))
    return extension


def _guess(head: bytes) -> str | None:
    kind = filetype.guess(head) if head else None
    return kind.extension if kind else None
