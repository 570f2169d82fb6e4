"""What somebody says to a suggestion: not the same person, or one household. Remembered, and can be taken back."""

from datetime import datetime

from sqlalchemy import select

from crm import audit
from crm.db import db
from crm.leads.households import HOUSEHOLD, regroup
from crm.leads.merging import hold
from crm.lifecycle import Refused
from crm.models import Lead, Likeness, Staff

NOT_SAME = "not-same"


def tell_apart(one: Lead, other: Lead, decision: str, by: Staff, at: datetime) -> Likeness:
    """They are two people, of one household or not (`decision`): never suggested again.

    Raises lifecycle.Refused when they are one lead already.
    """
    hold(one, other)
    if one.id == other.id or one.merged_into_id or other.merged_into_id:
        raise Refused({"": "They were joined a moment ago. Take that apart first."})
    a_id, b_id = sorted((one.id, other.id))
    pair = db.session.scalars(select(Likeness).where(Likeness.a_id == a_id, Likeness.b_id == b_id)).one_or_none()
    if pair is None:
        pair = Likeness(a_id=a_id, b_id=b_id, score=0, is_household=False, reasons=[], against=[], found_at=at)
        db.session.add(pair)
    if pair.decision != decision:
        pair.decision, pair.decided_by_id, pair.decided_at = decision, by.id, at
        _settle(pair, one, other, by, at, decision)
    return pair


def take_back(pair: Likeness, by: Staff, at: datetime) -> None:
    """It was a slip: nobody has said anything about the two. Nothing to do when that is so already."""
    hold(pair.a, pair.b)
    db.session.refresh(pair)
    if pair.decision in (NOT_SAME, HOUSEHOLD):
        pair.decision = pair.decided_by_id = pair.decided_at = None
        _settle(pair, pair.a, pair.b, by, at, "undecided")


def _settle(pair: Likeness, one: Lead, other: Lead, by: Staff, at: datetime, said: str) -> None:
    """Never told on a timeline: whoever may see only one of the two learns nothing of the other."""
    db.session.flush()
    audit.record(one, "told-apart", by, at, other=other.ref, pair=pair.ref, said=said)
    audit.record(other, "told-apart", by, at, other=one.ref, pair=pair.ref, said=said)
    for lead in (one, other):
        regroup(lead, at)
