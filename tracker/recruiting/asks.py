"""What recruiting asks: an institution whether it joins, and the leads whether they welcome one that offers to."""

from datetime import timedelta
from typing import Any

from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.i18n import _, _l, country_name, list_and
from tracker.institutions.models import Person
from tracker.projects.asks import summary
from tracker.projects.models import Partner
from tracker.projects.permissions import lead_project
from tracker.projects.queries import partner_for_ask
from tracker.projects.states import ROLE_LABELS, SEEKS_PARTNERS, Commitment
from tracker.recruiting import actions
from tracker.recruiting.queries import AGREEMENT, LEAD, may_still_lead
from tracker.seats.actions import fillings_of_partner
from tracker.seats.words import title_of


def _would_do(partner: Partner) -> list[tuple[str, str]]:
    """The seats that it is asked for, or fills, and who would do the work."""
    seats = [title_of(filling.seat) for filling in fillings_of_partner(partner) if filling.ended_at is None]
    return [(_("Seats"), list_and(seats)), (_("Who would do it"), partner.people)]


def _shown(partner: Partner) -> Shown:
    """What it would be and do, then the project."""
    known = summary(partner.project)
    facts = [(_("Role"), str(ROLE_LABELS[partner.role])), *_would_do(partner), *known.facts]
    return Shown(facts, known.texts, known.path)


def _shown_to_leads(partner: Partner) -> Shown:
    """What is offered, and by whom: the leads know their own project."""
    country, website = "", ""
    if partner.institution is not None:
        country, website = country_name(partner.institution.country), partner.institution.website
    facts = [*_would_do(partner), (_("Country"), country), (_("Website"), website)]
    return Shown(facts, path=partner.project.path)


def _agree(partner: Partner, *, actor: Person, note: str = "") -> None:
    actions.answer_invitation(partner, agrees=True, note=note, actor=actor)


def _intend(partner: Partner, *, actor: Person, note: str = "") -> None:
    actions.answer_invitation(partner, agrees=True, is_sure=False, note=note, actor=actor)


def _decline(partner: Partner, *, actor: Person, note: str = "") -> None:
    actions.answer_invitation(partner, agrees=False, note=note, actor=actor)


def _welcome(partner: Partner, *, actor: Person, note: str = "") -> None:
    actions.answer_offer(partner, accepts=True, note=note, actor=actor)


def _turn_down(partner: Partner, *, actor: Person, note: str = "") -> None:
    actions.answer_offer(partner, accepts=False, note=note, actor=actor)


def _withdraw(partner: Partner, *, actor: Person, words: str = "") -> None:
    actions.withdraw(partner, actor=actor)


def _can_join(partner: Partner) -> bool:
    return partner.project.state in SEEKS_PARTNERS


def _can_change(partner: Partner) -> bool:
    """While partners are sought, and what was answered still holds: nobody left by another door since."""
    answered = (Commitment.AGREED, Commitment.DECLINED, Commitment.INTENDS)
    return _can_join(partner) and partner.commitment in answered


def _can_lead_after_all(partner: Partner) -> bool:
    """Not once another one was asked, or leads: a no of long ago takes the lead from nobody."""
    return partner.project.is_open and partner.is_committed and may_still_lead(partner)


def _keeps(actor: Any, partner: Partner) -> bool:
    return lead_project(actor, partner.project)


