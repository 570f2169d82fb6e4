"""Who wrote is told that their message came: when they allowed it, once a day to an address, and nobody else."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from crm import outbox
from crm.clock import wall
from crm.db import commit, db
from crm.intake import acknowledging, actions, reading
from crm.intake.arrivals import read_now, receive_form
from crm.intake.channels import Inquiry
from crm.intake.channels.form import FIELDS
from crm.intake.delivery import Delivery
from crm.intake.keeping import WEBSITE, standing
from crm.models import ContactPoint, Lead, Message, Person, Source, Submission
from crm.outbox import delivery
from crm.programme import use
from tests.conftest import NOW, a_config
from tests.intake.conftest import filled
from tests.support.mail import Fault, SmtpSink

MAY_WRITE = {"via": ["email"], "email": "dana@example.org", "phone": ""}
NIGHT = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)  # Sunday, 3:30 AM Eastern


@pytest.fixture
def sink(app: Flask) -> Iterator[SmtpSink]:
    """A mail server, and the application set to use it."""
    with SmtpSink() as server:
        use(a_config(str(app.config["SQLALCHEMY_DATABASE_URI"]), smtp_url=server.url, mail_reply_to="desk@example.org",
                     mail_from="office@example.org"))
        yield server


@pytest.fixture
def written(app: Flask, people):
    """`written(NIGHT, email=…)`: the form as somebody sent it at that moment, each time under another name."""
    names = iter(["Dana Whitcomb", "Sam Poe", "Ann Lee", "Ben Ray", "Eve Fox", "Max Orr"])

    def write(at: datetime = NOW, **typed) -> None:
        with app.app_context():
            typed.setdefault("name", next(names))
            read_now(receive_form(Delivery(body(**typed), FIELDS), at), at)
            commit()

    return write


def body(**typed) -> bytes:
    return urlencode(filled("x", **{**MAY_WRITE, **typed}), doseq=True).encode()


def send_mail(app: Flask, at: datetime) -> int:
    with app.app_context():
        return delivery.deliver_due(at, "this one")


def letters(app: Flask) -> list[Message]:
    with app.app_context():
        wanted = select(Message).where(Message.kind == outbox.ACKNOWLEDGEMENT).order_by(Message.id)
        return list(db.session.scalars(wanted))


@pytest.mark.parametrize(("language", "subject", "words"), [
    ("en", "We received your message", "by 8:57 AM Denver time"),
    ("es", "Recibimos su mensaje", "antes de las 8:57 a. m., hora de Denver"),
])  # fmt: skip
def test_who_wrote_gets_one_letter(app, sink, written, language, subject, words):
    written(lang=language)

    assert send_mail(app, NOW + timedelta(seconds=2)) == 1
    (mail,) = sink.received
    assert mail.recipients == ("dana@example.org",) and mail.sender == "office@example.org"
    assert mail.message["Subject"] == subject and mail.message["Reply-To"] == "desk@example.org"
    assert mail.message["Auto-Submitted"] == "auto-replied"
    assert words in " ".join(mail.text.replace("\u00a0", " ").split())
    html = mail.message.get_body(("html",)).get_content()
    for part in (mail.text, html):
        assert "inpatient" not in part and "Whitcomb" not in part and "555-0118" not in part
    assert send_mail(app, NOW + timedelta(hours=1)) == 0


def test_at_any_hour_it_is_to_go_at_once(app, sink, written):
    """The outbox runs every two seconds: what is due at the moment it was written is there within two minutes."""
    from crm.timetable import JOBS

    written(NIGHT)

    assert letters(app)[0].not_before == NIGHT and JOBS["outbox"][0] <= 60
    assert send_mail(app, NIGHT) == 1
    assert "by 7:15 AM Denver time" in " ".join(sink.received[0].text.split())


@pytest.mark.parametrize("typed", [
    {"via": ["call"], "phone": "(303) 555-0118"},  # the address is there, and e-mail was not allowed
    {"via": ["call", "text"], "phone": "(303) 555-0118", "email": ""},
    {"website": "https://example.org", "msg": "Cheap links"},  # held: a machine filled in the hidden field
])  # fmt: skip
def test_no_letter_that_nobody_allowed(app, written, typed):
    written(**typed)

    assert letters(app) == []


def test_a_partner_that_did_not_ask_has_no_permission(app, deliver, visitor):
    assert deliver({"name": "Dana", "email": "dana@example.org", "message": "Hello"}).status_code == 201
    assert deliver({"name": "Ann", "email": "dana@example.org", "via": ["call"]}).status_code == 201
    assert letters(app) == []

    deliver({"name": "Sam", "email": "dana@example.org", "via": ["email"], "language": "es-MX"})

    with app.app_context():
        one = db.session.scalars(select(Message).where(Message.kind == outbox.ACKNOWLEDGEMENT)).one()
        assert one.person is one.lead.inquirer and one.person.language == "es" and one.to_id is None


def test_written_to_once_a_day_however_the_address_is_spelled(app, written):
    for spelling in ("dana@example.org", "DANA@Example.org", "dana+1@example.org", "dana+again@example.org"):
        written(email=spelling)

    assert len(letters(app)) == 1
    written(email="dan@example.org")
    written(NOW + timedelta(days=1))
    assert len(letters(app)) == 3
    with app.app_context():
        assert db.session.scalar(select(db.func.count()).select_from(Lead)) == 6, "everybody is answered by a person"


def test_the_day_is_ours(app, written):
    """11:59 PM and 12:01 AM Eastern are two days, though one in UTC."""
    before = datetime(2026, 11, 25, 4, 59, tzinfo=UTC)
    assert wall(before, "America/New_York").day == 24
    written(before)
    written(before + timedelta(seconds=30))
    written(before + timedelta(minutes=2))

    assert len(letters(app)) == 2


def test_the_table_does_not_tell_who_was_written_to(app, written):
    written()
    (one,) = letters(app)

    said = f"{one.key} {one.facts}"
    assert "dana" not in said.lower() and "example.org" not in said
    assert one.facts.keys() == {"reached_by", "zone", "is_theirs"}


def test_thirty_at_once_are_one_letter(app):
    """Somebody types a stranger's address on thirty pages at the same moment."""
    with app.app_context():
        standing(WEBSITE, NOW)
        commit()
    start, failed = threading.Barrier(30), []

    def write(name: str) -> None:
        start.wait()
        try:
            with app.app_context():
                read_now(receive_form(Delivery(body(name=name), FIELDS), NOW), NOW)
                commit()
        except Exception as error:
            failed.append(error)

    # No two of them could be one person: the second of Cara and Kara would be more of the first.
    names = [f"{first} {last}" for first in ("Ann", "Boris", "Cal", "Delia", "Evan")
             for last in ("Ito", "Ruiz", "Moss", "Orr", "Kamp", "Vega")]
    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert len(letters(app)) == 1
    with app.app_context():
        assert set(db.session.scalars(select(Submission.state))) == {"understood"}
        assert db.session.scalar(select(db.func.count()).select_from(Lead)) == 30


