"""Mails are rows first: none is owed for what did not happen, none is lost, none is sent twice."""

import itertools
import smtplib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.activity.apart import at_once, database_apart
from tests.factories import make_institution, make_person, make_project, make_report, make_seat
from tests.mails import text_of
from tests.world import make_world
from tracker import clock, mail
from tracker.accounts import actions as accounts
from tracker.activity import outbox
from tracker.activity.models import Activity, Delivery
from tracker.activity.outbox import CLAIM_LASTS, MOST_ATTEMPTS, send_owed
from tracker.activity.record import owe, record
from tracker.activity.states import Rhythm
from tracker.calls import actions as calls
from tracker.calls.queries import call_of
from tracker.checkins.rounds import ask_how_it_goes
from tracker.contacts import actions as contacts
from tracker.database import db
from tracker.dates import PartialDate
from tracker.errors import RuleBroken
from tracker.institutions import actions as institutions
from tracker.milestones import actions as milestones
from tracker.milestones.rounds import look_after
from tracker.newcomers import actions as newcomers
from tracker.newcomers.models import Application
from tracker.notifications import actions as notifications
from tracker.projects import actions as projects
from tracker.projects.states import ProjectState
from tracker.recruiting import actions as recruiting
from tracker.writing import pens


def one_owed():
    db.session.execute(sa.delete(Delivery))
    owe("accounts/mail/password_changed.txt", make_person("Amina", email="amina@example.org"))
    db.session.commit()
    return db.session.scalars(sa.select(Delivery)).one()


def refuse(_message):
    raise smtplib.SMTPRecipientsRefused({"amina@example.org": (451, b"no such luck")})


def test_a_change_owes_a_mail_to_those_it_concerns_and_not_to_whoever_made_it():
    project = make_project(ProjectState.PROPOSED)
    db.session.execute(sa.delete(Delivery))
    projects.take_step(project, "accept", actor=project.coordinator)
    db.session.flush()
    owed = db.session.scalars(sa.select(Delivery)).all()
    assert [delivery.recipient_id for delivery in owed] == [project.lead.id]
    assert owed[0].sent_at is None and owed[0].activity.kind == "projects.accept"


def test_nobody_without_an_address_and_nobody_twice():
    project = make_project()
    silent = make_person()
    silent.email = None
    heard = make_person()
    record("projects.change", project, actor=project.lead, tell=[heard, silent, heard, project.lead])
    db.session.flush()
    owed = db.session.scalars(sa.select(Delivery).join(Delivery.activity).where(Activity.kind == "projects.change"))
    assert [delivery.recipient_id for delivery in owed] == [heard.id]


def test_nothing_is_owed_for_what_was_rolled_back():
    project = make_project(ProjectState.PROPOSED)
    db.session.commit()
    before = db.session.scalar(sa.select(sa.func.count(Delivery.id)))
    projects.take_step(project, "accept", actor=project.coordinator)
    db.session.rollback()
    with pytest.raises(RuleBroken):
        projects.take_step(project, "start", actor=project.coordinator)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Delivery.id))) == before


def test_what_is_sent_is_marked_and_not_sent_again():
    delivery = one_owed()
    sent = []
    assert send_owed(send=sent.append) == 1
    assert send_owed(send=sent.append) == 0
    assert len(sent) == 1
    assert delivery.sent_at is not None and delivery.last_error == "" and delivery.attempts == 1


def test_a_refused_mail_is_tried_again_after_growing_pauses_until_enough(later):
    delivery, tried = one_owed(), []

    def refuse_and_count(message):
        tried.append(clock.now())
        refuse(message)

    for _ in range(4 * 24 * 9):
        send_owed(send=refuse_and_count)
        later(15)
    assert len(tried) == MOST_ATTEMPTS
    pauses = [after - before for before, after in itertools.pairwise(tried)]
    hours = [round(pause / timedelta(hours=1)) for pause in pauses]
    assert hours == sorted(hours) and pauses[0] >= timedelta(minutes=2)
    assert timedelta(hours=6) <= pauses[-1] < timedelta(hours=7)
    assert tried[-1] - tried[0] > timedelta(days=5)
    assert delivery.sent_at is None and "no such luck" in delivery.last_error


