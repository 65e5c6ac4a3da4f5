"""Membership is voluntary: whoever answers for an institution says yes before it belongs to a network."""

from datetime import date

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, settle, take_back
from tracker.asks.models import Ask
from tracker.asks.queries import latest, open_about_subject
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions import actions as institutions
from tracker.institutions.models import Institution, Network, Person
from tracker.institutions.places import unique
from tracker.institutions.queries import answering_contacts
from tracker.memberships import queries
from tracker.memberships.models import Candidacy
from tracker.memberships.queries import INVITATION, REQUEST

declare(
    {
        "memberships.invite": _l("%(actor)s asked %(institution)s to join the network."),
        "memberships.request": _l("%(actor)s asked that %(institution)s may join the network."),
        "memberships.accept": _l("%(institution)s joins the network: %(actor)s said yes."),
        "memberships.decline": _l("%(institution)s does not join the network."),
        "memberships.turn_down": _l("The wish of %(institution)s to join the network was turned down."),
    }
)


def add(
    institution: Institution, network: Network, *, actor: Person, on: date | None = None, note: str = ""
) -> Ask | None:
    """A coordinator adds an institution. The ask where its contacts are asked first; None where it is a member now.

    It is one at once, since the day `on` (None: not known), where nobody answers for it yet or `actor` does. Where it
    has asked itself, this is the yes. Raises RuleBroken when it is a member or is asked already.
    """
    candidacy = _candidacy(institution, network)
    if open_about_subject(REQUEST, candidacy):
        accept(candidacy, actor=actor)
        return None
    contacts = answering_contacts(institution.id)
    if not contacts or actor in contacts:
        institutions.join_network(institution, network, actor=actor, on=on)
        take_back(candidacy, INVITATION)
        return None
    if open_about_subject(INVITATION, candidacy):
        raise RuleBroken(_("%(name)s is asked already.", name=institution.name))
    noted = record("memberships.invite", network, actor=actor, note=note, institution=institution.name)
    return raise_ask(
        INVITATION,
        candidacy,
        to=institution,
        about=network,
        network_id=network.id,
        actor=actor,
        because=noted,
        note=note,
        description=network.description[:600],
        institution=institution.name,
    )


def request(institution: Institution, network: Network, *, actor: Person, note: str = "") -> Ask | None:
    """A contact asks that the institution may join. The ask to the coordinators; None where it is a member now.

    It is one at once where the network has asked it, or `actor` coordinates the network. Raises RuleBroken when it is
    a member or has asked already.
    """
    candidacy = _candidacy(institution, network)
    if open_about_subject(INVITATION, candidacy) or network.id in actor.coordinated_ids:
        accept(candidacy, actor=actor)
        return None
    if open_about_subject(REQUEST, candidacy):
        raise RuleBroken(_("%(name)s has asked already.", name=institution.name))
    noted = record("memberships.request", network, actor=actor, note=note, institution=institution.name)
    return raise_ask(
        REQUEST,
        candidacy,
        to=network,
        about=network,
        network_id=network.id,
        actor=actor,
        because=noted,
        note=note,
        institution=institution.name,
    )


def accept(candidacy: Candidacy, *, actor: Person, note: str = "") -> None:
    """The yes of the side that was asked: a member from today. Whoever asked is told."""
    asker = _asker(candidacy)
    if not queries.is_member(candidacy.institution, candidacy.network):  # perhaps an import was quicker
        institutions.join_network(candidacy.institution, candidacy.network, actor=actor, on=clock.today())
    for kind in (INVITATION, REQUEST):
        settle(kind, candidacy, "accept", actor=actor, note=note)
    _answered("memberships.accept", candidacy, asker, actor, note)


def decline(candidacy: Candidacy, *, actor: Person, note: str = "") -> None:
    """The no of the institution. Whoever asked is told."""
    _answered("memberships.decline", candidacy, _asker(candidacy), actor, note)


def turn_down(candidacy: Candidacy, *, actor: Person, note: str = "") -> None:
    """The no of the network. Whoever asked is told."""
    _answered("memberships.turn_down", candidacy, _asker(candidacy), actor, note)


def leave(institution: Institution, network: Network, *, actor: Person | None, on: date | None = None) -> None:
    """End a membership on the day `on` (None: today), and what was still asked. Raises RuleBroken without one."""
    institutions.leave_network(institution, network, actor=actor, on=on)
    if candidacy := queries.candidacy_of(institution, network):
        take_back(candidacy, INVITATION, REQUEST)


def _candidacy(institution: Institution, network: Network) -> Candidacy:
    """The row about these two, new or known, and locked. Raises RuleBroken when the institution is a member."""
    if queries.is_member(institution, network):
        raise RuleBroken(_("%(name)s is a member already.", name=institution.name))
    if known := queries.candidacy_of(institution, network, lock=True):
        return known
    with unique(_("%(name)s is asked already.", name=institution.name)):
        made = Candidacy(institution=institution, network=network)
        db.session.add(made)
    return made


def _asker(candidacy: Candidacy) -> Person | None:
    """Who asked last, in whichever direction."""
    asked = [ask for ask in (latest(kind, candidacy) for kind in (INVITATION, REQUEST)) if ask is not None]
    return max(asked, key=lambda ask: ask.id).asked_by if asked else None


def _answered(kind: str, candidacy: Candidacy, asker: Person | None, actor: Person, note: str) -> None:
    told = [asker] if asker else []
    record(kind, candidacy.network, actor=actor, tell=told, institution=candidacy.institution.name, note=note)
