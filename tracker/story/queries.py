"""The rows a story is told from: one SELECT for each sort, however long the project lasted."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from tracker.activity.models import Activity
from tracker.checkins.models import CheckIn
from tracker.clock import today
from tracker.database import db
from tracker.events.models import Event, event_project, event_report
from tracker.events.permissions import visible_to
from tracker.institutions.models import Person
from tracker.milestones.models import DateChange, Milestone, ProgressNote
from tracker.milestones.permissions import notes_visible_to
from tracker.milestones.states import MilestoneState
from tracker.projects.models import LedgerEntry, Partner, Project
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.terms.models import Confirmation, Terms
from tracker.uses.models import Use

MOST_READ = 3000  # rows of one sort; no project has come near it

FOR_STORY = (
    joinedload(Project.network),
    selectinload(Project.partners).joinedload(Partner.institution),
    selectinload(Project.partners).joinedload(Partner.network),
    selectinload(Project.members),
    selectinload(Project.transitions),
)
"""What the permissions ask, and the steps that the project has taken."""


def ledger(project: Project) -> list[LedgerEntry]:
    """Who committed to what, in order."""
    query = sa.select(LedgerEntry).join(LedgerEntry.partner).where(Partner.project_id == project.id)
    return list(db.session.scalars(query.order_by(LedgerEntry.id).limit(MOST_READ)))


def terms(project: Project) -> list[Terms]:
    """Every version of the terms, with whoever confirmed it."""
    query = (
        sa.select(Terms)
        .where(Terms.project_id == project.id)
        .options(
            load_only(Terms.id, Terms.number, Terms.written_at),
            joinedload(Terms.written_by),
            selectinload(Terms.replies).options(load_only(Confirmation.at, Confirmation.partner_id)),
        )
    )
    return list(db.session.scalars(query.order_by(Terms.number).limit(MOST_READ)))


def done(project: Project) -> list[Milestone]:
    """The milestones that were reached."""
    query = sa.select(Milestone).where(Milestone.project_id == project.id, Milestone.state == MilestoneState.DONE)
    query = query.options(joinedload(Milestone.partner).options(joinedload(Partner.institution)))
    return list(db.session.scalars(query.order_by(Milestone.id).limit(MOST_READ)))


def moves(project: Project) -> list[DateChange]:
    """Every date that moved."""
    query = (
        sa.select(DateChange)
        .join(DateChange.milestone)
        .where(Milestone.project_id == project.id)
        .options(joinedload(DateChange.milestone), joinedload(DateChange.person))
    )
    return list(db.session.scalars(query.order_by(DateChange.id).limit(MOST_READ)))


def drops(project: Project) -> list[Activity]:
    """Each time a milestone was dropped."""
    query = sa.select(Activity).where(
        Activity.subject_type == "project", Activity.subject_id == project.id, Activity.kind == "milestones.drop"
    )
    return list(db.session.scalars(query.order_by(Activity.id).limit(MOST_READ)))


def notes(project: Project, actor: Person | None) -> list[ProgressNote]:
    """The notes this person may read; none that was withdrawn."""
    query = (
        sa.select(ProgressNote)
        .where(
            ProgressNote.project_id == project.id,
            notes_visible_to(actor, project),
            ProgressNote.withdrawn_at.is_(None),
        )
        .options(joinedload(ProgressNote.author), joinedload(ProgressNote.milestone), selectinload(ProgressNote.files))
    )
    return list(db.session.scalars(query.order_by(ProgressNote.id).limit(MOST_READ)))


def check_ins(project: Project) -> list[CheckIn]:
    """What each partner said month by month."""
    query = sa.select(CheckIn).where(CheckIn.project_id == project.id, CheckIn.going.is_not(None))
    return list(db.session.scalars(query.order_by(CheckIn.id).limit(MOST_READ)))


def reports(project: Project, *, with_drafts: bool) -> list[Report]:
    """The reports: published ones, and the others where their reader follows the project."""
    query = sa.select(Report).where(Report.project_id == project.id)
    if not with_drafts:
        query = query.where(Report.state == ReportState.PUBLISHED)
    return list(db.session.scalars(query.order_by(Report.id).limit(MOST_READ)))


def events(project: Project, actor: Person | None) -> list[Event]:
    """The meetings so far of the project or of one of its reports that this person may see."""
    of_project = sa.select(event_project.c.event_id).where(event_project.c.project_id == project.id)
    of_reports = (
        sa.select(event_report.c.event_id)
        .join(Report, Report.id == event_report.c.report_id)
        .where(Report.project_id == project.id, Report.state == ReportState.PUBLISHED)
    )
    ids = sa.union(of_project, of_reports)
    query = sa.select(Event).where(Event.id.in_(ids), visible_to(actor), Event.day <= today())
    return list(db.session.scalars(query.order_by(Event.day, Event.id).limit(MOST_READ)))


def uses(project: Project) -> list[Use]:
    """What became of the published reports, as far as somebody said."""
    query = (
        sa.select(Use)
        .join(Use.report)
        .where(Report.project_id == project.id, Report.state == ReportState.PUBLISHED, Use.withdrawn_at.is_(None))
        .options(joinedload(Use.report), joinedload(Use.institution))
    )
    return list(db.session.scalars(query.order_by(Use.day, Use.id).limit(MOST_READ)))
