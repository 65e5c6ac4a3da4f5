"""What a seat is found and compared by: the words of its skills, of its themes, and of its project's title."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import db
from tracker.projects.models import Project
from tracker.search import index
from tracker.seats.models import Seat
from tracker.themes.models import Theme


def themes_of(seat: Seat) -> list[Theme]:
    """What the seat is about: its own themes, or where it names none those of its project."""
    return seat.themes or seat.project.themes


def words_of(seat: Seat) -> str:
    """The text that it is found by."""
    return "\n".join([seat.skills, *(theme.name for theme in themes_of(seat)), seat.project.title])


def index_for_search(seat: Seat) -> None:
    """Make the seat findable by its words."""
    db.session.flush()
    index.put("seat", seat.id, words_of(seat))


@index.follows("project")
def _follow_project(project_id: int) -> None:
    """The words of a project hold its title and its themes."""
    _index_again(Seat.project_id == project_id)


@index.follows("theme")
def _follow_theme(theme_id: int) -> None:
    _index_again(Seat.themes.any(Theme.id == theme_id))


def _index_again(condition: sa.ColumnElement[bool]) -> None:
    with_words = (selectinload(Seat.themes), joinedload(Seat.project).selectinload(Project.themes))
    seats: Iterable[Seat] = db.session.scalars(sa.select(Seat).where(condition).options(*with_words))
    for seat in list(seats):
        index_for_search(seat)
