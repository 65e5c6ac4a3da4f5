from types import SimpleNamespace

import pytest

from tests.factories import make_institution, make_person, the_network
from tracker.database import db


@pytest.fixture
def two():
    """Two records of one institution, the older and the newer, each with a main contact; and their coordinator."""
    network = the_network()
    older = make_institution("Delta Institute", acronym="DI", languages=["en"], member_of=network)
    newer = make_institution("The Delta Institute", city="Dhaka", languages=["bn"], member_of=network)
    first, second = make_person("Asha", contact_of=older), make_person("Bela", contact_of=newer)
    coordinator = make_person("Carla", coordinates=network)
    db.session.flush()
    return SimpleNamespace(
        older=older, newer=newer, first=first, second=second, coordinator=coordinator, network=network
    )
