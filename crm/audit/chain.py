"""The seals of history: each event is bound to the one before it, so that nothing can be changed unnoticed.

Sealing is a job of its own, every ten seconds, so that no writer ever waits for another.
"""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from crm.audit import signature
from crm.db import commit, db
from crm.db.sealing import SealError, signing_key
from crm.db.turns import take_turn
from crm.models import Event, Seal

BATCH = 500
STRAGGLERS = 5000  # row numbers: how far behind the last seal a slow transaction's event may still turn up


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole history found: how many events, and the first thing that is wrong, in words."""

    events: int
    first_fault: str | None


def seal_new() -> int:
    """Seal what is not sealed yet; returns how many. Any number of workers may try: one at a time does it."""
    sealed = 0
    while True:
        take_turn("seal")
        last = db.session.scalars(select(Seal).order_by(Seal.seq.desc()).limit(1)).first()
        seq, before, after_id = (last.seq, last.hash, last.event_id) if last else (0, "", 0)
        waiting = select(Event.id, Event.mac, Event.key_id).outerjoin(Seal, Seal.event_id == Event.id)
        batch = db.session.execute(
            waiting.where(Event.id > after_id - STRAGGLERS, Seal.seq.is_(None)).order_by(Event.id).limit(BATCH)
        ).all()
        for event_id, mac, key_id in batch:
            seq, before = seq + 1, _link(key_id, before, seq + 1, event_id, mac)
            db.session.add(Seal(seq=seq, event_id=event_id, hash=before))
        commit()
        sealed += len(batch)
        if len(batch) < BATCH:
            return sealed


def verify() -> Verdict:
    """Check every event and every seal, oldest first. Finds what was flipped, deleted, inserted or reordered."""
    checked, before = 0, ""
    sealed = select(Seal.seq, Seal.event_id, Seal.hash, Event).outerjoin(Event, Event.id == Seal.event_id)
    links = db.session.execute(sealed.order_by(Seal.seq).execution_options(yield_per=1000))
    for expected, (seq, event_id, link, event) in enumerate(links, start=1):
        if seq != expected:
            return Verdict(checked, f"seal {expected} is missing")
        if event is None:
            return Verdict(checked, f"event {event_id} was deleted (seal {seq} is about it)")
        fault = _fault(event)
        if fault:
            return Verdict(checked, fault)
        if not hmac.compare_digest(link, _link(event.key_id, before, seq, event_id, event.mac)):
            return Verdict(checked, f"event {event_id} is not in the place where it was sealed (seal {seq})")
        checked, before = checked + 1, link
    return _verify_unsealed(checked)


def _verify_unsealed(checked: int) -> Verdict:
    newest = db.session.scalar(select(Seal.event_id).order_by(Seal.event_id.desc()).limit(1)) or 0
    unsealed = select(Event).outerjoin(Seal, Seal.event_id == Event.id).where(Seal.seq.is_(None)).order_by(Event.id)
    for event in db.session.scalars(unsealed.execution_options(yield_per=1000)):
        fault = _fault(event)
        if fault or event.id <= newest - STRAGGLERS:
            return Verdict(checked, fault or f"event {event.id} was inserted among sealed ones")
        checked += 1
    return Verdict(checked, None)


def _fault(event: Event) -> str | None:
    try:
        _, key = signing_key("history", event.key_id)
    except (SealError, ValueError):
        return f"event {event.id} was signed under a key that is not among FIELD_KEYS"
    if hmac.compare_digest(event.mac, signature(key, event)):
        return None
    return f"event {event.id} was changed or written by somebody else"


def _link(key_id: str, before: str, seq: int, event_id: int, mac: str) -> str:
    _, key = signing_key("seal", key_id)
    return hmac.new(key, f"{before}:{seq}:{event_id}:{mac}".encode(), hashlib.sha256).hexdigest()
