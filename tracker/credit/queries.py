from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.credit.models import Approval, AuthorshipConfirmation, Contributor, Proof
from tracker.credit.proofs import content_of, digest_of
from tracker.credit.states import CREDIT, DEGREE_LABELS, ROLE_LABELS, ApprovalState, ContributionRole, Degree
from tracker.database import db, locked
from tracker.drafts.models import Draft
from tracker.drafts.queries import DRAFT_CARD, lock
from tracker.institutions.models import Institution, Person
from tracker.projects.models import Project
from tracker.projects.queries import ON_THE_DOOR
from tracker.reports.models import Report, ReportAuthor, ReportFile
from tracker.reports.states import ReportState

CONTENT = (
    selectinload(Report.authors).options(
        joinedload(ReportAuthor.person),
        joinedload(ReportAuthor.institution),
        selectinload(ReportAuthor.more_affiliations),
    ),
    selectinload(Report.texts),
    selectinload(Report.more_files).joinedload(ReportFile.file),
    joinedload(Report.file),
)
"""What a proof keeps of a report."""

REPORT_PAGE = (*CONTENT, joinedload(Report.project).options(*ON_THE_DOOR, joinedload(Project.network)))
"""The pages of one report, and what the permissions ask."""

APPROVAL_PAGE = (
    joinedload(Approval.person),
    joinedload(Approval.proof).joinedload(Proof.report).options(*REPORT_PAGE),
)
"""The page about one author's say."""

CONTRIBUTOR_PAGE = (
    joinedload(Contributor.author),
    selectinload(Contributor.contributions),
    joinedload(Contributor.report).options(*REPORT_PAGE),
)
"""The page about one contributor."""

ANSWERS = (
    selectinload(Proof.approvals).joinedload(Approval.person),
    selectinload(Proof.confirmations).options(
        joinedload(AuthorshipConfirmation.institution), joinedload(AuthorshipConfirmation.person)
    ),
)
"""Who said what to a version."""


@dataclass(frozen=True)
class Standing:
    """How a report stands with its authors: the newest version, and what the report says now."""

    proof: Proof | None
    content: dict[str, Any]

    @property
    def is_current(self) -> bool:
        """Whether the newest version is the report as it is now."""
        return self.proof is not None and self.proof.digest == digest_of(self.content)

    @property
    def number(self) -> int:
        """Of the newest version; 0 where there is none."""
        return self.proof.number if self.proof is not None else 0

    @property
    def waiting(self) -> list[str]:
        """Names of the authors whose say on the report as it is now is missing, in their order."""
        said = self.proof.approvals if self.proof is not None and self.is_current else []
        counting = {(known.author_id, known.person_id) for known in said if known.counts}
        return [
            author["name"] for author in self.content["authors"] if (author["id"], author["person_id"]) not in counting
        ]

    @property
    def is_approved(self) -> bool:
        """Whether every author has said yes to exactly this, or one of the things that count as much."""
        return self.is_current and bool(self.content["authors"]) and not self.waiting


def standing(report: Report) -> Standing:
    """How one report stands."""
    return standings([report])[report.id]


def standings(reports: Iterable[Report]) -> dict[int, Standing]:
    """How each of these reports stands, by its id, in a fixed number of queries."""
    rows = list(reports)
    ids = [report.id for report in rows]
    newest = sa.select(sa.func.max(Proof.id)).where(Proof.report_id.in_(ids)).group_by(Proof.report_id)
    proofs = db.session.scalars(sa.select(Proof).where(Proof.id.in_(newest)).options(*ANSWERS))
    by_report = {proof.report_id: proof for proof in proofs}
    current = db.session.scalars(
        sa.select(Draft).where(Draft.report_id.in_(ids), Draft.is_current).options(*DRAFT_CARD)
    )
    drafts = {draft.report_id: draft for draft in current}
    return {row.id: Standing(by_report.get(row.id), content_of(row, drafts.get(row.id))) for row in rows}


def unpublished(project: Project, *, lock: bool = False) -> list[Report]:
    """The reports of a project that are not published yet, oldest first, with what a proof keeps of them."""
    begun = sa.and_(Report.project_id == project.id, Report.state == ReportState.DRAFT)
    if lock:  # before they are read
        db.session.execute(sa.select(Report.id).where(begun).order_by(Report.id).with_for_update())
    query = sa.select(Report).where(begun).options(*CONTENT).order_by(Report.id).limit(50)
    return list(db.session.scalars(query))


def latest(report: Report) -> Proof | None:
    """The newest version put to a report's authors, with their answers."""
    newest = sa.select(Proof).where(Proof.report_id == report.id).options(*ANSWERS)
    return db.session.scalars(newest.order_by(Proof.number.desc()).limit(1)).one_or_none()


def versions(report: Report) -> list[Proof]:
    """Every version put to a report's authors, the newest first."""
    query = sa.select(Proof).where(Proof.report_id == report.id).options(*ANSWERS).order_by(Proof.number.desc())
    found = list(db.session.scalars(query))
    for proof in found:
        set_committed_value(proof, "report", report)
    return found


