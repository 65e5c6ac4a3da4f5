"""What accounts ask: an invited person, whether they make an account."""

from datetime import timedelta

from tracker.accounts import actions, queries
from tracker.accounts.models import Invitation
from tracker.asks.kinds import Choice, Kind, Shown, declare
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.institutions.permissions import coordinate_network, keep_contacts


def _shown(invitation: Invitation) -> Shown:
    return Shown([(_("Invited to"), place.name) for place in (invitation.institution, invitation.network) if place])


def _keeps(actor: Person, invitation: Invitation) -> bool:
    """Whoever could have invited them."""
    institution, network = invitation.institution, invitation.network
    return (institution is not None and keep_contacts(actor, institution)) or (
        network is not None and coordinate_network(actor, network)
    )


declare(
    Kind(
        name=actions.JOIN,
        label=_l("invitation to make an account"),
        load=queries.invitation_for_ask,
        question=_l("Will you join, to plan research together?"),
        meaning=_l(
            "An account takes a minute: institutions of many countries find partners here and follow their joint"
            " projects. Taking part is voluntary and binds nobody. A no is fine: then you get no account, you are not"
            " listed where you were invited, and whoever asked you is told."
        ),
        choices=(
            Choice(
                "join",
                _l("Make my account"),
                _l("%(for)s joined."),
                actions.come,
                fields=(),
                elsewhere="/join/%(token)s",
            ),
            Choice("decline", _l("No, thank you"), _l("%(for)s does not join."), actions.decline, tone="quiet"),
        ),
        changes={("decline", "join"): actions.come},
        can_change=lambda invitation: invitation.person.joined_at is None,
        mail="accounts/mail/join.txt",
        waiting=_l("Waiting for an invited person to join."),
        waiting_for=_l("Waiting for %(for)s to join."),
        shows=_shown,
        due_in=timedelta(days=29),
        lasts=timedelta(days=30),
        reminders=(-22, -3),  # a week after, and before it runs out
        withdrawn=actions.take_back,
        keeps=_keeps,
        is_delegable=False,
        why=_l("You do not know what this is about? Then do nothing: no account is made without you."),
    )
)
