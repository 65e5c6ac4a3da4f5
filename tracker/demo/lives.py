"""The life of one example study: what its people did, on which day, by the actions that pages use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from tracker import clock
from tracker.calls import actions as calls
from tracker.calls.models import CallQuestion
from tracker.credit import actions as credit
from tracker.dates import PartialDate
from tracker.demo.cast import Cast
from tracker.demo.papers import Papers
from tracker.demo.study import FINAL, REVIEWED, Study
from tracker.demo.terms_texts import TERMS
from tracker.institutions.models import Institution, Person
from tracker.milestones import actions as plans
from tracker.milestones.models import Milestone
from tracker.milestones.states import TEMPLATES, DelayReason, NoteAudience
from tracker.projects import actions as projects
from tracker.projects.models import Partner, Project
from tracker.projects.states import LEADING
from tracker.recruiting import actions as recruiting
from tracker.seats import actions as seating
from tracker.seats.models import Seat
from tracker.seats.states import Task
from tracker.terms import actions as terms_actions
from tracker.terms.models import Terms
from tracker.terms.parts import taking_part
from tracker.terms.states import AuthorOrder

LEAVING = "Nuestro equipo pasa a otro estudio; dejamos los instrumentos y los datos a disposición de todos."
DECLINING = {
    "es": "Gracias por pensar en nosotros. Este año no tenemos a nadie libre; el próximo sí.",
    "fr": "Merci de votre confiance. Nous n’avons personne de libre cette année.",
    "en": "Thank you for thinking of us. Nobody here is free this year; please ask us again.",
}
UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass
class Deed:
    """Something done on a day by somebody. `at` follows when all deeds of a study are in order."""

    day: date
    actor: Person
    do: Callable[[], object]
    at: datetime = UNKNOWN


class Life:
    """Plans the deeds of one study; nothing is done before they are called, each at its moment."""

    def __init__(self, study: Study, cast: Cast, today: date, chance: Random) -> None:
        self.study, self.cast, self.today, self.chance = study, cast, today, chance
        self.lead = cast.people[study.person]
        self.coordinator = cast.coordinator(study.lead)
        self.project: Project
        self.seats: list[Seat] = []
        self.questions: dict[str, CallQuestion] = {}
        self.plan: list[Milestone] = []
        self.terms: Terms
        self.papers: Papers
        self.submitted: date
        self.deeds: list[Deed] = []
        self._beginning()
        if study.accepted:
            self._recruiting()
        if study.template:
            self._planning()
        if study.has_started:
            self._work()
        if study.report:
            self._report()
        if study.stopped:
            days, reason = study.stopped
            self._step("stop", today - timedelta(days=days), reason=reason)
        self._in_order()

    def _on(self, day: date, do: Callable[[], object], actor: Person | None = None) -> None:
        """Something is done on a day, at the latest yesterday."""
        self.deeds.append(Deed(min(day, self.today - timedelta(days=1)), actor or self.lead, do))

    def _step(self, name: str, day: date, actor: Person | None = None, reason: str = "") -> None:
        who = actor or self.lead
        self._on(day, lambda: projects.take_step(self.project, name, actor=who, reason=reason), who)

    def _in_order(self) -> None:
        """Give each deed a moment in office hours of a working day, each later than the one before."""
        self.deeds.sort(key=lambda deed: deed.day)  # stable: deeds of one day stay in the order of planning
        before = UNKNOWN
        for deed in self.deeds:
            weekday = deed.day - timedelta(days=max(0, deed.day.weekday() - 4))
            minutes = self.chance.randrange(9 * 60)
            deed.at = datetime.combine(weekday, time(6), UTC) + timedelta(minutes=minutes)
            if deed.at <= before:
                deed.at = before + timedelta(minutes=self.chance.randrange(3, 25))
            before = deed.at

    # --- the proposal -----------------------------------------------------------------------------------------

    def _beginning(self) -> None:
        study, day = self.study, self.study.day
        self._on(day("created", self.today), self._create)
        for task, place, language, skills, wanted, *_partner in study.seats:
            named = {"task": Task(task), "place": place, "language": language, "skills": skills, "wanted": wanted}
            self._on(day("created", self.today), partial(self._open_seat, named))
        if study.state == "draft":
            return
        proposed = day("proposed", self.today)
        self._step("propose", proposed)
        if study.sent_back:
            back = proposed + timedelta(days=9)
            self._step("send_back", back, self.coordinator, reason=study.sent_back)
            self._on(back + timedelta(days=12), self._rewrite)
            self._step("propose", back + timedelta(days=13))
        if study.accepted:
            accepted = day("accepted", self.today)
            self._step("accept", accepted, self.coordinator)
            if study.closes:
                self._on(accepted + timedelta(days=1), self._set_dates)
            for place, question, answer in study.asked_before:
                who = self.cast.contact(place)
                self._on(accepted + timedelta(days=2), partial(self._ask_about_call, place, question, who), who)
                if answer:
                    self._on(accepted + timedelta(days=4), partial(self._answer_about_call, question, answer))

    def _open_seat(self, fields: dict[str, Any]) -> None:
        self.seats.append(seating.open_seat(self.project, **fields, actor=self.lead))

    def _set_dates(self) -> None:
        closes_on = self.today + timedelta(days=self.study.closes)
        until = closes_on - timedelta(days=10)
        calls.set_dates(self.project, opens_on=None, questions_until=until, closes_on=closes_on, actor=self.lead)

    def _ask_about_call(self, place: str, text: str, who: Person) -> None:
        language = self.study.language
        asked = calls.ask(self.project, self.cast.institutions[place], text=text, language=language, actor=who)
        self.questions[text] = asked

    def _answer_about_call(self, text: str, answer: str) -> None:
        calls.answer(self.questions[text], text=answer, actor=self.lead)

    def _create(self) -> None:
        study, cast = self.study, self.cast
        names = ("title", "question", "why_now", "summary", "method", "funding", "language", "working_language")
        fields = {name: getattr(study, name) for name in names}
        if study.sent_back:
            fields["summary"] = ""
        if study.has_started:
            start = study.plan_start(self.today)
            fields["starts_on"] = PartialDate(f"{start:%Y-%m}")
            last = len(TEMPLATES[study.template].milestones) - 1
            fields["ends_on"] = PartialDate(f"{study.first_due(last, self.today):%Y-%m}")
        self.project = projects.create(
            network=cast.network,
            lead=cast.institutions[study.lead],
            actor=self.lead,
            themes=[cast.themes[name] for name in study.themes],
            countries=study.countries,
            goals=study.goals,
            **fields,
        )

    def _rewrite(self) -> None:
        projects.change(self.project, actor=self.lead, summary=self.study.summary)

    # --- partners and terms -----------------------------------------------------------------------------------

    def _recruiting(self) -> None:
        study = self.study
        asked = study.day("asked", self.today)
        for number, (place, fate) in enumerate(study.asked):
            day = asked + timedelta(days=number)
            self._ask(place, fate, day)
            if fate not in ("invited", "offered"):
                self._answer(place, fate, day + timedelta(days=self.chance.randrange(2, 11)))
        if study.terms is None and not study.has_started:
            return
        self._on(study.day("terms", self.today), self._write_terms)
        confirming = [place for place, fate in study.asked if fate in ("agreed", "accepted", "left")]
        for number, place in enumerate(confirming if study.terms is None else study.terms):
            contact = self.cast.contact(place)
            day = study.day("terms", self.today) + timedelta(days=1 + number)
            self._on(day, partial(self._confirm, place, contact), contact)

    def _ask(self, place: str, fate: str, day: date) -> None:
        institution, contact = self.cast.institutions[place], self.cast.contact(place)
        note = self.study.offer_note if fate in ("offered", "accepted") else self.study.asked_note
        if fate in ("offered", "accepted"):
            self._on(day, lambda: self._offer(institution, self._seats_of(place), note, contact), contact)
        else:
            self._on(day, lambda: self._invite(institution, self._seats_of(place), note))

    def _offer(self, institution: Institution, seats: list[Seat], note: str, contact: Person) -> None:
        recruiting.offer(self.project, institution, seats=seats, note=note, actor=contact)

    def _invite(self, institution: Institution, seats: list[Seat], note: str) -> None:
        recruiting.invite(self.project, institution, seats=seats, note=note, actor=self.lead)

    def _seats_of(self, place: str) -> list[Seat]:
        """The seats that this institution is asked, or offers, to fill."""
        return [seat for seat, told in zip(self.seats, self.study.seats, strict=True) if place in told[5:]]

    def _answer(self, place: str, fate: str, day: date) -> None:
        contact = self.cast.contact(place)
        if fate == "accepted":
            self._on(day, lambda: recruiting.answer_offer(self.partner(place), accepts=True, actor=self.lead))
            return
        agrees = fate != "declined"
        note = "" if agrees else DECLINING.get(self.study.language, DECLINING["en"])
        self._on(
            day,
            lambda: recruiting.answer_invitation(self.partner(place), agrees=agrees, note=note, actor=contact),
            contact,
        )

    def partner(self, place: str) -> Partner:
        institution = self.cast.institutions[place]
        return next(partner for partner in self.project.partners if partner.institution is institution)

    def _write_terms(self) -> None:
        words = dict(TERMS[self.study.language])
        lead, partner = words.pop("lead"), words.pop("partner")
        self.terms = terms_actions.write(
            self.project,
            tasks={known.id: lead if known.role in LEADING else partner for known in taking_part(self.project)},
            author_order=AuthorOrder.CONTRIBUTION,
            working_language=self.study.language,
            **words,
            actor=self.lead,
        )

    def _confirm(self, place: str, contact: Person) -> None:
        terms_actions.confirm(self.terms, self.partner(place), actor=contact)

    # --- the plan and the work --------------------------------------------------------------------------------

    def _planning(self) -> None:
        study = self.study
        day = study.day("planned", self.today)
        self._on(day, self._make_plan)
        for position, place in study.who:
            self._on(day, partial(self._make_responsible, position, place))
        for key in self._helpers():
            person = self.cast.people[key]
            self._on(day + timedelta(days=2), partial(self._add, person))

    def _make_plan(self) -> None:
        start = self.study.plan_start(self.today)
        self.plan = plans.plan_from_template(self.project, self.study.template, start, actor=self.lead)

    def _make_responsible(self, position: int, place: str) -> None:
        milestone, person = self.plan[position], self._responsible(position)
        plans.change_milestone(
            milestone, name=milestone.name, partner=self.partner(place), person=person, actor=self.lead
        )

    def _responsible(self, position: int) -> Person:
        place = next((place for held, place in self.study.who if held == position), self.study.lead)
        return self.lead if place == self.study.lead else self.cast.contact(place)

    def _add(self, person: Person) -> None:
        projects.add_member(self.project, person, actor=self.lead)

    def _helpers(self) -> list[str]:
        """Who else writes notes or is an author, beside the lead and the contacts who agreed."""
        report, brief = self.study.report or {}, self.study.brief or {}
        writers = [note[1] for note in self.study.notes]
        return sorted({*writers, *report.get("authors", []), *brief.get("authors", [])} - {self.study.person})

    def _work(self) -> None:
        study = self.study
        started = study.day("started", self.today)
        self._step("start", started)
        for position in range(study.done_milestones):
            self._reach(position, started)
        for position, days, reason, words in study.slips:
            before = study.first_due(position, self.today) - timedelta(days=self.chance.randrange(2, 9))
            day = max(before, started + timedelta(days=1))
            self._on(day, partial(self._move, position, days, reason, words), self._responsible(position))
        for months, writer, audience, text, *language in study.notes:
            day = study.plan_start(self.today) + timedelta(days=round(months * 30.4))
            day = min(day, self.today - timedelta(days=2))
            person = self.cast.people[writer]
            tongue = language[0] if language else study.language
            self._on(day, partial(self._write_note, text, tongue, audience, person), person)
        for place, fate in study.asked:
            if fate == "left":
                contact = self.cast.contact(place)
                day = started + (self.today - started) * 2 // 5
                self._on(day, partial(self._leave, place, contact), contact)

    def _leave(self, place: str, contact: Person) -> None:
        recruiting.leave(self.partner(place), note=LEAVING, actor=contact)

    def _reached_on(self, position: int) -> date:
        """When a milestone was reached: near its date, as it stood then."""
        due = self.study.first_due(position, self.today) + timedelta(days=self.study.slip(position))
        jitter = Random(f"{self.study.title}/{position}").randrange(-4, 7)
        earliest = self.study.day("planned", self.today) + timedelta(days=1)
        return max(due + timedelta(days=jitter), earliest)

    def _reach(self, position: int, started: date) -> None:
        day = self._reached_on(position)
        if position > 1:
            day = max(day, started + timedelta(days=1))
        person = self._responsible(position)
        self._on(
            day,
            lambda: plans.mark_done(self.plan[position], on=PartialDate.of(clock.today()), actor=person),
            person,
        )

    def _move(self, position: int, days: int, reason: str, words: str) -> None:
        milestone = self.plan[position]
        assert milestone.due is not None
        plans.move(
            milestone,
            due=PartialDate.of(milestone.due.first_day + timedelta(days=days)),
            reason=DelayReason(reason),
            words=words,
            actor=self._responsible(position),
        )

    def _write_note(self, text: str, language: str, audience: str, person: Person) -> None:
        plans.write_note(
            self.project,
            text=text,
            on=PartialDate.of(clock.today()),
            language=language,
            audience=NoteAudience(audience),
            actor=person,
        )

    # --- the report -------------------------------------------------------------------------------------------

    def _report(self) -> None:
        study, papers = self.study, Papers(self.study, self.cast)
        submitted = self._reached_on(REVIEWED[study.template]) - timedelta(days=14)
        self.papers, self.submitted = papers, submitted

        self._on(submitted - timedelta(days=16), lambda: papers.start(self.project))
        self._on(submitted - timedelta(days=9), papers.describe)
        self._on(submitted - timedelta(days=2), papers.attach_draft)
        self._step("submit", submitted)
        if study.reopened:
            self._step("reopen", submitted + timedelta(days=16), reason=study.reopened)
            self._on(submitted + timedelta(days=27), papers.attach_again)
            self._step("submit", submitted + timedelta(days=28))
        if study.state == "published":
            day = self._reached_on(FINAL[study.template])
            self._on(day - timedelta(days=6), papers.name_authors)
            self._on(day - timedelta(days=3), lambda: papers.complete(day))
            self._on(day - timedelta(days=2), papers.ask_authors)
            self._on(day - timedelta(days=1), papers.answer)
            self._on(day, lambda: credit.publish(self.project, actor=self.lead))
