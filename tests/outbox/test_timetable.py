"""The clock's work: what runs, what it notes about itself, how it is stopped, and what the operator's commands say."""

import re
import signal
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm import timetable
from crm.cli import main
from crm.clock import now
from crm.db import db
from crm.models import Event, JobRun, Seal, WorkerBeat
from tests.support.mail import SmtpSink
from tests.support.postgres import Server
from tests.support.processes import wait_until
from tests.support.service import a_service


def job_run(app, name: str) -> JobRun | None:
    with app.app_context():
        return db.session.get(JobRun, name)


def test_the_names_that_are_kept_for_ever_are_there():
    assert {"reminders", "outbox"} <= set(timetable.JOBS)


@pytest.mark.parametrize("name", timetable.JOBS)
def test_a_job_notes_its_run_and_leaves_no_connection_behind(app, people, name):
    timetable.run_job(app, name, now())

    run = job_run(app, name)
    assert run is not None and not run.failed and run.finished_at >= run.started_at
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_an_idle_job_writes_once_a_minute_at_most(app, people):
    timetable.run_job(app, "reminders", now())
    first = job_run(app, "reminders").started_at
    timetable.run_job(app, "reminders", now())

    assert job_run(app, "reminders").started_at == first


def test_a_job_that_fails_is_noted_without_anybodys_words_and_the_worker_lives_on(app, monkeypatch, caplog):
    def fails(_at):
        raise ValueError("Sam Poe, (720) 555-0118")

    monkeypatch.setitem(timetable.JOBS, "outbox", (2, fails, "sent {} mails"))

    assert timetable.tick(app, "outbox") == 0

    run = job_run(app, "outbox")
    assert (run.failed, run.result) == (True, "ValueError")
    assert "Sam" not in caplog.text and "job outbox failed: ValueError" in caplog.text
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_job_that_mends_is_no_longer_failed(app, monkeypatch):
    def fails(_at):
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setitem(timetable.JOBS, "outbox", (2, fails, "sent {} mails"))
        timetable.tick(app, "outbox")
    timetable.tick(app, "outbox")

    assert job_run(app, "outbox").failed is False


def test_history_says_which_job_wrote_it(app, a_lead, as_):
    as_("cora").get("/my-day")
    timetable.run_job(app, "seal", now())

    with app.app_context():
        events, seals = (db.session.scalar(sa.select(sa.func.count()).select_from(noun)) for noun in (Event, Seal))
    assert events == seals > 0


def test_the_heart_beats(app, count):
    timetable.run_job(app, "heartbeat", now())

    assert count(WorkerBeat, WorkerBeat.at > now() - timedelta(seconds=30)) == 1


@pytest.mark.parametrize(("words", "said"), [
    (["job", "dusting"], "reminders, outbox|'reminders', 'outbox'"),
    (["job", "reminders", "--at", "2026-11-24T09:00"], "no offset"),
    (["job", "reminders", "--at", "soon"], "not a moment"),
])  # fmt: skip
def test_a_job_that_cannot_be_is_answered_in_one_line(words, said, capsys):
    with pytest.raises(SystemExit) as end:
        main(words)

    assert end.value.code == 2
    err = capsys.readouterr().err
    assert re.search(said, err) and err.count("\n") == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_operators_commands(kind: str, server: Server, tmp_path):
    with SmtpSink() as sink:
        service = a_service(kind, server, tmp_path, SMTP_URL=sink.url)
        assert "reminders" in service.crm("jobs") and "never" in service.crm("jobs")
        assert service.crm("job", "reminders", "--at", "2026-11-24T09:00:00Z") == "reminded of 0 promises\n"
        assert service.crm("worker", "--once") == "idle\n"
        assert service.crm("worker", "--until-idle") == "idle\n"
        assert "never" not in service.crm("jobs")
        with service.worker() as worker:
            wait_until(lambda: "ticks" in worker.said, 30, "the worker")
            assert worker.stop(signal.SIGTERM) == 0
            assert "Traceback" not in worker.said
