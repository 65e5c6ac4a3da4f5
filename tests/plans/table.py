"""The plan's table as a browser sends it back: what the page showed, with some cells written over."""

import re
from typing import Any

import html5lib


def cells_of(page: Any) -> dict[str, Any]:
    """Every field of the rows on a page, by name, with what it holds; the boxes that are ticked as lists."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    held: dict[str, Any] = {}
    for field in tree.iter():
        name, kind = field.get("name") or "", field.get("type")
        if not name.startswith(("row-", "every-")):
            continue
        if kind == "checkbox":
            held.setdefault(name, []).extend([field.get("value")] if field.get("checked") is not None else [])
        elif field.tag == "select":
            chosen = [option for option in field.iter("option") if option.get("selected") is not None]
            held[name] = chosen[0].get("value") if chosen else ""
        elif field.tag == "textarea":
            held[name] = (field.text or "").strip()
        else:
            held[name] = field.get("value") or ""
    return held


def row_of(cells: dict[str, Any], name: str) -> str:
    """The start of the names of the fields of the row that shows the milestone `name`."""
    return next(key.removesuffix("name") for key, value in cells.items() if key.endswith("-name") and value == name)


def new_row(cells: dict[str, Any], place: int = 0) -> str:
    """The start of the names of the fields of an empty row: the first, or the one at `place` after it."""
    names = [key for key, value in cells.items() if re.fullmatch(r"row-\d+-name", key) and not value]
    return names[place].removesuffix("name")
