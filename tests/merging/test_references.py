"""No table that refers to an institution, or to what becomes one with it, is forgotten."""

import re

import pytest
import sqlalchemy as sa

from tracker.database import Base
from tracker.merging.references import columns_to, named_columns, tables_with_rules
from tracker.merging.words import SHOWN_APART, WORDS

# Every column that points to an institution, and where a test of this folder shows that it moves. Who adds a table
# adds it here, and a rule in tracker/merging where two rows could then be the same.
INSTITUTION = {
    "affiliation.institution_id",
    "author_affiliation.institution_id",
    "authorship_confirmation.institution_id",
    "application.institution_id",
    "call_question.institution_id",
    "candidacy.institution_id",
    "contact.institution_id",
    "contributor.institution_id",
    "event_guest.institution_id",
    "institution_alias.institution_id",
    "institution_language.institution_id",
    "institution_theme.institution_id",
    "invitation.institution_id",
    "membership.institution_id",
    "partner.institution_id",
    "report_author.institution_id",
    "report_use.institution_id",
    "saved_call.institution_id",
    "seat_offer.institution_id",
    "secretariat_note.institution_id",
    "use_inquiry.institution_id",
}
PARTNER = {
    "check_in.partner_id",
    "confirmation.partner_id",
    "filling.partner_id",
    "ledger_entry.partner_id",
    "milestone.partner_id",
    "milestone_helper.partner_id",
    "section.partner_id",
    "terms_task.partner_id",
}
NAMED = {"activity.subject_type", "ask.about_type", "ask.addressee_type", "ask.subject_type"}


def names(columns):
    return {f"{column.table.name}.{column.name}" for column in columns}


def test_every_column_that_points_to_an_institution_is_known():
    assert names(columns_to("institution")) == INSTITUTION


def test_every_column_that_points_to_a_partner_is_known():
    assert names(columns_to("partner")) == PARTNER


def test_every_pair_that_names_a_table_is_known():
    assert names(kind for kind, _number in named_columns()) == NAMED


def test_no_column_looks_like_an_institution_s_number_and_is_none():
    """A plain number beside no foreign key would be left behind."""
    there = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.c
        if re.search(r"(^|_)(institution|partner)_id$", column.name)
    }
    assert there <= INSTITUTION | PARTNER


@pytest.mark.parametrize("target", ["institution", "partner"])
def test_where_two_rows_could_be_the_same_a_rule_says_what_becomes_of_them(target):
    unruled = set()
    for column in columns_to(target):
        table = column.table
        unique = [known.columns for known in table.constraints if isinstance(known, sa.UniqueConstraint)]
        unique += [known.columns for known in table.indexes if known.unique] + [table.primary_key.columns]
        if any(column.name in [each.name for each in columns] for columns in unique):
            unruled.add(table.name)
    assert unruled - tables_with_rules(target) == set()


def test_what_moves_is_named_in_words_on_the_page():
    tables = {name.partition(".")[0] for name in INSTITUTION}
    assert tables - set(WORDS) - SHOWN_APART == set()
