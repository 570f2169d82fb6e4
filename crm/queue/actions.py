"""The verbs of the queue: taking the next person, so that no two people take the same."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, update

from crm import audit
from crm.access import find_lead
from crm.db import db
from crm.models import Lead, Staff
from crm.queue import queries
from crm.queue.filters import Place, is_not_taken
from crm.queue.ways import quiet_until

YOURS_FOR = timedelta(minutes=10)  # time to read and to dial; untouched after it, the lead is everybody's again


def take_next(by: Staff, at: datetime) -> Lead | None:
    """Hold the first free person of "Up next" for somebody, each press another one; None when there is nobody.

    Only those are passed over for whom every way they allowed is quiet where they are.
    """
    after: Place | None = None
    while True:
        page = queries.candidates(by, at, _is_free_for(by, at), after)
        for row in page.rows:
            if quiet_until(row, at) is None and (lead := _claim(row.id, by, at)):
                audit.record(lead, "taken", by, at, until=(at + YOURS_FOR).isoformat(timespec="seconds"))
                return lead
        after = page.further
        if after is None:
            return None


def hold(lead: Lead, by: Staff, at: datetime) -> None:
    """Hold somebody for whoever is with them already, as "take next" would; nothing if somebody else has them."""
    if _claim(lead.id, by, at):
        audit.record(lead, "taken", by, at, until=(at + YOURS_FOR).isoformat(timespec="seconds"))
        db.session.refresh(lead)  # its version has moved on beside the session


def _claim(lead_id: int, by: Staff, at: datetime) -> Lead | None:
    """Take the lead if it is still free. Whoever comes second waits for the first's row, then finds it taken."""
    taken = (
        update(Lead)
        .where(Lead.id == lead_id, Lead.ended_at.is_(None), _is_free_for(by, at))
        .values(taken_by_id=by.id, taken_until=at + YOURS_FOR, version=Lead.version + 1)
        .returning(Lead.ref)
        .execution_options(synchronize_session=False)
    )
    ref = db.session.scalar(taken)
    return find_lead(by, ref) if ref else None


def _is_free_for(by: Staff, at: datetime) -> ColumnElement[bool]:
    """Nobody else answers them or coaches them, and nobody has them in hand: not even the one who presses again."""
    mine_or_nobodys = [or_(held.is_(None), held == by.id) for held in (Lead.owner_id, Lead.coach_id)]
    return and_(is_not_taken(at), *mine_or_nobodys)
