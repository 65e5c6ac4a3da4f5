"""What every page owes its reader, checked on each page that a test gets."""

from functools import lru_cache
from typing import Any

import html5lib

PIECES = {"/projects/alike"}  # no pages: a script puts them into one


@lru_cache(maxsize=2000)
def check_page(html: str, path: str) -> None:
    """Valid markup, one h1 that begins the title, no duplicate id, every control labelled, every form with a token."""
    if path in PIECES and not html.startswith("<!doctype"):
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        parser.parseFragment(html)
        assert not parser.errors, f"{path}: {parser.errors[:3]}"
        return
    page, errors = parsed(html)
    assert not errors, f"{path}: {errors[:3]}"

    headings = page.findall(".//h1")
    assert len(headings) == 1, f"{path}: {len(headings)} h1"
    title = _text(page.find(".//title"))
    assert title.startswith(_text(headings[0])), f"{path}: title {title!r}, h1 {_text(headings[0])!r}"

    ids = [element.get("id") for element in page.iter() if isinstance(element.tag, str) and element.get("id")]
    assert len(ids) == len(set(ids)), f"{path}: duplicate id {[i for i in ids if ids.count(i) > 1][:3]}"
    root = page if page.tag == "html" else page.find("html")
    assert root is not None and root.get("lang") and root.get("dir"), f"{path}: no language or direction"

    _controls(page, set(ids), path)
    for form in page.iter("form"):
        if form.get("method", "get").lower() == "post":
            assert any(i.get("name") == "csrf_token" for i in form.iter("input")), f"{path}: a form without token"
    assert not any(element.get("style") for element in page.iter()), f"{path}: an inline style"
    for script in page.iter("script"):
        assert script.get("src") or script.get("type") == "application/ld+json", f"{path}: an inline script"


@lru_cache(maxsize=4)
def parsed(html: str) -> tuple[Any, list[Any]]:
    """The tree of a page and what is wrong with its markup. Who asks next for the same page waits no second time."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    return parser.parse(html), parser.errors


def _controls(page: object, ids: set[str], path: str) -> None:
    labelled = {label.get("for") for label in page.iter("label")}  # type: ignore[attr-defined]
    inside = {id(c) for label in page.iter("label") for c in label.iter()}  # type: ignore[attr-defined]
    for tag in ("input", "select", "textarea"):
        for control in page.iter(tag):  # type: ignore[attr-defined]
            if control.get("type") in ("hidden", "submit"):
                continue
            named = control.get("id") in labelled or control.get("aria-label") or id(control) in inside
            assert named, f"{path}: {tag} {control.get('name')} has no label"
            for pointed in (control.get("aria-describedby") or "").split():
                assert pointed in ids, f"{path}: {control.get('name')} points to #{pointed}, which is not there"


def _text(element: object) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""  # type: ignore[attr-defined]
