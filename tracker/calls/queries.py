from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker import clock
from tracker.asks.models import IS_OPEN, Ask
from tracker.calls.models import Call, CallQuestion, SavedCall
from tracker.calls.permissions import read_call_questions
from tracker.database import db, locked
from tracker.dates import earth_day
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Partner, Project
from tracker.projects.permissions import visible_to
from tracker.projects.queries import for_ask as project_for_ask
from tracker.projects.states import ASKED, TAKES_PART, Commitment, ProjectState

ASK = "calls.question"
MOST_KEPT = 20  # calls on the page of one's own work
MOST_UNANSWERED_SHOWN = 30  # questions without an answer on the page of a call
CLOSES_SOON = timedelta(days=7)
_SHOWN = (joinedload(CallQuestion.institution), joinedload(CallQuestion.asked_by))
_UNANSWERED = (CallQuestion.answered_at.is_(None), CallQuestion.withdrawn_at.is_(None))


@dataclass(frozen=True)
class Place:
    """An institution of the reader, and whether it keeps the call in mind."""

    id: int
    name: str
    is_kept: bool


@dataclass(frozen=True)
class Standing:
    """What the page of a project says of its call to one reader."""

    dates: Call | None
    questions: int = 0  # how many were asked
    may_read: bool = False  # the questions
    places: list[Place] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether offers are welcome by its dates."""
        return self.dates is None or not (self.dates.is_closed or self.dates.is_coming)


@dataclass(frozen=True)
class Kept:
    """A call that an institution of the reader keeps in mind, and where that institution stands to it."""

    project: Project
    institution: Institution
    closes_on: date | None
    commitment: Commitment | None  # None: it was never asked, nor offered


def call_of(project_id: int) -> Call | None:
    """The dates of a project's call, where any were given."""
    return db.session.scalars(sa.select(Call).where(Call.project_id == project_id)).first()


def standing(project: Project, actor: Person | None) -> Standing:
    """What its page says of the call of a project: three queries, whatever there is."""
    asked = sa.select(sa.func.count()).where(CallQuestion.project_id == project.id, CallQuestion.withdrawn_at.is_(None))
    may_read = read_call_questions(actor, project)
    places = _places(project, actor) if actor else []
    return Standing(call_of(project.id), db.session.scalar(asked) or 0, may_read, places)


def _places(project: Project, actor: Person) -> list[Place]:
    """The institutions for which `actor` may keep the call in mind: theirs, and not those that take part."""
    inside = {partner.institution_id for partner in project.partners if partner.takes_part}
    kept = sa.exists().where(SavedCall.project_id == project.id, SavedCall.institution_id == Institution.id)
    rows = db.session.execute(
        sa.select(Institution.id, Institution.name, kept.label("is_kept"))
        .where(Institution.id.in_(actor.institution_ids - inside))
        .order_by(Institution.sort_name, Institution.id)
    )
    return [Place(row.id, row.name, row.is_kept) for row in rows]


def answered(project_id: int) -> sa.Select[CallQuestion]:
    """The questions with an answer, newest answered first."""
    return (
        sa.select(CallQuestion)
        .where(
            CallQuestion.project_id == project_id,
            CallQuestion.answered_at.is_not(None),
            CallQuestion.withdrawn_at.is_(None),
        )
        .options(*_SHOWN)
        .order_by(CallQuestion.answered_at.desc(), CallQuestion.id.desc())
    )


def unanswered(project_id: int, actor: Person | None) -> list[CallQuestion]:
    """The questions that wait for an answer: the reader's own first, then the newest; MOST_UNANSWERED_SHOWN and one
    more, from which the page knows that there are more."""
    own = sa.case((CallQuestion.asked_by_id == (actor.id if actor else 0), 0), else_=1)
    return list(
        db.session.scalars(
            sa.select(CallQuestion)
            .where(CallQuestion.project_id == project_id, *_UNANSWERED)
            .options(*_SHOWN)
            .order_by(own, CallQuestion.id.desc())
            .limit(MOST_UNANSWERED_SHOWN + 1)
        )
    )


def waiting_of(project_id: int, person: Person) -> list[CallQuestion]:
    """The questions of one person about one call that wait for an answer."""
    query = sa.select(CallQuestion).where(
        CallQuestion.project_id == project_id, CallQuestion.asked_by_id == person.id, *_UNANSWERED
    )
    return list(db.session.scalars(query.order_by(CallQuestion.id)))


def asked_lately(project_id: int, person: Person) -> int:
    """How many questions a person asked about one call in the last day, those taken back included."""
    query = sa.select(sa.func.count()).where(CallQuestion.project_id == project_id)
    of_them = (CallQuestion.asked_by_id == person.id, CallQuestion.asked_at > clock.now() - timedelta(days=1))
    return db.session.scalar(query.where(*of_them)) or 0


def ask_ids(questions: list[CallQuestion]) -> dict[int, int]:
    """By question: the id of the ask that holds, or held, its answer."""
    if not questions:
        return {}
    rows = db.session.execute(
        sa.select(Ask.subject_id, sa.func.max(Ask.id).label("ask_id"))
        .where(
            Ask.subject_type == CallQuestion.__tablename__,
            Ask.subject_id.in_([question.id for question in questions]),
            Ask.kind == ASK,
        )
        .group_by(Ask.subject_id)
    )
    return {row.subject_id: row.ask_id for row in rows}


