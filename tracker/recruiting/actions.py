"""How partners come in: the project invites, or an institution offers; the other side answers.

Every change of a commitment goes through `projects.actions.commit`, which writes the ledger.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.asks.actions import forget, raise_ask, settle, take_back
from tracker.calls.actions import demand_open
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, list_and
from tracker.institutions.models import Institution, Person
from tracker.projects.actions import QUOTED, add_member, commit, index_for_search, leads, touch
from tracker.projects.models import Partner, Project
from tracker.projects.permissions import answer_for_partner
from tracker.projects.states import COMMITMENT_LABELS, SEEKS_PARTNERS, Commitment, ProjectState, Role
from tracker.recruiting import followers
from tracker.recruiting.queries import AGREEMENT, LEAD, invited_lately, offered_lately
from tracker.recruiting.roles import change_role, finish, hand_over_lead, keep_lead, leave, take_lead
from tracker.seats import actions as seating
from tracker.seats.actions import ask_for, fillings_of_partner
from tracker.seats.models import Seat
from tracker.seats.words import values_of

declare(
    {
        "recruiting.intend": _l("%(partner)s intends to join."),
        "recruiting.ask_to_agree": _l("%(partner)s was asked whether it agrees to take part."),
        "recruiting.finish": _l("%(partner)s has done its part."),
        "recruiting.ask_to_lead": _l("%(actor)s asked %(partner)s to take the lead."),
        "recruiting.lead": _l("%(partner)s leads the project now."),
        "recruiting.keep_lead": _l("%(partner)s prefers not to take the lead."),
        "recruiting.invite": _l("%(actor)s invited %(partner)s to join."),
        "recruiting.offer": _l("%(actor)s offered %(partner)s as a partner."),
        "recruiting.agree": _l("%(partner)s agreed to join."),
        "recruiting.welcome": _l("%(actor)s welcomed %(partner)s as a partner."),
        "recruiting.decline": _l("%(partner)s declined the invitation."),
        "recruiting.turn_down": _l("The offer of %(partner)s was not taken up this time."),
        "recruiting.agree_after_all": _l("%(partner)s agreed to join after all."),
        "recruiting.lapse": _l("The invitation of %(partner)s ran out without an answer."),
        "recruiting.lapse_offer": _l("The offer of %(partner)s ran out without an answer."),
        "recruiting.go_on": _l("The project went on without an answer from %(partners)s."),
        "recruiting.go_on_without_offer": _l("The project went on without an answer to the offer of %(partner)s."),
        "recruiting.withdraw_invitation": _l("The invitation of %(partner)s was withdrawn."),
        "recruiting.withdraw_offer": _l("%(partner)s withdrew its offer."),
        "recruiting.leave": _l("%(partner)s left the project. What it contributed stays credited."),
        "recruiting.change_role": _l("%(actor)s changed the role of %(partner)s."),
    }
)
__all__ = [
    "agree",
    "agree_after_all",
    "answer_invitation",
    "answer_offer",
    "ask_to_agree",
    "change_role",
    "finish",
    "go_on_without",
    "hand_over_lead",
    "invite",
    "keep_lead",
    "lapse",
    "leave",
    "offer",
    "take_lead",
    "withdraw",
]
INVITABLE_ROLES = (Role.PARTNER, Role.CO_LEAD, Role.ADVISER)
INVITATION_LASTS = timedelta(days=90)
MOST_A_DAY = 3  # times that a project asks one institution, or one person offers: each is a mail, also if taken back


def invite(
    project: Project,
    institution: Institution,
    *,
    role: Role = Role.PARTNER,
    seats: Sequence[Seat] = (),
    note: str = "",
    answer_by: date | None = None,
    actor: Person | None,
) -> Partner:
    """Ask an institution to join, perhaps to fill seats: its contacts are asked, or the coordinators where it has none.

    Raises RuleBroken when it takes part or was asked already, MOST_A_DAY times today, and for a seat that looks for
    nobody.
    """
    if invited_lately(project, institution) >= MOST_A_DAY:
        raise RuleBroken(_("%(name)s was asked several times today. Wait until tomorrow.", name=institution.name))
    partner = _place(project, institution, Commitment.INVITED, note, actor)
    partner.role = role
    ask_for(partner, seats)
    noted = record("recruiting.invite", project, actor=actor, partner=institution.name, role=role, note=note)
    raise_ask(
        "recruiting.invitation",
        partner,
        to=institution,
        about=project,
        network_id=project.network_id,
        actor=actor,
        because=noted,
        due_on=answer_by,
        leads=list_and([lead.name for lead in project.lead_partners]),
        network=project.network.name,
        question=project.question[:QUOTED],
        language=project.language,
        seats=[values_of(seat) for seat in seats],
        is_outsider=project.network_id not in institution.network_ids,
        note=note,
    )
    return partner


def offer(
    project: Project,
    institution: Institution,
    *,
    seats: Sequence[Seat] = (),
    people: str = "",
    note: str = "",
    actor: Person,
) -> Partner:
    """Offer that an institution joins, perhaps to fill seats; the lead answers. `people` says who would do the work.

    Whoever offers comes along when it is accepted. Raises RuleBroken where nobody is looked for: a running project
    looks for partners for its open seats only.
    """
    sought = (ProjectState.RECRUITING, ProjectState.RUNNING) if seats else (ProjectState.RECRUITING,)
    if project.state not in sought:
        raise RuleBroken(_("This project is not looking for partners now."))
    demand_open(project)
    if offered_lately(project, actor) >= MOST_A_DAY:
        raise RuleBroken(_("You offered several times today. Wait until tomorrow."))
    partner = _place(project, institution, Commitment.INTERESTED, note, actor)
    partner.role, partner.people = Role.PARTNER, people
    ask_for(partner, seats)
    noted = record("recruiting.offer", project, actor=actor, partner=institution.name, note=note)
    raise_ask(
        "recruiting.offer",
        partner,
        to=project,
        to_name=project.led_by,
        about=project,
        network_id=project.network_id,
        actor=actor,
        because=noted,
        partner=institution.name,
        seats=[values_of(seat) for seat in seats],
        people=people,
        note=note,
        language=project.language,
    )
    return partner


def answer_invitation(partner: Partner, *, agrees: bool, is_sure: bool = True, note: str = "", actor: Person) -> None:
    """The institution's answer; whoever gives a yes joins the team. The same answer again changes nothing.

    A yes that is not sure yet is an intention: its contacts are asked later whether it stands.
    """
    closed = _(
        "This invitation is not open any more: it is “%(state)s”.", state=str(COMMITMENT_LABELS[partner.commitment])
    )
    wanted = (Commitment.AGREED if is_sure else Commitment.INTENDS) if agrees else Commitment.DECLINED
    if not _answer(partner, Commitment.INVITED, wanted, note=note, actor=actor, closed=closed):
        return
    project = partner.project
    choice = ("accept" if is_sure else "intend") if agrees else "decline"
    settle("recruiting.invitation", partner, choice, actor=actor, note=note)
    kind = ("recruiting.agree" if is_sure else "recruiting.intend") if agrees else "recruiting.decline"
    record(kind, project, actor=actor, tell=leads(project), partner=partner.name, note=note)
    if agrees:
        if partner.institution_id in actor.institution_ids | actor.contact_ids:
            add_member(project, actor, actor=actor)  # not a coordinator who notes what they were told
        if not is_sure:
            ask_to_agree(partner, actor=None, is_mailed=False)
        followers.agreed(partner, actor)
    index_for_search(project)


def answer_offer(partner: Partner, *, accepts: bool, note: str = "", actor: Person) -> None:
    """The lead's answer to an offer; whoever offered is told, and joins the team when it is accepted.

    An offer of one of its contacts is the institution's word: it has agreed. That of somebody else is an intention,
    and its contacts are asked.
    """
    closed = _("This offer is not open any more: it is “%(state)s”.", state=str(COMMITMENT_LABELS[partner.commitment]))
    offered_by = partner.asked_by
    if offered_by is not None and not _works_there(offered_by, partner):
        offered_by = None  # they left meanwhile
    speaker = offered_by if offered_by is not None and answer_for_partner(offered_by, partner) else None
    wanted = (Commitment.AGREED if speaker else Commitment.INTENDS) if accepts else Commitment.DECLINED
    if not _answer(partner, Commitment.INTERESTED, wanted, note=note, actor=actor, closed=closed):
        return
    project = partner.project
    if accepts and offered_by is not None:
        add_member(project, offered_by, is_told=False, actor=actor)
    settle("recruiting.offer", partner, "accept" if accepts else "decline", actor=actor, note=note)
    kind = "recruiting.welcome" if accepts else "recruiting.turn_down"
    told = [partner.asked_by] if partner.asked_by else []
    record(kind, project, actor=actor, tell=told, partner=partner.name, note=note)
    if partner.commitment is Commitment.INTENDS:
        ask_to_agree(partner, actor=actor)
    if accepts and speaker is not None:
        followers.agreed(partner, speaker)
    index_for_search(project)


def ask_to_agree(partner: Partner, *, actor: Person | None, is_mailed: bool = True) -> None:
    """Ask the contacts of an institution that intends to join whether it agrees."""
    project = partner.project
    organisation = partner.organisation
    if organisation is None:
        return
    noted = record("recruiting.ask_to_agree", project, actor=actor, partner=partner.name)
    raise_ask(
        AGREEMENT,
        partner,
        to=organisation,
        about=project,
        network_id=project.network_id,
        actor=actor,
        because=noted,
        is_mailed=is_mailed,
        network=project.network.name,
        question=project.question[:QUOTED],
        language=project.language,
        seats=[values_of(filling.seat) for filling in fillings_of_partner(partner) if filling.is_taken],
    )


def agree(partner: Partner, *, note: str = "", actor: Person) -> None:
    """An intention becomes an agreement. Agreeing twice changes nothing."""
    if partner.is_committed:
        return
    if partner.commitment is not Commitment.INTENDS:
        raise RuleBroken(_("%(name)s does not take part any more.", name=partner.name))
    if partner.project.state is not ProjectState.REVIEW:  # it takes part already: its word is welcome until the end
        _demand_open(partner.project)
    _agreed(partner, actor, note)
    settle(AGREEMENT, partner, "agree", actor=actor, note=note)


def agree_after_all(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A no becomes a yes, while partners are sought: the institution's own no, or the lead's to an offer."""
    project = partner.project
    if partner.commitment is not Commitment.DECLINED:
        raise RuleBroken(_("%(name)s did not decline.", name=partner.name))
    _demand_open(project)
    seating.ask_again(partner)
    seating.take(partner)
    offered_by = partner.asked_by if partner.asked_by and _works_there(partner.asked_by, partner) else None
    # To an offer it is the lead that says yes: for the institution speaks who offered it.
    speakers = [offered_by, *([actor] if offered_by is None or _works_there(actor, partner) else [])]
    speaker = next((known for known in speakers if known is not None and answer_for_partner(known, partner)), None)
    wanted = Commitment.AGREED if speaker else Commitment.INTENDS
    commit(partner, wanted, actor=actor, note=note)
    partner.answer_note = note
    for person in (actor, offered_by):  # whoever offered it comes along, as with a yes at once
        if person is not None and _works_there(person, partner):
            add_member(project, person, is_told=person is actor, actor=actor)
    touch(project)
    told = [*leads(project), *([partner.asked_by] if partner.asked_by else [])]
    record("recruiting.agree_after_all", project, actor=actor, tell=told, partner=partner.name, note=note)
    if wanted is Commitment.INTENDS:
        ask_to_agree(partner, actor=actor)
    if speaker is not None or (offered_by is None and _works_there(actor, partner)):
        followers.agreed(partner, speaker or actor)
    index_for_search(project)


