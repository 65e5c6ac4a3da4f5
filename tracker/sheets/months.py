"""How it is going, as a workbook: what one institution says about this month, a row for each of its projects."""

from collections.abc import Callable, Mapping

from tracker.checkins import actions
from tracker.checkins import queries as checkins
from tracker.checkins.models import CheckIn
from tracker.checkins.states import GOING_LABELS, Going
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.folding import fold
from tracker.i18n import _, format_day, list_and
from tracker.institutions.models import Institution, Person
from tracker.milestones.models import Milestone
from tracker.milestones.states import REASON_LABELS, DelayReason
from tracker.projects.models import Partner
from tracker.sheets import cells, queries
from tracker.sheets.book import Book, Change, Field, Line, Refused
from tracker.sheets.states import SheetKind
from tracker.workbooks import Kind

WORDS_LENGTH = 20_000
NAMES_LENGTH = 2_000


def book(institution: Institution, actor: Person, *, lock: bool = False) -> Book:
    """This month of an institution, as somebody who works there fills it in."""
    partners = queries.partners_of(institution.id, lock)
    said = queries.months_of(partners, checkins.this_month())
    plans = queries.plans_of(partners)
    month = format_day(PartialDate(f"{checkins.this_month():%Y-%m}"))
    goings = {going.value: str(label) for going, label in GOING_LABELS.items()}
    reasons = {reason.value: str(label) for reason, label in REASON_LABELS.items()}
    return Book(
        kind=SheetKind.CHECK_INS,
        subject_id=institution.id,
        name=_("How it is going, %(month)s, %(institution)s", month=month, institution=institution.name),
        title=_("How it is going"),
        back="/me",
        fields=[
            Field("project", _("Project"), width=40, is_locked=True),
            Field("open", _("Open milestones"), width=40, is_locked=True),
            _one_of("going", _("How is it going?"), goings, 16),
            _one_of("reason", _("Reason, where it is slower"), reasons, 26),
            Field("milestone", _("Milestone with a new date"), cells.line(NAMES_LENGTH), width=30),
            Field("due", _("Its new date"), cells.day, cells.say_day, cells.day_cell, Kind.DAY, width=14),
            Field("done", _("Milestones that are done"), cells.line(NAMES_LENGTH), width=30, goes_along=True),
            Field("words", _("In words"), cells.words(WORDS_LENGTH), width=60),
        ],
        lines=[_line(partner, said.get(partner.id), plans.get(partner.id, [])) for partner in partners],
        apply=_apply({partner.id: partner for partner in partners}, said, plans, actor),
        order=lambda change: change.id,
        words=[
            (_("How is it going?"), list_and(goings.values())),
            (_("Reason, where it is slower"), list_and(reasons.values())),
            (_("Milestones"), _("Write them as they stand under “Open milestones”, several with semicolons between.")),
            (_("In words"), _("Those who take part and the coordinators read this.")),
            (_("Rows you leave empty"), _("Nothing is said about their projects.")),
        ],
    )  # fmt: skip


def _one_of(name: str, label: str, labels: Mapping[str, str], width: int) -> Field:
    return Field(
        name, label, cells.one_of(labels), lambda key: labels.get(key, key), width=width, choices=list(labels.values())
    )


def _line(partner: Partner, said: CheckIn | None, plan: list[Milestone]) -> Line:
    project, moved = partner.project, said.milestone if said else None
    values = {
        "project": project.label,
        "open": "; ".join(milestone.name for milestone in checkins.open_ones(plan)),
        "going": said.going.value if said and said.going else "",
        "reason": said.reason.value if said and said.reason else "",
        "milestone": moved.name if moved else "",
        "due": str(moved.due or "") if moved else "",
        "words": said.note.text if said and said.note else "",
    }
    return Line(partner.id, project.label, values)


def _apply(
    partners: Mapping[int, Partner],
    said: Mapping[int, CheckIn],
    plans: Mapping[int, list[Milestone]],
    actor: Person,
) -> Callable[[Change], None]:
    def apply(change: Change) -> None:
        assert change.id is not None
        partner = partners[change.id]
        plan = plans.get(partner.id, [])
        values = {**_line(partner, said.get(partner.id), plan).values, **change.values}
        if not values["going"]:
            raise Refused(_("Say how it is going."), "going")
        milestone = _named(values["milestone"], plan, "milestone")
        done = [_named(name, plan, "done") for name in cells.LISTED.split(change.along.get("done", "")) if name.strip()]
        try:
            actions.answer(
                partner,
                checkins.this_month(),
                Going(values["going"]),
                words=values["words"],
                reason=DelayReason(values["reason"]) if values["reason"] else None,
                milestone=milestone,
                due=PartialDate(values["due"]) if values["due"] else None,
                done=[known for known in done if known is not None],
                actor=actor,
            )
        except RuleBroken as error:
            raise Refused(str(error), _column(values)) from error

    return apply


def _named(name: str, plan: list[Milestone], column: str) -> Milestone | None:
    if not name.strip():
        return None
    found = next((milestone for milestone in plan if fold(milestone.name) == fold(name.strip())), None)
    if found is None:
        raise Refused(_("“%(name)s” is no milestone of this institution here.", name=name.strip()[:80]), column)
    return found


def _column(values: Mapping[str, str]) -> str:
    """Beside which cell a refusal stands."""
    if values["going"] == Going.HELP:
        return "words"
    if values["going"] == Going.SLOWER:
        return "due" if values["due"] or values["milestone"] else "reason"
    return "going"
