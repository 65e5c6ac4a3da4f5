from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker import clock
from tracker.database import db, locked
from tracker.ideas.closeness import Closeness, Comparison, Idea
from tracker.ideas.models import Union
from tracker.ideas.states import BEGINNING, TAKES_IN
from tracker.institutions.models import Person
from tracker.projects.models import Project, ProjectCountry, project_theme
from tracker.projects.permissions import visible_to
from tracker.projects.queries import ON_THE_DOOR, PROJECT_CARD, for_ask
from tracker.projects.states import ProjectState
from tracker.search import index
from tracker.search.models import SearchEntry

CANDIDATES = 60  # that share the rarest words, of which the closest are chosen
MOST_STEPS = 20  # of a chain of projects that each went on as part of the next
WITH_BOTH = (
    joinedload(Union.project).options(*ON_THE_DOOR, selectinload(Project.transitions)),
    joinedload(Union.into).options(*ON_THE_DOOR),
)


def idea_of(project: Project) -> Idea:
    """What a project is compared by: its themes and countries are loaded."""
    themes, countries = frozenset(theme.id for theme in project.themes), frozenset(project.countries)
    return Idea(project.title, project.question, themes, countries)


def alike(idea: Idea, actor: Person | None, limit: int, *, but: int | None = None) -> list[tuple[Project, Closeness]]:
    """The projects close to an idea that `actor` may read, the closest first, ready for `projects/_card.html`.

    Stopped ones are left out, and the project `but`. At most eleven queries, however many projects there are.
    """
    # Asked of each entry that is found: a list of all that may be read would be made first.
    readable = sa.exists().where(
        Project.id == SearchEntry.subject_id, visible_to(actor), Project.state != ProjectState.STOPPED
    )
    among = readable if but is None else readable & (SearchEntry.subject_id != but)
    ids, weights = index.resembling("project", idea.text, CANDIDATES, among=among)
    comparison = Comparison(idea, weights)
    found = [(number, close) for number, other in _ideas(ids) if (close := comparison.with_(other))]
    found.sort(key=lambda each: (-each[1].points, -each[0]))
    best = dict(found[:limit])
    query = sa.select(Project).where(Project.id.in_(best)).options(*PROJECT_CARD, selectinload(Project.members))
    rows = {project.id: project for project in db.session.scalars(query)} if best else {}
    return [(rows[number], close) for number, close in best.items() if number in rows]


def _ideas(ids: list[int]) -> list[tuple[int, Idea]]:
    """(id, what is compared) of projects, without the rest of their rows."""
    if not ids:
        return []
    texts = db.session.execute(sa.select(Project.id, Project.title, Project.question).where(Project.id.in_(ids)))
    themes: dict[int, set[int]] = {}
    linked = sa.select(project_theme.c.project_id, project_theme.c.theme_id)
    for number, theme in db.session.execute(linked.where(project_theme.c.project_id.in_(ids))):
        themes.setdefault(number, set()).add(theme)
    countries: dict[int, set[str]] = {}
    studied = sa.select(ProjectCountry.project_id, ProjectCountry.country)
    for number, country in db.session.execute(studied.where(ProjectCountry.project_id.in_(ids))):
        countries.setdefault(number, set()).add(country)
    return [
        (number, Idea(title, question, frozenset(themes.get(number, ())), frozenset(countries.get(number, ()))))
        for number, title, question in texts
    ]


def pair(one: int, other: int, *, lock: bool) -> tuple[Project | None, Project | None]:
    """Two projects; locked for a change, the one with the smaller id first, so that no two wait for each other."""
    found = {number: for_ask(number, lock=lock) for number in sorted({one, other})}
    return found[one], found[other]


def for_answer(union_id: int, *, lock: bool) -> Union | None:
    """A union with both projects, as its question shows them; for an answer both are locked, then the union."""
    ids = db.session.execute(sa.select(Union.project_id, Union.into_id).where(Union.id == union_id)).first()
    if ids is None:
        return None
    project, into = pair(ids.project_id, ids.into_id, lock=lock)
    union = db.session.get(Union, union_id, **locked(Union, lock))
    if union is None or project is None or into is None:
        return None
    set_committed_value(union, "project", project)  # else nothing holds them, and they are read again
    set_committed_value(union, "into", into)
    return union


def of_page(project_id: int) -> list[Union]:
    """What is asked or was agreed about one project, either way, the newest last."""
    either = sa.or_(Union.project_id == project_id, Union.into_id == project_id)
    query = sa.select(Union).where(either, sa.or_(Union.ended_at.is_(None), Union.is_done)).options(*WITH_BOTH)
    return list(db.session.scalars(query.order_by(Union.id)))


def open_from(project_id: int) -> Union | None:
    """What a project asks now: at most one."""
    query = sa.select(Union).where(Union.project_id == project_id, Union.ended_at.is_(None))
    return db.session.scalars(query.options(joinedload(Union.into), joinedload(Union.project))).first()


def open_into(project_id: int) -> list[Union]:
    """Who asks now to go on as part of a project."""
    query = sa.select(Union).where(Union.into_id == project_id, Union.ended_at.is_(None))
    return list(db.session.scalars(query.options(joinedload(Union.into), joinedload(Union.project)).order_by(Union.id)))


def asked_lately(project_id: int, into_id: int) -> int:
    """How often a project asked another one in the last day, taken back or not."""
    since = clock.now() - timedelta(days=1)
    query = sa.select(sa.func.count()).where(Union.project_id == project_id, Union.into_id == into_id)
    return db.session.scalar(query.where(Union.asked_at > since)) or 0


def goes_on_as(project: Project) -> Project | None:
    """Where a project that joined or merged goes on now, at the end of the chain; None for one that did not."""
    seen, last = {project.id}, None
    while len(seen) <= MOST_STEPS:
        union = _standing((last or project).id)
        if union is None or union.into_id in seen:
            break
        last = union.into
        seen.add(last.id)
    return last


def _standing(project_id: int) -> Union | None:
    query = sa.select(Union).where(Union.project_id == project_id, Union.is_done).order_by(Union.id.desc()).limit(1)
    union = db.session.scalars(query.options(*WITH_BOTH)).first()
    return union if union is not None and union.stands else None


def with_text(union_id: int, into_id: int) -> Union | None:
    """A union with the text that went on elsewhere, for those who read where."""
    query = sa.select(Union).where(Union.id == union_id, Union.into_id == into_id)
    about = (selectinload(Project.themes), selectinload(Project.country_links))
    return db.session.scalars(query.options(*WITH_BOTH, joinedload(Union.project).options(*about))).first()


def pointless(limit: int) -> list[int]:
    """The ids of open unions that no answer could bring about any more: one of the two went on or was stopped."""
    from_state, into_state = aliased(Project), aliased(Project)
    possible = [
        sa.and_(Union.kind == kind, from_state.state.in_(BEGINNING), into_state.state.in_(states))
        for kind, states in TAKES_IN.items()
    ]
    query = (
        sa.select(Union.id)
        .join(from_state, from_state.id == Union.project_id)
        .join(into_state, into_state.id == Union.into_id)
        .where(Union.ended_at.is_(None), ~sa.or_(*possible))
    )
    return list(db.session.scalars(query.order_by(Union.id).limit(limit)))
