"""Failing to understand a message loses nothing; thirty deliveries of one entry make one lead."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crm.clock import now
from crm.db import db
from crm.intake import api, catching_up, reading, understanding, views
from crm.intake.catching_up import TRIED_FOR, understand_waiting
from crm.models import Event, FollowUp, Lead, Message, Person, Submission
from tests.intake.conftest import filled, token_in
from tests.support.readers import until_all_is_read

NAMES = ("Ann Lee", "Ben Cho", "Cal Diaz", "Dee Ito", "Eve Ruiz", "Fay Moss", "Gus Park", "Hal Stone")
ENTRY = {"name": "Dana", "phone": "303-555-0118", "message": "Please call.", "external_id": "41"}


@pytest.fixture
def broken(monkeypatch):
    """A fault in our own code, late in the making of the lead."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("canarywords from Dana")

    monkeypatch.setattr(understanding, "_make_findable", fail)
    return monkeypatch


def test_what_cannot_be_understood_is_kept_whole(send, broken, people, reading, count, caplog):
    answer = send()

    assert answer.status_code == 303
    assert (count(Lead), count(Person), count(FollowUp), count(Message)) == (0, 0, 0, 0)
    with reading():
        kept = db.session.scalars(select(Submission)).one()
        assert (kept.state, kept.why, kept.lead_id) == ("failed", "ZeroDivisionError", None)
        assert b"I+finish+inpatient" in kept.raw
    assert "ZeroDivisionError" in caplog.text and "canarywords" not in caplog.text


def test_it_becomes_a_lead_within_the_minute_that_the_fault_is_mended(send, broken, app, people, reading, count):
    send()
    with app.app_context():
        assert understand_waiting(now()) == 0
    broken.undo()
    with app.app_context():
        assert understand_waiting(now()) == 1
    with app.app_context():
        assert understand_waiting(now()) == 0

    with reading():
        lead = db.session.scalars(select(Lead)).one()
        kept = db.session.scalars(select(Submission)).one()
        assert lead.received_at == kept.received_at and lead.person.name == "Dana Whitcomb"
    assert (count(FollowUp), count(Message), count(Event, Event.action == "received")) == (1, 2, 1)


def test_the_same_page_sent_again_while_it_waits_is_still_one(send, open_page, broken, app, count):
    page = open_page()
    send(page)
    broken.undo()
    send(page)
    with app.app_context():
        understand_waiting(now())

    assert (count(Submission), count(Lead)) == (1, 1)


def test_a_poisonous_one_stands_in_nobody_elses_way(send, writing, broken, app, count, monkeypatch):
    send(name="Poison")
    send(name="Sam")
    broken.undo()
    real = reading.read

    def read(submission: Submission) -> Any:
        if b"Poison" in (submission.raw or b""):
            raise ValueError
        return real(submission)

    monkeypatch.setattr(reading, "read", read)
    with app.app_context():
        assert understand_waiting(now()) == 1
    assert count(Submission, Submission.state == "failed") == 1


def test_after_a_day_it_waits_for_a_person(send, broken, app, count):
    send()
    broken.undo()
    with app.app_context():
        assert understand_waiting(now() + TRIED_FOR + timedelta(minutes=1)) == 0


def fails(*_: object) -> None:
    """A fault that not even the shelter of a savepoint covers."""
    raise ZeroDivisionError


def test_a_fault_that_nothing_shelters_from_is_kept_from_the_sender_too(send, monkeypatch, count):
    monkeypatch.setattr(catching_up, "understand", fails)

    assert send().status_code == 303
    assert count(Submission, Submission.state == "failed") == 1


def test_to_read_before_what_came_is_durable_would_lose_it(send, monkeypatch, count):
    """The known-bad variant: nobody saves between the keeping and the reading."""
    monkeypatch.setattr(catching_up, "understand", fails)
    monkeypatch.setattr(views, "save", lambda: None)

    send()

    assert count(Submission) == 0


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Everybody starts together; what each got, once the reader has read what was left in such a rush."""
    start, got = threading.Barrier(number), [None] * number

    def run(which: int) -> None:
        start.wait(30)
        got[which] = work(which)

    threads = [threading.Thread(target=run, args=(which,)) for which in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    until_all_is_read()
    return got


def test_thirty_deliveries_of_one_entry_make_one_lead(app, partner, people, count):
    headers = {"Authorization": f"Bearer {partner}"}
    answers = at_once(30, lambda _: app.test_client().post("/api/v1/submissions", json=ENTRY, headers=headers))

    assert sorted(answer.status_code for answer in answers) == [200] * 29 + [201]
    assert len({answer.data for answer in answers}) == 1
    assert (count(Submission), count(Lead), count(FollowUp)) == (1, 1, 1)
    assert (count(Event, Event.action == "received"), count(Message)) == (1, 2)


def test_a_page_sent_ten_times_at_once_makes_one_lead(app, open_page, count):
    page = open_page()
    answers = at_once(10, lambda _: app.test_client().post("/contact", data=filled(page)))

    assert {answer.status_code for answer in answers} == {303} and len({one.location for one in answers}) == 1
    assert (count(Submission), count(Lead)) == (1, 1)


def test_the_first_pages_ever_sent_at_once_share_one_source(app, visitor, count):
    pages = [token_in(visitor.get("/contact").text) for _ in range(8)]
    answers = at_once(8, lambda which: app.test_client().post("/contact", data=filled(pages[which], name=NAMES[which])))

    assert {answer.status_code for answer in answers} == {303}
    assert count(Lead) == 8


def test_entries_that_nothing_names_are_each_a_message(app, partner, count):
    """The known-bad variant: take the sender's own number away, and the same five deliveries are five messages."""
    headers = {"Authorization": f"Bearer {partner}"}
    bare = {name: value for name, value in ENTRY.items() if name != "external_id"}
    at_once(5, lambda _: app.test_client().post("/api/v1/submissions", json=bare, headers=headers))

    assert count(Submission) == 5


def test_a_lost_answer_is_told_again(deliver, count):
    first = deliver(json.dumps(ENTRY).encode(), key="k1")
    again = deliver(json.dumps(ENTRY).encode(), key="k1")

    assert (first.status_code, again.status_code) == (201, 200) and first.data == again.data
    assert count(Lead) == 1


def test_nothing_is_acknowledged_before_it_is_durable(deliver, monkeypatch, count):
    """The answer is given after the commit: when that fails, the sender is told so, and sends again."""
    def full_disk() -> None:
        db.session.rollback()
        raise OSError("disk full")

    monkeypatch.setattr(api, "save", full_disk)
    assert deliver(ENTRY).status_code == 500 and count(Submission) == 0
    monkeypatch.undo()
    assert deliver(ENTRY).status_code == 201 and count(Submission) == 1
