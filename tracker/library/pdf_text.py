"""The text of a PDF: `python pdf_text.py MOST` reads one from its input and writes at most so many letters as UTF-8.

A program of its own with limits of time and memory: PDFs come from strangers. It imports nothing of ours.
"""

import resource
import sys

SECONDS = 60
BYTES = 1024 * 1024 * 1024


def main() -> None:
    """Read, write, end."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    import pypdfium2

    left = int(sys.argv[1])
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        words = text.get_text_bounded(errors="replace").replace("\x00", " ").replace("\ufffe", "")[:left]
        text.close()
        page.close()
        sys.stdout.buffer.write((words + "\n").encode("utf-8", "replace"))
        left -= len(words)
        if left <= 0:
            break


if __name__ == "__main__":
    main()
