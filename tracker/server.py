"""The embedded server: waitress in front of the application, and a thread that is the worker."""

import contextlib
import errno
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from tracker import worker

SECONDS_BETWEEN_SWEEPS = 0.5
SWEEPS_TO_A_WHOLE_ONE = 60


class _Task(WSGITask):
    """An answer without a body (304) does not end the connection: whoever reads it knows that nothing follows."""

    def set_close_on_finish(self) -> None:
        if self.has_body or self.version != "1.1" or self.request.headers.get("CONNECTION", "").lower() == "close":
            super().set_close_on_finish()


class CannotServe(Exception):
    """The server cannot start; its text is a sentence for the person who started it."""


def chosen_port(text: str | None = None) -> int:
    """The port to listen on: `text`, else the environment's PORT, else 8000. 0 means any free one."""
    text = text or os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise CannotServe(f"PORT is “{text}”; it must be a whole number from 1 to 65535.")
    return int(text)


def serve(
    app: Flask,
    host: str = "127.0.0.1",
    port: int | None = None,
    threads: int = 4,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted (Ctrl-C or SIGTERM); requests under way are finished first.

    `announce` is called with the address, such as "http://127.0.0.1:8000", once the port is ours.
    Raises `CannotServe`. Few threads on purpose: they share one processor's worth of Python.
    """
    port = chosen_port() if port is None else port
    limit = app.config["MAX_CONTENT_LENGTH"]
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            # Ours answers what is a little too large with a page; waitress refuses what would fill the disk.
            max_request_body_size=4 * limit if limit else 1024**3,
            # The application itself decides how many proxies it believes.
            clear_untrusted_proxy_headers=False,
        )
    except (OSError, ValueError) as error:  # ValueError: waitress could not find the host
        raise CannotServe(_why_not(error, host, port)) from error

    HTTPChannel.task_class = _Task
    stopping = threading.Event()
    working = threading.Thread(target=worker.work_until, args=(app, stopping), name="worker")
    with _terminated_like_interrupted():
        try:
            working.start()
            if announce:
                announce(f"http://{_in_address(host)}:{_port_of(server, port)}")
            with _garbage_swept_apart():
                server.run()  # returns when interrupted, after the threads have finished their requests
        except (KeyboardInterrupt, SystemExit):
            pass  # before or after run()
        finally:
            stopping.set()
            server.close()
            if working.ident:
                working.join(timeout=10)


@contextlib.contextmanager
def _garbage_swept_apart() -> Iterator[None]:
    """Within, and before Python 3.12, garbage is collected by a thread of its own and never amid an allocation.

    Python 3.11 begins a collection wherever an object is made. With four threads at work that ended the process
    within a minute or two of load, on either database, with a fault in the collector itself (see
    github.com/python/cpython/issues/111363); from 3.12 on it waits for a safe point, as our thread does.
    """
    if sys.version_info >= (3, 12):
        yield
        return
    ended = threading.Event()

    def sweep() -> None:
        sweeps = 0
        while not ended.wait(SECONDS_BETWEEN_SWEEPS):
            sweeps += 1
            gc.collect(1 if sweeps % SWEEPS_TO_A_WHOLE_ONE else 2)

    gc.collect()
    gc.freeze()  # what was made by starting stays: sweeping is quick
    gc.disable()
    sweeper = threading.Thread(target=sweep, name="garbage", daemon=True)
    sweeper.start()
    try:
        yield
    finally:
        ended.set()
        sweeper.join(timeout=10)
        gc.enable()
        gc.unfreeze()


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Within, SIGTERM ends the program as Ctrl-C does. Only the main thread may and need say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _why_not(error: OSError | ValueError, host: str, port: int) -> str:
    if isinstance(error, ValueError) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST is “{host}”, which is no address of this machine."
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return (
            f"Port {port} is in use by another program, perhaps another tracker. "
            f"Stop that one, or choose another port: PORT={other}"
        )
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}. Choose one above 1023: PORT=8000"
    return f"Cannot listen on {host}, port {port}: {error.strerror or error}."


def _port_of(server: object, asked: int) -> int:
    """The port listened on: with several addresses behind one name, waitress keeps a list of them."""
    listening = getattr(server, "effective_listen", None)
    return int(listening[0][1]) if listening else int(getattr(server, "effective_port", asked))


def _in_address(host: str) -> str:
    """The host as it stands in an address that a browser on this machine can open."""
    if host in ("0.0.0.0", "::", "*", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