def before(proof: Proof, person_id: int | None) -> Proof | None:
    """What a person is shown the changes of a version against: what they said yes to last, else the one before."""
    said = sa.exists().where(Approval.proof_id == Proof.id, Approval.person_id == person_id, Approval.at.is_not(None))
    return db.session.scalars(
        sa.select(Proof)
        .where(Proof.report_id == proof.report_id, Proof.number < proof.number)
        .order_by(sa.case((said, 0), else_=1), Proof.number.desc())
        .limit(1)
    ).one_or_none()


def numbered(report_id: int, number: int) -> Proof | None:
    """One version of a report."""
    query = sa.select(Proof).where(Proof.report_id == report_id, Proof.number == number).options(*ANSWERS)
    return db.session.scalars(query).one_or_none()


def blocks(draft_id: int) -> list[str]:
    """The paragraphs of a draft; none where it cannot be read here, or not yet."""
    return db.session.scalar(sa.select(Draft.blocks).where(Draft.id == draft_id)) or []


def unasked(proof: Proof) -> list[Approval | AuthorshipConfirmation]:
    """Who could be asked about a version and is not: their question was taken back, or nobody could be asked before."""
    authors = [row for row in proof.approvals if not row.counts and row.state is ApprovalState.ASKED]
    authors = [row for row in authors if row.person is not None and row.person.email]
    places = [row for row in proof.confirmations if row.at is None and not row.words]
    rows: list[Approval | AuthorshipConfirmation] = [*authors, *places]
    asked = asks_of_rows(authors) | asks_of_rows(places)
    return [row for row in rows if (row.__tablename__, row.id) not in asked]


def asks_of_rows(rows: Sequence[Any]) -> set[tuple[str, int]]:
    """Those of some rows of one table about which an ask is open: (table, id)."""
    if not rows:
        return set()
    about = (Ask.subject_type == rows[0].__tablename__, Ask.subject_id.in_([row.id for row in rows]))
    found = db.session.scalars(sa.select(Ask.subject_id).where(*about, Ask.state == AskState.OPEN))
    return {(rows[0].__tablename__, known) for known in found}


def open_asks(proof: Proof) -> dict[int, Ask]:
    """The open questions to the authors about a version, by the id of the approval."""
    ids = [row.id for row in proof.approvals]
    about = (Ask.subject_type == Approval.__tablename__, Ask.subject_id.in_(ids), Ask.state == AskState.OPEN)
    return {ask.subject_id: ask for ask in db.session.scalars(sa.select(Ask).where(*about))}


def draft_of(proof: Proof) -> Draft | None:
    """The draft that a version holds, with its file; its text is loaded when it is asked for."""
    known = proof.content["draft"]
    query = sa.select(Draft).where(Draft.id == known["id"]) if known else None
    if query is None:
        return None
    return db.session.scalars(query.options(defer(Draft.html), defer(Draft.blocks), joinedload(Draft.file))).first()


def held(report: Report) -> Report:
    """Lock the project of a report, then the report, and read both anew: in this order everywhere."""
    lock(report)
    db.session.expire(report, ["authors", "texts", "more_files", "file"])
    return report


def read_anew(approval: Approval) -> None:
    """What the author said meanwhile, once the report is locked."""
    db.session.refresh(approval, [column.key for column in Approval.__mapper__.column_attrs])


# --- for an ask: the project is locked first, then the report, as by every page that changes them -----------


def approval_for_ask(approval_id: int, *, lock: bool) -> Approval | None:
    """An approval with its version and its report."""
    return _for_ask(Approval, approval_id, lock)


def confirmation_for_ask(confirmation_id: int, *, lock: bool) -> AuthorshipConfirmation | None:
    """What an institution is asked, with its version and its report."""
    return _for_ask(AuthorshipConfirmation, confirmation_id, lock)


def contributor_for_ask(contributor_id: int, *, lock: bool) -> Contributor | None:
    """A contributor with what was declared or proposed, and the report."""
    report_id = db.session.scalar(sa.select(Contributor.report_id).where(Contributor.id == contributor_id))
    report = _report(report_id, lock) if report_id else None
    options = (selectinload(Contributor.contributions), joinedload(Contributor.author), joinedload(Contributor.person))
    row = db.session.get(Contributor, contributor_id, options=options, populate_existing=lock) if report else None
    if row is not None:
        set_committed_value(row, "report", report)
    return row


def _for_ask(model: Any, row_id: int, lock: bool) -> Any:
    report_id = db.session.scalar(
        sa.select(Proof.report_id).join(model, model.proof_id == Proof.id).where(model.id == row_id)
    )
    report = _report(report_id, lock) if report_id else None
    options = (joinedload(model.proof).options(*ANSWERS),)
    row = db.session.get(model, row_id, options=options, populate_existing=lock) if report else None
    if row is not None:
        set_committed_value(row.proof, "report", report)
    return row


def _report(report_id: int, lock: bool) -> Report | None:
    if lock:
        project_id = db.session.scalar(sa.select(Report.project_id).where(Report.id == report_id))
        if project_id is not None:
            db.session.get(Project, project_id, options=ON_THE_DOOR, **locked(Project, lock))
    return db.session.get(Report, report_id, options=REPORT_PAGE, **locked(Report, lock))


