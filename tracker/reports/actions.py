from collections.abc import Mapping
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.markdown import plain
from tracker.projects.actions import take_step, team, touch
from tracker.projects.models import Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import ProjectState
from tracker.reports.authors import MOST_AUTHORS, author_values, place_of, same_author, values_of
from tracker.reports.followers import changed, public_changed
from tracker.reports.models import Report, ReportAuthor, ReportCountry, ReportGoal
from tracker.reports.queries import by_import_key, drafts, has_published, of_project, partner_institutions
from tracker.reports.states import ReportKind, ReportState
from tracker.search import index

FIELDS = frozenset(
    {
        *("title", "kind", "kind_as_printed", "abstract", "language", "other_languages", "published_on"),
        *("publisher", "place", "editors", "series", "number", "isbn", "issn", "issn_online", "doi"),
        *("website", "pages", "licence", "suggested_citation", "notes", "funding", "disclaimer", "reviewers", "handle"),
    }
)
MOST_REPORTS = 30  # of one project

declare(
    {
        "reports.start": _l("%(actor)s added a report."),
        "reports.change": _l("%(actor)s changed the details of “%(report)s”."),
        "reports.correct": _l("%(actor)s corrected the published details of “%(report)s”."),
        "reports.authors": _l("%(actor)s changed the authors of “%(report)s”."),
        "reports.attach": _l("%(actor)s put the file %(file)s with “%(report)s”."),
        "reports.detach": _l("%(actor)s removed the file %(file)s from “%(report)s”."),
        "reports.publish": _l(
            "%(actor)s published “%(report)s” and confirmed that every author approved version %(version)s "
            "and this order."
        ),
        "reports.discard": _l("%(actor)s discarded the draft “%(report)s”."),
        "reports.import": _l("%(actor)s imported the details of “%(report)s”."),
    }
)


@needs("publish")
def a_complete_record(project: Project) -> list[Missing]:
    """A project is published with at least one report whose record is complete."""
    begun = drafts(project)
    if has_published(project) or any(not missing_in(report) for report in begun):
        return []
    if not begun:
        return [Missing(_("Add the report."), f"{project.path}#reports")]
    return [item for report in begun for item in missing_in(report)]


def missing_in(report: Report) -> list[Missing]:
    """What the record of a report lacks to be published, each with the field where it is written."""
    edit = f"{report.path}/edit"
    wanted = (
        (report.title, _("Give the report its title."), "title"),
        (report.authors, _("Name at least one author."), "authors"),
        (
            all(author.affiliation or author.has_no_affiliation for author in report.authors),
            _("Say for every author with which institution, or that there is none."),
            "authors",
        ),
        (report.abstract.strip(), _("Write an abstract."), "abstract"),
        (report.published_on, _("Give the date of publication; the year is enough."), "published_on"),
        (report.publisher, _("Name the publisher."), "publisher"),
        (report.language, _("Choose the language."), "language"),
        (report.licence, _("Choose a licence."), "licence"),
        (
            report.file_id or report.file or report.website,
            _("Add the file, or the address where it appeared."),
            "upload",
        ),
    )
    return [Missing(sentence, f"{edit}#{field}") for value, sentence, field in wanted if not value]


def start_report(project: Project, *, actor: Person | None) -> Report:
    """Begin the record of a report, filled in from the project: title, language, publisher and authors."""
    if project.state not in (ProjectState.RUNNING, ProjectState.REVIEW):
        raise RuleBroken(_("A report can be added once the project runs."))
    if len(of_project(project, actor)) >= MOST_REPORTS:
        raise RuleBroken(_("A project holds at most %(count)s reports.", count=MOST_REPORTS))
    report = Report(
        project=project,
        state=ReportState.DRAFT,
        kind=ReportKind.REPORT,
        title=project.title,
        language=project.language,
        other_languages=[],
        publisher="; ".join(partner.name for partner in project.lead_partners)[:300],
        disclaimer=project.network.disclaimer,
        version=1,
        created_at=clock.now(),
    )
    _take_subjects(report, project)
    _set_sort_title(report)
    institutions = partner_institutions(project)
    for position, person in enumerate(team(project)):
        place = place_of(person, institutions)
        report.authors.append(
            ReportAuthor(
                position=position,
                name=person.name,
                sort_name=person.sort_name,
                affiliation=place.name if place else "",
                orcid=person.orcid or "",
                person=person,
                institution=place,
            )
        )
    db.session.add(report)
    _note("reports.start", report, actor=actor)
    return report