def for_ask(question_id: int, *, lock: bool) -> CallQuestion | None:
    """A question with its project. The project is locked first, as by every page that changes it."""
    project_id = db.session.scalar(sa.select(CallQuestion.project_id).where(CallQuestion.id == question_id))
    project = project_for_ask(project_id, lock=lock) if project_id else None
    if project is None:
        return None
    question = db.session.get(CallQuestion, question_id, options=_SHOWN, **locked(CallQuestion, lock))
    if question is not None:
        set_committed_value(question, "project", project)
    return question


def saved(project_id: int, institution_id: int) -> SavedCall | None:
    """A call as one institution keeps it in mind."""
    query = sa.select(SavedCall).where(SavedCall.project_id == project_id, SavedCall.institution_id == institution_id)
    return db.session.scalars(query.options(joinedload(SavedCall.institution))).first()


def saved_by(project_id: int) -> list[SavedCall]:
    """Everybody who keeps a call in mind and has not offered, with what tells whether they may still read it."""
    query = sa.select(SavedCall).where(SavedCall.project_id == project_id, ~_is_inside())
    return list(db.session.scalars(query.options(*_WITH_SAVER).order_by(SavedCall.id)))


_WITH_SAVER = (
    joinedload(SavedCall.institution),
    joinedload(SavedCall.saved_by).options(
        selectinload(Person.affiliations),
        selectinload(Person.memberships),
        selectinload(Person.contact_places),
        selectinload(Person.coordinator_places),
    ),
    joinedload(SavedCall.project).options(
        selectinload(Project.partners),
        selectinload(Project.members),
    ),
)


def _is_inside() -> sa.ColumnElement[bool]:
    """Whether the institution that saved a call has offered, is asked or takes part."""
    return sa.exists().where(
        Partner.project_id == SavedCall.project_id,
        Partner.institution_id == SavedCall.institution_id,
        Partner.commitment.in_(TAKES_PART | ASKED),
    )


def kept(person: Person) -> list[Kept]:
    """The calls that the institutions of a person keep in mind while partners are sought, those that close first on
    top: one query, MOST_KEPT at the most."""
    query = (
        sa.select(SavedCall, Call.closes_on, Partner.commitment)
        .join(SavedCall.project)
        .join(SavedCall.institution)
        .outerjoin(Call, Call.project_id == SavedCall.project_id)
        .outerjoin(
            Partner,
            sa.and_(Partner.project_id == SavedCall.project_id, Partner.institution_id == SavedCall.institution_id),
        )
        .where(
            SavedCall.institution_id.in_(person.institution_ids),
            Project.state == ProjectState.RECRUITING,
            visible_to(person),
        )
        .options(contains_eager(SavedCall.project), contains_eager(SavedCall.institution))
        .order_by(Call.closes_on.asc().nulls_last(), SavedCall.id.desc())
        .limit(MOST_KEPT)
    )
    return [
        Kept(row.SavedCall.project, row.SavedCall.institution, row.closes_on, row.commitment)
        for row in db.session.execute(query)
    ]


# --- what the worker looks for --------------------------------------------------------------------------------


def just_closed(limit: int) -> list[int]:
    """The ids of the projects whose call has closed by its date, and nobody has noted it."""
    query = (
        sa.select(Call.project_id)
        .join(Call.project)
        .where(
            Call.closed_at.is_(None),
            Call.closes_on < earth_day(),
            Project.state == ProjectState.RECRUITING,
        )
    )
    return list(db.session.scalars(query.order_by(Call.closes_on, Call.id).limit(limit)))


def closing_soon(limit: int) -> list[SavedCall]:
    """Saved calls that close soon, whose institution has not offered, and whoever saved them was not told; locked,
    and none that another worker holds."""
    due = (
        sa.select(SavedCall.id)
        .join(SavedCall.project)
        .join(Call, Call.project_id == SavedCall.project_id)
        .where(
            Call.closed_at.is_(None),
            Call.closes_on.between(earth_day(), earth_day() + CLOSES_SOON),
            Project.state == ProjectState.RECRUITING,
            SavedCall.told_at.is_(None),
            ~_is_inside(),
        )
    )
    ids = db.session.scalars(due.order_by(SavedCall.id).limit(limit)).all()
    if not ids:
        return []
    return list(
        db.session.scalars(
            sa.select(SavedCall)
            .where(SavedCall.id.in_(ids), SavedCall.told_at.is_(None))
            .options(*_WITH_SAVER)
            .order_by(SavedCall.id)
            .with_for_update(of=SavedCall, skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )


def astray(limit: int) -> list[int]:
    """The ids of unanswered questions that nobody is asked, as after a pause, and of those in projects that went on."""
    is_asked = sa.exists().where(
        Ask.subject_type == CallQuestion.__tablename__, Ask.subject_id == CallQuestion.id, Ask.kind == ASK, IS_OPEN
    )
    query = (
        sa.select(CallQuestion.id)
        .join(CallQuestion.project)
        .where(
            *_UNANSWERED,
            Project.state != ProjectState.STOPPED,
            sa.or_(Project.state != ProjectState.RECRUITING, ~is_asked),
        )
    )
    return list(db.session.scalars(query.order_by(CallQuestion.id).limit(limit)))


def waiting_for_answers(project: Project) -> dict[str, int]:
    """How many offers wait for the lead, and how many invitations for an institution."""
    commitments = [partner.commitment for partner in project.partners]
    return {
        "offers": commitments.count(Commitment.INTERESTED),
        "invitations": commitments.count(Commitment.INVITED),
    }
