"""`crm doctor`: everything an operator should know is wrong, in words; silent about what is right."""

import argparse
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from crm.cli.upgrade import newest_revision, revision
from crm.clock import now
from crm.db import db
from crm.lifecycle.workflow import calendar, is_demo
from crm.models import FollowUp, Holiday, JobRun, Lead, Message, Staff, Submission, WorkerBeat
from crm.programme import programme

WORKER_SILENT = timedelta(minutes=3)
UNREAD = timedelta(minutes=1)  # in a rush a message waits some seconds
HOLIDAYS_AHEAD = timedelta(days=120)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `crm doctor` to the command line."""
    commands.add_parser("doctor", help="say what is wrong").set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """One line for each thing that is wrong, and 1; or one line that all is well, and 0."""
    if revision() != newest_revision():
        print("The database is not at the newest schema: run `crm upgrade`.")
        return 1
    found = [*_settings(), *_people(), *_work(now())]
    for line in found:
        print(line)
    if not found:
        print("Nothing is wrong.")
    return 1 if found else 0


def _settings() -> Iterator[str]:
    config = programme()
    if not config.smtp_url:
        yield "SMTP_URL is empty: no mail leaves; reminders are seen in the app only."
    elif not config.mail_reply_to:
        yield "MAIL_REPLY_TO is empty: answers to our mail go where nobody may look."
    if not config.organisation_phone:
        yield "ORGANISATION_PHONE is empty: the public pages cannot say whom to call."
    if config.is_production and not config.is_https:
        yield "BASE_URL is not https: browsers will not keep the sign-in cookie."
    if config.is_production and is_demo():
        yield "This is a demo database; production refuses to start on it."


def _people() -> Iterator[str]:
    active = select(func.count()).select_from(Staff).where(Staff.disabled_at.is_(None))
    for role, why in (("admin", "nobody can unlock an account"), ("intake", "nobody is told of a new message")):
        if not db.session.scalar(active.where(Staff.role == role)):
            yield f"There is no active {role}: {why}. Add one with `crm staff add`."
    last = db.session.scalar(select(func.max(Holiday.on)))
    if last is None or last < (now() + HOLIDAYS_AHEAD).date():
        yield "The list of holidays ends soon: promises will fall on days when nobody is in."
    if not calendar().hours:
        yield "No opening hours are set: promises to answer are counted around the clock."


def _work(at: datetime) -> Iterator[str]:
    beat = db.session.scalar(select(func.max(WorkerBeat.at)))
    if beat is None or at - beat > WORKER_SILENT:
        yield "No worker has been alive for three minutes: nobody is reminded. Start `crm worker`."
    for job in db.session.scalars(select(JobRun).where(JobRun.failed)):
        yield f"The job {job.name} failed when it last ran: {job.result}."
    unread = select(func.count()).select_from(Submission).where(Submission.state == "waiting")
    if left := _count(unread.where(Submission.received_at < at - UNREAD)):
        yield f"{left} messages wait to be read for more than a minute: nothing reads them. Start `crm worker`."
    for state, words in (("failed", "could not be understood yet"), ("held", "are held as suspicious")):
        waiting = _count(select(func.count()).select_from(Submission).where(Submission.state == state))
        if waiting:
            yield f"{waiting} submissions {words}: see “Held messages” in the queue."
    dead = _count(select(func.count()).select_from(Message).where(Message.state == "dead"))
    if dead:
        yield f"{dead} notices could not be delivered and were given up: see the outbox page."
    untold = _count(select(func.count()).select_from(FollowUp).where(
        FollowUp.is_waiting(), FollowUp.reminded_at.is_not(None),
        ~select(Message.id).where(Message.follow_up_id == FollowUp.id).exists(),
    ))
    if untold:
        yield f"{untold} promises came due and nobody could be told: they stand in the queue as late."
    stepless = select(func.count()).select_from(Lead).where(
        Lead.ended_at.is_(None), Lead.no_step_reason.is_(None),
        ~select(FollowUp.id).where(FollowUp.lead_id == Lead.id, FollowUp.done_at.is_(None)).exists(),
    )
    orphans = _count(stepless)
    if orphans:
        yield f"{orphans} open leads have no next step and no reason for none."


def _count(wanted: Select[int]) -> int:
    return db.session.scalar(wanted) or 0
