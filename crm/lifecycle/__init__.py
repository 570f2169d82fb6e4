"""What may happen to a lead: the only writer of its status. The moves are data (the transition table); the gates, by
the names the data uses, are in `crm.lifecycle.gates`."""

from datetime import datetime

from sqlalchemy import select

from crm import audit
from crm.db import db
from crm.lifecycle.gates import GATES, Move, nobody_in_danger
from crm.lifecycle.workflow import workflow
from crm.models import FollowUp, Lead, Staff

__all__ = ["Move", "Refused", "follow_attempt", "move", "open_promises", "take_back"]


class Refused(Exception):
    """The move is not allowed now. `problems` says why, by the field that would mend it ("" for the whole form)."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def move(lead: Lead, wanted: Move) -> None:
    """Move the lead to another status, with what its gates ask for; raises Refused and changes nothing otherwise."""
    transition = workflow().transition(lead.status_key, wanted.to)
    if transition is None or transition.kind != "move":
        raise Refused({"status": f"From here it cannot go to “{workflow().label(wanted.to)}”."})
    problems = dict(found for gate in transition.needs if (found := GATES[gate](lead, wanted)))
    if workflow().stage(wanted.to) == "ended" and (danger := nobody_in_danger(lead, wanted)):
        problems |= dict([danger])  # no workflow, however it is edited, ends a lead past this
    if problems:
        raise Refused(problems)
    _write_what_was_given(lead, wanted)
    _set_status(lead, wanted.to, wanted.by, wanted.at, reason=wanted.reason)


def follow_attempt(lead: Lead, two_way: bool, by: Staff, at: datetime) -> None:
    """Let the status follow what somebody logged: the first try means trying, a real conversation means talking."""
    reached = "talking" if two_way else "trying"
    if lead.status_key in workflow().advance_from(reached):
        _set_status(lead, reached, by, at, reason=None)


def take_back(lead: Lead, to: str, by: Staff, at: datetime) -> None:
    """Put the status back where it was before a slip; raises Refused when the data knows no such way back."""
    if lead.status_key == to:
        return
    transition = workflow().transition(lead.status_key, to)
    if transition is None:
        raise Refused({"": "Too much has happened since; change the status by hand."})
    _set_status(lead, to, by, at, reason="taken back")


def open_promises(lead: Lead) -> list[FollowUp]:
    """The lead's promises that are not kept yet, earliest first."""
    waiting = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.done_at.is_(None))
    return list(db.session.scalars(waiting.order_by(FollowUp.due_at, FollowUp.id)))


def _write_what_was_given(lead: Lead, wanted: Move) -> None:
    lead.discharge_on = wanted.discharge_on or lead.discharge_on
    lead.assessment_at = wanted.assessment_at or lead.assessment_at
    lead.started_on = wanted.started_on or lead.started_on
    lead.referred_to = wanted.referred_to or lead.referred_to
    lead.closed_reason = wanted.reason if wanted.to == "closed" else None


def _set_status(lead: Lead, to: str, by: Staff, at: datetime, reason: str | None) -> None:
    before, lead.status_key, lead.status_since = lead.status_key, to, at
    ended = workflow().stage(to) == "ended"
    lead.ended_at = at if ended else None
    if ended:
        for promise in open_promises(lead):
            promise.done_at, promise.done_by_id, promise.result = at, by.id, "dropped"
    # The reason of a close is a key of the reason table; other reasons are somebody's words and stay out of history.
    facts = {"reason": reason} if reason and to == "closed" else {}
    audit.record(lead, "status", by, at, before=before, after=to, **facts)
