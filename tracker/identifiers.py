"""Identifiers of people, institutions and publications: one written form each, check digits tested.

Each `normal_…` takes what a person typed or pasted, addresses included, and returns the canonical form or
raises ValueError with a sentence to show.
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

from stdnum import isbn, isni, issn
from stdnum.exceptions import ValidationError

from tracker.i18n import _

_ROR = re.compile(r"0[0-9a-hj-km-np-tv-z]{6}[0-9]{2}")
_ROR_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s<>\"\x00-\x1f\x7f]+")
_HANDLE = re.compile(r"[0-9]{1,12}(?:\.[0-9a-z]{1,20})*/[^\s<>\"\x00-\x1f\x7f]+", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")
_DASHES = re.compile("[‐‑‒–—−－]")  # what a paper prints where a hyphen is meant
LONGEST_ADDRESS = 2000


def normal_orcid(text: str) -> str:
    """An ORCID iD as "0000-0002-1825-0097": sixteen characters, checked by ISO 7064 MOD 11-2."""
    bare = _after(text, r"(?:https?://)?(?:www\.)?orcid\.org/|orcid(?: id)?:?").replace(" ", "").upper()
    try:
        return isni.format(isni.validate(bare.strip("/"))).replace(" ", "-")  # ORCID iDs are a block of ISNIs
    except ValidationError:
        raise ValueError(_("This is not an ORCID iD, such as 0000-0002-1825-0097.")) from None


def normal_ror(text: str) -> str:
    """A ROR id as "05dxps055": base 32 with two check digits by ISO 7064 MOD 97-10, as ROR documents it."""
    bare = re.sub(r"[\s-]", "", _after(text, r"(?:https?://)?(?:www\.)?ror\.org/|ror:?")).lower().strip("/")
    if _ROR.fullmatch(bare):
        number = 0
        for letter in bare[:7]:
            number = number * 32 + _ROR_ALPHABET.index(letter)
        if 98 - number * 100 % 97 == int(bare[7:]):
            return bare
    raise ValueError(_("This is not a ROR id, such as https://ror.org/05dxps055."))


def normal_doi(text: str) -> str:
    """A DOI as "10.1000/182", in lower case: DOIs do not tell case apart."""
    bare = _after(text, r"(?:https?://)?(?:www\.)?(?:dx\.)?doi\.org/|(?:info:)?doi[:/]?").lower()
    bare = bare.rstrip(".,;")
    if len(bare) > 250 or not _DOI.fullmatch(bare):
        raise ValueError(_("This is not a DOI, such as 10.1000/182."))
    return bare


def normal_isbn(text: str) -> str:
    """An ISBN-13 with hyphens, "978-0-306-40615-7"; a ten-digit one is converted."""
    bare = _after(text, r"isbn(?:[- ]?1[03])?:?")
    try:
        return isbn.format(isbn.to_isbn13(isbn.validate(bare)))
    except ValidationError:
        raise ValueError(_("This is not an ISBN: a digit is wrong or missing.")) from None


def normal_issn(text: str) -> str:
    """An ISSN as "2307-9827"."""
    bare = _after(text, r"(?:https?://)?portal\.issn\.org/resource/issn/|e?-?issn(?:-l)?:?")
    try:
        return issn.format(issn.validate(bare))
    except ValidationError:
        raise ValueError(_("This is not an ISSN, such as 2307-9827: a digit is wrong or missing.")) from None


def normal_handle(text: str) -> str:
    """A handle as "10419/12345" (RFC 3651: prefix, slash, local name), the resolver's address taken off."""
    bare = _after(text, r"(?:https?://)?hdl\.handle\.net/|(?:info:)?hdl[:/]?|handle:?")
    if len(bare) > 250 or not _HANDLE.fullmatch(bare):
        raise ValueError(_("This is not a handle, such as 10419/12345."))
    return bare


def website(text: str) -> str:
    """An http(s) address, "http://" added where only the host was written, the host in lower-case ASCII.

    Raises ValueError for any other scheme, for a name and password in it, and where there is no host.
    """
    typed = unicodedata.normalize("NFC", text).strip()
    refused = ValueError(_("Write the address of a website, such as https://www.example.org."))
    if not re.match(r"[a-z][a-z0-9+-]*:(?!\d)", typed, re.IGNORECASE):
        typed = f"http://{typed}"
    if len(typed) > LONGEST_ADDRESS or re.search(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]", typed):
        raise refused
    try:
        parts = urlsplit(typed)
        host, port = parts.hostname or "", parts.port
        if parts.scheme.lower() not in {"http", "https"} or "@" in parts.netloc:
            raise refused
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:  # a bad port, a bracket without its partner, a name that IDNA forbids
        raise refused from None
    labels = host.rstrip(".").split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise refused
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    netloc = host if port in (None, default) else f"{host}:{port}"
    path, query, fragment = (quote(part, safe="/%:@!$&'()*+,;=~?[]-._") for part in parts[2:])
    return urlunsplit((parts.scheme.lower(), netloc, "" if path == "/" and not query else path, query, fragment))


def orcid_url(identifier: str) -> str:
    """The address of an ORCID iD, which is also how it is shown."""
    return f"https://orcid.org/{identifier}"


def ror_url(identifier: str) -> str:
    """The address of a ROR id, which is also how it is shown."""
    return f"https://ror.org/{identifier}"


def doi_url(identifier: str) -> str:
    """The address of a DOI, which is also how it is shown."""
    return f"https://doi.org/{quote(identifier, safe='/:;()._-')}"


def handle_url(identifier: str) -> str:
    """The address of a handle."""
    return f"https://hdl.handle.net/{quote(identifier, safe='/:;()._-')}"


def _after(text: str, beginning: str) -> str:
    """`text` trimmed, its dashes made hyphens, without a `beginning` such as the resolver's address."""
    bare = _DASHES.sub("-", unicodedata.normalize("NFKC", text).replace("\u200b", "")).strip()
    return re.sub(rf"^(?:{beginning})\s*", "", bare, count=1, flags=re.IGNORECASE)
