"""What the rows of the board show beside what they are: each for all rows of a page at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.activity.models import Delivery
from tracker.activity.states import Sort
from tracker.asks.addressees import ROLES
from tracker.asks.models import IS_OPEN, Ask
from tracker.board.queries import IN_A_LIST, seeking_since
from tracker.calls.models import Call
from tracker.checkins.models import CheckIn
from tracker.checkins.queries import FOR_DISPLAY
from tracker.database import db
from tracker.i18n import _, list_and
from tracker.institutions.models import Contact, Coordinator, Person
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.states import MilestoneState
from tracker.oversight.computed import help_in_months, help_with_milestones
from tracker.projects.actions import two_countries
from tracker.projects.models import Project, ProjectMember
from tracker.terms.models import Terms

MOST_ASKS = 3  # of one project, in its row
WEEK = timedelta(days=7)


# --- who answers, what was said -----------------------------------------------------------------------------


def answering(asks: Iterable[Ask]) -> dict[int, list[Person]]:
    """By ask: who can answer it now, whom it was handed to first. A few queries, however many asks there are."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for ask in asks:
        wanted[ask.addressee_type].add(ask.addressee_id)
    seats: dict[tuple[str, int], list[Person]] = {}
    for role, ids in wanted.items():
        many = _MANY.get(role)
        held = many(ids) if many else {known: ROLES[role].people(known) for known in ids}
        seats.update({(role, known): people for known, people in held.items()})
    return {
        ask.id: list(
            dict.fromkeys(
                [
                    *([ask.delegated_to] if ask.delegated_to else []),
                    *seats.get((ask.addressee_type, ask.addressee_id), []),
                ]
            )
        )
        for ask in asks
    }


def _people(ids: set[int]) -> dict[int, list[Person]]:
    return {person.id: [person] for person in db.session.scalars(sa.select(Person).where(Person.id.in_(ids)))}


def _contacts(ids: set[int]) -> dict[int, list[Person]]:
    held = db.session.scalars(
        sa.select(Contact)
        .where(Contact.institution_id.in_(ids), Contact.until.is_(None))
        .options(joinedload(Contact.person).selectinload(Person.affiliations))
        .order_by(Contact.place)
    )
    return _gathered((contact.institution_id, contact.person) for contact in held if contact.answers)


def _coordinators(ids: set[int]) -> dict[int, list[Person]]:
    held = db.session.scalars(
        sa.select(Coordinator)
        .where(Coordinator.network_id.in_(ids), Coordinator.until.is_(None))
        .options(joinedload(Coordinator.person))
        .order_by(Coordinator.id)
    )
    return _gathered((place.network_id, place.person) for place in held)


def _leads(ids: set[int]) -> dict[int, list[Person]]:
    held = db.session.scalars(
        sa.select(ProjectMember)
        .where(ProjectMember.project_id.in_(ids), ProjectMember.is_lead, ProjectMember.left_at.is_(None))
        .options(joinedload(ProjectMember.person))
        .order_by(ProjectMember.id)
    )
    return _gathered((member.project_id, member.person) for member in held)


def _gathered(rows: Iterable[tuple[int, Person]]) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    for known, person in rows:
        found[known].append(person)
    return found


_MANY = {"person": _people, "institution": _contacts, "network": _coordinators, "project": _leads}


def moves(milestones: Iterable[Milestone]) -> dict[int, list[DateChange]]:
    """By milestone: how its date has moved, earliest first."""
    ids = [milestone.id for milestone in milestones]
    found: dict[int, list[DateChange]] = defaultdict(list)
    if ids:
        changes = sa.select(DateChange).where(DateChange.milestone_id.in_(ids)).order_by(DateChange.id)
        for change in db.session.scalars(changes):
            found[change.milestone_id].append(change)
    return found


def reminded(people: Iterable[Person]) -> dict[int, int]:
    """By person: how many mails with a reminder they got in the last seven days."""
    ids = {person.id for person in people}
    rows = db.session.execute(
        sa.select(Delivery.recipient_id, sa.func.count())
        .where(
            Delivery.recipient_id.in_(ids),
            Delivery.created_at > clock.now() - WEEK,
            Delivery.sort == Sort.REMINDER,
            Delivery.is_held.is_(False),
            Delivery.withdrawn_at.is_(None),
        )
        .group_by(Delivery.recipient_id)
    )
    return {person_id: number for person_id, number in rows if person_id is not None}


