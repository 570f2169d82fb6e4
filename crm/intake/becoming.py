"""What was understood becomes a new lead, or more of one we know. Many rows of a file do so together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from crm import audit
from crm.db import db
from crm.intake import reading, understanding
from crm.intake.channels import Inquiry
from crm.intake.delivery import Delivery, written
from crm.intake.triage import Assessment
from crm.intake.understanding import Beginning
from crm.leads import safety
from crm.leads.recognising import recognise, recognise_new
from crm.models import FollowUp, Lead, Source, Submission

STILL_WAITING = timedelta(days=7)  # whoever wrote before that does not sit waiting for us any more


class ReadRow(NamedTuple):
    """A row of a file, and what it says."""

    delivery: Delivery
    inquiry: Inquiry


def receive_row(source: Source, row: ReadRow, known: Lead | None, at: datetime) -> None:
    """A row of a file that nobody has seen before: kept, and a lead or more of the `known` one.

    Raises whatever went wrong; the caller has opened the savepoint that then takes the row back as well.
    """
    becomes_lead(*_kept_row(source, row, at), known, at)


def receive_rows(source: Source, rows: Sequence[ReadRow], at: datetime) -> None:
    """Many rows of people whom nobody knows, at a fraction of the cost of each by itself; as `receive_row` else."""
    read = [_kept_row(source, row, at) for row in rows]
    beginnings = [
        Beginning(submission, inquiry, None, _comes_quietly(submission, inquiry, assessed, at))
        for submission, inquiry, assessed in read
    ]
    begun = understanding.begin_leads(beginnings)
    for (lead, promises), (submission, inquiry, assessed) in zip(begun, read, strict=True):
        _is_theirs(lead, submission, "received", assessed, _alarm_key(submission, inquiry, at), at, promises)
    recognise_new([lead for lead, _ in begun], at)


def becomes_lead(
    submission: Submission, inquiry: Inquiry, assessed: Assessment, known: Lead | None, at: datetime
) -> None:
    """A new lead, or more of the `known` one while that is open."""
    is_quiet = _comes_quietly(submission, inquiry, assessed, at)
    if known and known.is_open:
        lead, what = known, ""  # its history says "wrote again"
        understanding.hear_again(lead, submission, inquiry, is_quiet)
        db.session.flush()
    else:
        (lead, _), what = *understanding.begin_leads([Beginning(submission, inquiry, known, is_quiet)]), "received"
    belongs_to(lead, submission, what, assessed, _alarm_key(submission, inquiry, at), at)


def belongs_to(lead: Lead, submission: Submission, what: str, assessed: Assessment, alarm: str, at: datetime) -> None:
    """The message is understood, and this lead's; `what` history says of it. `alarm` names the alarm it may raise."""
    _is_theirs(lead, submission, what, assessed, alarm, at)
    recognise(lead, at, is_new=what == "received")


def _is_theirs(
    lead: Lead, submission: Submission, what: str, assessed: Assessment, alarm: str, at: datetime,
    promises: Sequence[FollowUp] | None = None,
) -> None:
    submission.state, submission.why, submission.lead = "understood", None, lead
    if what:
        audit.record(lead, what, None, at, **facts_of(submission))
    safety.heard(lead, assessed.level, bool(assessed.dangers), alarm, at, promises)


def facts_of(submission: Submission) -> dict[str, str]:
    """What history says of a message: references only."""
    return {"submission": submission.ref, "source": submission.source.slug}


def _comes_quietly(submission: Submission, inquiry: Inquiry, assessed: Assessment, at: datetime) -> bool:
    """Nothing is promised to an old list. Danger is answered whenever it was written."""
    return _is_of_an_old_list(submission, inquiry, at) and not assessed.dangers


def _alarm_key(submission: Submission, inquiry: Inquiry, at: datetime) -> str:
    """Each message has its alarm. An old list may hold a hundred: they stand on top of the queue, with one an hour."""
    if _is_of_an_old_list(submission, inquiry, at):
        return f"import:{submission.import_id}:{at.isoformat(timespec='hours')}"
    return submission.ref


def _is_of_an_old_list(submission: Submission, inquiry: Inquiry, at: datetime) -> bool:
    """Nobody in it sits waiting for our answer."""
    run = submission.import_run
    if run is None:
        return False
    return not run.waiting or (inquiry.submitted_at is not None and inquiry.submitted_at < at - STILL_WAITING)


def _kept_row(source: Source, row: ReadRow, at: datetime) -> tuple[Submission, Inquiry, Assessment]:
    run, number = row.delivery.import_run, row.delivery.import_row
    submission = written(row.delivery, at, source=source, import_run=run, import_row=number)
    db.session.add(submission)
    assessed = reading.assess_all(row.inquiry)
    reading.note(submission, row.inquiry, assessed)
    return submission, row.inquiry, assessed
