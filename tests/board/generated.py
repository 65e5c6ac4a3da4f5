"""Some dozens of projects whose rows chance decides, written without their history: for lists to be checked slowly."""

from datetime import timedelta
from random import Random
from typing import Any

from tests.factories import make_institution, make_network, make_person, make_theme
from tracker import clock
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.calls.models import Call
from tracker.checkins.models import CheckIn
from tracker.checkins.states import Going
from tracker.database import db
from tracker.dates import PartialDate, add_months
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.oversight.models import HealthLine
from tracker.oversight.states import Health
from tracker.projects.models import Partner, Project, Transition
from tracker.projects.states import AUDIENCES, Commitment, ProjectState, Role
from tracker.seats.models import Filling, Seat
from tracker.seats.states import SeatState
from tracker.terms.models import Confirmation, Terms

DAY = timedelta(days=1)
STATES = (*(state for state in ProjectState if state is not ProjectState.STOPPED), ProjectState.RECRUITING)


def generate(number: int = 36, seed: int = 5) -> dict[str, Any]:
    """Two networks of one coordinator each, and their projects."""
    chance, now = Random(seed), clock.now()
    networks = [make_network(), make_network()]
    themes = [make_theme() for _each in range(3)]
    places = [
        make_institution(country=country, member_of=networks[place % 2])
        for place, country in enumerate(("BD", "PE", "KE", "SN", "VN"))
    ]
    coordinators = [make_person(coordinates=network) for network in networks]
    for _each in range(number):
        state = chance.choice(STATES)
        project = Project(
            title="Water",
            network=networks[chance.random() < 0.3],
            state=state,
            audience=AUDIENCES[state],
            changed_at=now - chance.randint(0, 90) * DAY,
            created_at=now - chance.randint(90, 120) * DAY,
            themes=chance.sample(themes, chance.randint(0, 2)),
        )
        db.session.add(project)
        _partners(project, places, chance)
        if chance.random() < 0.7:
            at, actor = now - chance.randint(0, 60) * DAY, chance.choice(coordinators)
            states = {"source": ProjectState.PROPOSED, "target": ProjectState.RECRUITING}
            project.transitions.append(Transition(step="accept", at=at, actor_id=actor.id, **states))
        if chance.random() < 0.8:
            db.session.add(Call(project=project, closes_on=(now + chance.randint(-10, 10) * DAY).date()))
        for _seat in range(chance.randint(0, 3)):
            _seat_of(project, chance, now)
        for _milestone in range(chance.randint(0, 3)):
            _milestone_of(project, chance, now)
        _terms_of(project, chance)
        _months_of(project, chance, now)
        for place in range(chance.randint(0, 2)):
            line = HealthLine(project=project, health=chance.choice(list(Health)), words="x")
            line.replaced_at = now if place == 0 and chance.random() < 0.5 else None
            if line.replaced_at is None:
                db.session.add(line)
                break
            db.session.add(line)
    db.session.flush()
    db.session.expire_all()
    return {"networks": networks, "themes": themes, "coordinators": coordinators}


def _partners(project: Project, places: list[Any], chance: Random) -> None:
    for position, place in enumerate(chance.sample(places, chance.randint(1, 3))):
        commitment = chance.choice([Commitment.AGREED, Commitment.AGREED, Commitment.INVITED, Commitment.DECLINED])
        role = Role.PARTNER if position else Role.LEAD
        partner = Partner(institution=place, role=role, commitment=commitment if position else Commitment.AGREED)
        project.partners.append(partner)
    db.session.flush()


def _seat_of(project: Project, chance: Random, now: Any) -> None:
    state = chance.choice([SeatState.OPEN, SeatState.OPEN, SeatState.CLOSED])
    until = chance.choice([None, (now - 5 * DAY).date(), (now + 5 * DAY).date()])
    seat = Seat(project=project, state=state, until=until, created_at=now - chance.randint(0, 70) * DAY)
    db.session.add(seat)
    if chance.random() < 0.5:
        ended = chance.choice([None, now])
        db.session.add(Filling(seat=seat, partner=chance.choice(project.partners), ended_at=ended))


def _milestone_of(project: Project, chance: Random, now: Any) -> None:
    due = (now + chance.randint(-30, 30) * DAY).date()
    milestone = Milestone(project=project, name="Step", due=PartialDate.of(due), first_due=PartialDate.of(due))
    milestone.state = chance.choice([*[MilestoneState.PLANNED] * 3, MilestoneState.DONE, MilestoneState.DROPPED])
    db.session.add(milestone)
    db.session.flush()
    asked_at = now - 25 * DAY
    for _number in range(chance.randint(0, 2)):
        choice = chance.choice(["help", "help", "late", ""])
        db.session.add(_ask_about(milestone, project, choice, asked_at))
        asked_at += 5 * DAY
    if chance.random() < 0.5:
        moved = DateChange(milestone=milestone, reason=DelayReason.DATA, at=now - chance.randint(0, 40) * DAY)
        db.session.add(moved)


def _ask_about(milestone: Milestone, project: Project, choice: str, at: Any) -> Ask:
    return Ask(
        kind="milestones.due",
        subject_type="milestone",
        subject_id=milestone.id,
        about_type="project",
        about_id=project.id,
        network_id=project.network_id,
        addressee_type="project",
        addressee_id=project.id,
        addressee_name="Institute",
        state=AskState.ANSWERED if choice else AskState.WITHDRAWN,
        choice=choice,
        asked_at=at - DAY,
        ended_at=at,
        due_on=at.date(),
        details={"milestone": "Step"},
    )


def _terms_of(project: Project, chance: Random) -> None:
    for number in range(1, chance.randint(0, 2) + 1):
        terms = Terms(project=project, number=number, text="We share.")
        db.session.add(terms)
        for partner in project.partners:
            if chance.random() < 0.7:
                at = clock.now() if chance.random() < 0.7 else None
                db.session.add(Confirmation(terms=terms, partner=partner, at=at))


def _months_of(project: Project, chance: Random, now: Any) -> None:
    this = now.date().replace(day=1)
    for partner in project.partners:
        for back in range(6):
            if chance.random() < 0.3:
                going = chance.choice([Going.HELP, Going.HELP, Going.ON_TRACK, None])
                month = add_months(this, -back)
                said = CheckIn(project=project, partner=partner, month=month, going=going)
                said.answered_at = now - chance.randint(0, 90) * DAY if going else None
                db.session.add(said)