# --- projects -----------------------------------------------------------------------------------------------


def about(projects: Iterable[Project]) -> dict[int, list[Ask]]:
    """By project: what is asked of others there now, the most urgent first; at most MOST_ASKS of each."""
    ids = [project.id for project in projects]
    place = sa.func.row_number().over(partition_by=Ask.about_id, order_by=(Ask.due_on, Ask.id)).label("place")
    ranked = (
        sa.select(Ask.id, place)
        .where(IS_OPEN, Ask.about_type == Project.__tablename__, Ask.about_id.in_(ids), Ask.addressee_type != "network")
        .subquery()
    )
    query = sa.select(Ask).join(ranked, ranked.c.id == Ask.id).where(ranked.c.place <= MOST_ASKS).options(*IN_A_LIST)
    found: dict[int, list[Ask]] = defaultdict(list)
    for ask in db.session.scalars(query.order_by(Ask.due_on, Ask.id)):
        found[ask.about_id].append(ask)
    return found


def seeking(projects: Iterable[Project]) -> dict[int, tuple[datetime, date | None]]:
    """By project: since when it seeks partners, and the last day of its call, if it has one."""
    ids = [project.id for project in projects]
    rows = db.session.execute(
        sa.select(Project.id, seeking_since(), Call.closes_on)
        .outerjoin(Call, Call.project_id == Project.id)
        .where(Project.id.in_(ids))
    )
    return {project_id: (since, closes_on) for project_id, since, closes_on in rows}


def calls_for_help(projects: Iterable[Project]) -> dict[int, list[str]]:
    """By project: who asked for help, and in what words, the oldest first; only what is still open."""
    ids = [project.id for project in projects]
    asked = db.session.execute(
        sa.select(Ask, Milestone)
        .join(Milestone, (Ask.subject_id == Milestone.id) & (Ask.subject_type == Milestone.__tablename__))
        .where(Milestone.project_id.in_(ids), *help_with_milestones())
        .options(selectinload(Ask.answers))
        .order_by(Ask.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for ask, milestone in asked:
        words = str(ask.answer.values.get("words", "")) if ask.answer is not None else ""
        found[milestone.project_id].append(
            _(
                "%(name)s, about “%(milestone)s”: %(words)s",
                name=ask.addressee_name,
                milestone=milestone.name,
                words=words,
            )
        )
    months = sa.select(CheckIn).where(CheckIn.project_id.in_(ids), *help_in_months()).options(*FOR_DISPLAY)
    for said in db.session.scalars(months.order_by(CheckIn.id)):
        found[said.project_id].append(_("%(name)s: %(words)s", name=said.partner.name, words=said.words))
    return dict(found)


def missing_to_start(projects: Iterable[Project]) -> dict[int, list[str]]:
    """By project: what `requirements.missing` says of its start, for many at a fixed number of queries."""
    projects = list(projects)
    ids = [project.id for project in projects]
    dated = set(
        db.session.scalars(
            sa.select(Milestone.project_id)
            .where(
                Milestone.project_id.in_(ids),
                Milestone.state != MilestoneState.DROPPED,
                Milestone.last_day.is_not(None),
            )
            .distinct()
        )
    )
    terms = _newest_terms(ids)
    return {
        project.id: [
            *(item.sentence for item in two_countries(project)),
            *_of_terms(project, terms.get(project.id)),
            *([] if project.id in dated else [_("Make a plan: at least one milestone with a date.")]),
        ]
        for project in projects
    }


def _newest_terms(ids: list[int]) -> dict[int, Terms]:
    newest = (
        sa.select(Terms.project_id, sa.func.max(Terms.number).label("number"))
        .where(Terms.project_id.in_(ids))
        .group_by(Terms.project_id)
        .subquery()
    )
    query = (
        sa.select(Terms)
        .join(newest, (newest.c.project_id == Terms.project_id) & (newest.c.number == Terms.number))
        .options(selectinload(Terms.replies))
    )
    return {terms.project_id: terms for terms in db.session.scalars(query)}


def _of_terms(project: Project, terms: Terms | None) -> list[str]:
    if terms is None:
        return [_("Write the terms: one page on who does what.")]
    done = {confirmation.partner_id for confirmation in terms.confirmations}
    waiting = [partner.name for partner in project.committed if partner.id not in done]
    return [_("The terms still need to be confirmed by %(names)s.", names=list_and(waiting))] if waiting else []