def withdraw(partner: Partner, *, actor: Person | None) -> None:
    """Take back what was asked and not answered yet. What stood before stands again; a row without a past goes."""
    if not partner.is_asked:
        raise RuleBroken(_("This was answered already."))
    kind = "withdraw_invitation" if partner.commitment is Commitment.INVITED else "withdraw_offer"
    record(f"recruiting.{kind}", partner.project, actor=actor, partner=partner.name)
    _forget(partner, actor)


def lapse(partner: Partner) -> None:
    """Nobody answered in time: what stood before stands again. Whoever asked is told by the ask itself, the other
    leads here."""
    if partner.is_asked:
        project = partner.project
        kind = "lapse" if partner.commitment is Commitment.INVITED else "lapse_offer"
        told = [lead for lead in leads(project) if lead.id != partner.asked_by_id]
        record(f"recruiting.{kind}", project, actor=None, tell=told, partner=partner.name)
        _forget(partner)


def go_on_without(project: Project) -> None:
    """Partners can no longer join: what waits for an answer is taken back, and what stood before stands again.

    The leads and whoever asked are told, of all invitations at once.
    """
    invited = [partner for partner in project.partners if partner.commitment is Commitment.INVITED]
    offered = [partner for partner in project.partners if partner.commitment is Commitment.INTERESTED]
    if invited:
        names = list_and([partner.name for partner in invited])
        record("recruiting.go_on", project, actor=None, tell=_told_about(project, invited), partners=names)
    for partner in offered:
        told = _told_about(project, [partner])
        record("recruiting.go_on_without_offer", project, actor=None, tell=told, partner=partner.name)
    for partner in (*invited, *offered):
        _forget(partner)
    if project.state is ProjectState.PUBLISHED:  # it is done: nobody need agree any more, or lead
        for partner in project.partners:
            take_back(partner, AGREEMENT, LEAD)


