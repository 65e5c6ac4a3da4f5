from enum import StrEnum

from tracker.i18n import _l


class ContributionRole(StrEnum):
    """The fourteen roles of CRediT (ANSI/NISO Z39.104-2022), then those that joint studies need beside them."""

    CONCEPTUALIZATION = "conceptualization"
    DATA_CURATION = "data-curation"
    FORMAL_ANALYSIS = "formal-analysis"
    FUNDING_ACQUISITION = "funding-acquisition"
    INVESTIGATION = "investigation"
    METHODOLOGY = "methodology"
    PROJECT_ADMINISTRATION = "project-administration"
    RESOURCES = "resources"
    SOFTWARE = "software"
    SUPERVISION = "supervision"
    VALIDATION = "validation"
    VISUALIZATION = "visualization"
    ORIGINAL_DRAFT = "writing-original-draft"
    REVIEW_EDITING = "writing-review-editing"
    TRANSLATOR = "translator"
    DATA_COLLECTOR = "data-collector"
    REVIEWER = "reviewer"


class Degree(StrEnum):
    LEAD = "lead"
    EQUAL = "equal"
    SUPPORTING = "supporting"


class ApprovalState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    DISSENTS = "dissents"  # stays an author, and says with what they do not agree
    CHANGE = "change"  # asks for a change before they approve
    VOID = "void"  # a later version took its place before an answer came


CREDIT = frozenset(ContributionRole) - {
    ContributionRole.TRANSLATOR,
    ContributionRole.DATA_COLLECTOR,
    ContributionRole.REVIEWER,
}
ROLE_LABELS = {
    ContributionRole.CONCEPTUALIZATION: _l("Conceptualization"),
    ContributionRole.DATA_CURATION: _l("Data curation"),
    ContributionRole.FORMAL_ANALYSIS: _l("Formal analysis"),
    ContributionRole.FUNDING_ACQUISITION: _l("Funding acquisition"),
    ContributionRole.INVESTIGATION: _l("Investigation"),
    ContributionRole.METHODOLOGY: _l("Methodology"),
    ContributionRole.PROJECT_ADMINISTRATION: _l("Project administration"),
    ContributionRole.RESOURCES: _l("Resources"),
    ContributionRole.SOFTWARE: _l("Software"),
    ContributionRole.SUPERVISION: _l("Supervision"),
    ContributionRole.VALIDATION: _l("Validation"),
    ContributionRole.VISUALIZATION: _l("Visualization"),
    ContributionRole.ORIGINAL_DRAFT: _l("Writing – original draft"),
    ContributionRole.REVIEW_EDITING: _l("Writing – review & editing"),
    ContributionRole.TRANSLATOR: _l("Translation"),
    ContributionRole.DATA_COLLECTOR: _l("Data collection"),
    ContributionRole.REVIEWER: _l("Review"),
}
DEGREE_LABELS = {
    Degree.LEAD: _l("lead"),
    Degree.EQUAL: _l("equal"),
    Degree.SUPPORTING: _l("supporting"),
}
