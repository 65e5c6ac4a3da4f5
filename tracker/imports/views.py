import hashlib
import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from tracker import files
from tracker.access import actor, requires
from tracker.database import db
from tracker.i18n import _, list_and
from tracker.imports import queries
from tracker.imports.actions import import_file
from tracker.imports.forms import ConfirmForm, UploadForm
from tracker.imports.outcome import Outcome, Unreadable, Verdict
from tracker.institutions.models import Network

bp = Blueprint("imports", __name__, url_prefix="/import")
MOST_SHOWN = 300  # rows of one kind on the page


@bp.route("", methods=["GET", "POST"])
@requires("coordinate")
def index() -> Any:
    """Choose a file; what it would do is shown, and nothing is changed yet."""
    form = UploadForm(networks=_networks())
    if form.submitted():
        try:
            outcome = _import(form.content, form.chosen, dry_run=True)
        except Unreadable as error:
            form.upload.errors = [str(error)]
        else:
            digest = hashlib.sha256(form.content).hexdigest()
            files.store().write(_key(digest), io.BytesIO(form.content))
            return _preview(outcome, digest, form.network.data or "")
    return render_template("imports/index.html", form=form), (422 if form.errors else 200)


@bp.post("/confirm")
@requires("coordinate")
def confirm() -> Any:
    """Apply the file that was shown, if it still does what was shown."""
    form = ConfirmForm(networks=_networks())
    if not form.validate() or not files.store().exists(_key(form.sha256.data)):
        flash(_("The file is no longer here. Upload it again."), "error")
        return redirect(url_for(".index"), 303)
    data = b"".join(files.store().read(_key(form.sha256.data)))
    outcome = _import(data, form.chosen)
    if outcome.fingerprint != form.seen.data:
        db.session.rollback()
        _know_again()
        return _preview(outcome, form.sha256.data, form.network.data or "", differs=True), 409
    db.session.commit()
    told = list_and(f"{label}: {number}" for _verdict, label, number in outcome.counts)
    flash(_("The file is imported. %(counts)s.", counts=told), "success")
    return redirect(url_for(".index"), 303)


def _import(data: bytes, network: Network | None, dry_run: bool = False) -> Outcome:
    allowed = actor().coordinated_ids
    outcome = import_file(data, network=network, actor=actor(), allowed=allowed, dry_run=dry_run)
    if dry_run:
        db.session.rollback()
        _know_again()
    return outcome


def _know_again() -> None:
    """A rollback forgets who is asking, and the page's header shows it."""
    person = actor()
    assert person.name is not None and person.is_coordinator is not None


def _networks() -> list[Network]:
    return queries.network_choices(actor().coordinated_ids)


def _preview(outcome: Outcome, digest: str, network: str, differs: bool = False) -> str:
    groups = [(verdict, label, outcome.of(verdict)) for verdict, label, _number in outcome.counts]
    return render_template(
        "imports/preview.html",
        outcome=outcome,
        groups=groups,
        can_apply=any(outcome.count(verdict) for verdict in (Verdict.MADE, Verdict.CHANGED)),
        most=MOST_SHOWN,
        differs=differs,
        confirm={"sha256": digest, "seen": outcome.fingerprint, "network": network},
    )


def _key(digest: str) -> str:
    """Where the uploaded bytes lie: what was imported can be looked at again."""
    return f"import-{digest}"
