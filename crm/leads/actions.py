"""The verbs of a lead's page: a note, a move to another status. Contacts are logged by `crm.followups.contacts`."""

from datetime import datetime

from sqlalchemy import update

from crm import audit, lifecycle
from crm.db import db
from crm.followups.actions import promise
from crm.lifecycle.workflow import calendar
from crm.models import Lead, Note, Staff

NEXT_IN = 60  # business minutes: an open lead that nobody promised anything is looked at again within the hour


def write_note(lead: Lead, body: str, by: Staff, at: datetime) -> Note:
    """Write a note for whoever opens the lead next. It changes nothing else, so it never conflicts."""
    note = Note(lead_id=lead.id, by_id=by.id, at=at)
    note.body = body
    db.session.add(note)
    audit.record(lead, "note", by, at, note=note.ref)
    take_up(lead, by)
    return note


def change_status(lead: Lead, wanted: lifecycle.Move, why: str) -> None:
    """Move the lead; an open one keeps a next step, and `why` (somebody's words) becomes a note.

    Raises lifecycle.Refused with what the move still needs.
    """
    by, at = wanted.by, wanted.at
    lifecycle.move(lead, wanted)
    if why:
        write_note(lead, why, by, at)
    step_at = {"later": wanted.next_at, "assessment": wanted.assessment_at}.get(wanted.to)
    if lead.is_open and (step_at or not lifecycle.open_promises(lead)):
        promise(lead, step_at or calendar().add_minutes(at, NEXT_IN), "call", lead.coach or lead.owner, by, at)
    take_up(lead, by)


def take_up(lead: Lead, by: Staff) -> None:
    """The first act of somebody at intake on a lead they took from the queue makes it theirs."""
    if lead.owner_id is None and lead.taken_by_id == by.id and by.role == "intake":
        # Past the version number: a note must never make somebody else's form stale.
        db.session.execute(
            update(Lead).where(Lead.id == lead.id, Lead.owner_id.is_(None)).values(owner_id=by.id)
            .execution_options(synchronize_session=False)
        )
