"""Who did what: proposed by whoever leads, said by nobody but the person. Part of the actions."""

from collections.abc import Iterable, Mapping

from tracker import clock
from tracker.asks.actions import colleague, forget, raise_ask, settle, take_back
from tracker.credit import queries
from tracker.credit.models import Contribution, Contributor
from tracker.credit.states import ContributionRole, Degree
from tracker.credit.versions import DECLARE, about, note
from tracker.database import db
from tracker.errors import RuleBroken
from tracker.i18n import _, list_and
from tracker.institutions.models import Institution, Person
from tracker.projects.actions import leads
from tracker.reports.editions import stamp
from tracker.reports.followers import public_changed
from tracker.reports.models import Report, ReportAuthor
from tracker.reports.states import ReportState

Roles = Mapping[ContributionRole, Degree | None]
MOST_OTHERS = 100  # contributors beside the authors


def contributor_for(author: ReportAuthor) -> Contributor:
    """The row of an author among the contributors; made where there is none."""
    report = author.report
    row = next((known for known in queries.contributors(report) if known.author_id == author.id), None)
    if row is None:
        row = Contributor(report=report, author=author, author_id=author.id, position=author.position)
        db.session.add(row)
        db.session.flush()
    return row


def own(report: Report, person: Person) -> ReportAuthor | Contributor | None:
    """As what a person is named on a report: as an author, else beside them; None where they are not."""
    author = next((known for known in report.authors if known.person_id == person.id), None)
    return author or next((row for row in queries.contributors(report) if row.person_id == person.id), None)


def declare(contributor: Contributor, roles: Roles, *, actor: Person) -> None:
    """Somebody says what they did: this and nothing else counts. What was proposed for them is gone.

    Raises RuleBroken for anybody but the person, and where nothing is said.
    """
    if contributor.whose_id != actor.id:
        raise RuleBroken(_("Everybody says for themselves what they did."))
    if not roles:
        raise RuleBroken(_("Tick at least one thing that you did."))
    _check(contributor.report)
    if contributor.declared_at is not None and _roles(contributor) == dict(roles):
        return
    _write(contributor, roles, is_declared=True, by=None)
    contributor.declared_at = clock.now()
    settle(DECLARE, contributor, "declare", actor=actor, again=True)
    report = contributor.report
    told = leads(report.project) if report.project is not None else ()
    _note("credit.declare", report, actor=actor, tell=told, roles=[str(role) for role in roles])
    _tell_readers(report, actor)


def decline(contributor: Contributor, *, actor: Person, note: str = "") -> None:
    """Somebody does not want to be named for what they did. Whoever leads is told, and takes them off the list."""
    if contributor.whose_id != actor.id:
        raise RuleBroken(_("Everybody says for themselves what they did."))
    _write(contributor, {}, is_declared=True, by=None)
    contributor.declared_at = None
    settle(DECLARE, contributor, "decline", actor=actor, again=True, note=note)
    report = contributor.report
    told = leads(report.project) if report.project is not None else ()
    _note("credit.decline", report, actor=actor, tell=told, note=note)
    _tell_readers(report, actor)


def propose(contributor: Contributor, roles: Roles, *, actor: Person) -> None:
    """Whoever leads says what somebody may have done. It counts for nothing until they say so themselves."""
    _check(contributor.report)
    if contributor.declared_at is not None:
        raise RuleBroken(_("%(name)s has said already what they did.", name=contributor.printed_name))
    _write(contributor, roles, is_declared=False, by=actor)
    _note("credit.propose", contributor.report, actor=actor, name=contributor.printed_name)


