"""Deliver what waits, each under a lease. A killed worker loses nothing: its lease runs out and another takes over."""

import random
import time as stopwatch
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update
from sqlalchemy.orm import joinedload

from crm.db import commit, db
from crm.models import Message, Person
from crm.outbox.mail import Carrier, GiveUp, TryLater, Unreachable, carrier, compose
from crm.programme import programme

BATCH = 50
LEASE = timedelta(seconds=60)
START_WITHIN = timedelta(seconds=20)  # of the lease: the slowest mail server then still answers before it runs out
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(minutes=15)
MOST_TRIES = 12
TRIED_FOR = timedelta(days=1)  # an afternoon without a mail server must not cost a single reminder


def deliver_due(at: datetime, worker: str) -> int:
    """Send every mail that is due; returns how many the mail server took. Without SMTP_URL mail stays."""
    began, sent = stopwatch.monotonic(), 0

    def moment() -> datetime:
        """`at` as it moves on: a long delivery must not hand out leases that have run out already."""
        return at + timedelta(seconds=stopwatch.monotonic() - began)

    with carrier() as mine:
        while batch := claim(moment(), worker):
            sent += _deliver(batch, worker, mine, moment)
    return sent


def claim(at: datetime, worker: str) -> Sequence[Message]:
    """Lease up to fifty waiting mails to this worker. One UPDATE: two workers never hold the same."""
    if not programme().smtp_url:
        return []
    wanted = (
        select(Message.id).where(_is_due(at)).order_by(Message.not_before, Message.id).limit(BATCH)
        .with_for_update(skip_locked=True)
    ).cte("wanted")  # not a plain subquery: PostgreSQL may run that again for each row, and take more than fifty
    mine = db.session.scalars(
        update(Message).where(Message.id.in_(select(wanted.c.id))).values(lease_by=worker, lease_until=at + LEASE)
        .returning(Message.id).execution_options(synchronize_session=False)
    ).all()
    commit()
    if not mine:
        return []
    readers = joinedload(Message.to), joinedload(Message.person).selectinload(Person.contact_points)
    whole = select(Message).where(Message.id.in_(mine)).options(*readers).order_by(Message.id)
    batch = db.session.scalars(whole).all()
    db.session.expunge_all()  # plain values from here on: no transaction stays open while the mail server thinks
    db.session.rollback()
    return batch


def finish(message: Message, worker: str, **outcome: object) -> bool:
    """Write down how it went, if this worker still holds the lease; a late finish changes nothing."""
    done = _write(message, worker, **outcome)
    commit()
    return done


def waiting(at: datetime) -> int:
    """How many mails are to be sent now, or are being sent by somebody; none while there is no mail server."""
    if not programme().smtp_url:
        return 0
    to_send = _is_waiting() & (Message.not_before <= at)
    return db.session.scalar(select(func.count()).select_from(Message).where(to_send)) or 0


def dead_letters() -> int:
    """How many mails were given up."""
    return db.session.scalar(select(func.count()).select_from(Message).where(Message.state == "dead")) or 0


def _deliver(batch: Sequence[Message], worker: str, mine: Carrier, moment: Callable[[], datetime]) -> int:
    """Send a batch while its lease lasts; what is left, or cannot go because nobody answers, is given back."""
    sent, latest = 0, moment() + START_WITHIN
    for place, message in enumerate(batch):
        if moment() > latest:
            _give_back(batch[place:], worker)
            break
        try:
            sent += _send(message, worker, mine, moment())
        except Unreachable as error:
            for one in batch[place:]:
                _try_again(one, worker, moment(), str(error))
            commit()
            break
    return sent


def _send(message: Message, worker: str, mine: Carrier, at: datetime) -> bool:
    try:
        mine.send(compose(message, at))
    except GiveUp as error:
        finish(message, worker, state="dead", error=str(error)[:200])
        return False
    except TryLater as error:
        _try_again(message, worker, at, str(error))
        commit()
        return False
    return finish(message, worker, state="sent", sent_at=at, error=None)


def _try_again(message: Message, worker: str, at: datetime, why: str) -> None:
    if message.tries + 1 >= MOST_TRIES and at - message.created_at >= TRIED_FOR:
        _write(message, worker, state="dead", error=why[:200])
    else:
        _write(message, worker, not_before=at + _wait(message.tries), error=why[:200])


def _write(message: Message, worker: str, **outcome: object) -> bool:
    done = db.session.scalars(
        update(Message)
        .where(Message.id == message.id, Message.lease_by == worker, Message.state == "waiting")
        .values(lease_by=None, lease_until=None, tries=Message.tries + 1, **outcome)
        .returning(Message.id).execution_options(synchronize_session=False)
    ).all()
    return bool(done)


def _give_back(batch: Sequence[Message], worker: str) -> None:
    ours = and_(Message.id.in_([message.id for message in batch]), Message.lease_by == worker)
    db.session.execute(
        update(Message).where(ours).values(lease_by=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    commit()


def _wait(tries: int) -> timedelta:
    """Twice as long each time, up to a quarter of an hour, and never everybody at the same moment."""
    full: timedelta = min(FIRST_WAIT * 2.0 ** min(tries, 10), LONGEST_WAIT)
    return full * random.uniform(0.5, 1.0)  # noqa: S311  spreads load; nobody has to be unable to guess it


def _is_due(at: datetime) -> ColumnElement[bool]:
    free = or_(Message.lease_until.is_(None), Message.lease_until < at)
    return and_(_is_waiting(), Message.not_before <= at, free)


def _is_waiting() -> ColumnElement[bool]:
    # Written out, not bound: SQLite uses a partial index only when it can see that the condition is the index's own.
    return and_(Message.state == literal_column("'waiting'"), Message.channel == "email")
