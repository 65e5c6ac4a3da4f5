from tracker.institutions.models import Person
from tracker.permissions import permission
from tracker.projects.permissions import follow_project, lead_project, work_on_project
from tracker.reports.models import Report
from tracker.writing.models import Section


@permission
def view_text(actor: Person | None, report: Report) -> bool:
    """The text under work is for those who take part and coordinators, also once its report is published."""
    if report.project is None:
        return actor is not None and actor.is_coordinator
    return follow_project(actor, report.project)


@permission
def write_text(actor: Person | None, report: Report) -> bool:
    """Everybody who takes part writes, and may hold the pen."""
    return report.project is not None and work_on_project(actor, report.project)


@permission
def lead_text(actor: Person | None, report: Report) -> bool:
    """Take back the pen."""
    return report.project is not None and lead_project(actor, report.project)


@permission
def view_section(actor: Person | None, section: Section) -> bool:
    return view_text(actor, section.report)


@permission
def write_section(actor: Person | None, section: Section) -> bool:
    return write_text(actor, section.report)


@permission
def set_section_state(actor: Person | None, section: Section) -> bool:
    """Leads of every section, a partner of its own; where nobody is responsible, whoever writes."""
    project = section.report.project
    if actor is None or project is None or not write_section(actor, section):
        return False
    if section.partner is None or lead_project(actor, project):
        return True
    places = actor.institution_ids | actor.contact_ids
    return section.partner.institution_id in places or section.partner.network_id in actor.coordinated_ids
