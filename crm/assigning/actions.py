"""The verb of this step: a lead is handed to a coach, or back to intake."""

from datetime import datetime

from sqlalchemy import update

from crm import audit, lifecycle, outbox
from crm.db import db
from crm.lifecycle import Refused
from crm.models import Assignment, Lead, Staff


def assign(lead: Lead, coach: Staff | None, by: Staff, at: datetime) -> None:
    """Hand the lead to a coach, who is told; open follow-ups move along. Nobody: back to intake.

    Raises lifecycle.Refused for somebody who is no coach, or no longer works here.
    """
    if coach and (coach.role != "coach" or not coach.is_active):
        raise Refused({"coach": "Choose one of the coaches in the list."})
    if lead.coach_id == (coach.id if coach else None):
        return
    now_with, before = coach.ref if coach else None, lead.coach.ref if lead.coach else None
    audit.record(lead, "assigned" if coach else "handed-back", by, at, coach=now_with, before=before)
    db.session.execute(
        update(Assignment).where(Assignment.lead_id == lead.id, Assignment.until.is_(None)).values(until=at)
    )
    lead.coach = coach
    _hand_over_promises(lead, coach)
    if coach:
        held = Assignment(lead_id=lead.id, coach_id=coach.id, by_id=by.id, since=at)
        db.session.add(held)
        db.session.flush()
        outbox.post("assigned", to=coach, at=at, key=f"assigned:{held.id}", lead=lead)


def _hand_over_promises(lead: Lead, coach: Staff | None) -> None:
    """Whoever holds the lead now holds its promises, and is reminded of them anew."""
    holder = coach.id if coach else lead.owner_id
    for promise in lifecycle.open_promises(lead):
        promise.owner_id, promise.reminded_at = holder, None
