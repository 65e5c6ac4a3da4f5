"""A list of institutions becomes records. Whatever people wrote here since stands above the list.

A row means the record with its `slug` (the import key), else the one with its ROR id, else the one of the
same name in the same country that no list claims yet. A record that nobody has checked here follows its
list; one that somebody checked, or that was typed here, only gets its empty fields filled, and what differs
is told ("kept"). A list never empties a field. Rows of one file that contradict each other are all refused,
so that the order of the rows decides nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, list_and, ngettext
from tracker.imports import queries, reading
from tracker.imports.institution_rows import Row, understand
from tracker.imports.matching import Known
from tracker.imports.outcome import Line, Outcome, Refused, Remark, Verdict
from tracker.institutions import actions as institutions
from tracker.institutions.likeness import name_key
from tracker.institutions.models import Institution, Network, Person


def import_all(data: bytes, *, network: Network | None, actor: Person | None) -> Outcome:
    """Every row of a CSV (UTF-8). With a network, each institution becomes its member. Raises Unreadable."""
    outcome = Outcome("institutions")
    parsed: dict[int, Row | Refused] = {}
    titles: dict[int, str] = {}
    for place, cells in reading.table(data):
        if isinstance(cells, Refused):
            parsed[place], titles[place] = cells, ""
            continue
        titles[place] = (cells["name"] or cells.get("slug", ""))[:200]
        try:
            parsed[place] = understand(cells)
        except Refused as refusal:
            parsed[place] = refusal
    rows = {place: row for place, row in parsed.items() if isinstance(row, Row)}
    first = _first_of_same(rows)
    refused = _contradictions({place: row for place, row in rows.items() if first[place] == place})
    namesakes = _namesakes(rows, first)
    known = Known(queries.institution_names(), queries.merged_institutions())
    members = queries.membership_ids(network) if network else (set(), set())
    for place, row in parsed.items():
        if isinstance(row, Row) and first[place] in refused:
            row = refused[first[place]]
        if isinstance(row, Refused):
            line = Line(place, titles[place], Verdict.REFUSED, remarks=[Remark(row.field, str(row))])
        elif first[place] != place:
            remark = Remark("", _("The same as row %(row)s.", row=first[place]))
            line = Line(place, titles[place], Verdict.UNCHANGED, remarks=[remark])
        else:
            line = _import_row(place, row, known, namesakes, network, members, actor)
        outcome.lines.append(line)
    return outcome


def _import_row(
    place: int,
    row: Row,
    known: Known,
    namesakes: set[tuple[str, str]],
    network: Network | None,
    members: tuple[set[int], set[int]],
    actor: Person | None,
) -> Line:
    line = Line(place, row.name, Verdict.UNCHANGED, remarks=list(row.remarks))
    try:
        with db.session.begin_nested():
            found = _find(row, known, namesakes)
            if found is None:
                institution = institutions.add_institution(**_stated(row), actor=actor)
                line.verdict = Verdict.MADE
            else:
                institution = queries.institution(found)
                line.fields = _update(institution, row, line, actor)
            if network and _join(institution, network, members, line, actor):
                line.fields.append("membership")
    except (Refused, RuleBroken) as refusal:
        field = refusal.field if isinstance(refusal, Refused) else "ror"
        return Line(place, row.name, Verdict.REFUSED, remarks=[Remark(field, str(refusal))])
    if line.verdict is Verdict.MADE:
        line.fields = []
    elif line.fields:
        line.verdict = Verdict.CHANGED
    return line


def _stated(row: Row) -> dict[str, Any]:
    """The fields that the row says something about: an empty cell says nothing."""
    return {name: value for name, value in row.fields.items() if value not in (None, "")}


def _find(row: Row, known: Known, namesakes: set[tuple[str, str]]) -> int | None:
    """The record a row means, or None for a new one. Raises Refused where it could be several."""
    key, ror = row.fields["import_key"], row.fields["ror"]
    owner = known.by_ror.get(ror) if ror else None
    if key and (found := known.by_key.get(key)):
        if owner and owner != found:
            raise Refused("ror", _("%(name)s has this ROR id already.", name=known.rows[owner].name))
        return found
    if owner:
        if key and known.rows[owner].import_key:
            raise Refused("ror", _("%(name)s has this ROR id already.", name=known.rows[owner].name))
        return owner
    free = [each for each in known.folded(row.name) if _could_be(known.rows[each], row)]
    if len(free) > 1 or (free and _name_of(row) in namesakes):
        raise Refused("name", _("Several institutions of this name could be meant. Give their ROR ids first."))
    return free[0] if free else None


def _could_be(there: Any, row: Row) -> bool:
    """Whether a record of the same name may be the row's: same country, and no identifier contradicts."""
    fields = row.fields
    claimed = there.import_key and fields["import_key"]
    other = there.ror and fields["ror"] and there.ror != fields["ror"]
    return there.country == fields["country"] and not claimed and not other


