"""What a report is of another output: its translation, its brief, a part of it. Part of the actions."""

import hashlib

from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, language_name
from tracker.institutions.models import Person
from tracker.reports.changing import change, note
from tracker.reports.editions import stamp
from tracker.reports.followers import public_changed, text_of
from tracker.reports.models import Report, ReportLink
from tracker.reports.queries import leads_to
from tracker.reports.states import LinkKind

MOST_LINKS = 50


def source_digest(report: Report) -> str:
    """Tells whether a report still says what was translated: its title, abstract, file, and text written here."""
    parts = (report.words_digest, report.file.sha256 if report.file else "", text_of(report))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def is_stale(link: ReportLink) -> bool:
    """A translation whose source has changed since it was made or last looked at."""
    if link.kind is not LinkKind.TRANSLATION_OF or link.other is None:
        return False
    return link.source_digest != source_digest(link.other)


def link_report(report: Report, kind: LinkKind, other: Report, *, actor: Person | None, because: str = "") -> None:
    """Say that a report is the translation, the brief … of another one here. It is shown on both records.

    Raises RuleBroken for the report itself, for what is said already, for a ring, and for a translation into the
    same language.
    """
    _check_room(report)
    named = {"relation": kind.value, "other": other.label}
    if other.id == report.id:
        raise RuleBroken(_("A report cannot be linked with itself. Choose another one."))
    if any(link.kind is kind and link.other_id == other.id for link in report.links):
        raise RuleBroken(_("This link is there already."))
    if kind is LinkKind.TRANSLATION_OF and report.language and report.language == other.language:
        language = language_name(report.language)
        raise RuleBroken(_("Both are in %(language)s: one cannot be a translation of the other.", language=language))
    if leads_to(other.id, report.id, kind):
        raise RuleBroken(
            _("“%(other)s” is linked with this report in that way already: they would go round in a ring.", **named)
        )
    with change(report, actor=actor, because=because) as this:
        digest = source_digest(other) if kind is LinkKind.TRANSLATION_OF else ""
        report.links.append(ReportLink(kind=kind, other=other, source_digest=digest))
        this.note("reports.link", **named)
    _tell_other(report, other, actor)


def link_output(
    report: Report, kind: LinkKind, *, title: str, website: str = "", actor: Person | None, because: str = ""
) -> None:
    """Say the same of an output that has no record here, by its title and where it is found."""
    _check_room(report)
    if not title.strip():
        raise RuleBroken(_("Write the title of the other output."))
    if any(link.kind is kind and (link.title, link.website) == (title, website) for link in report.links):
        raise RuleBroken(_("This link is there already."))
    with change(report, actor=actor, because=because) as this:
        report.links.append(ReportLink(kind=kind, title=title, website=website))
        this.note("reports.link", relation=kind.value, other=title)


def unlink(link: ReportLink, *, actor: Person | None, because: str = "") -> None:
    """Take a link away."""
    report, other = link.report, link.other
    with change(report, actor=actor, because=because) as this:
        report.links.remove(link)
        this.note("reports.unlink", relation=link.kind.value, other=other.label if other else link.title)
    if other is not None:
        _tell_other(report, other, actor)


def still_up_to_date(link: ReportLink, *, actor: Person | None) -> None:
    """Somebody looked: the translation says what its source says now. No correction, as its words stay."""
    if link.other is None or not is_stale(link):
        raise RuleBroken(_("It is up to date already."))
    link.source_digest = source_digest(link.other)
    note("reports.still", link.report, actor=actor, other=link.other.label)


def _check_room(report: Report) -> None:
    if len(report.links) >= MOST_LINKS:
        raise RuleBroken(_("A report is linked with at most %(count)s others.", count=MOST_LINKS))


def _tell_other(report: Report, other: Report, actor: Person | None) -> None:
    """The other record shows the link too."""
    db.session.flush()
    if report.is_public and other.is_public:
        stamp(other)
        public_changed(other, actor)