def change_report(report: Report, *, actor: Person | None, **fields: Any) -> None:
    """Save fields of the record; those left out stay. A published record is corrected, and it says so."""
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"a report has no such field: {sorted(unknown)}")
    differing = [name for name, value in fields.items() if getattr(report, name) != value]
    if not differing:
        return
    for name in differing:
        setattr(report, name, fields[name])
    _set_sort_title(report)
    report.version += 1
    kind = "reports.correct" if report.state is ReportState.PUBLISHED else "reports.change"
    _note(kind, report, actor=actor, fields=differing)
    index_for_search(report)
    _tell_followers(report, actor)


def set_authors(report: Report, authors: list[dict[str, Any]], actor: Person | None) -> None:
    """Set the authors in their order. Nothing happens when nothing differs.

    Each is a dict with `name` and any of `sort_name`, `affiliation`, `has_no_affiliation`, `orcid`,
    `is_corresponding`, `person_id`. A person is linked by `person_id`; where that key is missing, by ORCID iD or
    name within the project's team. A partner institution is linked when its name or acronym is what is printed.
    """
    if len(authors) > MOST_AUTHORS:
        raise RuleBroken(_("A report names at most %(count)s authors.", count=MOST_AUTHORS))
    if any(not author.get("name", "").strip() for author in authors):
        raise RuleBroken(_("Every author needs a name."))
    wanted = [author_values(report, position, author) for position, author in enumerate(authors)]
    if [values_of(author) for author in report.authors] == wanted:
        return
    free = list(report.authors)
    known = [same_author(values, free) for values in wanted]
    for gone in free:
        report.authors.remove(gone)
    for row, values in zip(known, wanted, strict=True):
        if row is None:
            report.authors.append(ReportAuthor(**values))
            continue
        for name, value in values.items():
            setattr(row, name, value)
    report.authors.sort(key=lambda author: author.position)
    report.version += 1
    _note("reports.authors", report, actor=actor, authors=[author["name"] for author in wanted])
    for row in report.authors:  # a row that now names somebody else still held the person it named before
        db.session.expire(row, ["person", "institution"])
    index_for_search(report)
    _tell_followers(report, actor)


def attach_file(report: Report, file: StoredFile, *, actor: Person | None) -> None:
    """Put a stored file with the report, in place of the one it has."""
    report.file = file
    report.version += 1
    _note("reports.attach", report, actor=actor, file=file.name, sha256=file.sha256)
    _tell_followers(report, actor)


def remove_file(report: Report, *, actor: Person | None) -> None:
    """The report no longer has a file. The bytes stay: the history still names them."""
    if report.file is None:
        raise RuleBroken(_("This report has no file."))
    name, report.file = report.file.name, None
    report.version += 1
    _note("reports.detach", report, actor=actor, file=name)
    _tell_followers(report, actor)


def publish(project: Project, *, actor: Person | None, attested: bool) -> list[Report]:
    """Publish the project with every report whose record is complete.

    `attested`: the actor confirms that every author approved this version and this order; without it
    RuleBroken is raised, as it is where the step is not possible or something is missing.
    """
    if not attested:
        raise RuleBroken(_("Confirm that every author approved this version and this order."))
    ready = [report for report in drafts(project) if not missing_in(report)]
    name = actor.name if actor else _("The tracker")
    reason = " ".join(
        _(
            "%(name)s confirms that every author approved version %(version)s of “%(report)s” and this order.",
            name=name,
            version=report.version,
            report=report.title,
        )
        for report in ready
    )
    take_step(project, "publish", actor=actor, reason=reason)
    for report in ready:
        _make_public(report, actor=actor)
    return ready


def publish_report(report: Report, *, actor: Person | None, attested: bool) -> None:
    """Publish a report that was left as a draft when its project was published, under the same rules."""
    if not attested:
        raise RuleBroken(_("Confirm that every author approved this version and this order."))
    if report.state is ReportState.PUBLISHED:
        raise RuleBroken(_("This report is published already."))
    if report.project is None or report.project.state is not ProjectState.PUBLISHED:
        raise RuleBroken(_("This report is published together with its project."))
    if lacking := missing_in(report):
        raise RuleBroken(" ".join(item.sentence for item in lacking))
    _make_public(report, actor=actor)


