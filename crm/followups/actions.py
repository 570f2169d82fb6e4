"""The verbs of a promise: it is made, kept, moved, or no longer needed. Each is written into history."""

from datetime import datetime

from crm import audit
from crm.db import db
from crm.models import FollowUp, Lead, Staff


def promise(
    lead: Lead, due_at: datetime, channel: str, owner: Staff | None, by: Staff | None, at: datetime, why: str = "",
    kind: str = "promise",
) -> FollowUp:
    """Promise to get in touch at a moment that is still to come; without an owner it is intake's.

    Raises ValueError, in words for the form, for a moment that has passed.
    """
    made = _make(lead, due_at, channel, owner, by, at, why, kind)
    lead.no_step_reason = None
    audit.record(lead, "promised", by, at, follow_up=made.ref, due_at=due_at.isoformat(), channel=channel)
    return made


def keep(promised: FollowUp, by: Staff, at: datetime) -> None:
    """Somebody got in touch, or tried to, as promised; nothing to do if the promise has ended already."""
    if _is_open(promised):
        _end(promised, "kept", by, at)


def move(promised: FollowUp, due_at: datetime, by: Staff, at: datetime) -> FollowUp:
    """Promise another time instead; gives the new promise.

    Raises ValueError, in words for the form, for a moment that has passed and for a promise that has ended already.
    """
    if not _is_open(promised):
        raise ValueError("This follow-up was done or moved already.")
    made = _make(
        promised.lead, due_at, promised.channel, promised.owner, by, at, promised.why or "", promised.kind
    )
    made.moved_from_id = promised.id
    _end(promised, "moved", by, at, to=made.ref, due_at=due_at.isoformat())
    return made


def take_back_move(made: FollowUp, by: Staff, at: datetime) -> FollowUp:
    """Undo a slip: the time promised before stands again; gives that promise.

    Raises ValueError when nobody moved it, or when something has happened since.
    """
    if made.moved_from_id is None or not _is_open(made):
        raise ValueError("Too much has happened since. Choose another time instead.")
    before = db.session.get_one(FollowUp, made.moved_from_id)
    _end(made, "dropped", by, at)
    before.done_at = before.done_by_id = before.result = None
    audit.record(before.lead, "promise-move-undone", by, at, follow_up=before.ref, due_at=before.due_at.isoformat())
    return before


def drop(promised: FollowUp, reason: str, by: Staff, at: datetime) -> None:
    """It is no longer needed. `reason` says why an open lead has no next step; empty when it speaks for itself."""
    if not _is_open(promised):
        return
    _end(promised, "dropped", by, at)
    if reason:
        promised.lead.no_step_reason = reason[:200]


def _is_open(promised: FollowUp) -> bool:
    """Asked of the database, and held until the end of the transaction: two presses at once end a promise once."""
    db.session.flush()
    db.session.refresh(promised, ["done_at"], with_for_update=True)
    return promised.done_at is None


def _make(
    lead: Lead, due_at: datetime, channel: str, owner: Staff | None, by: Staff | None, at: datetime, why: str, kind: str
) -> FollowUp:
    if due_at <= at:
        raise ValueError("That time has passed. Choose a later one.")
    made = FollowUp(
        lead_id=lead.id, kind=kind, channel=channel, due_at=due_at, owner_id=owner.id if owner else None,
        made_by_id=by.id if by else None, made_at=at,
    )
    made.why = why or None
    db.session.add(made)
    db.session.flush()
    return made


def _end(promised: FollowUp, result: str, by: Staff, at: datetime, **facts: str) -> None:
    promised.done_at, promised.done_by_id, promised.result = at, by.id, result
    audit.record(promised.lead, f"promise-{result}", by, at, follow_up=promised.ref, **facts)