def test_runs_that_die_before_sending_use_up_no_attempt(later):
    delivery = one_owed()
    for _ in range(MOST_ATTEMPTS + 1):
        assert len(outbox.claim(10)) == 1  # and then the machine fails
        later(CLAIM_LASTS / timedelta(minutes=1) + 1)
    sent = []
    send_owed(send=sent.append)
    assert len(sent) == 1 and delivery.attempts == 1


def test_what_was_given_up_is_listed_and_can_be_tried_again(app):
    delivery = one_owed()
    send_owed(send=refuse)
    delivery.attempts = MOST_ATTEMPTS
    db.session.commit()
    listed = app.test_cli_runner().invoke(args=["outbox", "list"]).output
    assert delivery.address in listed and "given up" in listed and "no such luck" in listed
    assert "1 e-mail(s) could not be sent" in listed
    assert send_owed(send=refuse) == 0
    assert "1 e-mail(s)" in app.test_cli_runner().invoke(args=["outbox", "retry"]).output
    sent = []
    assert send_owed(send=sent.append) == 1 and len(sent) == 1
    assert "\n0 e-mail(s)" in "\n" + app.test_cli_runner().invoke(args=["outbox", "list"]).output


def test_one_refused_mail_does_not_hold_up_the_others():
    one_owed()
    owe("accounts/mail/password_changed.txt", make_person(email="bela@example.org"))
    db.session.commit()
    sent = []

    def send(message):
        if "amina" in message["To"]:
            refuse(message)
        sent.append(message["To"].addresses[0].addr_spec)

    send_owed(send=send)
    assert sent == ["bela@example.org"]


def test_a_crash_between_claim_and_sending_loses_nothing(later):
    one_owed()
    assert len(outbox.claim(10)) == 1  # and then the machine fails
    sent = []
    assert send_owed(send=sent.append) == 0  # another run: somebody may be sending it just now
    later(CLAIM_LASTS / timedelta(minutes=1) + 1)
    assert send_owed(send=sent.append) == 1
    assert len(sent) == 1


def test_a_slow_server_does_not_make_a_second_run_send_what_the_first_still_holds(later):
    one_owed()
    owe("accounts/mail/password_changed.txt", make_person(email="bela@example.org"))
    db.session.commit()
    sent = []

    def slowly(message):
        sent.append(message["To"].addresses[0].addr_spec)
        if len(sent) == 1:
            later(15)
            send_owed(send=lambda other: sent.append(other["To"].addresses[0].addr_spec))

    send_owed(send=slowly)
    assert sent.count("bela@example.org") == 1


def test_a_mail_that_cannot_be_composed_stays_owed_and_says_why():
    delivery = one_owed()
    delivery.template = "accounts/mail/nowhere.txt"
    db.session.commit()
    send_owed(send=lambda message: None)
    assert delivery.sent_at is None and "nowhere" in delivery.last_error


def test_two_senders_at_once_send_each_mail_once(tmp_path):
    with database_apart(tmp_path) as app:
        with app.app_context():
            people = [make_person(email=f"someone{number}@example.org") for number in range(40)]
            for person in people:
                owe("accounts/mail/password_changed.txt", person)
            db.session.commit()
        sent = []

        def run():
            with app.app_context():
                while send_owed(limit=7, send=lambda message: sent.append(message["To"].addresses[0].addr_spec)):
                    pass

        assert at_once(run, run, run) == [None] * 3
        assert sorted(sent) == sorted(f"someone{number}@example.org" for number in range(40))
        with app.app_context():
            owed = sa.select(sa.func.count(Delivery.id)).where(Delivery.sent_at.is_(None))
            assert db.session.scalar(owed) == 0


# --- every kind of letter -------------------------------------------------------------------------------------


