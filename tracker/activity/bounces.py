"""Mails that come back: reading what another server reports (RFC 3464) about one of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

_OURS = re.compile(r"<(delivery-\d+\.[0-9a-f]+)@[^>\s]+>")
_NAMING = ("Message-ID", "Original-Message-ID", "In-Reply-To", "References")


@dataclass(frozen=True)
class Report:
    """What a report says: the names of our mails in it, whether it is for good, and the server's words."""

    names: tuple[str, ...]
    is_final: bool
    words: str


def read(raw: bytes) -> Report | None:
    """What the mail `raw` reports about mails of ours; None where it reports nothing, as an answer by hand does."""
    message = message_from_bytes(raw)
    groups = [group for part in message.walk() for group in _status_groups(part)]
    names = dict.fromkeys(name for headers in _returned(message) for name in _names_in(headers))
    if not groups or not names:
        return None
    failed = [group for group in groups if _is_failure(group)]
    return Report(tuple(names), bool(failed), _words(failed[0]) if failed else "")


def _status_groups(part: Message) -> list[Message]:
    """The blocks of fields of a report: about the mail itself first, then one for each receiver."""
    payload = part.get_payload()
    if part.get_content_type() != "message/delivery-status" or not isinstance(payload, list):
        return []
    return [group for group in payload if isinstance(group, Message)]


def _returned(message: Message) -> Iterator[Message]:
    """All that may name the mail that is reported on: the mail or its headers as returned, the report itself."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield message_from_bytes(content)
        else:
            yield part


def _names_in(headers: Message) -> list[str]:
    values = [str(value) for name in _NAMING for value in headers.get_all(name, [])]
    return [name for value in values for name in _OURS.findall(value)]


def _is_failure(group: Message) -> bool:
    """Given up, says the server, whatever the status: 4.4.7 is a mail that waited too long (RFC 3464, 2.3.3)."""
    return _field(group, "Action").lower() == "failed"


def _words(group: Message) -> str:
    return re.sub(r"^[\w-]+;\s*", "", _field(group, "Diagnostic-Code")) or _field(group, "Status")


def _field(group: Message, name: str) -> str:
    return " ".join(str(group.get(name, "")).split())
