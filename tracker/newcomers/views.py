from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.access import actor, public, requires
from tracker.addresses import normal_email
from tracker.database import db
from tracker.forms import number_or_none
from tracker.i18n import _, interface_languages, language
from tracker.institutions.models import Institution
from tracker.institutions.queries import look_alikes
from tracker.markdown import clean_text
from tracker.newcomers import actions, outsiders, queries
from tracker.newcomers.forms import ApplicationForm, OutsiderForm
from tracker.projects.models import Project
from tracker.projects.queries import ON_A_PAGE
from tracker.projects.states import Role
from tracker.recruiting.queries import sought_seats
from tracker.seats.words import title_of
from tracker.security import limiter

bp = Blueprint("newcomers", __name__)


def _typed_address() -> str:
    """Tries are counted for each address that is typed, from wherever, in whatever way it is written."""
    typed = clean_text(request.form.get("email", "")[:1000]).strip()
    try:
        return f"ask:{normal_email(typed)}"
    except ValueError:
        return f"ask:{typed[:254].lower()}"


few_tries = limiter.limit("10/minute;60/hour", methods=["POST"])
few_tries_an_address = limiter.limit("20/hour", methods=["POST"], key_func=_typed_address)


@bp.route("/institutions/ask", methods=["GET", "POST"])
@few_tries
@few_tries_an_address
@public
def ask() -> Any:
    """Somebody asks that their institution be added. The answer is the same whoever's address was typed."""
    networks = queries.networks_to_ask()
    form = ApplicationForm(networks=[(known.id, known.name) for known in networks], **_known_already())
    alike: list[Institution] = []
    if form.submitted():
        values = form.values()
        alike = look_alikes(**{name: values[name] for name in queries.LOOKED_AT})
        if not alike or form.is_none_of(known.id for known in alike):
            network = queries.network(form.network.data)
            actions.apply(network, **values, language=language(), actor=actor())
            db.session.commit()
            return redirect(url_for(".asked"), 303)
        form.show(known.id for known in alike)
    status = 422 if form.errors else (409 if alike else 200)
    return render_template("newcomers/ask.html", form=form, alike=alike, networks=networks), status


@bp.get("/institutions/ask/sent")
@public
def asked() -> str:
    return render_template("newcomers/asked.html")


@bp.route("/projects/<int:project_id>/partners/invite-new", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
@requires("lead_project", Project, loading=ON_A_PAGE, seen_by="view_project")
def invite(project: Project) -> Any:
    """Invite an institution that is on no record."""
    seats = sought_seats(project)
    form = OutsiderForm(
        languages=interface_languages(), sought=[(seat.id, title_of(seat)) for seat in seats], **_wished(project)
    )
    alike: list[Institution] = []
    if form.submitted():
        if trouble := outsiders.trouble_with(form.email.data, project):
            form.email.errors = [trouble]
        else:
            alike = look_alikes(name=form.name.data, country=form.country.data, website=form.website.data or "")
            if not alike or form.is_none_of(known.id for known in alike):
                _invite(project, form, [seat for seat in seats if seat.id in (form.seats.data if form.seats else ())])
                return redirect(f"{project.path}#partners", 303)
            form.show(known.id for known in alike)
    status = 422 if form.errors else (409 if alike else 200)
    return render_template("newcomers/invite.html", project=project, form=form, alike=alike), status


def _invite(project: Project, form: OutsiderForm, seats: list[Any]) -> None:
    partner = outsiders.invite(
        project,
        name=form.name.data,
        country=form.country.data,
        city=form.city.data or "",
        website=form.website.data or "",
        person_name=form.person_name.data,
        person_email=form.email.data,
        language=form.language.data or "",
        role=Role(form.role.data),
        seats=seats,
        note=form.note.data or "",
        answer_by=form.answer_by.data,
        actor=actor(),
    )
    db.session.commit()
    flash(_("%(name)s is invited: the mail goes to %(person)s.", name=partner.name, person=form.person_name.data))


def _known_already() -> dict[str, Any]:
    """What the address names, such as the network whose page led here, and who is signed in."""
    person = actor()
    known = {"name": clean_text(request.args.get("name", ""))[:200].strip(), "network": request.args.get("network")}
    return known | ({"person_name": person.name, "email": person.email or ""} if person else {})


def _wished(project: Project) -> dict[str, Any]:
    """The seat that the address names, and the language that the project's texts are in where mails know it."""
    spoken = [tag for tag, _name in interface_languages()]
    wished: dict[str, Any] = {"language": project.language if project.language in spoken else language()}
    wished["name"] = clean_text(request.args.get("name", ""))[:200].strip()
    seat = number_or_none(request.args.get("seat"))
    return wished | {"seats": [seat]} if seat else wished
