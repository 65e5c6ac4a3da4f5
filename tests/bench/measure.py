"""Measuring every page of one database, and the bare view beside it."""

import gzip
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from tests.bench import load, servers
from tests.bench.bare import template_of
from tests.bench.generator import Filled
from tests.bench.pages import AGAIN, Page, pages
from tests.bench.statements import Statement, plan, sent_by

WARM_UP = 0.7  # seconds
FEW, MANY = 1, 4  # connections: for the time of one reader, and for how many readers there can be


@dataclass
class Figures:
    """One page on one database."""

    page: Page
    queries: int = 0
    slowest: list[Statement] = field(default_factory=list)
    plans: list[list[str]] = field(default_factory=list)
    size: int = 0
    gzipped: int = 0
    alone: load.Answers | None = None
    together: load.Answers | None = None
    bare: load.Answers | None = None

    @property
    def share(self) -> float:
        """The page's rate as a part of the bare view's."""
        return self.together.rate / self.bare.rate if self.together and self.bare else 0.0


def cookie_of(app: Flask, session_key: str) -> str:
    """The session cookie of somebody who signed in, as the entrance would set it."""
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    return f"{name}={serializer.dumps({'_user_id': session_key, '_fresh': True})}"


def measure(
    app: Flask, made: Filled, database: str, *, seconds: float, beside_bare: bool, only: str = "", explain: bool = False
) -> list[Figures]:
    """The figures of every page whose name begins with `only`."""
    chosen = [page for page in pages(made) if page.name.startswith(only)]
    cookies = {who: cookie_of(app, key) for who, key in made.sessions.items()}
    figures = []
    for page in chosen:
        sent = sent_by(app, page, cookies.get(page.who))
        found = Figures(page, queries=len(sent), slowest=sorted(sent, key=lambda one: -one.took)[:3])
        if explain:
            found.plans = [plan(app, statement) for statement in found.slowest]
        figures.append(found)
    with servers.tracker(app.config["INSTANCE"], database) as server, tempfile.TemporaryDirectory() as folder:
        for found in figures:
            _load(server, found, cookies, seconds, Path(folder))
        if beside_bare:
            _beside(folder, figures, seconds)
    return figures


def _load(server: servers.Server, found: Figures, cookies: dict[str, str], seconds: float, folder: Path) -> None:
    page = found.page
    headers = {"Cookie": cookies[page.who]} if page.who else {}
    status, _headers, body = load.fetch(server.port, next(page.addresses()), headers)
    if status != 200:
        raise SystemExit(f"{page.paths[0]} answered {status} to {page.who or 'a visitor'}")
    found.gzipped = len(gzip.compress(body, 6))
    (folder / f"{page.key}.html").write_text(template_of(body.decode()), encoding="utf-8")
    found.size = len(body)
    if page.how == "kept":
        for path in page.paths[:AGAIN]:
            load.fetch(server.port, path, headers)
    load.run(server, _asked(server.port, page, headers), connections=FEW, seconds=WARM_UP)
    found.alone = load.run(server, _asked(server.port, page, headers), connections=FEW, seconds=seconds)
    found.together = load.run(server, _asked(server.port, page, headers), connections=MANY, seconds=seconds)
    found.size = found.together.size or found.size  # on average
    expected = {304} if page.how == "unchanged" else {200}
    if found.together.statuses - expected:
        raise SystemExit(f"{page.paths[0]} answered {set(found.together.statuses)}, not {expected}")


def _asked(port: int, page: Page, headers: dict[str, str]) -> Iterator[bytes]:
    if page.how != "unchanged":
        return (load.request(path, headers) for path in page.addresses())
    known = {path: load.fetch(port, path, headers)[1]["etag"] for path in page.paths[:AGAIN]}
    return (load.request(path, headers | {"If-None-Match": known[path]}) for path in page.addresses())


def _beside(folder: str, figures: Iterable[Figures], seconds: float) -> None:
    """The rate of the bare view for a page of each size."""
    with servers.bare(folder) as server:
        for found in figures:
            asked = load.request(f"/{found.page.key}")
            load.run(server, _same(asked), connections=MANY, seconds=WARM_UP)
            found.bare = load.run(server, _same(asked), connections=MANY, seconds=seconds)


def _same(asked: bytes) -> Iterator[bytes]:
    while True:
        yield asked
