"""Measuring the files that the worker makes: how long, how large, and the memory that they take at their peak."""

import time
import tracemalloc
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from tracker.database import db
from tracker.exports import making
from tracker.exports.models import Export
from tracker.exports.projects import LIST
from tracker.exports.states import ExportState
from tracker.institutions.models import Coordinator
from tracker.tables.files import ALL_TABLES

NAMES = {LIST: "list of projects", ALL_TABLES: "all tables"}


@dataclass
class FileMade:
    """One file on one database. `peak` is the most memory that Python held for it at a time, in bytes."""

    name: str
    steps: int = 0  # rows, or tables
    seconds: float = 0.0
    size: int = 0  # bytes
    peak: int = 0


def files(app: Flask) -> list[FileMade]:
    """Each kind of file, made by the worker for a coordinator: once for the time, once more for the memory."""
    return [_made(app, kind, name) for kind, name in NAMES.items()]


def _made(app: Flask, kind: str, name: str) -> FileMade:
    made = FileMade(name)
    began = time.perf_counter()
    _make(app, kind, made)
    made.seconds = time.perf_counter() - began
    tracemalloc.start()
    _make(app, kind, made)
    made.peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return made


def _make(app: Flask, kind: str, made: FileMade) -> None:
    with app.app_context():
        person_id = db.session.scalars(sa.select(Coordinator.person_id).order_by(Coordinator.id)).first()
        export = Export(person_id=person_id, kind=kind)
        db.session.add(export)
        db.session.commit()
        making.make_next()
        db.session.refresh(export)
        if export.state is not ExportState.DONE or export.file is None:
            raise SystemExit(f"the file {kind} could not be made")
        made.steps, made.size = export.total, export.file.size
