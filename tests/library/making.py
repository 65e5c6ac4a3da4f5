"""Published reports for the tests of the library, made at once."""

from tracker.dates import PartialDate
from tracker.reports import actions
from tracker.reports.models import Report, ReportAuthor, ReportCountry, ReportGoal, ReportText
from tracker.reports.states import ReportKind, ReportState

_numbers = iter(range(1, 1_000_000))


def published(title, *, texts=None, themes=(), countries=(), goals=(), year="2021", place=None, **fields) -> Report:
    """A published report of no project; `texts`: (title, abstract) by language; `place`: its author's institution."""
    fields = {"language": "en", "kind": ReportKind.REPORT, "published_on": PartialDate(year), **fields}
    authors = fields.pop("authors", [{"name": "Ana Cruz", "sort_name": "Cruz, Ana"}])
    fields |= {"import_key": f"made {next(_numbers)}", "state": ReportState.PUBLISHED, "title": title}
    report = actions.import_report(None, fields=fields, authors=authors, actor=None)
    report.texts = [
        ReportText(language=language, title=name, abstract=abstract)
        for language, (name, abstract) in (texts or {}).items()
    ]
    report.themes = list(themes)
    report.country_links = [ReportCountry(country=code) for code in countries]
    report.goal_links = [ReportGoal(goal=goal) for goal in goals]
    if place is not None:
        author: ReportAuthor = report.authors[0]
        author.institution_id = place.id
    actions.public_changed(report, None)
    return report
