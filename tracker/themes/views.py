from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker.access import actor, requires
from tracker.database import db
from tracker.i18n import _
from tracker.themes import actions, queries
from tracker.themes.forms import ThemeForm
from tracker.themes.models import Theme

bp = Blueprint("themes", __name__, url_prefix="/themes")


@bp.route("/new", methods=["GET", "POST"])
@requires("keep_themes")
def new() -> Any:
    parents = queries.choices()
    parent = request.args.get("parent", "")
    form = ThemeForm(parents=parents, parent=parent if parent in {str(row_id) for row_id, _name in parents} else "")
    if form.submitted():
        theme = actions.add(**_values(form), actor=actor())
        db.session.commit()
        flash(_("The theme is on the agenda."), "success")
        return redirect(theme.path, 303)
    return render_template("themes/new.html", form=form), (422 if form.errors else 200)


@bp.route("/<int:theme_id>/edit", methods=["GET", "POST"])
@requires("keep_themes", Theme, loading=queries.ON_A_PAGE)
def edit(theme: Theme) -> Any:
    below = set(queries.with_descendants(theme.id))
    keep = [theme.parent_id] if theme.parent_id else []
    parents = [(row_id, name) for row_id, name in queries.choices(keep=keep) if row_id not in below]
    if request.method == "POST":
        form = ThemeForm(parents=parents)
    else:
        form = ThemeForm(parents=parents, obj=theme, parent=str(theme.parent_id or ""), goals=theme.goals)
    if form.submitted():
        actions.change(theme, **_values(form), actor=actor())
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(theme.path, 303)
    return render_template("themes/edit.html", form=form, theme=theme), (422 if form.errors else 200)


@bp.post("/<int:theme_id>/retire")
@requires("keep_themes", Theme)
def retire(theme: Theme) -> Any:
    actions.retire(theme, actor=actor())
    db.session.commit()
    flash(_("The theme is no longer offered. What was filed under it stays."), "success")
    return redirect(theme.path, 303)


@bp.post("/<int:theme_id>/restore")
@requires("keep_themes", Theme)
def restore(theme: Theme) -> Any:
    actions.restore(theme, actor=actor())
    db.session.commit()
    flash(_("The theme is offered again."), "success")
    return redirect(theme.path, 303)


def _values(form: ThemeForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "parent": queries.by_id(form.parent.data),
        "description": form.description.data or "",
        "goals": form.goals.data or [],
        "position": form.position.data or 0,
    }
