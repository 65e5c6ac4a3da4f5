"""Where each kind of workbook is filled in: who may, from which records, on which page."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort

from tracker.access import actor, demand, load
from tracker.institutions.models import Institution, Network
from tracker.milestones.queries import PROJECT_TEAM
from tracker.projects.models import Project
from tracker.sheets import months, plan, projects, queries
from tracker.sheets.book import Book
from tracker.sheets.states import SheetKind


@dataclass(frozen=True)
class Desk:
    """One kind. `open(subject id, lock)` gives the workbook as whoever asks may fill it in; 403 or 404 else."""

    open: Callable[[int, bool], Book]
    page: Callable[[int], str]  # subject id -> the address of its page


def _plan(project_id: int, lock: bool) -> Book:
    project = load(Project, project_id, PROJECT_TEAM)
    if lock:
        queries.lock_plan(project_id)
    demand("view_project", project)
    demand("lead_project", project)
    return plan.book(project, actor())


def _projects(network_id: int, lock: bool) -> Book:
    network = load(Network, network_id, locks=False)
    demand("coordinate_network", network)
    return projects.book_of_network(network, actor(), lock=lock)


def _own_projects(person_id: int, lock: bool) -> Book:
    demand("signed_in")
    if actor().id != person_id:
        abort(404)
    return projects.book_of_leads(actor(), lock=lock)


def _check_ins(institution_id: int, lock: bool) -> Book:
    institution = load(Institution, institution_id, locks=False)
    demand("fill_in_month", institution)
    return months.book(institution, actor(), lock=lock)


DESKS: dict[SheetKind, Desk] = {
    SheetKind.PLAN: Desk(_plan, lambda number: f"/projects/{number}/plan/sheet"),
    SheetKind.PROJECTS: Desk(_projects, lambda number: f"/networks/{number}/projects/sheet"),
    SheetKind.OWN_PROJECTS: Desk(_own_projects, lambda _number: "/me/projects/sheet"),
    SheetKind.CHECK_INS: Desk(_check_ins, lambda number: f"/institutions/{number}/month/sheet"),
}
