"""Load over kept-alive connections: as many requests as are answered, and how long each took."""

import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.bench.servers import Server

MOST_HANG_UPS = 20  # in one stretch; more is not chance


@dataclass(frozen=True)
class Answers:
    """What came back in a stretch of load. Times are in milliseconds, bytes are of one body on average."""

    count: int
    rate: float  # answers a second
    median: float
    p99: float
    size: int
    work: float  # milliseconds of a processor that the server used for one answer
    statuses: frozenset[int]


def request(path: str, headers: Mapping[str, str] = {}) -> bytes:  # never changed
    """A GET as bytes."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def fetch(port: int, path: str, headers: Mapping[str, str] = {}) -> tuple[int, dict[str, str], bytes]:
    """One answer: status, headers (lower-case names), body."""
    with _Connection(port) as connection:
        connection.send(request(path, headers))
        while not connection.receive():
            pass
        return connection.status, connection.headers, connection.body


def run(server: Server, requests: Iterator[bytes], *, connections: int, seconds: float) -> Answers:
    """Ask for `seconds` over some connections, each asking again as soon as it was answered."""
    opened = [_Connection(server.port) for _number in range(connections)]
    waiting = selectors.DefaultSelector()
    times, sizes, statuses, hung_up = [], 0, set(), 0
    for connection in opened:
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    worked, began = server.processor_time(), time.perf_counter()
    until = began + seconds
    while time.perf_counter() < until:
        for key, _events in waiting.select(timeout=1):
            connection = key.data
            try:
                if not connection.receive():
                    continue
            except ConnectionError:  # closed between two requests: a browser calls again, too
                hung_up += 1
                if hung_up > MOST_HANG_UPS:
                    raise
                waiting.unregister(connection.socket)
                connection.call_again()
                waiting.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send(connection.asked)
                continue
            times.append(time.perf_counter() - connection.sent_at)
            sizes += len(connection.body)
            statuses.add(connection.status)
            if connection.is_over:  # waitress hangs up after every answer without a body: a reader calls again
                waiting.unregister(connection.socket)
                connection.call_again()
                waiting.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(next(requests))
    took, worked = time.perf_counter() - began, server.processor_time() - worked
    for connection in opened:
        connection.socket.close()
    if not times:
        return Answers(0, 0.0, seconds * 1000, seconds * 1000, 0, 0.0, frozenset())
    times.sort()
    median, p99 = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]
    return Answers(
        count=len(times),
        rate=len(times) / took,
        median=median * 1000,
        p99=p99 * 1000,
        size=sizes // len(times),
        work=worked * 1000 / len(times),
        statuses=frozenset(statuses),
    )


class _Connection:
    """One kept-alive connection that reads one answer at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._called()
        self.status, self.body = 0, b""
        self.headers: dict[str, str] = {}
        self._read = bytearray()
        self.asked = b""
        self.sent_at = 0.0
        self._called_at = 0.0

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    @property
    def is_over(self) -> bool:
        """The server closes the connection behind its answer."""
        return self.headers.get("connection", "").lower() == "close"

    def call_again(self) -> None:
        """Open a new connection in place of one that is over; the next answer's time begins here."""
        self._called_at = time.perf_counter()
        self.socket.close()
        self.socket = self._called()

    def _called(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def send(self, asked: bytes) -> None:
        self._read.clear()
        self.asked = asked
        self.sent_at, self._called_at = self._called_at or time.perf_counter(), 0.0
        self.socket.sendall(asked)

    def receive(self) -> bool:
        """Read what is there; True when the answer is whole."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError(f"the server hung up after {bytes(self._read[:200])!r}")
        self._read += part
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._read[:end]).decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        fields = (line.partition(":") for line in head[1:])
        self.headers = {name.strip().lower(): value.strip() for name, _colon, value in fields}
        length = 0 if self.status == 304 else int(self.headers["content-length"])
        self.body = bytes(self._read[end + 4 :])
        return len(self.body) >= length
