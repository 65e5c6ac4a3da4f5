"""One letter out: by SMTP, or as a file in the instance folder when no server is set (when developing)."""

import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from tracker import clock
from tracker.i18n import _

Message = EmailMessage
TIMEOUT = 30  # seconds


def compose(template: str, address: str, name: str, values: dict[str, Any]) -> Message:
    """A plain-text mail from `templates/<template>`: the subject is its first line, the body what follows."""
    base_url = current_app.config["BASE_URL"]
    text = render_template(template, base_url=base_url, **values)
    subject, _blank, body = text.strip().partition("\n")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _in_header(subject)[:200]
    message["From"] = Address(_("Research tracker"), addr_spec=current_app.config["MAIL_FROM"])
    message["To"] = Address(_in_header(name), addr_spec=address)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=urlsplit(base_url).hostname or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n", cte="quoted-printable")
    return message


def _in_header(text: str) -> str:
    """Text of people on one line. The standard library reads "=?utf-8?q?…?=" in it, line breaks included."""
    return " ".join(text.replace("=?", "= ?").split())


def send(message: Message) -> None:
    """Hand one mail to the SMTP server of MAIL_URL, or write it into the folder `mail`. Raises OSError or
    smtplib.SMTPException when it is not accepted."""
    if not (url := current_app.config["MAIL_URL"]):
        _write(message)
        return
    server = urlsplit(url)
    secure = server.scheme == "smtps"
    port = server.port or (465 if secure else 587)
    kind: Any = smtplib.SMTP_SSL if secure else smtplib.SMTP
    options = {"context": ssl.create_default_context()} if secure else {}
    with kind(server.hostname or "localhost", port, timeout=TIMEOUT, **options) as connection:
        if not secure and server.username:
            connection.starttls(context=ssl.create_default_context())
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _write(message: Message) -> None:
    folder = Path(current_app.config["INSTANCE"]) / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    receiver = re.sub(r"[^a-zA-Z0-9.@-]", "_", message["To"].addresses[0].addr_spec)
    name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{receiver}.eml"
    (folder / name).write_bytes(message.as_bytes())
