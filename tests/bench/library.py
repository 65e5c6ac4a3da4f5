"""The library of the generated database: any number of published reports that belong to no project here, and the shelf
that all of them stand on."""

from random import Random
from typing import Any

from tests.bench.bulk import Bulk
from tests.bench.phrases import CITIES, SUBJECTS, Phrases
from tracker import clock
from tracker.countries import COUNTRIES
from tracker.dates import PartialDate
from tracker.folding import fold
from tracker.library.models import FullText
from tracker.reports.models import Report, ReportAuthor, ReportCountry, ReportGoal, report_theme
from tracker.reports.states import ReportKind, ReportState
from tracker.search import postgresql, shelf
from tracker.search.models import Shelved
from tracker.search.words import text_tokens, tokens

LANGUAGES = ("en", "en", "en", "zh-Hans", "es", "fr", "ar", "pt", "ru")
AT_ONCE = 5_000
KINDS = tuple(ReportKind)


def write(bulk: Bulk, places: list[int], themes: list[int], known: int, number: int, phrases: Phrases) -> list[int]:
    """Make `number` reports beside the `known` ones, put all of them on the shelf, and return the ids of the new."""
    chance = Random(number)
    texts = {subject: text for kind, subject, text in phrases.searchable if kind == "report"}
    _shelve(bulk, [_row(subject, 2020, text, "", ["languageen"]) for subject, text in texts.items()])
    for first in range(1, number + 1, AT_ONCE):
        ids = range(known + first, known + min(first + AT_ONCE, number + 1))
        _write(bulk, list(ids), places, themes, phrases, chance)
    return list(range(known + 1, known + number + 1))


def _write(bulk: Bulk, ids: list[int], places: list[int], themes: list[int], phrases: Phrases, chance: Random) -> None:
    now, countries = clock.now(), sorted(COUNTRIES)
    rows: dict[Any, list[dict[str, Any]]] = {
        each: [] for each in (Report, ReportAuthor, report_theme, ReportCountry, ReportGoal, FullText)
    }
    shelved = []
    for number in ids:
        title, (abstract, made) = phrases.title(), phrases.paragraph()
        text = " ".join(phrases.paragraph()[0] for _part in range(2))
        year, language, kind = chance.randint(2000, 2026), chance.choice(LANGUAGES), chance.choice(KINDS)
        on, for_goals = set(chance.sample(themes, 2)), set(chance.sample(range(1, 18), 2))
        studied = set(chance.sample(countries, 2))
        rows[Report].append(
            {
                "id": number,
                "import_key": None,
                "project_id": None,
                "state": ReportState.PUBLISHED,
                "kind": kind,
                "title": title,
                "sort_title": fold(title),
                "abstract": abstract,
                "abstract_html": str(made),
                "language": language,
                "published_on": PartialDate(f"{year}-{chance.randint(1, 12):02}"),
                "publisher": "Bench Research Alliance",
                "pages": 40,
                "licence": "CC-BY-4.0",
                "website": f"https://example.org/{number}",
                "file_id": None,
                "published_at": now,
                "edition": 1,
                "stamped_at": now,
                "withdrawn_at": None,
            }
        )
        names = []
        for position in range(2):
            names.append(f"{chance.choice(CITIES)} {chance.choice(SUBJECTS).title()}")
            rows[ReportAuthor].append(
                {
                    "report_id": number,
                    "position": position,
                    "name": names[-1],
                    "affiliation": "Institute",
                    "person_id": None,
                    "institution_id": chance.choice(places),
                }
            )
        rows[report_theme] += [{"report_id": number, "theme_id": theme} for theme in on]
        rows[ReportCountry] += [{"report_id": number, "country": code} for code in studied]
        rows[ReportGoal] += [{"report_id": number, "goal": goal} for goal in for_goals]
        rows[FullText].append({"report_id": number, "text": text, "read_at": now, "claimed_at": None})
        marks = [f"theme{theme}" for theme in on] + [f"goal{goal}" for goal in for_goals]
        marks += [f"country{code.lower()}" for code in studied]
        marks += [f"language{language.replace('-', '').lower()}", f"kind{kind.replace('-', '')}", f"year{year}"]
        record = " ".join([abstract, *names])
        shelved.append(_row(number, year, title, text, marks, record))
        phrases.put("report", number, title, record)
    for table, ready in rows.items():
        numbered = table is ReportAuthor
        first = 10**6 + ids[0] * 2
        bulk.put(table, [{"id": first + at, **row} for at, row in enumerate(ready)] if numbered else ready)
    _shelve(bulk, shelved)


def _row(number: int, year: int, title: str, text: str, marks: list[str], record: str = "") -> dict[str, Any]:
    return {
        "place": shelf.place_of(year * 10_000, number),
        "subject_id": number,
        "title": " ".join(tokens(title)),
        "record": " ".join(tokens(record)),
        "body": " ".join(text_tokens(text, shelf.MOST_TEXT_TOKENS)),
        "marks": " ".join(marks),
    }


def _shelve(bulk: Bulk, rows: list[dict[str, Any]]) -> None:
    bulk.put(Shelved, rows)
    if bulk.dialect.name != "sqlite":
        for row in rows:
            parts = (row[name].split() for name in ("title", "record", "body"))
            postgresql.write_shelf(bulk.connection, row["place"], *parts, row["marks"])
