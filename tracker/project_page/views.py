from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template

from tracker.access import actor, can, requires
from tracker.activity.kinds import sentence
from tracker.activity.models import Activity
from tracker.activity.queries import history
from tracker.asks.models import Ask
from tracker.balance.meter import SHOWN_WHILE, meter
from tracker.calls.queries import standing
from tracker.checkins import queries as checkin_queries
from tracker.checkins.models import CheckIn
from tracker.database import db
from tracker.events import queries as event_queries
from tracker.ideas import radar
from tracker.milestones import queries as milestone_queries
from tracker.milestones.states import REASON_LABELS, DelayReason
from tracker.newcomers.queries import outside
from tracker.oversight.standing import standing_of
from tracker.paging import paginate
from tracker.project_page.ledger import lines
from tracker.project_page.queries import ledger_of, open_asks
from tracker.project_page.turns import Rows, may_open, whose_turn
from tracker.projects import actions, queries
from tracker.projects.models import Partner, Project
from tracker.projects.requirements import missing
from tracker.projects.states import DECIDES_PROPOSAL, PATH, STATE_LABELS, Commitment, ProjectState, Step
from tracker.reports import queries as report_queries
from tracker.seats import queries as seat_queries
from tracker.terms import queries as term_queries
from tracker.terms.actions import unconfirmed
from tracker.timelines import drawing

bp = Blueprint("project_page", __name__, url_prefix="/projects")
MOST_EVENTS = 6
ABOUT_ASKING = (
    *(f"asks.{what}" for what in ("delegate", "expire", "remind", "withdraw")),
    *(
        f"recruiting.{what}"
        for what in ("invite", "offer", "decline", "turn_down", "lapse", "lapse_offer", "withdraw_invitation")
    ),
    *(f"recruiting.{what}" for what in ("withdraw_offer", "go_on", "go_on_without_offer", "ask_to_lead", "keep_lead")),
    "newcomers.invite",
)


@bp.get("/<int:project_id>")
@requires("view_project", Project, loading=queries.ON_A_PAGE)
def show(project: Project) -> str:
    person = actor()
    follows, leads = can("follow_project", project), can("lead_project", project)
    plan = milestone_queries.plan(project)
    terms = term_queries.latest(project) if follows else None
    asks = open_asks(project, person)
    unions = radar.of_page(project, person)
    rows = _subjects(project, *project.partners, *plan, *(terms.replies if terms else ()), *unions.open)
    steps = _steps(project, asks)
    forward = next((step for step in steps if step.is_forward), None)
    call = standing(project, person) if project.state is ProjectState.RECRUITING else None
    going = _going(project) if follows else []
    said = {known.note_id for known in going}  # shown among the answers, not once more among the notes
    return render_template(
        "project_page/show.html",
        project=project,
        follows=follows,
        works=can("work_on_project", project),
        leads=leads,
        shown=[partner for partner in project.partners if leads or partner.takes_part or _is_own(partner)],
        outside=outside(project) if follows else set(),
        seats=seat_queries.fillings_of(project.id),
        call=call,
        offers=can("offer_to_join", project) and call is not None and call.is_open,
        meter=meter(project, leads=leads) if follows and project.state in SHOWN_WHILE else None,
        unions=unions,
        alike=radar.beside(project, person),
        plan=plan,
        timeline=drawing.of_plan(project, plan),
        notes=[note for note in milestone_queries.notes(project, person) if note.id not in said],
        going=going,
        own=_own_partners(project),
        silent=_silent(project, going) if leads else [],
        reports=report_queries.of_project(project, person),
        meetings=event_queries.of_project(project, person),
        terms=terms,
        unconfirmed=unconfirmed(project, terms) if follows else [],
        oversight=standing_of(project) if can("view_oversight", project) else None,
        turn=whose_turn(project, person, plan=plan, asks=asks, rows=rows),
        asked=_asked_of_partners(asks, rows),
        life=_life(project),
        forward=forward,
        still=[(item.sentence, item.path) for item in missing(project, forward.name)] if forward else [],
        steps=[step for step in steps if step is not forward],
        events=_events(project, leads) if follows else [],
    )


