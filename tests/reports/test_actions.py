import pytest
import sqlalchemy as sa

from tests.factories import make_person, make_project, make_report, publish
from tracker.activity.models import Activity
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.projects import actions as projects
from tracker.projects.requirements import missing
from tracker.projects.states import ProjectState
from tracker.reports import actions, queries
from tracker.reports.models import Report
from tracker.reports.states import ReportKind, ReportState


def in_review():
    project = make_project(ProjectState.REVIEW)
    return project, queries.drafts(project)[0]


def fields_missing(report):
    return [item.path.partition("#")[2] for item in actions.missing_in(report)]


def test_a_report_begins_with_what_the_project_knows():
    project = make_project(ProjectState.RUNNING, title="Agua y ciudades", language="es")
    report = actions.start_report(project, actor=project.lead)
    assert (report.title, report.language) == ("Agua y ciudades", "es")
    assert report.publisher == project.partners[0].name
    author = report.authors[0]
    assert (author.name, author.affiliation) == (project.lead.name, project.partners[0].name)
    assert (author.person, author.institution) == (project.lead, project.partners[0].institution)


def test_a_report_begins_only_in_a_running_project():
    with pytest.raises(RuleBroken, match="once the project runs"):
        actions.start_report(make_project(ProjectState.RECRUITING), actor=None)


def test_submitting_needs_a_draft_with_something_in_it():
    project = make_project(ProjectState.RUNNING)
    assert [item.path for item in missing(project, "submit")] == [f"{project.path}#reports"]
    report = actions.start_report(project, actor=project.lead)
    assert [item.path for item in missing(project, "submit")] == [f"/reports/{report.id}/drafts#add"]
    actions.change_report(report, actor=project.lead, abstract="What we found.")
    assert missing(project, "submit") == []


def test_each_thing_missing_links_to_its_field():
    project = make_project(ProjectState.RUNNING)
    report = actions.start_report(project, actor=project.lead)
    actions.change_report(report, actor=project.lead, title="", publisher="", language="")
    actions.set_authors(report, [], actor=project.lead)
    assert fields_missing(report) == [
        *("title", "authors", "abstract", "language", "published_on", "publishers", "licence", "upload")
    ]


def test_an_author_without_affiliation_is_asked_for_one_or_for_none():
    _project, report = in_review()
    actions.set_authors(report, [{"name": "Suharto"}], actor=None)
    assert fields_missing(report) == ["authors"]
    actions.set_authors(report, [{"name": "Suharto", "has_no_affiliation": True}], actor=None)
    assert fields_missing(report) == []


def test_publishing_needs_a_complete_record():
    project, report = in_review()
    actions.change_report(report, actor=project.lead, licence="")
    with pytest.raises(RuleBroken, match="licence"):
        publish(project)
    assert (project.state, report.state) == (ProjectState.REVIEW, ReportState.DRAFT)


def test_publishing_says_who_approved_which_version_and_makes_it_findable():
    project, report = in_review()
    assert list(db.session.scalars(queries.published(words="the report"))) == []
    assert publish(project) == [report]
    assert (project.state, report.state) == (ProjectState.PUBLISHED, ReportState.PUBLISHED)
    assert report.published_at is not None
    reason = project.transitions[-1].reason
    assert project.lead.name in reason
    assert "version 1" in reason
    activity = db.session.scalars(
        sa.select(Activity).where(Activity.kind == "reports.publish").order_by(Activity.id.desc())
    ).first()
    assert activity.details["version"] == 1
    assert activity.details["authors"] == [project.lead.name]
    assert list(db.session.scalars(queries.published(words="the report"))) == [report]


def test_an_unfinished_second_report_stays_a_draft():
    project, report = in_review()
    second = actions.start_report(project, actor=project.lead)
    assert publish(project) == [report]
    assert second.state is ReportState.DRAFT


def test_only_complete_steps_count_and_nothing_is_published_from_running():
    project = make_project(ProjectState.RUNNING)
    make_report(project)
    with pytest.raises(RuleBroken, match="running"):
        publish(project)
    assert queries.drafts(project)[0].published_at is None


