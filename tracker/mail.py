"""One letter out: by SMTP, or as a file in the instance folder when no server is set (when developing)."""

import re
import smtplib
import ssl
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import (
    Address,
    HeaderRegistry,
    UniqueAddressHeader,
    UniqueUnstructuredHeader,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from tracker import clock, letters
from tracker.i18n import _

Message = EmailMessage
TIMEOUT = 30  # seconds


class _OnOneLine(UnstructuredHeader):
    """A header for machines. Folded as text is, a long address in it would be written as an encoded word."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


class _Subject(UniqueUnstructuredHeader):
    """Folded by the standard library's older code: its newer one loses spaces between words of other scripts."""

    def fold(self, *, policy: Any) -> str:
        if self.isascii():  # type: ignore[attr-defined]
            return super().fold(policy=policy)  # type: ignore[misc]
        return f"{self.name}: {_encoded(str(self), policy)}{policy.linesep}"  # type: ignore[attr-defined]


class _Addresses(UniqueAddressHeader):
    """As _Subject, for people's names."""

    def fold(self, *, policy: Any) -> str:
        if all(address.display_name.isascii() for address in self.addresses):
            return super().fold(policy=policy)  # type: ignore[misc]
        each = [f"{_encoded(one.display_name, policy)}{policy.linesep} <{one.addr_spec}>" for one in self.addresses]
        return f"{self.name}: {f',{policy.linesep} '.join(each)}{policy.linesep}"  # type: ignore[attr-defined]


def _encoded(text: str, policy: Any) -> str:
    return Header(text, "utf-8", maxlinelen=65).encode(linesep=policy.linesep)


_headers = HeaderRegistry()
for _name, _kind in (
    *dict.fromkeys(("list-id", "list-unsubscribe", "references", "in-reply-to"), _OnOneLine).items(),
    *dict.fromkeys(("from", "to", "reply-to"), _Addresses).items(),
    ("subject", _Subject),
):
    _headers.map_to_type(_name, _kind)  # type: ignore[arg-type]
_POLICY = SMTP.clone(header_factory=_headers)


@dataclass(frozen=True)
class Routing:
    """What mail programs and servers know a mail by. Whatever is empty is left out.

    `name` makes its Message-ID, the same each time it is sent; mails of one `thread` are shown together; `list_name` is
    what mail programs may sort by; `unsubscribe` the address that stops mails of its kind (RFC 8058); answers go
    to `reply_to`.
    """

    name: str = ""
    thread: str = ""
    list_name: str = ""
    unsubscribe: str = ""
    reply_to: str = ""


def compose(template: str, address: str, name: str, values: dict[str, Any], routing: Routing | None = None) -> Message:
    """A mail from `templates/<template>`, as text and as HTML: the subject is its first line, the body what follows,
    and small print what follows a line "-- " (see `letters`)."""
    routing = routing or Routing()
    text = render_template(
        template, base_url=current_app.config["BASE_URL"], quoted=letters.quoted, values=values, **values
    )
    subject, _blank, rest = text.strip("\r\n\t ").partition("\n")
    subject = _in_header(subject)[:200]
    sender = _("Research tracker")
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = subject
    message["From"] = Address(sender, addr_spec=current_app.config["MAIL_FROM"])
    message["To"] = Address(_in_header(name), addr_spec=address)
    message["Date"] = format_datetime(clock.now())
    _route(message, routing)
    body, footer = letters.split(rest)
    if routing.unsubscribe:
        more = _("Choose how often you get mail, or stop mails like this one")
        footer = f"{footer}\n\n{more}\n{routing.unsubscribe}".strip()
    plain = f"{body}\n\n-- \n{footer}" if footer else body
    html = letters.as_html(subject, body, footer, sender)
    message.set_content(f"{plain}\n", cte=_encoding(plain))
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    return message


def host() -> str:
    """The host in our Message-IDs and lists: that of the site."""
    name = urlsplit(current_app.config["BASE_URL"]).hostname or ""
    return name if re.fullmatch(r"[a-z0-9.-]+", name) else "localhost"


def _route(message: Message, routing: Routing) -> None:
    message["Message-ID"] = f"<{routing.name}@{host()}>" if routing.name else make_msgid(domain=host())
    if routing.thread:  # nobody ever got the first mail of a thread; programs gather what answers the same one
        first = f"<{re.sub(r'[^A-Za-z0-9-]', '-', routing.thread)}@{host()}>"
        message["In-Reply-To"] = first
        message["References"] = first
    if answers := routing.reply_to or current_app.config["MAIL_REPLY_TO"]:
        message["Reply-To"] = Address(addr_spec=answers)
    if routing.list_name:
        message["List-Id"] = f"<{routing.list_name}.{host()}>"
    if routing.unsubscribe:
        message["List-Unsubscribe"] = f"<{_in_header(routing.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"


def _in_header(text: str) -> str:
    """Text of people on one line. The standard library reads "=?utf-8?q?…?=" in it, line breaks included."""
    return " ".join(text.replace("=?", "= ?").split())


def _encoding(text: str) -> str:
    """The shorter way to send it: a letter of another script takes up to nine characters as quoted-printable."""
    size = len(text.encode())
    beyond_ascii = size - len(text.encode("ascii", "ignore"))
    return "base64" if size + 2 * beyond_ascii > 1.4 * size else "quoted-printable"


class Unreachable(OSError):
    """The mail server does not answer, or does not let us in: no mail can be sent for now."""


class Connection:
    """One connection to the SMTP server of MAIL_URL for many mails; without a server, files in the folder `mail`.

    It is opened with the first mail, and anew when the server has closed it.
    """

    def __init__(self) -> None:
        self._server: Any = None
        self._closing = ExitStack()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def send(self, message: Message) -> None:
        """Hand one mail over. Raises Unreachable, another OSError or smtplib.SMTPException when it is not accepted."""
        if not current_app.config["MAIL_URL"]:
            _write(message)
            return
        if not self._is_open():
            self._open()
        try:
            self._server.send_message(message)
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            raise  # an answer: the server goes on with the next mail
        except Exception:
            self._close()
            raise

    def _is_open(self) -> bool:
        """Asked before each mail: one that breaks off on the way may have arrived, and must wait its time."""
        if self._server is None:
            return False
        with suppress(OSError):
            if self._server.noop()[0] == 250:
                return True
        self._close()
        return False

    def _open(self) -> None:
        server = urlsplit(current_app.config["MAIL_URL"])
        secure = server.scheme == "smtps"
        port = server.port or (465 if secure else 587)
        kind: Any = smtplib.SMTP_SSL if secure else smtplib.SMTP
        options = {"context": ssl.create_default_context()} if secure else {}
        try:
            connection = kind(server.hostname or "localhost", port, timeout=TIMEOUT, **options)
            self._server = self._closing.enter_context(connection)
            if not secure and server.username:
                self._server.starttls(context=ssl.create_default_context())
            if server.username:
                self._server.login(unquote(server.username), unquote(server.password or ""))
        except OSError as error:  # smtplib's own errors are among them
            self._close()
            raise Unreachable(said(error)) from error

    def _close(self) -> None:
        self._server = None
        with suppress(OSError):  # whatever it says at the end: each mail has its answer
            self._closing.close()


def send(message: Message) -> None:
    """Hand over one mail alone; raises as `Connection.send` does."""
    with Connection() as connection:
        connection.send(message)


def said(error: Exception) -> str:
    """What went wrong, in the server's words where it said any: "550 no such user"."""
    return " ".join(" ".join(f"{code} {text}" for code, text in _answers(error)).split()) or str(error)


def is_refusal(error: Exception) -> bool:
    """Whether the server refused this mail's receiver for good.

    That is an answer 550 to 559 to the receiver or the text (RFC 5321, 4.2.3), unless it names a policy (x.7.x in
    RFC 3463), such as "relay access denied": that speaks of us, passes, or is put right in the settings.
    """
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        return False
    answers = _answers(error)
    return bool(answers) and all(550 <= code <= 559 and not re.match(r"5\.7\.", text) for code, text in answers)


def _answers(error: Exception) -> list[tuple[int, str]]:
    found: list[tuple[int, Any]]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        found = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        found = [(error.smtp_code, error.smtp_error)]
    else:
        return []
    return [(code, text.decode(errors="replace") if isinstance(text, bytes) else str(text)) for code, text in found]


def _write(message: Message) -> None:
    folder = Path(current_app.config["INSTANCE"]) / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    receiver = re.sub(r"[^a-zA-Z0-9.@-]", "_", message["To"].addresses[0].addr_spec)
    name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{receiver}.eml"
    (folder / name).write_bytes(message.as_bytes())
