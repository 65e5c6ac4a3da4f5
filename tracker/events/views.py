from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from tracker import countries, zones
from tracker.access import actor, can, public, requires
from tracker.database import db
from tracker.dates import EARLIEST_YEAR, LATEST_YEAR, earth_day
from tracker.errors import RuleBroken
from tracker.events import actions, queries
from tracker.events.forms import EventForm, GuestForm
from tracker.events.models import Event
from tracker.events.states import EVENT_LABELS, EventKind
from tracker.events.words import local, when, when_for
from tracker.forms import number_or_none
from tracker.i18n import _, country_name, format_day, language, language_name
from tracker.institutions.models import Institution, Network
from tracker.institutions.queries import coordinated_by, networks
from tracker.languages import is_language
from tracker.markdown import clean_text
from tracker.paging import COUNT_UP_TO, paginate
from tracker.projects.models import Project
from tracker.themes import queries as theme_queries

bp = Blueprint("events", __name__, url_prefix="/events")
LONGEST_WORDS = 200


@bp.record_once
def _give_templates_the_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(event_when=when)


@bp.get("")
@public
def index() -> str:
    filters = _filters()
    page = paginate(queries.event_list(actor(), **filters))
    named, present = networks(), queries.countries_present()
    about = _about(filters["project_id"])
    return render_template(
        "events/index.html",
        page=page,
        most=COUNT_UP_TO,
        sections=_sections(page.items),
        is_filtered=any(value is not None and value != "" for value in filters.values()),
        about=about,
        kinds=EVENT_LABELS.items(),
        countries=[(code, name) for code, name in countries.choices() if code in present],
        themes=theme_queries.choices(),
        networks=[(str(each.id), each.name) for each in named] if len(named) > 1 else [],
        years=[(str(year), str(year)) for year in queries.years_present()],
        may_announce=can("announce_event") and _may_announce(),
    )


