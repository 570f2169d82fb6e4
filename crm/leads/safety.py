"""How urgent somebody is: the rules only ever raise it, a person says how it is, and danger is seen by somebody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from crm import audit, lifecycle, outbox
from crm.db import db
from crm.models import FollowUp, Lead, Staff, TriageEntry
from crm.models.followup import DANGER, OWED, URGENT, USUAL
from crm.models.lead import LEVELS
from crm.outbox.readers import to_alarm


def heard(
    lead: Lead, level: str, is_danger: bool, key: str, at: datetime, promises: Sequence[FollowUp] | None = None
) -> None:
    """The rules have read a new message of theirs. `key` names it, so that its alarm is raised once.

    `promises`: all that are open, where the caller knows them; else they are looked up.
    """
    if level in LEVELS and LEVELS.index(level) < LEVELS.index(lead.level):
        lead.level = level
    if is_danger:
        lead.danger_at, lead.danger_seen_at, lead.danger_seen_by_id = at, None, None
        audit.record(lead, "danger", None, at)
        _alarm(lead, key, at)
    if lead.danger_at or lead.level != LEVELS[-1]:  # else every promise of theirs has its place already
        put_in_order(lead, promises)


def have_this(lead: Lead, by: Staff, at: datetime) -> bool:
    """Somebody says that they have it, once: the first name stands. Says whether it was them."""
    seen = db.session.scalar(
        update(Lead).where(Lead.id == lead.id, Lead.danger_at.is_not(None), Lead.danger_seen_at.is_(None))
        .values(danger_seen_at=at, danger_seen_by_id=by.id, owner_id=_owner(lead, by), version=Lead.version + 1)
        .returning(Lead.id).execution_options(synchronize_session=False)
    )
    if seen is None:
        return False
    db.session.refresh(lead)
    audit.record(lead, "danger-seen", by, at)
    return True


def judge(lead: Lead, level: str, is_danger: bool, reason: str, by: Staff, at: datetime) -> TriageEntry:
    """A person says how urgent it is, and whether somebody is in danger now; `reason` is theirs.

    Ending danger is reviewed by an administrator within 24 hours (docs/domain.md, "Triage").
    """
    was_danger = lead.danger_at is not None
    entry = TriageEntry(
        lead_id=lead.id, by_id=by.id, at=at, before=lead.level, level=level, is_danger=is_danger,
        ended_danger=was_danger and not is_danger,
    )
    entry.reason = reason
    db.session.add(entry)
    audit.record(lead, "triaged", by, at, before=lead.level, after=level, danger=is_danger, was_danger=was_danger)
    lead.level = level
    if not is_danger:
        lead.danger_at = None
    elif not was_danger:
        lead.danger_at, lead.danger_seen_at, lead.danger_seen_by_id = at, at, by.id
    put_in_order(lead)
    return entry


def lowers(lead: Lead, level: str, is_danger: bool) -> bool:
    """Whether this says that it is less urgent than it stands, or that a danger has ended."""
    return LEVELS.index(level) > LEVELS.index(lead.level) or (lead.danger_at is not None and not is_danger)


def review(entry: TriageEntry, by: Staff, at: datetime) -> None:
    """An administrator has looked at how a danger was ended."""
    if entry.reviewed_at is None:
        entry.reviewed_at, entry.reviewed_by_id = at, by.id
        audit.record(entry.lead, "triage-reviewed", by, at, entry=entry.ref)


def put_in_order(lead: Lead, promises: Sequence[FollowUp] | None = None) -> None:
    """An answer owed to somebody in danger comes before everybody's, an urgent one before the usual."""
    if promises is None:
        db.session.flush()
        promises = lifecycle.open_promises(lead)
    for promise in promises:
        promise.urgency = _urgency(lead, promise)


def _urgency(lead: Lead, promise: FollowUp) -> int:
    if lead.danger_at:
        return DANGER
    elif promise.kind in OWED and lead.level != "routine":
        return URGENT
    else:
        return USUAL


def _owner(lead: Lead, by: Staff) -> int | None:
    return by.id if lead.owner_id is None and by.role == "intake" else lead.owner_id


def _alarm(lead: Lead, key: str, at: datetime) -> None:
    for staff in to_alarm(at):
        outbox.post("danger", to=staff, at=at, key=f"danger:{key}", lead=lead)
