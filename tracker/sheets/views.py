import io
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file

from tracker.access import actor, requires
from tracker.database import db
from tracker.i18n import _, ngettext
from tracker.institutions.models import Institution, Network
from tracker.milestones.queries import PROJECT_TEAM
from tracker.projects.models import Project
from tracker.sheets import actions
from tracker.sheets.book import Book, write
from tracker.sheets.comparing import Row
from tracker.sheets.desks import DESKS
from tracker.sheets.forms import WorkbookForm
from tracker.sheets.models import Sheet
from tracker.sheets.reading import Unreadable
from tracker.sheets.states import SheetKind
from tracker.workbooks import MEDIA_TYPE

bp = Blueprint("sheets", __name__)
MOST_SHOWN = 200  # rows of a preview


@bp.route("/projects/<int:project_id>/plan/sheet", methods=["GET", "POST"])
@requires("lead_project", Project, loading=PROJECT_TEAM, seen_by="view_project", locks=False)
def plan(project: Project) -> Any:
    return _page(SheetKind.PLAN, project.id)


@bp.get("/projects/<int:project_id>/plan/sheet.xlsx")
@requires("lead_project", Project, loading=PROJECT_TEAM, seen_by="view_project")
def plan_file(project: Project) -> Any:
    return _file(SheetKind.PLAN, project.id)


@bp.route("/networks/<int:network_id>/projects/sheet", methods=["GET", "POST"])
@requires("coordinate_network", Network, locks=False)
def projects(network: Network) -> Any:
    return _page(SheetKind.PROJECTS, network.id)


@bp.get("/networks/<int:network_id>/projects/sheet.xlsx")
@requires("coordinate_network", Network)
def projects_file(network: Network) -> Any:
    return _file(SheetKind.PROJECTS, network.id)


@bp.route("/me/projects/sheet", methods=["GET", "POST"])
@requires("signed_in")
def own_projects() -> Any:
    return _page(SheetKind.OWN_PROJECTS, actor().id)


@bp.get("/me/projects/sheet.xlsx")
@requires("signed_in")
def own_projects_file() -> Any:
    return _file(SheetKind.OWN_PROJECTS, actor().id)


@bp.route("/institutions/<int:institution_id>/month/sheet", methods=["GET", "POST"])
@requires("fill_in_month", Institution, locks=False)
def month(institution: Institution) -> Any:
    return _page(SheetKind.CHECK_INS, institution.id)


@bp.get("/institutions/<int:institution_id>/month/sheet.xlsx")
@requires("fill_in_month", Institution)
def month_file(institution: Institution) -> Any:
    return _file(SheetKind.CHECK_INS, institution.id)


@bp.route("/sheets/<int:sheet_id>", methods=["GET", "POST"])
@requires("view_sheet", Sheet)
def show(sheet: Sheet) -> Any:
    """What the uploaded workbook would change; its button changes it, all or nothing."""
    if request.method == "POST":
        return _apply(sheet)
    book, rows = DESKS[sheet.kind].open(sheet.subject_id, False), actions.shown(sheet)
    return render_template(
        "sheets/show.html",
        sheet=sheet,
        book=book,
        page=DESKS[sheet.kind].page(sheet.subject_id),
        fields={known.name: known for known in book.fields},
        refused=[row for row in rows if row.faults],
        conflicts=[row for row in rows if not row.faults and row.has_conflict],
        changed=[row for row in rows if not row.faults and not row.has_conflict and row.cells],
        typed={line["place"]: line["cells"] for line in sheet.lines},
        remarked=[row for row in rows if row.remarks and not row.faults],
        most=MOST_SHOWN,
    )


def _apply(sheet: Sheet) -> Any:
    make = _making(sheet.kind, sheet.subject_id)
    mine = {row.place: _chosen(row) for row in actions.shown(sheet) if row.has_conflict}
    try:
        changed = actions.apply(make, sheet, mine)
    except actions.Stale:
        db.session.commit()
        flash(_("Nothing was changed yet: the record has changed since you looked. See below, and confirm."), "warning")
        return redirect(sheet.path, 303)
    db.session.commit()
    flash(ngettext("%(num)s row was changed.", "%(num)s rows were changed.", changed), "success")
    return redirect(make().back, 303)


def _chosen(row: Row) -> list[str]:
    """The columns of a row whose uploaded value counts, as its reader chose."""
    return [cell.name for cell in row.cells if request.form.get(f"choice-{row.place}-{cell.name}") == "mine"]


def _making(kind: SheetKind, subject_id: int) -> Callable[[], Book]:
    """Gives the workbook from locked records, in the language spoken when it is called."""
    return lambda: DESKS[kind].open(subject_id, True)


def _page(kind: SheetKind, subject_id: int) -> Any:
    """Where the workbook is downloaded and sent back."""
    form = WorkbookForm()
    if form.submitted():
        try:
            sheet = actions.upload(_making(kind, subject_id), form.file.stream, form.file.filename, actor=actor())
        except Unreadable as error:
            form.upload.errors = [str(error)]
        else:
            db.session.commit()
            return redirect(sheet.path, 303)
    book = DESKS[kind].open(subject_id, False)
    page = render_template("sheets/page.html", form=form, book=book, page=DESKS[kind].page(subject_id))
    return page, 422 if form.errors else 200


def _file(kind: SheetKind, subject_id: int) -> Any:
    book = DESKS[kind].open(subject_id, False)
    target = io.BytesIO()
    write(book, target)
    target.seek(0)
    name = "".join(" " if sign in '/\\:*?"<>|' else sign for sign in book.name)
    return send_file(target, mimetype=MEDIA_TYPE, as_attachment=True, download_name=f"{name[:120].strip()}.xlsx")
