from flask import Blueprint, render_template, request

from tracker.access import actor, can, load, public, requires
from tracker.atlas import queries
from tracker.atlas.drawing import Picture, Point, beside, draw_lines, group, nearest, place
from tracker.atlas.queries import Crowd, Place
from tracker.i18n import country_name
from tracker.institutions.models import Institution, Network
from tracker.institutions.queries import memberships
from tracker.paging import Page, page_number, paginate
from tracker.projects.models import Partner, Project
from tracker.seats.models import Seat
from tracker.seats.words import place_name, title_of

bp = Blueprint("atlas", __name__)
PER_PAGE = 40
OF_A_PROJECT = 11  # radius of a single circle: few are drawn, so they may be large


@bp.get("/projects/<int:project_id>/map")
@requires("view_project", Project, loading=queries.ON_A_PAGE)
def project(project: Project) -> str:
    """Who takes part and what is looked for. Who is asked, only the lead and the coordinators see."""
    leads = can("lead_project", project)
    partners = [partner for partner in project.partners if partner.takes_part]
    asked = [partner for partner in project.partners if partner.is_asked] if leads else []
    seats = queries.open_seats(project.id)
    known = [*partners, *asked]
    return render_template(
        "atlas/project.html",
        project=project,
        picture=_of_project(project, partners, asked, seats),
        partners=known,
        seats=[(seat, title_of(seat), place_name(seat.place)) for seat in seats],
        nowhere=[partner.name for partner in known if _point(partner) is None],
    )


@bp.get("/networks/<int:network_id>/map")
@public
def network(network_id: int) -> str:
    """Where the members are. `?list=pairs` shows who works together most, instead of all members."""
    row = load(Network, network_id)
    crowds = queries.crowds(row.id)
    pairs = queries.joint_pairs(row.id, actor())
    by_pairs = request.args.get("list") == "pairs"
    shown = _turn(pairs) if by_pairs else paginate(memberships(row.id), PER_PAGE)
    ids = [] if by_pairs else [membership.institution_id for membership in shown.items]
    return render_template(
        "atlas/network.html",
        network=row,
        picture=_of_network(crowds, pairs),
        members=sum(crowd.count for crowd in crowds),
        by_pairs=by_pairs,
        page=shown,
        joint=queries.joint_projects(ids, actor()) if ids else {},
        most=queries.STRONGEST,
    )


def _of_project(project: Project, partners: list[Partner], asked: list[Partner], seats: list[Seat]) -> Picture:
    spots = group(_points(partners), radius=OF_A_PROJECT)
    wanted = [
        Point(*at, count=seat.free, label=title_of(seat)) for seat in seats if (at := place(None, None, seat.place))
    ]
    leading = next((at for partner in project.lead_partners if (at := _point(partner))), None)
    centre = nearest(spots)
    others = [at for partner in partners if (at := _point(partner))]
    lines = draw_lines((centre(leading), centre(at), 1) for at in others) if leading else []
    return Picture(
        spots,
        asked=group(_points(asked), radius=OF_A_PROJECT),
        seats=beside(group(wanted, radius=OF_A_PROJECT), spots),
        lines=lines,
    )


def _of_network(crowds: list[Crowd], pairs: list[tuple[Place, Place, int]]) -> Picture:
    spots = group(
        Point(*at, count=crowd.count, label=country_name(crowd.country) if crowd.country else "")
        for crowd in crowds
        if (at := place(crowd.latitude, crowd.longitude, crowd.country))
    )
    centre = nearest(spots)
    ends = [(_place(one), _place(other), count) for one, other, count in pairs]
    lines = draw_lines((centre(one), centre(other), count) for one, other, count in ends if one and other)
    return Picture(spots, lines=lines)


def _points(partners: list[Partner]) -> list[Point]:
    return [Point(*at, label=partner.name) for partner in partners if (at := _point(partner))]


def _point(partner: Partner) -> tuple[int, int] | None:
    if partner.institution is not None:
        return _place(partner.institution)
    return place(None, None, partner.country)


def _place(where: Institution | Place) -> tuple[int, int] | None:
    return place(where.latitude, where.longitude, where.country)


def _turn(pairs: list[tuple[Place, Place, int]]) -> Page:
    """The page of the pairs that the address asks for."""
    number = page_number()
    shown = pairs[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Page(shown, number, PER_PAGE, len(pairs) > number * PER_PAGE, len(pairs))
