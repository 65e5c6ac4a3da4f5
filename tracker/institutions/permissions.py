from tracker.institutions.models import Institution, Network, Person
from tracker.permissions import permission


def coordinates(person: Person, institution: Institution) -> bool:
    """Whether the institution is in a person's care: a member of a network they coordinate, or of none at all."""
    networks = institution.network_ids
    return bool(networks & person.coordinated_ids) if networks else person.is_coordinator


@permission
def edit_institution(actor: Person | None, institution: Institution) -> bool:
    """Its contacts, and the coordinators of its networks."""
    return actor is not None and (institution.id in actor.contact_ids or coordinates(actor, institution))


@permission
def add_institution(actor: Person | None) -> bool:
    return actor is not None and actor.is_coordinator


@permission
def keep_contacts(actor: Person | None, institution: Institution) -> bool:
    """Who answers for an institution: decided by its contacts, and by the coordinators of its networks."""
    return edit_institution(actor, institution)


@permission
def coordinate(actor: Person | None) -> bool:
    """A coordinator of any network."""
    return actor is not None and actor.is_coordinator


@permission
def coordinate_network(actor: Person | None, network: Network) -> bool:
    return actor is not None and network.id in actor.coordinated_ids


@permission
def view_person(actor: Person | None, person: Person) -> bool:
    """Public pages are for people who want one; one's own and a coordinator's view are always there."""
    return person.is_listed or (actor is not None and (actor.is_coordinator or actor.id == person.id))


@permission
def signed_in(actor: Person | None) -> bool:
    """Anyone with an account."""
    return actor is not None
