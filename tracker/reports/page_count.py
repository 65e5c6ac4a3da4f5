"""How many pages a PDF has: read by a process of its own, with limits, so that no file can harm the request."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tracker.files import StoredFile, store

SECONDS = 8.0
LARGEST = 60 * 1024 * 1024  # bytes
MOST_PAGES = 20_000
_COUNT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (6, 6))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import pypdfium2
print(len(pypdfium2.PdfDocument(sys.argv[1])))
"""


def pages_of(file: StoredFile) -> int | None:
    """The pages of a stored PDF; None for any other file, and for one that cannot be read within the limits."""
    if file.media_type != "application/pdf" or file.size > LARGEST:
        return None
    with tempfile.TemporaryDirectory(prefix="tracker-") as folder:
        path = Path(folder) / "file.pdf"
        with path.open("wb") as target:
            for piece in store().read(file.key):
                target.write(piece)
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", _COUNT, str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                cwd=folder,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    counted = done.stdout.strip()
    pages = int(counted) if not done.returncode and counted.isdigit() and len(counted) < 7 else 0
    return pages if 0 < pages <= MOST_PAGES else None
