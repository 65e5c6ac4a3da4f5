from tracker.database import db
from tracker.errors import RuleBroken
from tracker.exports import queries
from tracker.exports.kinds import KINDS, Parameters
from tracker.exports.models import Export
from tracker.exports.states import ExportState
from tracker.i18n import _, language
from tracker.institutions.models import Person

MOST_AT_ONCE = 3  # of one person


def request(kind: str, parameters: Parameters, actor: Person) -> Export:
    """Ask for a file in the language spoken now; the worker makes it. One that waits already is not asked for twice.

    `kind` is a name in KINDS, `parameters` are what it takes. Nothing is recorded: no record changes. Raises RuleBroken
    where MOST_AT_ONCE of this person wait already, LookupError for a kind that nobody registered.
    """
    if kind not in KINDS:
        raise LookupError(f"unknown kind of file: {kind}")
    waiting = queries.unfinished(actor.id)
    for export in waiting:
        if (export.kind, export.parameters, export.language) == (kind, parameters, language()):
            return export
    _not_too_many(waiting)
    export = Export(person_id=actor.id, kind=kind, parameters=parameters, language=language())
    db.session.add(export)
    db.session.flush()
    return export


def try_again(export: Export, *, actor: Person) -> None:
    """Have a file made that could not be. Raises RuleBroken where it did not fail, or too many wait."""
    if export.state is not ExportState.FAILED:
        raise RuleBroken(_("This file did not fail: there is nothing to try again."))
    _not_too_many(queries.unfinished(actor.id))
    export.state, export.error = ExportState.WAITING, ""
    export.attempts = export.done = export.total = 0
    export.claimed_at = export.finished_at = None


def _not_too_many(waiting: list[Export]) -> None:
    if len(waiting) >= MOST_AT_ONCE:
        raise RuleBroken(
            _("%(number)s of your files are being made. Wait until one is ready.", number=str(len(waiting)))
        )
