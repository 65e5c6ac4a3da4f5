"""Titles and abstracts in further languages, and the subjects of a report. Part of the actions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracker.errors import RuleBroken
from tracker.i18n import _, language_name
from tracker.institutions.models import Person
from tracker.reports.changing import change, note
from tracker.reports.models import Report, ReportCountry, ReportGoal, ReportText
from tracker.themes.models import Theme

MOST_TEXTS = 20


def set_texts(report: Report, texts: Sequence[Mapping[str, Any]], *, actor: Person | None, because: str = "") -> None:
    """Set the titles and abstracts in other languages: dicts with `language`, `title`, `abstract` and `is_checked`.

    A text that is new, changed or checked is up to date with the report's own title and abstract of now. Raises
    RuleBroken for a language twice, the report's own, and a text without a title.
    """
    languages = [text["language"] for text in texts]
    if len(texts) > MOST_TEXTS:
        raise RuleBroken(_("A report has at most %(count)s further languages.", count=MOST_TEXTS))
    if report.language in languages:
        raise RuleBroken(_("%(language)s is the report’s own language.", language=language_name(report.language)))
    if len(set(languages)) < len(languages) or not all(text["language"] and text["title"] for text in texts):
        raise RuleBroken(_("Each further language stands once, with its title."))
    held = {text.language: text for text in report.texts}
    wanted = {text["language"]: (text["title"], text.get("abstract", "")) for text in texts}
    now = report.words_digest
    if wanted != {text.language: (text.title, text.abstract) for text in report.texts}:
        with change(report, actor=actor, because=because) as this:
            for tag in held.keys() - wanted.keys():
                report.texts.remove(held[tag])
            for tag, words in wanted.items():
                text = held.get(tag)
                if text is None:
                    text = ReportText(language=tag)
                    report.texts.append(text)
                elif (text.title, text.abstract) == words:
                    continue
                text.title, text.abstract = words
                text.source_digest = now
            this.note("reports.texts", languages=sorted(wanted))
    checked = {text["language"] for text in texts if text.get("is_checked")}
    stale = [text for text in report.texts if text.language in checked and text.source_digest != now]
    for text in stale:  # nothing that anybody reads has changed but the mark: no correction
        text.source_digest = now
    if stale:
        note("reports.still", report, actor=actor, languages=[text.language for text in stale])


def set_subjects(
    report: Report,
    *,
    themes: Sequence[Theme],
    countries: Iterable[str],
    goals: Iterable[int],
    actor: Person | None,
    because: str = "",
) -> None:
    """Set what the report is about: themes, the countries it studies (alpha-2), goals (1 to 17)."""
    places, numbers = sorted(set(countries)), sorted(set(goals))
    same = {theme.id for theme in themes} == {theme.id for theme in report.themes}
    if same and places == sorted(report.countries) and numbers == sorted(report.goals):
        return
    with change(report, actor=actor, because=because) as this:
        report.themes = list(themes)
        held = {link.country: link for link in report.country_links}
        report.country_links = [held.get(country) or ReportCountry(country=country) for country in places]
        aimed = {link.goal: link for link in report.goal_links}
        report.goal_links = [aimed.get(goal) or ReportGoal(goal=goal) for goal in numbers]
        this.note("reports.subjects")
