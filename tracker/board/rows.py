"""Rows of the board: what is asked, whom it waits for, what was said so far. A few queries, however many rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.asks.actions import overdue_since, was_mailed_lately
from tracker.asks.kinds import KINDS, Kind, say, values_of
from tracker.asks.models import Ask
from tracker.asks.queries import asks_of
from tracker.board import queries
from tracker.dates import earth_day
from tracker.i18n import _, language_name, list_and, ngettext
from tracker.institutions.models import Person
from tracker.milestones.actions import ASK as MILESTONE
from tracker.milestones.models import DateChange, Milestone


@dataclass(frozen=True)
class AskRow:
    ask: Ask
    kind: Kind
    people: list[Person]  # who can answer, perhaps nobody

    @property
    def question(self) -> str:
        return self._say(self.kind.question)

    @property
    def waiting_for(self) -> str:
        return self._say(self.kind.waiting_for)

    def _say(self, sentence: object) -> str:
        ask = self.ask
        return say(sentence, values_of(ask.details, by=ask.asked_by_name, whose=ask.addressee_name))

    @property
    def days_overdue(self) -> int:
        return overdue_since(self.ask)

    @property
    def mailed(self) -> list[Person]:
        """Who would get a reminder, as `asks.addressees.mailed` says it."""
        first = [self.ask.delegated_to] if self.ask.delegated_to else self.people
        return [person for person in first if person.email]

    @property
    def troubled(self) -> list[Person]:
        """Those whom mail does not reach."""
        return [person for person in self.people if person.mail_trouble]

    @property
    def why_not_now(self) -> str:
        """Why it is not reminded of now; empty where it can be."""
        if was_mailed_lately(self.ask):
            return _("mailed less than a day ago")
        return "" if self.mailed else _("nobody there can be mailed")


@dataclass(frozen=True)
class LateRow:
    """A milestone that is late: the open question about it, if any, and what was said of it so far."""

    milestone: Milestone
    asked: AskRow | None
    last: str

    @property
    def days_overdue(self) -> int:
        last_day = self.milestone.last_day
        return max(0, (earth_day() - last_day).days) if last_day else 0

    @property
    def whose_turn(self) -> str:
        """The name of whoever is responsible."""
        if self.asked is not None:
            return self.asked.ask.addressee_name
        if self.milestone.partner is not None:
            return self.milestone.partner.name
        return list_and([partner.name for partner in self.milestone.project.lead_partners])


def rows_of(asks: Iterable[Ask]) -> dict[int, AskRow]:
    """The rows of some asks, by ask."""
    asks = list(asks)
    people = queries.answering(asks)
    return {ask.id: AskRow(ask, KINDS[ask.kind], people[ask.id]) for ask in asks}


def rows_of_late(milestones: Iterable[Milestone]) -> dict[int, LateRow]:
    """The rows of some late milestones, by milestone."""
    milestones = list(milestones)
    asks, moved = asks_of(MILESTONE, milestones), queries.moves(milestones)
    rows = rows_of(ask for known in asks.values() for ask in known if ask.is_open)
    opened = {row.ask.subject_id: row for row in rows.values()}
    return {
        milestone.id: LateRow(
            milestone, opened.get(milestone.id), _said_so_far(moved.get(milestone.id, []), asks.get(milestone.id, []))
        )
        for milestone in milestones
    }


def _said_so_far(changes: list[DateChange], asks: list[Ask]) -> str:
    """How often the date moved and why last; and whether help was asked for and is still awaited."""
    said = []
    if changes:
        said.append(
            ngettext(
                "moved once: %(reason)s",
                "moved %(number)s times; last: %(reason)s",
                len(changes),
                number=str(len(changes)),
                reason=changes[-1].reason_label,
            )
        )
    if asks and asks[-1].choice == "help" and (given := asks[-1].answer) is not None:
        said.append(_("help is needed: %(words)s", words=str(given.values.get("words", ""))))
    return "; ".join(said)


def mails_by_language(rows: Iterable[AskRow]) -> list[str]:
    """“English: 3” for each language in which reminders of these would be mailed, the commonest first."""
    counts: dict[str, int] = {}
    for row in rows:
        for person in row.mailed:
            tag = person.interface_language or "en"
            counts[tag] = counts.get(tag, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [_("%(language)s: %(number)s", language=language_name(tag), number=str(number)) for tag, number in ordered]


def names(rows: Iterable[AskRow]) -> str:
    """Whom they wait for, in words, each once."""
    return list_and(list(dict.fromkeys(row.ask.addressee_name for row in rows)))
