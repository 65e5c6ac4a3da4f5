"""asks and mail that people can bear"""

from datetime import UTC, datetime, timedelta

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
        sa.Column("due_on", sa.Date(), nullable=False),
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
            ["addressee_type", "addressee_id", "asked_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "ix_ask_asked_by",
            ["asked_by_id"],
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
        "candidacy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_candidacy_institution_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_candidacy_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy")),
        sa.UniqueConstraint("institution_id", "network_id", name=op.f("uq_candidacy_institution_id_network_id")),
    )
    with op.batch_alter_table("candidacy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidacy_network_id"), ["network_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("has_affiliated", sa.Boolean(), nullable=False),
        sa.Column("has_seated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_invitation_institution_id")),
        sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=op.f("fk_invitation_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_person_id"), ["person_id"], unique=False)

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

    op.create_table(
        "seat_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("is_hand_over", sa.Boolean(), nullable=False),
        sa.Column("leaves_on", sa.String(length=10), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place in (1, 2)", name=op.f("ck_seat_offer_place")),
        sa.ForeignKeyConstraint(["instead_of_id"], ["contact.id"], name=op.f("fk_seat_offer_instead_of_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_seat_offer_institution_id")),
        sa.ForeignKeyConstraint(["offered_by_id"], ["person.id"], name=op.f("fk_seat_offer_offered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_offer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_offer")),
    )
    with op.batch_alter_table("seat_offer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_offer_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seat_offer_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.alter_column("at", existing_type=sa.DATETIME(), nullable=True)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sort", sa.String(length=40), nullable=False, server_default="news"))
        batch_op.add_column(sa.Column("thread", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reply_to", sa.String(length=254), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("is_held", sa.Boolean(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_delivery_recipient_id"))
        batch_op.create_index(
            "ix_delivery_failed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL AND last_error != ''"),
            postgresql_where=sa.text("sent_at IS NULL AND withdrawn_at IS NULL AND last_error != ''"),
        )
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
            "ix_delivery_held_for",
            ["recipient_id", "not_before"],
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

    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unseen_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("seen_as_of", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_milestone_partner",
            ["state", "partner_id", "last_day"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index(
            "ix_milestone_person",
            ["state", "person_id", "last_day"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index(
            "ix_milestone_project",
            ["state", "project_id", "last_day"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index(
            "ix_milestone_seen",
            ["state", "project_id", "seen_as_of"],
            unique=False,
            sqlite_where=sa.text("state = 'planned' AND seen_as_of IS NOT NULL"),
            postgresql_where=sa.text("state = 'planned' AND seen_as_of IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_milestone_unseen",
            ["unseen_day"],
            unique=False,
            sqlite_where=sa.text("unseen_day IS NOT NULL"),
            postgresql_where=sa.text("unseen_day IS NOT NULL"),
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rhythm", sa.String(length=40), nullable=False, server_default="daily"))
        batch_op.add_column(sa.Column("mail_trouble", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("mail_trouble_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_as_of", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_terms_asked_as_of"), ["asked_as_of"], unique=False)
    op.execute("UPDATE milestone SET unseen_day = last_day WHERE state = 'planned'")
    _ask_what_waited(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("what was asked and answered would be lost")


def _ask_what_waited(connection: sa.Connection) -> None:
    """What waited for an answer before there were asks: invitations, offers, proposals and claims of affiliation.

    Nobody is mailed at once; a reminder comes after three days. Terms and milestones are asked by the worker.
    """
    now = datetime.now(UTC)
    table = sa.MetaData()
    names = ("ask", "project", "partner", "institution", "network", "person", "affiliation", "membership")
    table.reflect(connection, only=(*names, "token", "invitation"))
    ask, project, partner, institution, network, person, affiliation, membership = (table.tables[n] for n in names)
    token, invitation = table.tables["token"], table.tables["invitation"]

    def add(kind: str, subject: str, row: sa.Row, about: str, to: tuple[str, int, str], **details: str) -> None:
        asked_at = row.asked_at or now
        values = {
            "kind": kind,
            "subject_type": subject,
            "subject_id": row.subject_id,
            "about_type": about,
            "about_id": row.about_id,
            "network_id": row.network_id,
            "addressee_type": to[0],
            "addressee_id": to[1],
            "addressee_name": to[2][:250],
            "state": "open",
            "asked_by_id": row.asked_by_id,
            "asked_by_name": row.asked_by or "",
            "asked_at": asked_at,
            "due_on": asked_at.date() + timedelta(days=14),
            "remind_at": now + timedelta(days=3),
            "reminders": 0,
            "choice": "",
            "ended_words": "",
            "details": {"title": row.title, "path": f"/{about}s/{row.about_id}", **details},
        }
        connection.execute(ask.insert().values(values))

    of_project = (
        project.c.id.label("about_id"),
        project.c.network_id,
        project.c.title,
        project.c.language,
        project.c.question,
        network.c.name.label("network"),
    )
    waiting = (
        sa.select(
            *of_project,
            partner.c.id.label("subject_id"),
            partner.c.commitment,
            partner.c.note,
            partner.c.asked_at,
            partner.c.asked_by_id,
            person.c.name.label("asked_by"),
            institution.c.id.label("institution_id"),
            institution.c.name.label("institution"),
        )
        .join_from(partner, project, partner.c.project_id == project.c.id)
        .join(network, network.c.id == project.c.network_id)
        .join(institution, institution.c.id == partner.c.institution_id)
        .outerjoin(person, person.c.id == partner.c.asked_by_id)
        .where(partner.c.commitment.in_(("invited", "interested")))
    )
    for row in connection.execute(waiting).all():
        known = {"language": row.language, "note": row.note}
        if row.commitment == "invited":
            more = {"network": row.network, "question": row.question[:600]}
            to = ("institution", row.institution_id, row.institution)
            add("recruiting.invitation", "partner", row, "project", to, **known, **more)
        else:
            to = ("project", row.about_id, row.title)
            add("recruiting.offer", "partner", row, "project", to, **known, partner=row.institution)
    proposed = (
        sa.select(
            *of_project,
            project.c.id.label("subject_id"),
            project.c.changed_at.label("asked_at"),
            project.c.created_by_id.label("asked_by_id"),
            person.c.name.label("asked_by"),
        )
        .join_from(project, network, network.c.id == project.c.network_id)
        .outerjoin(person, person.c.id == project.c.created_by_id)
        .where(project.c.state == "proposed")
    )
    for row in connection.execute(proposed).all():
        to = ("network", row.network_id, row.network)
        add("projects.proposal", "project", row, "project", to, language=row.language, question=row.question[:600])
    claimed = (
        sa.select(
            affiliation.c.id.label("subject_id"),
            institution.c.id.label("about_id"),
            institution.c.name.label("title"),
            sa.select(sa.func.min(membership.c.network_id))
            .where(membership.c.institution_id == institution.c.id, membership.c.left_on.is_(None))
            .scalar_subquery()
            .label("network_id"),
            sa.null().label("asked_at"),
            person.c.id.label("asked_by_id"),
            person.c.name.label("asked_by"),
        )
        .join_from(affiliation, institution, institution.c.id == affiliation.c.institution_id)
        .join(person, person.c.id == affiliation.c.person_id)
        .where(affiliation.c.confirmed_at.is_(None), affiliation.c.ends_on.is_(None))
    )
    for row in connection.execute(claimed).all():
        to = ("institution", row.about_id, row.title)
        add("contacts.claim", "affiliation", row, "institution", to, person=row.asked_by)
    invited = (
        sa.select(token.c.id, token.c.value, token.c.created_at, person.c.id.label("person_id"))
        .join_from(token, person, person.c.id == token.c.person_id)
        .where(token.c.purpose == "join", token.c.used_at.is_(None), token.c.withdrawn_at.is_(None))
        .where(person.c.joined_at.is_(None))
    )
    for open_link in connection.execute(invited).all():  # asking for a new link raises the ask
        for path in open_link.value.split() or [""]:
            kind, _slash, number = path.strip("/").partition("/")
            place = {f"{kind[:-1]}_id": int(number)} if kind in ("institutions", "networks") else {}
            connection.execute(
                invitation.insert().values(
                    person_id=open_link.person_id,
                    has_affiliated=False,
                    has_seated=False,
                    created_at=open_link.created_at,
                    **place,
                )
            )