def _update(institution: Institution, row: Row, line: Line, actor: Person | None) -> list[str]:
    """Bring a record up to the row, as far as the list may. What is kept is told on the line."""
    key = row.fields["import_key"]
    follows = institution.checked_at is None and bool(key) and institution.import_key == key
    values: dict[str, Any] = {}
    for name, value in _stated(row).items():
        current = getattr(institution, name)
        if current == value or (name == "import_key" and current):  # it has another one where two became one
            continue
        if name == "notes":
            if value not in current:
                values[name] = value if follows or not current else f"{current}\n\n{value}"
        elif current in (None, "") or follows:
            values[name] = value
        else:
            here, there = str(current)[:120], str(value)[:120]
            kept = _("Kept as it is here: “%(here)s”, not “%(there)s”.", here=here, there=there)
            line.remarks.append(Remark(name, kept))
    changed = institutions.change_institution(institution, actor=actor, confirms=False, **values) if values else []
    return sorted(changed)


def _join(
    institution: Institution,
    network: Network,
    members: tuple[set[int], set[int]],
    line: Line,
    actor: Person | None,
) -> bool:
    """Make it a member; one that left stays out: it left on purpose."""
    now, left = members
    if institution.id in now:
        return False
    if institution.id in left:
        line.remarks.append(Remark("membership", _("It once left the network and is not made a member again.")))
        return False
    institutions.join_network(institution, network, actor=actor)
    now.add(institution.id)
    return True


def _first_of_same(rows: dict[int, Row]) -> dict[int, int]:
    """By place: the first place that says exactly the same."""
    seen: dict[tuple[Any, ...], int] = {}
    return {place: seen.setdefault(tuple(sorted(map(str, row.fields.items()))), place) for place, row in rows.items()}


def _contradictions(rows: dict[int, Row]) -> dict[int, Refused]:
    """The rows that mean the same institution and say different things of it."""
    refused: dict[int, Refused] = {}
    for field, name in (("import_key", "slug"), ("ror", "ror")):
        for places in _groups(rows, lambda row, field=field: row.fields[field]):
            for place in places:
                others = [other for other in places if other != place]
                sentence = ngettext(
                    "Row %(rows)s has the same and says something else.",
                    "Rows %(rows)s have the same and say something else.",
                    len(others),
                    rows=list_and(others),
                )
                refused.setdefault(place, Refused(name, sentence))
    for places in _groups(rows, _name_of):
        group = [rows[place] for place in places]
        if not any(all(row.fields[field] for row in group) for field in ("import_key", "ror")):
            for place in places:
                others = [other for other in places if other != place]
                sentence = ngettext(
                    "Row %(rows)s has the same name and country.",
                    "Rows %(rows)s have the same name and country.",
                    len(others),
                    rows=list_and(others),
                )
                refused.setdefault(place, Refused("name", sentence))
    return refused


def _namesakes(rows: dict[int, Row], first: dict[int, int]) -> set[tuple[str, str]]:
    """The (name, country) that several different rows have."""
    distinct = {place: row for place, row in rows.items() if first[place] == place}
    return {_name_of(rows[places[0]]) for places in _groups(distinct, _name_of)}


def _name_of(row: Row) -> tuple[str, str]:
    return name_key(row.name), row.fields["country"]


def _groups(rows: dict[int, Row], key: Any) -> Iterable[list[int]]:
    """The places of rows with the same key, where there are several."""
    found: dict[Any, list[int]] = defaultdict(list)
    for place, row in rows.items():
        if value := key(row):
            found[value].append(place)
    return [places for places in found.values() if len(places) > 1]
