"""What authors and their institutions say to a version of a report, and the publishing that hangs on it."""

from tracker import clock
from tracker.activity.kinds import declare
from tracker.asks.actions import settle
from tracker.credit import queries, versions
from tracker.credit.models import Approval, AuthorshipConfirmation, Proof
from tracker.credit.states import ApprovalState
from tracker.credit.versions import APPROVE, CONFIRM, note
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, format_day, list_and
from tracker.institutions.models import Person
from tracker.projects.actions import leads, take_step
from tracker.projects.models import Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import ProjectState
from tracker.reports.actions import make_public, missing_in
from tracker.reports.models import Report
from tracker.reports.queries import has_published
from tracker.reports.states import ReportState

declare(
    {
        "credit.put": _l("%(actor)s asked the authors of “%(report)s” to approve version %(number)s."),
        "credit.renew": _l("“%(report)s” has changed: its authors are asked about version %(number)s."),
        "credit.again": _l("%(actor)s asked again who has not approved version %(number)s of “%(report)s” yet."),
        "credit.approve": _l("%(actor)s approved version %(number)s of “%(report)s”."),
        "credit.dissent": _l("%(actor)s recorded a dissent from version %(number)s of “%(report)s”."),
        "credit.change": _l("%(actor)s asks for a change in “%(report)s” before approving version %(number)s."),
        "credit.cover": _l(
            "%(actor)s answered for %(name)s, who could not be reached: version %(number)s of “%(report)s”."
        ),
        "credit.confirm": _l("%(institution)s confirmed the authors of “%(report)s”."),
        "credit.object": _l("%(institution)s asks for a change to the authors of “%(report)s”."),
        "credit.declare": _l("%(actor)s said what they did for “%(report)s”."),
        "credit.propose": _l("%(actor)s proposed what %(name)s did for “%(report)s”."),
        "credit.ask": _l("%(actor)s asked %(names)s what they did for “%(report)s”."),
        "credit.add": _l("%(actor)s named %(name)s as a contributor to “%(report)s”."),
        "credit.remove": _l("%(actor)s took %(name)s off the contributors to “%(report)s”."),
        "credit.decline": _l("%(actor)s does not want to be named as a contributor to “%(report)s”."),
    }
)
# Fields of the record that its authors need not see before they approve.
ONLY_TO_PUBLISH = frozenset({"published_on", "publishers", "licence", "series", "themes-group"})


# --- the version that authors are asked about ---------------------------------------------------------------


def put_to_approval(report: Report, *, actor: Person | None) -> Proof:
    """Ask every author about the report as it is now; where they are asked already, whoever is not asked any more.

    The project and then the report are locked by the caller. Raises RuleBroken where the record lacks something that
    authors should see, where the report is public already, and where there is nobody left to ask.
    """
    if report.state is not ReportState.DRAFT:
        raise RuleBroken(_("This report is published already."))
    if report.project is not None and report.project.state is ProjectState.STOPPED:
        raise RuleBroken(_("This project is stopped. Resume it first."))
    if lacking := missing_to_ask(report):
        raise RuleBroken(" ".join(item.sentence for item in lacking))
    now = queries.standing(report)
    if now.proof is None or not now.is_current:
        return versions.make_version(report, now.content, actor=actor)
    unasked = queries.unasked(now.proof)
    if not unasked:
        raise RuleBroken(_("The authors are asked already: this is version %(number)s.", number=now.number))
    noted = note("credit.again", report, actor=actor, number=now.number)
    for row in unasked:
        if isinstance(row, Approval):
            versions.ask_author(row, noted)
        else:
            versions.ask_institution(row, noted)
    return now.proof


def missing_to_ask(report: Report) -> list[Missing]:
    """What the record lacks before its authors can be asked, each with the field where it is written."""
    return [item for item in missing_in(report) if item.path.partition("#")[2] not in ONLY_TO_PUBLISH]


# --- what an author says ------------------------------------------------------------------------------------


def approve(approval: Approval, *, note: str = "", actor: Person) -> None:
    """An author approves this text and this order. Approving twice changes nothing."""
    _say(approval, ApprovalState.APPROVED, "approve", "note", note, actor=actor)


