"""In a rush everybody is answered first, and what was left is read: soon, each sender in turn, once, whoever dies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select

from crm.clock import now
from crm.db import commit, db
from crm.intake import arrivals, catching_up, keeping, rush
from crm.intake.channels.form import FIELDS
from crm.intake.delivery import Delivery, sender_hash
from crm.intake.tokens import thanks_token
from crm.models import Event, FollowUp, Lead, Submission
from tests.intake.conftest import filled, token_in
from tests.intake.test_never_lost import at_once, fails
from tests.support.readers import until_all_is_read

FIRST, LAST = ("Ann", "Ben", "Cal", "Dee", "Eve"), ("Ito", "Ruiz", "Moss", "Orr")
NAMES = [f"{first} {last}" for first in FIRST for last in LAST]
DANGER = "My son took a whole bottle of pills an hour ago and does not wake up."


@pytest.fixture
def kept(app: Flask) -> Callable[..., keeping.Kept]:
    """`kept(name="Sam", page="p1", address="10.0.0.1")`: a form that was taken in, and that nobody has read yet."""

    def take_in(page: str, address: str = "10.0.0.1", **typed: Any) -> keeping.Kept:
        raw = urlencode(filled("", **typed), doseq=True).encode()
        with app.app_context():
            delivery = Delivery(raw, FIELDS, key=page, sender=sender_hash(address))
            came = arrivals.receive_form(delivery, now())
            commit()
        return came

    return take_in


def test_twenty_who_write_at_once_are_all_there_once(app, visitor, count, people):
    pages = [token_in(visitor.get("/contact").text) for _ in NAMES]

    def write(which: int) -> Any:
        typed = filled(pages[which], name=NAMES[which], phone=f"(303) 555-01{which:02}")
        return app.test_client().post("/contact", data=typed)

    assert {answer.status_code for answer in at_once(len(NAMES), write)} == {303}

    assert (count(Submission, Submission.state == "understood"), count(Lead), count(FollowUp)) == (20, 20, 20)
    left = count(Event, Event.action == "received", Event.origin == rush.READER)
    assert 0 < left <= 20, "nobody was answered first"


def test_who_comes_alone_is_read_before_the_answer(send, count, people):
    """The known-bad variant of the above: without a rush nothing is left to the reader."""
    send()

    assert (count(Lead), count(Event, Event.origin == rush.READER)) == (1, 0)


def test_what_a_process_left_when_it_died_is_read_by_the_next(app, kept, count):
    kept("p1")
    assert count(Submission, Submission.state == "waiting") == 1

    app.extensions[rush.NAME].look()
    until_all_is_read()

    assert (count(Lead), count(Submission, Submission.state == "understood")) == (1, 1)


def test_or_by_the_clock(app, kept, count):
    kept("p1")
    with app.app_context():
        assert catching_up.understand_waiting(now()) == 1

    assert count(Lead) == 1


def test_what_waits_to_be_read_waits_for_nobody(kept, as_):
    kept("p1")

    assert "Every message that came has become somebody to answer." in as_("ida").get("/held").text


def test_many_who_read_the_same_make_one_lead(app, kept, count):
    came = kept("p1")

    def read(_: int) -> bool:
        with app.app_context():
            return catching_up.read(came.id, now())

    at_once(8, read)

    assert (count(Lead), count(Event, Event.action == "received")) == (1, 1)


def test_a_flood_delays_nobody_else(app, kept):
    flood = [kept(f"p{number}", "10.0.0.9", name="Ann Flood") for number in range(12)]
    honest = kept("p99", "10.0.0.1")
    with app.app_context():
        assert catching_up.next_waiting()[:3] == [flood[0].id, honest.id, flood[1].id]


def test_in_the_order_they_came_somebody_would_wait_for_the_flood(app, kept):
    """The known-bad variant: one line for all."""
    for number in range(12):
        kept(f"p{number}", "10.0.0.9", name="Ann Flood")
    honest = kept("p99", "10.0.0.1")
    with app.app_context():
        oldest = select(Submission.id).where(Submission.state == "waiting").order_by(Submission.id)
        assert db.session.scalars(oldest).all().index(honest.id) == 12


def test_a_page_that_was_corrected_is_one_lead_whichever_is_read_first(app, kept, count, reading):
    first = kept("p1", name="Dana")
    second = kept("p1", name="Dana Whitcomb")
    with app.app_context():
        assert catching_up.read(second.id, now()) and not catching_up.read(first.id, now())

    assert (count(Submission), count(Lead)) == (2, 1)
    with reading():
        assert db.session.scalars(select(Lead)).one().inquirer.name == "Dana Whitcomb"


def test_the_thank_you_page_does_not_wait_for_the_reading(app, kept, visitor):
    came = kept("p1", msg=DANGER)
    with app.test_request_context():
        address = f"/contact/thanks/{thanks_token(came.ref)}"
    before = visitor.get(address).text
    with app.app_context():
        catching_up.read(came.id, now())

    assert "911" in before and before == visitor.get(address).text, "they read the same before and after"


def test_danger_in_a_rush_rings_when_it_is_read(app, kept, count, people):
    kept("p1", msg=DANGER)
    with app.app_context():
        catching_up.read_left(now())

    assert count(Lead, Lead.danger_at.is_not(None)) == 1


def test_what_cannot_even_be_written_down_is_not_tried_before_all_others_for_ever(app, kept, count, monkeypatch):
    came, real = kept("p1"), catching_up.commit
    monkeypatch.setattr(catching_up, "commit", iter_of(OSError("disk full"), real))
    with app.app_context():
        assert not catching_up.read(came.id, now())

    assert count(Submission, Submission.state == "failed", Submission.why == "OSError") == 1


def test_without_a_database_it_goes_on_waiting(app, kept, count, monkeypatch):
    came = kept("p1")
    monkeypatch.setattr(catching_up, "commit", iter_of(OSError("gone"), OSError("still gone")))
    with app.app_context():
        assert not catching_up.read(came.id, now())

    assert count(Submission, Submission.state == "waiting") == 1


def test_and_nobody_tries_it_for_ever(app, kept, count, monkeypatch):
    """The known-bad variant, to ask for the next until there is none, would never end."""
    kept("p1")
    monkeypatch.setattr(catching_up, "understand", fails)
    monkeypatch.setattr(catching_up, "fail", fails)
    with app.app_context():
        assert catching_up.read_left(now()) == 0
    app.extensions[rush.NAME].look()
    until_all_is_read()

    assert count(Submission, Submission.state == "waiting") == 1


def test_after_a_day_it_is_still_read(app, kept, count):
    kept("p1")
    with app.app_context():
        catching_up.understand_waiting(now() + catching_up.TRIED_FOR + timedelta(hours=1))

    assert count(Lead) == 1


def iter_of(*acts: Any) -> Callable[[], None]:
    """One act a call: an error is raised, anything else is done."""
    left = iter(acts)

    def act() -> None:
        one = next(left)
        if isinstance(one, Exception):
            raise one
        one()

    return act
