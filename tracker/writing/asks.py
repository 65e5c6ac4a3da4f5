"""What writing asks: whoever holds the pen, that it is their turn."""

from collections.abc import Mapping
from typing import Any

from tracker.asks.kinds import Choice, Kind, Shown, day, declare, one_of, words
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day
from tracker.institutions.models import Person
from tracker.projects.actions import team
from tracker.projects.permissions import lead_project
from tracker.writing import pens, queries
from tracker.writing.models import Pen


def _team(pen: Pen | None) -> dict[str, str]:
    """Everybody of the team, the holder too: whoever needs longer names themselves."""
    project = pen.report.project if pen is not None else None
    return {str(person.id): person.name for person in team(project)} if project is not None else {}


def _shown(pen: Pen) -> Shown:
    facts = [(_("Report"), pen.report.label), (_("Until"), format_day(pen.until, weekday=True))]
    if pen.given_by is not None and pen.given_by is not pen.holder:
        facts.append((_("Passed on by"), pen.given_by.name))
    return Shown(facts, path=f"{pen.report.path}/text")


def _pass(pen: Pen, *, actor: Person, person: str, until: PartialDate, words: str = "") -> None:
    _demand_holder(pen, actor)
    project = pen.report.project
    to = next((known for known in team(project) if str(known.id) == person), None) if project else None
    if to is None:
        raise RuleBroken(_("Only somebody of the team can hold the pen."))
    pens.give(pen.report, to, until=until, words=words, actor=actor)


def _demand_holder(pen: Pen, actor: Person) -> None:
    if pen.holder_id != actor.id:
        raise RuleBroken(_("%(name)s holds the pen now. Nothing was changed.", name=pen.holder.name))


def _check_pass(_pen: Pen, values: Mapping[str, Any]) -> dict[str, str]:
    try:
        pens.check_day(values["until"])
    except RuleBroken as error:
        return {"until": str(error)}
    return {}


declare(
    Kind(
        name=pens.ASK,
        label=_l("pen"),
        load=queries.pen_for_ask,
        question=_l("It is your turn to write: you hold the pen."),
        meaning=_l(
            "The pen says whose turn it is. It locks nothing: others can still write, but know that you are at it."
            " When you are done, pass it on or lay it down."
        ),
        choices=(
            Choice(
                "done", _l("I am done"), _l("%(for)s has laid down the pen."), pens.lay_down, fields=(words("words"),)
            ),
            Choice(
                "no",
                _l("Not me, or not now"),
                _l("%(for)s cannot write now. The pen is free."),
                pens.refuse,
                fields=(words("words"),),
                tone="quiet",
            ),
            Choice(
                "pass",
                _l("Pass the pen on"),
                _l("%(for)s has passed the pen on."),
                _pass,
                fields=(
                    one_of("person", _l("To whom?"), _team),
                    day("until", _l("Until when?")),
                    words("words", _l("A few words to them")),
                ),
                tone="quiet",
                check=_check_pass,
            ),
        ),
        mail="writing/mail/pen.txt",
        waiting=_l("Somebody of the team is writing."),
        waiting_for=_l("It is the turn of %(for)s to write: they hold the pen."),
        shows=_shown,
        reminders=(-2, 2, 9),
        keeps=lambda actor, pen: pen.report.project is not None and lead_project(actor, pen.report.project),
        is_delegable=False,
        is_withdrawable=False,
    )
)
