from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tracker import clock, markdown
from tracker.activity.states import Rhythm
from tracker.database import Base
from tracker.dates import PartialDate, PartialDateType, earth_day
from tracker.folding import fold
from tracker.institutions.states import Gender
from tracker.themes.models import Theme

institution_theme = sa.Table(
    "institution_theme",
    Base.metadata,
    sa.Column("institution_id", sa.ForeignKey("institution.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True),
)


def folded_acronym(acronym: str) -> str:
    """An acronym as all ways to write it are compared, cut to its column."""
    return fold(acronym).strip()[:80]


class InstitutionLanguage(Base):
    """An institution works in a language (BCP 47 tag)."""

    __tablename__ = "institution_language"

    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(20), primary_key=True, index=True)


class Institution(Base):
    """A think tank, academy or university centre."""

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)  # the row of a list it came from
    name: Mapped[str] = mapped_column(sa.String(250))
    sort_name: Mapped[str] = mapped_column(
        sa.String(250), default="", index=True
    )  # folded: databases order differently
    native_name: Mapped[str] = mapped_column(sa.String(250), default="")
    native_language: Mapped[str] = mapped_column(sa.String(20), default="")
    other_names: Mapped[str] = mapped_column(sa.Text, default="")  # one a line
    acronym: Mapped[str] = mapped_column(sa.String(40), default="")
    folded_acronym: Mapped[str] = mapped_column(sa.String(80), default="", index=True)  # SQLite folds only ASCII
    country: Mapped[str] = mapped_column(sa.String(2))
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    ror: Mapped[str | None] = mapped_column(sa.String(9), unique=True)
    wikidata: Mapped[str] = mapped_column(sa.String(20), default="")
    founded: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    kind: Mapped[str] = mapped_column(sa.String(60), default="")  # as its source says
    description: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    description_html: Mapped[str] = mapped_column(sa.Text, default="")
    notes: Mapped[str] = mapped_column(sa.Text, default="")  # for coordinators: what has no field, how far to trust it
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    checked_at: Mapped[datetime | None]  # when a contact or coordinator last confirmed the record

    language_links: Mapped[list[InstitutionLanguage]] = relationship(
        cascade="all, delete-orphan", order_by=InstitutionLanguage.language
    )
    themes: Mapped[list[Theme]] = relationship(secondary=institution_theme, order_by=Theme.name)
    memberships: Mapped[list["Membership"]] = relationship(back_populates="institution", order_by="Membership.id")
    affiliations: Mapped[list["Affiliation"]] = relationship(back_populates="institution", order_by="Affiliation.id")
    contacts: Mapped[list["Contact"]] = relationship(
        primaryjoin="and_(Contact.institution_id == Institution.id, Contact.until.is_(None))",
        order_by="Contact.place",
        viewonly=True,
    )

    # Wide enough to rank all of them within the index: the rows with their texts lie far apart.
    __table_args__ = (sa.Index(None, "country", "sort_name", "checked_at"),)

    @validates("description")
    def _render(self, _key: str, text: str) -> str:
        self.description_html = markdown.render(text)
        return text

    @validates("acronym")
    def _fold(self, _key: str, acronym: str) -> str:
        self.folded_acronym = folded_acronym(acronym)
        return acronym

    @property
    def languages(self) -> list[str]:
        return [link.language for link in self.language_links]

    @property
    def network_ids(self) -> set[int]:
        """The networks it is a member of now."""
        return {membership.network_id for membership in self.memberships if membership.left_on is None}

    @property
    def label(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return self.acronym or self.name

    @property
    def path(self) -> str:
        return f"/institutions/{self.id}"


class InstitutionAlias(Base):
    """The number of a record that was merged into another: its old addresses lead there."""

    __tablename__ = "institution_alias"

    old_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    old_name: Mapped[str] = mapped_column(sa.String(250), default="")
    import_key: Mapped[str | None] = mapped_column(sa.String(120))  # under which a list still calls it
    ror: Mapped[str | None] = mapped_column(sa.String(9))  # its ROR id, where the other record's was kept
    merged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    merged_at: Mapped[datetime] = mapped_column(default=clock.now)

    institution: Mapped[Institution] = relationship()


class Network(Base):
    """An alliance of institutions, with coordinators."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    description: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    description_html: Mapped[str] = mapped_column(sa.Text, default="")
    website: Mapped[str] = mapped_column(sa.String(500), default="")
    moderates: Mapped[bool] = mapped_column(default=True)  # a coordinator accepts proposals before partners are sought
    disclaimer: Mapped[str] = mapped_column(sa.Text, default="")  # what reports of its projects start with
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="network", order_by="Membership.id")
    coordinators: Mapped[list["Coordinator"]] = relationship(back_populates="network", order_by="Coordinator.id")

    @validates("description")
    def _render(self, _key: str, text: str) -> str:
        self.description_html = markdown.render(text)
        return text

    @property
    def label(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/networks/{self.id}"


class Membership(Base):
    """An institution in a network, from a day until it leaves. Voluntary."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"))
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"), index=True)
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]

    institution: Mapped[Institution] = relationship(back_populates="memberships")
    network: Mapped[Network] = relationship(back_populates="memberships")

    __table_args__ = (
        sa.Index(
            "uq_membership_current",
            "institution_id",
            "network_id",
            unique=True,
            sqlite_where=sa.text("left_on IS NULL"),
            postgresql_where=sa.text("left_on IS NULL"),
        ),
    )


