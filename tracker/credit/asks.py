"""What is asked about a report before it is published: the authors' approval, their institutions' word, and from
everybody what they did.
"""

from typing import Any

from flask import get_template_attribute
from markupsafe import Markup

from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.credit import actions, contributions, queries
from tracker.credit.changes import changes
from tracker.credit.models import Approval, AuthorshipConfirmation, Contributor, Proof
from tracker.credit.permissions import lead_report
from tracker.credit.proofs import standing_of
from tracker.credit.states import ROLE_LABELS
from tracker.credit.versions import APPROVE, CONFIRM, DECLARE
from tracker.i18n import _, _l, format_day, list_and
from tracker.reports.states import ReportState

Text = tuple[str, Markup, str]


# --- an author's approval -----------------------------------------------------------------------------------


def _shown(approval: Approval) -> Shown:
    proof = approval.proof
    others = [row for row in proof.approvals if row.id != approval.id]
    before = queries.before(proof, approval.person_id)
    return Shown(
        facts=[
            (_("Version"), _("%(number)s, of %(day)s", number=proof.number, day=format_day(proof.made_at))),
            *([(_("The other authors"), _other_answers(others))] if others else []),
        ],
        texts=[
            *(_what_changed(before, proof) if before is not None else []),
            (_("What you approve"), _whole(proof), ""),
        ],
        path=f"{proof.report.path}/approval",
    )


def _other_answers(rows: list[Approval]) -> str:
    done = [row.name for row in rows if row.counts]
    waiting = [row.name for row in rows if not row.counts]
    sentences = [_("Answered: %(names)s.", names=list_and(done))] if done else []
    if waiting:
        sentences.append(_("Not yet: %(names)s.", names=list_and(waiting)))
    return " ".join(sentences)


def _whole(proof: Proof) -> Markup:
    return Markup(get_template_attribute("credit/_version.html", "whole")(proof.content, level=3))


def _what_changed(before: Proof | None, after: Proof) -> list[Text]:
    if before is None:
        return []
    found = changes(before, after)
    heading = _("What changed since version %(number)s", number=before.number)
    if not found:
        return [(heading, Markup("<p>{}</p>").format(_("Nothing: it says the same again.")), "")]
    shown = get_template_attribute("credit/_changes.html", "changed")
    return [(heading, Markup(shown(found, after.content["language"])), "")]


def _since(row: Approval | AuthorshipConfirmation, version: str) -> list[Text]:
    """What changed since the version that somebody was shown who answers to another one now."""
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
    before = queries.numbered(row.proof.report_id, number) or queries.numbered(
        row.proof.report_id, row.proof.number - 1
    )
    return _what_changed(before, row.proof) if before is not None else []


def _version(approval: Approval) -> str:
    return str(approval.proof.number)


def _is_open(approval: Approval) -> bool:
    """Whether another answer can still take the place of the one that was given."""
    proof = approval.proof
    newest = queries.latest(proof.report)
    is_newest = newest is not None and newest.id == proof.id
    return is_newest and proof.report.state is not ReportState.WITHDRAWN and not actions.is_published(proof)


_APPROVE = Choice(
    "approve",
    _l("I approve this text and this order"),
    _l("%(for)s approved version %(number)s."),
    actions.approve,
)
_CHANGE = Choice(
    "change",
    _l("Something must change first"),
    _l("%(for)s asks for a change before approving version %(number)s."),
    actions.ask_for_change,
    fields=(words("words", _l("What should be changed?"), required=True),),
    tone="quiet",
)
_DISSENT = Choice(
    "dissent",
    _l("I do not agree, but it may be published"),
    _l("%(for)s stays an author and recorded a dissent from version %(number)s."),
    actions.dissent,
    fields=(
        words(
            "words",
            _l("With what do you not agree?"),
            required=True,
            hint=_l("You stay an author. Your words are kept with this version, for those who take part."),
        ),
    ),
    tone="quiet",
)
_READ = Choice("read", _l("Read the whole text"), _l("Read"), fields=(), tone="quiet", elsewhere="%(page)s/version")
_SAYS = (_APPROVE, _CHANGE, _DISSENT)

declare(
    Kind(
        name=APPROVE,
        label=_l("approval"),
        load=queries.approval_for_ask,
        question=_l("Do you approve this report, its authors and their order?"),
        meaning=_l(
            "Your approval counts for exactly this version. If the text, the authors or their order change, you are "
            "asked again and see what changed."
        ),
        choices=(_READ, *_SAYS),
        changes={(old.name, new.name): new.effect for old in _SAYS for new in _SAYS if new.effect is not None},
        can_change=_is_open,
        mail="credit/mail/approve.txt",
        waiting=_l("Waiting for an author to approve the report."),
        waiting_for=_l("Waiting for %(for)s to approve the report."),
        shows=_shown,
        version=_version,
        since=_since,
        still_asks=lambda ask, approval: approval.person_id == ask.addressee_id,
        keeps=lambda actor, approval: lead_report(actor, approval.proof.report),
        is_delegable=False,
        is_paused=True,
        why=_l("You get this mail because you are named as an author."),
    )
)


