from typing import Any

from flask import Blueprint, abort, flash, has_request_context, redirect, render_template, request

from tracker import languages
from tracker.access import actor, can, demand, requires
from tracker.database import db
from tracker.dates import PartialDate, add_months, earth_day
from tracker.drafts.queries import REPORT_TEAM, lock
from tracker.errors import RuleBroken
from tracker.forms import number_or_none
from tracker.i18n import _, list_and
from tracker.markdown import render
from tracker.paging import paginate
from tracker.projects.actions import team
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.terms.changes import compare, shortened
from tracker.writing import actions, pens, queries
from tracker.writing.forms import HeadingForm, PenForm, TextForm, TogetherForm
from tracker.writing.merge import Keep, Merge, merge
from tracker.writing.models import Section, SectionRevision
from tracker.writing.states import SECTION_LABELS, SectionState

bp = Blueprint("writing", __name__)

TEXT = "/reports/<int:report_id>/text"
SECTION = "/sections/<int:section_id>"
PEN = "/reports/<int:report_id>/pen"
LARGEST_NUMBER = 2**31 - 1  # of a row


@bp.app_context_processor
def _who_holds_the_pen() -> dict[str, Any]:
    """The pages of a report's drafts belong to an earlier feature, and say whose turn it is."""
    if not has_request_context() or request.blueprint != "drafts":
        return {}
    report_id = (request.view_args or {}).get("report_id", 0)
    pen = queries.pen_of(report_id) if 0 < report_id <= LARGEST_NUMBER else None
    return {"pen": pen, "pen_is_over": pen is not None and pens.is_over(pen)}


# --- the text -----------------------------------------------------------------------------------------------


@bp.get(TEXT)
@requires("view_text", Report, loading=REPORT_TEAM, seen_by="view_report")
def index(report: Report) -> Any:
    return _index(report, _heading_form(report))


@bp.post(TEXT)
@requires("write_text", Report, loading=REPORT_TEAM, seen_by="view_report")
def add(report: Report) -> Any:
    form = _heading_form(report)
    if not form.submitted():
        return _index(report, form), 422
    section = actions.add(report, form.heading.data, partner=form.chosen, actor=actor())
    db.session.commit()
    flash(_("The section is added."), "success")
    return redirect(f"{report.path}/text#section-{section.id}", 303)


def _heading_form(report: Report) -> HeadingForm:
    return HeadingForm(partners=actions.may_name(report, None, actor()))


def _index(report: Report, form: HeadingForm) -> str:
    sections = queries.sections(report)
    pen = queries.pen(report)
    return render_template(
        "writing/index.html",
        report=report,
        form=form,
        sections=[section for section in sections if section.removed_at is None],
        removed=[section for section in sections if section.removed_at is not None],
        lengths=queries.length_of(sections),
        states=SECTION_LABELS,
        pen=pen,
        pen_is_over=pen is not None and pens.is_over(pen),
        may_write=_may_write(report),
    )


def _may_write(report: Report) -> bool:
    return report.state is ReportState.DRAFT and can("write_text", report)


@bp.post(f"{TEXT}/usual")
@requires("write_text", Report, loading=REPORT_TEAM, seen_by="view_report")
def usual(report: Report) -> Any:
    actions.begin_with_usual(report, actor=actor())
    db.session.commit()
    flash(_("The usual sections are there. Rename, remove and reorder them as you like."), "success")
    return redirect(f"{report.path}/text", 303)


@bp.post(f"{TEXT}/move")
@requires("write_text", Report, loading=REPORT_TEAM, seen_by="view_report")
def move(report: Report) -> Any:
    """Two buttons: `up` and `down`, each with the number of a section."""
    up, down = number_or_none(request.form.get("up")), number_or_none(request.form.get("down"))
    section_id = up or down
    if section_id is None:
        abort(400)
    actions.move(report, section_id, up=up is not None, actor=actor())
    db.session.commit()
    return redirect(f"{report.path}/text#section-{section_id}", 303)


@bp.route(f"{TEXT}/together", methods=["GET", "POST"])
@requires("write_text", Report, loading=REPORT_TEAM, seen_by="view_report", locks=False)
def together(report: Report) -> Any:
    """Make a numbered draft of all sections."""
    form = TogetherForm(language=report.language if languages.is_language(report.language) else "en")
    if form.submitted():
        lock(report)
        draft = actions.put_together(report, note=form.note.data or "", language=form.language.data, actor=actor())
        db.session.commit()
        flash(_("Draft %(number)s is made of the sections.", number=draft.number), "success")
        return redirect(draft.path, 303)
    sections = [section for section in queries.sections(report) if section.removed_at is None]
    return render_template(
        "writing/together.html",
        report=report,
        form=form,
        sections=sections,
        lengths=queries.length_of(sections),
        states=SECTION_LABELS,
    ), (422 if form.errors else 200)


# --- one section --------------------------------------------------------------------------------------------


