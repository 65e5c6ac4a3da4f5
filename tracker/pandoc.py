"""Documents turned from one format into another by pandoc: the only caller of its binary.

It runs apart from us with limits of time, memory and size, in an empty folder of its own that is removed, and in its
own sandbox: it reads no file but those named here and nothing from the network. Its answer is not safe HTML yet.
"""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tracker.i18n import _

SECONDS = 60.0
MEGABYTES = 1024
LARGEST_ANSWER = 64 * 1024 * 1024  # bytes


class ConversionFailed(Exception):
    """A document that cannot be turned into the other format, with a sentence that says why."""


def convert(
    data: bytes,
    *,
    source: str,
    target: str,
    arguments: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> bytes:
    """What pandoc makes of `data`. Formats as pandoc names them, extensions included ("markdown-raw_html").

    `files` lie in its folder under plain names while it runs, for `arguments` that name them. For a worker and for
    commands: it takes up to `seconds` and `megabytes`. Raises ConversionFailed.
    """
    with tempfile.TemporaryDirectory(prefix="tracker-") as name:
        folder = Path(name)
        for plain, content in (files or {}).items():
            if Path(plain).name != plain:
                raise ValueError(f"not a plain name: {plain}")
            (folder / plain).write_bytes(content)
        (folder / "input").write_bytes(data)
        command = [
            str(_binary()),
            *("+RTS", f"-M{megabytes}M", "-RTS"),
            *("--sandbox", "--from", source, "--to", target),
            *arguments,
            *("--output", "output", "input"),
        ]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds,
                env={"HOME": name, "LANG": "C.UTF-8", "PATH": ""},
                preexec_fn=_limit if sys.platform != "win32" else None,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ConversionFailed(_("It took too long to read this document.")) from None
        output = folder / "output"
        if done.returncode == 251:  # the limit of its memory
            raise ConversionFailed(_("This document needs too much memory to be read."))
        if done.returncode or not output.is_file():
            raise ConversionFailed(_("This document could not be read. Perhaps it is damaged."))
        return output.read_bytes()


@cache
def _binary() -> Path:
    import pypandoc  # its wheel brings the binary; the wrapper itself knows no limit of time

    return Path(pypandoc.get_pandoc_path())


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_ANSWER, LARGEST_ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