@bp.get("/<int:event_id>")
@requires("view_event", Event, loading=queries.ON_A_PAGE)
def show(event: Event) -> str:
    person = actor()
    return render_template(
        "events/show.html",
        event=event,
        may_edit=can("edit_event", event),
        own_time=when_for(event, person.time_zone if person else "UTC"),
        is_over=event.day < earth_day(),
        projects=[project for project in event.projects if can("view_project", project)],
        reports=[report for report in event.reports if can("view_report", report)],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires("announce_event")
def new() -> Any:
    """`?project=` names a project that it belongs to."""
    person = actor()
    if not _may_announce():
        abort(403)
    asked = number_or_none(request.args.get("project"))
    project = queries.project_by_id(asked) if asked else None
    tied = [project] if project is not None and can("lead_project", project) else []
    zone = person.time_zone
    country = zones.country_of(zone) or ""
    first = {"kind": EventKind.OTHER, "time_zone": zone, "country": country, "language": _language()}
    form = _form(tied, [], [], kept_zone=zone, is_new=True, **first)
    if form.submitted():
        event = actions.announce(_network(form, tied), actor=person, **form.values(), **_ties(form, tied, []))
        db.session.commit()
        flash(_("The event is announced."), "success")
        return redirect(event.path, 303)
    return render_template("events/new.html", form=form, project=project if tied else None), _status(form)


@bp.route("/<int:event_id>/edit", methods=["GET", "POST"])
@requires("edit_event", Event, loading=queries.ON_A_PAGE, seen_by="view_event")
def edit(event: Event) -> Any:
    """Two who edit at once: the second sees what the first saved, and loses nothing."""
    held = {} if request.method == "POST" else _current(event)
    themes = [theme.id for theme in event.themes]
    form = _form(event.projects, event.reports, themes, kept_zone=event.time_zone, network=event.network, **held)
    sound = form.submitted()
    conflicts = request.method == "POST" and form.version.data != str(event.version)
    if sound and not conflicts:
        actions.change(event, actor=actor(), **form.values(), **_ties(form, event.projects, event.reports))
        db.session.commit()
        flash(_("Saved."), "success")
        return redirect(event.path, 303)
    saved = _saved_meanwhile(event, form) if conflicts else {}
    form.version.data = str(event.version)
    form.version.raw_data = None
    page = render_template("events/edit.html", event=event, form=form, saved=saved, conflicts=conflicts)
    return page, (409 if conflicts else _status(form))


@bp.route("/<int:event_id>/cancel", methods=["GET", "POST"])
@requires("edit_event", Event, loading=queries.ON_A_PAGE, seen_by="view_event")
def cancel(event: Event) -> Any:
    if request.method != "POST":
        return render_template("events/cancel.html", event=event)
    actions.cancel(event, actor=actor())
    db.session.commit()
    flash(_("The event is cancelled. It stays on record, and calendars say so."), "success")
    return redirect(event.path, 303)


@bp.post("/<int:event_id>/restore")
@requires("edit_event", Event, loading=queries.ON_A_PAGE, seen_by="view_event")
def restore(event: Event) -> Any:
    actions.restore(event, actor=actor())
    db.session.commit()
    flash(_("The event takes place again."), "success")
    return redirect(event.path, 303)


@bp.route("/<int:event_id>/guests", methods=["GET", "POST"])
@requires("edit_event", Event, loading=queries.ON_A_PAGE, seen_by="view_event")
def guests(event: Event) -> Any:
    """Which institutions came: found among those on record, or only named (this form)."""
    words = clean_text(request.args.get("q", ""))[:LONGEST_WORDS].strip()
    form = GuestForm(people=1)
    if form.submitted():
        actions.add_guest(
            event,
            listed_as=form.name.data,
            listed_country=form.country.data or "",
            people=form.people.data or 1,
            actor=actor(),
        )
        return _guests_changed(event)
    known = [guest.institution_id for guest in event.guests if guest.institution_id]
    found = queries.institutions_found(words, known) if words else []
    page = render_template("events/guests.html", event=event, form=form, words=words, found=found)
    return page, _status(form)


@bp.post("/<int:event_id>/guests/add")
@requires("edit_event", Event, loading=queries.ON_A_PAGE, seen_by="view_event")
def add_guest(event: Event) -> Any:
    """An institution on record came, or came with another number of people."""
    number = number_or_none(request.form.get("institution"))
    institution = db.session.get(Institution, number) if number else None
    people = request.form.get("people", "")
    if institution is None:
        flash(_("Choose an institution first."), "warning")
        return redirect(url_for(".guests", event_id=event.id), 303)
    if not (people.isascii() and people.isdigit() and len(people) < 10):
        raise RuleBroken(_("Write a number between 1 and %(most)s.", most=str(actions.MOST_PEOPLE)))
    actions.add_guest(event, institution=institution, people=int(people), actor=actor())
    return _guests_changed(event)


@bp.post("/<int:event_id>/guests/<int:guest_id>/remove")
@requires("edit_event", Event, loading=queries.ON_A_PAGE, seen_by="view_event")
def remove_guest(event: Event, guest_id: int) -> Any:
    guest = next((known for known in event.guests if known.id == guest_id), None) or abort(404)
    actions.remove_guest(event, guest, actor=actor())
    return _guests_changed(event)


def _sections(events: list[Event]) -> list[tuple[str, list[Event]]]:
    """The events of a page under their headings: those to come, then year by year."""
    today = earth_day()
    found: dict[str, list[Event]] = {}
    for event in events:
        heading = _("To come") if event.day >= today else str(event.day.year)
        found.setdefault(heading, []).append(event)
    return list(found.items())


def _guests_changed(event: Event) -> Any:
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".guests", event_id=event.id), 303)


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _may_announce() -> bool:
    person = actor()
    return person.is_coordinator or bool(queries.led_projects(person))


def _filters() -> dict[str, Any]:
    """The filters of the address; a value that makes no sense is no filter."""
    args = request.args
    theme, country, year = number_or_none(args.get("theme")), args.get("country", ""), number_or_none(args.get("year"))
    return {
        "kind": EventKind(args["kind"]) if args.get("kind") in set(EventKind) else None,
        "country": country if countries.is_country(country) else "",
        "theme_ids": (theme_queries.with_descendants(theme) or [theme]) if theme else None,
        "network_id": number_or_none(args.get("network")),
        "project_id": number_or_none(args.get("project")),
        "year": year if year and EARLIEST_YEAR <= year <= LATEST_YEAR else None,
    }


def _about(project_id: int | None) -> Project | None:
    """The project whose events are listed, where its title may be shown."""
    project = queries.project_by_id(project_id) if project_id else None
    return project if project is not None and can("view_project", project) else None


