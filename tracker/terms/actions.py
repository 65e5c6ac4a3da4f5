from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l, list_and
from tracker.institutions.models import Person
from tracker.institutions.queries import answering_contacts
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
    }
)


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
        written_by_id=actor.id,
        written_at=clock.now(),
    )
    db.session.add(terms)
    db.session.flush()
    own = [partner for partner in project.committed if _writes_for(actor, partner)]
    for partner in own:
        terms.confirmations.append(Confirmation(partner=partner, person_id=actor.id, at=clock.now()))
    asked = [partner.institution for partner in project.committed if partner.institution and partner not in own]
    touch(project)
    record(
        "terms.write",
        project,
        actor=actor,
        tell=[person for institution in asked for person in answering_contacts(institution.id)],
        template="terms/mail/confirm.txt",
        number=terms.number,
    )
    return terms


def confirm(terms: Terms, partner: Partner, *, actor: Person) -> None:
    """A partner confirms the latest version. Confirming twice changes nothing."""
    latest = queries.latest(terms.project)
    if latest is None or latest.id != terms.id:
        raise RuleBroken(_("The terms were changed meanwhile. Please read the newest version first."))
    if not partner.is_committed:
        raise RuleBroken(_("%(name)s has not agreed to take part.", name=partner.name))
    if any(known.partner_id == partner.id for known in terms.confirmations):
        return
    terms.confirmations.append(Confirmation(partner=partner, person_id=actor.id, at=clock.now()))
    touch(terms.project)
    record(
        "terms.confirm",
        terms.project,
        actor=actor,
        tell=leads(terms.project),
        partner=partner.name,
        number=terms.number,
    )


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
