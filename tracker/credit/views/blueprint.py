from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from tracker.credit.changes import words_for
from tracker.credit.states import ROLE_LABELS

bp = Blueprint("credit", __name__)


@bp.record_once
def _give_mails_their_words(setup: BlueprintSetupState) -> None:
    setup.app.jinja_env.globals.update(credit_parts_named=words_for)
    setup.app.jinja_env.filters.update(credit_role=lambda role: str(ROLE_LABELS[role]))
