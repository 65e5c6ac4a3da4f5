"""What memberships ask: an institution whether it joins a network, and a network whether it takes one in."""

from typing import Any

from markupsafe import Markup

from tracker.asks.kinds import Choice, Kind, Shown, declare
from tracker.i18n import _, _l, country_name
from tracker.memberships import actions, queries
from tracker.memberships.models import Candidacy


def _network(candidacy: Candidacy) -> Shown:
    network = candidacy.network
    facts = [(_("Website"), network.website)] if network.website else []
    return Shown(facts, [(_("About the network"), Markup(network.description_html), "")], network.path)


def _institution(candidacy: Candidacy) -> Shown:
    institution = candidacy.institution
    known = [(_("Country"), country_name(institution.country)), (_("City"), institution.city)]
    return Shown([(label, text) for label, text in known if text], path=institution.path)


def _answers_for(actor: Any, candidacy: Candidacy) -> bool:
    return candidacy.institution_id in actor.contact_ids


declare(
    Kind(
        name=queries.INVITATION,
        label=_l("invitation to a network"),
        load=queries.for_ask,
        question=_l("Will %(for)s join the network “%(title)s”?"),
        meaning=_l(
            "Members read each other's plans, propose joint research and offer to take part. It is voluntary, costs"
            " nothing, and you can leave at any time. The coordinators of the network may then keep your institution's"
            " record and contacts up to date with you."
        ),
        choices=(
            Choice("accept", _l("Yes, we join"), _l("%(for)s is a member."), actions.accept),
            Choice("decline", _l("No, thank you"), _l("%(for)s does not join."), actions.decline, tone="quiet"),
        ),
        changes={("decline", "accept"): actions.accept},
        mail="memberships/mail/invitation.txt",
        waiting=_l("Waiting for an institution to say whether it joins."),
        waiting_for=_l("Waiting for %(for)s to say whether it joins."),
        shows=_network,
    ),
    Kind(
        name=queries.REQUEST,
        label=_l("wish to join"),
        load=queries.for_ask,
        question=_l("Shall %(institution)s join the network “%(title)s”?"),
        meaning=_l(
            "With a yes it is a member from today: its people read what is for members, and you look after its record"
            " together with its contacts."
        ),
        choices=(
            Choice("accept", _l("Yes, welcome"), _l("%(institution)s is a member."), actions.accept),
            Choice("decline", _l("Not now"), _l("%(institution)s does not join now."), actions.turn_down, tone="quiet"),
        ),
        changes={("decline", "accept"): actions.accept},
        mail="memberships/mail/request.txt",
        waiting=_l("Waiting for the coordinators to welcome an institution."),
        waiting_for=_l("Waiting for the coordinators of %(for)s to welcome %(institution)s."),
        shows=_institution,
        keeps=_answers_for,
    ),
)
