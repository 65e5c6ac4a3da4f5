from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.asks.states import AskState
from tracker.database import Base
from tracker.dates import earth_day
from tracker.institutions.models import Person

_IS_OPEN = sa.text("state = 'open'")


def _open(name: str, *columns: str, unique: bool = False) -> sa.Index:
    """An index over the open asks only: few among very many."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)


@dataclass(frozen=True)
class About:
    """The page an ask is about, as far as the history needs to know it."""

    __tablename__: str
    id: int
    label: str
    path: str


class Ask(Base):
    """One question that waits for one person, institution, network or the leads of a project.

    The subject is the row that the answer acts upon; `about` is the page that shows whose turn it is. The names
    in `addressee_name` and `details` are as they were when it was asked.
    """

    __tablename__ = "ask"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    about_type: Mapped[str] = mapped_column(sa.String(40))
    about_id: Mapped[int]
    network_id: Mapped[int | None] = mapped_column(sa.ForeignKey("network.id"))  # whose coordinators look after it
    addressee_type: Mapped[str] = mapped_column(sa.String(20))  # see addressees.py
    addressee_id: Mapped[int]
    addressee_name: Mapped[str] = mapped_column(sa.String(250), default="")
    delegated_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # "not me: ask …"
    state: Mapped[AskState] = mapped_column(default=AskState.OPEN)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    asked_by_name: Mapped[str] = mapped_column(sa.String(200), default="")  # empty: the tracker itself
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_on: Mapped[date]  # until the end of this day, anywhere on Earth
    expires_at: Mapped[datetime | None]  # nobody can answer any more; None: it stays open
    remind_at: Mapped[datetime | None]  # when the worker next reminds of it
    reminders: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None]  # when its last mail was owed
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # what its sentences name
    choice: Mapped[str] = mapped_column(sa.String(40), default="")  # the answer that stands
    ended_at: Mapped[datetime | None]  # answered, or closed in another way
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))  # by hand; None: by what happened
    ended_words: Mapped[str] = mapped_column(sa.Text, default="")  # why it was withdrawn

    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_id)
    delegated_to: Mapped[Person | None] = relationship(foreign_keys=delegated_to_id)
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="ask", cascade="all, delete-orphan", order_by="Answer.id"
    )

    __table_args__ = (
        _open("uq_ask_open", "kind", "subject_type", "subject_id", "addressee_type", "addressee_id", unique=True),
        sa.Index(None, "subject_type", "subject_id"),
        _open("ix_ask_addressee", "addressee_type", "addressee_id", "asked_at"),
        _open("ix_ask_delegated", "delegated_to_id"),
        _open("ix_ask_asked_by", "asked_by_id"),
        _open("ix_ask_about", "about_type", "about_id"),
        _open("ix_ask_board", "network_id", "kind", "due_on", "id"),
        _open("ix_ask_due", "network_id", "due_on", "id"),
        _open("ix_ask_expires", "expires_at"),
        _open("ix_ask_remind", "remind_at"),
        sa.Index(  # where help was asked for
            "ix_ask_help",
            "kind",
            "network_id",
            "subject_id",
            sqlite_where=sa.text("choice = 'help'"),
            postgresql_where=sa.text("choice = 'help'"),
        ),
    )

    @property
    def is_open(self) -> bool:
        return self.state is AskState.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < earth_day()

    @property
    def answer(self) -> "Answer | None":
        """The answer that stands."""
        return self.answers[-1] if self.answers else None

    @property
    def label(self) -> str:
        return str(self.details.get("title", ""))

    @property
    def language(self) -> str:
        """Of the title, where it is known."""
        return str(self.details.get("language", ""))

    @property
    def note(self) -> str:
        """The words of whoever asks."""
        return str(self.details.get("note", ""))

    @property
    def path(self) -> str:
        """Where signed-in people answer it."""
        return f"/asks/{self.id}"

    @property
    def thread(self) -> str:
        """What its mails have in common."""
        return f"ask-{self.id}"


# As the indexes say it, to the word: SQLite uses a partial index for nothing else that is part of a larger condition.
IS_OPEN = Ask.state == sa.literal_column("'open'")


class Answer(Base):
    """What was answered, by whom, for whom, and how. Never edited: a changed mind adds a row."""

    __tablename__ = "ask_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id", ondelete="CASCADE"), index=True)
    choice: Mapped[str] = mapped_column(sa.String(40))
    values: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # what went with it: days in ISO 8601
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person_name: Mapped[str] = mapped_column(sa.String(200), default="")
    for_name: Mapped[str] = mapped_column(sa.String(250), default="")  # the institution's; empty: for themselves
    by_link: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    ask: Mapped[Ask] = relationship(back_populates="answers")


class AskLink(Base):
    """One person's right to answer one ask without signing in. The link itself is never stored: see links.py."""

    __tablename__ = "ask_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(sa.ForeignKey("ask.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    nonce: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    ask: Mapped[Ask] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (sa.Index(None, "ask_id", "person_id"),)
