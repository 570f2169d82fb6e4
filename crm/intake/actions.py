"""What is kept becomes what it is: a lead, more of one, or something to look at. That may fail, and loses nothing."""

import logging
from datetime import datetime

from sqlalchemy import select

from crm import audit, outbox
from crm.db import db
from crm.intake import reading, repeats, understanding
from crm.intake.becoming import becomes_lead, belongs_to, facts_of
from crm.intake.channels import Inquiry
from crm.intake.triage import Assessment
from crm.intake.weighing import Verdict, weigh
from crm.models import Lead, Staff, Submission
from crm.outbox.readers import to_alarm

log = logging.getLogger("lantern")

PAGES_OF_OURS = ("form", "staff")  # kinds of source whose key names one page in one browser
CORRECTED = ":"  # stands in the key of a page sent again, between its token and the print of the new body


def understand(submission: Submission, at: datetime) -> None:
    """Make of it what it is: a lead, more of one, or something to look at. Failing leaves it stored, to try again."""
    try:
        with db.session.begin_nested():
            inquiry, assessed = reading.read_and_note(submission)
            verdict = weigh(submission, inquiry, assessed, at)
            if verdict.state == "understood":
                _finds_its_lead(submission, inquiry, assessed, at)
            else:
                _is_set_aside(submission, verdict, assessed, at)
    except Exception as error:  # whatever it is: somebody wrote to us, and that must not be lost
        fail(submission, error)


def fail(submission: Submission, error: Exception) -> None:
    """It is kept, and could not be understood."""
    # The error's own text may hold what somebody typed: only its kind is kept and logged.
    log.error("submission %s is stored but not understood: %s", submission.ref, type(error).__name__)
    submission.state, submission.why = "failed", type(error).__name__


def release(submission: Submission, by: Staff, at: datetime) -> Lead | None:
    """Somebody read it and says that a person wrote it: it becomes a lead (none while it cannot be understood)."""
    db.session.refresh(submission, with_for_update=True)  # two people may press at once: one lead
    if submission.lead is None:
        why = submission.why
        try:
            with db.session.begin_nested():
                inquiry, assessed = reading.read_and_note(submission)
                submission.dismissed_at = submission.dismissed_by_id = None
                _finds_its_lead(submission, inquiry, assessed, at)
                audit.record(submission.lead, "released", by, at, held=why, **facts_of(submission))
        except Exception as error:
            fail(submission, error)
    return submission.lead


def dismiss(submission: Submission, by: Staff, at: datetime, reason: str = "") -> None:
    """Somebody read it and says that nobody in it needs us, and why. It is kept, and can be made a lead any time."""
    db.session.refresh(submission, with_for_update=True)
    if submission.lead is None and submission.dismissed_at is None:
        submission.dismissed_at, submission.dismissed_by_id = at, by.id
        said = {"level": submission.level, "held": submission.why, "reason": reason or None}
        audit.record(None, "dismissed", by, at, **said, **facts_of(submission))


def put_back(submission: Submission, by: Staff, at: datetime) -> None:
    """It was set aside by mistake: it waits again, as it did."""
    db.session.refresh(submission, with_for_update=True)
    if submission.lead is None and submission.dismissed_at is not None:
        submission.dismissed_at = submission.dismissed_by_id = None
        audit.record(None, "put-back", by, at, **facts_of(submission))


def _finds_its_lead(submission: Submission, inquiry: Inquiry, assessed: Assessment, at: datetime) -> None:
    if same_page := _lead_of_the_same_page(submission, at):
        understanding.correct(same_page, submission, inquiry)
        db.session.flush()
        belongs_to(same_page, submission, "corrected", assessed, submission.ref, at)
    else:
        becomes_lead(submission, inquiry, assessed, repeats.known_lead(inquiry), at)


def _is_set_aside(submission: Submission, verdict: Verdict, assessed: Assessment, at: datetime) -> None:
    submission.state, submission.why = verdict.state, verdict.why or None
    if verdict.state == "held":
        audit.record(None, "held", None, at, **facts_of(submission))
        if assessed.dangers:  # somebody may be in danger behind what looks like a flood: one alarm an hour
            hour = at.isoformat(timespec="hours")
            for staff in to_alarm(at):
                outbox.post("danger-held", to=staff, at=at, key=f"danger-held:{submission.source_id}:{hour}")


def _lead_of_the_same_page(submission: Submission, at: datetime) -> Lead | None:
    """For a form that was sent, corrected and sent again: the lead that its first sending made."""
    first, corrected, _ = (submission.idempotency_key or "").partition(CORRECTED)
    if submission.source.kind not in PAGES_OF_OURS or not corrected:
        return None
    wanted = select(Submission).where(
        Submission.source_id == submission.source_id, Submission.idempotency_key == first
    )
    sent = db.session.scalars(wanted.with_for_update(of=Submission)).one_or_none()  # somebody may be reading it
    if sent and sent.state == "waiting":
        understand(sent, at)
    return sent.lead if sent else None
