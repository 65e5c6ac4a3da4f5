"""One record of a list of projects as fields and notes. Nothing is dropped, nothing is guessed.

A value that its field cannot take stays in the notes; a record is refused only where it has no title or no
source, is not made of what JSON records of projects are made of, or is too long to be kept whole.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tracker import countries, identifiers
from tracker.dates import PartialDate
from tracker.events.models import Event
from tracker.events.states import EventKind
from tracker.folding import fold
from tracker.i18n import _
from tracker.imports.outcome import Refused, Remark
from tracker.imports.project_notes import fact, prose, section, written
from tracker.markdown import clean_text
from tracker.milestones.models import Milestone
from tracker.projects.models import Partner, Project
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportKind

MOST_PARTS = 200  # partners, outputs, milestones of one project
LONGEST_TEXT = 20_000
DESCRIBED = "title is a description"  # how a source's notes say that the official title is not known


@dataclass(frozen=True)
class PrintedPartner:
    """Who takes part, as printed. `country` is the printed name, `code` alpha-2 or empty."""

    name: str
    country: str
    code: str
    leads: bool = False


@dataclass(frozen=True)
class PrintedMilestone:
    """What a source says was due or done on a date, and before: the date first announced, and why it moved."""

    name: str
    due: PartialDate | None
    is_planned: bool
    first: PartialDate | None = None
    because: str = ""

    @property
    def first_due(self) -> PartialDate | None:
        return self.first or self.due


@dataclass(frozen=True)
class PrintedEvent:
    """A meeting: its key in this list, and the fields of its record."""

    key: str
    fields: dict[str, Any]


@dataclass
class Output:
    """A report: the fields of its record and its authors, as `reports.actions.import_report` takes them."""

    fields: dict[str, Any]
    authors: list[dict[str, Any]]


@dataclass
class Record:
    """A project as its source tells of it."""

    key: str = ""
    source: str = ""
    network: str = ""
    facts: str = ""  # on what its state rests
    fields: dict[str, Any] = field(default_factory=dict)
    themes: list[str] = field(default_factory=list)
    partners: list[PrintedPartner] = field(default_factory=list)
    milestones: list[PrintedMilestone] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    events: list[PrintedEvent] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def understand(given: Any) -> Record:
    """Raises Refused with the field and the reason."""
    if not isinstance(given, dict):
        raise Refused("", _("It is not an object: { … }."))
    left = {str(name): value for name, value in _cleaned(given).items()}
    record = Record()
    title = _text(left, "title", _length(Project.title))
    record.source = _text(left, "source", LONGEST_TEXT)
    for name, value in (("title", title), ("source", record.source)):
        if not value:
            raise Refused(name, _("It is empty."))
    record.key = _key(f"{record.source} {title}", _length(Project.import_key))
    notes = _text(left, "notes", LONGEST_TEXT)
    record.network = _text(left, "network", LONGEST_TEXT)
    record.themes = [_own_text(theme, "themes", LONGEST_TEXT) for theme in _list(left, "themes")]
    facts = [fact("Source", record.source)]
    facts += [fact("More sources", left.pop("more_sources", None)), fact("Network", record.network)]
    record.partners, about_partners = _partners(left, record)
    facts += [fact("Lead basis", _text(left, "lead_basis", LONGEST_TEXT)), *about_partners]
    facts.append(fact("Themes in the source", record.themes))
    record.fields = {
        "title": title,
        "title_is_description": DESCRIBED in notes.casefold(),
        "funding": prose(_text(left, "funder", LONGEST_TEXT)),
        "starts_on": _date(left, "start", record),
        "ends_on": _date(left, "end", record),
    }
    record.milestones, unplanned = _milestones(left)
    for output in _list(left, "outputs"):
        record.outputs.append(_output(output, record))
    record.facts = _on_what_state_rests(record)
    record.events, uneventful = _events(left, record)
    rest = [fact(name.replace("_", " ").capitalize(), value) for name, value in sorted(left.items())]
    facts += [fact("State", record.facts), *rest]
    parts = (
        section("From the source", [line for line in facts if line]),
        section("Events", uneventful),
        section("Milestones without a date", unplanned),
        f"### Notes of the source\n\n{prose(notes)}" if notes else "",
    )
    record.fields["notes"] = "\n\n".join(part for part in parts if part)
    if len(record.fields["notes"]) > 5 * LONGEST_TEXT:
        raise Refused("", _("It is too long."))
    return record


def _on_what_state_rests(record: Record) -> str:
    """The facts in English, for the notes: see `project_lists.state_of`."""
    if record.outputs:
        return f"the source names {len(record.outputs)} output(s)"
    end = record.fields["ends_on"]
    return f"the source dates the end {end} and names no output" if end else "the source gives no end and no output"


def _partners(left: dict[str, Any], record: Record) -> tuple[list[PrintedPartner], list[str]]:
    """The lead and the partners in their order; and what is printed about them beside name and country."""
    found: list[PrintedPartner] = []
    about: list[str] = []
    lead = _text(left, "lead", _length(Partner.listed_as))
    lead_country = _text(left, "lead_country", LONGEST_TEXT)
    if lead:
        found.append(_partner(lead, lead_country, True, record, about))
    elif lead_country:
        about.append(fact("Lead country", lead_country))
    for given in _list(left, "partners"):
        if not isinstance(given, dict):
            raise Refused("partners", _("It is not an object: { … }."))
        name = _text(given, "institution", _length(Partner.listed_as), "partners")
        country = _text(given, "country", LONGEST_TEXT, "partners")
        if not name:
            raise Refused("partners", _("A partner has no name."))
        partner = _partner(name, country, False, record, about)
        if all((partner.name, partner.code) != (other.name, other.code) for other in found):
            found.append(partner)
        if given:
            about.append(fact(f"Partner {written(name)}", given))
    return found, about


def _partner(name: str, country: str, leads: bool, record: Record, about: list[str]) -> PrintedPartner:
    code = countries.by_name(country) or "" if country else ""
    if country and not code:
        record.remarks.append(Remark("country", _("“%(name)s” is not a country we know.", name=country[:60])))
        about.append(fact(f"Country of {written(name)}", country))
    return PrintedPartner(name, country, code, leads)


def _milestones(left: dict[str, Any]) -> tuple[list[PrintedMilestone], list[str]]:
    """What was read of the plan; whatever is no milestone with a name that fits goes into the notes."""
    found, notes = [], []
    for given in _list(left, "milestones_read"):
        whole = dict(given) if isinstance(given, dict) else given
        try:
            name = _text(given, "name", _length(Milestone.name)) if isinstance(given, dict) else ""
            due = PartialDate.parse(str(given.pop("date"))) if name and given.get("date") else None
            first = PartialDate.parse(str(given.pop("first_date"))) if due and given.get("first_date") else None
            because = _text(given, "because", LONGEST_TEXT) if first else ""
        except ValueError:
            name, due, first, because = "", None, None, ""
        if name and not {part for part in given if part != "date"}:
            found.append(PrintedMilestone(name, due, "planned" in fold(name), first, because))
        else:
            notes.append(written(whole))
    return found, notes


def _events(left: dict[str, Any], record: Record) -> tuple[list[PrintedEvent], list[str]]:
    """The meetings that have a title and a day that fit; of the others, and of what else is said, a note."""
    found: list[PrintedEvent] = []
    notes: list[str] = []
    for given in _list(left, "events"):
        rest = dict(given) if isinstance(given, dict) else {}
        try:
            title = _text(rest, "title", _length(Event.title)) if rest else ""
            on = PartialDate.parse(str(rest.pop("date"))) if title and rest.get("date") else None
        except ValueError:
            title, on = "", None
        if not title or on is None:
            notes.append(_event_in_words(given))
            continue
        fields: dict[str, Any] = {"title": title, "on": on, "kind": kind_of_event(title)}
        try:
            if address := _text(rest, "url", _length(Event.website)):
                fields["website"] = identifiers.website(address)
        except ValueError:
            rest["url"] = given["url"]
        key = _key(f"{record.key} {title} {on}", _length(Event.import_key))
        if all(known.key != key for known in found):
            found.append(PrintedEvent(key, fields))
        if rest := {name: value for name, value in rest.items() if value not in (None, "", [])}:
            notes.append(_event_in_words({"title": title, "date": str(on), **rest}))
    return found, notes


def _event_in_words(given: Any) -> str:
    if not isinstance(given, dict):
        return written(given)
    left = dict(given)
    first = [written(left.pop(name)) for name in ("date", "title", "url") if left.get(name)]
    rest = [written({name: value}) for name, value in left.items() if value not in (None, "", [])]
    return ", ".join([*first, *rest])


def kind_of_event(title: str) -> EventKind:
    """The kind of a meeting by what it calls itself; OTHER where that is none of ours."""
    words = set(fold(title).replace("-", " ").replace(":", " ").replace(",", " ").split())
    named = (kind for kind in EventKind if kind is not EventKind.OTHER and kind.value in words)
    return next(named, EventKind.OTHER)


def _output(given: Any, record: Record) -> Output:
    """The record of a report. What has no field, or does not fit its field, goes into the report's own notes."""
    if not isinstance(given, dict):
        raise Refused("outputs", _("It is not an object: { … }."))
    title = _text(given, "title", _length(Report.title), "outputs")
    if not title:
        raise Refused("outputs", _("An output has no title."))
    printed = _text(given, "type", _length(Report.kind_as_printed), "outputs")
    fields: dict[str, Any] = {"title": title, "kind": kind_of(printed), "kind_as_printed": printed}
    left: dict[str, Any] = {}

    def take(name: str, to: str, normal: Callable[[str], Any] = str) -> None:
        value = given.pop(name, None)
        if value in (None, ""):
            return
        try:
            text = str(value) if type(value) is int else value  # a number of a series, a year
            kept = normal(_own_text(text, "outputs", LONGEST_TEXT))
            most = getattr(getattr(Report, to).property.columns[0].type, "length", None)
            if most and isinstance(kept, str) and len(kept) > most:
                raise ValueError(_("It has more than %(count)s characters.", count=most))
        except ValueError as error:
            left[name] = value
            record.remarks.append(Remark(name, _("%(reason)s It stays in the notes.", reason=str(error))))
        else:
            fields[to] = kept

    for name, to in (("publisher", "publisher"), ("place", "place"), ("series", "series"), ("number", "number")):
        take(name, to)
    take("editor", "editors")
    take("citation", "suggested_citation")
    take("isbn", "isbn", identifiers.normal_isbn)
    take("issn_print", "issn", identifiers.normal_issn)
    take("issn_online", "issn_online", identifiers.normal_issn)
    take("doi", "doi", identifiers.normal_doi)
    take("url", "website", identifiers.website)
    take("first_published", "published_on", PartialDate.parse)
    _year(given, fields, left, take)
    _languages(given, fields)
    if type(given.get("pages")) is int and 0 < given["pages"] < 100_000:
        fields["pages"] = given.pop("pages")
    authors = [_author(name) for name in _list(given, "authors")]
    left |= {name: value for name, value in given.items() if value not in (None, "", [])}
    fields["notes"] = "\n".join(f"{name}: {written(value)}" for name, value in left.items())
    fields["import_key"] = _key(f"{record.key} {title}", _length(Report.import_key))
    while any(fields["import_key"] == other.fields["import_key"] for other in record.outputs):
        fields["import_key"] = _key(f"{fields['import_key']} +", _length(Report.import_key))
    return Output(fields, authors)


