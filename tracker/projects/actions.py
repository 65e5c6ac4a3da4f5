from collections.abc import Iterable
from typing import Any, NoReturn

import sqlalchemy as sa

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.models import Activity
from tracker.activity.record import record
from tracker.asks.actions import pause, raise_ask, settle
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Institution, Network, Person
from tracker.permissions import permissions
from tracker.projects.models import (
    NARRATIVES,
    LedgerEntry,
    Partner,
    Project,
    ProjectCountry,
    ProjectGoal,
    ProjectMember,
    Transition,
)
from tracker.projects.queries import PROJECT_CARD
from tracker.projects.requirements import Missing, missing, needs
from tracker.projects.states import (
    ASKED,
    STATE_LABELS,
    STEPS,
    Commitment,
    ProjectState,
    Role,
    Step,
    steps_from,
)
from tracker.search import index
from tracker.themes.models import Theme

FIELDS = frozenset(
    {
        *NARRATIVES,
        "funder_kinds",
        "title",
        "title_is_description",
        "language",
        "working_language",
        "starts_on",
        "ends_on",
        "website",
    }
)

QUOTED = 600  # characters of a text that a mail repeats

declare(
    {
        "projects.create": _l("%(actor)s began the project as a draft."),
        "projects.change": _l("%(actor)s changed the text."),
        "projects.propose": _l("%(actor)s proposed the project."),
        "projects.accept": _l("%(actor)s accepted the proposal: partners are now sought."),
        "projects.send_back": _l("%(actor)s sent the proposal back: %(reason)s"),
        "projects.start": _l("%(actor)s started the project."),
        "projects.submit": _l("%(actor)s submitted the report for review."),
        "projects.reopen": _l("%(actor)s reopened the work: %(reason)s"),
        "projects.publish": _l("%(actor)s published the project with its report."),
        "projects.stop": _l("%(actor)s stopped the project: %(reason)s"),
        "projects.resume": _l("%(actor)s resumed the project: %(reason)s"),
        "projects.add_member": _l("%(actor)s added %(name)s to the team."),
        "projects.remove_member": _l("%(actor)s removed %(name)s from the team."),
        "projects.step_back": _l("%(name)s is no longer a lead person."),
        "projects.lead_member": _l("%(actor)s made %(name)s a lead person."),
        "projects.link_partner": _l("%(actor)s linked the partner %(listed_as)s to its record."),
    }
)


def create(
    *,
    network: Network,
    lead: Institution | Network | None,
    actor: Person | None,
    themes: Iterable[Theme] = (),
    countries: Iterable[str] = (),
    goals: Iterable[int] = (),
    **fields: Any,
) -> Project:
    """Begin a draft. Any of the fields may be missing; `lead` is the institution or network that proposes it."""
    now = clock.now()
    project = Project(
        network=network,
        created_by_id=actor.id if actor else None,
        state=ProjectState.DRAFT,
        version=0,
        created_at=now,
        changed_at=now,
    )
    project.audience = project.audience_of(ProjectState.DRAFT)
    if lead is not None:
        project.partners.append(
            Partner(
                institution=lead if isinstance(lead, Institution) else None,
                network=lead if isinstance(lead, Network) else None,
                role=Role.LEAD,
                asked_by_id=actor.id if actor else None,
                asked_at=now,
            )
        )
        commit(project.partners[0], Commitment.AGREED, actor=actor)
    if actor is not None:
        project.members.append(ProjectMember(person=actor, is_lead=True, joined_at=now))
    _write(project, themes=themes, countries=countries, goals=goals, **fields)
    db.session.add(project)
    record("projects.create", project, actor=actor)
    index_for_search(project)
    return project


def refuse_outsider(institution: Institution) -> NoReturn:
    """A project belongs to a network; an institution outside every one cannot lead it yet."""
    raise RuleBroken(
        _(
            "%(name)s is not a member of a network here yet. Ask a coordinator to add it.",
            name=institution.name,
        )
    )


def change(
    project: Project,
    *,
    actor: Person | None,
    themes: Iterable[Theme] | None = None,
    countries: Iterable[str] | None = None,
    goals: Iterable[int] | None = None,
    **fields: Any,
) -> None:
    """Save the project's text and what it is about; fields left out stay as they are."""
    if project.state is ProjectState.PUBLISHED:
        raise RuleBroken(_("A published project is a record and is no longer changed."))
    _write(project, themes=themes, countries=countries, goals=goals, **fields)
    touch(project)
    record("projects.change", project, actor=actor)
    index_for_search(project)


