import re
from dataclasses import dataclass
from typing import Any

from tracker import clock
from tracker.activity.kinds import Why, declare
from tracker.activity.record import record
from tracker.database import db
from tracker.drafts.actions import add_written
from tracker.drafts.models import Draft
from tracker.errors import RuleBroken
from tracker.i18n import _, _l
from tracker.institutions.models import Person
from tracker.projects.models import Partner
from tracker.projects.permissions import lead_project
from tracker.reports.models import Report
from tracker.reports.states import ReportState
from tracker.writing import queries, usual
from tracker.writing.merge import Merge, has_marks, merge
from tracker.writing.models import Section, SectionRevision
from tracker.writing.states import SectionState

MOST_SECTIONS = 60  # of one report, the removed ones among them
MOST_VERSIONS = 5_000  # of one section
TEXT_LENGTH = 50_000  # of one section
MOST_LINES = 1_500
MARKS_LEFT = _l("The marks <<<<<<<, ======= and >>>>>>> are still in it. Choose what stays, and take them out.")

declare(
    {
        "writing.add": _l("%(actor)s added the section “%(section)s” to “%(report)s”."),
        "writing.begin": _l("%(actor)s began the text of “%(report)s” with the usual sections."),
        "writing.rename": _l("%(actor)s renamed the section “%(was)s” of “%(report)s” to “%(section)s”."),
        "writing.assign": _l("“%(section)s” of “%(report)s”: %(partner)s is responsible now, says %(actor)s."),
        "writing.free": _l("“%(section)s” of “%(report)s”: nobody is responsible any more, says %(actor)s."),
        "writing.move": _l("%(actor)s put the sections of “%(report)s” in another order."),
        "writing.open": _l("%(actor)s opened the section “%(section)s” of “%(report)s” again."),
        "writing.draft": _l("The section “%(section)s” of “%(report)s” is drafted, says %(actor)s."),
        "writing.review": _l("The section “%(section)s” of “%(report)s” is reviewed, says %(actor)s."),
        "writing.write": _l("%(actor)s wrote in the section “%(section)s” of “%(report)s”."),
        "writing.bring_back": _l("%(actor)s brought back version %(number)s of “%(section)s” in “%(report)s”."),
        "writing.remove": _l("%(actor)s removed the section “%(section)s” of “%(report)s”."),
        "writing.restore": _l("%(actor)s brought back the section “%(section)s” of “%(report)s”."),
    }
)

_SAYING = {
    SectionState.OPEN: "writing.open",
    SectionState.DRAFTED: "writing.draft",
    SectionState.REVIEWED: "writing.review",
}
_HEADING = re.compile(r"^ {0,3}(#{1,5})(?=\s)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~^$@!&])")


@dataclass(frozen=True)
class Saved:
    """What became of an edit: the version that holds it (None: it clashes, nothing is saved), and how it was merged
    with what others had saved since (None: nobody had)."""

    version: int | None
    merged: Merge | None = None


# --- sections -----------------------------------------------------------------------------------------------


def add(report: Report, heading: str, *, partner: Partner | None = None, actor: Person) -> Section:
    """A new, empty section at the end. The caller holds the lock of the report. Raises RuleBroken."""
    section = _add(report, heading, queries.sections(report), actor=actor)
    _note("writing.add", section, actor=actor)
    if partner is not None:
        assign(section, partner, actor=actor)
    return section


def begin_with_usual(report: Report, *, actor: Person | None) -> list[Section]:
    """The usual sections of a policy report, in its language, where there is none yet. Raises RuleBroken."""
    known = queries.sections(report)
    if any(section.removed_at is None for section in known):
        raise RuleBroken(_("This text has sections already."))
    made: list[Section] = []
    for heading in usual.headings(report.language):
        made.append(_add(report, heading, [*known, *made], actor=actor))
    _note("writing.begin", made[0], actor=actor)
    return made