def _year(given: dict[str, Any], fields: dict[str, Any], left: dict[str, Any], take: Callable[..., None]) -> None:
    """The year is the date of publication where no better one is given; one that contradicts it is kept."""
    year = given.pop("year", None)
    if year is None:
        return
    if "published_on" not in fields:
        given["year"] = year
        take("year", "published_on", PartialDate.parse)
    elif str(year) != str(fields["published_on"].year):
        left["year"] = year


def _languages(given: dict[str, Any], fields: dict[str, Any]) -> None:
    """The first named is the record's language, in no case an assumed one."""
    tags = [given["language"]] if given.get("language") else given.get("languages")
    fits = isinstance(tags, list) and all(isinstance(tag, str) and 2 <= len(tag) <= 20 for tag in tags)
    fields |= {"language": "", "other_languages": []}
    if tags and fits and not (given.get("language") and given.get("languages")):
        fields |= {"language": tags[0], "other_languages": tags[1:]}
        given.pop("language", None)
        given.pop("languages", None)


def _author(name: Any) -> dict[str, Any]:
    """As printed. Only "Family, Initials" says how to sort it."""
    printed = _own_text(name, "authors", _length(ReportAuthor.name))
    if not printed:
        raise Refused("authors", _("It is empty."))
    return {"name": printed, "sort_name": printed if "," in printed else "", "person_id": None}


