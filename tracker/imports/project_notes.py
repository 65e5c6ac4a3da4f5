"""What a source says beyond the fields of a project, as Markdown for its notes.

The labels are English and fixed: notes are written once, and an import in another language must find them the same.
"""

import json
import re
from typing import Any

_ADDRESS = re.compile(r"https?://[^\s<>]+")
_MARKS = re.compile(r"([\\`*_\[\]<>|])")
_LINE_MARKS = re.compile(r"^(\s*)([#+=~-]|\d+[.)])", re.MULTILINE)


def written(value: Any) -> str:
    """A value of JSON as Markdown on one line that shows just what it is; addresses become links."""
    if isinstance(value, str):
        parts, end = [], 0
        for match in _ADDRESS.finditer(value):
            parts += [_plain(value[end : match.start()]), f"<{match[0]}>"]
            end = match.end()
        return "".join([*parts, _plain(value[end:])])
    if isinstance(value, list):
        return "; ".join(written(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{_plain(name)}: {written(part)}" for name, part in value.items())
    return json.dumps(value)


def section(title: str, lines: list[str]) -> str:
    """A heading and its list; empty where the list is."""
    return f"### {title}\n\n" + "\n".join(f"- {line}" for line in lines) if lines else ""


def fact(label: str, value: Any) -> str:
    """One line of such a list; empty where there is no value."""
    return "" if value in (None, "", [], {}) else f"**{label}:** {written(value)}"


def prose(text: str) -> str:
    """A text of several lines, its paragraphs kept."""
    lines = (_LINE_MARKS.sub(r"\1\\\2", written(line)) for line in text.splitlines())
    return "\n".join(lines)


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.splitlines()))
