"""Leads that came before there were keys, or past the verbs (bulk data), get theirs, a few at a time."""

from datetime import datetime

from sqlalchemy import func, select

from crm.db import commit, db
from crm.leads.recognising import recognise
from crm.models import Lead, MatchKey, Setting

BATCH = 200
MARK = "recognised"  # the setting that says up to which row number every lead has been looked at


def recognise_waiting(at: datetime) -> int:
    """Compare the next leads that nobody has compared, those that came first before the others; says how many."""
    mark = db.session.get(Setting, MARK, with_for_update=True)
    if mark is None:
        mark = Setting(key=MARK, value={"to": 0})
        db.session.add(mark)
    begun = mark.value["to"]
    without = select(Lead).where(Lead.id > begun, ~select(MatchKey.id).where(MatchKey.lead_id == Lead.id).exists())
    waiting = db.session.scalars(without.order_by(Lead.id).limit(BATCH)).all()
    for lead in waiting:
        recognise(lead, at, is_new=True)
    last = waiting[-1].id if len(waiting) == BATCH else db.session.scalar(select(func.max(Lead.id)))
    if last and last != begun:
        mark.value = {"to": last}
    commit()
    return len(waiting)
