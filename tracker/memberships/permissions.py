from tracker.institutions.models import Network, Person
from tracker.permissions import permission


def could_join(person: Person, network: Network) -> set[int]:
    """The institutions somebody answers for that are not members of a network."""
    members = {held.institution_id for held in person.memberships if held.network_id == network.id}
    return person.contact_ids - members


@permission
def request_membership(actor: Person | None, network: Network) -> bool:
    """A contact of an institution that is not in the network."""
    return actor is not None and bool(could_join(actor, network))
