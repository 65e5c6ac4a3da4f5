"""Handing a file over: at once where it is small, else by way of the page that shows its progress."""

import io
from typing import Any

from flask import abort, redirect, send_file

from tracker.access import actor
from tracker.database import db
from tracker.exports import actions, making
from tracker.exports.kinds import AT_ONCE, KINDS, Parameters


def hand_over(name: str, parameters: Parameters) -> Any:
    """Answer the POST of whoever is signed in with the file of this kind, or lead to the page where it will be.

    403 where they may not read what it would hold; RuleBroken as `actions.request`.
    """
    kind, person = KINDS[name], actor()
    if not kind.may(person, parameters):
        abort(403)
    if kind.rows(person, parameters) > AT_ONCE:
        export = actions.request(name, parameters, person)
        db.session.commit()
        return redirect(export.path, 303)
    target = io.BytesIO()
    making.write(kind, person, parameters, target)
    called = kind.file_name(person, parameters)
    return send_file(target, mimetype=kind.media_type, as_attachment=True, download_name=called)
