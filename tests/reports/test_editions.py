"""What is public of a report: its editions, corrections, withdrawal."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from tests.factories import make_project, publish
from tracker import clock, files
from tracker.activity.models import Activity
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.projects.states import ProjectState
from tracker.reports import actions, citations, filing, queries, related, texts, withdrawal
from tracker.reports.changing import change
from tracker.reports.differences import differences
from tracker.reports.editions import FIELDS, snapshot
from tracker.reports.models import Report, ReportEdition
from tracker.reports.states import LinkKind, ReportState


@pytest.fixture
def project():
    return make_project(ProjectState.PUBLISHED)


@pytest.fixture
def report(project):
    return queries.of_project(project, None)[0]


def stored(name="annex.txt", text=b"How we asked.\n"):
    return files.keep(FileStorage(io.BytesIO(text), filename=name), uploaded_by=None)


def test_publishing_keeps_the_record_as_edition_one(report):
    assert [(edition.number, edition.because) for edition in report.editions] == [(1, "")]
    assert report.edition == 1 and report.editions[0].record == snapshot(report)
    assert report.stamped_at is not None


def test_every_field_that_readers_see_is_kept_and_told_in_words(report):
    before = snapshot(report)
    assert set(FIELDS) == actions.FIELDS - {"notes"}
    after = dict(before)
    for name in FIELDS:
        after[name] = {
            "kind": "book",
            "language": "fr",
            "other_languages": ["es"],
            "published_on": "2020",
            "pages": 7,
        }.get(name, "CC0-1.0" if name == "licence" else "Something else")
    after["authors"] = [{**before["authors"][0], "contributed_equally": True, "orcid": "0000-0002-1825-0097"}]
    after |= {"themes": [], "countries": ["CN"], "goals": [6], "links": [{"kind": "part-of", "title": "A book"}]}
    after["texts"] = [{"language": "ar", "title": "عنوان", "abstract": "ملخص"}]
    after["files"] = [{"id": 1, "name": "r.pdf", "label": "", "language": "fr", "size": 1, "sha256": "", "pages": 2}]
    told = {change.label for change in differences(before, after)}
    assert len(told) == len(FIELDS) + 8
    assert {"Title in Arabic", "Abstract in Arabic", "Files", "Related outputs"} <= told
    assert differences(before, before) == []


def test_a_correction_says_what_it_was_and_makes_the_next_edition(report, project):
    with pytest.raises(RuleBroken, match="what was corrected"):
        actions.change_report(report, actor=project.coordinator, title="Silently")
    assert report.edition == 1
    stamped = report.stamped_at
    with clock.frozen(clock.now() + timedelta(days=1)):
        actions.change_report(report, actor=project.coordinator, because="The title.", title="Corrected")
    assert [edition.because for edition in report.editions] == ["", "The title."]
    assert report.editions[1].record["title"] == "Corrected"
    assert (report.edition, report.editions[1].made_by_name) == (2, project.coordinator.name)
    assert report.stamped_at > stamped


def test_several_changes_of_one_correction_make_one_edition(report, project):
    with change(report, actor=project.coordinator, because="Title and authors."):
        actions.change_report(report, actor=project.coordinator, title="Corrected")
        actions.set_authors(report, [{"name": "Ana Cruz"}], project.coordinator)
        filing.add_file(report, stored(), actor=project.coordinator)
        texts.set_texts(report, [{"language": "ar", "title": "عنوان"}], actor=project.coordinator)
    assert [edition.because for edition in report.editions] == ["", "Title and authors."]
    told = {each.label for each in differences(report.editions[0].record, report.editions[1].record)}
    assert told == {"Title", "Authors, in order", "Files", "Title in Arabic"}


def test_a_change_that_changes_nothing_is_no_correction(report, project):
    actions.change_report(report, actor=project.coordinator, title=report.title)
    texts.set_subjects(
        report, themes=report.themes, countries=report.countries, goals=report.goals, actor=project.coordinator
    )
    actions.change_report(report, actor=project.coordinator, because="A note of our own.", notes="Ours")
    assert report.edition == 2  # it was said to be one


def test_an_imported_report_gets_its_first_edition_as_it_was_before_the_correction():
    fields = {"import_key": "list:1", "title": "As it came", "state": ReportState.PUBLISHED}
    report = actions.import_report(None, fields=fields, authors=[{"name": "Ana"}], actor=None)
    assert (report.edition, report.editions) == (1, [])
    actions.change_report(report, actor=None, because="The title.", title="Corrected")
    assert [edition.record["title"] for edition in report.editions] == ["As it came", "Corrected"]
    assert report.editions[0].at == report.published_at


def test_a_correction_in_the_page_asks_what_was_corrected(signed_in, client, report, project):
    coordinator, path = signed_in(project.coordinator), f"{report.path}/edit/more"
    assert "makes a new version" in coordinator.get(path).text
    sent = {"version": report.version, "series": "Papers", "notes": "Kept"}
    refused = coordinator.submit(path, **sent)
    assert refused.status_code == 422 and "Kept</textarea>" in refused.text
    assert coordinator.submit(path, because="The series was missing.", **sent).status_code == 303
    assert "The series was missing." in client.get(report.path).text


def test_an_earlier_version_is_read_as_it_was_with_its_files(signed_in, client, report, project):
    annex = stored()
    filing.add_file(report, annex, label="Annex", actor=None, because="An annex.")
    filing.set_files(report, [], actor=None, because="It named people.")
    actions.change_report(report, actor=None, because="A word.", abstract="What we found, corrected.", pages=12)
    page = client.get(f"{report.path}/versions/2")
    assert page.status_code == 200
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{report.path}">' in page.text
    assert "Annex" in page.text and "It named people." in page.text
    third = client.get(f"{report.path}/versions/3").text
    assert "<ins>" in third and "corrected" in third and "Pages" in third
    assert client.get(f"{report.path}/files/{annex.id}").data == b"How we asked.\n"
    assert client.get(f"{report.path}/versions/4").status_code == 302
    for number in (0, 5, 10**12):
        assert client.get(f"{report.path}/versions/{number}").status_code == 404
    assert client.get(f"{report.path}/files/999999").status_code == 404


def test_a_withdrawn_report_leaves_a_page_that_says_so_and_comes_back_with_a_reason(signed_in, client, report, project):
    file = stored("report.txt")
    actions.attach_file(report, file, actor=None, because="Its file.")
    lead, coordinator = signed_in(project.lead), signed_in(project.coordinator)
    path = f"{report.path}/withdraw"
    assert lead.get(path).status_code == 403
    assert coordinator.get(path).status_code == 200
    assert coordinator.submit(path, reason=" ").status_code == 422
    assert coordinator.submit(path, reason="The data were wrong.").status_code == 303
    gone = client.get(report.path)
    assert gone.status_code == 410
    for said in (report.title, report.authors[0].name, "The data were wrong.", project.network.name):
        assert said in gone.text
    assert client.get(f"{report.path}/files/{file.id}").status_code in (404, 410)
    assert client.get(f"{report.path}/versions/1").status_code == 410
    assert client.get("/reports").text.count(report.path) == 0
    assert list(db.session.scalars(queries.published(words="report"))) == []
    assert report.title not in client.get(project.path).text
    assert coordinator.get(f"{report.path}/edit").status_code == 403
    assert coordinator.submit(path, reason="Again").status_code == 409
    for ending in ("bib", "ris", "json"):
        assert "The data were wrong." in client.get(f"{report.path}.{ending}").text
    assert "withdrawn" in citations.line(report, "https://example.org")
    back = f"{report.path}/restore"
    assert lead.get(back).status_code == 403
    assert coordinator.submit(back, reason="").status_code == 422
    assert coordinator.submit(back, reason="The data were right.").status_code == 303
    assert (report.state, client.get(report.path).status_code) == (ReportState.PUBLISHED, 200)
    assert list(db.session.scalars(queries.published(words="report"))) == [report]
    kinds = db.session.scalars(sa.select(Activity).where(Activity.kind.in_(["reports.withdraw", "reports.restore"])))
    assert {row.details["reason"] for row in kinds} == {"The data were wrong.", "The data were right."}


def test_translations_of_translations_are_found_from_each_other_once_public(project):
    def translated(language, source):
        row = Report(
            project=project, state=ReportState.PUBLISHED, language=language, title=language, other_languages=[]
        )
        db.session.add(row)
        db.session.flush()
        if source:
            related.link_report(row, LinkKind.TRANSLATION_OF, source, actor=None, because="A translation.")
        return row

    english = translated("en", None)
    french = translated("fr", english)
    spanish = translated("es", french)
    assert queries.language_versions(english) == [spanish, french]
    assert queries.language_versions(spanish) == [english, french]
    withdrawal.withdraw(french, reason="Wrong.", actor=None)
    assert queries.language_versions(english) == [spanish]
    assert [link.report for link in queries.linked(english, None)[1]] == []
    assert (
        db.session.scalar(sa.select(sa.func.count(ReportEdition.id)).where(ReportEdition.report_id == french.id)) == 2
    )


def test_a_report_is_published_with_what_it_holds(project):
    second = make_project(ProjectState.REVIEW)
    report = queries.drafts(second)[0]
    texts.set_texts(report, [{"language": "fr", "title": "Eaux et villes"}], actor=None)
    publish(second)
    assert report.editions[0].record["texts"][0]["title"] == "Eaux et villes"
    assert list(db.session.scalars(queries.published(words="villes"))) == [report]


def test_readers_learn_nothing_of_a_draft_that_a_published_report_is_linked_with(client, report, project):
    project.state = ProjectState.RUNNING
    draft = actions.start_report(project, actor=project.lead)
    actions.change_report(draft, title="Nobody knows of this yet", doi="10.5555/secret", actor=project.lead)
    related.link_report(report, LinkKind.BRIEF_OF, draft, actor=project.coordinator, because="It is a brief.")
    related.unlink(report.links[0], actor=project.coordinator, because="It is no brief.")
    related.link_report(report, LinkKind.BRIEF_OF, draft, actor=project.coordinator, because="It is one.")
    pages = [f"/versions/{edition.number}" for edition in queries.editions(report)]
    for rest in ("", *pages[1:], "/datacite.xml", "/linkset.json", ".json"):
        answer = client.get(f"{report.path}{rest}")
        assert answer.status_code == 200
        assert "Nobody knows" not in answer.text and "10.5555/secret" not in answer.text, rest
    oai = client.get("/oai", query_string={"verb": "ListRecords", "metadataPrefix": "datacite"}).text
    assert "10.5555/secret" not in oai and f"/reports/{draft.id}" not in oai
