"""Deliver what waits, each under a lease. A killed worker loses nothing: its lease runs out and another takes over."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update

from crm.db import commit, db
from crm.models import Message
from crm.outbox.mail import Carrier, GiveUp, TryLater, carrier, compose
from crm.programme import programme

BATCH = 50
LEASE = timedelta(seconds=60)
MOST_TRIES = 12
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(minutes=15)


def deliver_due(at: datetime, worker: str) -> int:
    """Send every mail that is due; returns how many were taken by the mail server. Without SMTP_URL mail stays."""
    sent = 0
    with carrier() as mine:
        while batch := claim(at, worker):
            for message in batch:
                try:
                    sent += _deliver(message, at, worker, mine)
                except TryLater as error:
                    _try_again(message, at, worker, str(error))
                    _let_go(worker)
                    return sent
    return sent


def claim(at: datetime, worker: str) -> Sequence[Message]:
    """Lease up to fifty waiting mails to this worker. One UPDATE: two workers never hold the same."""
    if not programme().smtp_url:
        return []
    wanted = (
        select(Message.id).where(_is_due(at)).order_by(Message.not_before, Message.id).limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    mine = db.session.scalars(
        update(Message).where(Message.id.in_(wanted)).values(lease_by=worker, lease_until=at + LEASE)
        .returning(Message.id).execution_options(synchronize_session=False)
    ).all()
    commit()
    return db.session.scalars(select(Message).where(Message.id.in_(mine)).order_by(Message.id)).all()


def finish(message: Message, worker: str, at: datetime, **outcome: object) -> bool:
    """Write down how it went, if this worker still holds the lease; a late finish changes nothing."""
    done = db.session.scalars(
        update(Message)
        .where(Message.id == message.id, Message.lease_by == worker, Message.state == "waiting")
        .values(lease_by=None, lease_until=None, tries=Message.tries + 1, **outcome)
        .returning(Message.id).execution_options(synchronize_session=False)
    ).all()
    commit()
    return bool(done)


def waiting(at: datetime) -> int:
    """How many mails could be sent now; none while there is no mail server to send them."""
    if not programme().smtp_url:
        return 0
    return db.session.scalar(select(func.count()).select_from(Message).where(_is_due(at))) or 0


def dead_letters() -> int:
    """How many mails were given up."""
    return db.session.scalar(select(func.count()).select_from(Message).where(Message.state == "dead")) or 0


def _deliver(message: Message, at: datetime, worker: str, mine: Carrier) -> bool:
    try:
        mine.send(compose(message, at))
    except GiveUp as error:
        finish(message, worker, at, state="dead", error=str(error)[:200])
        return False
    return finish(message, worker, at, state="sent", sent_at=at, error=None)


def _let_go(worker: str) -> None:
    """A server that cannot take one mail now may not take the next: the rest of the batch is anybody's again."""
    db.session.execute(
        update(Message).where(Message.lease_by == worker, Message.state == "waiting")
        .values(lease_by=None, lease_until=None).execution_options(synchronize_session=False)
    )
    commit()


def _try_again(message: Message, at: datetime, worker: str, why: str) -> None:
    if message.tries + 1 >= MOST_TRIES:
        finish(message, worker, at, state="dead", error=why[:200])
    else:
        finish(message, worker, at, not_before=at + _wait(message.tries), error=why[:200])


def _wait(tries: int) -> timedelta:
    """Twice as long each time, up to a quarter of an hour, and never everybody at the same moment."""
    full: timedelta = min(FIRST_WAIT * 2.0**tries, LONGEST_WAIT)
    return full * random.uniform(0.5, 1.0)  # noqa: S311  spreads load; nobody has to be unable to guess it


def _is_due(at: datetime) -> ColumnElement[bool]:
    free = or_(Message.lease_until.is_(None), Message.lease_until < at)
    # Written out, not bound: SQLite uses a partial index only when it can see that the condition is the index's own.
    waits = Message.state == literal_column("'waiting'")
    return and_(waits, Message.channel == "email", Message.not_before <= at, free)
