"""The catalogues of translated sentences on disk: `translations/<language>/LC_MESSAGES/messages.po`."""

import os
from logging import Logger
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "translations"


def compile_stale(log: Logger, folder: Path | None = None) -> None:
    """Make each .mo that is missing or older than its .po. A checkout needs it; a wheel brings its own."""
    for source in sorted((folder or CATALOGUES).glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        part = target.with_suffix(f".{os.getpid()}")
        try:
            with source.open("rb") as text, part.open("wb") as compiled:
                write_mo(compiled, read_po(text, locale=source.parent.parent.name))
            part.replace(target)  # at once: another process may be reading
        except OSError as error:
            log.warning("Could not compile %s: %s", source, error)
