"""How long a draft takes to be read, and how much memory: python -m tests.bench.documents [PAGES …]."""

import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.drafts.made import book
from tracker.documents import Kind
from tracker.drafts.comparison import compared, in_pages, with_words
from tracker.drafts.reading import read
from tracker.pandoc import convert

PAGES = (10, 100, 300)


def main() -> None:
    """Make reports of so many pages, and read each as Word, ODT and Markdown in a process of its own."""
    wanted = [int(word) for word in sys.argv[1:]] or list(PAGES)
    _say(f"{'pages':>6}  {'kind':<5} {'file kB':>8} {'seconds':>8} {'converter MB':>13} {'ours MB':>8} {'blocks':>7}")
    with TemporaryDirectory() as folder:
        for pages in wanted:
            text = book(pages).encode()
            for kind in (Kind.WORD, Kind.ODT, Kind.MARKDOWN):
                path = Path(folder) / f"{pages}.{kind}"
                is_text = kind is Kind.MARKDOWN
                path.write_bytes(text if is_text else convert(text, source="markdown", target=kind.value))
                said = subprocess.run(
                    [sys.executable, "-m", "tests.bench.documents", "--one", str(path)], capture_output=True, check=True
                )
                _say(f"{pages:>6}  {kind:<5} {path.stat().st_size / 1000:>8.0f} {said.stdout.decode().strip()}")
            _say(f"{pages:>6}  compared with another, every other paragraph changed: {_comparison(pages):.2f} s a page")


def one(path: Path) -> None:
    """Read one file here, and print what it took."""
    began = time.monotonic()
    made = read(Kind(path.suffix[1:]), path.read_bytes(), address="/drafts/1/pictures", language="en")
    took = time.monotonic() - began
    theirs, ours = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)
    )
    _say(f"{took:>8.2f} {theirs:>13.0f} {ours:>8.0f} {len(made.blocks):>7}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _comparison(pages: int) -> float:
    old = [f"Paragraph {number} of the rivers of city {number % 97}. " * 8 for number in range(pages * 10)]
    new = [text.replace("rivers", "wells") if number % 2 else text for number, text in enumerate(old)]
    began = time.monotonic()
    with_words(in_pages(compared(old, new))[0])
    return time.monotonic() - began


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]))
    else:
        main()