@bp.get(SECTION)
@requires("view_section", Section, loading=queries.SECTION_PAGE)
def show(section: Section) -> str:
    return render_template(
        "writing/show.html", section=section, report=section.report, may_write=_may_write(section.report)
    )


@bp.route(f"{SECTION}/edit", methods=["GET", "POST"])
@requires("write_section", Section, loading=queries.SECTION_PAGE, seen_by="view_section")
def edit(section: Section) -> Any:
    """Write. "preview" saves nothing; where others changed the same lines both are shown, and nothing is saved."""
    if request.method != "POST" and (section.removed_at is not None or section.report.state is not ReportState.DRAFT):
        return redirect(section.path, 303)
    form = TextForm(version=str(section.version), text=section.text)
    if request.method != "POST":
        return _edit_page(section, form)
    clash = _clash_shown(section, form)
    if clash and request.form.get("take") == "chosen":
        form.text.data = clash.chosen(
            [_keep(request.form.get(f"keep-{number}")) for number in range(len(clash.clashes))]
        )
    if "preview" in request.form:
        return _edit_page(section, form, preview=render(form.text.data or ""))
    if not form.validate():
        return _clash_page(section, form, clash) if clash else _edit_page(section, form), 422
    began = number_or_none(form.version.data)
    if began is None:
        abort(400)
    return _save(section, form, began)


def _save(section: Section, form: TextForm, began: int) -> Any:
    text = form.text.data or ""
    others = queries.revisions_since(section, began)
    saved = actions.save(section, text, began=began, actor=actor())
    if saved.version is None:
        assert saved.merged is not None
        form.mine.data, form.began.data, form.version.data = text, str(began), str(section.version)
        form.text.data = saved.merged.proposed(_named(others), _("yours"))
        return _clash_page(section, form, saved.merged), 409
    db.session.commit()
    if saved.merged is None:
        flash(_("Saved."), "success")
        return redirect(section.path, 303)
    said = _("Saved, together with what %(names)s changed meanwhile. Below is what that was.", names=_named(others))
    flash(said, "success")
    return redirect(f"{section.path}/history/{others[-1].version}?from={began}", 303)


def _clash_shown(section: Section, form: TextForm) -> Merge | None:
    """The clash that the page showed, from what it sent back; None where that is no clash any more."""
    began, seen = number_or_none(form.began.data), number_or_none(form.version.data)
    base = queries.revision(section, began) if began else None
    theirs = queries.revision(section, seen) if seen else None
    if base is None or theirs is None or actions.too_long(form.mine.data or ""):
        return None
    found = merge(base.text, theirs.text, form.mine.data or "")
    return found if found.clashes else None


def _clash_page(section: Section, form: TextForm, clash: Merge) -> str:
    """Both versions, with a proposal that holds both. What was typed is kept; what is sent next began with this."""
    names = _named(queries.revisions_since(section, number_or_none(form.began.data) or 0))
    return render_template(
        "writing/clash.html", section=section, report=section.report, form=form, clashes=clash.clashes, names=names
    )


def _named(revisions: list[SectionRevision]) -> str:
    """Who wrote these versions, in words."""
    return list_and(list(dict.fromkeys(revision.written_by_name or _("somebody") for revision in revisions)))


def _keep(said: str | None) -> Keep:
    """Where nothing was chosen both stay: no words are lost by a forgotten button."""
    return Keep(said) if said in set(Keep) else Keep.BOTH


def _edit_page(section: Section, form: TextForm, *, preview: Any = None) -> str:
    pen = queries.pen(section.report)
    return render_template(
        "writing/edit.html",
        section=section,
        report=section.report,
        form=form,
        preview=preview,
        pen=pen if pen is not None and pen.holder_id != actor().id else None,
        pen_is_over=pen is not None and pens.is_over(pen),
    )


@bp.route(f"{SECTION}/heading", methods=["GET", "POST"])
@requires("write_section", Section, loading=queries.SECTION_PAGE, seen_by="view_section")
def heading(section: Section) -> Any:
    """Rename it, and say which partner is responsible."""
    form = HeadingForm(
        partners=actions.may_name(section.report, section.partner, actor()),
        was=section.heading,
        heading=section.heading,
        partner=str(section.partner_id or ""),
    )
    theirs = ""
    if form.submitted():
        if form.was.data in (section.heading, form.heading.data) or form.heading.data == section.heading:
            actions.rename(section, form.heading.data, actor=actor())
            if form.partner:
                actions.assign(section, form.chosen, actor=actor())
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(f"{section.report.path}/text#section-{section.id}", 303)
        theirs, form.was.data = section.heading, section.heading
    status = 409 if theirs else 422 if form.errors else 200
    return render_template(
        "writing/heading.html", section=section, report=section.report, form=form, theirs=theirs
    ), status


