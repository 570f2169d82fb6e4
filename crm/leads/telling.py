"""Which coaches are told that two pages became one, or two again: those it changes something for, and nobody else."""

from datetime import datetime

from crm import outbox
from crm.db import db
from crm.models import Lead, Merge, Staff

JOINED, PARTED, GONE = "joined", "parted", "no-longer-yours"

Held = dict[int, Lead]  # by the coach's row number


def held(*leads: Lead) -> Held:
    """Who is the coach of these now: of open pages only, a closed one asks nothing of anybody."""
    return {lead.coach_id: lead for lead in leads if lead.coach_id and lead.is_open and lead.merged_into_id is None}


def tell_coaches(kind: str, record: Merge, before: Held, after: Held, by: Staff, at: datetime) -> None:
    """Say to each that theirs was joined, or parted; to whoever has it no longer, the number it had and no other."""
    for coach_id in sorted({*before, *after}):
        coach = db.session.get_one(Staff, coach_id)
        if coach.id == by.id or coach.role != "coach" or not coach.is_active:
            continue
        if lead := after.get(coach_id):
            outbox.post(kind, to=coach, at=at, key=f"{kind}:{record.id}", lead=lead)
        else:
            outbox.post(GONE, to=coach, at=at, key=f"{GONE}:{kind}:{record.id}", was=before[coach_id].id)