def _add(report: Report, heading: str, known: list[Section], *, actor: Person | None) -> Section:
    check_open(report)
    if len(known) >= MOST_SECTIONS:
        raise RuleBroken(_("A text holds at most %(count)s sections.", count=MOST_SECTIONS))
    position = max((section.position for section in known), default=0) + 1
    section = Section(report=report, position=position, heading=heading.strip(), text="", changed_by=actor)
    section.changed_at = clock.now()
    db.session.add(section)
    db.session.flush()
    _keep_version(section, actor)
    return section


def rename(section: Section, heading: str, *, actor: Person | None) -> None:
    check_open(section.report)
    was, heading = section.heading, heading.strip()
    if heading != was:
        section.heading = heading
        _note("writing.rename", section, actor=actor, was=was)


def may_name(report: Report, responsible: Partner | None, actor: Person | None) -> list[Partner]:
    """Whom `actor` may name for a section for which `responsible` is: leads any partner that takes part, others
    their own, unless somebody else is responsible."""
    project = report.project
    if project is None or actor is None:
        return []
    partners = [partner for partner in project.partners if partner.takes_part]
    if lead_project(actor, project):
        return partners
    own = [partner for partner in partners if partner.institution_id in actor.institution_ids | actor.contact_ids]
    return own if responsible is None or responsible in own else []


def assign(section: Section, partner: Partner | None, *, actor: Person) -> None:
    """Say which partner is responsible for a section, or that none is. Raises RuleBroken."""
    check_open(section.report)
    if partner is section.partner:
        return
    offered = may_name(section.report, section.partner, actor)
    if not offered or (partner is not None and partner not in offered):
        raise RuleBroken(_("The lead says which other partner is responsible for a section."))
    section.partner = partner
    if partner is not None:
        _note("writing.assign", section, actor=actor, partner=partner.name)
    else:
        _note("writing.free", section, actor=actor)


def set_state(section: Section, state: SectionState, *, actor: Person | None) -> None:
    """Say how far a section is. Raises RuleBroken for one without a word that shall be done."""
    check_open(section.report)
    if state is section.state:
        return
    if state is not SectionState.OPEN and not section.text.strip():
        raise RuleBroken(_("Nothing is written in this section yet."))
    section.state = state
    _note(_SAYING[state], section, actor=actor)


def move(report: Report, section_id: int, *, up: bool, actor: Person | None) -> None:
    """Put a section before the one above it, or after the one below. The caller holds the lock of the report."""
    check_open(report)
    standing = [section for section in queries.sections(report) if section.removed_at is None]
    at = next((place for place, section in enumerate(standing) if section.id == section_id), None)
    if at is None:
        raise RuleBroken(_("This section was removed meanwhile."))
    other = at + (-1 if up else 1)
    if not 0 <= other < len(standing):
        return
    standing[at], standing[other] = standing[other], standing[at]
    for position, section in enumerate(standing, start=1):
        section.position = position
    _note("writing.move", standing[other], actor=actor)


def remove(section: Section, *, actor: Person | None) -> None:
    """Take a section out of the text. Every version of it is kept."""
    check_open(section.report)
    if section.removed_at is None:
        section.removed_at = clock.now()
        _note("writing.remove", section, actor=actor)


def restore(section: Section, *, actor: Person | None) -> None:
    """Put a removed section back, where it stood."""
    check_open(section.report)
    if section.removed_at is not None:
        section.removed_at = None
        _note("writing.restore", section, actor=actor)


# --- the text of a section ----------------------------------------------------------------------------------


def save(section: Section, text: str, *, began: int, actor: Person | None) -> Saved:
    """Save an edit of a section that began with version `began`, put together with what others saved since.

    Where both changed the same lines nothing is saved. The caller holds the lock of the section. Raises RuleBroken
    for a text with the marks of a clash, for a removed section, and for a version there never was.
    """
    _check_writable(section)
    if has_marks(text):
        raise RuleBroken(str(MARKS_LEFT))
    merged = None
    if began != section.version:
        base = queries.revision(section, began)
        if base is None:
            raise RuleBroken(_("This is no version of the section. Open the page again."))
        merged = merge(base.text, section.text, text)
        if merged.clashes:
            return Saved(None, merged)
        text = merged.text
    if text == section.text:
        return Saved(section.version, merged)
    if too_long(text):
        raise RuleBroken(_("Together with what was saved meanwhile it is too long for one section."))
    _write(section, text, actor=actor)
    _note("writing.write", section, actor=actor, version=section.version)
    return Saved(section.version, merged)