class Person(Base):
    """Someone with an account, or known by name only. A name is one field plus how to sort it."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    sort_name: Mapped[str] = mapped_column(sa.String(200), default="")  # "Nguyen, Thi Minh"; empty: as the name
    folded_name: Mapped[str] = mapped_column(sa.String(250), default="", index=True)
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)  # lower case
    password_hash: Mapped[str] = mapped_column(sa.String(300), default="")
    session_key: Mapped[str | None] = mapped_column(sa.String(64), unique=True)  # a new one ends all sessions
    languages: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    interface_language: Mapped[str] = mapped_column(sa.String(20), default="")
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")
    rhythm: Mapped[Rhythm] = mapped_column(default=Rhythm.DAILY)  # of mail about what happened
    hears_of_calls: Mapped[bool] = mapped_column(default=True)  # of new seats that fit their institution
    mail_trouble: Mapped[str] = mapped_column(sa.String(300), default="")  # why mail does not reach them, as was said
    mail_trouble_at: Mapped[datetime | None]
    orcid: Mapped[str | None] = mapped_column(sa.String(19), unique=True)
    gender: Mapped[Gender] = mapped_column(default=Gender.UNSAID)  # as the person says; counted, never shown
    about: Mapped[str] = mapped_column(sa.Text, default="")  # Markdown
    about_html: Mapped[str] = mapped_column(sa.Text, default="")
    is_listed: Mapped[bool] = mapped_column(default=True)  # has a public page
    joined_at: Mapped[datetime | None]  # first sign-in; None: known by name, or invited
    seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    affiliations: Mapped[list["Affiliation"]] = relationship(back_populates="person", order_by="Affiliation.id")
    contact_places: Mapped[list["Contact"]] = relationship(back_populates="person", order_by="Contact.id")
    coordinator_places: Mapped[list["Coordinator"]] = relationship(back_populates="person", order_by="Coordinator.id")
    memberships: Mapped[list[Membership]] = relationship(
        secondary="affiliation",
        primaryjoin="Person.id == Affiliation.person_id",
        secondaryjoin="and_(Affiliation.institution_id == Membership.institution_id, Membership.left_on.is_(None))",
        viewonly=True,
    )

    is_authenticated = True  # what Flask-Login asks of a signed-in user
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.session_key or ""

    @validates("about")
    def _render(self, _key: str, text: str) -> str:
        self.about_html = markdown.render(text)
        return text

    @property
    def label(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"/people/{self.id}"

    @property
    def current_affiliations(self) -> list["Affiliation"]:
        return [affiliation for affiliation in self.affiliations if affiliation.is_current]

    @property
    def institution_ids(self) -> set[int]:
        """Where they work now, as far as the institution has confirmed it."""
        return {held.institution_id for held in self.current_affiliations if held.confirmed_at is not None}

    @property
    def place_ids(self) -> set[int]:
        """The institutions whose contact's place they hold, whether or not they still work there."""
        return {place.institution_id for place in self.contact_places if place.until is None}

    @property
    def contact_ids(self) -> set[int]:
        """The institutions they answer for: they hold a contact's place, and work there now."""
        return self.place_ids & self.institution_ids

    @property
    def coordinated_ids(self) -> set[int]:
        """The networks they coordinate."""
        return {place.network_id for place in self.coordinator_places if place.until is None}

    @property
    def network_ids(self) -> set[int]:
        """The networks whose members-only pages they may read."""
        at_work = self.institution_ids
        return self.coordinated_ids | {
            membership.network_id for membership in self.memberships if membership.institution_id in at_work
        }

    @property
    def is_coordinator(self) -> bool:
        return bool(self.coordinated_ids)


class Affiliation(Base):
    """A person at an institution, in a position, from and until a date that may be partial."""

    __tablename__ = "affiliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    position: Mapped[str] = mapped_column(sa.String(120), default="")
    starts_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    ends_on: Mapped[PartialDate | None] = mapped_column(PartialDateType)
    confirmed_at: Mapped[datetime | None]  # None: the person says so; it gives no say until a contact confirms it

    person: Mapped[Person] = relationship(back_populates="affiliations")
    institution: Mapped[Institution] = relationship(back_populates="affiliations")

    @property
    def is_current(self) -> bool:
        return self.ends_on is None or self.ends_on.last_day >= earth_day()


class Contact(Base):
    """One of an institution's two contacts: place 1 is the main one, 2 the second. Past ones are kept."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(sa.ForeignKey("institution.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    place: Mapped[int]
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]

    institution: Mapped[Institution] = relationship()
    person: Mapped[Person] = relationship(back_populates="contact_places")

    @property
    def answers(self) -> bool:
        """Whether they answer now: who has left does not, though nobody has cleared the place yet."""
        return self.until is None and self.institution_id in self.person.institution_ids

    __table_args__ = (
        sa.CheckConstraint("place in (1, 2)", name="place"),
        sa.Index(
            "uq_contact_current",
            "institution_id",
            "place",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
    )


class Coordinator(Base):
    """A person who coordinates a network. Past ones are kept."""

    __tablename__ = "coordinator"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]

    network: Mapped[Network] = relationship(back_populates="coordinators")
    person: Mapped[Person] = relationship(back_populates="coordinator_places")