def add_other(
    report: Report,
    *,
    name: str,
    email: str = "",
    person: Person | None = None,
    institution: Institution | None = None,
    affiliation: str = "",
    roles: Roles | None = None,
    actor: Person,
) -> Contributor:
    """Name somebody beside the authors, with what they may have done, and ask them. `email` is normalised, or "".

    Somebody whose address is not known cannot be asked; they are named once they say what they did.
    """
    _check(report)
    if person is None and email:
        person = colleague(None, name, email, actor=actor)
    if person is None:
        raise RuleBroken(_("Choose a person, or give a name and an e-mail address: everybody says it themselves."))
    if own(report, person) is not None:
        raise RuleBroken(_("%(name)s is named on this report already.", name=name or person.name))
    beside = [row for row in queries.contributors(report) if row.author_id is None]
    if len(beside) >= MOST_OTHERS:
        raise RuleBroken(_("A report names at most %(count)s contributors.", count=MOST_OTHERS))
    row = Contributor(
        report=report,
        person=person,
        person_id=person.id,
        name=name or person.name,
        institution=institution,
        affiliation=affiliation or (institution.name if institution else ""),
        position=max((known.position for known in beside), default=-1) + 1,
    )
    db.session.add(row)
    db.session.flush()
    if roles:
        _write(row, roles, is_declared=False, by=actor)
    _note("credit.add", report, actor=actor, name=row.name)
    _ask(row, actor)
    return row


def remove_other(contributor: Contributor, *, actor: Person) -> None:
    """Take somebody off again who is named beside the authors."""
    if contributor.author_id is not None:
        raise RuleBroken(_("The authors are changed in the record."))
    report, name = contributor.report, contributor.name
    _check(report)
    take_back(contributor, DECLARE)
    forget(contributor)
    db.session.delete(contributor)
    _note("credit.remove", report, actor=actor, name=name)
    _tell_readers(report, actor)


def ask_everybody(report: Report, *, actor: Person) -> list[str]:
    """Ask who has not said yet what they did, as far as they have an address; return their names.

    Raises RuleBroken where nobody is left to be asked.
    """
    _check(report)
    rows = [contributor_for(author) for author in report.authors if author.person is not None]
    rows += [row for row in queries.contributors(report) if row.author_id is None]
    db.session.flush()
    asked = queries.asks_of_rows(rows)
    waiting = [row for row in rows if row.declared_at is None and (row.__tablename__, row.id) not in asked]
    names = [row.printed_name for row in waiting if _ask(row, actor)]
    if not names:
        raise RuleBroken(_("Everybody who can be asked has answered or is asked already."))
    _note("credit.ask", report, actor=actor, names=list_and(names))
    return names


def _ask(row: Contributor, actor: Person) -> bool:
    """Ask one of them; whether they can be asked."""
    person = db.session.get(Person, row.whose_id) if row.whose_id else None
    if person is None or not person.email:
        return False
    raise_ask(DECLARE, row, to=person, **about(row.report), actor=actor)
    return True


def _roles(contributor: Contributor) -> dict[ContributionRole, Degree | None]:
    return {known.role: known.degree for known in contributor.contributions if known.is_declared}


def _write(contributor: Contributor, roles: Roles, *, is_declared: bool, by: Person | None) -> None:
    known = {row.role: row for row in contributor.contributions}
    for role in set(known) - set(roles):
        contributor.contributions.remove(known[role])
    for role in _in_order(roles):
        row = known.get(role)
        if row is None:
            row = Contribution(role=role)
            contributor.contributions.append(row)
        row.degree, row.is_declared, row.at = roles[role], is_declared, clock.now()
        row.proposed_by_id = by.id if by else None


def _in_order(roles: Iterable[ContributionRole]) -> list[ContributionRole]:
    wanted = set(roles)
    return [role for role in ContributionRole if role in wanted]


def _check(report: Report) -> None:
    if report.state is ReportState.WITHDRAWN:
        raise RuleBroken(_("This report was withdrawn."))


def _note(kind: str, report: Report, **details: object) -> None:
    note(kind, report, **{"path": f"{report.path}/credit", **details})  # type: ignore[arg-type]


def _tell_readers(report: Report, actor: Person | None) -> None:
    """What is public of a published report has changed: harvesters ask again."""
    if report.is_public:
        stamp(report)
        public_changed(report, actor)