def _told_about(project: Project, partners: list[Partner]) -> list[Person]:
    asked_by = [partner.asked_by for partner in partners if partner.asked_by is not None]
    return list(dict.fromkeys([*leads(project), *asked_by]))


def _forget(partner: Partner, actor: Person | None = None) -> None:
    project = partner.project
    take_back(partner, "recruiting.invitation", "recruiting.offer")
    seating.free(partner)
    if partner.earlier_commitment is None:
        forget(partner)
        project.partners.remove(partner)
        db.session.flush()  # its place is free for another row
    else:
        commit(partner, partner.earlier_commitment, actor=actor)
        partner.role = partner.earlier_role or partner.role
        partner.earlier_commitment = partner.earlier_role = None
    touch(project)


def _place(
    project: Project, institution: Institution, commitment: Commitment, note: str, actor: Person | None
) -> Partner:
    """The row for this institution, asked now: a new one, or that of one which declined or left."""
    if project.state not in SEEKS_PARTNERS:
        raise RuleBroken(_("Partners can join until the report goes into review."))
    partner = next((p for p in project.partners if p.institution_id == institution.id), None)
    if partner is None:
        partner = Partner(institution=institution, position=len(project.partners))
        project.partners.append(partner)
    elif partner.is_asked:
        raise RuleBroken(_("%(name)s was asked already and has not answered yet.", name=institution.name))
    elif partner.takes_part:
        raise RuleBroken(_("%(name)s takes part already.", name=institution.name))
    else:
        partner.earlier_commitment, partner.earlier_role = partner.commitment, partner.role
    partner.note, partner.answer_note, partner.people = note, "", ""
    partner.asked_by_id, partner.asked_at = (actor.id if actor else None), clock.now()
    commit(partner, commitment, actor=actor, note=note)
    touch(project)
    db.session.flush()
    return partner


