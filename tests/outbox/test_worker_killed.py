"""Two workers remind of all that is due, and one is killed in the middle: nothing is lost, nothing is told twice."""

import base64
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import from_environment
from crm import create_app
from crm.clock import now
from crm.db import commit, db
from crm.models import FollowUp, Message
from tests.support import builders
from tests.support.mail import SmtpSink
from tests.support.postgres import Server
from tests.support.processes import Running, spawn, wait_until
from tests.support.service import Service, a_service

KEYS = base64.urlsafe_b64encode(b"k" * 32).decode()  # the tests' own, so that other tests of this process go on
PATIENCE = 240  # seconds


@pytest.mark.parametrize("due", [400, pytest.param(2000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_worker_loses_no_reminder(kind: str, due: int, server: Server, tmp_path: Path):
    with SmtpSink() as sink:
        service = a_service(kind, server, tmp_path, SMTP_URL=sink.url, FIELD_KEYS=KEYS)
        with_what_is_due(service, due)
        with service.worker() as stays:
            with service.worker() as dies:
                kill_in_the_middle(dies, sink, due)
            with service.worker() as again:
                # What the dead one held stays leased for a minute; a job of two minutes later takes it over at once.
                wait_until(lambda: len(ids(sink)) >= due - 60, PATIENCE, "what nobody holds")
                service.crm("job", "outbox", "--at", (now() + timedelta(minutes=2)).isoformat(timespec="seconds"))
                wait_until(lambda: len(ids(sink)) == due, PATIENCE, "the last mail")
                assert again.stop() == 0
            assert stays.stop() == 0

        assert len(set(ids(sink))) == due
        assert len(sink.received) - due <= 1
        assert counts(service) == {"reminded": due, "app": due, "email": due, "sent": 2 * due}


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_worker_that_marks_before_it_sends_is_caught(kind: str, server: Server, tmp_path: Path):
    """The known-bad variant: the same kill, and reminders are gone though all are said to be sent."""
    with SmtpSink() as sink:
        service = a_service(kind, server, tmp_path, SMTP_URL=sink.url, FIELD_KEYS=KEYS)
        with_what_is_due(service, 300)
        for share in (70, 170, 240):
            with marks_first(service) as dies:
                wait_until(lambda share=share: len(sink.received) >= share or said_sent(service) == 300, PATIENCE,
                           "the middle")
                dies.kill()
        with marks_first(service):
            wait_until(lambda: said_sent(service) == 300, PATIENCE, "the end, as it believes")
            assert settled(sink) < 300


def kill_in_the_middle(dies: Running, sink: SmtpSink, due: int) -> None:
    """When a third has arrived: both are at work, and a batch is in the air."""
    wait_until(lambda: len(sink.received) >= due // 3, PATIENCE, "a third of the mail")
    dies.kill()


def marks_first(service: Service) -> Running:
    return spawn([sys.executable, "-m", "tests.outbox.marks_first"], service.env)


def ids(sink: SmtpSink) -> set[str]:
    return {str(mail.message["Message-ID"]) for mail in sink.received}


def settled(sink: SmtpSink) -> int:
    """How many different mails arrived, when no more has come for two seconds."""
    before = -1
    while before != (before := len(ids(sink))):
        try:
            wait_until(lambda seen=before: len(ids(sink)) > seen, 2)
        except TimeoutError:
            break
    return len(ids(sink))


def with_what_is_due(service: Service, how_many: int) -> None:
    """So many promises of Cora's to one person, all of them late."""
    def fill() -> None:
        staff = builders.people()
        sam = builders.a_lead(staff, "Sam Poe", coach="cora", due=None)
        late = now() - timedelta(minutes=40)
        db.session.add_all(
            FollowUp(lead_id=sam.id, kind="promise", channel="call", due_at=late, made_at=late,
                     owner_id=staff["cora"].id)
            for _ in range(how_many)
        )

    inside(service, fill)


def counts(service: Service) -> dict[str, int]:
    """What is written down: promises reminded of, notices, mails, and what counts as sent."""
    found: dict[str, int] = {}

    def look() -> None:
        messages = sa.select(sa.func.count()).select_from(Message)
        reminded = sa.select(sa.func.count()).select_from(FollowUp).where(FollowUp.reminded_at.is_not(None))
        found["reminded"] = db.session.scalar(reminded) or 0
        for channel in ("app", "email"):
            found[channel] = db.session.scalar(messages.where(Message.channel == channel)) or 0
        found["sent"] = db.session.scalar(messages.where(Message.state == "sent")) or 0

    inside(service, look)
    return found


def said_sent(service: Service) -> int:
    said = counts(service)
    return said["sent"] - said["app"]


def inside(service: Service, work: Callable[[], None]) -> None:
    """Do it in the service's own database."""
    with create_app(from_environment({**service.env})).app_context():
        work()
        commit()
        db.engine.dispose()
