"""seats, calls, terms in parts"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("native_name", sa.String(length=250), nullable=False),
        sa.Column("acronym", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("website", sa.String(length=500), nullable=False),
        sa.Column("ror", sa.String(length=9), nullable=False),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("person_email", sa.String(length=254), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_application_institution_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_application_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_person_email"), ["person_email"], unique=False)

    op.create_table(
        "institution_alias",
        sa.Column("old_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("old_name", sa.String(length=250), nullable=False),
        sa.Column("import_key", sa.String(length=120), nullable=True),
        sa.Column("ror", sa.String(length=9), nullable=True),
        sa.Column("merged_by_id", sa.Integer(), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_institution_alias_institution_id")
        ),
        sa.ForeignKeyConstraint(["merged_by_id"], ["person.id"], name=op.f("fk_institution_alias_merged_by_id")),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_institution_alias")),
    )
    with op.batch_alter_table("institution_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_institution_alias_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "terms_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_order", sa.String(length=40), nullable=False),
        sa.Column("author_order_words", sa.Text(), nullable=False),
        sa.Column("working_language", sa.String(length=20), nullable=False),
        sa.Column("translations", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("leaving", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_terms_template_changed_by_id")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_terms_template_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_template")),
        sa.UniqueConstraint("network_id", "language", name=op.f("uq_terms_template_network_id_language")),
    )
    op.create_table(
        "wish",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("institutions", sa.Integer(), nullable=True),
        sa.Column("countries", sa.Integer(), nullable=True),
        sa.Column("regions", sa.Integer(), nullable=True),
        sa.Column("languages", sa.Integer(), nullable=True),
        sa.Column("newcomers", sa.Integer(), nullable=True),
        sa.Column("largest_share", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_wish_network_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("network_id", name=op.f("pk_wish")),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("questions_until", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_call_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("project_id", name=op.f("uq_call_project_id")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(
            "ix_call_closing",
            ["closes_on"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "call_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("is_unsaid", sa.Boolean(), nullable=False),
        sa.Column("answer_language", sa.String(length=20), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_call_question_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_call_question_asked_by_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_call_question_institution_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_call_question_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_question")),
    )
    with op.batch_alter_table("call_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_question_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_question_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_question_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "ix_call_question_unanswered",
            ["id"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL AND withdrawn_at IS NULL"),
        )

    op.create_table(
        "saved_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_saved_call_institution_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_saved_call_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_saved_call_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_call")),
        sa.UniqueConstraint("project_id", "institution_id", name=op.f("uq_saved_call_project_id_institution_id")),
    )
    with op.batch_alter_table("saved_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_call_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("skills", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("taken >= 0 and taken <= wanted", name=op.f("ck_seat_taken")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_seat_created_by_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_seat_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_place_state"), ["place", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_seat_state_until_project_id_place_language_id"),
            ["state", "until", "project_id", "place", "language", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_seat_untold",
            ["id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "union_of_projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_union_of_projects_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_union_of_projects_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["into_id"], ["project.id"], name=op.f("fk_union_of_projects_into_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_union_of_projects_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_union_of_projects")),
    )
    with op.batch_alter_table("union_of_projects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_union_of_projects_into_id"), ["into_id"], unique=False)
        batch_op.create_index(
            "ix_union_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "uq_union_open",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "filling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_filling_partner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_filling_seat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filling")),
    )
    with op.batch_alter_table("filling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filling_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(
            "uq_filling_current",
            ["seat_id", "partner_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_ledger_entry_partner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ledger_entry_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_partner_id"), ["partner_id"], unique=False)

    op.create_table(
        "seat_theme",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_theme_seat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_seat_theme_theme_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seat_id", "theme_id", name=op.f("pk_seat_theme")),
    )
    with op.batch_alter_table("seat_theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_theme_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "terms_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terms_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("partner_name", sa.String(length=250), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partner.id"], name=op.f("fk_terms_task_partner_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["terms_id"], ["terms.id"], name=op.f("fk_terms_task_terms_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_task")),
    )
    with op.batch_alter_table("terms_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_task_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_terms_task_terms_id"), ["terms_id"], unique=False)

    with op.batch_alter_table("institution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_institution_country"))
        batch_op.create_index(
            batch_op.f("ix_institution_country_sort_name_checked_at"),
            ["country", "sort_name", "checked_at"],
            unique=False,
        )

    with op.batch_alter_table("partner", schema=None) as batch_op:
        batch_op.add_column(sa.Column("people", sa.Text(), nullable=False, server_default=""))
        batch_op.drop_index(batch_op.f("ix_partner_institution_id"))
        batch_op.create_index(
            batch_op.f("ix_partner_institution_id_commitment_project_id"),
            ["institution_id", "commitment", "project_id"],
            unique=False,
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hears_of_calls", sa.Boolean(), nullable=False, server_default="1"))

    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_project_state_audience_network_id_id"),
            ["state", "audience", "network_id", "id"],
            unique=False,
        )

    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author_order", sa.String(length=40), nullable=False, server_default="unsaid"))
        batch_op.add_column(sa.Column("author_order_words", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("working_language", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("translations", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("publisher", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("funding", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("data", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("leaving", sa.Text(), nullable=False, server_default=""))
    _begin_the_ledger()


def downgrade() -> None:
    raise NotImplementedError("what partners confirmed and offered would be lost")


def _begin_the_ledger() -> None:
    """What each partner stands for by now is its first line: who asked or answered, and when."""
    op.execute(
        "INSERT INTO ledger_entry (partner_id, commitment, at, person_id, person_name, note) "
        "SELECT partner.id, partner.commitment, COALESCE(partner.answered_at, partner.asked_at), person.id, "
        "COALESCE(person.name, ''), partner.answer_note FROM partner LEFT JOIN person "
        "ON person.id = COALESCE(partner.answered_by_id, partner.asked_by_id) ORDER BY partner.id"
    )
