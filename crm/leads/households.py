"""Who shares a phone or an address, as somebody has said: two people all the same, each with their own page."""

from datetime import datetime

from sqlalchemy import select

from crm.db import db
from crm.models import Household, Lead, Likeness

HOUSEHOLD = "household"  # the decision about a pair
LARGEST = 50  # people: beyond that it is a facility, and nobody's household


def regroup(lead: Lead, at: datetime) -> None:
    """The household of everybody who was said to share it with them, directly or through others."""
    together = _linked(lead)
    members = db.session.scalars(select(Lead).where(Lead.id.in_(together))).unique().all()
    household = Household(created_at=at) if len(together) > 1 else None
    if household:
        db.session.add(household)
        db.session.flush()
    for member in members:
        member.inquirer.household_id = household.id if household else None


def _linked(lead: Lead) -> set[int]:
    found, new = {lead.id}, {lead.id}
    while new and len(found) < LARGEST:
        pairs = select(Likeness.a_id, Likeness.b_id).where(
            Likeness.decision == HOUSEHOLD, Likeness.a_id.in_(new) | Likeness.b_id.in_(new)
        )
        new = {number for pair in db.session.execute(pairs) for number in pair} - found
        found |= new
    return found
