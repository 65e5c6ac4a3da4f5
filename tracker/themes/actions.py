from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.permissions import Actor
from tracker.search import index
from tracker.themes.models import Theme, ThemeGoal

declare(
    {
        "themes.add": _l("%(actor)s added the theme."),
        "themes.change": _l("%(actor)s changed the theme."),
        "themes.retire": _l("%(actor)s retired the theme."),
        "themes.restore": _l("%(actor)s took the theme up again."),
    }
)

STARTING_AGENDA: tuple[tuple[str, tuple[int, ...], tuple[tuple[str, tuple[int, ...]], ...]], ...] = (
    (
        "Poverty eradication",
        (1, 2, 10),
        (("Rural poverty and livelihoods", (1, 2)), ("Social protection", (1, 10)), ("Food security", (2,))),
    ),
    (
        "Regional development",
        (8, 9, 11),
        (
            ("Cities and regional gaps", (11,)),
            ("Infrastructure and connectivity", (9,)),
            ("Jobs and skills", (4, 8)),
        ),
    ),
    ("Aligning development strategies", (17,), (("National plans and the 2030 Agenda", (16, 17)),)),
    ("South-South and triangular cooperation", (17,), ()),
    ("Trade, industry and value chains", (8, 9, 17), ()),
    ("Financing for development", (10, 17), (("Debt and public finance", (17,)),)),
    ("Climate, energy and environment", (7, 12, 13, 14, 15), (("Just energy transition", (7, 13)),)),
    ("Water, agriculture and land", (2, 6, 15), ()),
    ("Health and education", (3, 4), ()),
    ("Gender equality and inclusion", (5, 10), ()),
    ("Digital economy and technology", (9, 17), ()),
    ("Governance and institutions", (16,), ()),
)


def start_agenda(*, actor: Actor | None) -> None:
    """Give a new network the themes it starts with. Does nothing where there are themes already."""
    if db.session.scalar(sa.select(sa.func.count(Theme.id))):
        return
    for position, (name, goals, below) in enumerate(STARTING_AGENDA):
        parent = add(name=name, goals=goals, position=position, actor=actor)
        for order, (child, child_goals) in enumerate(below):
            add(name=child, goals=child_goals, parent=parent, position=order, actor=actor)


def add(
    *,
    name: str,
    actor: Actor | None,
    parent: Theme | None = None,
    description: str = "",
    goals: Iterable[int] = (),
    position: int = 0,
) -> Theme:
    """Add a theme below `parent` or at the root. Raises RuleBroken when the name is taken."""
    with _unique():
        theme = Theme(name=name, parent=parent, description=description, position=position)
        theme.goal_links = [ThemeGoal(goal=goal) for goal in sorted(set(goals))]
        db.session.add(theme)
    record("themes.add", theme, actor=actor)
    index.put("theme", theme.id, theme.name)
    return theme


def change(
    theme: Theme,
    *,
    name: str,
    parent: Theme | None,
    description: str,
    goals: Iterable[int],
    actor: Actor | None,
    position: int | None = None,
) -> None:
    """Change a theme. Raises RuleBroken when it would stand below itself or its name is taken."""
    above = parent
    while above is not None:
        if above is theme:
            raise RuleBroken(_("A theme cannot stand below itself."))
        above = above.parent
    kept = {link.goal: link for link in theme.goal_links}
    with _unique():
        theme.name, theme.parent = name, parent
        theme.position = theme.position if position is None else position
        if theme.description != description:
            theme.description = description
        theme.goal_links = [kept.get(goal) or ThemeGoal(goal=goal) for goal in sorted(set(goals))]
        theme.version += 1
    record("themes.change", theme, actor=actor)
    index.put("theme", theme.id, theme.name)


def retire(theme: Theme, *, actor: Actor | None) -> None:
    """No longer offer a theme; what was filed under it stays."""
    theme.retired_at = clock.now()
    record("themes.retire", theme, actor=actor)


def restore(theme: Theme, *, actor: Actor | None) -> None:
    """Offer a retired theme again."""
    theme.retired_at = None
    record("themes.restore", theme, actor=actor)


@contextmanager
def _unique() -> Iterator[None]:
    """What is set inside is written at once; where the name is taken, nothing is written."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            yield
            db.session.flush()
    except IntegrityError as error:
        raise RuleBroken(_("There is a theme of this name already.")) from error
