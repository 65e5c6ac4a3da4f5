from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from tracker.access import actor, can, requires
from tracker.database import db
from tracker.i18n import _, format_day, language_name
from tracker.projects.models import Partner, Project
from tracker.projects.queries import ON_A_PAGE, ON_THE_DOOR
from tracker.projects.states import SEEKS_PARTNERS
from tracker.seats import actions, queries
from tracker.seats.beside import known_beside
from tracker.seats.forms import SeatForm
from tracker.seats.models import Filling, Seat
from tracker.seats.standing import asked_for, filled_by, standing_of
from tracker.seats.states import TASK_LABELS, Task
from tracker.seats.words import place_name, title_from, title_of
from tracker.themes import queries as theme_queries

bp = Blueprint("seats", __name__, url_prefix="/projects/<int:project_id>/seats")
FIELDS = ("task", "place", "language", "skills", "description", "wanted", "until")


@bp.record_once
def _give_templates_the_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.filters.update(seat_title=title_of, seat_title_from=title_from)
    setup.app.jinja_env.globals.update(seat_title=title_of, seat_standing=standing_of, seat_filled_by=filled_by)


@bp.get("")
@requires("view_project", Project, loading=ON_THE_DOOR)
def index(project: Project) -> str:
    return render_template(
        "seats/index.html",
        project=project,
        seats=queries.fillings_of(project.id),
        leads=can("lead_project", project),
        seeks=project.state in SEEKS_PARTNERS,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def new(project: Project) -> Any:
    form = SeatForm(theme_choices=theme_queries.choices())
    if form.submitted():
        seat = actions.open_seat(project, actor=actor(), **_written(form), **_themes(form))
        db.session.commit()
        flash(_("The seat is open."), "success")
        return redirect(seat.path, 303)
    page = render_template("seats/new.html", project=project, form=form)
    return page, (422 if form.errors else 200)


@bp.get("/<int:seat_id>")
@requires("view_project", Project, loading=ON_A_PAGE)
def show(project: Project, seat_id: int) -> str:
    seat, leads = _seat(project, seat_id), can("lead_project", project)
    standing = standing_of(seat, project, leads=leads)
    seeks = project.state in SEEKS_PARTNERS
    return render_template(
        "seats/show.html",
        project=project,
        seat=seat,
        standing=standing,
        place=place_name(seat.place),
        task=TASK_LABELS[seat.task],
        leads=leads,
        seeks=seeks,
        filled=filled_by(seat),
        asked=[known for known in asked_for(seat) if leads or _is_own(known)],
        offers=standing.seeks and project.state in queries.SEEKING and _may_offer(project),
        to_give=_to_give(project, seat) if leads and standing.seeks else [],
        **known_beside(seat, actor()),
    )


@bp.route("/<int:seat_id>/edit", methods=["GET", "POST"])
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def edit(project: Project, seat_id: int) -> Any:
    seat = _seat(project, seat_id)
    form = SeatForm(
        theme_choices=theme_queries.choices(keep=[theme.id for theme in seat.themes]),
        taken=seat.taken,
        known_until=seat.until,
        **({} if request.method == "POST" else _current(seat)),
    )
    saved: dict[str, str] = {}
    if form.submitted():
        if form.version.data == str(seat.version):
            actions.change_seat(seat, actor=actor(), **_written(form), **_themes(form))
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(seat.path, 303)
        saved = _saved_meanwhile(seat, form)
        form.version.data = str(seat.version)
    status = 409 if saved else (422 if form.errors else 200)
    return render_template("seats/edit.html", project=project, seat=seat, form=form, saved=saved), status


@bp.post("/<int:seat_id>/close")
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def close(project: Project, seat_id: int) -> Any:
    seat = _seat(project, seat_id)
    actions.close_seat(seat, actor=actor())
    return _done(seat, _("The seat is closed. It can be opened again."))


@bp.post("/<int:seat_id>/reopen")
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def reopen(project: Project, seat_id: int) -> Any:
    seat = _seat(project, seat_id)
    actions.reopen_seat(seat, actor=actor())
    return _done(seat, _("The seat is open again."))


@bp.route("/<int:seat_id>/remove", methods=["GET", "POST"])
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def remove(project: Project, seat_id: int) -> Any:
    seat = _seat(project, seat_id)
    if request.method == "POST":
        actions.remove_seat(seat, actor=actor())
        db.session.commit()
        flash(_("The seat is removed."), "success")
        return redirect(url_for(".index", project_id=project.id), 303)
    return render_template("seats/remove.html", project=project, seat=seat)


@bp.post("/<int:seat_id>/give")
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def give(project: Project, seat_id: int) -> Any:
    """Give the seat to an institution that takes part already."""
    seat = _seat(project, seat_id)
    partner = _chosen(project)
    if partner is None:
        flash(_("Choose a partner first."), "warning")
        return redirect(seat.path, 303)
    actions.give(seat, partner, actor=actor())
    return _done(seat, _("%(name)s fills this seat now.", name=partner.name))


@bp.post("/<int:seat_id>/take-back")
@requires("lead_project", Project, loading=ON_THE_DOOR, seen_by="view_project")
def take_back(project: Project, seat_id: int) -> Any:
    """A partner fills this seat no longer; it stays in the project."""
    seat = _seat(project, seat_id)
    partner = _chosen(project)
    if partner is None:
        flash(_("Choose a partner first."), "warning")
        return redirect(seat.path, 303)
    actions.take_back(seat, partner, actor=actor())
    return _done(seat, _("%(name)s fills this seat no longer. It still takes part.", name=partner.name))


def _seat(project: Project, seat_id: int) -> Seat:
    """The seat with who fills it; 404 for one of another project. The project is locked, so nobody changes it."""
    seat = next((known for known in queries.fillings_of(project.id) if known.id == seat_id), None)
    return seat or abort(404)


def _done(seat: Seat, said: str) -> Any:
    db.session.commit()
    flash(said, "success")
    return redirect(seat.path, 303)


def _chosen(project: Project) -> Partner | None:
    chosen = request.form.get("partner", "")
    return next((partner for partner in project.partners if str(partner.id) == chosen), None)


def _may_offer(project: Project) -> bool:
    """Who is not signed in may be somebody who can: the page of the offer asks them in."""
    return actor() is None or can("offer_to_join", project)


def _to_give(project: Project, seat: Seat) -> list[Partner]:
    filling = {known.partner_id for known in filled_by(seat)}
    return [partner for partner in project.partners if partner.takes_part and partner.id not in filling]


def _is_own(filling: Filling) -> bool:
    """Whoever answers for a partner, or offered it, sees where that stands."""
    person = actor()
    return person is not None and (
        can("answer_for_partner", filling.partner) or filling.partner.asked_by_id == person.id
    )


def _written(form: SeatForm) -> dict[str, Any]:
    return {
        "task": Task(form.task.data),
        "place": form.place.data or "",
        "language": form.language.data or "",
        "skills": form.skills.data or "",
        "description": form.description.data or "",
        "wanted": form.wanted.data or 1,
        "until": form.until.data,
    }


def _themes(form: SeatForm) -> dict[str, Any]:
    return {"themes": theme_queries.by_ids(form.themes.data or ())}


def _current(seat: Seat) -> dict[str, Any]:
    """The form's fields as the seat fills them."""
    plain = {name: getattr(seat, name) for name in ("version", *FIELDS)}
    return plain | {"themes": [theme.id for theme in seat.themes]}


def _saved_meanwhile(seat: Seat, form: SeatForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed in it."""
    readable: dict[str, Any] = {
        "task": lambda task: str(TASK_LABELS[task]),
        "place": lambda place: place_name(place) or _("anywhere"),
        "language": lambda tag: language_name(tag) if tag else _("any"),
        "until": lambda day: format_day(day) if day else "",
    }
    nothing, saved = _("(nothing)"), {}
    for name, typed in _written(form).items():
        current = getattr(seat, name)
        if (current or None) != (typed or None):
            saved[name] = readable.get(name, str)(current) or nothing
    if set(form.themes.data or []) != {theme.id for theme in seat.themes}:
        saved["themes"] = "; ".join(theme.name for theme in seat.themes) or nothing
    return saved or {"task": str(TASK_LABELS[seat.task])}
