"""The order is one that a reader would call sensible, and every reason is true."""

from datetime import timedelta

import pytest

from tests.factories import add_partners, make_institution, make_person, make_project, make_seat, make_theme
from tracker import clock
from tracker.database import db
from tracker.i18n import official_languages, speaking
from tracker.institutions import actions as institutions
from tracker.matching import candidates, openings
from tracker.matching.fit import FITS, Wanted, fits, score, telling
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seats


@pytest.fixture
def trade():
    return make_theme("Trade")


@pytest.fixture
def seat(trade):
    """A country study in Bolivia, in Spanish, of a project on trade."""
    call = make_project(ProjectState.RECRUITING, title="Apparel value chains", themes=[trade], countries=("BD", "VN"))
    return make_seat(call, skills="Garment factories")


def ranked(seat, **filters):
    """The candidates for a seat, best first."""
    db.session.flush()
    db.session.expire_all()
    wanted = candidates.wanted_of_seat(seat)
    return candidates.best_candidates(wanted, candidates.candidates(wanted, **filters), limit=100)


def fit_of(institution, seat, **filters):
    return next(known.fit for known in ranked(seat, **filters) if known.institution.id == institution.id)


def names(rows):
    return [known.institution.name for known in rows]


def test_who_is_there_works_on_it_and_speaks_the_language_comes_first(seat, trade):
    make_institution("Far away, on nothing", country="SE")
    make_institution("Far away, on trade", country="SE", themes=[trade])
    make_institution("Far away, on trade, in Spanish", country="SE", themes=[trade], languages=["es"])
    make_institution("A neighbour", country="PE")
    make_institution("A neighbour on trade", country="PE", themes=[trade], languages=["es"])
    make_institution("There", country="BO")
    make_institution("There, in Spanish", country="BO", languages=["es"])
    make_institution("There, on trade, in Spanish", country="BO", themes=[trade], languages=["es"])
    found = [name for name in names(ranked(seat)) if "Institute" not in name]
    assert found == [
        "There, on trade, in Spanish",
        "There, in Spanish",
        "There",
        "A neighbour on trade",
        "A neighbour",
        "Far away, on trade, in Spanish",
        "Far away, on trade",
        "Far away, on nothing",
    ]


def test_a_name_that_says_garments_outranks_one_that_says_nothing(seat):
    make_institution("Centro de Estudios", country="BO")
    make_institution("Centro Garment", country="BO")
    best = ranked(seat)[0]
    assert best.institution.name == "Centro Garment"
    assert "“Garment” in its name" in best.fit.reasons


def test_each_reason_is_given_when_it_is_true(seat, trade):
    chosen = make_institution("Instituto Garment", country="BO", themes=[trade, make_theme()], languages=["es"])
    institutions.confirm_institution(chosen, actor=None)
    assert fit_of(chosen, seat).reasons == [
        "same theme: Trade",
        "“Garment” in its name",
        "works in Spanish",
        "Bolivia",
        "no project yet",
        "record checked within a year",
    ]


def test_no_reason_is_given_that_is_not_true(seat):
    other = make_institution("Somewhere else", country="SE")
    other.checked_at = clock.now() - timedelta(days=400)
    assert fit_of(other, seat).reasons == ["no project yet", "not in Bolivia"]


def test_a_language_that_is_official_where_it_is_counts_for_less_than_one_it_works_in(seat):
    guessed, known = make_institution(country="BO"), make_institution(country="BO", languages=["es"])
    assert "Spanish is an official language there" in fit_of(guessed, seat).reasons
    assert "works in Spanish" in fit_of(known, seat).reasons
    assert fit_of(known, seat).score > fit_of(guessed, seat).score
    assert "es" in official_languages("BO") and "zh-Hans" in official_languages("CN")


@pytest.mark.parametrize(
    ("place", "country", "said"),
    [
        ("BO", "BO", "Bolivia"),
        ("BO", "PE", "Peru, near Bolivia"),
        ("BO", "MX", None),
        ("005", "PE", "Peru, in South America"),
        ("019", "CA", "Canada, in Americas"),
        ("019", "KE", None),
        ("", "KE", None),
        ("001", "KE", None),
        ("AQ", "AQ", "Antarctica"),
    ],
)
def test_the_place_is_a_country_a_region_or_near(seat, place, country, said):
    seats.change_seat(seat, place=place, actor=None)
    institution = make_institution(country=country)
    fit = fit_of(institution, seat)
    assert bool(fit.levels["place"]) == (said is not None)
    is_elsewhere = said is None and place not in ("", "001")
    assert any(reason.startswith("not in ") for reason in fit.reasons) == is_elsewhere
    assert bool(fit.levels["elsewhere"]) == is_elsewhere
    if said:
        assert said in fit.reasons


def test_who_worked_with_a_partner_before_is_named_with_it(seat):
    call = seat.project
    known = make_institution("Old friend", country="SE")
    past = make_project(ProjectState.PUBLISHED, lead=call.lead, title="Ports")
    partner = past.partners[1]
    partner.institution = known
    db.session.flush()
    lead_home = call.partners[0].institution
    past.partners[0].institution = lead_home
    reasons = fit_of(known, seat).reasons
    assert f"has worked with {lead_home.name} before" in reasons
    assert "one joint project published here" in reasons
    assert "no project yet" not in reasons


