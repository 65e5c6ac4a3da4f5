"""With the real list, where it lies beside the checkout: what comes first for two studies is what a reader expects."""

import pytest

from tests.factories import make_network, make_project, make_seat, make_theme
from tests.imports.files import REAL, with_real_data
from tracker.database import db
from tracker.imports.actions import import_file
from tracker.institutions.models import Institution
from tracker.matching import candidates
from tracker.projects.states import ProjectState

pytestmark = with_real_data


@pytest.fixture
def best():
    """best(place, language, skills, title) is the first ten candidates."""
    network = make_network("South")
    import_file((REAL / "institutions.csv").read_bytes(), network=None, actor=None)

    def find(place, language, skills, title="Apparel value chains"):
        themes = [make_theme("Trade and industrial policy")]
        call = make_project(ProjectState.RECRUITING, title=title, network=network, themes=themes, countries=("BD",))
        seat = make_seat(call, place=place, language=language, skills=skills)
        db.session.flush()
        wanted = candidates.wanted_of_seat(seat)
        return candidates.best_candidates(wanted, candidates.candidates(wanted), limit=10)

    return find


@pytest.mark.parametrize(("place", "language"), [("BO", "es"), ("VN", "vi"), ("PE", "es")])
def test_those_of_the_country_come_before_their_neighbours(best, place, language):
    rows = best(place, language, "apparel and textile value chains, trade")
    there = db.session.query(Institution).filter_by(country=place).count()
    first = [row.institution.country for row in rows[:there]]
    assert set(first) <= {place}
    assert all(row.fit.reasons for row in rows)
    assert all("near" in " ".join(row.fit.reasons) or row.fit.levels["words"] for row in rows[there:])