# --- who did what -------------------------------------------------------------------------------------------


def contributors(report: Report) -> list[Contributor]:
    """Everybody of whom something is declared or proposed, or who is named beside the authors; authors first."""
    found = db.session.scalars(
        sa.select(Contributor)
        .where(Contributor.report_id == report.id)
        .options(
            selectinload(Contributor.contributions),
            joinedload(Contributor.author),
            joinedload(Contributor.person),
            joinedload(Contributor.institution),
        )
    )
    return sorted(
        found, key=lambda row: (row.author is None, row.author.position if row.author else row.position, row.id)
    )


def statement(report: Report) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Who did what, as they declared it: (role, its address or "", [(name, degree or "")]) for each role that anybody
    has, in the order of CRediT. In the language spoken now."""
    said: dict[ContributionRole, list[tuple[str, str]]] = {}
    for row in contributors(report):
        for known in row.contributions:
            if known.is_declared:
                degree = str(DEGREE_LABELS[known.degree]) if known.degree else ""
                said.setdefault(known.role, []).append((row.printed_name, degree))
    return [(str(ROLE_LABELS[role]), role_address(role), said[role]) for role in ContributionRole if role in said]


def role_address(role: ContributionRole) -> str:
    """Where a role of CRediT is defined; empty for the roles beside it."""
    return f"https://credit.niso.org/contributor-roles/{role}/" if role in CREDIT else ""


def declared(report: Report) -> dict[int, list[tuple[ContributionRole, Degree | None]]]:
    """By the id of the author: the roles they declared, for formats that give them author by author."""
    return {
        row.author_id: [(known.role, known.degree) for known in row.contributions if known.is_declared]
        for row in contributors(report)
        if row.author_id is not None
    }


def contributor_of(author: ReportAuthor) -> Contributor | None:
    """What an author declared, or what was proposed for them."""
    query = sa.select(Contributor).where(Contributor.author_id == author.id)
    return db.session.scalars(query.options(selectinload(Contributor.contributions))).one_or_none()


def open_declarations(rows: Iterable[Contributor]) -> dict[int, Ask]:
    """The open questions what somebody did, by the id of the contributor."""
    ids = [row.id for row in rows]
    about = (Ask.subject_type == Contributor.__tablename__, Ask.subject_id.in_(ids), Ask.state == AskState.OPEN)
    return {ask.subject_id: ask for ask in db.session.scalars(sa.select(Ask).where(*about))}


def grid(rows: Iterable[Contributor]) -> list[tuple[str, str, dict[str, list[str]]]]:
    """What is declared as a table: (role, its address, names by degree; "" where none was said)."""
    said: dict[ContributionRole, dict[str, list[str]]] = {}
    for row in rows:
        for known in row.contributions:
            if known.is_declared:
                said.setdefault(known.role, {}).setdefault(str(known.degree or ""), []).append(row.printed_name)
    return [(str(ROLE_LABELS[role]), role_address(role), said[role]) for role in ContributionRole if role in said]


def panel(report: Report) -> dict[str, Any]:
    """How a report stands, in a line of its page: see templates/credit/_panel.html."""
    now = standing(report)
    said = now.proof.approvals if now.proof is not None else []
    people = sa.select(sa.func.count(Contributor.id)).where(Contributor.report_id == report.id)
    return {
        "number": now.number,
        "is_approved": now.is_approved,
        "done": sum(row.counts for row in said),
        "all": len(said),
        "declared": db.session.scalar(people.where(Contributor.declared_at.is_not(None))) or 0,
    }


def others(report: Report) -> list[Contributor]:
    """Those named beside the authors who have said what they did, in order."""
    return [row for row in contributors(report) if row.author_id is None and row.declared_at is not None]


def approvals_of(report: Report) -> list[Approval]:
    """What each author said to the newest version, in the order of that version; none where there is none."""
    proof = latest(report)
    return list(proof.approvals) if proof is not None else []


def confirmed_institutions(report: Report) -> list[Institution]:
    """The institutions that confirmed the authors as they stand in the newest version."""
    proof = latest(report)
    return [known.institution for known in proof.confirmations if known.at is not None] if proof is not None else []


@dataclass(frozen=True)
class Gone:
    """A row of contributors that was there once, as far as the asks about it need to know it."""

    id: int
    __tablename__ = Contributor.__tablename__


def gone(report: Report, kind: str) -> list[Gone]:
    """Those that asks of a kind, about this report, still name though they are there no longer."""
    about = report.project or report
    here = sa.select(Contributor.id)
    query = sa.select(Ask.subject_id).where(
        Ask.about_type == about.__tablename__,
        Ask.about_id == about.id,
        Ask.kind == kind,
        Ask.subject_id != 0,
        Ask.subject_id.not_in(here.where(Contributor.id == Ask.subject_id).correlate(Ask)),
    )
    return [Gone(known) for known in db.session.scalars(query.distinct())]


def people_of(report: Report) -> list[Person]:
    """The authors who have a record as persons."""
    return [author.person for author in report.authors if author.person is not None]
