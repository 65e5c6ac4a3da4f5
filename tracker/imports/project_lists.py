"""A list of projects becomes records: partners, plan, reports, events and notes.

The steps' rules cannot hold for what happened elsewhere, years ago, without terms. So an import sets the
state itself, by what its source shows, and leaves a transition "import" that says on which facts:

- published, where the source names an output;
- stopped (it can be resumed), where its end has passed and no output is named: it no longer runs, and
  nothing was seen that was published;
- running, where nothing says that it ended.

Projects are found again by source and title. One that nobody touched here since follows its list; one that
somebody did only gets what is still empty, and what differs is told: it gets no partner who is said to have
agreed, and nothing is published in it, for that is up to its people. A list never takes anything away.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from tracker import clock
from tracker.activity.record import record as note
from tracker.database import db
from tracker.dates import earth_day
from tracker.errors import RuleBroken
from tracker.events.actions import change as change_event
from tracker.events.actions import import_event
from tracker.events.queries import by_import_key as event_by_import_key
from tracker.folding import fold
from tracker.i18n import _, list_and, ngettext
from tracker.imports import queries, reading
from tracker.imports.matching import Known
from tracker.imports.outcome import Line, Outcome, PartnerName, Refused, Remark, Verdict
from tracker.imports.project_funders import kinds_in
from tracker.imports.project_records import Output, PrintedEvent, PrintedPartner, Record, understand
from tracker.institutions.likeness import name_key, variants
from tracker.institutions.models import Institution, Network, Person
from tracker.milestones.models import DateChange, Milestone
from tracker.milestones.states import DelayReason, MilestoneState
from tracker.projects.actions import commit, index_for_search, touch
from tracker.projects.models import Partner, Project, Transition
from tracker.projects.states import Commitment, ProjectState, Role
from tracker.reports.actions import change_report, import_report
from tracker.reports.queries import by_import_key
from tracker.reports.states import ReportState
from tracker.themes.models import Theme
from tracker.themes.queries import all_themes


class Surroundings:
    """What the records of a list refer to: the institutions, networks and themes that there are."""

    def __init__(self, network: Network | None, allowed: Collection[int] | None, actor: Person | None) -> None:
        self.known = Known(queries.institution_names(), queries.merged_institutions())
        self.themes = {fold(theme.name): theme for theme in all_themes()}
        self.networks = queries.network_choices()
        here = [each for each in self.networks if allowed is None or each.id in allowed]
        self.allowed = here
        self.allowed_ids = {each.id for each in here}
        self.network = network or (here[0] if len(here) == 1 else None)
        self.actor = actor

    def network_called(self, printed: str, among: list[Network]) -> Network | None:
        """The network of this name, with or without what stands in brackets."""
        wanted = {name_key(name) for name in (printed, *variants(printed)[0])} - {""}
        found = [network for network in among if name_key(network.name) in wanted]
        return found[0] if len(found) == 1 else None


def import_all(
    data: bytes, *, network: Network | None, allowed: Collection[int] | None, actor: Person | None
) -> Outcome:
    """Every record of a JSON list. A project belongs to the network its source names, if it is one of ours
    (of the ids in `allowed`, where given), else to `network`, else to the only one there is."""
    outcome = Outcome("projects")
    around = Surroundings(network, allowed, actor)
    themes: dict[str, None] = {}
    understood: dict[int, Record | Refused] = {}
    titles: dict[int, str] = {}
    for place, given in reading.records(data):
        titles[place] = str(given.get("title") or "")[:300] if isinstance(given, dict) else ""
        try:
            understood[place] = understand(given)
        except Refused as refusal:
            understood[place] = refusal
    first = _first_places(understood)
    for place, record in understood.items():
        if isinstance(record, Refused):
            remark = Remark(record.field, str(record))
            outcome.lines.append(Line(place, titles[place], Verdict.REFUSED, remarks=[remark]))
            continue
        same = [other for other in first[record.key] if other != place]
        if any(understood[other] != record for other in same):
            sentence = ngettext(
                "Record %(rows)s has the same source and title.",
                "Records %(rows)s have the same source and title.",
                len(same),
                rows=list_and(same),
            )
            remark = Remark("title", sentence)
            outcome.lines.append(Line(place, titles[place], Verdict.REFUSED, remarks=[remark]))
        elif first[record.key][0] != place:
            remark = Remark("", _("The same as record %(row)s.", row=first[record.key][0]))
            outcome.lines.append(Line(place, titles[place], Verdict.UNCHANGED, remarks=[remark]))
        else:
            outcome.lines.append(_import_record(place, record, around, outcome, themes))
    outcome.themes = sorted(themes)
    return outcome


def _first_places(understood: dict[int, Record | Refused]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, record in understood.items():
        if isinstance(record, Record):
            places.setdefault(record.key, []).append(place)
    return places


def _import_record(place: int, record: Record, around: Surroundings, outcome: Outcome, themes: dict[str, None]) -> Line:
    line = Line(place, record.fields["title"], Verdict.UNCHANGED, remarks=list(record.remarks))
    try:
        with db.session.begin_nested():
            project = queries.project_by_key(record.key)
            if project is None:
                project = _make(record, around)
                line.verdict = Verdict.MADE
            elif project.network_id not in around.allowed_ids:
                raise Refused("network", _("Its project belongs to a network that you do not coordinate."))
            db.session.flush()
            follows = line.verdict is Verdict.MADE or not queries.was_touched(project)
            _update(project, record, around, line, follows)
            names = _match_partners(project, record, around, line, place, follows)
            if line.fields and line.verdict is not Verdict.MADE:
                line.verdict = Verdict.CHANGED
                project.version += 1
                note("imports.change_project", project, actor=around.actor, fields=line.fields)
            if line.verdict is not Verdict.UNCHANGED:
                touch(project)
                index_for_search(project)
    except (Refused, RuleBroken) as refusal:
        field = refusal.field if isinstance(refusal, Refused) else ""
        return Line(place, line.title, Verdict.REFUSED, remarks=[Remark(field, str(refusal))])
    outcome.names += names
    for theme in record.themes:
        if fold(theme) not in around.themes:
            themes[theme] = None
    if line.verdict is Verdict.MADE:
        line.fields = []
    return line


def state_of(record: Record) -> ProjectState:
    """The state that the facts of a source show: see the top of this module."""
    if record.outputs:
        return ProjectState.PUBLISHED
    end = record.fields["ends_on"]
    return ProjectState.STOPPED if end and end.last_day < earth_day() else ProjectState.RUNNING


def _make(record: Record, around: Surroundings) -> Project:
    network = around.network_called(record.network, around.allowed) if record.network else None
    network = network or around.network
    if network is None:
        raise Refused("network", _("No network has this name. Choose the one its projects belong to."))
    now = clock.now()
    project = Project(
        import_key=record.key,
        network=network,
        created_by_id=around.actor.id if around.actor else None,
        state=ProjectState.DRAFT,
        title=record.fields["title"],
        language="",
        version=1,
        created_at=now,
        changed_at=now,
    )
    _set_state(project, record, around)
    db.session.add(project)
    note("imports.project", project, actor=around.actor, source=record.source, facts=record.facts)
    return project


def _set_state(project: Project, record: Record, around: Surroundings) -> None:
    before, project.state = project.state, state_of(record)
    project.stopped_from = ProjectState.RUNNING if project.state is ProjectState.STOPPED else None
    project.audience = project.audience_of(ProjectState.RUNNING)
    transition = Transition(
        at=clock.now(),
        step="import",
        source=before,
        target=project.state,
        actor_id=around.actor.id if around.actor else None,
        actor_name=around.actor.name if around.actor else "",
        reason=f"{record.facts}: {record.source}",
    )
    project.transitions.append(transition)


def _update(project: Project, record: Record, around: Surroundings, line: Line, follows: bool) -> None:
    """Bring a project up to its record, as far as the list may; name on the line what changed."""
    is_new = line.verdict is Verdict.MADE
    for name, value in record.fields.items():
        current = getattr(project, name)
        if value in (None, "", False) or current == value:
            continue
        if follows or not current:
            setattr(project, name, value)
            line.fields.append(name)
        else:
            line.remarks.append(Remark(name, _("Kept as it was changed here.")))
    _set_themes(project, record, around, line, follows)
    _set_funders(project, record, line, follows)
    if follows and not is_new and record.outputs and project.state is not ProjectState.PUBLISHED:
        _set_state(project, record, around)
        line.fields.append("state")
    _set_milestones(project, record, line, follows)
    for output in record.outputs:
        _set_report(project, output, around, line, follows)
    for printed in record.events:
        _set_event(project, printed, around, line, follows)


def _set_themes(project: Project, record: Record, around: Surroundings, line: Line, follows: bool) -> None:
    wanted: list[Theme] = [theme for name in record.themes if (theme := around.themes.get(fold(name)))]
    missing = [theme for theme in dict.fromkeys(wanted) if theme not in project.themes]
    if not missing:
        return
    if follows or not project.themes:
        project.themes = [*project.themes, *missing]
        line.fields.append("themes")
    else:
        line.remarks.append(Remark("themes", _("Kept as it was changed here.")))


def _set_funders(project: Project, record: Record, line: Line, follows: bool) -> None:
    missing = [kind for kind in kinds_in(record.fields["funding"]) if kind not in project.funder_kinds]
    if missing and (follows or not project.funder_kinds):
        project.funder_kinds = [*project.funder_kinds, *missing]
        line.fields.append("funder_kinds")


def _set_milestones(project: Project, record: Record, line: Line, follows: bool) -> None:
    held = {(milestone.name, milestone.first_due) for milestone in queries.milestones_of(project)}
    missing = [milestone for milestone in record.milestones if (milestone.name, milestone.first_due) not in held]
    if not missing:
        return
    if not follows:
        line.remarks.append(Remark("milestones", _("Kept as it was changed here.")))
        return
    for printed in missing:
        done = not printed.is_planned and (printed.due is None or printed.due.last_day <= clock.today())
        milestone = Milestone(
            project=project,
            name=printed.name,
            first_due=printed.first_due,
            due=printed.due,
            state=MilestoneState.DONE if done else MilestoneState.PLANNED,
            done_on=printed.due if done else None,
            created_at=clock.now(),
            version=1,
        )
        if printed.first_due != printed.due:
            moved = DateChange(before=printed.first_due, after=printed.due, reason=DelayReason.OTHER, at=clock.now())
            moved.words = printed.because
            milestone.changes.append(moved)
        db.session.add(milestone)
        db.session.flush()
    line.fields.append("milestones")


def _set_report(project: Project, output: Output, around: Surroundings, line: Line, follows: bool) -> None:
    """Follow the list, or fill what is empty in a record that people keep here. An output is published."""
    fields = output.fields
    report = by_import_key(fields["import_key"])
    if report is None and not follows:
        line.remarks.append(Remark("outputs", _("Not published: people here keep this project.")))
        return
    if report is None or follows:
        before = report.version if report else 0
        given = {**fields, "state": ReportState.PUBLISHED}
        report = import_report(project, fields=given, authors=output.authors, actor=around.actor)
        if report.version != before:
            line.fields.append("outputs")
        return
    differing = {
        name: value for name, value in fields.items() if value not in (None, "", []) and getattr(report, name) != value
    }
    empty = {name: value for name, value in differing.items() if getattr(report, name) in (None, "", [])}
    if empty:
        because = _("What was empty is filled in from a list.")
        change_report(report, actor=around.actor, because=because, **empty)
        line.fields.append("outputs")
    if len(differing) > len(empty):
        line.remarks.append(Remark("outputs", _("Kept as it was changed here.")))


def _set_event(project: Project, printed: PrintedEvent, around: Surroundings, line: Line, follows: bool) -> None:
    """A meeting that is not on record yet. One that is stays as it was changed here; only a website is added."""
    event = event_by_import_key(printed.key)
    if event is None and not follows:
        line.remarks.append(Remark("events", _("Not added: people here keep this project.")))
    elif event is None:
        fields = {"language": "", "projects": [project], **printed.fields}
        import_event(project.network, key=printed.key, actor=around.actor, **fields)
        line.fields.append("events")
    elif printed.fields.get("website") and not event.website:
        change_event(event, actor=around.actor, website=printed.fields["website"])
        line.fields.append("events")


def _match_partners(
    project: Project, record: Record, around: Surroundings, line: Line, place: int, follows: bool
) -> list[PartnerName]:
    """Add who is missing and link who can be recognised. Whoever has a record keeps it, however it came."""
    names = []
    held = {(partner.listed_as, partner.listed_country): partner for partner in project.partners}
    for position, printed in enumerate(record.partners):
        partner = held.get((printed.name, printed.code))
        if partner is None and not follows:
            sentence = _("%(name)s was not added: people here keep this project.", name=printed.name)
            line.remarks.append(Remark("partners", sentence))
            continue
        if partner is None:
            partner = Partner(
                listed_as=printed.name,
                listed_country=printed.code,
                role=Role.LEAD if printed.leads else Role.PARTNER,
                position=position,
                asked_at=clock.now(),
            )
            commit(partner, Commitment.AGREED, actor=None)
            found, organisation = _recognise(printed, project, around, place)
            _link(partner, organisation)
            project.partners.append(partner)
            line.fields.append("partners")
        elif partner.organisation is None:
            found, organisation = _recognise(printed, project, around, place)
            if organisation:
                _link(partner, organisation)
                line.fields.append("partners")
        else:
            by = _("linked already")
            found = PartnerName(place, printed.name, printed.country, found=partner.organisation.name, by=by)
        names.append(found)
    line.fields = list(dict.fromkeys(line.fields))
    return names


def _recognise(
    printed: PrintedPartner, project: Project, around: Surroundings, place: int
) -> tuple[PartnerName, Institution | Network | None]:
    """The record a printed name means, if it is certain and not a partner of the project already."""
    name = PartnerName(place, printed.name, printed.country)
    organisation: Any = None
    by = _("name of a network")
    if not printed.country:
        organisation = around.network_called(printed.name, around.networks)
    if organisation is None:
        match = around.known.match(printed.name, printed.country)
        if match.id is None:
            return _replace(name, reason=match.reason, candidates=match.candidates), None
        organisation = db.session.scalars(sa.select(Institution).where(Institution.id == match.id)).one()
        by = match.by
    if any(partner.organisation is organisation for partner in project.partners):
        reason = _("%(name)s is a partner of this project already.", name=organisation.name)
        return _replace(name, reason=reason), None
    return _replace(name, found=organisation.name, by=by), organisation


def _replace(name: PartnerName, **values: Any) -> PartnerName:
    return PartnerName(name.place, name.name, name.country, **values)


def _link(partner: Partner, organisation: Institution | Network | None) -> None:
    partner.institution = organisation if isinstance(organisation, Institution) else None
    partner.network = organisation if isinstance(organisation, Network) else None
