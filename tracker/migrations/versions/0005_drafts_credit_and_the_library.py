"""drafts, credit and the library"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "shelved",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_shelved")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_shelved_subject_id")),
    )
    op.create_table(
        "review_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_review_question_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_question")),
    )
    with op.batch_alter_table("review_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_question_network_id"), ["network_id"], unique=False)

    op.create_table(
        "bibliography",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_bibliography_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bibliography_person_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_bibliography_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bibliography")),
    )
    with op.batch_alter_table("bibliography", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bibliography_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bibliography_report_id"), ["report_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bibliography_state_id"), ["state", "id"], unique=False)

    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_deposit_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("report_id", "agency", name=op.f("uq_deposit_report_id_agency")),
    )
    op.create_table(
        "download_count",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_download_count_file_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_download_count_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "file_id", "on_day", name=op.f("pk_download_count")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reading", sa.String(length=40), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_draft_file_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_draft_made_by_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_draft_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_draft_report_id_number")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(
            "ix_draft_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("reading = 'waiting'"),
            postgresql_where=sa.text("reading = 'waiting'"),
        )
        batch_op.create_index(
            "uq_draft_current",
            ["report_id"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.create_table(
        "full_text",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_full_text_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_full_text")),
    )
    with op.batch_alter_table("full_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_full_text_read_at_attempts"), ["read_at", "attempts"], unique=False)

    op.create_table(
        "pen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_pen_given_by_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_pen_holder_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_pen_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pen")),
        sa.UniqueConstraint("report_id", name=op.f("uq_pen_report_id")),
    )
    with op.batch_alter_table("pen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pen_holder_id"), ["holder_id"], unique=False)

    op.create_table(
        "proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_proof_made_by_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_proof_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_proof_report_id_number")),
    )
    op.create_table(
        "report_country",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_country_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "country", name=op.f("pk_report_country")),
    )
    with op.batch_alter_table("report_country", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_country_country_report_id"), ["country", "report_id"], unique=False)

    op.create_table(
        "report_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_report_edition_made_by_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_edition_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_edition")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_report_edition_report_id_number")),
    )
    op.create_table(
        "report_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("is_made_here", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_report_file_file_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_file_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_file")),
    )
    with op.batch_alter_table("report_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_file_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_file_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_goal",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_goal_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "goal", name=op.f("pk_report_goal")),
    )
    with op.batch_alter_table("report_goal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_goal_goal_report_id"), ["goal", "report_id"], unique=False)

    op.create_table(
        "report_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["report.id"], name=op.f("fk_report_link_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_link_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_link")),
        sa.UniqueConstraint("report_id", "kind", "other_id", name=op.f("uq_report_link_report_id_kind_other_id")),
    )
    with op.batch_alter_table("report_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_link_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_link_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("abstract_html", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_text_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_text")),
        sa.UniqueConstraint("report_id", "language", name=op.f("uq_report_text_report_id_language")),
    )
    with op.batch_alter_table("report_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_text_language"), ["language"], unique=False)

    op.create_table(
        "report_theme",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_theme_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_report_theme_theme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "theme_id", name=op.f("pk_report_theme")),
    )
    with op.batch_alter_table("report_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_theme_theme_id_report_id"), ["theme_id", "report_id"], unique=False)

    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_section_changed_by_id")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_section_partner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_section_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
    )
    with op.batch_alter_table("section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_section_report_id"), ["report_id"], unique=False)

    op.create_table(
        "styled_citation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("style", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_styled_citation_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_styled_citation")),
        sa.UniqueConstraint("report_id", "style", name=op.f("uq_styled_citation_report_id_style")),
    )
    with op.batch_alter_table("styled_citation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_styled_citation_to_be_made",
            ["id"],
            unique=False,
            sqlite_where=sa.text("style = ''"),
            postgresql_where=sa.text("style = ''"),
        )

    op.create_table(
        "use_inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("knows_none", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_use_inquiry_institution_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_use_inquiry_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_inquiry")),
        sa.UniqueConstraint(
            "report_id", "institution_id", "months", name=op.f("uq_use_inquiry_report_id_institution_id_months")
        ),
    )
    with op.batch_alter_table("use_inquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_use_inquiry_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("covered_by_id", sa.Integer(), nullable=True),
        sa.Column("covered_by_name", sa.String(length=200), nullable=False),
        sa.Column("covered_because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["report_author.id"], name=op.f("fk_approval_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["covered_by_id"], ["person.id"], name=op.f("fk_approval_covered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_person_id")),
        sa.ForeignKeyConstraint(["proof_id"], ["proof.id"], name=op.f("fk_approval_proof_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("proof_id", "author_id", name=op.f("uq_approval_proof_id_author_id")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_proof_id"), ["proof_id"], unique=False)

    op.create_table(
        "author_affiliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("printed", sa.String(length=300), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["report_author.id"], name=op.f("fk_author_affiliation_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_author_affiliation_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_affiliation")),
    )
    with op.batch_alter_table("author_affiliation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_author_affiliation_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_author_affiliation_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "authorship_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_authorship_confirmation_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authorship_confirmation_person_id")),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["proof.id"], name=op.f("fk_authorship_confirmation_proof_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorship_confirmation")),
        sa.UniqueConstraint(
            "proof_id", "institution_id", name=op.f("uq_authorship_confirmation_proof_id_institution_id")
        ),
    )
    with op.batch_alter_table("authorship_confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_authorship_confirmation_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "bibliography_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bibliography_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=400), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("used_report_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bibliography_id"],
            ["bibliography.id"],
            name=op.f("fk_bibliography_record_bibliography_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["used_report_id"], ["report.id"], name=op.f("fk_bibliography_record_used_report_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bibliography_record")),
        sa.UniqueConstraint(
            "bibliography_id", "position", name=op.f("uq_bibliography_record_bibliography_id_position")
        ),
    )
    with op.batch_alter_table("bibliography_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bibliography_record_used_report_id"), ["used_report_id"], unique=False)

    op.create_table(
        "contributor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("affiliation", sa.String(length=300), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["report_author.id"], name=op.f("fk_contributor_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_contributor_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contributor_person_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_contributor_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributor")),
        sa.UniqueConstraint("author_id", name=op.f("uq_contributor_author_id")),
    )
    with op.batch_alter_table("contributor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contributor_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contributor_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contributor_report_id"), ["report_id"], unique=False)

    op.create_table(
        "draft_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_picture_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_draft_picture_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_picture")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_picture_draft_id_number")),
    )
    op.create_table(
        "rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_rendition_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_rendition_file_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_rendition_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint(
            "report_id", "draft_id", "kind", "edition", name=op.f("uq_rendition_report_id_draft_id_kind_edition")
        ),
    )
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rendition_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rendition_state_id"), ["state", "id"], unique=False)

    op.create_table(
        "review_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("hides_names", sa.Boolean(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_review_round_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_review_round_opened_by_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_review_round_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_round")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_review_round_report_id_number")),
    )
    with op.batch_alter_table("review_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_round_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "section_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_section_revision_section_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_section_revision_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_revision")),
        sa.UniqueConstraint("section_id", "version", name=op.f("uq_section_revision_section_id_version")),
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contributor_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("degree", sa.String(length=40), nullable=True),
        sa.Column("is_declared", sa.Boolean(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contributor_id"], ["contributor.id"], name=op.f("fk_contribution_contributor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_contribution_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("contributor_id", "role", name=op.f("uq_contribution_contributor_id_role")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recommendation", sa.String(length=40), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_review_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["review_round.id"], name=op.f("fk_review_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_review_round_id_person_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_person_id"), ["person_id"], unique=False)

    op.create_table(
        "review_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=True),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply", sa.String(length=40), nullable=True),
        sa.Column("reply_words", sa.Text(), nullable=False),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["replied_by_id"], ["person.id"], name=op.f("fk_review_comment_replied_by_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_comment_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    with op.batch_alter_table("review_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_comment_review_id"), ["review_id"], unique=False)

    with op.batch_alter_table("network", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disclaimer", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("funding", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("disclaimer", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reviewers", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("handle", sa.String(length=250), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_because", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_report_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_stamped_at_id"), ["stamped_at", "id"], unique=False)

    with op.batch_alter_table("report_author", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contributed_equally", sa.Boolean(), nullable=False, server_default="0"))
    _fill_in_from_projects()
    _count_editions()
    _lay_out_the_shelf()


def downgrade() -> None:
    raise NotImplementedError("what authors wrote and approved would be lost")


def _fill_in_from_projects() -> None:
    """What a report is about stands with the report; until now it was read from its project."""
    for linked, what in (("theme", "theme_id"), ("country", "country"), ("goal", "goal")):
        op.execute(
            f"INSERT INTO report_{linked} (report_id, {what}) SELECT report.id, project_{linked}.{what} FROM report "
            f"JOIN project_{linked} ON project_{linked}.project_id = report.project_id"
        )


def _count_editions() -> None:
    """What is public is a first edition, and is harvested from when it became public."""
    op.execute("UPDATE report SET edition = 1, stamped_at = published_at WHERE state = 'published'")


SHELF = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS search_words_shelf USING fts5(title, record, body, marks, "
        "content='shelved', content_rowid='place', tokenize='ascii', prefix='2 3', columnsize=0)",
        "CREATE TRIGGER IF NOT EXISTS search_words_shelf_insert AFTER INSERT ON shelved BEGIN INSERT INTO "
        "search_words_shelf (rowid, title, record, body, marks) VALUES (new.place, new.title, new.record, "
        "new.body, new.marks); END",
        "CREATE TRIGGER IF NOT EXISTS search_words_shelf_delete AFTER DELETE ON shelved BEGIN INSERT INTO "
        "search_words_shelf (search_words_shelf, rowid, title, record, body, marks) VALUES ('delete', "
        "old.place, old.title, old.record, old.body, old.marks); END",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS search_words_shelf (place bigint PRIMARY KEY REFERENCES shelved "
        "(place) ON DELETE CASCADE, title tsvector NOT NULL, record tsvector NOT NULL, body tsvector NOT "
        "NULL, marks tsvector NOT NULL)",
        "CREATE INDEX IF NOT EXISTS search_words_shelf_gin ON search_words_shelf USING gin (title, "
        "record, body, marks)",
    ),
}


def _lay_out_the_shelf() -> None:
    """The words of the library; the worker reads what is published already."""
    for statement in SHELF[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute(
        "INSERT INTO full_text (report_id, text, source, attempts) "
        "SELECT id, '', '', 0 FROM report WHERE state = 'published'"
    )
    op.execute(
        "INSERT INTO styled_citation (report_id, style, text, html, version) "
        "SELECT id, '', '', '', version FROM report WHERE state = 'published'"
    )
