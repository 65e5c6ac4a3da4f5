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
ROLE_MEANINGS = {  # in a few words of ours, for whoever says what they did
    ContributionRole.CONCEPTUALIZATION: _l("The idea, the questions, the aims."),
    ContributionRole.DATA_CURATION: _l("Putting data in order, describing and keeping them."),
    ContributionRole.FORMAL_ANALYSIS: _l("Statistics, models and other ways to analyse the data."),
    ContributionRole.FUNDING_ACQUISITION: _l("Finding the money for the work."),
    ContributionRole.INVESTIGATION: _l("The research itself: interviews, fieldwork, archives, experiments."),
    ContributionRole.METHODOLOGY: _l("How the study is done: its design and its methods."),
    ContributionRole.PROJECT_ADMINISTRATION: _l("Planning, coordinating, keeping it moving."),
    ContributionRole.RESOURCES: _l("What the work needed: materials, sources, access, instruments."),
    ContributionRole.SOFTWARE: _l("Writing, adapting or testing programs."),
    ContributionRole.SUPERVISION: _l("Guiding and answering for those who did the work."),
    ContributionRole.VALIDATION: _l("Checking that the results hold."),
    ContributionRole.VISUALIZATION: _l("Figures, maps, tables."),
    ContributionRole.ORIGINAL_DRAFT: _l("Writing the first text, or a part of it."),
    ContributionRole.REVIEW_EDITING: _l("Commenting on the text, revising and editing it."),
    ContributionRole.TRANSLATOR: _l("Translating the report or the instruments."),
    ContributionRole.DATA_COLLECTOR: _l("Gathering data in the field or from records."),
    ContributionRole.REVIEWER: _l("Reading the report critically before it was published."),
}
DEGREE_LABELS = {
    Degree.LEAD: _l("lead"),
    Degree.EQUAL: _l("equal"),
    Degree.SUPPORTING: _l("supporting"),
}
