import pytest

from tests.factories import make_institution, make_person, make_project, the_network
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting


@pytest.fixture
def institution():
    return make_institution("Andean Institute", country="PE")


@pytest.fixture
def coordinator():
    return make_person("Coordinator", coordinates=the_network())


@pytest.fixture
def leaver(institution, coordinator):
    """The main contact, who has had enough."""
    return make_person("Rosa Quispe", contact_of=institution)


@pytest.fixture
def colleague(institution):
    return make_person("Bela Kovács", institution=institution)


@pytest.fixture
def invited(institution, leaver):
    """An invitation to a project that waits for the institution's answer."""
    call = make_project(ProjectState.RECRUITING)
    return recruiting.invite(call, institution, actor=call.lead)
