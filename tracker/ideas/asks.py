"""What ideas ask: the leads of a project whether another one goes on as part of it."""

from datetime import timedelta
from typing import Any

from tracker.asks.kinds import Choice, Kind, Shown, declare, words
from tracker.i18n import _, _l
from tracker.ideas import actions, queries
from tracker.ideas.models import Union
from tracker.ideas.states import UnionKind, is_possible
from tracker.ideas.together import unite
from tracker.institutions.models import Person
from tracker.projects.asks import summary
from tracker.projects.permissions import act_as_lead

LASTS = timedelta(days=60)


def _shown(union: Union) -> Shown:
    """The other side's idea; its own page may not be theirs to read yet."""
    known = summary(union.project)
    title = (_("Their project"), union.project.label)
    return Shown([title, *known.facts], known.texts, union.path)


def _unite(union: Union, *, actor: Person, note: str = "") -> None:
    unite(union, note=note, actor=actor)


def _decline(union: Union, *, actor: Person, note: str = "") -> None:
    actions.decline(union, note=note, actor=actor)


def _withdraw(union: Union, *, actor: Person, words: str = "") -> None:
    actions.withdraw(union, actor=actor)


def _keeps(actor: Any, union: Union) -> bool:
    return act_as_lead(actor, union.project)


def _is_possible(union: Union) -> bool:
    return is_possible(union.kind, union.project.state, union.into.state)


_decline_kindly = Choice(
    "decline",
    _l("Better each on its own"),
    _l("“%(project)s” goes its own way, and so does this project."),
    _decline,
    fields=(words("note", _l("A few kind words with your answer")),),
    tone="quiet",
)

declare(
    Kind(
        name=actions.ASKS[UnionKind.JOIN],
        label=_l("wish to join"),
        load=queries.for_answer,
        question=_l("Shall “%(project)s” go on as part of this project?"),
        meaning=_l(
            "With a yes %(partner)s becomes a partner of your project, its lead persons join the team, and their own"
            " project stops. Whoever led it with them is asked too. Its text stays readable for those who could read"
            " it. A no changes nothing."
        ),
        choices=(
            Choice("accept", _l("Yes, join us"), _l("“%(project)s” goes on as part of this project."), _unite),
            _decline_kindly,
        ),
        mail="ideas/mail/join.txt",
        waiting=_l("Waiting for the lead to answer another project."),
        waiting_for=_l("Waiting for the lead to answer “%(project)s”, which asks to join."),
        shows=_shown,
        withdrawn=_withdraw,
        expired=actions.lapse,
        is_reminded=_is_possible,
        keeps=_keeps,
        lasts=LASTS,
    ),
    Kind(
        name=actions.ASKS[UnionKind.MERGE],
        label=_l("wish to merge"),
        load=queries.for_answer,
        question=_l("Shall “%(project)s” and this project become one?"),
        meaning=_l(
            "With a yes %(partner)s leads your project with you, and its lead persons too. Its other partners are"
            " asked whether they agree; themes, countries and open seats come together. Both texts are kept: whoever"
            " reads your project can read theirs. A no changes nothing."
        ),
        choices=(
            Choice("accept", _l("Yes, let us merge"), _l("“%(project)s” is merged with this project."), _unite),
            _decline_kindly,
        ),
        mail="ideas/mail/merge.txt",
        waiting=_l("Waiting for the lead to answer another project."),
        waiting_for=_l("Waiting for the lead to answer “%(project)s”, which proposes to merge."),
        shows=_shown,
        withdrawn=_withdraw,
        expired=actions.lapse,
        is_reminded=_is_possible,
        keeps=_keeps,
        lasts=LASTS,
    ),
)
