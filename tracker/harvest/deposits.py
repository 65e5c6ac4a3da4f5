"""Saying to the registries what a DOI stands for: DataCite by its REST API, Crossref by its deposit service.

Nothing is sent unless an account is configured, and then only of DOIs with our own prefix. The answer of Crossref says
that the deposit was taken; what it made of it, it tells the account by mail.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import requests

from tracker import clock
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.harvest import queries
from tracker.harvest.crossref import crossref_deposit
from tracker.harvest.datacite import datacite_json
from tracker.harvest.models import Deposit
from tracker.harvest.states import Registry
from tracker.harvest.words import written
from tracker.reports.models import Report

SECONDS = 30.0  # for a registry to answer
MOST_ATTEMPTS = 8  # then a coordinator looks at it
DEPOSIT_PATH = "servlet/deposit"


@dataclass(frozen=True)
class Accounts:
    """Where to send what, from the settings; an empty address: nowhere."""

    prefix: str  # of our DOIs: "10.1234"
    datacite: str  # "https://account:password@api.datacite.org/"
    crossref: str  # "https://account:password@doi.crossref.org/"
    base: str  # the address of this site
    name: str  # who deposits
    email: str

    @classmethod
    def of(cls, config: dict[str, Any]) -> "Accounts":
        """The accounts of an application's configuration."""
        return cls(
            prefix=config["DOI_PREFIX"].rstrip("/"),
            datacite=config["DATACITE_URL"],
            crossref=config["CROSSREF_URL"],
            base=config["BASE_URL"],
            name=urlsplit(config["BASE_URL"]).hostname or "tracker",
            email=config["MAIL_REPLY_TO"] or config["MAIL_FROM"],
        )

    @property
    def registries(self) -> list[Registry]:
        """Those with an account."""
        known = ((Registry.DATACITE, self.datacite), (Registry.CROSSREF, self.crossref))
        return [registry for registry, address in known if address and self.prefix]


def send_next(accounts: Accounts, registry: Registry) -> bool:
    """Send the deposit that is due, and keep what came of it; False where none is. Commits, holds no lock meanwhile."""
    report = queries.due_for_deposit(registry, f"{accounts.prefix}/", MOST_ATTEMPTS)
    if report is None:
        db.session.commit()
        return False
    deposit = queries.deposit_of(report.id, registry) or Deposit(report_id=report.id, agency=registry, attempts=0)
    db.session.add(deposit)
    deposit.tried_at, deposit.attempts = clock.now(), (deposit.attempts or 0) + 1
    edition, refused = report.edition, ""
    send = None
    try:
        send = _prepared(accounts, registry, report)
    except RuleBroken as error:
        refused, deposit.attempts = str(error), MOST_ATTEMPTS
    db.session.commit()
    if send is not None:
        try:
            send().raise_for_status()
        except requests.RequestException as error:
            refused = _plain(error)
    db.session.refresh(deposit)
    deposit.error = refused
    if not refused:
        deposit.edition, deposit.attempts = edition, 0
    db.session.commit()
    return True


def _prepared(accounts: Accounts, registry: Registry, report: Report) -> Callable[[], requests.Response]:
    """The sending, ready to be called without a transaction."""
    address = f"{accounts.base}{report.path}"
    if registry is Registry.DATACITE:
        return _to_datacite(accounts, report.doi, datacite_json(report, address) | {"url": address})
    batch = crossref_deposit(
        report, address, depositor=accounts.name, email=accounts.email, registrant=accounts.name, at=clock.now()
    )
    return _to_crossref(accounts, written(batch))


def _to_datacite(accounts: Accounts, doi: str, attributes: dict[str, Any]) -> Callable[[], requests.Response]:
    """A PUT registers a DOI that is new as it changes one that is known (DataCite REST API, "Update a DOI")."""
    url, user, password = _account(accounts.datacite)
    body = {"data": {"type": "dois", "id": doi, "attributes": attributes | {"event": "publish"}}}
    return lambda: requests.put(
        f"{url.rstrip('/')}/dois/{quote(doi, safe='/')}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/vnd.api+json"},
        auth=(user, password),
        timeout=SECONDS,
    )


def _to_crossref(accounts: Accounts, content: bytes) -> Callable[[], requests.Response]:
    url, user, password = _account(accounts.crossref)
    return lambda: requests.post(
        f"{url.rstrip('/')}/{DEPOSIT_PATH}",
        data={"operation": "doMDUpload", "login_id": user, "login_passwd": password},
        files={"fname": ("deposit.xml", content, "application/vnd.crossref.deposit+xml")},
        timeout=SECONDS,
    )


def _account(address: str) -> tuple[str, str, str]:
    """(address without the account, its name, its password)."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host)), unquote(parts.username or ""), unquote(parts.password or "")


def _plain(error: requests.RequestException) -> str:
    """What the registry said, without anything secret: the address holds no account."""
    said = error.response.text[:300] if error.response is not None else ""
    return " ".join(f"{error} {said}".split())[:500]