def touch(project: Project) -> None:
    """Note a sign of life."""
    project.changed_at = clock.now()


def take_step(project: Project, name: str, *, actor: Person | None, reason: str = "") -> None:
    """Move the project one step along its life, or raise RuleBroken saying why not.

    `actor` None is the tracker itself: a proposal in a network that does not moderate is accepted at once.
    """
    step = STEPS[name]
    if project.state not in step.sources:
        raise RuleBroken(
            _(
                "“%(step)s” cannot be done now: the project is %(state)s.",
                step=str(step.label),
                state=str(STATE_LABELS[project.state]),
            )
        )
    if step.needs_reason and not reason:
        raise RuleBroken(_("Say why, in a few words."))
    if still := missing(project, name):
        raise RuleBroken(" ".join(item.sentence for item in still))
    noted = _move(project, step, actor=actor, reason=reason)
    if step.target is ProjectState.STOPPED:
        pause(project)
    if name in ("accept", "send_back"):
        settle("projects.proposal", project, name, actor=actor, reason=reason)
    if name == "propose" and not project.network.moderates:
        take_step(project, "accept", actor=None)
    elif project.state is ProjectState.PROPOSED:  # also when it is resumed
        raise_ask(
            "projects.proposal",
            project,
            to=project.network,
            about=project,
            network_id=project.network_id,
            actor=actor,
            because=noted,
            question=project.question[:QUOTED],
            language=project.language,
        )


def _move(project: Project, step: Step, *, actor: Person | None, reason: str) -> Activity:
    before = project.state
    target = step.target or project.stopped_from or ProjectState.DRAFT
    project.stopped_from = before if target is ProjectState.STOPPED else None
    project.state = target
    if target is ProjectState.PUBLISHED:
        for partner in project.committed:
            commit(partner, Commitment.DONE, actor=actor)
    project.audience = project.audience_of(target)
    touch(project)
    project.transitions.append(
        Transition(
            at=clock.now(),
            step=step.name,
            source=before,
            target=target,
            actor_id=actor.id if actor else None,
            actor_name=actor.name if actor else "",
            reason=reason,
        )
    )
    told = [] if step.name == "propose" else team(project)  # the coordinators are asked
    return record(f"projects.{step.name}", project, actor=actor, tell=told, before=before, after=target, reason=reason)


def open_steps(project: Project, actor: Person | None) -> list[Step]:
    """The steps this person may take from here, whatever is still missing: the buttons of the page."""
    return [step for step in steps_from(project.state) if permissions[step.permission](actor, project)]


@needs("propose")
def five_fields(project: Project) -> list[Missing]:
    """What a proposal consists of."""
    edit = f"{project.path}/edit"
    wanted = (
        (project.title, _("Give it a title."), "title"),
        (project.question.strip(), _("Write down the question the project answers."), "question"),
        (project.why_now.strip(), _("Say why it matters now."), "why_now"),
        (project.themes, _("Choose at least one theme."), "themes"),
        (project.country_links, _("Choose the countries it studies."), "countries"),
    )
    return [Missing(sentence, f"{edit}#{field}") for value, sentence, field in wanted if not value]


@needs("start")
def two_countries(project: Project) -> list[Missing]:
    """Partners agreed from at least two institutions in at least two countries."""
    committed = project.committed
    organisations = {(partner.institution_id, partner.network_id, partner.listed_as) for partner in committed}
    if len(organisations) < 2:
        return [Missing(_("A joint project needs at least two institutions that agreed."), f"{project.path}#partners")]
    if len(project.partner_countries) < 2:
        return [Missing(_("A joint project needs partners from at least two countries."), f"{project.path}#partners")]
    return []


def coordinators(project: Project) -> list[Person]:
    """The network's coordinators now."""
    return [place.person for place in project.network.coordinators if place.until is None]


def team(project: Project) -> list[Person]:
    """The people of the project's team now."""
    return [member.person for member in project.members if member.left_at is None]


def leads(project: Project) -> list[Person]:
    """The people who act for the project."""
    return [member.person for member in project.members if member.left_at is None and member.is_lead]


