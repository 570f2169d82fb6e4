"""Mail leaves under a lease: a mail server that misbehaves, a worker that comes back too late, and what is said."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from crm import outbox
from crm.db import db
from crm.models import Message
from crm.outbox import delivery
from crm.outbox.mail import Carrier, compose
from crm.programme import use
from tests.conftest import a_config
from tests.support.mail import Fault, SmtpSink

WORKER, OTHER = "this one", "another"


@pytest.fixture
def sink(app: Flask) -> Iterator[SmtpSink]:
    """A mail server, and the application set to use it."""
    with SmtpSink() as server:
        use(a_config(str(app.config["SQLALCHEMY_DATABASE_URI"]), smtp_url=server.url, mail_reply_to="desk@example.org"))
        yield server


@pytest.fixture
def notices(people: dict[str, Any], writing: Callable[[], Any], at: Callable[..., datetime]) -> Callable[[int], None]:
    """`notices(3)`: three reminders to Cora, written at 9:00."""

    def write(how_many: int) -> None:
        with writing():
            for number in range(how_many):
                outbox.post("follow-up-due", to=people["cora"], at=at("09:00"), key=f"follow-up-due:{number}",
                            channels=(outbox.EMAIL,), due_at=at("09:00").isoformat())

    return write


def states(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(db.select(Message.state)))


def deliver(app: Flask, moment: datetime) -> int:
    with app.app_context():
        return delivery.deliver_due(moment, WORKER)


def test_each_mail_arrives_once(app, sink, notices, at):
    notices(120)

    assert deliver(app, at("09:00")) == 120
    assert deliver(app, at("09:01")) == 0
    assert len({mail.message["Message-ID"] for mail in sink.received}) == len(sink.received) == 120
    assert states(app) == ["sent"] * 120


def test_a_mail_says_who_answers_and_that_a_machine_wrote_it(app, sink, notices, at):
    notices(1)
    deliver(app, at("09:00"))
    (mail,) = sink.received

    assert mail.recipients == ("cora@example.org",)
    assert mail.message["Reply-To"] == "desk@example.org"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Subject"] == "Follow-up due 9:00 AM · open"


def test_without_a_mail_server_mail_waits_and_is_not_work_to_do(app, notices, at):
    notices(2)

    assert deliver(app, at("09:00")) == 0
    with app.app_context():
        assert delivery.waiting(at("09:00")) == 0
    assert states(app) == ["waiting"] * 2


@pytest.mark.parametrize(("fault", "after", "copies"), [
    (Fault.TRY_LATER, ["sent", "sent", "waiting"], 1),
    (Fault.REJECT, ["dead", "sent", "sent"], 0),
    (Fault.DROP, ["sent", "sent", "waiting"], 2),
])  # fmt: skip
def test_one_mail_meets_a_fault_and_the_others_go(app, sink, notices, at, fault, after, copies):
    notices(3)
    sink.fail_next(fault)

    assert deliver(app, at("09:00")) == 2
    assert states(app) == after
    deliver(app, at("09:01"))
    assert states(app) == ["dead" if copies == 0 else "sent", "sent", "sent"]
    by_id = [mail.message["Message-ID"] for mail in sink.received]
    assert max(by_id.count(one) for one in by_id) == max(copies, 1)


def test_two_hours_without_a_mail_server_lose_nothing(app, sink, notices, at):
    notices(20)
    sink.refuse()
    for minute in range(0, 120, 5):
        assert deliver(app, at("09:00") + timedelta(minutes=minute)) == 0
    sink.accept()

    for minute in range(120, 140, 5):
        deliver(app, at("09:00") + timedelta(minutes=minute))

    assert states(app) == ["sent"] * 20
    assert len(sink.received) == 20


def test_after_a_day_of_trying_a_mail_is_given_up_where_people_see_it(app, sink, notices, at):
    notices(1)
    sink.refuse()
    for quarter in range(0, 24 * 4 + 2):
        deliver(app, at("09:00") + timedelta(minutes=15 * quarter))

    assert states(app) == ["dead"]
    with app.app_context():
        assert delivery.dead_letters() == 1
        assert "could not be reached" in (db.session.scalars(db.select(Message.error)).one() or "")


def test_the_wait_grows_to_a_quarter_of_an_hour_and_never_beyond():
    waits = [delivery._wait(tries) for tries in range(40)]

    assert all(timedelta(seconds=10) <= wait <= timedelta(minutes=15) for wait in waits)
    assert waits[-1] >= timedelta(minutes=7)


def test_a_mail_for_somebody_who_has_left_is_not_sent(app, sink, notices, writing, people, at):
    notices(1)
    with writing():
        db.session.merge(people["cora"]).disabled_at = at("08:00")

    deliver(app, at("09:00"))

    assert sink.received == []
    assert states(app) == ["dead"]


def test_two_workers_never_hold_the_same_mail(app, sink, notices, at):
    notices(60)
    with app.app_context():
        first = {message.id for message in delivery.claim(at("09:00"), WORKER)}
        second = {message.id for message in delivery.claim(at("09:00"), OTHER)}

    assert (len(first), len(second)) == (50, 10)
    assert not first & second


def test_a_dead_workers_mail_is_taken_over_when_its_lease_runs_out(app, sink, notices, at):
    notices(1)
    with app.app_context():
        assert delivery.claim(at("09:00"), OTHER)

    assert deliver(app, at("09:00")) == 0
    with app.app_context():
        assert delivery.waiting(at("09:00")) == 1
    assert deliver(app, at("09:02")) == 1


def test_the_late_finish_of_a_worker_that_came_back_changes_nothing(app, sink, notices, at):
    """A worker stopped for minutes (SIGSTOP, a sleeping laptop) still believes that the mail is its own."""
    notices(1)
    with app.app_context():
        (message,) = delivery.claim(at("09:00"), OTHER)
    sink.fail_next(Fault.REJECT)
    deliver(app, at("09:02"))

    with app.app_context():
        assert delivery.finish(message, OTHER, state="sent", sent_at=at("09:03")) is False
    assert states(app) == ["dead"]


def test_a_finish_that_does_not_ask_who_holds_the_lease_is_caught(app, sink, notices, at):
    """The known-bad variant: it would call sent what another worker has found to be undeliverable."""
    notices(1)
    with app.app_context():
        (message,) = delivery.claim(at("09:00"), OTHER)
    sink.fail_next(Fault.REJECT)
    deliver(app, at("09:02"))

    with app.app_context():
        db.session.execute(db.update(Message).where(Message.id == message.id).values(state="sent"))
        db.session.commit()
    assert states(app) != ["dead"]


def test_a_slow_server_never_outlasts_the_lease(app, sink, notices, at, monkeypatch):
    """What is not begun early in the lease is given back rather than sent on borrowed time."""
    notices(10)
    with app.app_context():
        batch = delivery.claim(at("09:00"), WORKER)
        moments = iter([at("09:00")] + [at("09:00") + timedelta(seconds=9 * step) for step in range(40)])
        sent = delivery._deliver(batch, WORKER, Carrier(), lambda: next(moments))

        assert 0 < sent < 10
        assert len(delivery.claim(at("09:00"), OTHER)) == 10 - sent


def test_line_ends_in_an_address_never_reach_the_header(app, sink, notices, writing, people, at):
    notices(1)
    with writing():
        db.session.merge(people["cora"]).email = "cora@example.org\nbcc: eve@example.org"

    deliver(app, at("09:00"))

    assert sink.received == []
    assert states(app) == ["dead"]


def test_no_connection_is_left_checked_out(app, sink, notices, at):
    notices(3)
    deliver(app, at("09:00"))

    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_the_mail_is_composed_the_same_twice(app, sink, notices, at):
    """So that a mail sent twice, because its worker was killed before it could say so, is known as one."""
    notices(1)
    with app.app_context():
        (message,) = delivery.claim(at("09:00"), WORKER)
        assert compose(message, at("09:00"))["Message-ID"] == compose(message, at("09:30"))["Message-ID"]
