"""What we send: the only writer of messages, and the only door to mail.

Posting is a row in the caller's transaction; delivery happens later, in `crm.outbox.delivery`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from crm.db import db
from crm.models import FollowUp, Lead, Message, Person, Staff

APP, EMAIL = "app", "email"
BOTH = (APP, EMAIL)
ACKNOWLEDGEMENT = "acknowledgement"  # the only kind of message that does not go to one of us


def post(
    kind: str, to: Staff, at: datetime, key: str, lead: Lead | None = None, follow_up: FollowUp | None = None,
    channels: tuple[str, ...] = BOTH, is_new: bool = False, **facts: Any,
) -> int:
    """Say something to one person, once for each channel; returns how many messages are new.

    `key` names what is said ("follow-up-due:31"): the same key to the same person is never said again on a channel.
    `facts` are numbers and times for the words; never a name. An app notice counts as sent when it is written.
    is_new: the caller has claimed what it is about, so that nobody can have said it; saves asking, row by row.
    """
    keys = {channel: f"{key}:{to.id}:{channel}" for channel in channels}
    known = set() if is_new else set(db.session.scalars(select(Message.key).where(Message.key.in_(keys.values()))))
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


def acknowledge(person: Person, lead: Lead, at: datetime, key: str, **facts: Any) -> bool:
    """Tell the one who wrote that their message came, once for each key; says whether it is new.

    The table's own constraint guards the key, so that however many messages arrive at once, one of them is told.
    Raises ValueError for anybody but who wrote: the person in need may not know that somebody did (D-4).
    """
    if person is not lead.inquirer:
        raise ValueError("only who wrote is told that it came")
    try:
        with db.session.begin_nested():
            db.session.add(
                Message(key=key, kind=ACKNOWLEDGEMENT, channel=EMAIL, person=person, lead=lead, facts=facts,
                        created_at=at, not_before=at, state="waiting")
            )
    except IntegrityError:
        return False
    return True


def read_all(reader: Staff, at: datetime) -> None:
    """The person has seen every notice there is for them."""
    db.session.execute(
        update(Message)
        .where(Message.to_id == reader.id, Message.channel == APP, Message.read_at.is_(None))
        .values(read_at=at).execution_options(synchronize_session=False)
    )


def take_along(about: ColumnElement[bool], lead: Lead) -> list[int]:
    """Let these messages be about another lead, whose page a notice then opens; gives their row numbers."""
    moved = update(Message).where(about).values(lead_id=lead.id).returning(Message.id)
    return list(db.session.scalars(moved))
