"""What the authors of a report approve, as plain values: its text, its authors and their order. See `Proof.content`."""

import hashlib
import json
from typing import Any

from tracker.drafts.models import Draft
from tracker.reports.models import Report, ReportAuthor

UNSEEN = frozenset({"id", "person_id", "institutions", "number", "size", "file"})  # not part of what is printed


def content_of(report: Report, draft: Draft | None) -> dict[str, Any]:
    """The report as it is now, `draft` being its current one: what a proof keeps.

    Of each file there is the checksum, so that another file of the same name is another content. Files that are made
    here from the draft say nothing that the draft does not. Where there is neither a draft nor a file, the address
    stands for the text.
    """
    own = [report.file] if report.file is not None else []
    files = [(file, "", "") for file in own] + [
        (more.file, more.language, more.label) for more in report.more_files if not more.is_made_here
    ]
    texts = sorted(report.texts, key=lambda text: text.language)
    return {
        "title": report.title,
        "language": report.language,
        "abstract": report.abstract,
        "texts": [{"language": text.language, "title": text.title, "abstract": text.abstract} for text in texts],
        "draft": _draft(draft) if draft is not None else None,
        "files": [
            {
                "id": file.id,
                "file": file.name,
                "size": file.size,
                "sha256": file.sha256,
                "language": language,
                "label": label,
            }
            for file, language, label in files
        ],
        "website": "" if draft is not None or files else report.website,
        "authors": [_author(author) for author in report.authors],
    }


def digest_of(content: dict[str, Any]) -> str:
    """The SHA-256 of what is printed: two contents that read the same have the same one."""
    return hashlib.sha256(json.dumps(printed(content), sort_keys=True).encode()).hexdigest()


def printed(value: Any) -> Any:
    """A content, or a part of one, without what nobody reads in it."""
    if isinstance(value, dict):
        return {name: printed(known) for name, known in value.items() if name not in UNSEEN}
    return [printed(known) for known in value] if isinstance(value, list) else value


def _draft(draft: Draft) -> dict[str, Any]:
    own = draft.file.sha256 if draft.file is not None else hashlib.sha256(draft.markdown.encode()).hexdigest()
    return {
        "id": draft.id,
        "number": draft.number,
        "sha256": own,
        "file": draft.file.name if draft.file is not None else "",
        "size": draft.file.size if draft.file is not None else 0,
    }


def _author(author: ReportAuthor) -> dict[str, Any]:
    return {
        "id": author.id,
        "person_id": author.person_id,
        "name": author.name,
        "affiliations": [place for place, _institution in author.affiliations],
        "institutions": [institution.id for _place, institution in author.affiliations if institution is not None],
        "is_corresponding": author.is_corresponding,
        "contributed_equally": author.contributed_equally,
    }


def institutions_of(content: dict[str, Any]) -> list[int]:
    """The ids of the institutions of its authors, each once, in the order in which they are printed."""
    return list(dict.fromkeys(place for author in content["authors"] for place in author["institutions"]))


def standing_of(content: dict[str, Any], institution_id: int) -> str:
    """What an institution confirms, as one digest: who the authors are, in which order, and its own names."""
    names = [author["name"] for author in content["authors"]]
    own = [author["affiliations"] for author in content["authors"] if institution_id in author["institutions"]]
    return hashlib.sha256(json.dumps([names, own]).encode()).hexdigest()
