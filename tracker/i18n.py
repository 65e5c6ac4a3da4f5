"""Languages of the interface: sentences, direction, and dates, numbers and names as the reader writes them.

The only importer of Flask-Babel, and of Babel beside `hours` (weekends) and `catalogues`. Sentences are looked up
with Babel itself, because the same `_()` is called in pages, in mails and in commands, with a request, an application
or neither at hand.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.languages import get_official_languages
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from babel.units import format_unit
from flask import Flask, Response, current_app, has_app_context, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup, escape

from tracker import pseudo
from tracker.catalogues import CATALOGUES, compile_stale

LANGUAGES = {
    "en": "English",
    "zh-Hans": "简体中文",
    "es": "Español",
    "fr": "Français",
    "ar": "العربية",
    "pt": "Português",
    "ru": "Русский",
}
COOKIE = "lang"
A_YEAR = 365 * 24 * 3600
_CHOSEN = "tracker.language"  # key in the request's environ
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}")

_speaking: ContextVar[str | None] = ContextVar("speaking", default=None)


def init_app(app: Flask, preferred: Callable[[], str | None] | None = None) -> None:
    """Let `app` choose a language per request.

    `preferred` tells the interface language of the signed-in person, or None. The setting LANGUAGES_OFFERED
    may name pseudo-languages ("en-XA", "ar-XB") to be offered besides the translated ones.
    """
    compile_stale(app.logger)
    catalogue.cache_clear()
    app.extensions["tracker.i18n"] = preferred
    # Whatever is built on Flask-Babel speaks the language chosen here.
    Babel(app, locale_selector=lambda: str(_locale()), configure_jinja=False)
    app.after_request(_remember)


# --- which language ---------------------------------------------------------------------------------------


def language() -> str:
    """The tag of the language to speak now, such as "en" or "zh-Hans".

    In a request: `?lang=`, then the signed-in person's choice, the cookie, Accept-Language, English.
    Inside `speaking(tag)` that tag; with neither, English. Only languages with a catalogue count.
    """
    spoken = _speaking.get()
    if spoken is not None:
        return spoken
    if not has_request_context():
        return "en"
    if _CHOSEN not in request.environ:
        request.environ[_CHOSEN] = "en"  # in case the question below itself asks for a sentence
        request.environ[_CHOSEN] = _choose()
    return request.environ[_CHOSEN]


def prefer(tag: str | None) -> None:
    """In this request speak the language of `tag`, unless its reader chose another: for a page behind a mailed link."""
    tags = offered()
    if request.args.get("lang") or request.cookies.get(COOKIE) or not (wanted := nearest(tag, tags)):
        return
    request.environ[_CHOSEN] = wanted


@contextmanager
def speaking(tag: str | None) -> Iterator[None]:
    """Inside the block all is said in the language of `tag`, or in English where that has no catalogue."""
    token = _speaking.set(nearest(tag, [*offered(), *pseudo.NAMES]) or "en")
    try:
        yield
    finally:
        _speaking.reset(token)


def offered() -> list[str]:
    """Tags of the languages that can be chosen, in the order of LANGUAGES; English always."""
    tags = [tag for tag in LANGUAGES if tag == "en" or catalogue(tag) is not None]
    more = current_app.config.get("LANGUAGES_OFFERED") if has_app_context() else None
    more = more.replace(",", " ").split() if isinstance(more, str) else more
    return tags + [tag for tag in pseudo.NAMES if tag in (more or ())]


def interface_languages() -> list[tuple[str, str]]:
    """(tag, the language's name for itself) of each language that can be chosen."""
    return [(tag, LANGUAGES.get(tag) or pseudo.NAMES[tag]) for tag in offered()]


def nearest(text: str | None, tags: Iterable[str]) -> str | None:
    """The one of `tags` meant by `text`, or None: "FR-ca" means "fr", "zh_CN" "zh-Hans". Never raises."""
    if not text or not _TAG.fullmatch(text):
        return None
    wanted = text.replace("_", "-").lower()
    known = {tag.lower(): tag for tag in tags}
    if wanted in known or wanted.endswith(("-xa", "-xb")):
        return known.get(wanted)
    primary = wanted.split("-")[0]
    return known.get("zh-hans" if primary == "zh" else primary)


def direction() -> str:
    """ "rtl" where the interface runs from right to left, else "ltr"."""
    return "rtl" if _locale().text_direction == "rtl" else "ltr"


def _choose() -> str:
    tags = offered()
    preferred = current_app.extensions.get("tracker.i18n")
    # From the surest sign to the vaguest; each is asked only when the ones before said nothing.
    return (
        nearest(request.args.get("lang"), tags)
        or (nearest(preferred(), tags) if preferred else None)
        or nearest(request.cookies.get(COOKIE), tags)
        or next(filter(None, (nearest(tag, tags) for tag in _accepted())), "en")
    )


def _accepted() -> list[str]:
    return [tag for tag, quality in list(request.accept_languages)[:20] if quality]


def _remember(response: Response) -> Response:
    if _CHOSEN in request.environ:  # a sentence was said: the answer depends on who asked
        response.vary.update(("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", request.environ[_CHOSEN])
    chosen = nearest(request.args.get("lang"), offered()) if "lang" in request.args else None
    if chosen:
        response.set_cookie(COOKIE, chosen, max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


# --- sentences --------------------------------------------------------------------------------------------


class LazyText:
    """A sentence chosen when it is shown. Unlike Flask-Babel's, it is escaped in HTML as any text is."""

    __slots__ = ("_message", "_values")

    def __init__(self, message: str, values: dict[str, Any]) -> None:
        self._message = message
        self._values = values

    def __str__(self) -> str:
        return _(self._message, **self._values)

    def __html__(self) -> Markup:
        return escape(str(self) if not self._values else _(self._message, **self._values))

    def __repr__(self) -> str:
        return f"_l({self._message!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | LazyText) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._message)

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)

    def __mod__(self, values: Any) -> str:
        return str(self) % values

    def __add__(self, other: object) -> str:
        return str(self) + str(other)

    def __radd__(self, other: object) -> str:
        return str(other) + str(self)

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def __len__(self) -> int:
        return len(str(self))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(str(self), name)


def _(message: str, **values: Any) -> str:
    """`message` in the language spoken now, its `%(name)s` replaced by `values`.

    Where a value is Markup, so is the result, with everything else escaped.
    """
    return _fill(translated(message), values)


def _l(message: str, **values: Any) -> Any:
    """As `_`, but looked up each time it is shown: for constants, labels and class attributes."""
    return LazyText(message, values)


def ngettext(singular: str, plural: str, count: int, **values: Any) -> str:
    """The form for `count`, which the sentence calls `%(num)s` and the language writes with its own marks."""
    return _fill(translated_plural(singular, plural, count), {"num": format_number(count), **values})


def translated(message: str) -> str:
    """`message` in the language spoken now, nothing filled in."""
    tag = language()
    if tag in pseudo.NAMES:
        return pseudo.transform(tag, message)
    return (catalogue(tag) or _NOTHING).gettext(message) if message else ""


def translated_plural(singular: str, plural: str, count: int) -> str:
    """The form for `count` in the language spoken now, nothing filled in."""
    tag = language()
    if tag in pseudo.NAMES:
        return pseudo.transform(tag, singular if count == 1 else plural)
    return (catalogue(tag) or _NOTHING).ngettext(singular, plural, count)


def _fill(text: str, values: dict[str, Any]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(text) % values
    return text % values if values else text


_NOTHING = NullTranslations()


@lru_cache(maxsize=32)
def catalogue(tag: str) -> NullTranslations | None:
    """The compiled catalogue of a language of LANGUAGES, None where there is none (English needs none)."""
    folder = CATALOGUES / tag.replace("-", "_") / "LC_MESSAGES"
    if tag not in LANGUAGES or not (folder / "messages.mo").is_file():
        return None
    return Translations.load(str(CATALOGUES), [tag.replace("-", "_")], "messages")


# --- as the reader writes it ------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def locale_of(tag: str) -> Locale:
    """Babel's locale for a tag of LANGUAGES or a pseudo-language.

    English puts the day first and counts 24 hours (30 September 2016, 14:05), as most of its readers do.
    """
    tag = pseudo.FORMATS.get(tag, tag)
    return Locale.parse("en_GB" if tag == "en" else tag, sep="-" if "-" in tag else "_")


def _locale() -> Locale:
    return locale_of(language())


def zone_of(name: str | tzinfo | None) -> tzinfo:
    """The time zone of an IANA name; UTC where there is none of that name."""
    if isinstance(name, tzinfo):
        return name
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):  # unknown, malformed, a folder of zones
        return UTC


def format_day(value: Any, zone: str | tzinfo | None = None, *, weekday: bool = False) -> str:
    """A day in words: "30 September 2016", or "September 2016" and "2016" for a `PartialDate`.

    A datetime is taken on its day in `zone` (UTC where none is given). With `weekday` a whole day is named with it,
    where and as the language puts it: "Friday, 30 September 2016".
    """
    precision = getattr(value, "precision", "day")
    day = getattr(value, "first_day", value)
    if isinstance(day, datetime):
        day = _in_zone(day, zone).date()
    if precision == "day":
        return format_date(day, "full" if weekday else "long", locale=_locale())
    return format_skeleton({"year": "y", "month": "yMMMM"}[precision], day, locale=_locale())


def format_month(day: date) -> str:
    """The month of a day, short and alone, as beside a line in a picture: "Sep"."""
    return format_skeleton("MMM", day, locale=_locale())


def format_year(day: date) -> str:
    """The year of a day, alone: "2026"."""
    return format_skeleton("y", day, locale=_locale())


def format_moment(value: datetime, zone: str | tzinfo | None = None) -> str:
    """Day and time in `zone`, an IANA name; "UTC" is said where that is the zone."""
    local = _in_zone(value, zone)
    text = f"{format_date(local.date(), 'long', locale=_locale())}, {format_hour(value, zone)}"
    return f"{text} UTC" if local.utcoffset() is not None and local.tzname() == "UTC" else text


def zone_city(name: str) -> str:
    """The city that a time zone (an IANA name) is called by; "UTC" where it is called by none."""
    if "/" not in name:
        return name
    return get_timezone_location(name, locale=_locale(), return_city=True).replace("/", ", ").replace("_", " ")


def format_hour(value: datetime, zone: str | tzinfo | None = None) -> str:
    """Hour and minute of a moment in `zone`, an IANA name."""
    pattern = re.sub(r":?ss", "", _locale().time_formats["medium"].pattern)
    return format_time(_in_zone(value, zone), pattern, locale=_locale())


def _in_zone(value: datetime, zone: str | tzinfo | None) -> datetime:
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(zone_of(zone))


def format_number(number: int | float) -> str:
    """A number with the marks of the language: 12,345.6."""
    return format_decimal(number, locale=_locale())


def format_share(share: float) -> str:
    """A share from 0 to 1 with the marks of the language, to a tenth of a percent: "41.7%"."""
    pattern = _locale().percent_formats[None].pattern.replace("0", "0.#", 1)
    return format_percent(share, pattern, locale=_locale())


def format_size(size: int) -> str:
    """A number of bytes as people say it, in steps of 1,000: "1.2 MB"."""
    amount: float = size
    unit = "byte"
    for unit in ("byte", "kilobyte", "megabyte", "gigabyte"):
        if amount < 999.5 or unit == "gigabyte":
            break
        amount /= 1000
    amount = round(amount) if unit == "byte" or amount >= 10 else round(amount, 1)
    return format_unit(amount, f"digital-{unit}", length="short", locale=_locale())


def country_name(code: str | None) -> str:
    """The country's name in the language spoken now; the code itself where there is no such country."""
    return _locale().territories.get(code or "", code or "")


def language_name(tag: str | None) -> str:
    """The name, in the language spoken now, of the language of a BCP 47 tag; the tag itself where unknown."""
    parts = (tag or "").replace("_", "-").split("-")
    names = _locale().languages
    return names.get("_".join(parts)) or names.get(parts[0].lower()) or (tag or "")


@lru_cache(maxsize=512)
def official_languages(country: str) -> frozenset[str]:
    """The tags of the languages that are official in a country (alpha-2), of its whole or by use, as CLDR has them.

    Chinese is "zh-Hans" where CLDR names no script.
    """
    tags = (tag.replace("_", "-") for tag in get_official_languages(country, de_facto=True))
    return frozenset("zh-Hans" if tag == "zh" else tag for tag in tags)


def list_and(items: Iterable[object]) -> str:
    """ "a, b and c" as the language spoken now joins them; Markup where an item is."""
    parts = list(items)
    if any(isinstance(part, Markup) for part in parts):
        return Markup(format_list([escape(part) for part in parts], locale=_locale()))
    return format_list([str(part) for part in parts], locale=_locale())