declare(
    Kind(
        name="recruiting.invitation",
        label=_l("invitation"),
        load=partner_for_ask,
        question=_l("Will %(for)s take part in this project?"),
        meaning=_l(
            "A yes is an intention, not a contract: roles and money are agreed together afterwards, and you can leave"
            " at any time. A no is fine and needs no reason."
        ),
        choices=(
            Choice("accept", _l("Yes, we take part"), _l("%(for)s takes part."), _agree),
            Choice(
                "intend",
                _l("We mean to, and confirm later"),
                _l("%(for)s intends to take part, and will confirm."),
                _intend,
                tone="quiet",
            ),
            Choice("decline", _l("No, thank you"), _l("%(for)s does not take part."), _decline, tone="quiet"),
        ),
        changes={
            ("decline", "accept"): actions.agree_after_all,
            ("accept", "decline"): actions.leave,
            ("intend", "accept"): actions.agree,
            ("intend", "decline"): actions.leave,
        },
        can_change=_can_change,
        mail="recruiting/mail/invitation.txt",
        waiting=_l("Waiting for a partner to answer an invitation."),
        waiting_for=_l("Waiting for %(for)s to answer the invitation."),
        shows=_shown,
        withdrawn=_withdraw,
        expired=actions.lapse,
        is_reminded=_can_join,
        keeps=_keeps,
        lasts=actions.INVITATION_LASTS,
    ),
    Kind(
        name="recruiting.offer",
        label=_l("offer to join"),
        load=partner_for_ask,
        question=_l("Shall %(partner)s join this project?"),
        meaning=_l(
            "With a yes it fills the seats it offers to fill, and the person who offered joins the team. Where they do"
            " not answer for their institution, its contacts are asked whether it agrees."
        ),
        choices=(
            Choice("accept", _l("Yes, welcome"), _l("%(partner)s takes part."), _welcome),
            Choice(
                "decline",
                _l("Not this time"),
                _l("The offer of %(partner)s was not taken up this time."),
                _turn_down,
                fields=(words("note", _l("A few kind words with your answer")),),
                tone="quiet",
            ),
        ),
        changes={("decline", "accept"): actions.agree_after_all},
        can_change=_can_change,
        mail="recruiting/mail/offer.txt",
        waiting=_l("Waiting for the lead to answer an offer."),
        waiting_for=_l("Waiting for the lead to answer the offer of %(partner)s."),
        shows=_shown_to_leads,
        withdrawn=_withdraw,
        expired=actions.lapse,
        is_reminded=_can_join,
    ),
    Kind(
        name=AGREEMENT,
        label=_l("agreement"),
        load=partner_for_ask,
        question=_l("Does %(for)s agree to take part in this project?"),
        meaning=_l(
            "Somebody of yours offered it or meant to, and the lead counts on you. A yes is your institution's word,"
            " not a contract: the terms follow, and you can leave at any time. A no is fine, and frees the seat."
        ),
        choices=(
            Choice("agree", _l("Yes, we take part"), _l("%(for)s takes part."), actions.agree),
            Choice("decline", _l("No, after all"), _l("%(for)s does not take part."), actions.leave, tone="quiet"),
        ),
        can_change=lambda _partner: False,
        mail="recruiting/mail/agreement.txt",
        waiting=_l("Waiting for a partner to say whether it agrees."),
        waiting_for=_l("Waiting for %(for)s to say whether it agrees."),
        shows=_shown,
        due_in=timedelta(days=21),
        keeps=_keeps,
        is_withdrawable=False,
        is_reminded=_can_join,
    ),
    Kind(
        name=LEAD,
        label=_l("lead"),
        load=partner_for_ask,
        question=_l("Will %(for)s take the lead of this project?"),
        meaning=_l(
            "With a yes your institution leads and whoever answers acts for the project: steps, partners, plan and"
            " report. %(leads)s stays as a partner. With a no everything stays as it is."
        ),
        choices=(
            Choice("accept", _l("Yes, we take the lead"), _l("%(for)s leads the project."), actions.take_lead),
            Choice(
                "decline", _l("No, thank you"), _l("%(for)s does not take the lead."), actions.keep_lead, tone="quiet"
            ),
        ),
        changes={("decline", "accept"): actions.take_lead},
        can_change=_can_lead_after_all,
        mail="recruiting/mail/lead.txt",
        waiting=_l("Waiting for a partner to say whether it takes the lead."),
        waiting_for=_l("Waiting for %(for)s to say whether it takes the lead."),
        shows=_shown,
        keeps=_keeps,
    ),
)
