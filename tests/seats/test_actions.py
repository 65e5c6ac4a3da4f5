from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tests.factories import add_partners, make_institution, make_person, make_project, make_seat, make_theme
from tracker import clock
from tracker.activity.kinds import sentence
from tracker.activity.models import Activity
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import speaking
from tracker.projects import actions as projects
from tracker.projects.states import Commitment, ProjectState
from tracker.recruiting import actions as recruiting
from tracker.seats import actions, queries
from tracker.seats.standing import standing_of
from tracker.seats.states import SeatState, Task
from tracker.seats.words import title_of

LATER = date(2199, 6, 1)


@pytest.fixture
def call():
    """A project that seeks partners, with two that agreed beside the lead."""
    return make_project(ProjectState.RECRUITING, countries=("BD", "PE", "KE"))


def invite(project, seats=(), country="BO"):
    """An institution that is asked to fill seats, and has not answered."""
    return recruiting.invite(project, make_institution(country=country), seats=seats, actor=project.lead)


def last(kind):
    return db.session.scalars(sa.select(Activity).where(Activity.kind == kind).order_by(Activity.id.desc())).first()


def test_a_seat_is_called_after_its_task_place_and_language(call):
    assert title_of(make_seat(call)) == "Country study · Bolivia · Spanish"
    assert title_of(make_seat(call, task=Task.REVIEW, place="011", language="")) == "Review · Western Africa"
    assert title_of(make_seat(call, task=Task.EVENT, place="", language="")) == "Workshop or event"
    with speaking("ar-XB"):
        assert "بوليفيا" in title_of(make_seat(call))


def test_a_seat_anywhere_in_the_world_is_a_seat_anywhere(call):
    assert make_seat(call, place="001").place == ""


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("place", "XX", "country or a region"),
        ("place", "999", "country or a region"),
        ("language", "xx-xx", "language from the list"),
        ("wanted", 0, "Between 1 and 20"),
        ("wanted", 21, "Between 1 and 20"),
    ],
)
def test_what_makes_no_sense_is_refused(call, field, value, words):
    with pytest.raises(RuleBroken, match=words):
        make_seat(call, **{field: value})


def test_a_project_has_at_most_thirty_seats(call):
    for _ in range(actions.MOST_SEATS):
        make_seat(call)
    with pytest.raises(RuleBroken, match="at most 30"):
        make_seat(call)


@pytest.mark.parametrize("state", [ProjectState.REVIEW, ProjectState.PUBLISHED, ProjectState.STOPPED])
def test_where_no_partner_can_join_a_seat_can_only_be_closed(state):
    project = make_project(ProjectState.RECRUITING)
    seat = make_seat(project)
    project.state = state
    for what in (
        lambda: make_seat(project),
        lambda: actions.change_seat(seat, skills="Surveys", actor=project.lead),
        lambda: actions.remove_seat(seat, actor=project.lead),
        lambda: actions.give(seat, project.partners[1], actor=project.lead),
        lambda: actions.take_back(seat, project.partners[1], actor=project.lead),
    ):
        with pytest.raises(RuleBroken, match="until the report goes into review"):
            what()
    actions.close_seat(seat, actor=project.lead)
    with pytest.raises(RuleBroken):
        actions.reopen_seat(seat, actor=project.lead)
    assert seat.state is SeatState.CLOSED


def test_a_seat_is_filled_when_as_many_as_wanted_fill_it_and_open_again_when_one_leaves(call):
    seat = make_seat(call, wanted=2)
    _lead, one, two = call.partners
    actions.give(seat, one, actor=call.lead)
    assert (seat.state, seat.taken, seat.free, seat.filled_at) == (SeatState.OPEN, 1, 1, None)
    actions.give(seat, two, actor=call.lead)
    assert (seat.state, seat.taken, seat.free) == (SeatState.FILLED, 2, 0)
    first = seat.filled_at
    recruiting.leave(one, actor=call.partner_people[0])
    assert (seat.state, seat.taken, seat.free) == (SeatState.OPEN, 1, 1)
    assert seat.filled_at == first and first is not None


