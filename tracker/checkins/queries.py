from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker import clock
from tracker.asks.models import IS_OPEN, Ask
from tracker.checkins.models import CheckIn
from tracker.checkins.states import ASK
from tracker.database import db, locked
from tracker.dates import add_months, earth_day
from tracker.milestones.models import Milestone
from tracker.milestones.planning import ASK as MILESTONE_ASK
from tracker.milestones.states import MilestoneState
from tracker.projects.models import Partner, Project, Transition
from tracker.projects.queries import FOR_ASK
from tracker.projects.states import LEADING, Commitment, ProjectState

GOES_ON = frozenset({ProjectState.RUNNING, ProjectState.REVIEW})
ASKED_UNTIL = 10  # the day of the month; whoever could not be asked by then is asked next month
LEFT_ALONE = timedelta(days=25)  # after the start, or after work was taken up again
NEAR = timedelta(days=7)  # a milestone about which a partner is asked is due by then: one question a week

FOR_DISPLAY = (
    joinedload(CheckIn.partner).options(joinedload(Partner.institution), joinedload(Partner.network)),
    joinedload(CheckIn.note),
    joinedload(CheckIn.milestone),
)
"""What a list shows of an answer: whose it is, its words, the milestone that has a new date."""


def this_month() -> date:
    """The first day of the month that it is, in UTC."""
    return clock.today().replace(day=1)


def last_month() -> date:
    return add_months(this_month(), -1)


# --- for other pages ----------------------------------------------------------------------------------------


def latest_of(project_ids: Iterable[int]) -> dict[int, list[CheckIn]]:
    """By project: the newest answer of each of its partners, in the order of the partners. One query.

    Loaded for display: `partner.name`, `going`, `going_label`, `of` (the month), `reason_label`, `words` and
    `note` (Markdown, HTML, language), `milestone`, `answered_by_name`. Projects nobody spoke about are left out.
    """
    ids = list(project_ids)
    newest = (
        sa.select(CheckIn.partner_id, sa.func.max(CheckIn.month).label("month"))
        .where(CheckIn.project_id.in_(ids), CheckIn.going.is_not(None))
        .group_by(CheckIn.partner_id)
        .subquery()
    )
    query = (
        sa.select(CheckIn)
        .join(newest, (CheckIn.partner_id == newest.c.partner_id) & (CheckIn.month == newest.c.month))
        .join(CheckIn.partner)
        .options(*FOR_DISPLAY)
        .order_by(Partner.position, Partner.id)
    )
    found: dict[int, list[CheckIn]] = defaultdict(list)
    for check_in in db.session.scalars(query) if ids else ():
        found[check_in.project_id].append(check_in)
    return dict(found)


def answers(network_ids: Iterable[int], month: date) -> sa.Select[CheckIn]:
    """What the partners of these networks' projects were asked, or said unasked, about a month (any day of it).

    Those who need help first, then the slower ones, those on track, and last who has not answered (`going` None).
    Loaded for display, with its project.
    """
    order = sa.case({"help": 0, "slower": 1, "on-track": 2}, value=CheckIn.going, else_=3)
    return (
        sa.select(CheckIn)
        .join(CheckIn.project)
        .where(CheckIn.month == month.replace(day=1), Project.network_id.in_(list(network_ids)))
        .options(*FOR_DISPLAY, joinedload(CheckIn.project))
        .order_by(order, CheckIn.answered_at.desc(), CheckIn.id)
    )


# --- one partner's month ------------------------------------------------------------------------------------


def of_partner(partner: Partner, month: date) -> CheckIn | None:
    """What a partner was asked, or said, about a month."""
    query = sa.select(CheckIn).where(CheckIn.partner_id == partner.id, CheckIn.month == month)
    return db.session.scalars(query.options(joinedload(CheckIn.note))).first()


def own_milestones(partner: Partner) -> list[Milestone]:
    """The milestones a partner speaks about, whatever their state, soonest first: its own, and where it leads those
    that are nobody's in particular."""
    ways = [Milestone.partner_id == partner.id]
    if partner.role in LEADING:
        ways.append(Milestone.partner_id.is_(None) & Milestone.person_id.is_(None))
    query = (
        sa.select(Milestone)
        .where(Milestone.project_id == partner.project_id, sa.or_(*ways))
        .options(selectinload(Milestone.must_follow))
        .order_by(Milestone.last_day.asc().nulls_last(), Milestone.id)
    )
    return list(db.session.scalars(query))


