"""Who did what: what each said of themselves, what whoever leads proposed, and who is named beside the authors."""

from typing import Any

from flask import abort, flash, redirect, render_template, request

from tracker.access import actor, can, requires
from tracker.credit import contributions, queries
from tracker.credit.forms import AddForm, roles_form, roles_in
from tracker.credit.models import Contributor
from tracker.credit.states import ContributionRole, Degree
from tracker.credit.views.blueprint import bp
from tracker.database import db
from tracker.i18n import _, list_and
from tracker.institutions.models import Institution, Person
from tracker.projects.actions import team
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.queries import partner_institutions
from tracker.reports.states import ReportState


@bp.get("/reports/<int:report_id>/credit")
@requires("view_credit", Report, loading=queries.REPORT_PAGE)
def show(report: Report) -> str:
    rows = queries.contributors(report)
    person = actor()
    return render_template(
        "credit/show.html",
        report=report,
        by_author={row.author_id: row for row in rows if row.author_id is not None},
        others=[row for row in rows if row.author_id is None],
        grid=queries.grid(rows),
        asks=queries.open_declarations(rows),
        is_kept=can("lead_report", report) and report.state is not ReportState.WITHDRAWN,
        is_mine=contributions.own(report, person) is not None and report.state is not ReportState.WITHDRAWN,
    )


@bp.route("/reports/<int:report_id>/credit/mine", methods=["GET", "POST"])
@requires("view_credit", Report, loading=queries.REPORT_PAGE, locks=False)
def mine(report: Report) -> Any:
    """Say what one did oneself."""
    known = contributions.own(report, actor())
    if known is None:
        abort(404)
    return declaring(report, known, actor(), back=f"{report.path}/credit")


def declaring(report: Report, known: ReportAuthor | Contributor, person: Person, *, back: str) -> Any:
    """The page on which somebody says what they did, by whichever door they came."""
    row = known if isinstance(known, Contributor) else queries.contributor_of(known)
    said = {mark.role: mark.degree for mark in row.contributions} if row else {}
    form = roles_form(said)
    if form.submitted():
        queries.held(report)
        row = known if isinstance(known, Contributor) else contributions.contributor_for(known)
        contributions.declare(row, roles_in(form), actor=person)
        db.session.commit()
        flash(_("Thank you. This is what counts from now on."), "success")
        return redirect(back, 303)
    proposed = row is not None and row.declared_at is None and bool(said)
    page = render_template(
        "credit/declare.html",
        report=report,
        form=form,
        name=row.printed_name if row else known.name,
        proposed=proposed,
        back=back,
    )
    return page, 422 if form.errors else 200


@bp.route("/reports/<int:report_id>/authors/<int:author_id>/propose", methods=["GET", "POST"])
@requires("lead_report", Report, loading=queries.REPORT_PAGE, seen_by="view_credit", locks=False)
def propose_for_author(report: Report, author_id: int) -> Any:
    """Say what an author may have done."""
    author = next((known for known in report.authors if known.id == author_id), None) or abort(404)
    return _proposing(report, author, queries.contributor_of(author))


@bp.route("/contributors/<int:contributor_id>/propose", methods=["GET", "POST"])
@requires("lead_contributor", Contributor, loading=queries.CONTRIBUTOR_PAGE, seen_by="view_contributor", locks=False)
def propose(contributor: Contributor) -> Any:
    """Say what somebody may have done who is named beside the authors."""
    return _proposing(contributor.report, contributor, contributor)


def _proposing(report: Report, known: ReportAuthor | Contributor, row: Contributor | None) -> Any:
    if row is not None and row.declared_at is not None:
        return redirect(f"{report.path}/credit", 303)
    form = roles_form({mark.role: mark.degree for mark in row.contributions} if row else {}, is_needed=False)
    if form.submitted():
        queries.held(report)
        row = known if isinstance(known, Contributor) else contributions.contributor_for(known)
        contributions.propose(row, roles_in(form), actor=actor())
        db.session.commit()
        flash(_("Proposed. It counts once %(name)s says so.", name=row.printed_name), "success")
        return redirect(f"{report.path}/credit", 303)
    name = known.printed_name if isinstance(known, Contributor) else known.name
    page = render_template("credit/propose.html", report=report, form=form, name=name)
    return page, 422 if form.errors else 200


@bp.post("/reports/<int:report_id>/credit/ask")
@requires("lead_report", Report, loading=queries.REPORT_PAGE, seen_by="view_credit", locks=False)
def ask(report: Report) -> Any:
    """Ask everybody who has not said yet what they did."""
    names = contributions.ask_everybody(queries.held(report), actor=actor())
    db.session.commit()
    flash(_("Asked: %(names)s.", names=list_and(names)), "success")
    return redirect(f"{report.path}/credit", 303)


@bp.route("/reports/<int:report_id>/credit/add", methods=["GET", "POST"])
@requires("lead_report", Report, loading=queries.REPORT_PAGE, seen_by="view_credit", locks=False)
def add(report: Report) -> Any:
    """Name somebody beside the authors, and ask them what they did."""
    named = {author.person_id for author in report.authors} | {row.whose_id for row in queries.contributors(report)}
    people = [person for person in (team(report.project) if report.project else []) if person.id not in named]
    places = partner_institutions(report.project) if report.project else []
    form = AddForm(people=people, places=places)
    if form.submitted():
        queries.held(report)
        person = next((known for known in people if str(known.id) == form.person.data), None)
        place = next((known for known in places if str(known.id) == form.institution.data), None)
        row = _add(report, form, person, place)
        db.session.commit()
        flash(_("%(name)s is named, and asked what they did.", name=row.name), "success")
        return redirect(f"{report.path}/credit", 303)
    return render_template("credit/add.html", report=report, form=form), 422 if form.errors else 200


def _add(report: Report, form: AddForm, person: Person | None, place: Institution | None) -> Contributor:
    roles: dict[ContributionRole, Degree | None] = {ContributionRole(name): None for name in form.roles.data or ()}
    return contributions.add_other(
        report,
        name=person.name if person else form.name.data or "",
        email=form.email.data or "",
        person=person,
        institution=place,
        affiliation=form.affiliation.data or "",
        roles=roles,
        actor=actor(),
    )


@bp.route("/contributors/<int:contributor_id>/remove", methods=["GET", "POST"])
@requires("lead_contributor", Contributor, loading=queries.CONTRIBUTOR_PAGE, seen_by="view_contributor", locks=False)
def remove(contributor: Contributor) -> Any:
    """A page that says what it means; its button takes somebody off who is named beside the authors."""
    report = contributor.report
    if contributor.author_id is not None:
        abort(404)
    if request.method == "POST":
        queries.held(report)
        contributions.remove_other(contributor, actor=actor())
        db.session.commit()
        flash(_("Taken off the list."), "success")
        return redirect(f"{report.path}/credit", 303)
    return render_template("credit/remove.html", report=report, contributor=contributor)