@bp.post(f"{SECTION}/state")
@requires("set_section_state", Section, loading=queries.SECTION_PAGE, seen_by="view_section")
def state(section: Section) -> Any:
    said = request.form.get("state")
    if said not in set(SectionState):
        abort(400)
    actions.set_state(section, SectionState(said), actor=actor())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(f"{section.report.path}/text#section-{section.id}", 303)


@bp.route(f"{SECTION}/remove", methods=["GET", "POST"])
@requires("write_section", Section, loading=queries.SECTION_PAGE, seen_by="view_section")
def remove(section: Section) -> Any:
    if request.method != "POST":
        return render_template("writing/remove.html", section=section, report=section.report)
    actions.remove(section, actor=actor())
    db.session.commit()
    flash(_("The section is removed. Its text is kept and can be brought back."), "success")
    return redirect(f"{section.report.path}/text", 303)


@bp.post(f"{SECTION}/restore")
@requires("write_section", Section, loading=queries.SECTION_PAGE, seen_by="view_section")
def restore(section: Section) -> Any:
    actions.restore(section, actor=actor())
    db.session.commit()
    flash(_("The section is back."), "success")
    return redirect(f"{section.report.path}/text#section-{section.id}", 303)


@bp.get(f"{SECTION}/history")
@requires("view_section", Section, loading=queries.SECTION_PAGE)
def history(section: Section) -> str:
    page = paginate(queries.history(section))
    return render_template("writing/history.html", section=section, report=section.report, page=page)


@bp.get(f"{SECTION}/history/<int:number>")
@requires("view_section", Section, loading=queries.SECTION_PAGE)
def version(section: Section, number: int) -> str:
    """A version and what it changed: against the one before, or the one the address names with "from"."""
    shown = _revision(section, number)
    since = number_or_none(request.args.get("from")) or number - 1
    before = queries.revision(section, since) if 0 < since < number else None
    return render_template(
        "writing/version.html",
        section=section,
        report=section.report,
        shown=shown,
        before=before,
        pieces=shortened(compare(before.text, shown.text)) if before else [],
        html=render(shown.text),
        may_write=_may_write(section.report) and section.removed_at is None,
    )


@bp.post(f"{SECTION}/history/<int:number>")
@requires("write_section", Section, loading=queries.SECTION_PAGE, seen_by="view_section")
def bring_back(section: Section, number: int) -> Any:
    shown = _revision(section, number)
    actions.bring_back(section, shown.version, seen=number_or_none(request.form.get("seen")) or 0, actor=actor())
    db.session.commit()
    flash(_("Version %(number)s is the newest text again.", number=number), "success")
    return redirect(section.path, 303)


def _revision(section: Section, number: int) -> SectionRevision:
    found = queries.revision(section, number) if number < 2**31 else None
    if found is None:
        abort(404)
    return found


# --- the pen ------------------------------------------------------------------------------------------------


@bp.route(PEN, methods=["GET", "POST"])
@requires("view_text", Report, loading=REPORT_TEAM, seen_by="view_report", locks=False)
def pen(report: Report) -> Any:
    """Whose turn it is: take the pen, pass it on, hold it longer, take it back."""
    person = actor()
    if request.method == "POST":
        demand("write_text", report)
        lock(report)
    held = queries.pen(report)
    people = [person, *(known for known in team(report.project) if known is not person)] if report.project else []
    form = PenForm(people=people, person=str(person.id), until=PartialDate.of(add_months(earth_day(), 1)))
    if form.submitted() and form.until.data is not None:
        pens.give(report, form.chosen, until=form.until.data, words=form.words.data or "", actor=person)
        db.session.commit()
        flash(_("Saved. Those who write with you are told."), "success")
        return redirect(f"{report.path}/pen", 303)
    return render_template(
        "writing/pen.html",
        report=report,
        pen=held,
        pen_is_over=held is not None and pens.is_over(held),
        form=form,
        may_give=_may_write(report) and pens.may_give(held, report, person),
        may_take_back=held is not None and _may_write(report) and pens.may_take_back(held, report, person),
    ), (422 if form.errors else 200)


@bp.post(f"{PEN}/done")
@requires("write_text", Report, loading=REPORT_TEAM, seen_by="view_report", locks=False)
def lay_down(report: Report) -> Any:
    return _end_pen(report, pens.lay_down, _("You have laid down the pen. Thank you for writing."))


@bp.post(f"{PEN}/back")
@requires("lead_text", Report, loading=REPORT_TEAM, seen_by="view_report", locks=False)
def take_back(report: Report) -> Any:
    return _end_pen(report, pens.take_it_back, _("The pen is free."))


def _end_pen(report: Report, action: Any, said: str) -> Any:
    lock(report)
    held = queries.pen(report)
    if held is None:
        raise RuleBroken(_("Nobody holds the pen any more. Nothing was changed."))
    action(held, actor=actor())
    db.session.commit()
    flash(said, "success")
    return redirect(f"{report.path}/pen", 303)