def test_who_left_a_running_project_leaves_a_seat_that_is_looked_for_again():
    project = make_project(ProjectState.RUNNING)
    seat = make_seat(project)
    actions.give(seat, project.partners[1], actor=project.lead)
    assert seat not in db.session.scalars(queries.sought(None)).all()
    recruiting.leave(project.partners[1], actor=project.partner_people[0])
    assert standing_of(seat, project).seeks
    assert seat in db.session.scalars(queries.sought(None)).all()


def test_the_last_place_is_taken_once(call):
    seat = make_seat(call)
    one, two = invite(call, [seat]), invite(call, [seat])
    actions.take(one)
    with pytest.raises(RuleBroken, match="Country study · Bolivia · Spanish” is filled meanwhile"):
        actions.take(two)
    assert seat.taken == 1


def test_of_two_seats_of_which_one_is_full_none_is_taken(call):
    full, empty = make_seat(call), make_seat(call)
    partner = invite(call, [empty, full])
    actions.give(full, call.partners[1], actor=call.lead)
    with pytest.raises(RuleBroken):
        actions.take(partner)
    assert empty.taken == 0


def test_nobody_is_asked_for_what_is_closed_or_over_or_filled(call):
    closed, over, filled = make_seat(call), make_seat(call, until=date(2026, 3, 1)), make_seat(call)
    actions.close_seat(closed, actor=call.lead)
    actions.give(filled, call.partners[1], actor=call.lead)
    with clock.frozen(datetime(2026, 3, 3, tzinfo=UTC)):
        for seat, words in ((closed, "closed"), (over, "last day, which has passed"), (filled, "filled meanwhile")):
            with pytest.raises(RuleBroken, match=words):
                actions.ask_for(call.partners[2], [seat])


def test_the_last_day_ends_where_it_ends_last_on_earth(call):
    seat = make_seat(call, until=date(2026, 3, 1))
    with clock.frozen(datetime(2026, 3, 2, 11, 59, tzinfo=UTC)):
        assert not seat.is_over and standing_of(seat, call).kind == "open"
        assert seat in db.session.scalars(queries.sought(call.lead)).all()
    with clock.frozen(datetime(2026, 3, 2, 12, 0, tzinfo=UTC)):
        assert seat.is_over and standing_of(seat, call).kind == "over"
        assert seat not in db.session.scalars(queries.sought(call.lead)).all()


def test_fewer_than_fill_it_cannot_be_wanted_and_more_open_it_again(call):
    seat = make_seat(call, wanted=2)
    for partner in call.partners[1:]:
        actions.give(seat, partner, actor=call.lead)
    with pytest.raises(RuleBroken, match="Already 2 partners"):
        actions.change_seat(seat, wanted=1, actor=call.lead)
    actions.change_seat(seat, wanted=3, actor=call.lead)
    assert (seat.state, seat.free, seat.version) == (SeatState.OPEN, 1, 2)


def test_a_closed_seat_stays_closed_until_it_is_opened_again(call):
    seat = make_seat(call)
    actions.give(seat, call.partners[1], actor=call.lead)
    actions.close_seat(seat, actor=call.lead)
    actions.change_seat(seat, wanted=5, actor=call.lead)
    recruiting.leave(call.partners[1], actor=call.partner_people[0])
    assert (seat.state, seat.taken, seat.free) == (SeatState.CLOSED, 0, 0)
    actions.reopen_seat(seat, actor=call.lead)
    assert seat.state is SeatState.OPEN
    again = len(db.session.scalars(sa.select(Activity).where(Activity.kind == "seats.reopen")).all())
    actions.reopen_seat(seat, actor=call.lead)  # twice changes nothing
    assert len(db.session.scalars(sa.select(Activity).where(Activity.kind == "seats.reopen")).all()) == again


def test_a_seat_that_fills_up_while_it_is_closed_is_filled_when_opened_again(call):
    seat = make_seat(call)
    actions.give(seat, call.partners[1], actor=call.lead)
    actions.close_seat(seat, actor=call.lead)
    actions.reopen_seat(seat, actor=call.lead)
    assert seat.state is SeatState.FILLED


