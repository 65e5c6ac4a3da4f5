"""Finding reports in the library: what somebody asks for, a page of what there is, and where the words stand."""

import html
from dataclasses import dataclass

import nh3
from markupsafe import Markup

from tracker.i18n import language, nearest
from tracker.library import queries
from tracker.library.actions import kind_mark, language_mark
from tracker.library.snippets import Piece, Wanted, marked, piece
from tracker.paging import COUNT_UP_TO, Page, page_number
from tracker.reports.models import Report
from tracker.reports.states import ReportKind
from tracker.search import shelf
from tracker.themes.queries import with_descendants

PER_PAGE = 20
IN_A_FEED = 50


@dataclass(frozen=True)
class Asked:
    """What a reader looks for; what is empty or None does not matter."""

    words: str = ""
    theme_id: int | None = None  # with the themes below it
    goal: int | None = None
    country: str = ""  # one studied, alpha-2
    language: str = ""  # BCP 47; of the report, or of another version of it
    kind: ReportKind | None = None
    year: int | None = None
    institution_id: int | None = None  # a partner of its project, or an author's

    @property
    def is_anything(self) -> bool:
        return self != Asked()

    @property
    def is_narrowed(self) -> bool:
        """By more than words."""
        return self != Asked(words=self.words)

    def ids(self, *, limit: int, offset: int = 0) -> list[int]:
        """The ids of the published reports that fit: by words the best first, else the newest."""
        among = queries.of(self.institution_id) if self.institution_id is not None else None
        if self.words:
            return shelf.search(self.words, self._marks(), among=among)[offset : offset + limit]
        return shelf.browse(self._marks(), limit=limit, offset=offset, among=among)

    def _marks(self) -> list[list[str]]:
        groups = []
        if self.theme_id is not None:
            groups.append([f"theme{number}" for number in with_descendants(self.theme_id)] or ["theme0"])
        if self.goal is not None:
            groups.append([f"goal{self.goal}"])
        if self.country:
            groups.append([f"country{self.country.lower()}"])
        if self.language:
            groups.append([language_mark(self.language)])
        if self.kind is not None:
            groups.append([kind_mark(self.kind)])
        if self.year is not None:
            groups.append([f"year{self.year}"])
        return groups


@dataclass(frozen=True)
class Version:
    """The title and the abstract of a report in one language."""

    language: str
    title: str
    abstract_html: str

    @property
    def abstract(self) -> str:
        """Without its marks, on one line."""
        return " ".join(html.unescape(nh3.clean(self.abstract_html, tags=set())).split())


@dataclass(frozen=True)
class Hit:
    """A report in a list: its title, the same in the reader's language or in the one found, and a piece of its text."""

    report: Report
    title: Markup
    other: Version | None = None
    other_title: Markup | None = None
    piece: Markup | None = None
    piece_language: str = ""
    is_in_text: bool = False  # the piece is of the text of its file


def page_of(asked: Asked) -> Page:
    """The page that the address asks for, of hits."""
    number = page_number()
    first = (number - 1) * PER_PAGE
    counted = asked.ids(limit=COUNT_UP_TO + 1)
    ids = counted[first : first + PER_PAGE + 1]
    if first + PER_PAGE > COUNT_UP_TO and not asked.words:
        ids = asked.ids(limit=PER_PAGE + 1, offset=first)
    hits = hits_of(queries.cards(ids[:PER_PAGE]), asked.words)
    return Page(hits, number, PER_PAGE, len(ids) > PER_PAGE, len(counted))


def versions(report: Report) -> list[Version]:
    """The titles and abstracts of a report: the reader's language first, then its own, then the others."""
    own = Version(report.language, report.title, report.abstract_html)
    further = [Version(more.language, more.title, more.abstract_html) for more in report.texts]
    near = nearest(language(), [version.language for version in (own, *further) if version.language])
    return sorted([own, *further], key=lambda version: version.language != near)


def hits_of(reports: list[Report], words: str) -> list[Hit]:
    """Reports as a list shows them, with what was looked for marked."""
    wanted = Wanted(words)
    if not len(wanted):
        return [_plain(report) for report in reports]
    found = [_found(report, wanted) for report in reports]
    lacking = [hit.report.id for hit, count in found if count < len(wanted)]
    texts = queries.full_texts(lacking) if lacking else {}
    return [_with_text(hit, texts.get(hit.report.id, ""), wanted, count) for hit, count in found]


def _plain(report: Report) -> Hit:
    near = versions(report)[0]
    other = near if near.title and near.title != report.title else None
    return Hit(report, Markup.escape(report.label), other, Markup.escape(other.title) if other else None)


def _found(report: Report, wanted: Wanted) -> tuple[Hit, int]:
    """The hit of the version that holds the most of the words, and how many it holds."""
    best, most = versions(report)[0], -1
    for version in versions(report):
        held = {which for text in (version.title, version.abstract) for *_place, which in wanted.places(text)}
        if len(held) > most:
            best, most = version, len(held)
    other = best if best.title and best.title != report.title else None
    cut: Piece | None = piece(best.abstract, wanted)
    hit = Hit(
        report,
        marked(report.label, wanted),
        other,
        marked(other.title, wanted) if other else None,
        cut.html if cut else None,
        best.language,
    )
    return hit, most


def _with_text(hit: Hit, text: str, wanted: Wanted, count: int) -> Hit:
    cut = piece(text, wanted) if text and count < len(wanted) else None
    if cut is None:
        return hit
    return Hit(hit.report, hit.title, hit.other, hit.other_title, cut.html, hit.report.language, is_in_text=True)
