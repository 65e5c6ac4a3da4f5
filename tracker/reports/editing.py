"""The pages where a record is written: each part saves by itself. Part of the views."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker import files
from tracker.access import actor, requires
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.forms import row_number
from tracker.i18n import _, _l
from tracker.markdown import render
from tracker.reports import actions, filing, queries, related, texts
from tracker.reports.changing import change
from tracker.reports.forms import EssentialsForm, MoreForm, RecordForm, SubjectsForm
from tracker.reports.list_forms import AuthorsForm, FilesForm, LanguagesForm, RelatedForm
from tracker.reports.models import Report
from tracker.reports.page_count import pages_of
from tracker.reports.states import LinkKind
from tracker.themes.queries import by_ids
from tracker.themes.queries import choices as theme_choices

bp = Blueprint("reports", __name__)

PARTS = {  # in the order in which a record is written; "" is the first page
    "": _l("Title and publication"),
    "authors": _l("Authors"),
    "files": _l("Files"),
    "subjects": _l("Subjects"),
    "languages": _l("Other languages"),
    "related": _l("Related outputs"),
    "more": _l("Numbers and statements"),
}


@bp.route("/reports/<int:report_id>/edit", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit(report: Report) -> Any:
    """What comes first. The buttons for one more publisher and for a preview save nothing."""
    form = EssentialsForm(report)

    def save() -> bool:
        actions.change_report(report, actor=actor(), because=form.why(), **form.values())
        return True

    if request.method == "POST" and "row" in request.form:
        form.arrange(request.form["row"])
        return _page(report, "", form)
    if request.method == "POST" and "preview" in request.form:
        sound = form.abstract.validate(form)
        return _page(
            report, "", form, 200 if sound else 422, preview=render(form.abstract.data or "") if sound else None
        )
    return _answer(report, "", form, save)


@bp.route("/reports/<int:report_id>/edit/authors", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit_authors(report: Report) -> Any:
    """The authors in their order. Buttons that arrange them save nothing."""
    form = AuthorsForm(report, _people(report))

    def save() -> bool:
        actions.set_authors(report, form.rows(), actor(), form.why())
        return True

    if request.method == "POST" and "row" in request.form:
        form.arrange(request.form["row"])
        return _page(report, "authors", form)
    return _answer(report, "authors", form, save)


@bp.route("/reports/<int:report_id>/edit/languages", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit_languages(report: Report) -> Any:
    """Titles and abstracts in other languages. Buttons that add and remove one save nothing."""
    form = LanguagesForm(report)

    def save() -> bool:
        with change(report, actor=actor(), because=form.why()):
            actions.change_report(report, actor=actor(), other_languages=form.typed()["other_languages"])
            texts.set_texts(report, form.rows(), actor=actor())
        return True

    if request.method == "POST" and "row" in request.form:
        form.arrange(request.form["row"])
        return _page(report, "languages", form)
    return _answer(report, "languages", form, save)


@bp.route("/reports/<int:report_id>/edit/subjects", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit_subjects(report: Report) -> Any:
    """Themes, countries studied, goals."""
    form = SubjectsForm(report, theme_choices(theme.id for theme in report.themes))

    def save() -> bool:
        typed = form.typed()
        themes = by_ids(typed.pop("themes"))
        texts.set_subjects(report, themes=themes, actor=actor(), because=form.why(), **typed)
        return True

    return _answer(report, "subjects", form, save)


@bp.route("/reports/<int:report_id>/edit/more", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit_more(report: Report) -> Any:
    """Series and numbers, statements, notes."""
    form = MoreForm(report)

    def save() -> bool:
        actions.change_report(report, actor=actor(), because=form.why(), **form.typed())
        return True

    return _answer(report, "more", form, save)


@bp.route("/reports/<int:report_id>/edit/files", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit_files(report: Report) -> Any:
    """Where it appeared and its files. The buttons of a row save what is typed, too."""
    form = FilesForm(report)
    return _answer(report, "files", form, lambda: _save_files(report, form), stays="row" in request.form)


@bp.route("/reports/<int:report_id>/edit/related", methods=["GET", "POST"])
@requires("edit_report", Report, loading=queries.REPORT_PAGE, seen_by="view_report")
def edit_related(report: Report) -> Any:
    """Outputs that this one is a translation, a brief, a part … of: each is added and removed by itself."""
    form = RelatedForm(report)
    command, _dash, place = request.form.get("row", "").partition("-")
    link = next((link for link in report.links if str(link.id) == place), None)

    def save() -> bool:
        if command:
            if link is None:
                raise RuleBroken(_("This link is not there any longer."))
            if command == "remove":
                related.unlink(link, actor=actor(), because=form.why())
            else:
                related.still_up_to_date(link, actor=actor())
            return True
        return _add_link(report, form)

    if request.method == "POST" and command == "still" and "because" in form:
        del form.because
    return _answer(report, "related", form, save, stays=True)


def _answer(report: Report, part: str, form: RecordForm, save: Callable[[], bool], *, stays: bool = False) -> Any:
    """Show a part, or save it and go on: to the report, or to the next part; `stays`: to the same part."""
    if request.method != "POST":
        return _page(report, part, form)
    sound = form.submitted()
    behind = form.is_behind()
    if sound and not behind and save():
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(_onward(report, part, stays), 303)
    theirs = form.theirs() if behind else {}
    form.version.data = form.mark()
    return _page(report, part, form, 409 if behind else 422, conflicts=behind, theirs=theirs)


def _page(report: Report, part: str, form: RecordForm, status: int = 200, **shown: Any) -> Any:
    lacking = actions.missing_in(report) if not report.is_public else []
    links = queries.linked(report, actor()) if part == "related" else ([], [])
    shown = {"conflicts": False, "theirs": {}, "preview": None} | shown
    return render_template(
        f"reports/edit/{part or 'essentials'}.html",
        form=form,
        report=report,
        part=part,
        parts=[(key, label, _lacking(report, key, lacking)) for key, label in PARTS.items()],
        missing=[item for item in lacking if not part or _is_in(report, part, item)],
        links=links,
        stale={link.id for side in links for link in side if related.is_stale(link)},
        **shown,
    ), status


def _lacking(report: Report, part: str, lacking: list[Any]) -> int:
    """How many things are missing in a part."""
    return sum(_is_in(report, part, item) for item in lacking)


def _is_in(report: Report, part: str, item: Any) -> bool:
    return bool(item.path.partition("#")[0] == f"{report.path}/edit/{part}".rstrip("/"))


def _onward(report: Report, part: str, stays: bool) -> str:
    names = list(PARTS)
    if stays:
        return f"{report.path}/edit/{part}".rstrip("/")
    if "next" in request.form and part != names[-1]:
        return f"{report.path}/edit/{names[names.index(part) + 1]}"
    return report.path


def _save_files(report: Report, form: FilesForm) -> bool:
    """Write the whole form, or nothing and an error beside the file that is refused."""
    kept = {}
    for field in (form.upload, form.more_upload):
        if not getattr(field.data, "filename", ""):
            continue
        try:
            kept[field.name] = files.keep(field.data, uploaded_by=actor(), project_id=report.project_id)
        except ValueError as error:
            field.errors = [str(error)]
    if form.upload.errors or form.more_upload.errors:
        return False
    with change(report, actor=actor(), because=form.why()):
        actions.change_report(report, actor=actor(), website=form.website.data or "")
        filing.set_files(report, _arranged(form.rows(), request.form.get("row", "")), actor=actor())
        if main := kept.get("upload"):
            actions.attach_file(report, main, actor=actor(), pages=pages_of(main))
        elif form.remove_file.data and report.file is not None:
            actions.remove_file(report, actor=actor())
        if further := kept.get("more_upload"):
            named = {"language": form.more_language.data or "", "label": form.more_label.data or ""}
            filing.add_file(report, further, actor=actor(), pages=pages_of(further), **named)
    return True


def _arranged(rows: list[dict[str, Any]], command: str) -> list[dict[str, Any]]:
    """The further files after a button ("up-7", "down-7", "remove-7" with the id of a row)."""
    verb, _dash, place = command.partition("-")
    at = next((index for index, row in enumerate(rows) if str(row["id"]) == place), None)
    if at is None:
        return rows
    row = rows.pop(at)
    if verb != "remove":
        rows.insert(max(0, at + {"up": -1, "down": 1}.get(verb, 0)), row)
    return rows


def _add_link(report: Report, form: RelatedForm) -> bool:
    """Add the link that is described, or say beside the field what is not clear yet."""
    kind = LinkKind(form.kind.data)
    try:
        if form.find.data:
            other = _meant(report, form)
            if other is None:
                return False
            related.link_report(report, kind, other, actor=actor(), because=form.why())
        else:
            output = {"title": form.title.data or "", "website": form.website.data or ""}
            related.link_output(report, kind, actor=actor(), because=form.why(), **output)
    except RuleBroken as error:
        field = form.find if form.find.data else form.title
        field.errors = [str(error)]
        return False
    return True


def _meant(report: Report, form: RelatedForm) -> Report | None:
    """The report that was named; where it may be several, the form asks which."""
    found = queries.to_link(report, form.find.data, actor())
    try:
        chosen = row_number(form.other.data or "")
    except ValueError:
        chosen = 0
    one = found[0] if len(found) == 1 else next((each for each in found if each.id == chosen), None)
    if one is None and found:
        form.offer_reports(found)
        form.other.errors = [_("Several reports have these words. Choose one.")]
    elif one is None:
        form.find.errors = [_("No report was found by this. Try its number, or fewer words.")]
    return one


def _people(report: Report) -> list[tuple[int, str]]:
    """Who may be named as an author's person: the team, and whom the record names already."""
    team = [member.person for member in report.project.members] if report.project else []
    named = [author.person for author in report.authors if author.person]
    return list({person.id: (person.id, person.name) for person in [*team, *named]}.values())
