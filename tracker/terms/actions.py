from collections.abc import Mapping
from typing import Any

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
from tracker.institutions.models import Network, Person
from tracker.languages import is_language
from tracker.projects.actions import leads, touch
from tracker.projects.models import Partner, Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import LEADING, ProjectState
from tracker.terms import queries
from tracker.terms.models import Confirmation, Terms, TermsTask, TermsTemplate
from tracker.terms.parts import FIELDS, changed, paired, parts_of, says_something, taking_part
from tracker.terms.states import AuthorOrder

declare(
    {
        "terms.write": _l("%(actor)s wrote version %(number)s of the terms; each partner is asked to confirm it."),
        "terms.confirm": _l("%(partner)s confirmed version %(number)s of the terms."),
        "terms.ask": _l("%(partner)s was asked to confirm version %(number)s of the terms."),
        "terms.object": _l("%(partner)s would like a change to version %(number)s of the terms."),
        "terms.keep_template": _l("%(actor)s changed the template for terms (%(language)s)."),
        "terms.remove_template": _l("%(actor)s removed the template for terms (%(language)s)."),
    }
)
ASK = "terms.confirm"
CLOSED = frozenset({ProjectState.PUBLISHED, ProjectState.STOPPED})  # where terms are no longer changed


def write(
    project: Project, *, actor: Person, text: str = "", tasks: Mapping[int, str] | None = None, **fields: Any
) -> Terms:
    """Write the next version. Its author's institution confirms it by writing; every other one is asked again.

    `text` (Markdown) is what else is to be said, `tasks` what each partner does, by its id; `fields` are those of
    TermsParts. What is left out is not said. Raises RuleBroken where nothing is said, or nothing else than before.
    """
    if project.state in CLOSED:
        raise RuleBroken(_("The terms of this project are no longer changed."))
    latest = queries.latest(project)
    terms = Terms(
        project=project,
        number=latest.number + 1 if latest else 1,
        language=project.language,
        written_by=actor,
        written_at=clock.now(),
    )
    _fill(terms, text=text, **fields)
    said = tasks or {}
    terms.tasks = [
        TermsTask(partner=partner, partner_name=partner.name, role=partner.role, tasks=known, position=position)
        for position, partner in enumerate(taking_part(project))
        for known in [said.get(partner.id, "").strip()]
    ]
    if not says_something(parts_of(terms)):
        raise RuleBroken(_("Write something first: who does what is a good start."))
    if latest is not None and not paired(latest, terms):
        raise RuleBroken(_("Nothing has changed: this is the text of version %(number)s.", number=latest.number))
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


def _fill(written: Terms | TermsTemplate, **fields: Any) -> None:
    """Set what is said beside who does what."""
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"terms have no such part: {sorted(unknown)}")
    values = {**dict.fromkeys(FIELDS, ""), "author_order": AuthorOrder.UNSAID, **fields}
    if values["author_order"] == AuthorOrder.OTHER and not values["author_order_words"].strip():
        raise RuleBroken(_("Say in words in which order the authors stand."))
    if values["working_language"] and not is_language(values["working_language"]):
        raise RuleBroken(_("Choose a language from the list."))
    for name, value in values.items():
        setattr(written, name, AuthorOrder(value) if name == "author_order" else value)


def keep_template(network: Network, language: str, *, actor: Person, **fields: Any) -> TermsTemplate:
    """Say what the terms of a network's projects start from, in one language (BCP 47). Versions that stand stay."""
    if not is_language(language):
        raise RuleBroken(_("Choose a language from the list."))
    template = queries.template(network, language)
    if template is None:
        template = TermsTemplate(network=network, language=language, version=0)
    _fill(template, **fields)
    template.version += 1
    template.changed_by, template.changed_at = actor, clock.now()
    db.session.add(template)
    record("terms.keep_template", network, actor=actor, language=language)
    return template


def remove_template(template: TermsTemplate, *, actor: Person) -> None:
    """Projects in this language start from the English template again, or from the built-in one."""
    record("terms.remove_template", template.network, actor=actor, language=template.language)
    db.session.delete(template)


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
        changed=_changed_for(terms, reply.partner),
    )


def _changed_for(terms: Terms, partner: Partner) -> list[dict[str, str]]:
    """What changed for a partner since it last said yes."""
    before = queries.compared_with(terms, partner.id)
    return changed(before, terms) if before is not None else []


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
