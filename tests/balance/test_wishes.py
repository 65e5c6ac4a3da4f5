"""What a network wishes of a project's partners: said by its coordinators, checked, never lost to somebody else."""

import pytest

from tests.factories import make_network, make_person
from tracker.activity.models import Activity
from tracker.balance import actions
from tracker.balance.models import Wish
from tracker.database import db
from tracker.errors import RuleBroken


@pytest.fixture
def network():
    return make_network("Alliance")


@pytest.fixture
def coordinator(network, signed_in):
    return signed_in(make_person(coordinates=network))


def wished(network):
    return db.session.get(Wish, network.id)


def test_a_coordinator_says_what_is_wished_and_what_is_left_empty_is_none(network, coordinator):
    answer = coordinator.submit(
        f"{network.path}/wishes", version="0", institutions="3", largest_share="50", words="Young researchers."
    )
    assert (answer.status_code, answer.location) == (303, network.path)
    row = wished(network)
    assert (row.institutions, row.countries, row.largest_share, row.version) == (3, None, 50, 1)
    assert 'value="3"' in coordinator.get(f"{network.path}/wishes").text
    assert db.session.query(Activity).filter_by(kind="balance.wish").count() == 1


def test_a_wish_can_be_taken_back(network, coordinator):
    coordinator.submit(f"{network.path}/wishes", version="0", institutions="3")
    coordinator.submit(f"{network.path}/wishes", version="1", institutions="")
    assert (wished(network).institutions, wished(network).version) == (None, 2)


def test_saving_the_same_again_changes_and_records_nothing(network, coordinator):
    for _time in range(2):
        coordinator.submit(f"{network.path}/wishes", version="1" if _time else "0", countries="4")
    assert wished(network).version == 1
    assert db.session.query(Activity).filter_by(kind="balance.wish").count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [("institutions", "0"), ("countries", "51"), ("regions", "6"), ("largest_share", "101"), ("languages", "-1"),
     ("newcomers", "many"), ("institutions", "9" * 40), ("words", "x" * 2001)],
)  # fmt: skip
def test_what_makes_no_sense_is_named_and_nothing_typed_is_lost(field, typed, network, coordinator):
    answer = coordinator.submit(f"{network.path}/wishes", **{"version": "0", "words": "Kept words.", field: typed})
    assert answer.status_code == 422
    assert f'id="{"" if field == "words" else "wish-"}{field}-error"' in answer.text
    assert typed in answer.text
    assert wished(network) is None


def test_two_who_write_at_once_both_see_what_the_other_wrote(network, coordinator):
    coordinator.submit(f"{network.path}/wishes", version="0", countries="4", words="Theirs.")
    answer = coordinator.submit(f"{network.path}/wishes", version="0", countries="6", words="Mine.")
    assert answer.status_code == 409
    assert all(words in answer.text for words in ("Mine.", "Theirs.", 'value="6"', 'value="1"'))
    assert wished(network).countries == 4
    coordinator.submit(f"{network.path}/wishes", version="1", countries="6", words="Both.")
    assert wished(network).countries == 6


def test_a_form_without_its_version_overwrites_nobody(network, coordinator):
    coordinator.submit(f"{network.path}/wishes", version="0", countries="4")
    assert coordinator.submit(f"{network.path}/wishes", countries="6").status_code == 409
    assert wished(network).countries == 4


def test_a_coordinator_of_another_network_may_not(network, signed_in):
    other = signed_in(make_person(coordinates=make_network("Other")))
    assert other.submit(f"{network.path}/wishes", version="0", countries="4").status_code == 403
    assert wished(network) is None


def test_an_action_refuses_what_no_form_would_send(network):
    with pytest.raises(RuleBroken):
        actions.wish(network, regions=9, actor=None)
    with pytest.raises(TypeError):
        actions.wish(network, beauty=1, actor=None)
