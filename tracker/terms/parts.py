"""What terms say, part by part: as pages, questions and mails show it and as two versions are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tracker.i18n import _, _l, language_name
from tracker.projects.models import Partner, Project
from tracker.projects.states import LEADING, ROLE_LABELS, Role
from tracker.terms.models import Terms, TermsParts, TermsTask
from tracker.terms.states import AUTHOR_ORDER_LABELS, AuthorOrder

TASK = "task"
LABELS = {  # part -> as a heading, and among others in a sentence
    "author_order": (_l("Order of the authors"), _l("order of the authors")),
    "working_language": (_l("Working language"), _l("working language")),
    "translations": (_l("Translations"), _l("translations")),
    "publisher": (_l("Publisher and series"), _l("publisher and series")),
    "funding": (_l("Funding"), _l("funding")),
    "data": (_l("Data and files"), _l("data and files")),
    "leaving": (_l("How to leave"), _l("how to leave")),
    "text": (_l("What else"), _l("what else")),
}
FIELDS = ("author_order_words", *LABELS)  # the columns of TermsParts, and what else


@dataclass(frozen=True)
class Part:
    """One part of one version: a value out of a list, words, or both."""

    part: str  # TASK, or one of LABELS
    value: str = ""  # a role, a rule for the order of authors, a language
    words: str = ""  # plain text; Markdown in "text"
    key: str = ""  # which part of another version it is compared with
    name: str = ""  # of the partner, in TASK

    @property
    def label(self) -> str:
        """Its heading: the partner's name, or what the part is about."""
        return self.name if self.part == TASK else str(LABELS[self.part][0])

    @property
    def said(self) -> str:
        """The value in the language spoken now."""
        if self.part == TASK:
            return str(ROLE_LABELS[Role(self.value)])
        if self.part == "author_order":
            return str(AUTHOR_ORDER_LABELS[AuthorOrder(self.value)]) if self.value else ""
        return language_name(self.value) if self.value else ""


@dataclass(frozen=True)
class Document:
    """One version as a page shows it."""

    tasks: list[Part]
    rest: list[Part]  # only what says something
    text: Markup
    language: str

    @property
    def leads(self) -> list[str]:
        """Who led then, by name."""
        return [part.name for part in self.tasks if part.value in LEADING]


def parts_of(terms: Terms) -> list[Part]:
    """Everything a version says, in the order of the page: who does what first, what else last."""
    order = terms.author_order or AuthorOrder.UNSAID
    values = {
        "author_order": "" if order is AuthorOrder.UNSAID else str(order),
        "working_language": terms.working_language or "",
    }
    words = {name: (getattr(terms, name) or "").strip() for name in LABELS if name not in values}
    words["author_order"] = (terms.author_order_words or "").strip()
    return [_task(task) for task in terms.tasks] + [
        Part(name, values.get(name, ""), words.get(name, ""), key=name) for name in LABELS
    ]


def _task(task: TermsTask) -> Part:
    partner_id = task.partner.id if task.partner is not None else task.partner_id
    return Part(
        TASK,
        str(task.role or Role.PARTNER),
        (task.tasks or "").strip(),
        key=f"{TASK}-{partner_id or task.partner_name}",
        name=task.partner_name,
    )


def document(terms: Terms) -> Document:
    """A version as a page shows it."""
    parts = parts_of(terms)
    return Document(
        tasks=[part for part in parts if part.part == TASK],
        rest=[part for part in parts if part.part not in (TASK, "text") and (part.value or part.words)],
        text=Markup(terms.text_html if terms.text.strip() else ""),
        language=terms.language,
    )


def says_something(parts: Iterable[Part]) -> bool:
    """Whether anything is said. A role is no words of anybody."""
    return any(part.words or (part.value and part.part != TASK) for part in parts)


def values_of(written: TermsParts) -> dict[str, Any]:
    """The fields of a version or a template by name, to start from."""
    return {name: getattr(written, name) for name in FIELDS}


def paired(before: Terms, after: Terms) -> list[tuple[Part | None, Part | None]]:
    """The parts of two versions that differ, beside each other; None where one of them has no such part.

    What was written before there were parts knew of no partners: they are new only where something is said of them.
    """
    old, new = ({part.key: part for part in parts_of(terms)} for terms in (before, after))
    if not before.tasks:
        new = {key: part for key, part in new.items() if part.part != TASK or part.words}
    if not after.tasks:
        old = {key: part for key, part in old.items() if part.part != TASK or part.words}
    tasks = [key for key in [*new, *old] if key not in LABELS]
    pairs = [(old.get(key), new.get(key)) for key in dict.fromkeys([*tasks, *LABELS])]
    return [(was, now) for was, now in pairs if _content(was) != _content(now)]


def _content(part: Part | None) -> tuple[str, str] | None:
    return (part.value, part.words) if part is not None else None


def changed(before: Terms, after: Terms) -> list[dict[str, str]]:
    """Which parts differ, as plain values that a row can keep; see `named`."""
    found = []
    for was, now in paired(before, after):
        shown = now or was
        assert shown is not None
        only_role = shown.part == TASK and was is not None and now is not None and was.words == now.words
        found.append({"part": "role" if only_role else shown.part, "name": shown.name})
    return found


def named(parts: Iterable[Mapping[str, str]]) -> list[str]:
    """What `changed` found, in the language spoken now: "funding", "tasks of the Institute"."""
    names = []
    for known in parts:
        if known["part"] == TASK:
            names.append(_("tasks of %(name)s", name=known["name"]))
        elif known["part"] == "role":
            names.append(_("role of %(name)s", name=known["name"]))
        elif known["part"] in LABELS:
            names.append(str(LABELS[known["part"]][1]))
    return names


def taking_part(project: Project) -> list[Partner]:
    """The partners that the terms speak of: those who agreed, and those who intend to."""
    return [partner for partner in project.partners if partner.takes_part]


def partners_since(terms: Terms) -> list[str]:
    """What changed among the partners since this version was written, in sentences. Nothing for one without parts."""
    if not terms.tasks:
        return []
    then = {task.partner_id: task for task in terms.tasks if task.partner_id is not None}
    now = {partner.id: partner for partner in taking_part(terms.project)}
    gone = [task.partner_name for task in terms.tasks if task.partner_id not in now]
    came = [partner.name for partner in now.values() if partner.id not in then]
    moved = [partner for partner in now.values() if partner.id in then and then[partner.id].role is not partner.role]
    return [
        *(_("%(name)s takes part now.", name=name) for name in came),
        *(_("%(name)s takes part no longer.", name=name) for name in gone),
        *(_("The role of %(name)s is “%(role)s” now.", name=p.name, role=str(ROLE_LABELS[p.role])) for p in moved),
    ]


def without_tasks(terms: Terms) -> list[str]:
    """The partners for which this version says nothing, by name. None for one without parts."""
    said = {task.partner_id for task in terms.tasks if task.tasks.strip()}
    return [partner.name for partner in taking_part(terms.project) if partner.id not in said] if terms.tasks else []
