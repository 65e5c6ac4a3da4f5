from datetime import date, timedelta

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.asks.actions import forget, raise_ask, settle, take_back
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, list_and
from tracker.institutions.models import Institution, Person
from tracker.projects.actions import QUOTED, add_member, index_for_search, leads, touch
from tracker.projects.models import Partner, Project
from tracker.projects.states import (
    COMMITMENT_LABELS,
    LEADING,
    SEEKS_PARTNERS,
    Commitment,
    ProjectState,
    Role,
)

declare(
    {
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
INVITABLE_ROLES = (Role.PARTNER, Role.CO_LEAD, Role.ADVISER)
INVITATION_LASTS = timedelta(days=90)


def invite(
    project: Project,
    institution: Institution,
    *,
    role: Role = Role.PARTNER,
    note: str = "",
    answer_by: date | None = None,
    actor: Person | None,
) -> Partner:
    """Ask an institution to join: its contacts are asked, or the coordinators told where it has none.

    Raises RuleBroken when it takes part or was asked already.
    """
    partner = _place(project, institution)
    partner.role, partner.commitment, partner.note, partner.answer_note = role, Commitment.INVITED, note, ""
    partner.asked_by_id, partner.asked_at = (actor.id if actor else None), clock.now()
    partner.answered_by_id = partner.answered_at = None
    touch(project)
    db.session.flush()
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
        network=project.network.name,
        question=project.question[:QUOTED],
        language=project.language,
        note=note,
    )
    return partner


def offer(project: Project, institution: Institution, *, note: str = "", actor: Person) -> Partner:
    """Offer that an institution joins; the lead answers. The person who offers comes along when it is accepted."""
    if project.state is not ProjectState.RECRUITING:
        raise RuleBroken(_("This project is not looking for partners now."))
    partner = _place(project, institution)
    partner.role, partner.commitment, partner.note, partner.answer_note = (
        Role.PARTNER,
        Commitment.INTERESTED,
        note,
        "",
    )
    partner.asked_by_id, partner.asked_at = actor.id, clock.now()
    partner.answered_by_id = partner.answered_at = None
    touch(project)
    db.session.flush()
    noted = record("recruiting.offer", project, actor=actor, partner=institution.name, note=note)
    raise_ask(
        "recruiting.offer",
        partner,
        to=project,
        to_name=list_and([lead.name for lead in project.lead_partners]) or project.network.name,
        about=project,
        network_id=project.network_id,
        actor=actor,
        because=noted,
        partner=institution.name,
        note=note,
        language=project.language,
    )
    return partner


def answer_invitation(partner: Partner, *, agrees: bool, note: str = "", actor: Person) -> None:
    """The institution's answer; whoever gives a yes joins the team. The same answer again changes nothing."""
    closed = _(
        "This invitation is not open any more: it is “%(state)s”.", state=str(COMMITMENT_LABELS[partner.commitment])
    )
    if not _answer(partner, Commitment.INVITED, yes=agrees, note=note, actor=actor, closed=closed):
        return
    project = partner.project
    if agrees and partner.institution_id in actor.institution_ids | actor.contact_ids:
        add_member(project, actor, actor=actor)  # not a coordinator who notes what they were told
    settle("recruiting.invitation", partner, "accept" if agrees else "decline", actor=actor, note=note)
    kind = "recruiting.agree" if agrees else "recruiting.decline"
    record(kind, project, actor=actor, tell=leads(project), partner=partner.name, note=note)
    index_for_search(project)


def answer_offer(partner: Partner, *, accepts: bool, note: str = "", actor: Person) -> None:
    """The lead's answer to an offer; whoever offered is told, and joins the team when it is accepted."""
    closed = _("This offer is not open any more: it is “%(state)s”.", state=str(COMMITMENT_LABELS[partner.commitment]))
    if not _answer(partner, Commitment.INTERESTED, yes=accepts, note=note, actor=actor, closed=closed):
        return
    project, offered_by = partner.project, partner.asked_by
    if accepts and offered_by is not None:
        add_member(project, offered_by, is_told=False, actor=actor)
    settle("recruiting.offer", partner, "accept" if accepts else "decline", actor=actor, note=note)
    kind = "recruiting.welcome" if accepts else "recruiting.turn_down"
    told = [offered_by] if offered_by else []
    record(kind, project, actor=actor, tell=told, partner=partner.name, note=note)
    index_for_search(project)


def agree_after_all(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A no becomes a yes, while partners are sought: the institution's own no, or the lead's to an offer."""
    project = partner.project
    if partner.commitment is not Commitment.DECLINED:
        raise RuleBroken(_("%(name)s did not decline.", name=partner.name))
    _demand_open(project)
    partner.commitment, partner.answer_note = Commitment.AGREED, note
    partner.answered_by_id, partner.answered_at = actor.id, clock.now()
    for person in (actor, partner.asked_by):  # whoever offered it comes along, as with a yes at once
        if person is not None and partner.institution_id in person.institution_ids | person.contact_ids:
            add_member(project, person, is_told=person is actor, actor=actor)
    touch(project)
    told = [*leads(project), *([partner.asked_by] if partner.asked_by else [])]
    record("recruiting.agree_after_all", project, actor=actor, tell=told, partner=partner.name, note=note)
    index_for_search(project)


def withdraw(partner: Partner, *, actor: Person | None) -> None:
    """Take back what was asked and not answered yet. What stood before stands again; a row without a past goes."""
    if not partner.is_asked:
        raise RuleBroken(_("This was answered already."))
    kind = "withdraw_invitation" if partner.commitment is Commitment.INVITED else "withdraw_offer"
    record(f"recruiting.{kind}", partner.project, actor=actor, partner=partner.name)
    _forget(partner)


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


def _told_about(project: Project, partners: list[Partner]) -> list[Person]:
    asked_by = [partner.asked_by for partner in partners if partner.asked_by is not None]
    return list(dict.fromkeys([*leads(project), *asked_by]))


def _forget(partner: Partner) -> None:
    project = partner.project
    take_back(partner, "recruiting.invitation", "recruiting.offer")
    if partner.earlier_commitment is None:
        forget(partner)
        project.partners.remove(partner)
        db.session.flush()  # its place is free for another row
    else:
        partner.commitment, partner.role = partner.earlier_commitment, partner.earlier_role or partner.role
        partner.earlier_commitment = partner.earlier_role = None
    touch(project)


def leave(partner: Partner, *, note: str = "", actor: Person) -> None:
    """A partner leaves: its place is free, its people leave the team, its credit stays."""
    project = partner.project
    if not partner.takes_part:
        raise RuleBroken(_("%(name)s does not take part.", name=partner.name))
    if project.state is ProjectState.PUBLISHED:
        raise RuleBroken(_("The project is published: nobody can leave what is done."))
    if partner.role in LEADING and len([p for p in project.lead_partners if p is not partner]) == 0:
        raise RuleBroken(_("The only lead cannot leave. Make another partner the lead or a co-lead first."))
    partner.commitment = Commitment.WITHDREW
    partner.answer_note, partner.answered_by_id, partner.answered_at = note, actor.id, clock.now()
    staying = {p.institution_id for p in project.partners if p.takes_part}
    for member in project.members:
        places = {affiliation.institution_id for affiliation in member.person.affiliations}
        if partner.institution_id in places and not places & staying and not _is_last_lead(project, member):
            member.left_at = clock.now()
    touch(project)
    record("recruiting.leave", project, actor=actor, tell=leads(project), partner=partner.name, note=note)
    index_for_search(project)


def change_role(partner: Partner, role: Role, *, component: str = "", actor: Person | None) -> None:
    """Make a partner the lead, a co-lead, a partner or an adviser, of the whole or of one component only.

    One lead must remain.
    """
    if not partner.is_committed:
        raise RuleBroken(_("%(name)s has not agreed yet.", name=partner.name))
    others = [p for p in partner.project.lead_partners if p is not partner]
    if role not in LEADING and not others:
        raise RuleBroken(_("A project needs a lead. Make another partner the lead first."))
    partner.role, partner.component = role, component
    touch(partner.project)
    record("recruiting.change_role", partner.project, actor=actor, partner=partner.name, role=role)


def _place(project: Project, institution: Institution) -> Partner:
    """The row for this institution: a new one, or that of one which declined or left."""
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
    return partner


def _demand_open(project: Project) -> None:
    if project.state not in SEEKS_PARTNERS:
        raise RuleBroken(_("The project went on meanwhile: partners can no longer join."))


def _answer(partner: Partner, asked: Commitment, *, yes: bool, note: str, actor: Person, closed: str) -> bool:
    """Answer what was `asked`; False where this answer was given already. Raises RuleBroken with `closed` where
    another one was, or the question was withdrawn."""
    wanted = Commitment.AGREED if yes else Commitment.DECLINED
    if partner.commitment is wanted:
        return False
    if partner.commitment is not asked:
        raise RuleBroken(closed)
    if yes:  # a no is always possible
        _demand_open(partner.project)
    partner.commitment, partner.answer_note = wanted, note
    partner.answered_by_id, partner.answered_at = actor.id, clock.now()
    touch(partner.project)
    return True


def _is_last_lead(project: Project, member: object) -> bool:
    remaining = [m for m in project.members if m.is_lead and m.left_at is None]
    return len(remaining) == 1 and remaining[0] is member
