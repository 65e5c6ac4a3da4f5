"""The reports of an example study: record, authors, file."""

import io
from datetime import date
from typing import Any

from werkzeug.datastructures import FileStorage

from tracker import files
from tracker.credit import actions as credit
from tracker.credit import contributions
from tracker.credit import queries as credit_queries
from tracker.credit.states import ContributionRole, Degree
from tracker.dates import PartialDate
from tracker.demo.cast import Cast
from tracker.demo.study import Study
from tracker.demo.title_page import is_printable, title_page
from tracker.institutions.queries import answering_contacts
from tracker.projects.models import Project
from tracker.reports import actions
from tracker.reports.models import Report
from tracker.reports.queries import drafts
from tracker.reports.states import ReportKind
from tracker.reports.texts import set_texts

CREDIT_OF = (  # what the first author says of themselves, the second, and so on
    {
        ContributionRole.CONCEPTUALIZATION: Degree.LEAD,
        ContributionRole.PROJECT_ADMINISTRATION: Degree.LEAD,
        ContributionRole.ORIGINAL_DRAFT: Degree.EQUAL,
    },
    {
        ContributionRole.METHODOLOGY: Degree.LEAD,
        ContributionRole.ORIGINAL_DRAFT: Degree.EQUAL,
        ContributionRole.FORMAL_ANALYSIS: Degree.EQUAL,
    },
    {ContributionRole.INVESTIGATION: Degree.LEAD, ContributionRole.REVIEW_EDITING: Degree.SUPPORTING},
    {ContributionRole.DATA_COLLECTOR: Degree.LEAD, ContributionRole.TRANSLATOR: None},
)


class Papers:
    """What is done with the report of a study, and with its brief where there is one; by the lead person."""

    def __init__(self, study: Study, cast: Cast) -> None:
        self.study, self.cast = study, cast
        self.lead = cast.people[study.person]
        self.project: Project
        self.report: Report
        self.given = study.report or {}

    def start(self, project: Project) -> None:
        self.project = project
        self.report = actions.start_report(project, actor=self.lead)

    def describe(self) -> None:
        title, abstract = self.given["title"], self.given["abstract"].strip()
        actions.change_report(self.report, title=title, abstract=abstract, actor=self.lead)

    def attach_draft(self) -> None:
        self._attach(self.report, self.given, "draft")

    def attach_again(self) -> None:
        self._attach(self.report, self.given, "draft-2")

    def name_authors(self) -> None:
        self._set_authors(self.report, self.given)

    def complete(self, day: date) -> None:
        """Fill in what the record still lacks, and begin the brief."""
        self._complete(self.report, self.given, day)
        if self.study.brief:
            brief = actions.start_report(self.project, actor=self.lead)
            self._set_authors(brief, self.study.brief)
            self._complete(brief, {"kind": "brief", **self.study.brief}, day)

    def ask_authors(self) -> None:
        """Whoever leads puts the report and its brief to their authors."""
        for report in drafts(self.project):
            credit.put_to_approval(report, actor=self.lead)

    def answer(self) -> None:
        """Every author approves, and says what they did."""
        for report in drafts(self.project):
            for approval in credit_queries.approvals_of(report):
                assert approval.person is not None, "every author of an example is one of its people"
                credit.approve(approval, actor=approval.person)
            newest = credit_queries.latest(report)
            assert newest is not None, "its authors were asked"
            for confirmation in newest.confirmations:
                for contact in answering_contacts(confirmation.institution_id)[:1]:
                    credit.confirm(confirmation, actor=contact)
            for author in report.authors:
                assert author.person is not None
                roles = CREDIT_OF[author.position % len(CREDIT_OF)]
                contributions.declare(contributions.contributor_for(author), roles, actor=author.person)

    def _complete(self, report: Report, given: dict[str, Any], day: date) -> None:
        places = list(dict.fromkeys(self._place(key) for key in given["authors"]))
        actions.change_report(
            report,
            title=given["title"],
            abstract=given["abstract"].strip(),
            kind=ReportKind(given.get("kind", "report")),
            language=given.get("language", self.study.language),
            other_languages=given.get("other_languages", []),
            series=given.get("series", ""),
            number=given.get("number", ""),
            pages=given.get("pages"),
            licence=given.get("licence", "CC-BY-4.0"),
            funding=given.get("funding", ""),
            place=self.cast.institutions[places[0]].city,
            published_on=PartialDate(f"{day:%Y-%m}"),
            actor=self.lead,
        )
        self._attach(report, given, "final")
        if given.get("texts"):
            set_texts(report, given["texts"], actor=self.lead)

    def _set_authors(self, report: Report, given: dict[str, Any]) -> None:
        language = given.get("language", self.study.language)
        authors = []
        for key in given["authors"]:
            person = self.cast.people[key]
            affiliation = self.cast.printed(self._place(key), language)
            known = {"name": person.name, "sort_name": person.sort_name, "person_id": person.id}
            more = given.get("more_affiliations", {}).get(key, [])
            is_corresponding = key == given.get("corresponding")
            authors.append({**known, "affiliation": affiliation, "more": more, "is_corresponding": is_corresponding})
        actions.set_authors(report, authors, self.lead)

    def _place(self, key: str) -> str:
        """Where somebody works now: the institution's key."""
        person = self.cast.people[key]
        now = person.current_affiliations[0].institution
        return next(place for place, institution in self.cast.institutions.items() if institution is now)

    def _attach(self, report: Report, given: dict[str, Any], what: str) -> None:
        if given.get("is_written_here"):
            return
        title = given["title"]
        names = [author.name for author in report.authors]
        keys = [str(author.person.email).partition("@")[0] for author in report.authors if author.person]
        romanised = [" ".join(part.capitalize() for part in key.split(".")) for key in keys]
        printed = title if is_printable(title) else given.get("english", "")
        shown = names if all(map(is_printable, names)) else romanised
        imprint = "; ".join(dict.fromkeys(author.affiliation for author in report.authors))
        page = title_page(title, printed, shown, imprint if is_printable(imprint) else "")
        upload = FileStorage(io.BytesIO(page), filename=f"{self.study.lead}-{report.id}-{what}.pdf")
        actions.attach_file(report, files.keep(upload, uploaded_by=self.lead), actor=self.lead)