def test_a_version_counts_what_really_changed():
    project, report = in_review()
    version = report.version
    actions.change_report(report, actor=project.lead, title=report.title)
    row = report.authors[0]
    same = [{"name": row.name, "affiliation": row.affiliation, "person_id": row.person_id}]
    actions.set_authors(report, same, actor=project.lead)
    assert report.version == version
    actions.set_authors(report, [*same, {"name": "毛"}], actor=project.lead)
    assert report.version == version + 1
    assert [author.name for author in report.authors] == [project.lead.name, "毛"]


def test_the_order_of_authors_is_the_order_given():
    project, report = in_review()
    names = ["Cruz, Ana", "Bose", "Ahmed", "محمد"]
    actions.set_authors(report, [{"name": name} for name in names], actor=None)
    actions.set_authors(report, [{"name": name} for name in reversed(names)], actor=None)
    db.session.flush()
    db.session.expire_all()
    assert [author.name for author in queries.drafts(project)[0].authors] == names[::-1]


def test_a_team_member_is_recognised_by_name_or_orcid_and_nobody_by_chance():
    project, report = in_review()
    project.lead.orcid = "0000-0002-1825-0097"
    given = [{"name": "L. E. Ad", "orcid": "0000-0002-1825-0097"}, {"name": make_person().name}]
    actions.set_authors(report, given, actor=project.lead)
    assert [author.person for author in report.authors] == [project.lead, None]


def test_correcting_a_published_record_leaves_its_own_trace():
    project, report = in_review()
    publish(project)
    actions.change_report(report, actor=project.coordinator, because="The title.", title="Corrected title", pages=12)
    ours = sa.select(Activity).where(Activity.kind.startswith("reports.")).order_by(Activity.id.desc()).limit(1)
    last = db.session.scalars(ours).one()
    assert (last.kind, last.details["reason"]) == ("reports.correct", "The title.")
    assert list(db.session.scalars(queries.published(words="corrected"))) == [report]


def test_an_import_is_repeatable():
    project = make_project(ProjectState.PUBLISHED)
    fields = {
        "import_key": "list:1",
        "title": "Global State of the SDGs",
        "kind": ReportKind.BOOK,
        "published_on": PartialDate("2019"),
        "isbn": "978-81-8257-253-9",
        "other_languages": ["es", "zh"],
    }
    authors = [{"name": "Khondaker Golam Moazzem"}, {"name": "Southern Voice", "has_no_affiliation": True}]

    def count():
        return db.session.scalar(sa.select(sa.func.count(Activity.id)))

    report = actions.import_report(project, fields=fields, authors=authors, actor=None)
    assert report.state is ReportState.PUBLISHED
    before = (count(), report.version)
    db.session.expire_all()
    assert actions.import_report(project, fields=fields, authors=authors, actor=None) is report
    assert (count(), report.version) == before
    actions.import_report(project, fields=fields | {"pages": 9}, authors=authors, actor=None)
    assert (count(), report.version, report.pages) == (before[0] + 1, before[1] + 1, 9)
    assert db.session.scalar(sa.select(sa.func.count(Report.id)).where(Report.import_key == "list:1")) == 1


def test_the_library_filters_by_everything_it_promises():
    project, report = in_review()
    actions.change_report(report, actor=None, language="fr", other_languages=["ar", "zh-Hans"], kind=ReportKind.BOOK)
    publish(project)
    partner = project.partners[1].institution

    def found(**wanted):
        return report in db.session.scalars(queries.published(**wanted))

    theme = project.themes[0].id
    for hit in (
        *({"language": "fr"}, {"language": "ar"}, {"language": "zh-Hans"}, {"year": 2026}, {"country": "PE"}),
        *({"theme_id": theme}, {"institution_id": partner.id}, {"kind": ReportKind.BOOK}, {"words": "WATER"}),
    ):
        assert found(**hit), hit
    for miss in (
        *({"language": "es"}, {"language": "zh"}, {"year": 2025}, {"country": "FR"}, {"theme_id": theme + 99}),
        *({"institution_id": partner.id + 99}, {"kind": ReportKind.BRIEF}, {"words": "fire"}, {"words": "%"}),
    ):
        assert not found(**miss), miss


def test_leaving_the_team_keeps_the_credit():
    project, report = in_review()
    colleague = make_person(institution=project.partners[1].institution)
    member = projects.add_member(project, colleague, actor=project.lead)
    actions.set_authors(report, [{"name": colleague.name, "person_id": colleague.id}], actor=project.lead)
    projects.remove_member(project, member, actor=project.lead)
    assert report.authors[0].person is colleague