@bp.get("/<int:project_id>/history")
@requires("follow_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def whole_history(project: Project) -> str:
    page = paginate(_told_to(project, can("lead_project", project)), 50)
    events = [_told(row) for row in page.items]
    return render_template("project_page/history.html", project=project, page=page, events=events)


@bp.get("/<int:project_id>/ledger")
@requires("follow_project", Project, loading=queries.ON_A_PAGE, seen_by="view_project")
def ledger(project: Project) -> str:
    """Who committed to what, when, and who said so."""
    leads = can("lead_project", project)
    entries, seats = ledger_of(project.id), seat_queries.fillings_of(project.id)
    found = lines(project, entries, seats, leads=leads, is_own=_is_own)
    return render_template("project_page/ledger.html", project=project, lines=found, leads=leads)


def _subjects(*rows: Any) -> Rows:
    """What questions about a project are about, by table and id: nothing is read again to know who may open one."""
    return {(row.__tablename__, row.id): row for row in rows}


def _asked_of_partners(asks: list[tuple[Ask, bool]], rows: Rows) -> dict[int, tuple[Ask, bool]]:
    """By partner: the open question to or from it that the reader may open, and whether it waits for the reader."""
    return {
        ask.subject_id: (ask, mine)
        for ask, mine in asks
        if ask.subject_type == Partner.__tablename__ and (mine or may_open(ask, actor(), rows))
    }


def _steps(project: Project, asks: list[tuple[Ask, bool]]) -> list[Step]:
    """The buttons of the page. What a question of the page decides has no second button."""
    steps = actions.open_steps(project, actor())
    if any(ask.kind == "projects.proposal" for ask, mine in asks if mine):
        return [step for step in steps if step.name not in DECIDES_PROPOSAL]
    return steps


def _life(project: Project) -> list[tuple[str, Any]]:
    states = list(PATH)
    if project.state is ProjectState.STOPPED:
        states.append(ProjectState.STOPPED)
    return [(state, STATE_LABELS[state]) for state in states]


def _is_own(partner: Partner) -> bool:
    """Whoever answers for a partner, or asked for it to join, sees where that stands."""
    person = actor()
    return person is not None and (can("answer_for_partner", partner) or partner.asked_by_id == person.id)


def _going(project: Project) -> list[CheckIn]:
    """What each partner said last, while the project is under way."""
    if project.state not in checkin_queries.GOES_ON:
        return []
    return checkin_queries.latest_of([project.id]).get(project.id, [])


def _silent(project: Project, going: list[CheckIn]) -> list[Partner]:
    """The partners that have said nothing this month, of a project under way."""
    if project.state not in checkin_queries.GOES_ON:
        return []
    heard = {known.partner_id for known in going if known.month == checkin_queries.this_month()}
    agreed = (partner for partner in project.partners if partner.commitment is Commitment.AGREED)
    return [partner for partner in agreed if partner.id not in heard]


def _own_partners(project: Project) -> list[Partner]:
    """The partners at which the reader works, of a project under way."""
    person = actor()
    if person is None or project.state not in checkin_queries.GOES_ON:
        return []
    places = person.institution_ids | person.contact_ids
    return [
        partner
        for partner in project.partners
        if partner.commitment is Commitment.AGREED
        and (partner.institution_id in places or partner.network_id in person.coordinated_ids)
    ]


def _told_to(project: Project, leads: bool) -> sa.Select[Activity]:
    """The history; who was asked and said no is for the lead and the coordinators, and the monthly round is none."""
    rows = history("project", project.id).where(Activity.kind != "checkins.ask")
    return rows if leads else rows.where(Activity.kind.not_in(ABOUT_ASKING))


def _events(project: Project, leads: bool) -> list[tuple[Activity, str, str]]:
    rows = db.session.scalars(_told_to(project, leads).limit(MOST_EVENTS)).all()
    return [_told(row) for row in rows]


def _told(row: Activity) -> tuple[Activity, str, str]:
    """A row, its sentence, and the words somebody gave with it that the sentence does not hold already."""
    said = sentence(row.kind, row.actor_name, row.details)
    given = [str(row.details[name]) for name in ("reason", "note", "words") if row.details.get(name)]
    if (delay := row.details.get("delay")) in set(DelayReason):
        given.insert(0, str(REASON_LABELS[DelayReason(delay)]))
    return row, said, ": ".join(words for words in given if words not in said)