def _form(
    projects: list[Project], reports: list[Any], theme_ids: list[int], /, *, is_new: bool = False, **held: Any
) -> EventForm:
    """The form with what may be chosen: the projects that the reader leads, and what the event is tied to already."""
    person = actor()
    network = held.pop("network", None)
    offered = list(dict.fromkeys([*projects, *queries.led_projects(person)]))
    shown = [project for project in offered if can("view_project", project)]
    published = queries.published_reports(project_ids=[project.id for project in shown])
    visible = [report for report in dict.fromkeys([*reports, *published]) if can("view_report", report)]
    chosen: dict[str, Any] = {"projects": [project.id for project in projects]} if is_new else {}
    own = coordinated_by(person) if network is None else []
    return EventForm(
        network_choices=[(each.id, each.name) for each in own],
        project_choices=[(project.id, project.label) for project in shown],
        report_choices=[(report.id, report.label) for report in visible],
        theme_choices=theme_queries.choices(keep=theme_ids),
        project_of=_project_of,
        report_of=_report_of,
        needs_project=not own if network is None else network.id not in person.coordinated_ids,
        **chosen,
        **held,
    )


def _project_of(line: str, number: int | None) -> Project | None:
    """The project that a line names, where the reader leads it or coordinates its network."""
    found = [queries.project_by_id(number)] if number else queries.projects_called(line)
    allowed = [project for project in found if project is not None and can("lead_project", project)]
    return allowed[0] if len(allowed) == 1 else None


def _report_of(line: str, number: int | None) -> Any:
    found = queries.published_reports(ids=[number]) if number else queries.published_reports(title=line)
    return found[0] if len(found) == 1 else None


def _network(form: EventForm, tied: list[Project]) -> Network:
    """The network whose coordinators look after it: the one chosen, or that of its first project, or the only one."""
    own = coordinated_by(actor())
    if form.network:
        return next(network for network in own if str(network.id) == form.network.data)
    projects = _ties(form, tied, [])["projects"]
    if projects and (not own or projects[0].network_id != own[0].id):
        network = db.session.get(Network, projects[0].network_id)
        assert network is not None
        return network
    return own[0]


def _ties(form: EventForm, projects: list[Project], reports: list[Any]) -> dict[str, list[Any]]:
    """The projects, reports and themes it belongs to now: what the reader could not tick stays as it was."""
    led = {project.id: project for project in [*projects, *queries.led_projects(actor())]}
    offered = {int(value) for value, *_rest in form.projects.iter_choices()} if form.projects else set()
    ticked = set(form.projects.data or ()) if form.projects else set()
    kept = [
        project
        for number, project in led.items()
        if (number in ticked if number in offered and can("lead_project", project) else project in projects)
    ]
    shown = {int(value) for value, *_rest in form.reports.iter_choices()} if form.reports else set()
    wanted = set(form.reports.data or ()) if form.reports else set()
    known = {report.id: report for report in [*reports, *queries.published_reports(ids=shown)]}
    still = [report for number, report in known.items() if (number in wanted if number in shown else report in reports)]
    return {
        "projects": list(dict.fromkeys([*kept, *form.found["more_projects"]])),
        "reports": list(dict.fromkeys([*still, *form.found["more_reports"]])),
        "themes": theme_queries.by_ids(form.themes.data or ()) if form.themes else [],
    }


def _current(event: Event) -> dict[str, Any]:
    """The form's fields as the event fills them."""
    names = ("version", "title", "kind", "on", "until", "time_zone", "is_online", "place", "country", "website")
    begins, ends = (local(moment, event.time_zone) for moment in (event.starts_at, event.ends_at))
    return {name: getattr(event, name) for name in (*names, "text", "language", "participants")} | {
        "begins": begins.time() if begins else None,
        "ends": ends.time() if ends else None,
        "projects": [project.id for project in event.projects],
        "reports": [report.id for report in event.reports],
        "themes": [theme.id for theme in event.themes],
    }


def _saved_meanwhile(event: Event, form: EventForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed in it."""
    nothing = _("(nothing)")
    readable: dict[str, Any] = {
        "kind": lambda kind: str(EVENT_LABELS[kind]),
        "on": format_day,
        "until": format_day,
        "begins": lambda hour: f"{hour:%H:%M}",
        "ends": lambda hour: f"{hour:%H:%M}",
        "time_zone": zones.city,
        "country": country_name,
        "language": language_name,
        "is_online": lambda said: _("yes"),
    }
    saved = {}
    for name, current in _current(event).items():
        if name == "version" or name not in form:
            continue
        field = form[name]
        if name in ("projects", "reports", "themes"):
            offered = {int(value) for value, *_rest in field.iter_choices()}  # the others are not theirs to read
            if set(field.data or ()) & offered != set(current) & offered:
                saved[name] = "; ".join(row.label for row in getattr(event, name) if row.id in offered) or nothing
        elif (current or None) != (field.data or None):
            saved[name] = readable.get(name, str)(current) if current else nothing
    return saved


def _language() -> str:
    spoken = language()
    return spoken if is_language(spoken) else "en"
