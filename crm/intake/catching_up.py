"""What was kept and not read yet becomes what it is: in a rush soon after it came, after a mishap within the minute."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from crm.db import commit, db
from crm.intake.actions import fail, understand
from crm.models import Submission

log = logging.getLogger("lantern")

BATCH = 50
TRIED_FOR = timedelta(days=1)  # by then it has stood on the page of held messages for a day


def understand_waiting(at: datetime) -> int:
    """Read what nobody came to read, and try again what failed within the last day; how many could be made out."""
    understood, last = read_left(at), 0
    failed = select(Submission.id).where(Submission.state == "failed", Submission.received_at > at - TRIED_FOR)
    while batch := db.session.scalars(failed.where(Submission.id > last).order_by(Submission.id).limit(BATCH)).all():
        understood += sum(read(one, at) for one in batch)
        last = batch[-1]
    return understood


def read_left(at: datetime) -> int:
    """Read all that waits; returns how many could be made out."""
    return sum(read(one, at) for one in left())


def left() -> Iterator[int]:
    """Each message that waits to be read, and those that come meanwhile.

    Each once: what cannot be written down just now (a full disk) is not tried again at once and for ever.
    """
    tried = set[int]()
    while batch := [one for one in next_waiting() if one not in tried]:
        tried.update(batch)
        yield from batch


def next_waiting() -> Sequence[int]:
    """The next few to read, each sender in turn: whoever sends a thousand delays nobody who sends one."""
    mine = func.row_number().over(partition_by=(Submission.source_id, Submission.sender), order_by=Submission.id)
    waiting = select(Submission.id, mine.label("turn")).where(Submission.state == "waiting").subquery()
    found = db.session.scalars(select(waiting.c.id).order_by(waiting.c.turn, waiting.c.id).limit(BATCH)).all()
    commit()  # on SQLite nobody else could write meanwhile
    return found


def newest_waiting() -> int | None:
    """The last one that came of those that wait."""
    return db.session.scalar(select(func.max(Submission.id)).where(Submission.state == "waiting"))


def read(number: int, at: datetime) -> bool:
    """Read the message of this number, unless somebody is at it or has done so; whether it could be made out.

    In a transaction of its own: whatever goes wrong with it stands in nobody else's way, and not in its sender's.
    """
    try:
        mine = select(Submission).where(Submission.id == number, Submission.state.in_(("waiting", "failed")))
        one = db.session.scalars(mine.with_for_update(skip_locked=True, of=Submission)).one_or_none()
        if one:
            understand(one, at)
        understood = one is not None and one.state != "failed"
        commit()  # nothing is asked after it: on SQLite that would be another turn to write, held until the next commit
        return understood
    except Exception as error:
        db.session.rollback()
        _could_not(number, error)
        return False


def _could_not(number: int, error: Exception) -> None:
    """It could not even be written down what became of it: else it would be tried for ever, before all others."""
    try:
        one = db.session.get_one(Submission, number, with_for_update=True)
        if one.state == "waiting":
            fail(one, error)
        commit()
    except Exception as again:  # no database: what waits is read when there is one
        db.session.rollback()
        log.error("a submission waits to be read: %s", type(again).__name__)
