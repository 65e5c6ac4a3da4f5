"""Documents that people bring: which kind they truly are, what in them may be read, and what was found in them.

A Word or ODT file is a zip of XML. Nothing in it is run, followed or fetched: the parts that hold text are copied into
a new file, the rest (macros, objects, what lies elsewhere) is left out and noted. The limits are on what comes out
while it is unpacked, whatever the file says of itself.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from typing import IO, Any

from lxml import etree

from tracker.i18n import _, format_size

LARGEST_LIST = 2 * 1024 * 1024  # bytes of the list of parts at the end of a zip: some 20,000 of them
MOST_PARTS = 10_000  # a book with 500 pictures has fewer than 700
LARGEST_TEXT = 64 * 1024 * 1024  # bytes of all parts with text: a hundred pages take one or two million
LARGEST_PICTURE = 40 * 1024 * 1024  # bytes of one picture, unpacked
LARGEST_UNPACKED = 512 * 1024 * 1024  # bytes of all, as the file says of itself
STEEPEST = 250  # times smaller than what is in it: text packs to a tenth
STEEP_FROM = 8 * 1024 * 1024  # bytes: a small part may be as steep as it likes
LARGEST_MARKDOWN = 4 * 1024 * 1024  # bytes: forty novels
MOST_NAMES = 20  # of people or addresses that are named; the others are counted

_OLE = b"\xd0\xcf\x11\xe0"
_END, _END_SIZE = b"PK\x05\x06", 22
_END64, _END64_SIZE, _LEADS_TO_END64, _LEADS_SIZE = b"PK\x06\x06", 56, b"PK\x06\x07", 20  # of a zip beyond 4 GB
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_WORD_TEXT = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|word/\w+\.xml|word/_rels/\w+\.xml\.rels")
_WORD_UNNEEDED = re.compile(
    r"word/(?:_rels/)?(?:settings|webSettings|fontTable|vbaData|vbaProject|comments\w*|people)\b"
)
_WORD_PICTURE = re.compile(r"word/media/[^/\\]+")
_ODT_TEXT = re.compile(r"mimetype|content\.xml|styles\.xml|[\w -]+/content\.xml")
_ODT_PICTURE = re.compile(r"Pictures/[^/\\]+")
_MACROS = re.compile(r"(?:^|/)(?:vbaProject\.bin|vbaData\.xml)$|^(?:Basic|Scripts)/", re.IGNORECASE)
_OBJECTS = re.compile(r"^word/(?:embeddings|activeX)/[^/]+\.bin$|^word/embeddings/[^/]+$", re.IGNORECASE)
_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


class Unreadable(ValueError):
    """A document that is not read, with a sentence that says why."""


class Kind(StrEnum):
    """What a document is; the value is how its name ends."""

    WORD = "docx"
    ODT = "odt"
    MARKDOWN = "md"
    PDF = "pdf"


def kind_of(name: str, stream: IO[bytes]) -> Kind:
    """What a document is, by its name and its content; cheap enough for a request. Raises Unreadable."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in ("doc", "docm", "dot", "dotx", "dotm", "rtf", "pages"):
        raise Unreadable(_("Save it as a Word document (.docx) first, and send that."))
    if extension not in set(Kind):
        raise Unreadable(_("A draft is a Word (.docx), ODT, Markdown (.md) or PDF file."))
    kind = Kind(extension)
    stream.seek(0)
    head = stream.read(1024)
    if kind is Kind.MARKDOWN:
        stream.seek(0)
        text_of(stream.read(LARGEST_MARKDOWN + 1))
    elif kind is Kind.PDF:
        if b"%PDF-" not in head:
            raise Unreadable(_("The content of this file is not what its name says."))
    else:
        _check_office(kind, head, stream)
    return kind


