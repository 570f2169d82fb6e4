"""What a person asks about themselves."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from crm.access import visible_messages
from crm.db import db
from crm.models import Message, SignIn, Staff

PAGE = 50


def notices(viewer: Staff, before: int | None) -> Sequence[Message]:
    """My notices, newest first: one page and one more, to know whether there is another. `before` is a row number."""
    mine = visible_messages(viewer).where(Message.channel == "app").join(Message.to).options(contains_eager(Message.to))
    mine = mine.outerjoin(Message.lead).options(contains_eager(Message.lead))
    if before is not None:
        mine = mine.where(Message.id < before)
    return db.session.scalars(mine.order_by(Message.id.desc()).limit(PAGE + 1)).all()


def sign_ins(viewer: Staff) -> Sequence[SignIn]:
    """My live sign-ins, newest first."""
    mine = select(SignIn).where(SignIn.staff_id == viewer.id, SignIn.is_complete)
    return db.session.scalars(mine.order_by(SignIn.started_at.desc())).all()