def every_letter_owed():
    """Real actions until each template is owed to somebody."""
    make_world()
    project = make_project(ProjectState.RUNNING)
    place = project.partners[1].institution
    colleague = accounts.invite(
        name="New Comer", email="new@example.org", institution=place, position="Fellow", actor=project.lead
    )
    person = project.lead
    person.email, person.joined_at = "lead@example.org", clock.now()
    db.session.flush()
    accounts.mail_sign_in_link("lead@example.org")
    accounts.mail_reset_link("lead@example.org")
    accounts.ask_to_change_email(person, "moved@example.org")
    accounts.set_password(person, "seven quiet bicycles")
    call = make_project(ProjectState.RECRUITING, countries=("KE",))
    nobody_there = make_institution(country="PE", member_of=call.network)
    recruiting.invite(call, nobody_there, note="Come!", actor=call.lead)
    contact = make_person(contact_of=make_institution(country="BO", member_of=call.network))
    willing = recruiting.invite(call, contact.affiliations[0].institution, seats=[make_seat(call)], actor=call.lead)
    recruiting.answer_invitation(willing, agrees=True, is_sure=False, actor=contact)
    offered = make_person(institution=make_institution(country="PE", member_of=call.network))
    make_person(contact_of=offered.affiliations[0].institution)
    offer = recruiting.offer(call, offered.affiliations[0].institution, note="We can", actor=offered)
    recruiting.answer_offer(offer, accepts=True, actor=call.lead)
    recruiting.hand_over_lead(project.partners[1], note="I move", actor=project.lead)
    waiting = make_institution(country="NP", member_of=call.network)
    recruiting.offer(call, waiting, note="We can", actor=make_person(contact_of=waiting))
    today = clock.today()
    calls.set_dates(call, opens_on=None, questions_until=None, closes_on=today + timedelta(days=3), actor=call.lead)
    with clock.frozen(clock.now() + timedelta(days=9)):
        calls.close(call_of(call.id), call)
    application = db.session.query(Application).first()
    newcomers.is_known(application, place, actor=project.coordinator)
    institutions.affiliate(make_person(), place, actor=None)
    assert colleague.joined_at is None
    contacts.name(place, make_person(), 2, actor=make_person(coordinates=project.network))
    soon = PartialDate(f"{clock.today() + timedelta(days=2)}")
    milestones.add_milestone(project, name="Survey", due=soon, actor=None)
    db.session.commit()
    look_after(100)
    with clock.frozen((clock.now().replace(day=1) + timedelta(days=64)).replace(day=2)):
        ask_how_it_goes(100)
    writer, report = make_person(institution=place), make_report(project)
    projects.add_member(project, writer, actor=project.lead)
    pens.give(report, writer, until=soon, actor=project.lead)
    reader = make_person(rhythm=Rhythm.DAILY)
    held = record("projects.change", project, actor=None, tell=[reader]).deliveries[0]
    held.not_before = clock.now()
    db.session.flush()
    assert notifications.gather(reader.id)
    db.session.commit()


def test_every_template_renders_with_what_its_action_gives(app):
    every_letter_owed()
    templates = {name for name in app.jinja_env.list_templates(extensions=["txt"]) if "/mail/" in name}
    owed = set(db.session.scalars(sa.select(Delivery.template)))
    assert owed >= templates - CLAIMS - FRAMES, templates - owed
    for language in ("en", "en-XA", "ar-XB", "xx", ""):
        compose_all(language, len(owed - FRAMES))


def compose_all(language, fewest):
    """Compose every letter that is owed, in a language: no fewer than there are templates."""
    db.session.execute(sa.update(Delivery).values(language=language, claimed_at=None))
    db.session.commit()
    letters = outbox.claim(1000)
    assert len(letters) >= fewest
    for letter in letters:
        made = outbox.compose(letter)
        text = text_of(made)
        assert made["Subject"].strip(), letter.template
        assert len(made.as_bytes()) < 12_000, letter.template
        assert "http" in text, letter.template
        assert not any(sign in text for sign in ("%(", "{{", "{%", "None", "Undefined", "<a ", "&amp;", "&#39;")), text
        if language == "en-XA" and "accounts" in letter.template:
            assert "⟦" in made["Subject"], letter.template


FRAMES = {"asks/mail/ask.txt"}  # others extend it
CLAIMS = {"institutions/mail/claim.txt"}


def test_no_mail_keeps_a_secret_in_its_row():
    every_letter_owed()
    for letter in outbox.claim(1000):
        text = mail_text = text_of(outbox.compose(letter))
        if "/sign-in/" in text or "/join/" in text or "/reset/" in text:
            secret = next(word for word in mail_text.split() if "://" in word and len(word) > 60).rpartition("/")[2]
            assert secret not in str(letter.values), letter.template
    assert mail.Message is not None