def dissent(approval: Approval, *, words: str, actor: Person) -> None:
    """An author stays one, lets the report go, and says in words with what they do not agree."""
    if not words.strip():
        raise RuleBroken(_("Say in a few words with what you do not agree."))
    _say(approval, ApprovalState.DISSENTS, "dissent", "words", words, actor=actor)


def ask_for_change(approval: Approval, *, words: str, actor: Person) -> None:
    """An author wants something else first. The report waits; the leads are told."""
    if not words.strip():
        raise RuleBroken(_("Say in a few words what should be changed."))
    _say(approval, ApprovalState.CHANGE, "change", "words", words, actor=actor)


def _say(approval: Approval, state: ApprovalState, choice: str, field: str, words: str, *, actor: Person) -> None:
    report = _check(approval)
    if approval.person_id != actor.id:
        raise RuleBroken(_("Only %(name)s can say that.", name=approval.name))
    if approval.state is state and approval.words == (words if field == "words" else ""):
        return
    approval.state, approval.at = state, clock.now()
    approval.words = words if field == "words" else ""
    approval.covered_by_id, approval.covered_by_name, approval.covered_because = None, "", ""
    settle(APPROVE, approval, choice, actor=actor, again=True, **{field: words})
    told = leads(report.project) if report.project is not None else ()
    note(f"credit.{choice}", report, actor=actor, tell=told, number=approval.proof.number, words=words)


def cover(approval: Approval, *, because: str, actor: Person) -> None:
    """Answer for an author who cannot be reached, openly and with a reason. Their own answer takes its place later."""
    report = _check(approval)
    if not because.strip():
        raise RuleBroken(_("Say why this author cannot answer."))
    if not approval.is_silent:
        raise RuleBroken(_("%(name)s has answered already.", name=approval.name))
    if approval.person_id == actor.id:
        raise RuleBroken(_("Approve it yourself: you are asked."))
    approval.covered_by_id, approval.covered_by_name = actor.id, actor.name
    approval.covered_because, approval.at = because, clock.now()
    told = [*(leads(report.project) if report.project is not None else ()), approval.person]
    said = {"name": approval.name, "number": approval.proof.number, "reason": because}
    note("credit.cover", report, actor=actor, tell=filter(None, told), **said)


def _check(approval: Approval) -> Report:
    """The report of an approval. Raises RuleBroken where it says something else by now, or is public."""
    report = approval.proof.report
    if report.state is ReportState.WITHDRAWN:
        raise RuleBroken(_("This report was withdrawn."))
    now = queries.standing(report)
    if now.proof is None or now.proof.id != approval.proof_id or not now.is_current:
        raise RuleBroken(_("The report has changed meanwhile. Please read the newest version first."))
    if is_published(approval.proof) and approval.counts:
        raise RuleBroken(_("This version is published. What was said of it stays."))
    return report


def is_published(proof: Proof) -> bool:
    """Whether this is the version that was published; one of a correction is not."""
    published_at = proof.report.published_at
    return published_at is not None and proof.made_at <= published_at


# --- what an institution says -------------------------------------------------------------------------------


def confirm(confirmation: AuthorshipConfirmation, *, note: str = "", actor: Person) -> None:
    """An institution stands with the authors as they are named. Confirming twice changes nothing."""
    report = _check_newest(confirmation)
    if confirmation.at is not None:
        return
    confirmation.person_id, confirmation.at, confirmation.words = actor.id, clock.now(), ""
    settle(CONFIRM, confirmation, "confirm", actor=actor, again=True, note=note)
    _told("credit.confirm", confirmation, report, note=note, actor=actor)


def object_to(confirmation: AuthorshipConfirmation, *, words: str, actor: Person) -> None:
    """An institution would like another name, another affiliation or another author. Nothing waits for that."""
    report = _check_newest(confirmation)
    confirmation.person_id, confirmation.at, confirmation.words = actor.id, None, words
    settle(CONFIRM, confirmation, "object", actor=actor, again=True, words=words)
    _told("credit.object", confirmation, report, words=words, actor=actor)


