"""What is close to an idea, as one reader sees it: why, and what they can do about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tracker.asks.models import Ask
from tracker.asks.queries import latest
from tracker.i18n import _, country_name, list_and, ngettext
from tracker.ideas import queries
from tracker.ideas.actions import ASKS
from tracker.ideas.closeness import MOST_NAMED, Closeness, Idea
from tracker.ideas.models import Union
from tracker.ideas.states import BEGINNING, UnionKind, is_possible
from tracker.institutions.models import Person
from tracker.permissions import permissions
from tracker.projects.models import Project
from tracker.projects.states import ProjectState

A_FEW = 5  # beside what is written
MOST = 20  # on a page of their own


@dataclass(frozen=True)
class Near:
    """A project that is close, why, and by which ways the idea can go on as part of it."""

    project: Project
    reasons: list[str]
    ways: list[UnionKind] = field(default_factory=list)  # for an idea that is saved
    offers: bool = False  # the reader may offer their institution as a partner instead


@dataclass(frozen=True)
class Unions:
    """What the page of one project shows of others that became part of it, or that it became part of."""

    goes_on_as: Project | None = None
    taken_in: list[tuple[Union, bool]] = field(default_factory=list)  # and whether its own page may be read
    asked: Union | None = None  # what its leads ask now
    question: Ask | None = None  # of it
    open: list[Union] = field(default_factory=list)  # every open one, for who may open its question


def near(idea: Idea, actor: Person | None, limit: int, *, draft: Project | None = None) -> list[Near]:
    """The projects that are close to an idea. `draft` is the project it is the idea of, if it is saved."""
    found = queries.alike(idea, actor, limit, but=draft.id if draft else None)
    is_asking = draft is not None and queries.open_from(draft.id) is not None
    rows = []
    for project, close in found:
        ways = [] if draft is None or is_asking else ways_between(draft, project)
        offers = draft is None and project.state is ProjectState.RECRUITING
        offers = offers and permissions["offer_to_join"](actor, project)
        rows.append(Near(project, _reasons(close, project), ways, offers))
    return rows


def beside(project: Project, actor: Person | None) -> list[Near]:
    """What is close to a project that has not started, for those who lead it."""
    if project.state not in BEGINNING or not permissions["act_as_lead"](actor, project):
        return []
    return near(queries.idea_of(project), actor, A_FEW, draft=project)


def ways_between(project: Project, other: Project) -> list[UnionKind]:
    """In which ways a project could go on as part of another one now."""
    return [kind for kind in UnionKind if is_possible(kind, project.state, other.state)]


def of_page(project: Project, actor: Person | None) -> Unions:
    """What the page of a project shows of its unions, as far as `actor` may know of the other projects."""
    may_view, leads = permissions["view_project"], permissions["lead_project"](actor, project)
    goes_on_as, taken_in, asked, waiting = None, [], None, []
    for union in queries.of_page(project.id):
        is_own = union.project_id == project.id
        if union.is_open:
            waiting.append(union)
            asked = union if is_own and leads else asked
        elif union.stands and is_own and may_view(actor, union.into):
            goes_on_as = union.into
        elif union.stands and not is_own:
            is_readable = may_view(actor, union.project)
            if is_readable or union.kind is UnionKind.MERGE:
                taken_in.append((union, is_readable))
    question = latest(ASKS[asked.kind], asked) if asked is not None else None
    return Unions(goes_on_as, taken_in, asked, question, waiting)


def _reasons(close: Closeness, project: Project) -> list[str]:
    """Why it is close, each in a few words."""
    names = [theme.name for theme in project.themes if theme.id in close.themes]
    reasons = [_("same words: %(words)s", words=_listed(close.words))]
    if names:
        reasons.append(
            ngettext("same theme: %(names)s", "same themes: %(names)s", len(names), names=_listed(names[:MOST_NAMED]))
        )
    if close.countries:
        studied = list_and([country_name(code) for code in close.countries[:MOST_NAMED]])
        reasons.append(_("both study %(countries)s", countries=studied))
    return reasons


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
