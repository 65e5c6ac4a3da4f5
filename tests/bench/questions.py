"""The asks of the generated database: about ten for each project, of which one is open, with the mails they made."""

from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tracker import signing
from tracker.activity.models import Delivery
from tracker.activity.states import Sort
from tracker.asks import actions, links
from tracker.asks.kinds import KINDS
from tracker.asks.models import Answer, Ask, AskLink
from tracker.asks.states import AskState

if TYPE_CHECKING:
    from tests.bench.generator import Claim, Filled
    from tests.bench.tables import Tables

Row = tuple[str, int]  # table and id
KNOWN = (7, 60)  # people, and institutions of which they are the main contacts: asked the same at every size
FAILED_MAILS = 3
NETWORK: Row = ("network", 1)


class Questions:
    """Notes asks, answered and open, with who can answer, their links and their mails."""

    def __init__(self, tables: "Tables", made: "Filled", chance: Random, people: int, places: int, now: datetime):
        self.tables, self.made, self.chance, self.now = tables, made, chance, now
        self.people, self.places = people, places
        self.leads: dict[int, int] = {}  # project -> who leads it

    def answered(self, kind: str, subject: Row, to: Row, choice: str, asked_at: datetime, **more: Any) -> None:
        """An ask of the past, answered five days later by the first who could."""
        at, by_link = asked_at + timedelta(days=5), self.chance.random() < 0.7
        ask = self._ask(kind, subject, to, asked_at, state=AskState.ANSWERED, choice=choice, ended_at=at, **more)
        person = self._able(to)[0]
        self.tables.add(
            Answer,
            ask_id=ask,
            choice=choice,
            values={"note": "With pleasure."},
            person_id=person,
            person_name=f"Person {person}",
            for_name=f"Institute {to[1]}" if to[0] == "institution" else "",
            by_link=by_link,
            at=at,
        )

    def withdrawn(self, kind: str, subject: Row, to: Row, asked_at: datetime, **more: Any) -> None:
        """An ask that became pointless."""
        at = asked_at + timedelta(days=9)
        self._ask(kind, subject, to, asked_at, state=AskState.WITHDRAWN, ended_at=at, **more)

    def open(self, kind: str, subject: Row, to: Row, asked_at: datetime, **more: Any) -> None:
        """An ask that waits. Everyone who can answer has a link."""
        ask = self._ask(kind, subject, to, asked_at, state=AskState.OPEN, **more)
        if to == ("institution", KNOWN[0]):
            self.made.asks.append(ask)

    def recently(self) -> datetime:
        """A moment of the last four weeks: what was asked then is due within two weeks of today, before or after."""
        return self.now - timedelta(days=self.chance.randrange(28), hours=1)

    def claims(self, claims: list["Claim"]) -> None:
        """Whether people work where they say."""
        for claim in claims:
            note = self.answered if claim.is_confirmed else self.open
            more: dict[str, Any] = {"choice": "confirm"} if claim.is_confirmed else {}
            place: Row = ("institution", claim.institution)
            title, path = f"Institute {claim.institution}", f"/institutions/{claim.institution}"
            details = {"title": title, "path": path, "person": f"Person {claim.person}", "person_id": claim.person}
            note(
                "contacts.claim",
                ("affiliation", claim.affiliation),
                place,
                asked_at=self.now - timedelta(days=400) if claim.is_confirmed else self.recently(),
                about=place,
                by=claim.person,
                details=details | {"position": "Researcher"},
                **more,
            )

    def failed_mails(self) -> None:
        """Some that their addresses refused: the board shows them."""
        for person in range(1, FAILED_MAILS + 1):
            self._mail(person, "activity/mail/happened.txt", Sort.NEWS, "", self.now, {}, refused="550 no such user")

    def _ask(
        self,
        kind: str,
        subject: Row,
        to: Row,
        asked_at: datetime,
        *,
        about: Row,
        details: dict[str, Any],
        state: AskState,
        by: int | None = None,
        due_on: date | None = None,
        choice: str = "",
        ended_at: datetime | None = None,
    ) -> int:
        declared = KINDS[kind]
        asked_at = min(asked_at, self.now)
        due_on = due_on or asked_at.date() + declared.due_in
        is_open = state is AskState.OPEN
        plan = Ask(kind=kind, asked_at=asked_at, due_on=due_on)
        by_name = f"Person {by}" if by else ""
        name = f"Person {to[1]}" if to[0] == "person" else f"Institute {to[1]}"
        ask = self.tables.add(
            Ask,
            kind=kind,
            subject_type=subject[0],
            subject_id=subject[1],
            about_type=about[0],
            about_id=about[1],
            network_id=1,
            addressee_type=to[0],
            addressee_id=to[1],
            addressee_name=name,
            state=state,
            asked_by_id=by,
            asked_by_name=by_name,
            asked_at=asked_at,
            due_on=due_on,
            expires_at=asked_at + declared.lasts if declared.lasts else None,
            remind_at=actions.next_reminder(plan, self.now) if is_open else None,
            mailed_at=asked_at,
            details=details,
            choice=choice,
            ended_at=min(ended_at, self.now) if ended_at else None,
        )
        values = {
            **details,
            **{"ask_id": ask, "asked_kind": kind, "for": name, "by": by_name, "role": to[0], "others": []},
            **{"due": due_on.isoformat(), "handed_on_by": "", "reminded_by": "", "words": ""},
            "is_reminder": False,
        }
        able = self._able(to)
        for person in able if is_open else able[:1]:
            nonce = f"{self.chance.getrandbits(192):048x}"
            if is_open:
                self._link(ask, person, nonce, asked_at)
            mine = values | {"person_id": person, "nonce": nonce}
            self._mail(person, declared.mail, Sort.ASK, f"ask-{ask}", asked_at, mine)
        return ask

    def _link(self, ask: int, person: int, nonce: str, asked_at: datetime) -> None:
        token = links.token(AskLink(ask_id=ask, person_id=person, nonce=nonce))
        self.tables.add(
            AskLink,
            ask_id=ask,
            person_id=person,
            nonce=nonce,
            hash=signing.hashed(token),
            created_at=asked_at,
            expires_at=asked_at + links.LASTS,
        )
        self.made.links.append(token)

    def _mail(
        self,
        person: int,
        template: str,
        sort: Sort,
        thread: str,
        at: datetime,
        details: dict[str, Any],
        refused: str = "",
    ) -> None:
        self.tables.add(
            Delivery,
            recipient_id=person,
            address=f"p{person}@example.org",
            name=f"Person {person}",
            template=template,
            details=details,
            sort=sort,
            thread=thread,
            created_at=at,
            refused_at=at if refused else None,
            sent_at=None if refused else at + timedelta(minutes=1),
            attempts=1,
            last_error=refused,
        )

    def _able(self, to: Row) -> list[int]:
        """Who can answer, first whom to turn to."""
        kind, number = to
        if kind == "institution":
            return [person for person in (number, number + self.places) if person <= self.people]
        if kind == "network":
            return [self.people, self.people - 1]
        return [self.leads[number]] if kind == "project" else [number]
