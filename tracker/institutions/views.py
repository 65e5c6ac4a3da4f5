from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker import clock
from tracker.access import actor, lead_on, load, requires
from tracker.database import db
from tracker.i18n import _, country_name, format_day, language_name, list_and
from tracker.institutions import actions, queries
from tracker.institutions.forms import (
    TEXTS,
    CoordinatorForm,
    InstitutionForm,
    NetworkForm,
    NewInstitutionForm,
)
from tracker.institutions.models import Institution, Network, Person
from tracker.themes import queries as theme_queries

bp = Blueprint("institutions", __name__)
PER_PAGE = 20
lead_on(Institution, queries.alias)  # old addresses of merged records
LOOKED_AT = ("name", "acronym", "country", "ror", "native_name", "other_names", "website")  # for look-alikes


@bp.route("/institutions/new", methods=["GET", "POST"])
@requires("add_institution")
def new() -> Any:
    networks = queries.coordinated_by(actor())
    form = NewInstitutionForm(
        theme_choices=theme_queries.choices(), networks=[(network.id, network.name) for network in networks]
    )
    alike: list[Institution] = []
    if form.submitted():
        values = form.values()
        alike = queries.look_alikes(**{name: values[name] for name in LOOKED_AT})
        if not alike or form.is_new.data:
            institution = actions.add_institution(**values, **_choices(form), actor=actor())
            for network in networks:
                if network.id in (form.networks.data or ()):
                    actions.join_network(institution, network, on=clock.today(), actor=actor())
            db.session.commit()
            flash(_("%(name)s is in the list now.", name=institution.name), "success")
            return redirect(institution.path, 303)
    status = 422 if form.errors else (409 if alike else 200)
    return render_template("institutions/new.html", form=form, alike=alike), status


@bp.route("/institutions/<int:institution_id>/edit", methods=["GET", "POST"])
@requires("edit_institution", Institution, loading=queries.FOR_EDITING)
def edit(institution: Institution) -> Any:
    chosen = [theme.id for theme in institution.themes]
    form = InstitutionForm(
        theme_choices=theme_queries.choices(keep=chosen),
        spoken=institution.languages,
        native=institution.native_language,
        place=institution.country,
        **({} if request.method == "POST" else _current(institution)),
    )
    saved: dict[str, str] = {}
    if form.submitted():
        if form.version.data == str(institution.version):
            actions.change_institution(institution, actor=actor(), **form.values(), **_choices(form))
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(institution.path, 303)
        saved = _saved_meanwhile(institution, form)
        form.version.data = str(institution.version)
        form.version.raw_data = None
    status = 422 if form.errors else (409 if saved else 200)
    return render_template("institutions/edit.html", institution=institution, form=form, saved=saved), status


@bp.post("/institutions/<int:institution_id>/confirm")
@requires("edit_institution", Institution)
def confirm(institution: Institution) -> Any:
    """The record is right as it is."""
    actions.confirm_institution(institution, actor=actor())
    db.session.commit()
    flash(_("Thank you: the record is marked as checked today."), "success")
    return redirect(institution.path, 303)


@bp.route("/networks/new", methods=["GET", "POST"])
@requires("coordinate")
def new_network() -> Any:
    form = NetworkForm(moderates=True)
    if form.submitted():
        network = actions.found_network(**_network_values(form), actor=actor())
        actions.name_coordinator(network, actor(), actor=actor())
        db.session.commit()
        flash(_("The network is created, and you coordinate it."), "success")
        return redirect(network.path, 303)
    status = 422 if form.errors else 200
    return render_template("institutions/network.html", form=form, network=None, saved={}), status


