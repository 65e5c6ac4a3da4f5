from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import db
from tracker.themes.models import Theme

ON_A_PAGE = (joinedload(Theme.parent), selectinload(Theme.children), selectinload(Theme.goal_links))


@dataclass
class Branch:
    """A theme with its children below it and its depth in the tree (0 at the root)."""

    theme: Theme
    depth: int = 0
    children: list["Branch"] = field(default_factory=list)


def all_themes(retired: bool = False) -> list[Theme]:
    """Every theme with its goals, in the order of the tree's levels."""
    query = sa.select(Theme).options(selectinload(Theme.goal_links)).order_by(Theme.position, Theme.name, Theme.id)
    return list(db.session.scalars(query if retired else query.where(Theme.retired_at.is_(None))))


def tree(themes: Iterable[Theme]) -> list[Branch]:
    """The themes as a tree. One whose parent is not among them stands at the root."""
    branches = {theme.id: Branch(theme) for theme in themes}
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.theme.parent_id or 0)
        (above.children if above else roots).append(branch)
    _number(roots, 0)
    return roots


def flattened(roots: Iterable[Branch]) -> list[Branch]:
    """The tree as one list, each branch followed by what is below it."""
    return [below for root in roots for below in [root, *flattened(root.children)]]


def choices(keep: Iterable[int] = ()) -> list[tuple[int, str]]:
    """(id, name) for a form, indented by depth. Retired themes only where already chosen (`keep`)."""
    kept = set(keep)
    offered = [theme for theme in all_themes(retired=True) if theme.retired_at is None or theme.id in kept]
    return [(branch.theme.id, "\u2003" * branch.depth + branch.theme.name) for branch in flattened(tree(offered))]


def by_ids(ids: Iterable[int]) -> list[Theme]:
    """The themes of these ids, in the order of the agenda; unknown ids are left out."""
    return list(db.session.scalars(sa.select(Theme).where(Theme.id.in_(list(ids))).order_by(Theme.position, Theme.id)))


def by_id(theme_id: int | str | None) -> Theme | None:
    """The theme of an id, as a number or as a form sends it; None for none."""
    return db.session.get(Theme, int(theme_id)) if theme_id else None


def with_descendants(theme_id: int) -> list[int]:
    """The ids of a theme and of everything below it."""
    below = sa.select(Theme.id).where(Theme.id == theme_id).cte("below", recursive=True)
    below = below.union(sa.select(Theme.id).where(Theme.parent_id == below.c.id))
    return list(db.session.scalars(sa.select(below.c.id)))


def closure() -> sa.CTE:
    """Pairs (`above`, `below`) of every theme's id with its own and with those of all themes below it."""
    pairs = sa.select(Theme.id.label("above"), Theme.id.label("below")).cte("closure", recursive=True)
    return pairs.union(sa.select(pairs.c.above, Theme.id).where(Theme.parent_id == pairs.c.below))


def _number(branches: Iterable[Branch], depth: int) -> None:
    for branch in branches:
        branch.depth = depth
        _number(branch.children, depth + 1)
