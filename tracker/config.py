"""Every setting: its environment variable, its default, and one sentence on what it does."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One environment variable. The README's table is tested against this list."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("TRACKER_INSTANCE", "instance/", "Folder of the database, uploads, mails and the secret key."),
    Setting(
        "DATABASE_URL",
        "sqlite:///tracker.db",
        "The database; relative SQLite files lie in the instance folder.",
    ),
    Setting(
        "SECRET_KEY",
        "made on first start",
        "Signs sessions and links; kept in the file `secret_key` of the instance.",
    ),
    Setting("HOST", "127.0.0.1", "Address the embedded server listens on."),
    Setting("PORT", "8000", "Port the embedded server listens on."),
    Setting(
        "BASE_URL",
        "http://HOST:PORT",
        "The address people reach the site under; links in mails begin with it.",
    ),
    Setting(
        "MAIL_URL",
        "",
        "`smtp://user:password@host:587` (STARTTLS) or `smtps://…`; empty: mails become files.",
    ),
    Setting("MAIL_FROM", "tracker@localhost", "Sender address of all mails."),
    Setting("MAIL_REPLY_TO", "", "Where answers to mails go; empty: to the sender address."),
    Setting("UPLOAD_LIMIT", "26214400", "Largest upload in bytes (25 MiB)."),
    Setting("PROJECT_QUOTA", "500000000", "What the files of one project may take, in bytes (500 MB)."),
    Setting("DOI_PREFIX", "", "The prefix of the site's own DOIs, such as `10.1234`: only those are ever registered."),
    Setting(
        "DATACITE_URL",
        "",
        "`https://account:password@api.datacite.org/`: DOIs are registered there; empty: nothing is sent.",
    ),
    Setting(
        "CROSSREF_URL",
        "",
        "`https://account:password@doi.crossref.org/`: DOIs are registered there; empty: nothing is sent.",
    ),
    Setting(
        "PROXIES",
        "0",
        "How many reverse proxies stand in front and may be believed about the caller's address.",
    ),
    Setting(
        "RATE_LIMIT_STORAGE",
        "memory://",
        "Where attempts to sign in are counted; `redis://…` for several servers.",
    ),
)


def load(overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """The application's configuration from the environment. Makes no file and opens no connection."""
    env = {setting.name: os.environ.get(setting.name, "") for setting in SETTINGS}
    host, port = env["HOST"] or "127.0.0.1", env["PORT"] or "8000"
    base_url = env["BASE_URL"] or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    config: dict[str, Any] = {
        "INSTANCE": str(Path(env["TRACKER_INSTANCE"] or "instance").resolve()),
        "SQLALCHEMY_DATABASE_URI": env["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
        or "sqlite:///tracker.db",
        "BASE_URL": base_url.rstrip("/"),
        "MAIL_URL": env["MAIL_URL"],
        "MAIL_FROM": env["MAIL_FROM"] or "tracker@localhost",
        "MAIL_REPLY_TO": env["MAIL_REPLY_TO"],
        "MAX_CONTENT_LENGTH": int(env["UPLOAD_LIMIT"] or 25 * 1024 * 1024),
        "PROJECT_QUOTA": int(env["PROJECT_QUOTA"] or 500_000_000),
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 800,
        **{name: env[name] for name in ("DOI_PREFIX", "DATACITE_URL", "CROSSREF_URL")},
        "PROXIES": int(env["PROXIES"] or 0),
        "RATELIMIT_STORAGE_URI": env["RATE_LIMIT_STORAGE"] or "memory://",
        "SECRET_KEY": env["SECRET_KEY"] or None,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_NAME": "session",
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 60,
        "SEND_FILE_MAX_AGE_DEFAULT": 60 * 60 * 24 * 365,
    }
    return config | (overrides or {})


def secret_key(instance: Path) -> str:
    """The key kept in the instance folder, made once. Two servers starting together agree on one."""
    file = instance / "secret_key"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text().strip()
