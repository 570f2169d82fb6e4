"""What was stored but not understood is tried again each minute, for a day; then it waits for a person."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.db import commit, db
from crm.intake.actions import understand
from crm.models import Submission

BATCH = 200
TRIED_FOR = timedelta(days=1)  # by then it has stood on the page of held messages for a day


def understand_waiting(at: datetime) -> int:
    """Try again what failed within the last day; returns how many could be made out."""
    understood, last = 0, 0
    while batch := _claim(at, last):
        for submission in batch:
            understand(submission, at)
            understood += submission.state != "failed"
        last = batch[-1].id
        commit()
    return understood


def _claim(at: datetime, after: int) -> list[Submission]:
    """The next few that nobody else is trying; those that fail again are passed by."""
    failed = select(Submission).where(Submission.state == "failed", Submission.received_at > at - TRIED_FOR)
    turn = failed.where(Submission.id > after).order_by(Submission.id).limit(BATCH)
    return list(db.session.scalars(turn.with_for_update(skip_locked=True)))
