from collections.abc import Mapping
from typing import Any

from tracker import clock
from tracker.activity.kinds import declare
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.files import StoredFile
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.actions import team
from tracker.projects.models import Project
from tracker.projects.requirements import Missing, needs
from tracker.projects.states import ProjectState
from tracker.reports import editions
from tracker.reports.authors import MOST_AUTHORS, author_values, doubles, place_of, same_author, values_of, write_author
from tracker.reports.changing import change, index_for_search, note
from tracker.reports.editions import freeze, stamp
from tracker.reports.followers import discarded, public_changed, text_of
from tracker.reports.models import Report, ReportAuthor, ReportCountry, ReportGoal
from tracker.reports.queries import by_import_key, drafts, has_published, of_project, partner_institutions
from tracker.reports.states import ReportKind, ReportState
from tracker.search import index

FIELDS = frozenset({*editions.FIELDS, "notes"})
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
            "%(actor)s published version %(version)s of “%(report)s”, with the say of every author on this text and "
            "this order."
        ),
        "reports.discard": _l("%(actor)s discarded the draft “%(report)s”."),
        "reports.import": _l("%(actor)s imported the details of “%(report)s”."),
        "reports.subjects": _l("%(actor)s changed the subjects of “%(report)s”."),
        "reports.texts": _l("%(actor)s changed the titles and abstracts of “%(report)s” in other languages."),
        "reports.still": _l("%(actor)s said that a translation of “%(report)s” is still up to date."),
        "reports.files": _l("%(actor)s changed the files of “%(report)s”."),
        "reports.link": _l("%(actor)s linked “%(report)s” with “%(other)s”."),
        "reports.unlink": _l("%(actor)s took away the link of “%(report)s” with “%(other)s”."),
        "reports.withdraw": _l("%(actor)s withdrew the published report “%(report)s”."),
        "reports.restore": _l("%(actor)s made the withdrawn report “%(report)s” public again."),
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
    is_in_something = report.kind in (ReportKind.ARTICLE, ReportKind.CHAPTER)
    wanted = (
        (report.title, _("Give the report its title."), "#title"),
        (report.authors, _("Name at least one author."), "/authors#authors"),
        (
            all(author.affiliation or author.has_no_affiliation for author in report.authors),
            _("Say for every author with which institution, or that there is none."),
            "/authors#authors",
        ),
        (report.abstract.strip(), _("Write an abstract."), "#abstract"),
        (report.language, _("Choose the language."), "#language"),
        (report.published_on, _("Give the date of publication; the year is enough."), "#published_on"),
        (report.publisher, _("Name the publisher."), "#publishers"),
        (report.licence, _("Choose a licence."), "#licence"),
        (report.series or not is_in_something, _("Name the journal or the book it is in."), "/more#series"),
        (
            report.file_id or report.file or report.website or text_of(report),
            _("Add the file, or the address where it appeared."),
            "/files#upload",
        ),
        (report.themes, _("Choose at least one theme."), "/subjects#themes-group"),
    )
    return [Missing(sentence, f"{report.path}/edit{field}") for value, sentence, field in wanted if not value]


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
    note("reports.start", report, actor=actor)
    return report


def change_report(report: Report, *, actor: Person | None, because: str = "", **fields: Any) -> None:
    """Save fields of the record; those left out stay. A published record is corrected: `because` says what was."""
    if unknown := set(fields) - FIELDS:
        raise TypeError(f"a report has no such field: {sorted(unknown)}")
    differing = [name for name, value in fields.items() if getattr(report, name) != value]
    if not differing:
        return
    with change(report, actor=actor, because=because) as this:
        for name in differing:
            setattr(report, name, fields[name])
        _set_sort_title(report)
        this.note("reports.correct" if report.is_public else "reports.change", fields=differing)


