"""What a move asks for before it is allowed. The transition table names these gates; each says what is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.clock import wall
from crm.db import db
from crm.models import Attempt, Lead, Reason, Staff, TriageEntry
from crm.programme import programme

ATTEMPTS_BEFORE_GIVING_UP = 6  # on three days and two ways: docs/domain.md, "Statuses"
DAYS_BEFORE_GIVING_UP = 3
WAYS_BEFORE_GIVING_UP = 2
LATER_AT_MOST = timedelta(days=90)

Problem = tuple[str, str] | None  # the field that would mend it, and the words


@dataclass(frozen=True)
class Move:
    """A wish to move a lead: where to, by whom, when, and whatever the gates of that move may ask for."""

    to: str
    by: Staff
    at: datetime
    reason: str | None = None
    discharge_on: date | None = None
    assessment_at: datetime | None = None
    started_on: date | None = None
    referred_to: str | None = None
    next_at: datetime | None = None
    agreed: bool = False


def attempted(lead: Lead, _wanted: Move) -> Problem:
    """Somebody has tried to reach them; logging the try moves the status by itself."""
    return None if lead.first_attempt_at else ("status", "Log the first try: the status then follows by itself.")


def two_way(lead: Lead, _wanted: Move) -> Problem:
    """Somebody has really spoken with them."""
    return None if lead.first_two_way_at else ("status", "Log the conversation first: nobody has spoken with them yet.")


def discharge_date(lead: Lead, wanted: Move) -> Problem:
    """The day they are expected to leave inpatient care."""
    if wanted.discharge_on or lead.discharge_on:
        return None
    return "discharge_on", "Say on which day they are expected to leave."


def assessment_time(_lead: Lead, wanted: Move) -> Problem:
    """When the assessment is, as a moment in their zone."""
    return None if wanted.assessment_at else ("assessment_at", "Say when the assessment is.")


def licensed_or_reason(lead: Lead, wanted: Move) -> Problem:
    """Somebody of ours may work in the state they will be in during sessions; otherwise a reason."""
    if wanted.reason or _is_covered(lead.person.state, lead.coach):
        return None
    return "reason", "None of our coaches is licensed in their state. Say why you book it all the same."


def next_within_90_days(_lead: Lead, wanted: Move) -> Problem:
    """The day on which we ask again."""
    if wanted.next_at and wanted.at < wanted.next_at <= wanted.at + LATER_AT_MOST:
        return None
    return "next_at", "Say when we ask again: a day within the next 90 days."


def agreed(_lead: Lead, wanted: Move) -> Problem:
    """They said that we may ask again."""
    return None if wanted.agreed else ("agreed", "Only with their agreement. Tick it if they gave it.")


def start_date(_lead: Lead, wanted: Move) -> Problem:
    """Their first day with us."""
    return None if wanted.started_on else ("started_on", "Say on which day they start.")


def destination(_lead: Lead, wanted: Move) -> Problem:
    """Where we sent them."""
    return None if wanted.referred_to else ("referred_to", "Say where they were referred to.")


def close_reason(lead: Lead, wanted: Move) -> Problem:
    """A reason of the list; and "unreachable" only after a real effort, unless an administrator says so."""
    if wanted.reason is None or db.session.get(Reason, wanted.reason) is None:
        return "reason", "Choose why it is closed."
    if wanted.reason == "unreachable" and wanted.by.role != "admin" and not _tried_enough(lead):
        return "reason", (
            "“Unreachable” needs six attempts on three days and, where they allowed it, in two ways. "
            "An administrator can close it earlier."
        )
    return None


def nobody_in_danger(lead: Lead, _wanted: Move) -> Problem:
    """Somebody has judged what sounded like danger: a machine found it, only a person can say how it is."""
    if lead.danger_at is None:
        return None
    judged = select(TriageEntry.id).where(TriageEntry.lead_id == lead.id, TriageEntry.at >= lead.danger_at)
    if db.session.scalar(judged.limit(1)) is not None:
        return None
    return "status", "Their words sound like danger. Say first how urgent it is, and why."


def administrator_with_reason(_lead: Lead, wanted: Move) -> Problem:
    """Only an administrator, and only with a reason: the report has already counted them as started."""
    if wanted.by.role != "admin":
        return "status", "Only an administrator can reopen somebody who has started with us."
    return None if wanted.reason else ("reason", "Say why it is reopened.")


GATES: dict[str, Callable[[Lead, Move], Problem]] = {
    gate.__name__: gate
    for gate in (
        attempted, two_way, discharge_date, assessment_time, licensed_or_reason, next_within_90_days, agreed,
        start_date, destination, close_reason, administrator_with_reason,
    )
}


def _is_covered(state: str | None, coach: Staff | None) -> bool:
    coaches = [coach] if coach else db.session.scalars(
        select(Staff).where(Staff.role == "coach", Staff.disabled_at.is_(None))
    ).all()
    return any(one.states is None or state in one.states for one in coaches)


def _tried_enough(lead: Lead) -> bool:
    tries = db.session.execute(
        select(Attempt.at, Attempt.channel).where(
            Attempt.lead_id == lead.id, Attempt.undone_at.is_(None), Attempt.at >= lead.received_at
        )
    ).all()
    days = {wall(at, programme().time_zone).date() for at, _ in tries}
    ways = {channel for _, channel in tries}
    allowed = sum(answer == "yes" for answer in _answers(lead))
    return (
        len(tries) >= ATTEMPTS_BEFORE_GIVING_UP
        and len(days) >= DAYS_BEFORE_GIVING_UP
        and len(ways) >= min(WAYS_BEFORE_GIVING_UP, max(allowed, 1))
    )


def _answers(lead: Lead) -> tuple[str, str, str]:
    person = lead.inquirer
    return person.may_call, person.may_text, person.may_email