def discard(report: Report, *, actor: Person | None) -> None:
    """Remove a draft. The history keeps that it was there; its file stays in the store, where the history names it."""
    if report.state is not ReportState.DRAFT:
        raise RuleBroken(_("A published report stays."))
    where = f"{report.project.path}#reports" if report.project else "/reports"
    file = {"file": report.file.name, "sha256": report.file.sha256} if report.file else {}
    _note("reports.discard", report, actor=actor, path=where, **file)
    db.session.delete(report)
    db.session.flush()


def _make_public(report: Report, *, actor: Person | None) -> None:
    report.state, report.published_at = ReportState.PUBLISHED, clock.now()
    report.edition = 1
    stamp(report)
    _note(
        "reports.publish",
        report,
        actor=actor,
        version=report.version,
        authors=[author.name for author in report.authors],
        file_sha256=report.file.sha256 if report.file else "",
    )
    index_for_search(report)
    public_changed(report, actor)


def stamp(report: Report) -> None:
    """Note that what is public of the report changed: harvesters ask by this moment."""
    report.stamped_at = clock.now()


def _tell_followers(report: Report, actor: Person | None) -> None:
    changed(report, actor)
    if report.is_public:
        stamp(report)
        public_changed(report, actor)


def import_report(
    project: Project | None, *, fields: Mapping[str, Any], authors: list[dict[str, Any]], actor: Person | None
) -> Report:
    """Make or update the record with `fields["import_key"]`. Running it again with the same changes nothing.

    `fields` may hold any of FIELDS and `state`; a record without a state is published where its project is.
    """
    given = dict(fields)
    key = given.pop("import_key")
    is_public = project is not None and project.state is ProjectState.PUBLISHED
    given.setdefault("state", ReportState.PUBLISHED if is_public else ReportState.DRAFT)
    if unknown := set(given) - FIELDS - {"state"}:
        raise TypeError(f"a report has no such field: {sorted(unknown)}")
    report = by_import_key(key)
    if report is None:
        report = Report(import_key=key, version=0, created_at=clock.now(), other_languages=[], language="")
        db.session.add(report)
    wanted = [author_values(report, position, author, project) for position, author in enumerate(authors)]
    same = report.version and report.project_id == (project.id if project else None)
    same = same and all(getattr(report, name) == value for name, value in given.items())
    if same and [values_of(author) for author in report.authors] == wanted:
        return report
    report.project = project
    for name, value in given.items():
        setattr(report, name, value)
    report.authors = [ReportAuthor(**values) for values in wanted]
    _set_sort_title(report)
    if project is not None and not report.version:
        _take_subjects(report, project)
    if report.state is ReportState.PUBLISHED and report.published_at is None:
        report.published_at, report.edition = clock.now(), 1
    report.version += 1
    _note("reports.import", report, actor=actor)
    index_for_search(report)
    _tell_followers(report, actor)
    return report


def _take_subjects(report: Report, project: Project) -> None:
    """What the project is about, the report is about until somebody says otherwise."""
    report.themes = list(project.themes)
    report.country_links = [ReportCountry(country=country) for country in project.countries]
    report.goal_links = [ReportGoal(goal=link.goal) for link in project.goal_links]


def index_for_search(report: Report) -> None:
    """Make a published report findable by its words and its authors; a draft is not."""
    db.session.flush()
    if report.state is not ReportState.PUBLISHED:
        return
    names = [part for author in report.authors for part in (author.name, author.affiliation)]
    details = (report.publisher, report.series, report.isbn, report.doi)
    index.put("report", report.id, report.title, plain(report.abstract, 4000), *names, *details)


def _set_sort_title(report: Report) -> None:
    report.sort_title = index.fold(report.title or "")[:400]


def _note(kind: str, report: Report, *, actor: Person | None, **details: Any) -> None:
    """One row of activity, on the project where there is one: its history tells of its reports too."""
    db.session.flush()
    if report.project is not None:
        touch(report.project)
    subject = report.project or report
    details = {"report": report.label, "report_id": report.id, "path": report.path, **details}
    record(kind, subject, actor=actor, **details)
