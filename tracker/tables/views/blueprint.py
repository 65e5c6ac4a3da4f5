from typing import Any

from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState

from tracker import clock
from tracker.access import actor
from tracker.institutions.queries import coordinated_by
from tracker.tables.periods import Asked, in_words, read
from tracker.tables.sections import named_total, shown

bp = Blueprint("tables", __name__, url_prefix="/board/tables")


@bp.record_once
def _give_templates_the_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.filters.update(in_words=in_words)
    setup.app.jinja_env.globals.update(shown_value=shown, named_total=named_total)


def asked(arguments: Any = None) -> Asked:
    """What the address asks for, or the `arguments` given, among the networks of whoever is signed in."""
    return read(request.args if arguments is None else arguments, coordinated_by(actor()), clock.today())
