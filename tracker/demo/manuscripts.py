"""How reports of the example come about: drafts, a text written here, reviews, approval; and what follows later."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from werkzeug.datastructures import FileStorage

from tracker import clock, files
from tracker.credit import actions as credit
from tracker.credit import contributions
from tracker.credit.queries import approvals_of
from tracker.credit.states import ContributionRole, Degree
from tracker.database import db
from tracker.dates import PartialDate
from tracker.demo import manuscript_texts as texts
from tracker.demo.cast import Cast
from tracker.demo.lives import Deed, Life
from tracker.demo.people import CONTACT, RESEARCHER
from tracker.documents import Kind
from tracker.drafts.actions import add_file
from tracker.drafts.models import Draft
from tracker.drafts.queries import blocks_of, current
from tracker.drafts.reading import read
from tracker.drafts.states import ReadingState
from tracker.institutions.models import Person
from tracker.reports import actions as reports
from tracker.reports.models import Report
from tracker.reviewing import actions as reviewing
from tracker.reviewing import reviewers
from tracker.reviewing.models import Review, ReviewRound
from tracker.reviewing.queries import comments_of
from tracker.reviewing.states import Recommendation, Reply
from tracker.uses import inquiries
from tracker.uses.models import DownloadCount, UseInquiry
from tracker.writing import actions as writing
from tracker.writing import pens
from tracker.writing.states import SectionState

FOLDER = Path(__file__).parent / "texts"
REVIEWED, WRITTEN, PRINTED_HERE = "yunling", "zambeze", "ndar"  # whose report it is, by the institution that leads
CORRECTED, INQUIRED = "meghna", "ucayali"
DOWNLOADED = 240  # times in all


class Manuscripts:
    """Deeds as those of `lives.Life`; the records they are about are there by then."""

    def __init__(self, lives: list[Life], cast: Cast, today: date) -> None:
        self.cast, self.today = cast, today
        self._deeds: list[Deed] = []
        self.lives = {life.study.lead: life for life in lives if life.study.report}
        self.held: ReviewRound
        self.inquiries: list[UseInquiry] = []
        self._review(self.lives[REVIEWED])
        self._write(self.lives[WRITTEN])
        self._print(self.lives[PRINTED_HERE])
        self._follow_up(self.lives[CORRECTED], self.lives[INQUIRED])

    @property
    def deeds(self) -> list[Deed]:
        """In the order of their moments."""
        return sorted(self._deeds, key=lambda deed: deed.at)

    def _on(self, day: date, actor: Person, do: Callable[[], object]) -> None:
        """Something is done on a working day in the morning, at the latest the day before yesterday."""
        day = min(day, self.today - timedelta(days=2))
        day -= timedelta(days=max(0, day.weekday() - 4))
        moment = datetime.combine(day, time(7), UTC) + timedelta(minutes=6 * len(self._deeds))
        self._deeds.append(Deed(day, actor, do, moment))

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    # --- two drafts, a round of reviews, approval -------------------------------------------------------------

    def _review(self, life: Life) -> None:
        people = self.cast.people
        lead, second = life.lead, people["minh.quan"]
        begun = life.submitted
        self._on(begun - timedelta(days=4), lead, lambda: self._bring(life, texts.FIRST_NOTE, read_now=True))
        again = begun + timedelta(days=24)
        self._on(again, second, lambda: self._bring(life, texts.SECOND_NOTE, texts.REVISED, actor=second))
        self._on(self._ago(11), lead, life.papers.name_authors)
        self._on(self._ago(11), lead, lambda: self._open_round(life.papers.report, lead))
        self._on(self._ago(6), lead, self._send_review)
        self._on(self._ago(5), lead, lambda: self._pass_pen(life.papers.report, second, lead))
        self._on(self._ago(4), second, lambda: self._reply(second))
        self._on(self._ago(4), lead, lambda: self._ask_authors(life.papers.report, lead))
        for ago, key in ((3, "minh.quan"), (2, "dao.meilan")):
            self._on(self._ago(ago), people[key], partial(self._approve, life, people[key]))

    def _bring(
        self,
        life: Life,
        note: str,
        revised: tuple[tuple[str, str], ...] = (),
        *,
        actor: Person | None = None,
        name: str = "half-came-back",
        read_now: bool = True,
    ) -> None:
        """A Markdown file becomes the next draft; `read_now` where it can be read as soon as the site starts."""
        who, report = actor or life.lead, life.papers.report
        text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        for before, after in revised:
            assert before in text, before
            text = text.replace(before, after)
        upload = FileStorage(io.BytesIO(text.encode()), filename=f"{name}.md")
        kept = files.keep(upload, uploaded_by=who, project_id=life.project.id)
        draft = add_file(report, kept, note=note, actor=who)
        if read_now:
            self._read(draft, text)

    def _read(self, draft: Draft, text: str) -> None:
        """What the worker does with a draft, within this transaction."""
        db.session.flush()
        made = read(Kind.MARKDOWN, text.encode(), address=f"{draft.path}/pictures", language=draft.language)
        draft.html, draft.blocks, draft.found = made.html, made.blocks, made.found
        draft.reading = ReadingState.READABLE
        db.session.flush()

    def _open_round(self, report: Report, lead: Person) -> None:
        draft = current(report)
        assert draft is not None
        self.held = reviewing.open_round(
            report,
            draft,
            due_on=self.today + timedelta(days=9),
            note=texts.ROUND_NOTE,
            people=[self.cast.people[RESEARCHER]],
            outsiders=[texts.OUTSIDER],
            language="en",
            actor=lead,
        )

    def _send_review(self) -> None:
        review = self._outsiders_review()
        blocks = blocks_of(self.held.draft)
        for beginning, text in texts.COMMENTS:
            place = next(number for number, block in enumerate(blocks, 1) if block.startswith(beginning))
            reviewers.add_comment(review, text, block=place)
        reviewers.write(
            review,
            recommendation=Recommendation.MINOR,
            answers=[],
            words=texts.REVIEW_WORDS,
            language="en",
        )
        reviewers.send(review, actor=review.person)

    def _outsiders_review(self) -> Review:
        _name, email = texts.OUTSIDER
        return next(review for review in self.held.reviews if review.person.email == email)

    def _reply(self, actor: Person) -> None:
        comment = comments_of(self._outsiders_review())[0]
        reviewing.reply(comment, Reply.DONE, words=texts.REPLY, seen=reviewing.seen_of(comment), actor=actor)

    def _pass_pen(self, report: Report, holder: Person, lead: Person) -> None:
        until = PartialDate.of(self.today + timedelta(days=12))
        pens.give(report, holder, until=until, words=texts.PEN_WORDS, actor=lead)

    def _ask_authors(self, report: Report, lead: Person) -> None:
        credit.put_to_approval(report, actor=lead)
        waiting = report.authors[-1]
        proposed = {ContributionRole.INVESTIGATION: Degree.LEAD, ContributionRole.DATA_COLLECTOR: None}
        contributions.propose(contributions.contributor_for(waiting), proposed, actor=lead)
        contributions.ask_everybody(report, actor=lead)

    def _approve(self, life: Life, person: Person) -> None:
        """An author approves, and says what they did."""
        report = life.papers.report
        approval = next(row for row in approvals_of(report) if row.person_id == person.id)
        credit.approve(approval, actor=person)
        author = next(author for author in report.authors if author.person_id == person.id)
        roles = texts.DECLARED[author.position % len(texts.DECLARED)]
        contributions.declare(contributions.contributor_for(author), roles, actor=person)

    # --- a text written here ----------------------------------------------------------------------------------

    def _write(self, life: Life) -> None:
        for number, (place, writer, state, heading, text) in enumerate(texts.SECTIONS):
            who = self.cast.people[writer]
            day = self._ago(30 - 6 * number)
            self._on(day, who, partial(self._write_section, life, place, who, SectionState(state), heading, text))

    def _write_section(self, life: Life, place: str, who: Person, state: SectionState, heading: str, text: str) -> None:
        section = writing.add(life.papers.report, heading, partner=life.partner(place), actor=who)
        writing.save(section, text, began=section.version, actor=who)
        writing.set_state(section, state, actor=who)

    # --- a published report that is made here from its draft --------------------------------------------------

    def _print(self, life: Life) -> None:
        day = life.submitted - timedelta(days=4)
        self._on(day, life.lead, lambda: self._bring(life, texts.FRENCH_NOTE, name="payer-vite", read_now=False))

    # --- after publication ------------------------------------------------------------------------------------

    def _follow_up(self, corrected: Life, inquired: Life) -> None:
        lead = corrected.lead
        self._on(self._ago(61), lead, lambda: self._correct(corrected.papers.report, lead))
        self._on(self._ago(9), lead, lambda: self._name_translator(corrected.papers.report, lead))
        self._on(self._ago(2), lead, lambda: self._count_downloads(corrected.papers.report))
        self._on(self._ago(38), inquired.lead, lambda: self._inquire(inquired))
        contact = self.cast.contact("papaloapan")
        self._on(self._ago(31), contact, lambda: self._know_none(contact))

    def _correct(self, report: Report, lead: Person) -> None:
        reports.change_report(report, funding=texts.FUNDING, because=texts.CORRECTION, actor=lead)

    def _name_translator(self, report: Report, lead: Person) -> None:
        translator = self.cast.people[CONTACT]
        contributions.add_other(
            report,
            name=translator.name,
            person=translator,
            institution=self.cast.institutions["illimani"],
            roles={ContributionRole.TRANSLATOR: None},
            actor=lead,
        )

    def _inquire(self, life: Life) -> None:
        """What the worker asks half a year after publication."""
        for partner in life.project.partners:
            if partner.takes_part and partner.institution is not None:
                self.inquiries.append(inquiries.inquire(life.papers.report, partner.institution, inquiries.MONTHS[0]))

    def _know_none(self, contact: Person) -> None:
        place = self.cast.institutions["papaloapan"]
        asked = next(inquiry for inquiry in self.inquiries if inquiry.institution is place)
        inquiries.answer_none(asked, words=texts.KNOWS_NONE, actor=contact)

    def _count_downloads(self, report: Report) -> None:
        """More in the first weeks than later."""
        assert report.published_at is not None
        assert report.file is not None
        chance, counted = Random(report.title), dict[date, int]()
        days = (clock.today() - report.published_at.date()).days
        for _time in range(DOWNLOADED):
            day = clock.today() - timedelta(days=days - int(days * chance.random() ** 2))
            counted[day] = counted.get(day, 0) + 1
        db.session.add_all(
            DownloadCount(report_id=report.id, file_id=report.file.id, day=day, number=number)
            for day, number in counted.items()
        )
