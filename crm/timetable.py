"""The clock's work: which job runs how often. APScheduler only ticks; what is due stands in our tables."""

import logging
import os
import secrets
import signal
import socket
import time as stopwatch
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import delete

from crm import audit, clock
from crm.audit.chain import seal_new
from crm.db import commit, db
from crm.followups.reminders import remind_due
from crm.intake.catching_up import understand_waiting
from crm.leads.catching_up import recognise_waiting
from crm.models import JobRun, WorkerBeat
from crm.outbox import delivery
from crm.sources.forgetting import forget_old
from crm.sources.importing import bring_some
from crm.sources.watch import watch_sources
from crm.staff.tidy import end_stale

log = logging.getLogger("lantern")

NOTED_EVERY = timedelta(minutes=1)  # a job that finds nothing to do writes that down at most this often
FORGOTTEN = timedelta(days=1)  # a worker that has been silent for so long is taken off the list

PAUSE = 0.2  # seconds
STOPS = (signal.SIGTERM, signal.SIGINT)

WORKER = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}"


def _beat(at: datetime) -> int:
    db.session.merge(WorkerBeat(worker=WORKER, at=at))
    db.session.execute(delete(WorkerBeat).where(WorkerBeat.at < at - FORGOTTEN))
    commit()
    return 0


def _deliver(at: datetime) -> int:
    return delivery.deliver_due(at, WORKER)


def _import(at: datetime) -> int:
    return bring_some(at, WORKER)


def _seal(_at: datetime) -> int:
    return seal_new()


# name: seconds between two runs, the work (it says how much it did), and what it did in words
JOBS: dict[str, tuple[float, Callable[[datetime], int], str]] = {
    "reminders": (1, remind_due, "reminded of {} promises"),
    "outbox": (2, _deliver, "sent {} mails"),
    "imports": (2, _import, "settled {} rows of files"),
    "seal": (10, _seal, "sealed {} events"),
    "heartbeat": (10, _beat, "alive"),
    "watch": (300, watch_sources, "raised {} alarms of sources"),
    "understand": (60, understand_waiting, "understood {} submissions"),
    "recognise": (60, recognise_waiting, "compared {} leads with others"),
    "forget-imports": (3600, forget_old, "erased what {} imports left"),
    "tidy": (3600, end_stale, "cleared {} ended sign-ins"),
}


def run_job(app: Flask, name: str, at: datetime) -> int:
    """Run one job as if at that moment, with a session of its own; returns how much it did. Notes how it went."""
    _, work, words = JOBS[name]
    began = clock.now()
    with app.app_context(), audit.coming_from(f"job {name}"):
        done = work(at)
        _note(name, words.format(done), began, bool(done))
        return done


def run_worker(app: Flask) -> None:
    """Tick until told to stop; a running job is finished first."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # "still running, skipped" is what we want, not news
    # Waited for, not handled: a handler that stops the scheduler can wait for a lock held by what it interrupted.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    scheduler = BackgroundScheduler(timezone="UTC")
    for name, (seconds, _, _) in JOBS.items():
        scheduler.add_job(
            tick, "interval", args=(app, name), seconds=seconds, next_run_time=clock.now(), coalesce=True,
            max_instances=1, misfire_grace_time=None,
        )
    scheduler.start()
    signal.sigwait(STOPS)
    scheduler.shutdown(wait=True)


def run_once(app: Flask) -> int:
    """One pass of every job; returns how much was done."""
    return sum(tick(app, name) for name in JOBS)


def run_until_idle(app: Flask) -> None:
    """Pass after pass, until nothing is due now; mail that another worker holds is waited for, or for its lease."""
    while run_once(app) or _mail_waits(app):
        stopwatch.sleep(PAUSE if _mail_waits(app) else 0)


def tick(app: Flask, name: str) -> int:
    """Run one job now, whatever happens: a failure is noted, and the worker lives on. Returns how much was done."""
    try:
        return run_job(app, name, clock.now())
    except Exception as error:  # the next tick may go well, and `crm doctor` says what failed
        log.error("job %s failed: %s", name, type(error).__name__)
        _note_failure(app, name, type(error).__name__)
        return 0


def _mail_waits(app: Flask) -> bool:
    with app.app_context():
        return delivery.waiting(clock.now()) > 0


def _note(name: str, words: str, began: datetime, did_something: bool) -> None:
    run = db.session.get(JobRun, name)
    if did_something or run is None or run.failed or began - run.started_at > NOTED_EVERY:
        db.session.merge(JobRun(name=name, started_at=began, finished_at=clock.now(), result=words, failed=False))
    commit()


def _note_failure(app: Flask, name: str, words: str) -> None:
    try:
        with app.app_context():
            db.session.merge(JobRun(name=name, started_at=clock.now(), finished_at=None, result=words, failed=True))
            commit()
    except Exception as error:  # the database itself may be what failed
        log.error("job %s: its failure could not be noted: %s", name, type(error).__name__)
