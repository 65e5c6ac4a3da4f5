"""What uses ask: each institution that took part, whether it knows of a use."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tracker import clock
from tracker.asks.kinds import Choice, Kind, Shown, day, declare, one_of, words
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day, format_number
from tracker.identifiers import website
from tracker.institutions.models import Person
from tracker.languages import is_language
from tracker.milestones.actions import check_it_has_come
from tracker.projects.permissions import lead_project
from tracker.reports.states import ReportState
from tracker.uses import actions, inquiries, queries
from tracker.uses.models import UseInquiry
from tracker.uses.states import USE_LABELS, UseKind

KINDS = {kind.value: label for kind, label in USE_LABELS.items()}


def _shown(inquiry: UseInquiry) -> Shown:
    report = inquiry.report
    known = queries.number_of_uses(report)
    facts = [
        (_("Report"), report.label),
        (_("Published on"), format_day(PartialDate.of(report.published_at.date())) if report.published_at else ""),
        (_("Uses known so far"), format_number(known) if known else _("none yet")),
    ]
    return Shown(facts, path=f"{report.path}/uses")


def _yes(
    inquiry: UseInquiry, *, actor: Person, kind: str, on: PartialDate | str = "", words: str = "", link: str = ""
) -> None:
    inquiry.answered_at, inquiry.knows_none = clock.now(), False
    spoken = actor.interface_language
    actions.say(
        inquiry.report,
        kind=UseKind(kind),
        on=_day(on),
        words=words,
        language=spoken if is_language(spoken) else "en",
        link=website(link) if link else "",
        institution=inquiry.institution,
        actor=actor,
    )


def _check(_inquiry: UseInquiry, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, beside its field: the day, the address, or that nothing says how it was used."""
    wrong = {}
    try:
        check_it_has_come(_day(values.get("on", "")))
    except RuleBroken as error:
        wrong["on"] = str(error)
    try:
        if len(website(values["link"]) if values.get("link") else "") > queries.LINK_LENGTH:
            wrong["link"] = _("This address is too long.")
    except ValueError as error:
        wrong["link"] = str(error)
    if not (values.get("words") or values.get("link")):
        wrong["words"] = _("Say it in words, or give a link.")
    return wrong


def _day(given: PartialDate | str) -> PartialDate:
    return given if isinstance(given, PartialDate) else PartialDate.of(clock.today())


declare(
    Kind(
        name=inquiries.ASK,
        label=_l("use of a report"),
        load=queries.inquiry_for_ask,
        question=_l("Do you know of a use of this report?"),
        meaning=_l(
            "Cited in a plan, asked for by a ministry, presented, in the media, translated: one example is enough, and"
            " everybody reads it on the page of the report. “None known” is a good answer too."
        ),
        choices=(
            Choice(
                "none",
                _l("None known"),
                _l("%(for)s knows of no use so far."),
                inquiries.answer_none,
                fields=(words("words"),),
                tone="quiet",
            ),
            Choice(
                "yes",
                _l("Yes, it was used"),
                _l("%(for)s told of a use."),
                _yes,
                fields=(
                    one_of("kind", _l("How was it used?"), KINDS),
                    day("on", _l("When?"), required=False, is_today=True),
                    words("words", _l("In a few words")),
                    words("link", _l("Link"), hint=_l("The address of a page that shows it.")),
                ),
                check=_check,
            ),
        ),
        changes={("none", "yes"): _yes},
        can_change=lambda inquiry: inquiry.report.state is ReportState.PUBLISHED,
        mail="uses/mail/inquiry.txt",
        waiting=_l("Waiting to hear from a partner whether the report was used."),
        waiting_for=_l("Waiting for %(for)s to say whether it knows of a use."),
        shows=_shown,
        due_in=timedelta(days=21),
        lasts=timedelta(days=90),
        reminders=(2,),
        keeps=lambda actor, inquiry: inquiry.report.project is not None and lead_project(actor, inquiry.report.project),
        is_by_calendar=True,
    )
)