def test_a_key_that_is_not_of_the_address_is_caught(app, written, monkeypatch):
    """The known-bad variant: a key for each lead lets thirty letters go to one stranger."""
    monkeypatch.setattr(acknowledging, "_key", lambda address, at: f"acknowledgement:{datetime.now().timestamp()}")
    for _ in range(3):
        written()

    assert len(letters(app)) == 3


def test_the_same_page_corrected_is_not_told_twice(app, send, open_page, people):
    page = open_page()
    send(page, **MAY_WRITE)
    send(page, **{**MAY_WRITE, "email": "dana.whitcomb@example.org"})

    assert len(letters(app)) == 1


def test_when_a_mother_writes_only_she_is_told(app, sink, written):
    written(for_="loved", email="mother@example.org")
    send_mail(app, NOW)

    assert [mail.recipients for mail in sink.received] == [("mother@example.org",)]
    with app.app_context():
        lead = db.session.scalars(select(Lead)).one()
        assert lead.person is not lead.inquirer
        with pytest.raises(ValueError, match="only who wrote"):
            outbox.acknowledge(lead.person, lead, NOW, "k", reached_by="", zone="", is_theirs=True)


def test_her_sons_own_address_is_not_written_to(app, people):
    """She typed it, and a record of him holds it: he may not know that anybody wrote."""
    with app.app_context():
        inquiry = Inquiry(name="Mother", for_whom="loved", ways={"email": "yes"}, email="son@example.org")
        lead = _lead_about_a_son("son@example.org")

        sent = Submission(source=lead.source, received_at=NOW)

        assert acknowledging.acknowledge(lead, sent, inquiry, NOW) is False
        lead.person.contact_points.clear()
        assert acknowledging.acknowledge(lead, sent, inquiry, NOW) is True, "the control"


