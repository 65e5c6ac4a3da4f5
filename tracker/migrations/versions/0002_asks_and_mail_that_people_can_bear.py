"""asks and mail that people can bear"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("about_type", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("addressee_type", sa.String(length=20), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("addressee_name", sa.String(length=250), nullable=False),
        sa.Column("delegated_to_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_ask_asked_by_id")),
        sa.ForeignKeyConstraint(["delegated_to_id"], ["person.id"], name=op.f("fk_ask_delegated_to_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_ask_network_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_ask_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ask_about",
            ["about_type", "about_id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_addressee",
            ["addressee_type", "addressee_id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_board",
            ["network_id", "kind", "due_on", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_delegated",
            ["delegated_to_id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_due",
            ["network_id", "due_on", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_expires",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_remind",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            batch_op.f("ix_ask_subject_type_subject_id"), ["subject_type", "subject_id"], unique=False
        )
        batch_op.create_index(
            "uq_ask_open",
            ["kind", "subject_type", "subject_id", "addressee_type", "addressee_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "ask_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("for_name", sa.String(length=250), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_answer_ask_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ask_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_answer")),
    )
    with op.batch_alter_table("ask_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_answer_ask_id"), ["ask_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_answer_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ask_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_link_ask_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ask_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_link")),
        sa.UniqueConstraint("hash", name=op.f("uq_ask_link_hash")),
    )
    with op.batch_alter_table("ask_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_link_ask_id_person_id"), ["ask_id", "person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ask_link_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sort", sa.String(length=40), nullable=False, server_default=sa.text("'news'")))
        batch_op.add_column(sa.Column("thread", sa.String(length=60), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column("reply_to", sa.String(length=254), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_delivery_recipient_id"))
        batch_op.drop_index("ix_delivery_owed")
        batch_op.create_index(
            "ix_delivery_owed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL AND is_held = false"),
            postgresql_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL AND is_held = false"),
        )
        batch_op.create_index(
            "ix_delivery_held",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL AND is_held = true"),
            postgresql_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL AND is_held = true"),
        )
        batch_op.create_index(
            batch_op.f("ix_delivery_recipient_id_created_at"), ["recipient_id", "created_at"], unique=False
        )
        batch_op.create_index(
            "ix_delivery_thread",
            ["thread"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_delivery_digest_id"), "delivery", ["digest_id"], ["id"])

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("rhythm", sa.String(length=40), nullable=False, server_default=sa.text("'daily'"))
        )
        batch_op.add_column(
            sa.Column("mail_trouble", sa.String(length=300), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("mail_trouble_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("what was asked and answered would be lost")
