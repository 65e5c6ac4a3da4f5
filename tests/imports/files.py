"""Small invented files, and the real ones where they lie beside the checkout."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

REAL = Path(os.environ.get("TRACKER_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
with_real_data = pytest.mark.skipif(
    not (REAL / "institutions.csv").is_file(), reason="the real lists do not lie beside this checkout"
)


def institutions(*rows: dict) -> bytes:
    """A CSV of these rows; a name and a country are added where they are missing."""
    columns = list(dict.fromkeys(["slug", "name", "country", *(name for row in rows for name in row)]))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows({"name": "Delta Institute", "country": "BD", **row} for row in rows)
    return out.getvalue().encode()


def projects(*records: dict) -> bytes:
    """A JSON list of these records; a title and a source are added where they are missing."""
    base = {"title": "Rivers without borders", "source": "https://example.org/rivers"}
    return json.dumps([{**base, **record} for record in records]).encode()


def strings(value: object) -> list[str]:
    """Every text in a value of JSON, names of fields apart."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []
