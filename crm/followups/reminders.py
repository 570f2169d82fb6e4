"""Turn every promise that falls due into its notices, each once, however many clocks are running."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from crm import outbox
from crm.db import commit, db
from crm.models import FollowUp, Staff
from crm.outbox.readers import at_intake

log = logging.getLogger("lantern")

BATCH = 200


def remind_due(at: datetime) -> int:
    """Claim what is due, 200 at a time, and post its notices in the same transaction; returns how many promises."""
    reminded = 0
    while batch := claim_due(at):
        numbers = [promise.id for promise in batch]
        try:
            _post(batch, at)
            commit()
        except Exception as error:  # one promise that cannot be worded must not silence the other 199
            db.session.rollback()
            log.warning("a batch of reminders is tried one by one: %s", type(error).__name__)
            _one_by_one(numbers, at)
        reminded += len(numbers)
    return reminded


def claim_due(at: datetime, only: int | None = None) -> Sequence[FollowUp]:
    """Mark up to 200 due promises as reminded, in one UPDATE that matches only what nobody else has claimed.

    The mark and the notices are one transaction: a crash in between undoes both.
    """
    due = FollowUp.is_waiting() & (FollowUp.due_at <= at) & FollowUp.reminded_at.is_(None)
    wanted = select(FollowUp.id).where(due if only is None else due & (FollowUp.id == only))
    first = wanted.order_by(FollowUp.due_at, FollowUp.id).limit(BATCH).with_for_update(skip_locked=True)
    few = first.cte("few")  # not a plain subquery: PostgreSQL may run that again for each row, and take more than 200
    claimed = db.session.scalars(
        update(FollowUp).where(FollowUp.id.in_(select(few.c.id))).values(reminded_at=at)
        .returning(FollowUp.id).execution_options(synchronize_session=False)
    ).all()
    if not claimed:
        commit()
        return []
    whole = select(FollowUp).where(FollowUp.id.in_(claimed)).options(joinedload(FollowUp.lead))
    return db.session.scalars(whole.order_by(FollowUp.due_at, FollowUp.id)).all()


def _post(batch: Sequence[FollowUp], at: datetime) -> None:
    everybody = {one.id: one for one in db.session.scalars(select(Staff).where(Staff.disabled_at.is_(None)))}
    intake = at_intake(at)
    for promise in batch:
        owner = everybody.get(promise.owner_id or 0)
        for reader in [owner] if owner else intake:
            outbox.post(
                "follow-up-due", to=reader, at=at, key=f"follow-up-due:{promise.id}", lead=promise.lead,
                follow_up=promise, channels=outbox.BOTH if owner else (outbox.APP,), is_new=True,
                due_at=promise.due_at.isoformat(),
            )


def _one_by_one(promises: Sequence[int], at: datetime) -> None:
    """After a batch failed: each alone, so that one that cannot be posted does not keep the others back."""
    for number in promises:
        try:
            _post(claim_due(at, only=number), at)
            commit()
        except Exception as error:
            db.session.rollback()
            _set_aside(number, at, type(error).__name__)


def _set_aside(promise: int, at: datetime, why: str) -> None:
    """It stays in the queue as late; `crm doctor` counts promises that came due and of which nobody was told."""
    log.error("no notice could be made for promise %d: %s", promise, why)
    db.session.execute(update(FollowUp).where(FollowUp.id == promise).values(reminded_at=at))
    commit()