def open_ones(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Those that are neither done nor dropped."""
    return [milestone for milestone in milestones if milestone.state is MilestoneState.PLANNED]


def for_ask(check_in_id: int, *, lock: bool) -> CheckIn | None:
    """A partner's month with what the page that asks about it shows; for an answer locked, after its project."""
    project_id = db.session.scalar(sa.select(CheckIn.project_id).where(CheckIn.id == check_in_id))
    project = db.session.get(Project, project_id, options=FOR_ASK, **locked(Project, lock)) if project_id else None
    if project is None:
        return None
    check_in = db.session.get(CheckIn, check_in_id, options=FOR_DISPLAY, **locked(CheckIn, lock))
    if check_in is not None:
        set_committed_value(check_in, "project", project)  # else nothing holds it, and it is read again
        set_committed_value(check_in.partner, "project", project)
        check_in.own_milestones = own_milestones(check_in.partner)
    return check_in


def last_words(check_in: CheckIn) -> CheckIn | None:
    """What the same partner said last before this month."""
    query = sa.select(CheckIn).where(
        CheckIn.partner_id == check_in.partner_id, CheckIn.month < check_in.month, CheckIn.going.is_not(None)
    )
    return db.session.scalars(query.options(joinedload(CheckIn.note)).order_by(CheckIn.month.desc()).limit(1)).first()


# --- for the worker -----------------------------------------------------------------------------------------


def to_look_after(limit: int) -> tuple[list[int], list[int]]:
    """(ids of the partners to ask about this month, ids of the check-ins whose question has become pointless)."""
    found = db.session.execute(sa.union_all(_to_ask(), _pointless()).limit(limit)).all()
    return [row[0] for row in found if row[1]], [row[0] for row in found if not row[1]]


def _to_ask() -> sa.Select[int, int]:
    """Partners that agreed, of projects under way, with a record, which nobody has asked about this month."""
    this, today = this_month(), clock.today()
    lately = sa.exists().where(
        Transition.project_id == Project.id,
        Transition.step.in_(("start", "resume")),
        Transition.at > clock.now() - LEFT_ALONE,
    )
    asked_anyway = sa.exists().where(
        Ask.about_type == Project.__tablename__,
        Ask.about_id == Project.id,
        IS_OPEN,
        Ask.kind == MILESTONE_ASK,
        Ask.addressee_type == "institution",
        Ask.addressee_id == Partner.institution_id,
        Ask.due_on.between(earth_day(), earth_day() + NEAR),
    )
    known = sa.exists().where(CheckIn.partner_id == Partner.id, CheckIn.month == this)
    return (
        sa.select(Partner.id, sa.literal(1))
        .select_from(Project)
        .join(Partner, Partner.project_id == Project.id)
        .where(
            sa.literal(int(today.day <= ASKED_UNTIL)) == 1,  # else nothing is read
            Project.state.in_(GOES_ON),
            Partner.commitment == Commitment.AGREED,
            Partner.institution_id.is_not(None) | Partner.network_id.is_not(None),
            ~known,
            ~lately,
            ~asked_anyway,
        )
    )


def _pointless() -> sa.Select[int, int]:
    """Open questions about projects that rest or are over, to partners that left, or about a month long over."""
    oldest = last_month() if clock.today().day <= ASKED_UNTIL else this_month()
    return (
        sa.select(CheckIn.id, sa.literal(0))
        .select_from(Ask)
        .join(CheckIn, CheckIn.id == Ask.subject_id)
        .join(Partner, Partner.id == CheckIn.partner_id)
        .join(Project, Project.id == CheckIn.project_id)
        .where(
            Ask.kind == ASK,
            Ask.subject_type == CheckIn.__tablename__,
            IS_OPEN,
            Project.state.not_in(GOES_ON) | (Partner.commitment != Commitment.AGREED) | (CheckIn.month < oldest),
        )
    )


def partners_held(ids: list[int]) -> list[Partner]:
    """These partners with their projects, which are locked; none whose project somebody else holds."""
    if not ids:
        return []
    projects = _held(sa.select(Partner.project_id).where(Partner.id.in_(ids)))
    return [partner for project in projects for partner in project.partners if partner.id in ids]


def check_ins_held(ids: list[int]) -> list[CheckIn]:
    """These check-ins, their projects locked; none whose project somebody else holds."""
    if not ids:
        return []
    projects = {project.id for project in _held(sa.select(CheckIn.project_id).where(CheckIn.id.in_(ids)))}
    rows = db.session.scalars(sa.select(CheckIn).where(CheckIn.id.in_(ids)).order_by(CheckIn.id))
    return [row for row in rows if row.project_id in projects]


def _held(ids: sa.Select[int]) -> list[Project]:
    query = sa.select(Project).where(Project.id.in_(ids)).options(*FOR_ASK).order_by(Project.id)
    locking = query.with_for_update(of=Project, skip_locked=True).execution_options(populate_existing=True)
    return list(db.session.scalars(locking))


def unanswered(partner: Partner, before: date) -> list[CheckIn]:
    """The earlier months a partner was asked about and has said nothing about, of the last year."""
    query = sa.select(CheckIn).where(
        CheckIn.partner_id == partner.id,
        CheckIn.month < before,
        CheckIn.month >= add_months(before, -12),
        CheckIn.going.is_(None),
        CheckIn.asked_at.is_not(None),
    )
    return list(db.session.scalars(query))
