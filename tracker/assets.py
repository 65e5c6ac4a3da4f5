"""Style and script files: one style sheet in one request, and addresses that change with the content."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, url_for

from tracker.access import public

FIRST = ("tokens.css", "base.css")
A_YEAR = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Serve the combined style sheet; give templates `asset` and `stylesheet`."""
    app.add_url_rule("/style-<digest>.css", "style", style)
    app.jinja_env.globals.update(asset=asset, stylesheet=stylesheet)
    public(app.view_functions["static"])


def stylesheet() -> str:
    """The address of the one style sheet."""
    return url_for("style", digest=_digest(_combined(str(current_app.static_folder))))


def asset(path: str) -> str:
    """The address of a static file; changes when the file does."""
    return url_for("static", filename=path, v=_file_digest(str(current_app.static_folder), path))


@public
def style(digest: str) -> Response:
    """All of static/css as one file: tokens and base first, then the components by name."""
    sheet = _combined(str(current_app.static_folder))
    response = Response(sheet, mimetype="text/css")
    current = digest == _digest(sheet)
    response.headers["Cache-Control"] = A_YEAR if current else "no-cache"
    return response


@cache
def _combined(static: str) -> str:
    files = {file.name: file for file in sorted((Path(static) / "css").glob("*.css"))}
    ordered = [files.pop(name) for name in FIRST if name in files] + list(files.values())
    return "".join(file.read_text(encoding="utf-8") for file in ordered)


@cache
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def _file_digest(static: str, path: str) -> str:
    return hashlib.sha256((Path(static) / path).read_bytes()).hexdigest()[:12]
