"""A mail's parts, read from its text, so that text and HTML say the same and each mail has one template.

The text of a mail follows a few habits, which the HTML takes up:

- a line that is only an address of this site is a button; where the line above it does not end with a colon, that
  line is the name of a link instead;
- lines that begin with "- " are a list; an indented line below belongs to its item, and names it if it is an address;
- a line of three or more dashes makes a heading of the line above it;
- lines that begin with "> " are somebody's own words (`quoted`), whatever else they look like;
- what follows the last line that is only "-- " is small print.
"""

import re
import unicodedata
from dataclasses import dataclass, field

import css_inline
from flask import current_app, render_template

from tracker.i18n import direction

_FOOTER = re.compile(r"^-- ?$", re.MULTILINE)
_RULE = re.compile(r"-{3,}")
_COLON_AT_END = re.compile("[:\N{FULLWIDTH COLON}]\\W*$")

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass
class Part:
    """One piece of a mail: a "paragraph", "words", "heading", "button", "link" or "list"."""

    kind: str
    lines: list[str] = field(default_factory=list)
    url: str = ""
    items: list["Part"] = field(default_factory=list)

    @property
    def turned_to(self) -> str:
        """ "ltr" or "rtl" where all letters run that way, against the mail's: a title in the language of a project."""
        letters = {unicodedata.bidirectional(letter) for line in self.lines for letter in line} & {"L", "R", "AL"}
        own = {"ltr"} if letters == {"L"} else {"rtl"} if letters and "L" not in letters else set()
        return "".join(own - {direction()})


def split(text: str) -> tuple[str, str]:
    """The body of a mail and its small print, perhaps empty. People's own words may hold the line "-- " too."""
    found = list(_FOOTER.finditer(text))
    if not found:
        return _tidy(text), ""
    return _tidy(text[: found[-1].start()]), _tidy(text[found[-1].end() :])


def parts(text: str) -> list[Part]:
    """What the text is made of, in its order."""
    found: list[Part] = []
    waiting: list[str] = []  # lines that may yet become a heading or the name of a link
    was_blank = False

    def flush() -> None:
        if waiting:
            found.append(Part("paragraph", waiting[:]))
        waiting.clear()

    def current(kind: str) -> Part:
        flush()
        if not found or found[-1].kind != kind or (was_blank and kind == "words"):
            found.append(Part(kind))
        return found[-1]

    for line in text.splitlines():
        content = line.strip()
        if not content:
            flush()
        elif line.startswith(">"):
            current("words").lines.append(line.removeprefix(">").strip())
        elif content.startswith("- "):
            current("list").items.append(Part("item", [content.removeprefix("- ").strip()]))
        elif line.startswith(" ") and not waiting and found and found[-1].kind == "list":
            _continue(found[-1].items[-1], content)
        elif _is_ours(content):
            named = waiting and not _COLON_AT_END.search(waiting[-1])
            label = [waiting.pop()] if named else []
            flush()
            found.append(Part("link" if named else "button", label, content))
        elif _RULE.fullmatch(content) and waiting:
            heading = waiting.pop()
            flush()
            found.append(Part("heading", [heading]))
        else:
            waiting.append(content)
        was_blank = not content
    flush()
    return found


def as_html(subject: str, body: str, footer: str, name: str) -> str:
    """The whole mail as a page in the language spoken now, its style in its elements, as mail programs want it."""
    page = render_template(
        "layouts/mail.html",
        subject=subject,
        parts=parts(body),
        small_print=parts(footer),
        name=name,
        address=current_app.config["BASE_URL"],
    )
    return _inliner.inline(re.sub(r"\n\s*\n+", "\n", page))


def quoted(text: str) -> str:
    """What somebody wrote, for the text of a mail: no line of it is taken for one of ours."""
    return "\n".join(f"> {line}".rstrip() for line in _tidy(text).splitlines())


def _tidy(text: str) -> str:
    return re.sub(r"\n\s*\n", "\n\n", text.strip())


def _continue(item: Part, line: str) -> None:
    if _is_ours(line) and not item.url:
        item.url = line
    else:
        item.lines.append(line)


def _is_ours(line: str) -> bool:
    """Whether the line is an address of this site. No button leads to where somebody's words point."""
    base = current_app.config["BASE_URL"]
    return line.startswith(f"{base}/") and not re.search(r"\s", line)
