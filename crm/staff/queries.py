"""What a person asks about themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.orm import contains_eager

from crm.access import visible, visible_messages
from crm.db import db
from crm.models import Lead, Message, SignIn, Staff
from crm.outbox.words import notice_words
from crm.staff.signins import ABSOLUTE, IDLE

PAGE = 50


@dataclass(frozen=True)
class Notice:
    """Something I was told: what, about which lead, when; an address only while I may see that lead."""

    kind: str
    title: str
    about: str
    at: datetime
    is_read: bool
    lead_ref: str | None


def notices(viewer: Staff, at: datetime, before: int | None) -> tuple[list[Notice], int | None]:
    """One page of my notices, newest first, and the row number to go on `before` when there are more."""
    mine = (
        visible_messages(viewer).where(Message.channel == "app").order_by(Message.id.desc())
        .join(Message.to).outerjoin(Message.lead).options(contains_eager(Message.to))
        .add_columns(case((visible(viewer), Lead.ref)))
    )
    if before is not None:
        mine = mine.where(Message.id < before)
    rows = db.session.execute(mine.limit(PAGE + 1)).all()
    further = rows[PAGE - 1][0].id if len(rows) > PAGE else None
    return [_notice(message, ref, at) for message, ref in rows[:PAGE]], further


def sign_ins(viewer: Staff, at: datetime) -> Sequence[SignIn]:
    """My live sign-ins, newest first."""
    mine = select(SignIn).where(SignIn.staff_id == viewer.id, SignIn.is_complete)
    live = mine.where(SignIn.seen_at > at - IDLE, SignIn.started_at > at - ABSOLUTE)
    return db.session.scalars(live.order_by(SignIn.started_at.desc())).all()


def _notice(message: Message, ref: str | None, at: datetime) -> Notice:
    title, _, about = notice_words(message, at).partition(" · ")
    return Notice(message.kind, title, about, message.created_at, message.read_at is not None, ref)
