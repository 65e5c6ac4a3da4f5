from collections.abc import Mapping

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.models import Activity
from tracker.activity.record import record
from tracker.asks.actions import raise_ask, settle, supersede, take_back
from tracker.asks.models import Ask
from tracker.asks.states import AskState
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, list_and
from tracker.institutions.models import Person
from tracker.projects.actions import leads, touch
from tracker.projects.models import Partner, Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import LEADING, ProjectState
from tracker.terms import queries
from tracker.terms.models import Confirmation, Terms

declare(
    {
        "terms.write": _l("%(actor)s wrote version %(number)s of the terms; each partner is asked to confirm it."),
        "terms.confirm": _l("%(partner)s confirmed version %(number)s of the terms."),
        "terms.ask": _l("%(partner)s was asked to confirm version %(number)s of the terms."),
        "terms.object": _l("%(partner)s would like a change to version %(number)s of the terms."),
    }
)
ASK = "terms.confirm"


def starting_text(project: Project) -> str:
    """A first text to change, from what is known. In the interface's language."""
    partners = "\n".join(f"- {partner.name}: …" for partner in project.committed)
    lead = list_and([partner.name for partner in project.lead_partners]) or "…"
    return "\n\n".join(
        (
            _("### Who does what"),
            _("%(lead)s leads.", lead=lead),
            partners,
            _("### Authors"),
            _("Everyone who wrote is an author. The order of the authors: by contribution."),
            _("### Language and publication"),
            _("We work in … and publish with …, in …"),
            _("### Money"),
            _("Each partner pays for its own part."),
            _("### Data and files"),
            _("What we collect together belongs to all of us."),
            _("### Leaving"),
            _("Any partner may leave at any time. What it contributed stays credited."),
        )
    )


def write(project: Project, *, text: str, actor: Person) -> Terms:
    """Write the next version. Its author's institution confirms it by writing; every other one is asked again."""
    if project.state in (ProjectState.PUBLISHED, ProjectState.STOPPED):
        raise RuleBroken(_("The terms of this project are no longer changed."))
    latest = queries.latest(project)
    if latest is not None and latest.text.strip() == text.strip():
        raise RuleBroken(_("Nothing has changed: this is the text of version %(number)s.", number=latest.number))
    terms = Terms(
        project=project,
        number=latest.number + 1 if latest else 1,
        text=text,
        language=project.language,
        written_by=actor,
        written_at=clock.now(),
    )
    db.session.add(terms)
    db.session.flush()
    for partner in project.committed:
        if _writes_for(actor, partner):
            terms.replies.append(Confirmation(partner=partner, person=actor, at=clock.now()))
    for reply in latest.replies if latest else ():
        supersede(reply, ASK)
    touch(project)
    noted = record("terms.write", project, actor=actor, number=terms.number)
    ask_partners(terms, {}, because=noted)
    return terms


def ask_partners(terms: Terms, asks: Mapping[int, list[Ask]], *, because: Activity | None = None) -> None:
    """Ask the partners that take part and have not confirmed the newest version; take back what waits for others.

    `asks` are those there were, by the id of the confirmation. What was answered, or taken back by hand, is not
    asked again. A partner that is known by its printed name only cannot be asked.
    """
    project = terms.project
    wanted = [partner for partner in project.committed if partner.organisation] if project.is_open else []
    known = {reply.partner_id for reply in terms.replies}
    terms.replies.extend(Confirmation(partner=partner) for partner in wanted if partner.id not in known)
    db.session.flush()
    for reply in terms.replies:
        had = asks.get(reply.id, [])
        if reply.at is not None:
            continue
        if reply.partner not in wanted:
            take_back(reply, ASK)
        elif not had or (had[-1].state is AskState.WITHDRAWN and had[-1].withdrawn_by_id is None):
            _ask(terms, reply, because)


def _ask(terms: Terms, reply: Confirmation, because: Activity | None) -> None:
    project = terms.project
    if because is None:
        because = record("terms.ask", project, actor=None, partner=reply.partner.name, number=terms.number)
    raise_ask(
        ASK,
        reply,
        to=reply.partner.organisation,
        about=project,
        network_id=project.network_id,
        actor=terms.written_by,
        because=because,
        number=terms.number,
    )


def confirm(terms: Terms, partner: Partner, *, note: str = "", actor: Person) -> None:
    """A partner confirms the latest version. Confirming twice changes nothing."""
    reply = _reply(terms, partner)
    if reply.at is not None:
        return
    reply.person, reply.at = actor, clock.now()
    touch(terms.project)
    db.session.flush()
    settle(ASK, reply, "confirm", actor=actor, note=note)
    record(
        "terms.confirm",
        terms.project,
        actor=actor,
        tell=leads(terms.project),
        partner=partner.name,
        number=terms.number,
        note=note,
    )


def ask_for_change(terms: Terms, partner: Partner, *, words: str, actor: Person) -> None:
    """A partner would like other terms and says so; it stays unconfirmed. The leads are told."""
    if _reply(terms, partner).at is not None:
        raise RuleBroken(_("%(name)s has confirmed this version already.", name=partner.name))
    touch(terms.project)
    told = [*leads(terms.project), *([terms.written_by] if terms.written_by else [])]
    number, name = terms.number, partner.name
    record("terms.object", terms.project, actor=actor, tell=told, partner=name, number=number, words=words)


def _reply(terms: Terms, partner: Partner) -> Confirmation:
    """The row for what a partner says to these terms. Raises RuleBroken where it cannot say anything."""
    if not queries.is_newest(terms):
        raise RuleBroken(_("The terms were changed meanwhile. Please read the newest version first."))
    if not partner.is_committed:
        raise RuleBroken(_("%(name)s has not agreed to take part.", name=partner.name))
    reply = next((known for known in terms.replies if known.partner_id == partner.id), None)
    if reply is None:
        reply = Confirmation(partner=partner)
        terms.replies.append(reply)
    return reply


def unconfirmed(project: Project, terms: Terms | None) -> list[Partner]:
    """The committed partners that have not confirmed this version."""
    done = {confirmation.partner_id for confirmation in terms.confirmations} if terms else set()
    return [partner for partner in project.committed if partner.id not in done]


@needs("start")
def terms_confirmed(project: Project) -> list[Missing]:
    """Terms that every partner confirmed."""
    path = f"{project.path}/terms"
    terms = queries.latest(project)
    if terms is None:
        return [Missing(_("Write the terms: one page on who does what."), path)]
    waiting = unconfirmed(project, terms)
    if waiting:
        names = list_and([partner.name for partner in waiting])
        return [Missing(_("The terms still need to be confirmed by %(names)s.", names=names), path)]
    return []


def _writes_for(actor: Person, partner: Partner) -> bool:
    return (
        partner.institution_id in actor.contact_ids
        or partner.network_id in actor.coordinated_ids
        or (partner.role in LEADING and partner.institution_id in actor.institution_ids)
    )
