from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from tracker.access import actor, can, demand, load, requires
from tracker.database import SAFE_METHODS, db
from tracker.i18n import _
from tracker.institutions.models import Institution
from tracker.institutions.queries import alias
from tracker.markdown import clean_text
from tracker.merging import actions, fields, queries
from tracker.merging.forms import MergeForm, merge_form, versions_of
from tracker.merging.references import columns_to
from tracker.merging.words import Moved, moved

bp = Blueprint("merging", __name__)
LONGEST_WORDS = 200
LARGEST_NUMBER = 2**31 - 1  # of a row


@bp.get("/institutions/<int:institution_id>/merge")
@requires("merge_institution", Institution, loading=queries.FOR_MERGING)
def choose(institution: Institution) -> str:
    """Which other record is the same institution: what looks alike, or what has the words asked for."""
    words = clean_text(request.args.get("q", ""))[:LONGEST_WORDS].strip()
    rows = queries.found(institution, words) if words else queries.alike(institution)
    return render_template(
        "merging/choose.html",
        institution=institution,
        words=words,
        rows=[(row, can("merge_institution", row)) for row in rows],
        most=queries.MOST_FOUND,
    )


@bp.route("/institutions/<int:institution_id>/merge/<int:other_id>", methods=["GET", "POST"])
@requires("merge_institution", Institution, loading=queries.FOR_MERGING, locks=False)
def merge(institution: Institution, other_id: int) -> Any:
    """Both records side by side; with a POST they become one."""
    if other_id > LARGEST_NUMBER:
        abort(404)
    actions.demand_two(institution.id, other_id)
    if request.method in SAFE_METHODS and (led := alias(other_id)):
        return redirect(url_for(".merge", institution_id=institution.id, other_id=led), 308)
    other = load(Institution, other_id, queries.FOR_MERGING, locks=False)
    demand("merge_institution", other)
    if request.method not in SAFE_METHODS and len(queries.hold(institution.id, other.id)) < 2:
        abort(409)
    compared = fields.compared(institution, other)
    differing = [each for each in compared if each.differs]
    form = merge_form(institution, other, differing)
    status = 422 if request.method == "POST" else 200
    if form.submitted():
        if form.versions.data == versions_of(institution, other):
            values = fields.taken(institution, other, form.chosen(differing))
            kept = actions.merge(institution, other, values=values, actor=actor())
            db.session.commit()
            flash(_("The two records are one now."), "success")
            return redirect(kept.path, 303)
        status = 409
        form.versions.data = versions_of(institution, other)
        form.versions.raw_data = None
    return _page(institution, other, compared, form, was_changed=status == 409), status


def _page(
    institution: Institution, other: Institution, compared: list[fields.Compared], form: MergeForm, *, was_changed: bool
) -> str:
    two = (institution, other)
    ids = [row.id for row in two]
    counted: list[Moved] = moved(queries.numbers(columns_to("institution"), ids), ids)
    return render_template(
        "merging/merge.html",
        two=two,
        form=form,
        same=[(each.field.label, each.texts[institution.id]) for each in compared if not each.differs],
        differing=[each for each in compared if each.differs],
        languages=fields.languages(sorted({*institution.languages, *other.languages})),
        themes=sorted({theme.name for row in two for theme in row.themes}),
        names=fields.other_names(institution, other, fields.taken(institution, other, {})).splitlines(),
        counted=counted,
        was_changed=was_changed,
    )