def test_only_who_takes_part_here_is_given_a_seat_and_only_once(call):
    seat, asked = make_seat(call, wanted=3), invite(call)
    stranger = make_project(ProjectState.RECRUITING).partners[1]
    for partner in (asked, stranger):
        with pytest.raises(RuleBroken, match="does not take part"):
            actions.give(seat, partner, actor=call.lead)
    actions.give(seat, call.partners[1], actor=call.lead)
    with pytest.raises(RuleBroken, match="fills this seat already"):
        actions.give(seat, call.partners[1], actor=call.lead)
    assert seat.taken == 1


def test_a_seat_given_by_mistake_is_taken_back_and_the_partner_stays(call):
    seat, kept = make_seat(call), make_seat(call)
    partner = call.partners[1]
    actions.give(seat, partner, actor=call.lead)
    actions.give(kept, partner, actor=call.lead)
    actions.take_back(seat, partner, actor=call.lead)
    assert (seat.taken, seat.state, kept.taken) == (0, SeatState.OPEN, 1)
    assert partner.commitment is Commitment.AGREED
    with pytest.raises(RuleBroken, match="does not fill this seat"):
        actions.take_back(seat, partner, actor=call.lead)
    actions.give(seat, partner, actor=call.lead)  # and again, beside the row of the first time
    assert [filling.ended_at is None for filling in seat.fillings] == [False, True]


def test_a_seat_for_which_somebody_was_asked_is_closed_and_not_removed(call):
    seat, mistake = make_seat(call), make_seat(call)
    recruiting.answer_invitation(invite(call, [seat]), agrees=False, actor=make_person())
    with pytest.raises(RuleBroken, match="Close it instead"):
        actions.remove_seat(seat, actor=call.lead)
    actions.remove_seat(mistake, actor=call.lead)
    assert queries.fillings_of(call.id) == [seat]
    assert last("seats.remove") is not None


def test_a_seat_goes_with_its_draft_and_its_themes_stay_with_the_agenda(call):
    seat = make_seat(call, themes=[make_theme("Water")])
    actions.change_seat(seat, themes=[], actor=call.lead)
    assert seat.themes == []
    actions.remove_seat(seat, actor=call.lead)


def test_the_history_names_the_seat_in_the_language_of_its_reader(call):
    make_seat(call)
    noted = last("seats.open")
    assert "Country study · Bolivia · Spanish" in sentence(noted.kind, noted.actor_name, noted.details)
    with speaking("ar-XB"):
        assert "بوليفيا" in sentence(noted.kind, noted.actor_name, noted.details)


def test_that_an_offer_waits_is_told_to_those_who_lead_alone(call):
    seat = make_seat(call)
    institution = make_institution(country="BO")
    offering = make_person(contact_of=institution)
    recruiting.offer(call, institution, seats=[seat], note="Data", actor=offering)
    assert standing_of(seat, call, leads=True).kind == "offered"
    assert standing_of(seat, call).kind == "open"


def test_every_change_is_a_sign_of_life(call):
    with clock.frozen(datetime(2198, 1, 1, tzinfo=UTC)):
        seat = make_seat(call, until=LATER)
        assert call.changed_at == clock.now()
    with clock.frozen(datetime(2198, 1, 2, tzinfo=UTC)):
        actions.close_seat(seat, actor=call.lead)
        assert call.changed_at == clock.now()


def test_a_partner_who_comes_back_fills_a_seat_again(call):
    seat = make_seat(call)
    actions.give(seat, call.partners[1], actor=call.lead)
    assert actions.free(call.partners[1]) == [seat]
    assert actions.free(call.partners[1]) == []
    actions.give(seat, call.partners[1], actor=call.lead)
    assert (seat.taken, len(seat.fillings)) == (1, 2)


def test_projects_stay_apart(call):
    other = make_project(ProjectState.RECRUITING)
    mine, theirs = make_seat(call), make_seat(other)
    add_partners(other, ["NP"])
    actions.give(theirs, other.partners[-1], actor=other.lead)
    assert queries.fillings_of(call.id) == [mine]
    assert mine.taken == 0
    projects.take_step(other, "stop", actor=other.lead, reason="Elections")
    assert standing_of(theirs, other).kind == "filled"
