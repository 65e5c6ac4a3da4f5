"""progress, boards and tables"""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from tracker.dates import PartialDate

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "board_text",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_board_text_changed_by_id")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_board_text_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", name=op.f("pk_board_text")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint(
            "person_id", "scope", "subject_id", name=op.f("uq_calendar_feed_person_id_scope_subject_id")
        ),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_key", sa.String(length=700), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_event_created_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_event_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("import_key", name=op.f("uq_event_import_key")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_day_id"), ["day", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_network_id_day_id"), ["network_id", "day", "id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person_id", "page", "name", name=op.f("uq_saved_view_person_id_page_name")),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sheet_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_person_id"), ["person_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_by_name", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_snapshot_network_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_snapshot_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_network_id_taken_at"), ["network_id", "taken_at"], unique=False)

    op.create_table(
        "event_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("listed_as", sa.String(length=250), nullable=False),
        sa.Column("listed_country", sa.String(length=2), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_guest_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_event_guest_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_guest")),
        sa.UniqueConstraint("event_id", "institution_id", name=op.f("uq_event_guest_event_id_institution_id")),
    )
    with op.batch_alter_table("event_guest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_guest_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_guest_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "event_project",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_project_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_event_project_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "project_id", name=op.f("pk_event_project")),
    )
    with op.batch_alter_table("event_project", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_project_project_id"), ["project_id"], unique=False)

    op.create_table(
        "event_theme",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_theme_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_event_theme_theme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "theme_id", name=op.f("pk_event_theme")),
    )
    with op.batch_alter_table("event_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "health_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("health", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_health_line_person_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_health_line_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_line")),
    )
    with op.batch_alter_table("health_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_health_line_project_id_id"), ["project_id", "id"], unique=False)
        batch_op.create_index(
            "uq_health_line_current",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "plan_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_plan_template_created_by_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_plan_template_network_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_plan_template_project_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template")),
    )
    with op.batch_alter_table("plan_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_template_network_id"), ["network_id"], unique=False)

    op.create_table(
        "project_funder",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_funder_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "kind", name=op.f("pk_project_funder")),
    )
    op.create_table(
        "secretariat_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("project_id IS NULL OR institution_id IS NULL", name=op.f("ck_secretariat_note_about_one")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_secretariat_note_author_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_secretariat_note_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_secretariat_note_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secretariat_note")),
    )
    with op.batch_alter_table("secretariat_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_secretariat_note_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_secretariat_note_project_id"), ["project_id"], unique=False)

    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_export_file_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_export_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    with op.batch_alter_table("export", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_export_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_export_unfinished",
            ["id"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "plan_template_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("follows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["plan_template.id"], name=op.f("fk_plan_template_item_template_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template_item")),
    )
    with op.batch_alter_table("plan_template_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_template_item_template_id"), ["template_id"], unique=False)

    op.create_table(
        "event_report",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_report_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_event_report_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "report_id", name=op.f("pk_event_report")),
    )
    with op.batch_alter_table("event_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_report_report_id"), ["report_id"], unique=False)

    op.create_table(
        "milestone_file",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_file_milestone_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_milestone_file_stored_file_id")),
        sa.PrimaryKeyConstraint("milestone_id", "stored_file_id", name=op.f("pk_milestone_file")),
    )
    op.create_table(
        "milestone_helper",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_helper_milestone_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_milestone_helper_partner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("milestone_id", "partner_id", name=op.f("pk_milestone_helper")),
    )
    with op.batch_alter_table("milestone_helper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_helper_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "milestone_order",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["before_id"], ["milestone.id"], name=op.f("fk_milestone_order_before_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_order_milestone_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("milestone_id", "before_id", name=op.f("pk_milestone_order")),
    )
    with op.batch_alter_table("milestone_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_order_before_id"), ["before_id"], unique=False)

    op.create_table(
        "report_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("said_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_report_use_file_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_report_use_institution_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_use_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_report_use_said_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_use")),
    )
    with op.batch_alter_table("report_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_use_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_use_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_use_report_id_day_id"), ["report_id", "day", "id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("going", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_check_in_answered_by_id")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_check_in_milestone_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["progress_note.id"], name=op.f("fk_check_in_note_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_check_in_partner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_check_in_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("partner_id", "month", name=op.f("uq_check_in_partner_id_month")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_month_going"), ["month", "going"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_in_project_id_month"), ["project_id", "month"], unique=False)

    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ask_help",
            ["kind", "network_id", "subject_id"],
            unique=False,
            sqlite_where=sa.text("choice = 'help'"),
            postgresql_where=sa.text("choice = 'help'"),
        )

    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_last_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("done_day", sa.Date(), nullable=True))
        batch_op.create_index(
            "ix_milestone_promised", ["first_last_day", "project_id", "state", "done_day", "last_day"], unique=False
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gender", sa.String(length=40), nullable=False, server_default=""))

    with op.batch_alter_table("report_author", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_corresponding", sa.Boolean(), nullable=False, server_default="0"))

    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("deleted_by_name", sa.String(length=200), nullable=False, server_default=""))
        batch_op.create_index(
            batch_op.f("ix_stored_file_project_id_deleted_at_size"), ["project_id", "deleted_at", "size"], unique=False
        )
        batch_op.create_foreign_key(batch_op.f("fk_stored_file_deleted_by_id"), "person", ["deleted_by_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_stored_file_project_id"), "project", ["project_id"], ["id"], ondelete="SET NULL"
        )
    _keep_last_days()
    _say_whose_files()


def downgrade() -> None:
    raise NotImplementedError("what partners said and coordinators kept would be lost")


def _keep_last_days() -> None:
    """The last days of first dates and of days of completion, which may be partial, beside their texts."""
    milestone = sa.table(
        "milestone",
        sa.column("id", sa.Integer),
        sa.column("first_due", sa.String),
        sa.column("first_last_day", sa.Date),
        sa.column("done_on", sa.String),
        sa.column("done_day", sa.Date),
    )
    connection = op.get_bind()
    dated = sa.select(milestone.c.id, milestone.c.first_due, milestone.c.done_on).where(
        sa.or_(milestone.c.first_due.is_not(None), milestone.c.done_on.is_not(None))
    )
    days = [
        {"row": row.id, "first": _last_day(row.first_due), "done": _last_day(row.done_on)}
        for row in connection.execute(dated)
    ]
    if days:
        update = sa.update(milestone).where(milestone.c.id == sa.bindparam("row"))
        values: dict[str, Any] = {"first_last_day": sa.bindparam("first"), "done_day": sa.bindparam("done")}
        connection.execute(update.values(values), days)


def _last_day(text: str | None) -> date | None:
    return PartialDate(text).last_day if text else None


def _say_whose_files() -> None:
    """Files of notes and reports count against the quota of their project."""
    op.execute(
        "UPDATE stored_file SET project_id = (SELECT progress_note.project_id FROM progress_note_file "
        "JOIN progress_note ON progress_note.id = progress_note_file.progress_note_id "
        "WHERE progress_note_file.stored_file_id = stored_file.id)"
    )
    op.execute(
        "UPDATE stored_file SET project_id = (SELECT report.project_id FROM report "
        "WHERE report.file_id = stored_file.id) WHERE project_id IS NULL"
    )
