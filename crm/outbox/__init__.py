"""What we send: the only writer of messages, and the only door to mail.

Posting is a row in the caller's transaction; delivery happens later, in `crm.outbox.delivery`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.db import db
from crm.models import FollowUp, Lead, Message, Staff

APP, EMAIL = "app", "email"
BOTH = (APP, EMAIL)


def post(
    kind: str, to: Staff, at: datetime, key: str, lead: Lead | None = None, follow_up: FollowUp | None = None,
    channels: tuple[str, ...] = BOTH, **facts: Any,
) -> int:
    """Say something to one person, once for each channel; returns how many messages are new.

    `key` names what is said ("follow-up-due:31"): the same key to the same person is never said again on a channel.
    `facts` are numbers and times for the words; never a name. An app notice counts as sent when it is written.
    """
    keys = {channel: f"{key}:{to.id}:{channel}" for channel in channels}
    known = set(db.session.scalars(select(Message.key).where(Message.key.in_(keys.values()))))
    wanted = {channel: full for channel, full in keys.items() if full not in known}
    for channel, full in wanted.items():
        db.session.add(
            Message(
                key=full, kind=kind, channel=channel, to_id=to.id, lead=lead, follow_up=follow_up, facts=facts,
                created_at=at, not_before=at, state="sent" if channel == APP else "waiting",
                sent_at=at if channel == APP else None,
            )
        )
    return len(wanted)
