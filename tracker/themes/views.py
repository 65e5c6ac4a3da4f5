from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from tracker.access import actor, requires
from tracker.database import db
from tracker.goals import GOALS
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
    saved: dict[str, str] = {}
    if form.submitted():
        if form.version.data == str(theme.version):
            actions.change(theme, **_values(form), actor=actor())
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(theme.path, 303)
        saved = _saved_meanwhile(theme, form)
        form.version.data = str(theme.version)
        form.version.raw_data = None
    status = 422 if form.errors else (409 if saved else 200)
    return render_template("themes/edit.html", form=form, theme=theme, saved=saved), status


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


def _saved_meanwhile(theme: Theme, form: ThemeForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed."""
    nothing = _("(nothing)")
    current = {
        "name": theme.name,
        "parent": theme.parent.name if theme.parent else nothing,
        "position": str(theme.position),
        "description": theme.description or nothing,
        "goals": "; ".join(f"{goal}. {GOALS[goal]}" for goal in theme.goals) or nothing,
    }
    kept = {name: getattr(theme, name) for name in ("name", "parent", "position", "description")}
    typed = _values(form)
    same = {name for name, value in kept.items() if typed[name] == value}
    same |= {"goals"} if set(typed["goals"]) == set(theme.goals) else set()
    return {name: text for name, text in current.items() if name not in same} or {"name": theme.name}


def _values(form: ThemeForm) -> dict[str, Any]:
    return {
        "name": form.name.data,
        "parent": queries.by_id(form.parent.data),
        "description": form.description.data or "",
        "goals": form.goals.data or [],
        "position": form.position.data or 0,
    }
