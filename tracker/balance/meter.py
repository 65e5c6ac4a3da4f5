"""How balanced the partners of a project are, reckoned anew each time it is shown. Advice: nothing asks it."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracker.balance import queries
from tracker.balance.models import Wish
from tracker.countries import countries_in, region_name, region_of
from tracker.i18n import _, _l, country_name, language_name, list_and, ngettext
from tracker.projects.models import Partner, Project
from tracker.projects.states import ProjectState

SHOWN_WHILE = frozenset({ProjectState.DRAFT, ProjectState.PROPOSED, ProjectState.RECRUITING})
# Looked for among the regions of M49: its five, with the Americas in their two halves.
REGIONS = ("002", "419", "021", "142", "150", "009")
MOST_NAMES = 6  # in one cell


class Standing(StrEnum):
    """How a value stands to what is wished."""

    REACHED = "reached"
    NOT_YET = "not-yet"
    BEYOND = "beyond"


STANDING_LABELS = {
    Standing.REACHED: _l("as wished"),
    Standing.NOT_YET: _l("not yet"),
    Standing.BEYOND: _l("more than wished"),
}
LABELS = {
    "institutions": _l("Institutions"),
    "countries": _l("Countries"),
    "regions": _l("Regions"),
    "languages": _l("Languages they work in"),
    "newcomers": _l("In their first project here"),
    "largest_share": _l("Share of the largest country"),
}


@dataclass(frozen=True)
class Value:
    """One figure of some partners: as a number, as it is written, the names behind it, how it stands to the wish."""

    number: int
    written: str
    names: str
    standing: Standing | None

    @property
    def label(self) -> str:
        return str(STANDING_LABELS[self.standing]) if self.standing else ""


@dataclass(frozen=True)
class Line:
    """One line of the meter. `wished` is a number or None; `full` is what a whole bar stands for."""

    name: str
    label: str
    wished: int | None
    wish: str
    agreed: Value
    likely: Value
    full: int


@dataclass(frozen=True)
class Meter:
    """All lines; who leads, where from; advice in words. `asked_too`: the second column holds who is asked as well."""

    lines: list[Line]
    leads: list[str]
    advice: list[str]
    words: str
    asked_too: bool

    @property
    def is_wished(self) -> bool:
        return any(line.wished is not None for line in self.lines)


@dataclass(frozen=True)
class _Side:
    """What the partners of one column are."""

    institutions: list[Partner]
    countries: list[str]
    languages: list[str]
    newcomers: list[Partner]

    def share(self) -> tuple[int, list[str]]:
        """The percentage of the partners from the country with the most, and that country; of several, all."""
        counted = Counter(partner.country for partner in self.institutions if partner.country)
        if not counted:
            return 0, []
        most = max(counted.values())
        return round(100 * most / counted.total()), [country for country, count in counted.items() if count == most]


def meter(project: Project, *, leads: bool) -> Meter:
    """The balance of a project's partners, against what its network wishes.

    Who is invited or offers to join counts in the second column for those who lead (`leads`), and is no part of it
    for others. Four queries, however many partners.
    """
    ids = [partner.institution_id for partner in project.partners if partner.institution_id]
    languages, known = queries.languages_of(ids), queries.in_other_projects(ids, project.id)
    wish = queries.wish_of(project.network_id)

    def side(counts: Callable[[Partner], bool]) -> _Side:
        # A network is no institution of a country: it counts on neither side.
        chosen = [partner for partner in project.partners if counts(partner) and partner.network_id is None]
        spoken = Counter(tag for partner in chosen for tag in sorted(languages.get(partner.institution_id or 0, ())))
        return _Side(
            institutions=chosen,
            countries=list(dict.fromkeys(partner.country for partner in chosen if partner.country)),
            languages=[tag for tag, _count in spoken.most_common()],
            newcomers=[p for p in chosen if p.institution_id and p.institution_id not in known],
        )

    agreed = side(lambda partner: partner.is_committed)
    likely = side(lambda partner: partner.takes_part or (leads and partner.is_asked))
    return Meter(
        lines=[_line(name, wish, agreed, likely) for name in LABELS],
        leads=[_lead(partner) for partner in project.lead_partners],
        advice=_advice(likely, queries.countries_of_members(project.network_id)),
        words=wish.words if wish else "",
        asked_too=leads,
    )


def _line(name: str, wish: Wish | None, agreed: _Side, likely: _Side) -> Line:
    wished = getattr(wish, name) if wish else None
    now, later = _value(name, agreed, wished), _value(name, likely, wished)
    if wished is None:
        written = ""
    elif name == "largest_share":
        written = _("at most %(percent)s%%", percent=str(wished))
    else:
        written = _("at least %(number)s", number=str(wished))
    full = 100 if name == "largest_share" else max(1, wished or 0, now.number, later.number)
    return Line(name, str(LABELS[name]), wished, written, now, later, full)


def _value(name: str, side: _Side, wished: int | None) -> Value:
    if name == "largest_share":
        percent, countries = side.share()
        standing = None if wished is None else Standing.BEYOND if percent > wished else Standing.REACHED
        if not countries:
            return Value(0, _("none yet"), "", None)
        return Value(percent, _("%(percent)s%%", percent=str(percent)), _named(map(country_name, countries)), standing)
    regions = list(dict.fromkeys(region for country in side.countries if (region := region_of(country))))
    names: list[str] = {
        "institutions": [],
        "countries": [country_name(country) for country in side.countries],
        "regions": [region_name(region) for region in regions],
        "languages": [language_name(tag) for tag in side.languages],
        "newcomers": [partner.name for partner in side.newcomers],
    }[name]
    number = len(side.institutions) if name == "institutions" else len(names)
    standing = None if wished is None else Standing.REACHED if number >= wished else Standing.NOT_YET
    return Value(number, str(number), _named(names), standing)


def _named(names: Iterable[str]) -> str:
    """The first MOST_NAMES names, and how many more there are."""
    listed = list(names)
    more = len(listed) - MOST_NAMES
    if more > 1:
        listed = [*listed[:MOST_NAMES], ngettext("%(num)s more", "%(num)s more", more)]
    return list_and(listed) if listed else ""


def _lead(partner: Partner) -> str:
    """ "Institute, Bangladesh (Asia)"."""
    region = region_of(partner.country) if partner.country else None
    if not region:
        return partner.name
    place, around = country_name(partner.country), region_name(region)
    return _("%(name)s, %(country)s (%(region)s)", name=partner.name, country=place, region=around)


def _advice(likely: _Side, members: set[str]) -> list[str]:
    """What stands out, in words: regions where the network has members and the project nobody, all of one country."""
    present = set(likely.countries)
    missing = [
        region_name(code) for code in REGIONS if countries_in(code) & members and not countries_in(code) & present
    ]
    advice = []
    if missing:
        advice.append(_("No partner yet from: %(regions)s. The network has members there.", regions=list_and(missing)))
    if len(present) == 1 and len(likely.institutions) > 1:
        advice.append(_("All partners are from one country so far: %(country)s.", country=country_name(*present)))
    return advice