@pytest.mark.parametrize(("kind", "days", "told"), [
    ("gravity-forms", 0, True), ("gravity-forms", 1, True), ("gravity-forms", 3, False),  # a back-fill of old entries
    ("file", 0, False), ("staff", 0, False),
])  # fmt: skip
def test_only_who_has_just_written_is_told(app, people, kind, days, told):
    with app.app_context():
        inquiry = Inquiry(name="Dana", ways={"email": "yes"}, email="dana@example.org")
        lead = _lead_about_a_son("dana@example.org")
        lead.person.contact_points.clear()
        sent = Submission(source=Source(kind=kind), received_at=NOW, submitted_at=NOW - timedelta(days=days))

        assert acknowledging.acknowledge(lead, sent, inquiry, NOW) is told
        db.session.rollback()


def test_whoever_asked_to_stop_meanwhile_gets_none(app, sink, written, writing):
    written()
    with writing():
        db.session.scalars(select(Person)).one().may_email = "no"

    assert send_mail(app, NOW) == 0 and sink.received == []
    assert letters(app)[0].state == "dead" and "no e-mail is wanted" in letters(app)[0].error


def test_a_mail_server_that_is_busy_gets_it_later(app, sink, written):
    sink.fail_next(Fault.TRY_LATER)
    written()

    assert send_mail(app, NOW) == 0
    assert send_mail(app, NOW + timedelta(minutes=1)) == 1 and len(sink.received) == 1


def test_what_failed_to_be_understood_is_told_when_it_is(app, written, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(reading, "read", lambda submission: 1 / 0)
        written()
    assert letters(app) == []

    with app.app_context():
        actions.understand(db.session.scalars(select(Submission)).one(), NOW + timedelta(minutes=1))
        commit()
    assert len(letters(app)) == 1


def test_the_outbox_page_shows_a_letter_without_anybody_in_it(app, as_, written):
    written()
    with app.app_context():
        db.session.execute(db.update(Message).where(Message.person_id.is_not(None)).values(
            state="dead", error="the sender has no discreet name: give MAIL_FROM one"))
        commit()
    page = as_("ada").get("/outbox").text

    assert "acknowledgement" in page and "no discreet name" in page
    assert "dana" not in page.lower() and "We received" not in page


def _lead_about_a_son(address: str) -> Lead:
    mother, son = Person(created_at=NOW, name="Mother"), Person(created_at=NOW)
    for person in (mother, son):
        person.contact_points.append(ContactPoint(kind="email", value=address, normal=address))
    lead = Lead(inquirer=mother, person=son, for_whom="loved", source=standing(WEBSITE, NOW), received_at=NOW,
                answer_by=NOW, status_key="new", status_since=NOW)
    db.session.add(lead)
    db.session.flush()
    return lead