def too_long(text: str) -> bool:
    """Whether a text is more than one section holds."""
    return len(text) > TEXT_LENGTH or text.count("\n") >= MOST_LINES


def bring_back(section: Section, version: int, *, seen: int, actor: Person | None) -> None:
    """Make a former text the newest version. `seen` is the newest one that the actor knew of. Raises RuleBroken."""
    _check_writable(section)
    former = queries.revision(section, version)
    if former is None:
        raise RuleBroken(_("This is no version of the section. Open the page again."))
    if seen != section.version:
        raise RuleBroken(_("Somebody saved a newer text meanwhile. Look at it first; nothing was changed."))
    if former.text != section.text:
        _write(section, former.text, actor=actor)
        _note("writing.bring_back", section, actor=actor, number=version, version=section.version)


def put_together(report: Report, *, note: str = "", language: str = "", actor: Person | None) -> Draft:
    """Make a numbered draft of all sections, in order. Project and report are locked by the caller. RuleBroken."""
    check_open(report)
    sections = [section for section in queries.sections(report, with_text=True) if section.removed_at is None]
    if not any(section.text.strip() for section in sections):
        raise RuleBroken(_("Nothing is written yet."))
    return add_written(report, as_markdown(sections), note=note, language=language, actor=actor)


def as_markdown(sections: list[Section]) -> str:
    """One text in Markdown: each section below its heading, the headings inside it one level lower."""
    whole = (f"# {_escaped(section.heading)}\n\n{_lowered(section.text)}".rstrip() for section in sections)
    return "\n\n".join(whole) + "\n"


def _escaped(heading: str) -> str:
    return _MARKS.sub(r"\\\1", heading)


def _lowered(text: str) -> str:
    lines, fence = [], ""
    for line in text.split("\n"):
        opened = _FENCE.match(line)
        if opened and (not fence or (opened[1][0] == fence[0] and len(opened[1]) >= len(fence))):
            fence = "" if fence else opened[1]
        lines.append(line if fence or opened else _HEADING.sub(r"#\1", line))
    return "\n".join(lines)


def check_open(report: Report) -> None:
    """Raise RuleBroken once a report is published."""
    if report.state is not ReportState.DRAFT:
        raise RuleBroken(_("This report is published. Its text stays as it is."))


def _check_writable(section: Section) -> None:
    check_open(section.report)
    if section.removed_at is not None:
        raise RuleBroken(_("This section was removed. Bring it back first; its text is kept."))
    if section.version >= MOST_VERSIONS:
        raise RuleBroken(_("A section holds at most %(count)s versions. Begin a new one.", count=MOST_VERSIONS))


def _write(section: Section, text: str, *, actor: Person | None) -> None:
    """The text becomes the next version. What was reviewed is no longer what was reviewed."""
    section.text, section.changed_by, section.changed_at = text, actor, clock.now()
    section.version += 1
    if section.state is SectionState.REVIEWED:
        section.state = SectionState.DRAFTED
    _keep_version(section, actor)


def _keep_version(section: Section, actor: Person | None) -> None:
    db.session.add(
        SectionRevision(
            section_id=section.id,
            version=section.version,
            text=section.text,
            written_by_id=actor.id if actor else None,
            written_by_name=actor.name if actor else "",
            at=clock.now(),
        )
    )
    db.session.flush()


def _note(kind: str, section: Section, *, actor: Person | None, **details: Any) -> None:
    report = section.report
    named = {"section": section.heading, "section_id": section.id, "report": report.label, "report_id": report.id}
    record(kind, report.project or report, actor=actor, why=Why.TEAM, **{**named, **details})