def set_authors(report: Report, authors: list[dict[str, Any]], actor: Person | None, because: str = "") -> None:
    """Set the authors in their order. Nothing happens when nothing differs.

    Each is a dict with `name` and any of `sort_name`, `affiliation`, `more` (further affiliations as printed),
    `has_no_affiliation`, `orcid`, `is_corresponding`, `contributed_equally`, `person_id`. A person is linked by
    `person_id`; where that key is missing, by ORCID iD or name within the project's team. A partner institution is
    linked when its name or acronym is what is printed. Raises RuleBroken for one person named twice.
    """
    if len(authors) > MOST_AUTHORS:
        raise RuleBroken(_("A report names at most %(count)s authors.", count=MOST_AUTHORS))
    if any(not author.get("name", "").strip() for author in authors):
        raise RuleBroken(_("Every author needs a name."))
    wanted = [author_values(report, position, author) for position, author in enumerate(authors)]
    if twice := [values for values, double in zip(wanted, doubles(authors), strict=True) if double.is_certain]:
        raise RuleBroken(_("“%(name)s” is listed twice.", name=twice[0]["name"]))
    if [values_of(author) for author in report.authors] == wanted:
        return
    with change(report, actor=actor, because=because) as this:
        free = list(report.authors)
        known = [same_author(values, free) for values in wanted]
        for gone in free:
            report.authors.remove(gone)
        for row, values in zip(known, wanted, strict=True):
            if row is None:
                row = ReportAuthor()
                report.authors.append(row)
            write_author(row, values)
        report.authors.sort(key=lambda author: author.position)
        this.note("reports.authors", authors=[author["name"] for author in wanted])


def attach_file(
    report: Report, file: StoredFile, *, actor: Person | None, pages: int | None = None, because: str = ""
) -> None:
    """Put a stored file with the report, in place of the one it has. `pages`: as counted in it, if they were."""
    with change(report, actor=actor, because=because) as this:
        report.file = file
        report.pages = report.pages or pages
        this.note("reports.attach", file=file.name, sha256=file.sha256)


def remove_file(report: Report, *, actor: Person | None, because: str = "") -> None:
    """The report no longer has its main file. The bytes stay: the history and earlier versions still name them."""
    if report.file is None:
        raise RuleBroken(_("This report has no file."))
    with change(report, actor=actor, because=because) as this:
        name, report.file = report.file.name, None
        this.note("reports.detach", file=name)


def discard(report: Report, *, actor: Person | None) -> None:
    """Remove a draft. The history keeps that it was there; its file stays in the store, where the history names it."""
    if report.state is not ReportState.DRAFT:
        raise RuleBroken(_("A published report stays."))
    where = f"{report.project.path}#reports" if report.project else "/reports"
    file = {"file": report.file.name, "sha256": report.file.sha256} if report.file else {}
    note("reports.discard", report, actor=actor, path=where, **file)
    discarded(report, actor)
    db.session.delete(report)
    db.session.flush()


def make_public(report: Report, *, version: int, actor: Person | None) -> None:
    """Let everybody read a draft, and keep its record as edition 1. For `credit.actions`, which has checked that it may
    be: `version` is the number of what its authors said yes to.
    """
    report.state, report.published_at = ReportState.PUBLISHED, clock.now()
    note(
        "reports.publish",
        report,
        actor=actor,
        version=version,
        authors=[author.name for author in report.authors],
        file_sha256=report.file.sha256 if report.file else "",
    )
    freeze(report, actor=actor)
    stamp(report)
    index_for_search(report)
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
    if not report.version:
        report.state = ReportState.DRAFT  # nobody has read it yet: what follows is no correction
    with change(report, actor=actor, because=_("The list it comes from was corrected.")) as this:
        report.project = project
        for name, value in given.items():
            setattr(report, name, value)
        report.authors = []
        for values in wanted:
            report.authors.append(write_author(ReportAuthor(), values))
        _set_sort_title(report)
        if project is not None and not report.version:
            _take_subjects(report, project)
        if report.is_public and report.published_at is None:
            report.published_at, report.edition = clock.now(), 1
        this.note("reports.import")
    return report


def _take_subjects(report: Report, project: Project) -> None:
    """What the project is about, the report is about until somebody says otherwise."""
    report.themes = list(project.themes)
    report.country_links = [ReportCountry(country=country) for country in project.countries]
    report.goal_links = [ReportGoal(goal=link.goal) for link in project.goal_links]


def _set_sort_title(report: Report) -> None:
    report.sort_title = index.fold(report.title or "")[:400]