# --- an institution's word ----------------------------------------------------------------------------------


def _institution_shown(row: AuthorshipConfirmation) -> Shown:
    shown = get_template_attribute("credit/_version.html", "authors")
    return Shown(
        facts=[(_("Title"), row.proof.content["title"])],
        texts=[(_("The authors, in this order"), Markup(shown(row.proof.content["authors"], row.institution_id)), "")],
        path=f"{row.proof.report.path}/approval",
    )


def _standing_version(row: AuthorshipConfirmation) -> str:
    """The number of the first version since which nothing changed that concerns the institution: a mere change of the
    text sends no answer of theirs back.
    """
    standing, number = standing_of(row.proof.content, row.institution_id), row.proof.number
    for proof in queries.versions(row.proof.report):
        if proof.number > row.proof.number:
            continue
        if standing_of(proof.content, row.institution_id) != standing:
            break
        number = proof.number
    return str(number)


def _institution_is_open(row: AuthorshipConfirmation) -> bool:
    newest = queries.latest(row.proof.report)
    return newest is not None and newest.id == row.proof_id and row.proof.report.state is not ReportState.WITHDRAWN


_CONFIRM = Choice(
    "confirm",
    _l("Yes, we stand with this"),
    _l("%(for)s stands with the authors as they are named."),
    actions.confirm,
)
_OBJECT = Choice(
    "object",
    _l("Something must change"),
    _l("%(for)s asks for a change."),
    actions.object_to,
    fields=(words("words", _l("What should be changed?"), required=True),),
    tone="quiet",
)

declare(
    Kind(
        name=CONFIRM,
        label=_l("authors to confirm"),
        load=queries.confirmation_for_ask,
        question=_l("Does %(for)s stand with these authors, and with its name as printed?"),
        meaning=_l(
            "A yes means: these people write for us, and our name is printed rightly. It says nothing about the text. "
            "The public page of the report shows who confirmed."
        ),
        choices=(_CONFIRM, _OBJECT),
        changes={("confirm", "object"): actions.object_to, ("object", "confirm"): actions.confirm},
        can_change=_institution_is_open,
        mail="credit/mail/institution.txt",
        waiting=_l("Waiting for an institution to confirm the authors."),
        waiting_for=_l("Waiting for %(for)s to confirm the authors."),
        shows=_institution_shown,
        version=_standing_version,
        since=_since,
        keeps=lambda actor, row: lead_report(actor, row.proof.report),
        is_paused=True,
    )
)


# --- what somebody did --------------------------------------------------------------------------------------


def _contributor_shown(row: Contributor) -> Shown:
    proposed = [str(ROLE_LABELS[known.role]) for known in row.contributions if not known.is_declared]
    said = [str(ROLE_LABELS[known.role]) for known in row.contributions if known.is_declared]
    facts: list[tuple[str, Any]] = [(_("Named as"), row.printed_name)]
    if said:
        facts.append((_("You said"), list_and(said)))
    elif proposed:
        facts.append((_("Proposed for you"), list_and(proposed)))
    return Shown(facts=facts, path=f"{row.report.path}/credit")


_DECLARE = Choice(
    "declare",
    _l("Say what I did"),
    _l("%(for)s said what they did."),
    elsewhere="%(page)s/contribution",
    fields=(),
)
_DECLINE = Choice(
    "decline",
    _l("I should not be named"),
    _l("%(for)s does not want to be named as a contributor."),
    contributions.decline,
    tone="quiet",
)

declare(
    Kind(
        name=DECLARE,
        label=_l("contribution"),
        load=queries.contributor_for_ask,
        question=_l("What did you do for this report?"),
        meaning=_l(
            "Only you can say it, and nothing is shown before you do. It takes a minute: say yes to what you did, "
            "and whether you led it, shared it or helped."
        ),
        choices=(_DECLARE, _DECLINE),
        changes={  # what they did is said on its own page, never by these effects
            ("declare", "declare"): contributions.decline,
            ("decline", "declare"): contributions.decline,
            ("declare", "decline"): contributions.decline,
        },
        can_change=lambda row: row.report.state is not ReportState.WITHDRAWN,
        mail="credit/mail/declare.txt",
        waiting=_l("Waiting for somebody to say what they did for the report."),
        waiting_for=_l("Waiting for %(for)s to say what they did for the report."),
        shows=_contributor_shown,
        still_asks=lambda ask, row: row.whose_id == ask.addressee_id,
        keeps=lambda actor, row: lead_report(actor, row.report),
        is_delegable=False,
        is_paused=True,
        why=_l("You get this mail because you worked on this report."),
    )
)
