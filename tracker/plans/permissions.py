from tracker.institutions.models import Person
from tracker.institutions.permissions import coordinate_network
from tracker.permissions import permission
from tracker.plans.models import PlanTemplate


@permission
def keep_plan_template(actor: Person | None, template: PlanTemplate) -> bool:
    """Rename it, retire it, bring it back: the coordinators of its network."""
    return coordinate_network(actor, template.network)