def test_a_project_that_few_may_read_tells_nothing(seat):
    shy = make_institution("Shy", country="SE")
    secret = make_project(ProjectState.RECRUITING, title="Secret")
    add_partners(secret, ["SE"])
    secret.partners[-1].institution = shy
    secret.partners[0].institution = seat.project.partners[0].institution
    assert fit_of(shy, seat).reasons == ["not in Bolivia"]


def test_who_takes_part_or_was_asked_is_no_candidate(seat):
    inside = {partner.institution_id for partner in seat.project.partners}
    assert inside
    assert inside.isdisjoint(known.institution.id for known in ranked(seat))


@pytest.mark.parametrize("place", ["BO", "005", "142", ""])
def test_both_directions_and_the_sum_in_words_agree(seat, trade, place):
    """The score by which the database ordered is that of the levels it gave, from either side."""
    person = seat.project.coordinator
    seats.change_seat(seat, place=place, actor=None)
    for country in ("BO", "PE", "SE", "BD"):
        for languages in ([], ["es"], ["en"]):
            for name in ("Centro Garment", "Apparel and trade house", "Quiet house"):
                make_institution(name, country=country, languages=languages, themes=[trade] if "A" in name else [])
    before = None
    for known in ranked(seat):
        assert before is None or known.fit.score <= before
        before = known.fit.score
        offered = openings.offered_by([known.institution.id])[0]
        (back,) = openings.best_openings(offered, openings.openings(person, offered), limit=5)
        assert back.seat.id == seat.id
        assert {**back.fit.levels, "words": 0} == {**known.fit.levels, "words": 0}
        assert back.fit.score == known.fit.score == score(known.fit.levels)
        only = openings.best_openings(offered, openings.openings(person, offered), limit=5, only_fitting=True)
        assert bool(only) == fits(known.fit.levels)


def test_small_things_together_make_no_fit():
    small = {"place": 1, "language": 2, "together": 1, "finished": 1, "checked": 1}
    assert score(small) >= FITS
    assert not fits(small)
    assert fits({"place": 2})
    assert fits({"themes": 1, "language": 2})
    assert not fits({"themes": 1})
    assert not fits({"themes": 1, "language": 2, "elsewhere": 1})


def test_words_that_many_names_have_tell_nothing():
    assert telling({"trade": 2, "policy": 150, "unheard": 0}, 340) == ["trade"]
    assert telling({"policy": 3}, 4) == ["policy"]


def test_a_region_of_the_world_is_no_place():
    assert Wanted(1, places=("001",)).here == frozenset()
    assert Wanted(1, places=("005", "BO")).near == frozenset()


def test_filters_narrow_the_list(seat, trade):
    network = seat.project.network
    member = make_institution("Member", country="BO", themes=[trade], languages=["es"])
    make_person(contact_of=member)
    make_institution("Outside", country="BO", member_of=None)
    lead_home = seat.project.partners[0].institution
    assert "Member" in names(ranked(seat, words="Memb", country="BO", theme_ids=[trade.id], language="es"))
    assert "Outside" not in names(ranked(seat, network_id=network.id))
    assert "Outside" in names(ranked(seat, region="005"))
    assert names(ranked(seat, has_contact=True, country="BO")) == ["Member"]
    assert lead_home.name not in names(ranked(seat, is_newcomer=True))


def test_a_project_without_seats_looks_where_it_studies(trade):
    call = make_project(ProjectState.RECRUITING, themes=[trade], countries=("BD", "VN"), working_language="en")
    there, elsewhere = make_institution(country="VN", themes=[trade]), make_institution(country="SE")
    db.session.flush()
    wanted = candidates.wanted_of_project(call)
    rows = candidates.best_candidates(wanted, candidates.candidates(wanted), limit=50)
    ids = [known.institution.id for known in rows]
    assert ids.index(there.id) < ids.index(elsewhere.id)


def test_reasons_are_said_in_the_readers_language(seat):
    institution = make_institution(country="BO", languages=["es"])
    with speaking("ar-XB"):
        assert "works in" not in " ".join(fit_of(institution, seat).reasons)


def test_a_seat_is_found_by_the_words_its_project_has_now(seat):
    person, institution = seat.project.coordinator, make_institution("Casa de Ferrocarriles", country="SE")
    assert "words" not in {name for name, level in fit_of(institution, seat).levels.items() if level}
    seats.change_seat(seat, skills="Ferrocarriles", actor=None)
    offered = openings.offered_by([institution.id])[0]
    (found,) = openings.best_openings(offered, openings.openings(person, offered), limit=5)
    assert found.fit.reasons[0] == "“Ferrocarriles” in its name"


def test_a_part_that_is_done_counts_once_the_project_is_published(seat):
    running = make_project(ProjectState.RUNNING, title="Ports")
    partner = running.partners[1]
    recruiting.finish(partner, actor=running.partner_people[0])
    assert fit_of(partner.institution, seat).finished == 0
    assert fit_of(partner.institution, seat).levels["finished"] == 0
    published = make_project(ProjectState.PUBLISHED, title="Rails").partners[1].institution
    assert fit_of(published, seat).finished == 1 and fit_of(published, seat).levels["finished"] == 1
