"""What terms ask: each partner whether it confirms the newest version."""

from flask import get_template_attribute
from markupsafe import Markup

from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.i18n import _, _l, format_day, list_and
from tracker.institutions.models import Person
from tracker.projects.permissions import lead_project
from tracker.terms import actions, queries
from tracker.terms.changes import changes
from tracker.terms.models import Confirmation, Terms
from tracker.terms.parts import document


def _shown(reply: Confirmation) -> Shown:
    terms = reply.terms
    version = str(terms.number)
    if terms.number > 1:
        version = _("%(number)s; it replaces version %(before)s", number=terms.number, before=terms.number - 1)
    confirmed = [known.partner.name for known in terms.confirmations]
    written = _(
        "%(name)s, %(day)s",
        name=terms.written_by.name if terms.written_by else _("The tracker"),
        day=format_day(terms.written_at),
    )
    before = queries.compared_with(terms, reply.partner_id)
    return Shown(
        facts=[
            (_("Version"), version),
            (_("Written by"), written),
            (_("Confirmed so far by"), list_and(confirmed) if confirmed else _("nobody yet")),
        ],
        texts=[*([_changes(before, reply)] if before is not None else []), (_("The terms"), _whole(terms), "")],
        path=f"{terms.project.path}/terms",
    )


def _changes(before: Terms, reply: Confirmation) -> tuple[str, Markup, str]:
    """What is new to this partner: since the version it confirmed last, or since the one before."""
    terms, number = reply.terms, before.number
    if any(known.partner_id == reply.partner_id for known in before.confirmations):
        heading = _(
            "What changed since version %(number)s, which %(name)s confirmed", number=number, name=reply.partner.name
        )
    else:
        heading = _("What changed since version %(number)s", number=number)
    differing = changes(before, terms)
    if not differing:
        return heading, Markup("<p>{}</p>").format(_("Nothing: it says the same again.")), ""
    shown = get_template_attribute("components/changes.html", "changed_parts")
    return heading, Markup(shown(differing, terms.language)), ""


def _whole(terms: Terms) -> Markup:
    """Everything the version says."""
    return Markup(get_template_attribute("terms/_document.html", "whole")(document(terms)))


def _confirm(reply: Confirmation, *, actor: Person, note: str = "") -> None:
    actions.confirm(reply.terms, reply.partner, note=note, actor=actor)


def _ask_for_change(reply: Confirmation, *, actor: Person, words: str) -> None:
    actions.ask_for_change(reply.terms, reply.partner, words=words, actor=actor)


def _can_change(reply: Confirmation) -> bool:
    return reply.terms.project.is_open and reply.partner.is_committed and queries.is_newest(reply.terms)


declare(
    Kind(
        name=actions.ASK,
        label=_l("terms"),
        load=queries.for_ask,
        question=_l("Does %(for)s confirm the terms?"),
        meaning=_l(
            "To confirm means: this is how we understand our work together. It is an understanding, not a contract,"
            " and any partner may leave. If something does not fit, say what you would change."
        ),
        choices=(
            Choice(
                "confirm", _l("Yes, we confirm"), _l("%(for)s confirmed version %(number)s of the terms."), _confirm
            ),
            Choice(
                "object",
                _l("I would like a change"),
                _l("%(for)s would like a change to version %(number)s of the terms."),
                _ask_for_change,
                fields=(words("words", _l("What should be changed?"), required=True),),
                tone="quiet",
            ),
        ),
        changes={("object", "confirm"): _confirm},
        can_change=_can_change,
        mail="terms/mail/confirm.txt",
        waiting=_l("Waiting for a partner to confirm the terms."),
        waiting_for=_l("Waiting for %(for)s to confirm the terms."),
        shows=_shown,
        keeps=lambda actor, reply: lead_project(actor, reply.terms.project),
        is_paused=True,
    )
)
