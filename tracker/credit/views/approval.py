"""Which version the authors are asked about, what it holds, and what each of them said."""

from typing import Any

from flask import abort, flash, redirect, render_template, request

from tracker.access import actor, can, requires
from tracker.credit import actions, queries
from tracker.credit.changes import changes
from tracker.credit.forms import CoverForm
from tracker.credit.models import Approval, Proof
from tracker.credit.views.blueprint import bp
from tracker.database import db
from tracker.forms import row_number
from tracker.i18n import _
from tracker.reports.models import Report
from tracker.reports.states import ReportState


@bp.get("/reports/<int:report_id>/approval")
@requires("view_credit", Report, loading=queries.REPORT_PAGE)
def show_approval(report: Report) -> str:
    versions = queries.versions(report)
    newest = versions[0] if versions else None
    before = versions[1] if len(versions) > 1 else None
    is_kept = can("lead_report", report)
    is_draft = report.state is ReportState.DRAFT
    unasked = queries.unasked(newest) if newest and is_draft and is_kept else []
    return render_template(
        "credit/approval.html",
        report=report,
        versions=versions,
        newest=newest,
        changes=changes(before, newest) if newest and before else [],
        asks=queries.open_asks(newest) if newest else {},
        covering={row.id for row in newest.approvals if row.is_silent and can("cover_approval", row)}
        if newest
        else set(),
        can_ask=is_kept and is_draft and (newest is None or bool(unasked)),
        missing=actions.missing_to_ask(report) if newest is None and is_kept else [],
        unreachable=[author for author in report.authors if author.person is None or not author.person.email],
        is_kept=is_kept,
        is_published=newest is not None and actions.is_published(newest),
        me=actor(),
    )


@bp.post("/reports/<int:report_id>/approval/ask")
@requires("lead_report", Report, loading=queries.REPORT_PAGE, seen_by="view_credit", locks=False)
def put(report: Report) -> Any:
    """Ask the authors to approve the report as it is now."""
    actions.put_to_approval(queries.held(report), actor=actor())
    db.session.commit()
    flash(_("The authors are asked. Each of them gets a mail with a link."), "success")
    return redirect(f"{report.path}/approval", 303)


@bp.get("/reports/<int:report_id>/approval/<int:number>")
@requires("view_credit", Report, loading=queries.REPORT_PAGE)
def version(report: Report, number: int) -> str:
    """One version, who said what to it, and what changed since another one; else since the one before."""
    versions = queries.versions(report)
    proof = _numbered(versions, number)
    try:
        against = row_number(request.args.get("against") or str(max(1, number - 1)))
    except ValueError:
        abort(404)
    before, after = sorted((_numbered(versions, against), proof), key=lambda known: known.number)
    return render_template(
        "credit/version.html",
        report=report,
        versions=versions,
        proof=proof,
        before=before,
        after=after,
        changes=changes(before, after) if before is not after else [],
    )


def _numbered(versions: list[Proof], number: int) -> Proof:
    return next((proof for proof in versions if proof.number == number), None) or abort(404)


@bp.route("/approvals/<int:approval_id>/cover", methods=["GET", "POST"])
@requires("cover_approval", Approval, loading=queries.APPROVAL_PAGE, seen_by="view_approval", locks=False)
def cover(approval: Approval) -> Any:
    """Answer for an author who cannot be reached: openly, with a reason."""
    report, form = approval.proof.report, CoverForm()
    if form.submitted():
        queries.held(report)
        queries.read_anew(approval)
        actions.cover(approval, because=form.because.data or "", actor=actor())
        db.session.commit()
        flash(_("You answered for %(name)s. It stands on the page with your reason.", name=approval.name), "success")
        return redirect(f"{report.path}/approval", 303)
    page = render_template("credit/cover.html", approval=approval, report=report, form=form)
    return page, 422 if form.errors else 200
