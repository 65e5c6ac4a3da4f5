"""How a round stands, as far as whoever reads may know: who has answered, who is waited for, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.asks.models import Ask
from tracker.asks.queries import asks_of
from tracker.dates import earth_day
from tracker.i18n import _, format_day, ngettext
from tracker.institutions.models import Person
from tracker.permissions import permissions
from tracker.reports.models import Report
from tracker.reviewing.models import Review, ReviewRound
from tracker.reviewing.queries import KIND, counts_of, last_number, round_of, rounds_of
from tracker.reviewing.states import ReviewState


@dataclass(frozen=True)
class Reader:
    """One reviewer as the reader may know them. `note`: what somebody wrote who declined; `number`: in the order in
    which reviews came, 0 for one that has not: no page shows the row's own, which tells when somebody was asked.
    """

    review: Review
    name: str
    number: int
    note: str = ""


@dataclass(frozen=True)
class Standing:
    """A round for one reader. `readers`: those who may be shown one by one; `names`: whether by their names."""

    round: ReviewRound
    names: bool
    readers: list[Reader]
    comments: int
    replied: int

    @property
    def sent(self) -> list[Reader]:
        """Those whose review was sent, the first one first."""
        return [reader for reader in self.readers if reader.review.is_sent]

    @property
    def awaited(self) -> int:
        return _count(self.round, ReviewState.ASKED)

    @property
    def summary(self) -> str:
        """Who has and has not answered, in words."""
        return summary_of(self.round)

    def name_of(self, review: Review) -> str:
        """Of one whose review was sent."""
        return next((reader.name for reader in self.readers if reader.review.id == review.id), "")


def standing(held: ReviewRound, actor: Person | None) -> Standing:
    """How a round stands for a reader."""
    names = permissions["know_reviewers"](actor, held)
    return _standing(held, names, asks_of(KIND, held.reviews) if names else {}, counts_of([held]))


def _standing(
    held: ReviewRound, names: bool, asked: Mapping[int, list[Ask]], counts: Mapping[int, tuple[int, int]]
) -> Standing:
    numbers = {review.id: number for number, review in enumerate(_sent(held), start=1)}
    readers = [
        Reader(
            review,
            _name(review, asked.get(review.id, []))
            if names
            else _("Reviewer %(number)s", number=str(numbers[review.id])),
            numbers.get(review.id, 0),
            _note(asked.get(review.id, [])),
        )
        for review in sorted(held.reviews, key=lambda review: (numbers.get(review.id, len(numbers) + 1), review.id))
        if names or review.is_sent
    ]
    comments, replied = counts.get(held.id, (0, 0))
    return Standing(held, names, readers, comments, replied)


def all_of(report: Report, actor: Person | None) -> list[Standing]:
    """Every round of a report, the newest first."""
    rounds = rounds_of(report)
    known = {held.id for held in rounds if permissions["know_reviewers"](actor, held)}
    asked = asks_of(KIND, [review for held in rounds if held.id in known for review in held.reviews])
    counts = counts_of(rounds)
    return [_standing(held, held.id in known, asked, counts) for held in rounds]


def newest(report: Report, actor: Person | None) -> Standing | None:
    """The newest round of a report, if there was one."""
    number = last_number(report)
    held = round_of(report, number) if number else None
    return standing(held, actor) if held is not None else None


def summary_of(held: ReviewRound) -> str:
    """ "3 of 5 have answered · 1 declined · 1 waits until 5 May"."""
    answered, awaited = _count(held, ReviewState.ANSWERED), _count(held, ReviewState.ASKED)
    declined = _count(held, ReviewState.DECLINED)
    asked = answered + awaited + declined
    parts = [
        ngettext(
            "%(answered)s of %(number)s sent a review",
            "%(answered)s of %(number)s sent a review",
            asked,
            answered=str(answered),
            number=str(asked),
        )
    ]
    if declined:
        parts.append(ngettext("%(number)s declined", "%(number)s declined", declined, number=str(declined)))
    if awaited:
        parts.append(_waiting(held, awaited))
    return " · ".join(parts)


def _waiting(held: ReviewRound, count: int) -> str:
    number, day = str(count), format_day(held.due_on)
    if not held.is_open:
        return ngettext("%(number)s did not answer", "%(number)s did not answer", count, number=number)
    if held.due_on < earth_day():
        return ngettext(
            "%(number)s is late: it was due on %(day)s",
            "%(number)s are late: they were due on %(day)s",
            count,
            number=number,
            day=day,
        )
    return ngettext("%(number)s has until %(day)s", "%(number)s have until %(day)s", count, number=number, day=day)


def _sent(held: ReviewRound) -> list[Review]:
    """In the order in which they came: it says nothing about the order in which people were asked, and stays."""
    sent = [review for review in held.reviews if review.is_sent and review.answered_at]
    return sorted(sent, key=lambda review: (review.answered_at, review.id))


def _name(review: Review, asked: list[Ask]) -> str:
    """Whoever has not sent one stands under the name that was typed: an address tells nobody whose it is."""
    typed = "" if review.round.hides_names or review.is_sent or not asked else asked[-1].addressee_name
    return typed or review.person.name


def _note(asked: list[Ask]) -> str:
    answer = asked[-1].answer if asked else None
    return str(answer.values.get("note", "")) if answer is not None and answer.choice == "decline" else ""


def _count(held: ReviewRound, state: ReviewState) -> int:
    return sum(review.state is state for review in held.reviews)
