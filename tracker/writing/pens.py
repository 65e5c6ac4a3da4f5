"""Whose turn it is to write. Part of the actions. The pen is a courtesy: it locks nothing."""

from datetime import date, timedelta
from typing import Any

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.models import Activity
from tracker.activity.record import record
from tracker.asks.actions import forget, raise_ask, settle, supersede, take_back
from tracker.database import db
from tracker.dates import PartialDate, earth_day
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.actions import team
from tracker.projects.permissions import lead_project
from tracker.reports.followers import follows_discarding, follows_publicity
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.writing import queries
from tracker.writing.actions import check_open
from tracker.writing.models import Pen

ASK = "writing.pen"
LONGEST = timedelta(days=366)

declare(
    {
        "writing.pen_pass": _l("%(holder)s holds the pen of “%(report)s” until %(on)s, says %(actor)s."),
        "writing.pen_take": _l("%(actor)s holds the pen of “%(report)s” until %(on)s."),
        "writing.pen_done": _l("%(actor)s has laid down the pen of “%(report)s”. Whoever writes next can take it."),
        "writing.pen_refuse": _l("%(actor)s cannot write at “%(report)s” now. The pen is free."),
        "writing.pen_back": _l("%(actor)s took back the pen of “%(report)s”, which %(holder)s held until %(on)s."),
    }
)


def is_over(pen: Pen) -> bool:
    """Whether the day until which it is held has ended everywhere on Earth."""
    return pen.until < earth_day()


def has_left(pen: Pen) -> bool:
    """Whether whoever holds it is no longer of the team or of a partner."""
    project = pen.report.project
    if project is None:
        return True
    places = pen.holder.institution_ids | pen.holder.contact_ids
    return pen.holder not in team(project) and not any(
        partner.institution_id in places and partner.takes_part for partner in project.partners
    )


def may_give(pen: Pen | None, report: Report, actor: Person) -> bool:
    """Whether it is this person's to give: free, in their own hand, or over and they lead."""
    if pen is None or pen.holder_id == actor.id:
        return True
    return may_take_back(pen, report, actor)


def may_take_back(pen: Pen, report: Report, actor: Person) -> bool:
    """The lead's, once the day is over or the holder has left."""
    leads = report.project is not None and lead_project(actor, report.project)
    return leads and pen.holder_id != actor.id and (is_over(pen) or has_left(pen))


def check_day(until: PartialDate) -> date:
    """The last day of `until`. Raises RuleBroken for one that is over, or far away."""
    day, today = until.last_day, earth_day()
    if day < today:
        raise RuleBroken(_("This day is over."))
    if day > today + LONGEST:
        raise RuleBroken(_("Choose a day within a year."))
    return day


def give(report: Report, to: Person, *, until: PartialDate, words: str = "", actor: Person) -> Pen:
    """`to` writes now, until the end of a day anywhere on Earth: taken, passed on, or held longer.

    Project and report are locked by the caller. Raises RuleBroken where it is in another hand, and for somebody who
    is not of the team.
    """
    check_open(report)
    project, pen, day = report.project, queries.pen(report), check_day(until)
    if project is None or (to is not actor and to not in team(project)):
        raise RuleBroken(_("Only somebody of the team can hold the pen."))
    if not may_give(pen, report, actor):
        assert pen is not None
        raise RuleBroken(_("%(name)s holds the pen now. Nothing was changed.", name=pen.holder.name))
    if pen is None:
        pen = Pen(report=report)
        db.session.add(pen)
    elif pen.holder_id != actor.id:
        take_back(pen, ASK)
    elif to is actor:
        supersede(pen, ASK)
    else:
        settle(ASK, pen, "pass", actor=actor, person=str(to.id), until=PartialDate.of(day), words=words)
    pen.holder, pen.holder_id, pen.until, pen.since, pen.given_by = to, to.id, day, clock.now(), actor
    kind = "writing.pen_take" if to is actor else "writing.pen_pass"
    noted = _note(kind, pen, actor=actor, but=to, note=words)
    raise_ask(
        ASK,
        pen,
        to=to,
        about=project,
        network_id=project.network_id,
        actor=actor,
        because=noted,
        due_on=day,
        report=report.label,
        until=day.isoformat(),
        note=words,
        text_path=f"{report.path}/text",
    )
    return pen


def lay_down(pen: Pen, *, words: str = "", actor: Person) -> None:
    """The holder is done. Raises RuleBroken where somebody else holds it by now."""
    _end(pen, "done", "writing.pen_done", words=words, actor=actor)


def refuse(pen: Pen, *, words: str = "", actor: Person) -> None:
    """The holder cannot write now. Raises RuleBroken where somebody else holds it by now."""
    _end(pen, "no", "writing.pen_refuse", words=words, actor=actor)


def take_it_back(pen: Pen, *, actor: Person) -> None:
    """The lead takes it back: its day is over, or its holder has left. Raises RuleBroken."""
    if not may_take_back(pen, pen.report, actor):
        raise RuleBroken(
            _(
                "%(name)s still holds the pen. Ask them; the lead takes it back once the day is over.",
                name=pen.holder.name,
            )
        )
    take_back(pen, ASK)
    _note("writing.pen_back", pen, actor=actor)
    _drop(pen)


@follows_publicity
def let_go(report: Report, actor: Person | None) -> None:
    """What is published nobody writes any more."""
    if report.state is not ReportState.DRAFT:
        drop(report, actor)


@follows_discarding
def drop(report: Report, _actor: Person | None) -> None:
    """Whoever holds the pen of it is asked no more."""
    if pen := queries.pen(report):
        take_back(pen, ASK)
        _drop(pen)


def _end(pen: Pen, choice: str, kind: str, *, words: str, actor: Person) -> None:
    if pen.holder_id != actor.id:
        raise RuleBroken(_("%(name)s holds the pen now. Nothing was changed.", name=pen.holder.name))
    settle(ASK, pen, choice, actor=actor, words=words)
    _note(kind, pen, actor=actor, note=words)
    _drop(pen)


def _drop(pen: Pen) -> None:
    forget(pen)
    db.session.delete(pen)
    db.session.flush()


def _note(kind: str, pen: Pen, *, actor: Person, but: Person | None = None, **details: Any) -> Activity:
    """Tell the team, but not whoever is asked."""
    report = pen.report
    told = [person for person in team(report.project) if person is not but] if report.project else []
    named: dict[str, Any] = {"report": report.label, "report_id": report.id, "holder": pen.holder.name}
    subject = report.project or report
    return record(kind, subject, actor=actor, tell=told, why=Why.TEAM, on=pen.until.isoformat(), **named, **details)
