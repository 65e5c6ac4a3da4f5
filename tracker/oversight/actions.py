"""What coordinators keep beside the record. Its history is its own: the project's tells nothing of it."""

from urllib.parse import parse_qsl, urlencode

from tracker import clock
from tracker.activity.kinds import declare
from tracker.activity.record import record
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Institution, Person
from tracker.oversight import queries
from tracker.oversight.models import HealthLine, SavedView, SecretariatNote
from tracker.oversight.states import PAGES, Health
from tracker.projects.models import Project

MOST_VIEWS = 20  # of one person on one page
QUERY_LENGTH = SavedView.query.property.columns[0].type.length

declare(
    {
        "oversight.health": _l("%(actor)s said how “%(title)s” stands."),
        "oversight.note": _l("%(actor)s wrote a note for the secretariat."),
        "oversight.withdraw_note": _l("%(actor)s withdrew a note for the secretariat."),
        "oversight.keep_view": _l("%(actor)s kept the filters “%(title)s”."),
        "oversight.rename_view": _l("%(actor)s renamed kept filters “%(title)s”."),
        "oversight.remove_view": _l("%(actor)s removed the kept filters “%(title)s”."),
    }
)


def set_health(project: Project, health: Health, *, words: str, actor: Person) -> HealthLine:
    """Say how a project stands from now on. What was said before stays as history; the project itself shows no sign
    of life by it. Raises RuleBroken for anything but "on track" without words.
    """
    words = words.strip()
    if not words and health is not Health.ON_TRACK:
        raise RuleBroken(_("Say in a few words what is the matter."))
    now = clock.now()
    before = queries.current_line(project)
    if before is not None:
        before.replaced_at = now
        db.session.flush()  # before the next one comes: only one is current
    line = HealthLine(project=project, health=health, words=words, at=now, person=actor, person_name=actor.name)
    db.session.add(line)
    record("oversight.health", line, actor=actor)
    return line


def write_note(subject: Project | Institution, *, text: str, actor: Person) -> SecretariatNote:
    """Keep a note that only coordinators of its network read."""
    about = {"project": subject} if isinstance(subject, Project) else {"institution": subject}
    note = SecretariatNote(**about, text=text, at=clock.now(), author=actor, author_name=actor.name)
    db.session.add(note)
    record("oversight.note", note, actor=actor)
    return note


def withdraw_note(note: SecretariatNote, *, actor: Person) -> None:
    """From now on nobody reads its words. Raises RuleBroken where that was done already."""
    if note.withdrawn_at is not None:
        raise RuleBroken(_("This note has been withdrawn already."))
    note.withdrawn_at = clock.now()
    record("oversight.withdraw_note", note, actor=actor)


def keep_view(person: Person, page: str, name: str, query: str) -> SavedView:
    """Keep the filters of a page ("board", "tables") under a name; `query` is the part of its address after "?".

    Raises RuleBroken for a name that is taken, for one view too many, and for filters that are too long to keep.
    """
    if page not in PAGES:
        raise RuleBroken(_("Nothing can be kept of this page."))
    kept = tidy(query)
    if len(kept) > QUERY_LENGTH:
        raise RuleBroken(_("These are too many filters to keep. Take some away."))
    _must_be_free(person, page, name)
    if len(queries.views_of(person, page)) >= MOST_VIEWS:
        raise RuleBroken(_("You keep %(most)s already. Remove one first.", most=str(MOST_VIEWS)))
    view = SavedView(person_id=person.id, page=page, name=name, query=kept, created_at=clock.now())
    db.session.add(view)
    record("oversight.keep_view", view, actor=person)
    return view


def rename_view(view: SavedView, name: str, *, actor: Person) -> None:
    """Raises RuleBroken for a name that another view of the page has."""
    if name != view.name:
        _must_be_free(actor, view.page, name)
        view.name = name
        record("oversight.rename_view", view, actor=actor)


def remove_view(view: SavedView, *, actor: Person) -> None:
    """The name goes; what it listed stays where it is."""
    record("oversight.remove_view", view, actor=actor)
    db.session.delete(view)


def tidy(query: str) -> str:
    """The arguments of an address without empty ones and without a page number, as an address writes them."""
    pairs = parse_qsl(query, max_num_fields=None) if len(query) <= 4 * QUERY_LENGTH else []
    return urlencode([(name, value) for name, value in pairs if name != "page"], errors="replace")


def _must_be_free(person: Person, page: str, name: str) -> None:
    if queries.view_called(person, page, name) is not None:
        raise RuleBroken(_("You keep filters under this name already. Choose another one."))
