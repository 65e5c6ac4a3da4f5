"""A Word file without the names of those who commented in it. Only what Word itself keeps of them: not the text."""

import io
import re
import zipfile
import zlib
from typing import IO

from tracker.documents import check_list
from tracker.i18n import _

MOST_PARTS = 2_000
MOST_BYTES = 80_000_000  # of all parts together, unpacked
_NAMES = re.compile(  # begins where a word begins: every other start would read a long word to its end in vain
    rb"""(?<![\w.-])((?:[\w.-]+:)?(?:author|initials|userId|providerId|lastModifiedBy)\s*=\s*)("[^"]*"|'[^']*')""",
    re.ASCII,
)
_PERSON = re.compile(rb"<(?:[\w.-]{1,40}:)?person[\s/>]", re.ASCII)
_TEMPLATE = b"/attachedTemplate"  # its address is a folder of the reviewer's, with their name in it
_TARGET = re.compile(rb"""(\sTarget\s*=\s*)("[^"]*"|'[^']*')""")
_RELATION = re.compile(rb"<(?:[\w.-]{1,40}:)?Relationship\s[^<>]*>", re.ASCII)


def without_names(stream: IO[bytes]) -> bytes:
    """The file with every author, initial and account of comments and changes emptied, and no properties.

    Raises ValueError with a sentence for what is no sound Word file or unpacks to too much.
    """
    check_list(stream)
    target = io.BytesIO()
    try:
        with zipfile.ZipFile(stream) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as cleaned:
            parts = source.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise ValueError(_("This file unpacks to more than can be read here."))
            if "word/document.xml" not in source.namelist():
                raise ValueError(_("The content of this file is not what its name says."))
            for part in parts:
                cleaned.writestr(part.filename, _cleaned(part.filename, source.read(part)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise ValueError(_("This file cannot be opened. Save it anew with Word, or write comments here.")) from error
    return target.getvalue()


def _cleaned(name: str, data: bytes) -> bytes:
    if not name.endswith((".xml", ".rels")):
        return data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:200]:  # no Word writes it so; names could hide there
        raise ValueError(_("This file cannot be opened. Save it anew with Word, or write comments here."))
    if name.startswith("docProps/"):
        tags = (piece.partition(b">")[0] for piece in data.split(b"<")[1:] if not piece.startswith(b"!"))
        return b"".join(b"<" + tag + b">" for tag in tags)
    if name == "word/people.xml":
        return _without_people(data)
    if name.endswith(".rels"):
        return _RELATION.sub(_without_folder, data)
    return _NAMES.sub(rb'\1""', data) if name.startswith("word/") else data


def _without_people(data: bytes) -> bytes:
    """The list of those who commented, empty: all between its first person and its own end."""
    first = _PERSON.search(data)
    return data[: first.start()] + data[max(first.start(), data.rfind(b"</")) :] if first else data


def _without_folder(relation: re.Match[bytes]) -> bytes:
    return _TARGET.sub(rb'\1"Normal.dotm"', relation[0]) if _TEMPLATE in relation[0] else relation[0]
