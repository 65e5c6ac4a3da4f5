"""A report that its authors were asked about follows itself: each change is the next version, and asks again. Part of
the actions.
"""

from typing import Any

from tracker import clock
from tracker.activity.models import Activity
from tracker.activity.record import record
from tracker.asks.actions import forget, raise_ask, take_back
from tracker.asks.endings import carry_over
from tracker.credit import queries
from tracker.credit.changes import named
from tracker.credit.models import Approval, AuthorshipConfirmation, Proof
from tracker.credit.proofs import digest_of, institutions_of, standing_of
from tracker.credit.states import ApprovalState
from tracker.database import db
from tracker.institutions.models import Institution, Person
from tracker.projects.actions import touch
from tracker.reports.followers import follows_changes, follows_discarding, follows_publicity
from tracker.reports.models import Report
from tracker.reports.states import ReportState

APPROVE, CONFIRM, DECLARE = "credit.approve", "credit.institution", "credit.declare"


def make_version(report: Report, content: dict[str, Any], *, actor: Person | None) -> Proof:
    """The next version of a report. Its authors and their institutions are asked; whose question is open keeps it."""
    before = queries.latest(report)
    proof = Proof(
        report=report,
        number=before.number + 1 if before else 1,
        digest=digest_of(content),
        content=content,
        made_at=clock.now(),
        made_by_id=actor.id if actor else None,
        made_by_name=actor.name if actor else "",
    )
    db.session.add(proof)
    changed = named(before.content, content) if before else []
    kind = "credit.renew" if before else "credit.put"
    noted = note(kind, report, actor=actor, number=proof.number, changed=changed)
    ask_authors(proof, before, because=noted)
    _ask_institutions(proof, before, because=noted)
    return proof


def ask_authors(proof: Proof, before: Proof | None = None, *, because: Activity | None) -> None:
    """One row for each author; who is asked about the version `before` is asked about this one by the same question.

    Nobody can ask an author who is linked to no person, or to one without an address: somebody answers for them.
    """
    known = {row.author_id: row for row in proof.approvals}
    earlier = {row.author_id: row for row in before.approvals} if before else {}
    for position, author in enumerate(proof.content["authors"]):
        if author["id"] in known:
            continue
        row = Approval(author_id=author["id"], person_id=author["person_id"], name=author["name"], position=position)
        proof.approvals.append(row)
        db.session.flush()
        old = earlier.get(row.author_id)
        if old is not None and old.person_id == row.person_id:
            carry_over(old, row, APPROVE, number=proof.number)
    for old in earlier.values():
        take_back(old, APPROVE)
        if old.at is None:
            old.state = ApprovalState.VOID
    db.session.flush()
    for row in proof.approvals:
        if not row.counts and row.state is ApprovalState.ASKED:
            ask_author(row, because)


def ask_author(row: Approval, because: Activity | None) -> None:
    """Ask one author for their say. An open question stays."""
    person = db.session.get(Person, row.person_id) if row.person_id else None
    if person is None or not person.email:
        return
    proof, report = row.proof, row.proof.report
    before = queries.before(proof, person.id)
    raise_ask(
        APPROVE,
        row,
        to=person,
        **about(report),
        actor=db.session.get(Person, proof.made_by_id) if proof.made_by_id else None,
        because=because,
        number=proof.number,
        changed=named(before.content, proof.content) if before else [],
    )


def _ask_institutions(proof: Proof, before: Proof | None, *, because: Activity | None) -> None:
    """Each institution of an author confirms who the authors are. What it confirmed holds while that stays."""
    earlier = {row.institution_id: row for row in before.confirmations} if before else {}
    for institution_id in institutions_of(proof.content):
        row = AuthorshipConfirmation(institution_id=institution_id, words="")
        old = earlier.pop(institution_id, None)
        proof.confirmations.append(row)
        db.session.flush()
        if old is not None and before is not None:
            if standing_of(before.content, institution_id) == standing_of(proof.content, institution_id):
                row.person_id, row.at, row.words = old.person_id, old.at, old.words
            carry_over(old, row, CONFIRM, number=proof.number)
        if row.at is None and not row.words:
            ask_institution(row, because)
    for old in earlier.values():
        take_back(old, CONFIRM)