def kind_of(printed: str) -> ReportKind:
    """The kind of a report by what it calls itself; OTHER where that is none of ours."""
    words = set(fold(printed).replace("-", " ").split())
    if "brief" in words:
        return ReportKind.BRIEF
    if "paper" in words:
        if words & {"working", "occasional", "discussion"}:
            return ReportKind.WORKING_PAPER
        return ReportKind.COUNTRY_PAPER if "country" in words else ReportKind.OTHER
    for word in ("report", "book", "chapter", "article", "dataset"):
        if word in words:
            return ReportKind(word)
    return ReportKind.OTHER


def _date(left: dict[str, Any], name: str, record: Record) -> PartialDate | None:
    """A partial date; what is none stays where it is and so comes into the notes."""
    value = left.get(name)
    if value in (None, ""):
        left.pop(name, None)
        return None
    try:
        found = PartialDate.parse(str(value))
    except ValueError as error:
        record.remarks.append(Remark(name, _("%(reason)s It stays in the notes.", reason=str(error))))
        return None
    left.pop(name)
    return found


def _text(left: dict[str, Any], name: str, most: int, column: str = "") -> str:
    return _own_text(left.pop(name, None), column or name, most)


def _own_text(value: Any, column: str, most: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Refused(column, _("It must be a text."))
    if len(value) > most:
        raise Refused(column, _("It has more than %(count)s characters.", count=most))
    return value.strip()


def _list(left: dict[str, Any], name: str) -> list[Any]:
    value = left.pop(name, None) or []
    if not isinstance(value, list):
        raise Refused(name, _("It must be a list."))
    if len(value) > MOST_PARTS:
        raise Refused(name, _("It has more than %(count)s entries.", count=MOST_PARTS))
    return value


def _cleaned(value: Any) -> Any:
    """All texts as a database can hold them."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    if isinstance(value, dict):
        return {clean_text(name): _cleaned(part) for name, part in value.items()}
    return value


def _length(column: Any) -> int:
    return column.property.columns[0].type.length


def _key(text: str, most: int) -> str:
    """The text itself; where it is too long, its beginning and a digest of the whole."""
    return text if len(text) <= most else f"{text[: most - 65]} {hashlib.sha256(text.encode()).hexdigest()}"
