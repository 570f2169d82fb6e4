"""What happened: the only writer of history. In the same transaction as the change; append-only ever after."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from crm.db import db, separate_write
from crm.db.base import new_ref
from crm.db.sealing import signing_key
from crm.models import Event, Lead, Staff

_origin: ContextVar[str] = ContextVar("origin", default="")


def record(lead: Lead | None, action: str, by: Staff | None, at: datetime, **facts: Any) -> None:
    """Write down a change, in the transaction that makes it.

    `facts` are references, keys, numbers and times (JSON values): never a name, a number to call or anybody's words.
    `by` is nobody when the service itself or a visitor did it.
    """
    if lead is not None and lead.id is None:
        db.session.flush()
    db.session.add(_event(lead.id if lead else None, lead.version if lead else None, action, by, at, facts))


def viewed(viewer: Staff, what: str, at: datetime, lead: Lead | None = None, **facts: Any) -> None:
    """Write down that somebody looked, at once and in a transaction of its own: the only write a GET makes."""
    with separate_write() as session:
        session.add(_event(lead.id if lead else None, lead.version if lead else None, what, viewer, at, facts))


@contextmanager
def coming_from(origin: str) -> Iterator[None]:
    """Within it, history says where it came from: a staff member's network address, or the name of a job."""
    token = _origin.set(origin[:45])
    try:
        yield
    finally:
        _origin.reset(token)


def origin_is(origin: str) -> None:
    """Say where this request comes from; lasts as long as the request's own context."""
    _origin.set(origin[:45])


def _event(
    lead_id: int | None, version: int | None, action: str, by: Staff | None, at: datetime, facts: dict[str, Any]
) -> Event:
    event = Event(
        uid=new_ref(), at=at, action=action, actor_id=by.id if by else None, lead_id=lead_id, lead_version=version,
        facts=facts, origin=_origin.get(),
    )
    event.key_id, key = signing_key("history")
    event.mac = signature(key, event)
    return event


def signature(key: bytes, event: Any) -> str:
    """The keyed hash over everything an event says (its row number aside, which the chain holds)."""
    said = [event.uid, event.at.isoformat(timespec="microseconds"), event.action, event.actor_id, event.lead_id,
            event.lead_version, event.facts, event.origin]
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()