def _demand_open(project: Project) -> None:
    if project.state not in SEEKS_PARTNERS:
        raise RuleBroken(_("The project went on meanwhile: partners can no longer join."))


def _answer(partner: Partner, asked: Commitment, wanted: Commitment, *, note: str, actor: Person, closed: str) -> bool:
    """Answer what was `asked`; False where this answer was given already. Raises RuleBroken with `closed` where
    another one was, or the question was withdrawn."""
    if partner.commitment is wanted:
        return False
    if partner.commitment is not asked:
        raise RuleBroken(closed)
    if wanted is Commitment.DECLINED:  # a no is always possible
        seating.free(partner)
    else:
        _demand_open(partner.project)
        seating.take(partner)
    commit(partner, wanted, actor=actor, note=note)
    partner.answer_note = note
    touch(partner.project)
    return True


def _agreed(partner: Partner, actor: Person, note: str) -> None:
    project = partner.project
    commit(partner, Commitment.AGREED, actor=actor, note=note)
    partner.answer_note = note
    if _works_there(actor, partner):
        add_member(project, actor, actor=actor)
    touch(project)
    record("recruiting.agree", project, actor=actor, tell=leads(project), partner=partner.name, note=note)
    followers.agreed(partner, actor)
    index_for_search(project)


def _works_there(person: Person, partner: Partner) -> bool:
    return partner.institution_id in person.institution_ids | person.contact_ids