def ask_institution(row: AuthorshipConfirmation, because: Activity | None) -> None:
    """Ask an institution whether it stands with the authors as they are named. An open question stays."""
    proof = row.proof
    raise_ask(
        CONFIRM,
        row,
        to=db.session.get_one(Institution, row.institution_id),
        **about(proof.report),
        actor=db.session.get(Person, proof.made_by_id) if proof.made_by_id else None,
        because=because,
        number=proof.number,
    )


@follows_changes
def follow(report: Report, actor: Person | None) -> None:
    """What was put to the authors is no longer what the report says: the next version, and everybody is asked again.

    Before the authors were ever asked, and once a report is withdrawn, nothing happens.
    """
    forget_the_gone(report)
    proof = queries.latest(report)
    if proof is None or report.state is ReportState.WITHDRAWN:
        return
    db.session.expire(report, ["authors", "texts", "more_files", "file"])
    now = queries.standing(report)
    if not now.is_current:
        make_version(report, now.content, actor=actor)
        return
    _follow_people(proof, now.content)


def _follow_people(proof: Proof, content: dict[str, Any]) -> None:
    """The same is printed, but an author may be linked to another person by now: whom nobody asked yet."""
    rows = {row.author_id: row for row in proof.approvals}
    moved = [
        rows[author["id"]]
        for author in content["authors"]
        if author["id"] in rows and rows[author["id"]].person_id != author["person_id"]
    ]
    people = {author["id"]: author["person_id"] for author in content["authors"]}
    if not moved and all(author_id in rows for author_id in people):
        return
    for row in moved:
        take_back(row, APPROVE)
        row.person_id, row.state, row.words, row.at = people[row.author_id], ApprovalState.ASKED, "", None
        row.covered_by_id, row.covered_by_name, row.covered_because = None, "", ""
    proof.content = content
    ask_authors(proof, because=None)


@follows_publicity
def follow_publicity(report: Report, _actor: Person | None) -> None:
    """Once a report is published nobody is asked for whom somebody answered; once it is withdrawn, nobody."""
    proof = queries.latest(report)
    for row in proof.approvals if proof is not None else ():
        if report.state is ReportState.WITHDRAWN or row.counts:
            take_back(row, APPROVE)
    if report.state is ReportState.WITHDRAWN and proof is not None:
        for confirmation in proof.confirmations:
            take_back(confirmation, CONFIRM)


@follows_discarding
def follow_discarding(report: Report, _actor: Person | None) -> None:
    """The report goes with all that was asked about it."""
    rows: list[Any] = [row for proof in queries.versions(report) for row in (*proof.approvals, *proof.confirmations)]
    for row in [*rows, *queries.contributors(report)]:
        take_back(row, APPROVE, CONFIRM, DECLARE)
        forget(row)


def forget_the_gone(report: Report) -> None:
    """An author who is no author any more is asked nothing: their rows are gone, and their numbers may come again."""
    for gone in queries.gone(report, DECLARE):
        take_back(gone, DECLARE)
        forget(gone)


def note(kind: str, report: Report, *, actor: Person | None, tell: Any = (), **details: Any) -> Activity:
    """One row of activity, on the project where there is one."""
    db.session.flush()
    if report.project is not None:
        touch(report.project)
    details = {"report": report.label, "report_id": report.id, "path": f"{report.path}/approval", **details}
    return record(kind, report.project or report, actor=actor, tell=tell, **details)


def about(report: Report) -> dict[str, Any]:
    """Where a question about a report shows: on the page of its project, under the report's own title."""
    return {
        "about": report.project or report,
        "network_id": report.project.network_id if report.project else None,
        "title": report.label,
        "path": report.path,
        "language": report.language,
    }
