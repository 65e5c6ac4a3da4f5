"""What projects ask: coordinators whether a proposal goes ahead. And how the leads of a project are asked."""

from typing import Any

from markupsafe import Markup

from tracker.asks.addressees import Role
from tracker.asks.addressees import declare as declare_role
from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.i18n import _, _l, country_name, list_and
from tracker.institutions.models import Person
from tracker.projects import actions, queries
from tracker.projects.models import Project
from tracker.projects.permissions import lead_project

declare_role(
    Role(
        "project",
        queries.lead_people,
        queries.led_by,
        queries.team_people,
        _l("You get this mail because you lead the project."),
    )
)


def summary(project: Project) -> Shown:
    """What one needs to know of a project to decide about it."""
    partners = [partner.name for partner in project.partners if partner.takes_part]
    return Shown(
        facts=[
            (_("Partners so far"), list_and(partners)),
            (_("Countries studied"), list_and([country_name(code) for code in project.countries])),
            (_("Themes"), list_and([theme.name for theme in project.themes])),
            (_("Network"), project.network.name),
        ],
        texts=[
            (_("The question"), Markup(project.question_html), project.language),
            (_("Why now"), Markup(project.why_now_html), project.language),
        ],
        path=project.path,
    )


def _accept(project: Project, *, actor: Person, note: str = "", **_more: Any) -> None:
    actions.take_step(project, "accept", actor=actor, reason=note)


def _send_back(project: Project, *, actor: Person, reason: str) -> None:
    actions.take_step(project, "send_back", actor=actor, reason=reason)


declare(
    Kind(
        name="projects.proposal",
        label=_l("proposal"),
        load=queries.for_ask,
        question=_l("Shall this project go ahead and look for partners?"),
        meaning=_l(
            "Accepted, members of the network can read it and offer to join. Sent back, its lead can change it and"
            " propose it again."
        ),
        choices=(
            Choice("accept", _l("Accept the proposal"), _l("The proposal was accepted: partners are sought."), _accept),
            Choice(
                "send_back",
                _l("Send it back with a comment"),
                _l("The proposal was sent back to its lead."),
                _send_back,
                fields=(words("reason", _l("What should be changed?"), required=True),),
                tone="quiet",
            ),
        ),
        mail="projects/mail/proposal.txt",
        waiting=_l("Waiting for a coordinator to accept the proposal."),
        waiting_for=_l("Waiting for the coordinators of %(for)s to accept the proposal."),
        shows=summary,
        reminders=(-4, 1, 8),
        keeps=lead_project,
        is_withdrawable=False,
        is_paused=True,
    )
)