@bp.route("/networks/<int:network_id>/edit", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def edit_network(network: Network) -> Any:
    form = NetworkForm(obj=network if request.method == "GET" else None)
    saved: dict[str, str] = {}
    if form.submitted():
        if form.version.data == str(network.version):
            actions.change_network(network, actor=actor(), **_network_values(form))
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(network.path, 303)
        saved = _network_meanwhile(network, form)
        form.version.data = str(network.version)
        form.version.raw_data = None
    status = 422 if form.errors else (409 if saved else 200)
    return render_template("institutions/network.html", form=form, network=network, saved=saved), status


@bp.route("/networks/<int:network_id>/coordinators", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def coordinators(network: Network) -> Any:
    form = CoordinatorForm()
    if form.submitted():
        person = queries.person_by_email(form.email.data)
        if person is not None:
            actions.name_coordinator(network, person, actor=actor())
            db.session.commit()
            flash(_("%(name)s is a coordinator now.", name=person.name), "success")
            return redirect(url_for(".coordinators", network_id=network.id), 303)
        form.email.errors = [_("Nobody with this address is known here.")]
    parts = {"network": network, "places": queries.coordinators(network.id), "form": form}
    return render_template("institutions/coordinators.html", **parts), (422 if form.errors else 200)


@bp.route("/networks/<int:network_id>/coordinators/<int:person_id>/dismiss", methods=["GET", "POST"])
@requires("coordinate_network", Network)
def dismiss_coordinator(network: Network, person_id: int) -> Any:
    person = load(Person, person_id)
    path = url_for(".coordinators", network_id=network.id)
    if request.method != "POST":
        told = _("%(name)s can no longer accept proposals or change what belongs to the network.", name=person.name)
        yourself = _("This is you: you lose these rights at once, and only another coordinator can give them back.")
        return _ask(
            _("%(name)s is no longer coordinator", name=person.name),
            [told, yourself] if person is actor() else [told],
            [*_trail(network), (_("Coordinators"), path)],
        )
    actions.dismiss_coordinator(network, person, actor=actor())
    db.session.commit()
    flash(_("%(name)s is no longer coordinator.", name=person.name), "success")
    if network.id not in actor().coordinated_ids:
        return redirect(network.path, 303)
    return redirect(path, 303)


def _ask(title: str, sentences: list[str], trail: list[tuple[str, str]]) -> str:
    """The page that asks once more; its button says what its title says."""
    page = {"title": title, "sentences": sentences, "submit": title, "trail": trail, "hidden": {}}
    return render_template("institutions/confirm.html", **page)


def _trail(network: Network) -> list[tuple[str, str]]:
    return [(_("Networks"), url_for("directory.networks")), (network.name, network.path)]


def _current(institution: Institution) -> dict[str, Any]:
    """The form's fields as the record fills them. Not `obj`: its lists hold rows, the form's hold ids."""
    plain = {name: getattr(institution, name) for name in (*TEXTS, "version", "ror", "founded")}
    return plain | {"themes": [theme.id for theme in institution.themes], "languages": institution.languages}


def _choices(form: InstitutionForm) -> dict[str, Any]:
    return {"themes": theme_queries.by_ids(form.themes.data or ()), "languages": form.spoken()}


def _network_values(form: NetworkForm) -> dict[str, Any]:
    texts = {name: form[name].data or "" for name in ("name", "description", "website", "disclaimer")}
    return {**texts, "moderates": form.moderates.data}


def _network_meanwhile(network: Network, form: NetworkForm) -> dict[str, str]:
    """As `_saved_meanwhile`, of a network."""
    saved = {}
    for name, typed in _network_values(form).items():
        current = getattr(network, name)
        if current != typed:
            saved[name] = current or _("(nothing)")
    if "moderates" in saved:
        saved["moderates"] = _("Yes") if network.moderates else _("No")
    return saved or {"name": network.name}


def _saved_meanwhile(institution: Institution, form: InstitutionForm) -> dict[str, str]:
    """By field: what somebody else saved since this form was opened, where it differs from what is typed."""
    readable: dict[str, Any] = {"country": country_name, "native_language": language_name, "founded": format_day}
    saved = {}
    for name, typed in form.values().items():
        current = getattr(institution, name)
        if (current or None) != (typed or None):
            saved[name] = readable.get(name, str)(current) if current else _("(nothing)")
    if {theme.id for theme in institution.themes} != set(form.themes.data or ()):
        saved["themes"] = "; ".join(theme.name for theme in institution.themes) or _("(nothing)")
    if set(institution.languages) != set(form.spoken()):
        saved["languages"] = list_and(map(language_name, institution.languages)) or _("(nothing)")
    return saved or {"name": institution.name}