def text_of(data: bytes) -> str:
    """The text of a Markdown file. Raises Unreadable for one that is too long or no text."""
    if len(data) > LARGEST_MARKDOWN:
        raise Unreadable(_("This text is larger than %(size)s.", size=format_size(LARGEST_MARKDOWN)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("The letters of this text cannot be read. Save it as UTF-8, and send it again.")) from None
    if "\0" in text:
        raise Unreadable(_("The content of this file is not what its name says."))
    return text


class Archive:
    """A zip that is read with limits. Raises Unreadable when it is opened, and when a part is not what it says."""

    def __init__(self, stream: IO[bytes]) -> None:
        check_list(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
            raise Unreadable(_("This file is damaged: it could not be unpacked.")) from None
        self.parts = {part.filename: part for part in self._zip.infolist()}
        if sum(part.file_size for part in self.parts.values()) > LARGEST_UNPACKED:
            raise _bomb()
        for part in self.parts.values():
            if part.flag_bits & 1:
                raise _locked()
            if part.file_size > STEEP_FROM and part.file_size > STEEPEST * max(1, part.compress_size):
                raise _bomb()
        self.left = LARGEST_TEXT

    def read(self, name: str) -> bytes:
        """A part with text, within what all of them may take together."""
        content = self._read(name, self.left)
        self.left -= len(content)
        return content

    def picture(self, name: str) -> bytes:
        """A picture, within the limit of one."""
        return self._read(name, LARGEST_PICTURE)

    def _read(self, name: str, most: int) -> bytes:
        try:
            with self._zip.open(self.parts[name]) as part:
                content = part.read(most + 1)
        except KeyError:
            raise Unreadable(_("This file is damaged: it has no text in it.")) from None
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError, struct.error):
            raise Unreadable(_("This file is damaged: it could not be unpacked.")) from None
        except Exception as error:  # zlib.error and its kin have no common name
            if type(error).__module__ not in ("zlib", "lzma", "_lzma", "builtins"):
                raise
            raise Unreadable(_("This file is damaged: it could not be unpacked.")) from None
        if len(content) > most:
            raise _bomb()
        return content


class Opened:
    """A Word or ODT document: a copy that holds only text, its pictures, and what was found in it.

    `found` are plain JSON values: `changes` {"added", "removed", "people": [[name, added, removed, last day]]},
    `comments` {"count", "people"}, `macros` (bool), `elsewhere` {"count", "addresses"}: what it would have fetched,
    `objects`: embedded files and controls. What was not found is not in it.
    """

    def __init__(self, kind: Kind, data: bytes) -> None:
        """Raises Unreadable."""
        self.kind = kind
        self.archive = Archive(io.BytesIO(data))
        self.found: dict[str, Any] = {}
        self._changes: dict[str, list[Any]] = {}
        self._comments: dict[str, int] = {}
        self._elsewhere: list[str] = []
        self._objects = 0
        self.clean = self._copy()
        self._sum_up()

    def picture(self, address: str) -> bytes | None:
        """The bytes of the picture that the text calls by this address; None where there is none. May be anything."""
        name = f"word/{address}" if self.kind is Kind.WORD else address.removeprefix("./")
        is_one = (_WORD_PICTURE if self.kind is Kind.WORD else _ODT_PICTURE).fullmatch(name)
        return self.archive.picture(name) if is_one and name in self.archive.parts else None

    def _copy(self) -> bytes:
        """A zip of the parts that hold text, with empty files where pictures are."""
        is_word = self.kind is Kind.WORD
        wanted, pictures = (_WORD_TEXT, _WORD_PICTURE) if is_word else (_ODT_TEXT, _ODT_PICTURE)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for name in self.archive.parts:
                if pictures.fullmatch(name):
                    copy.writestr(name, b"")
                elif wanted.fullmatch(name):
                    content = self._looked_through(name, self.archive.read(name))
                    if not (is_word and _WORD_UNNEEDED.match(name)):
                        copy.writestr(name, content)
        return target.getvalue()

    def _looked_through(self, name: str, content: bytes) -> bytes:
        """The content of a part as it may be read, what is in it noted."""
        if name == "mimetype":
            return content
        if any(mark in content for mark in _DOCTYPE):
            raise Unreadable(_("This file is damaged: it could not be unpacked."))
        if name.endswith(".rels"):
            return self._without_elsewhere(content)
        for element in _elements(content):
            (self._look_at_word if self.kind is Kind.WORD else self._look_at_odt)(element)
        if self.kind is Kind.ODT and name == "content.xml":  # the reader finds no formula behind a closing slash
            content = re.sub(rb'(xlink:href="[^"/]+)/"', rb'\1"', content)
        return content.replace(
            b"ms-word.document.macroEnabled.main", b"openxmlformats-officedocument.wordprocessingml.document.main"
        )

    def _without_elsewhere(self, content: bytes) -> bytes:
        """Relations without those that lead out of the file. Ordinary links stay: nobody follows them but a reader."""
        root = _parsed(content)
        for relation in list(root):
            if relation.get("TargetMode") != "External":
                continue
            address = relation.get("Target") or ""
            if not (relation.get("Type", "").endswith("/hyperlink") and _LINK.match(address)):
                self._elsewhere.append(address)
                root.remove(relation)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _look_at_word(self, element: Any) -> None:
        name = _plain(element.tag)
        if name in ("ins", "del", "moveTo", "moveFrom"):
            author = _attribute(element, "author")
            self._note_change(author, name in ("ins", "moveTo"), _attribute(element, "date"))
        elif name == "comment":
            self._note_comment(_attribute(element, "author"))

    def _look_at_odt(self, element: Any) -> None:
        name = _plain(element.tag)
        if name == "changed-region":
            texts = {_plain(each.tag): each.text or "" for each in element.iter() if isinstance(each.tag, str)}
            self._note_change(texts.get("creator", ""), "insertion" in texts, texts.get("date", ""))
        elif name == "annotation":
            creators = [each.text or "" for each in element if _plain(each.tag) == "creator"]
            self._note_comment(creators[0] if creators else "")
        elif name in ("object-ole", "plugin", "applet", "floating-frame"):
            self._objects += 1
        elif name in ("image", "plugin", "floating-frame") or name == "section-source":
            address = _attribute(element, "href")
            if re.match(r"[a-z][\w+.-]*:|//|\.\./|/", address, re.IGNORECASE):
                self._elsewhere.append(address)

    def _note_change(self, author: str, is_added: bool, when: str) -> None:
        known = self._changes.setdefault(_name(author), [0, 0, ""])
        known[0 if is_added else 1] += 1
        known[2] = max(known[2], when[:10] if re.match(r"\d{4}-\d\d-\d\d", when) else "")

    def _note_comment(self, author: str) -> None:
        self._comments[_name(author)] = self._comments.get(_name(author), 0) + 1

    def _sum_up(self) -> None:
        names = self.archive.parts
        self._objects += sum(1 for name in names if _OBJECTS.search(name))
        if self._changes:
            people = [[name, *counts] for name, counts in self._changes.items()]
            added, removed = (sum(counts[place] for counts in self._changes.values()) for place in (0, 1))
            self.found["changes"] = {"added": added, "removed": removed, "people": people[:MOST_NAMES]}
        if self._comments:
            named = list(self._comments)[:MOST_NAMES]
            self.found["comments"] = {"count": sum(self._comments.values()), "people": named}
        if any(_MACROS.search(name) for name in names):
            self.found["macros"] = True
        if self._elsewhere:
            addresses = list(dict.fromkeys(address[:200] for address in self._elsewhere))
            self.found["elsewhere"] = {"count": len(addresses), "addresses": addresses[:MOST_NAMES]}
        if self._objects:
            self.found["objects"] = self._objects


def _check_office(kind: Kind, head: bytes, stream: IO[bytes]) -> None:
    if head.startswith(_OLE):
        raise Unreadable(
            _("This is an old Word file, or one with a password. Save it as .docx without a password, and send that.")
        )
    if not head.startswith(b"PK"):
        raise Unreadable(_("The content of this file is not what its name says."))
    archive = Archive(stream)
    if kind is Kind.ODT:
        if b"encryption-data" in _first_of(archive, "META-INF/manifest.xml"):
            raise _locked()
        is_right = _first_of(archive, "mimetype").strip().startswith(b"application/vnd.oasis.opendocument.text")
    else:
        types = _first_of(archive, "[Content_Types].xml")
        if b"spreadsheetml.sheet.main" in types:
            raise Unreadable(_("This is an Excel file. A draft is a Word (.docx), ODT, Markdown (.md) or PDF file."))
        if b"presentationml.presentation.main" in types:
            raise Unreadable(_("These are slides. A draft is a Word (.docx), ODT, Markdown (.md) or PDF file."))
        is_right = b"wordprocessingml.document.main" in types or b"ms-word.document.macroEnabled.main" in types
    if not is_right:
        raise Unreadable(_("The content of this file is not what its name says."))


def _first_of(archive: Archive, name: str) -> bytes:
    return archive.read(name) if name in archive.parts else b""


def check_list(stream: IO[bytes]) -> None:
    """Look at the end of a zip before anything of its list of parts is held in memory. Raises Unreadable."""
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - 65_535 - _END_SIZE))
    tail = stream.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise Unreadable(_("This file is damaged: it could not be unpacked."))
    parts, size = struct.unpack("<HI", tail[place + 10 : place + 16])
    stream.seek(max(0, end - len(tail) + place - _LEADS_SIZE - _END64_SIZE))
    before = stream.read(_END64_SIZE + _LEADS_SIZE)
    if before[_END64_SIZE:].startswith(_LEADS_TO_END64) and before.startswith(_END64):  # this is what is believed then
        parts, size = struct.unpack("<QQ", before[32:48])
    if parts > MOST_PARTS or size > LARGEST_LIST:  # 65,535 and 4 GB too, which stand for numbers beyond
        raise _bomb()
    stream.seek(0)


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Unreadable(_("This file is damaged: its text could not be read.")) from None


def _elements(content: bytes) -> Iterator[Any]:
    """Each element once it is whole, in little memory."""
    reader = etree.iterparse(
        io.BytesIO(content), events=("end",), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        for _event, element in reader:
            if not isinstance(element.tag, str):
                continue
            yield element
            if _plain(element.tag) in ("p", "tr", "changed-region", "comment"):  # what is above is counted, not kept
                element.clear(keep_tail=True)
    except etree.XMLSyntaxError:
        raise Unreadable(_("This file is damaged: its text could not be read.")) from None


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _plain(key) == name), "")


def _name(author: str) -> str:
    return " ".join(author.split())[:100]


def _bomb() -> Unreadable:
    return Unreadable(_("This file holds far more than its size says, and is not opened."))


def _locked() -> Unreadable:
    return Unreadable(_("This file has a password. Save it without one, and send it again."))
