"""Live sign-ins: a random token in a cookie, its hash in a row. Deleting the row ends it at once, everywhere."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import contains_eager

from crm.db import db, separate_write
from crm.models import Message, SignIn, Staff

IDLE = timedelta(minutes=15)  # docs/domain.md, "Signing in": asking for news in the background does not extend it
ABSOLUTE = timedelta(hours=12)
UNFINISHED = timedelta(minutes=10)  # to type the code after the password
SEEN_EVERY = timedelta(minutes=1)  # "seen" is written at most this often


def begin(staff: Staff, at: datetime, complete: bool, pending_secret: str | None = None) -> str:
    """Open a sign-in and give back its token, which exists nowhere else; `complete` once every factor is proved."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        token_hash=_hash(token), staff_id=staff.id, is_complete=complete, started_at=at, seen_at=at, proved_at=at
    )
    sign_in.pending_secret = pending_secret
    db.session.add(sign_in)
    return token


def find(token: str, at: datetime) -> tuple[SignIn, int] | None:
    """The live, complete sign-in of a token with its owner's unread notices: one statement. None when it has ended."""
    unread = select(func.count()).where(
        Message.to_id == SignIn.staff_id, Message.channel == "app", Message.read_at.is_(None)
    )
    wanted = (
        select(SignIn, unread.scalar_subquery())
        .join(SignIn.staff)
        .options(contains_eager(SignIn.staff))
        .where(SignIn.token_hash == _hash(token), SignIn.is_complete, Staff.disabled_at.is_(None))
        .where(SignIn.seen_at > at - IDLE, SignIn.started_at > at - ABSOLUTE)
    )
    found = db.session.execute(wanted).one_or_none()
    return (found[0], found[1]) if found else None


def find_unfinished(token: str, at: datetime) -> SignIn | None:
    """The sign-in that waits for its second factor, while there is still time to prove it."""
    wanted = select(SignIn).join(SignIn.staff).where(SignIn.token_hash == _hash(token), Staff.disabled_at.is_(None))
    unfinished = wanted.where(SignIn.is_complete.is_(False), SignIn.started_at > at - UNFINISHED)
    return db.session.scalars(unfinished).one_or_none()


def seen(sign_in: SignIn, at: datetime, reading: bool) -> None:
    """Note that somebody is there. A page that only reads writes it beside itself."""
    if at - sign_in.seen_at < SEEN_EVERY:
        return
    if reading:
        with separate_write() as session:
            session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=at))
    else:
        sign_in.seen_at = at


def end(token: str) -> None:
    """End one sign-in."""
    db.session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def end_all(staff: Staff) -> int:
    """End every sign-in of a person, finished or not; returns how many."""
    ended = db.session.scalars(delete(SignIn).where(SignIn.staff_id == staff.id).returning(SignIn.id))
    return len(ended.all())


def _hash(token: str) -> str:
    # The token is long and random: a fast hash is enough, and the table alone lets nobody in.
    return hashlib.sha256(token.encode()).hexdigest()
