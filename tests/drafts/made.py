"""Word, ODT and other files for tests: made by the converter itself, then changed part by part."""

import io
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable
from functools import cache

from PIL import Image

from tracker.pandoc import convert

TEXT = """# Water in cities

Cities share *water* badly.[^1] Its price is $p = \\frac{a}{b}$, as [others](https://example.org/water) found.

$$\\int_0^1 f(x)\\,dx$$

## What we measured

- rivers
- wells
    - deep ones

| City  | Litres |
|-------|--------|
| Dhaka | 120    |
| Lima  | 80     |

![Rivers of two cities](picture.png)

## ماذا وجدنا

تتقاسم المدن المياه بشكل سيئ، وهذا مثبت في الدراسة.

[^1]: A note on sharing.
"""


@cache
def picture(colour: str = "red", width: int = 60, height: int = 40, kind: str = "PNG") -> bytes:
    """A plain picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, kind)
    return target.getvalue()


@cache
def written(text: str = TEXT, target: str = "docx") -> bytes:
    """A text in Markdown as a Word or ODT file."""
    inside = f"data:image/png;base64,{b64encode(picture()).decode()}"
    return convert(text.replace("picture.png", inside).encode(), source="markdown", target=target)


def changed(
    document: bytes,
    edits: dict[str, Callable[[bytes], bytes]] | None = None,
    added: Iterable[tuple[str, bytes]] = (),
) -> bytes:
    """A copy of a zipped document with some parts changed and others added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            edit = (edits or {}).get(name, bytes)
            copy.writestr(name, edit(source.read(name)))
        for name, content in added:
            copy.writestr(name, content)
    return target.getvalue()


def replacing(*pairs: tuple[str, str]) -> Callable[[bytes], bytes]:
    """An edit of a part: each first text, which must be there, becomes the second, once."""

    def edit(content: bytes) -> bytes:
        for old, new in pairs:
            assert old.encode() in content, old
            content = content.replace(old.encode(), new.encode(), 1)
        return content

    return edit


def book(pages: int = 100) -> str:
    """A long report in Markdown: about 450 words, a table and a note for each page."""
    sentence = "The {a} of city {n} rose by {b} per cent while rivers {c} and households paid {d} more for {e} water. "
    parts = []
    for page in range(pages):
        if page % 5 == 0:
            parts.append(f"# Chapter {page // 5 + 1}: what city {page} did\n")
        parts.append(f"## Section {page}\n")
        for paragraph in range(5):
            numbers = [(page * 31 + paragraph * 7 + place * 13) % 997 for place in range(30)]
            parts.append(
                "".join(
                    sentence.format(a=f"price{n % 89}", n=n, b=n % 41, c=f"fell{n % 53}", d=n * 3, e=f"clean{n % 67}")
                    for n in numbers[paragraph::6]
                )
                + (f"[^{page}]" if paragraph == 2 else "")
                + "\n"
            )
        parts.append(f"| Year | Litres of {page} |\n|---|---|\n| 2024 | {page} |\n| 2025 | {page + 1} |\n")
        parts.append(f"[^{page}]: See the annex of city {page}.\n")
    return "\n".join(parts)
