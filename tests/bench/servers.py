"""Starting a server process on one processor, so that the load comes from another."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds until a server must answer
SERVER, LOAD = 0, 1  # processors


@dataclass(frozen=True)
class Server:
    """A server process that answers on a port of this machine."""

    port: int
    process: int

    def processor_time(self) -> float:
        """Seconds of a processor that the server has used; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def apart(processor: int) -> None:
    """Keep this process on one processor, where there are several and the system lets us choose."""
    if hasattr(os, "sched_setaffinity"):
        known = sorted(os.sched_getaffinity(0))
        if len(known) > 1:
            os.sched_setaffinity(0, {known[processor % len(known)]})


@contextmanager
def tracker(instance: str, database: str) -> Iterator[Server]:
    """The real server process on an instance."""
    port = _free_port()
    environment = os.environ | {"TRACKER_INSTANCE": instance, "DATABASE_URL": database, "PORT": str(port)}
    with _running([sys.executable, "-m", "tracker", "run", "--port", str(port)], port, environment) as server:
        yield server


@contextmanager
def bare(folder: str) -> Iterator[Server]:
    """The bare application of a folder of templates."""
    port = _free_port()
    with _running([sys.executable, "-m", "tests.bench.bare", folder, str(port)], port, dict(os.environ)) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    said = tempfile.TemporaryFile()  # noqa: SIM115  # waitress warns of every queue, which is what we make
    started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
    if hasattr(os, "sched_setaffinity"):
        known = sorted(os.sched_getaffinity(0) | set(range(os.cpu_count() or 1)))
        os.sched_setaffinity(started.pid, {known[SERVER % len(known)]})
    try:
        _wait(port, started)
        yield Server(port, started.pid)
    except BaseException:
        said.seek(0)
        sys.stderr.write(said.read().decode(errors="replace")[-2000:])
        if (code := started.poll()) is not None:
            sys.stderr.write(f"The server had ended by itself, with code {code}.\n")
        raise
    finally:
        started.terminate()
        started.wait(timeout=30)
        said.close()


def _wait(port: int, started: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if started.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                connection.close()
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not start (exit code {started.poll()}).")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
