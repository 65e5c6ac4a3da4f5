"""Fill databases of several sizes, measure every page and the worker on each, and print tables. See --help."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from tests.bench import servers, table
from tests.bench.generator import counted, describe, fill
from tests.bench.measure import measure
from tests.bench.work import work
from tracker import create_app
from tracker.database import db

SIZES = (200, 2_000, 20_000)
LIBRARIES = (1_000, 100_000)
BESIDE_A_LIBRARY = 200  # projects


def main() -> None:
    """The command."""
    asked = _arguments()
    servers.apart(servers.LOAD)
    chosen = asked.sizes or " ".join(map(str, LIBRARIES if asked.library else SIZES))
    sizes = sorted(int(size.replace(",", "").replace("_", "")) for size in chosen.split())
    part, prefix = _wanted(asked.only)
    results: table.Results = {}
    works: table.Works = {}
    about = [f"Measured on {platform.processor() or platform.machine()}, {os.cpu_count()} processors, "
             f"Python {platform.python_version()}, {asked.seconds:g} s a page and load."]  # fmt: skip
    for size in sizes:
        folder = tempfile.mkdtemp(prefix="tracker-bench-")
        try:
            database = asked.database or f"sqlite:///{folder}/tracker.db"
            app = create_app({"INSTANCE": folder, "SQLALCHEMY_DATABASE_URI": database})
            began = time.monotonic()
            if asked.database:
                _empty(app)
            made = fill(app, BESIDE_A_LIBRARY, size) if asked.library else fill(app, size)
            took = time.monotonic() - began
            what = "reports" if asked.library else "projects"
            about.append(f"{size:,} {what}: {describe(counted(app))}; {made.rows:,} in all, made in {took:.0f} s.")
            _say(about[-1])
            explain = asked.explain and size == sizes[-1]
            if part != "worker":
                beside = size == sizes[-1]
                how = {"seconds": asked.seconds, "beside_bare": beside, "only": prefix, "explain": explain}
                results[size] = measure(app, made, database, **how)
            if part != "pages":
                works[size] = work(app, explain=explain)
            with app.app_context():
                db.engine.dispose()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    text = table.markdown(results, works, about)
    _say(text)
    if asked.explain:
        _say(table.slow_queries(results, works))
    if asked.markdown:
        Path(asked.markdown).write_text(text, encoding="utf-8")


def _wanted(words: list[str]) -> tuple[str, str]:
    """("worker", "pages" or "" for both, what the names of pages begin with)."""
    part, *rest = words or [""]
    return (part, " ".join(rest)) if part in ("worker", "pages", "") else ("pages", " ".join(words))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 run.py bench", description=__doc__)
    parser.add_argument("--sizes", default="", help='numbers of projects (default: "200 2000 20000")')
    parser.add_argument("--library", action="store_true", help='sizes count published reports (default: "1000 100000")')
    parser.add_argument("--seconds", type=float, default=3.0, help="for each page and load (default: 3)")
    parser.add_argument(
        "--only", nargs="+", default=[], help='worker, pages, pages "ask", or ask: pages whose name begins so'
    )
    parser.add_argument("--database", help="a postgresql:// address; EVERYTHING in it is removed")
    parser.add_argument("--markdown", help="a file to write the table to as well")
    parser.add_argument("--explain", action="store_true", help="also print the slowest queries and their plans")
    return parser.parse_args()


def _empty(app: object) -> None:
    """Remove everything from the database that was named."""
    with app.app_context(), db.engine.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))


if __name__ == "__main__":
    main()