def _told(kind: str, confirmation: AuthorshipConfirmation, report: Report, *, actor: Person, **words: str) -> None:
    told = leads(report.project) if report.project is not None else ()
    name = confirmation.institution.name
    note(kind, report, actor=actor, tell=told, institution=name, number=confirmation.proof.number, **words)


def _check_newest(confirmation: AuthorshipConfirmation) -> Report:
    report = confirmation.proof.report
    newest = queries.latest(report)
    if newest is None or newest.id != confirmation.proof_id:
        raise RuleBroken(_("The authors have changed meanwhile. Please read the newest version first."))
    return report


# --- publishing ---------------------------------------------------------------------------------------------


@needs("publish")
def every_author_said_yes(project: Project) -> list[Missing]:
    """A project is published with at least one complete report to which every author said yes as it is now."""
    if has_published(project):
        return []
    complete = [report for report in queries.unpublished(project) if not missing_in(report)]
    standings = queries.standings(complete)
    if any(standings[report.id].is_approved for report in complete):
        return []
    return [item for report in complete for item in not_approved(report, standings[report.id])]


def not_approved(report: Report, now: queries.Standing | None = None) -> list[Missing]:
    """What a report lacks of its authors' approval, with the page where it is seen to; empty where nothing."""
    now = now or queries.standing(report)
    if now.is_approved:
        return []
    path = f"{report.path}/approval"
    if not now.is_current:
        return [Missing(_("Ask the authors of “%(title)s” to approve it.", title=report.label), path)]
    sentence = _("“%(title)s” waits for the approval of %(names)s.", title=report.label, names=list_and(now.waiting))
    return [Missing(sentence, path)]


def publish(project: Project, *, actor: Person | None) -> list[Report]:
    """Publish the project with every report that is complete and approved; return those. Others stay drafts.

    The project is locked by the caller. Raises RuleBroken where the step is not possible or something is missing.
    """
    begun = [report for report in queries.unpublished(project, lock=True) if not missing_in(report)]
    standings = queries.standings(begun)
    ready = [report for report in begun if standings[report.id].is_approved]
    reason = " ".join(_said(report, standings[report.id]) for report in ready)
    take_step(project, "publish", actor=actor, reason=reason)
    for report in ready:
        make_public(report, version=standings[report.id].number, actor=actor)
    return ready


def publish_report(report: Report, *, actor: Person | None) -> None:
    """Publish a report that was left as a draft when its project was published, under the same rules."""
    if report.state is ReportState.PUBLISHED:
        raise RuleBroken(_("This report is published already."))
    if report.project is None or report.project.state is not ProjectState.PUBLISHED:
        raise RuleBroken(_("This report is published together with its project."))
    now = queries.standing(report)
    if lacking := [*missing_in(report), *not_approved(report, now)]:
        raise RuleBroken(" ".join(item.sentence for item in lacking))
    make_public(report, version=now.number, actor=actor)


def _said(report: Report, now: queries.Standing) -> str:
    """Who said what to the version that is published, for the history of the project."""
    assert now.proof is not None
    rows = now.proof.approvals
    said = {
        state: list_and([row.name for row in rows if row.state is state and not row.is_covered])
        for state in (ApprovalState.APPROVED, ApprovalState.DISSENTS)
    }
    sentences = [_("“%(report)s”, version %(number)s:", report=report.label, number=now.number)]
    if said[ApprovalState.APPROVED]:
        sentences.append(_("approved by %(names)s.", names=said[ApprovalState.APPROVED]))
    if said[ApprovalState.DISSENTS]:
        sentences.append(_("With a dissent of %(names)s.", names=said[ApprovalState.DISSENTS]))
    sentences += [
        _(
            "%(by)s answered for %(name)s on %(day)s: %(reason)s",
            by=row.covered_by_name,
            name=row.name,
            day=format_day(row.at) if row.at else "",
            reason=row.covered_because,
        )
        for row in rows
        if row.is_covered
    ]
    return " ".join(sentences)
