"""An import as a whole: all of a file, or nothing of it.

Every record made or changed leaves one activity; nobody gets a mail. A dry run does everything and takes it back.
"""

from collections.abc import Collection

from tracker.activity.kinds import declare
from tracker.database import db
from tracker.i18n import _l
from tracker.imports import institution_lists, project_lists
from tracker.imports.outcome import Outcome
from tracker.imports.reading import kind_of
from tracker.institutions.models import Network, Person

declare(
    {
        "imports.project": _l("%(actor)s imported the project from %(source)s (%(facts)s)."),
        "imports.change_project": _l("%(actor)s imported the project again, with what was new in its source."),
    }
)


def import_file(
    data: bytes,
    *,
    network: Network | None,
    actor: Person | None,
    kind: str = "",
    allowed: Collection[int] | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Import a file: `kind` "institutions" (CSV) or "projects" (JSON); empty: by how the file begins.

    With a `network`, institutions become its members, and projects whose source names none of the networks
    here belong to it. `allowed` are the ids of the networks that projects may be put into (None: any).
    Raises Unreadable where the file as a whole cannot be used. Does not commit.
    """
    savepoint = db.session.begin_nested()
    try:
        if (kind or kind_of(data)) == "projects":
            outcome = project_lists.import_all(data, network=network, allowed=allowed, actor=actor)
        else:
            outcome = institution_lists.import_all(data, network=network, actor=actor)
    except BaseException:
        savepoint.rollback()
        raise
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()
    return outcome