def add_member(
    project: Project, person: Person, *, is_lead: bool = False, is_told: bool = True, actor: Person | None
) -> ProjectMember:
    """Put a person on the team, or back on it. They are told, unless what led to it tells them already."""
    member = next((known for known in project.members if known.person_id == person.id), None)
    if member is not None and member.left_at is None and (member.is_lead or not is_lead):
        return member  # only `step_back` makes a lead person an ordinary member
    kind = (
        "projects.lead_member" if member is not None and is_lead and member.left_at is None else "projects.add_member"
    )
    if member is None:
        member = ProjectMember(person=person, joined_at=clock.now())
        project.members.append(member)
    member.left_at, member.is_lead = None, is_lead
    touch(project)
    record(kind, project, actor=actor, tell=[person] if is_told else (), why=Why.YOURSELF, name=person.name)
    return member


def remove_member(project: Project, member: ProjectMember, *, actor: Person | None) -> None:
    """Take a person off the team. What they did stays credited; one lead person must remain."""
    _demand_another_lead(project, member)
    member.left_at = clock.now()
    touch(project)
    record("projects.remove_member", project, actor=actor, name=member.person.name)


def step_back(project: Project, member: ProjectMember, *, actor: Person | None) -> None:
    """A lead person stays on the team but no longer acts for the project."""
    _demand_another_lead(project, member)
    member.is_lead = False
    touch(project)
    name = member.person.name
    record("projects.step_back", project, actor=actor, tell=[member.person], why=Why.YOURSELF, name=name)


def _demand_another_lead(project: Project, member: ProjectMember) -> None:
    if member.is_lead and len(leads(project)) == 1 and member.left_at is None:
        raise RuleBroken(_("One lead person must remain. Make somebody else a lead person first."))


def commit(partner: Partner, commitment: Commitment, *, actor: Person | None, note: str = "") -> None:
    """Set what a partner stands for from now on, and write it into the ledger: every change of it goes through here.

    `actor` is who said so, None the tracker itself. An answer notes who gave it; asking again leaves that open.
    """
    now = clock.now()
    partner.commitment = commitment
    if commitment in ASKED:
        partner.answered_by_id = partner.answered_at = None
    else:
        partner.answered_by_id, partner.answered_at = (actor.id if actor else None), now
    partner.ledger.append(
        LedgerEntry(
            commitment=commitment,
            at=now,
            person_id=actor.id if actor else None,
            person_name=actor.name if actor else "",
            note=note,
        )
    )


def link_partner(partner: Partner, institution: Institution, *, actor: Person | None) -> None:
    """Say which institution a partner is that a source knows by name only. The printed name stays."""
    if partner.organisation is not None:
        raise RuleBroken(_("%(name)s has a record already.", name=partner.name))
    if any(other.institution_id == institution.id for other in partner.project.partners):
        raise RuleBroken(_("This institution is a partner of the project already."))
    partner.institution = institution
    touch(partner.project)
    record("projects.link_partner", partner.project, actor=actor, listed_as=partner.listed_as)


def index_for_search(project: Project) -> None:
    """Make the project findable by its words and by those who take part."""
    db.session.flush()
    names = [part for partner in project.partners if partner.takes_part for part in _names(partner)]
    index.put(
        "project",
        project.id,
        project.title,
        project.question,
        project.summary,
        *(theme.name for theme in project.themes),
        *names,
    )


@index.follows("institution")
def _follow_institution(institution_id: int) -> None:
    """A project is found by the names that its partners have now."""
    _index_again(Project.partners.any(Partner.institution_id == institution_id))


@index.follows("theme")
def _follow_theme(theme_id: int) -> None:
    _index_again(Project.themes.any(Theme.id == theme_id))


def _index_again(which: sa.ColumnElement[bool]) -> None:
    for project in db.session.scalars(sa.select(Project).where(which).options(*PROJECT_CARD)):
        index_for_search(project)


def _names(partner: Partner) -> list[str]:
    institution = partner.institution
    return [partner.name, institution.acronym, institution.native_name] if institution else [partner.name]


def _write(
    project: Project,
    *,
    themes: Iterable[Theme] | None,
    countries: Iterable[str] | None,
    goals: Iterable[int] | None,
    **fields: Any,
) -> None:
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"a project has no such field: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(project, name, value)
    project.version = (project.version or 0) + 1
    if themes is not None:
        project.themes = list(themes)
    if countries is not None:
        known = {link.country: link for link in project.country_links}
        project.country_links = [known.get(code) or ProjectCountry(country=code) for code in sorted(set(countries))]
    if goals is not None:
        held = {link.goal: link for link in project.goal_links}
        project.goal_links = [held.get(goal) or ProjectGoal(goal=goal) for goal in sorted(set(goals))]
