"""Somebody tried to reach a person: everything that follows from it, and how a slip is taken back whole."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm import audit, lifecycle
from crm.db import db
from crm.followups import actions
from crm.followups.moments import FARTHEST
from crm.lifecycle import Refused
from crm.lifecycle.workflow import calendar
from crm.models import Attempt, Consent, Event, FollowUp, Lead, Person, Staff

_WRITTEN = ("sent", "spoke", "someone_else", "no_answer", "wrong_number", "bounced", "asked_to_stop")
OUTCOMES_BY_CHANNEL: dict[str, tuple[str, ...]] = {
    "call": ("spoke", "voicemail", "no_answer", "someone_else", "wrong_number", "asked_to_stop"),
    "text": _WRITTEN,
    "email": _WRITTEN,
    "visit": ("spoke", "someone_else", "no_answer", "asked_to_stop"),
}
STOPPED = "asked_to_stop"
VOICEMAIL_ALLOWED = ("yes", "name")
ANSWERS = ("may_call", "may_text", "may_email", "voicemail")  # what "please stop" sets to no, and undoing it restores

_WORDS = {
    "someone_else": "Somebody else answered", "voicemail": "Left voicemail", "no_answer": "No answer",
    "wrong_number": "Wrong number", STOPPED: "Asked us to stop", "sent": "Sent", "bounced": "Came back undelivered",
}
_SPOKE = {"call": "Spoke with {}", "visit": "Met {}", "text": "{} answered", "email": "{} answered"}


@dataclass(frozen=True)
class NextStep:
    """What was promised after a contact: a moment and a way; or, without a moment, `why` there is no next step."""

    due_at: datetime | None
    channel: str = "call"
    why: str = ""


def outcome_words(channel: str, outcome: str, name: str = "") -> str:
    """How it went, as people say it: "Spoke with Dana", "No answer"."""
    if outcome == "spoke":
        words = _SPOKE[channel].format(name or ("They" if channel in ("text", "email") else "them"))
        return words[0].upper() + words[1:]
    elif outcome == "wrong_number" and channel == "email":
        return "Wrong address"
    else:
        return _WORDS[outcome]


def log_attempt(
    lead: Lead, channel: str, outcome: str, note: str, next_step: NextStep | None, by: Staff, at: datetime,
    keeps: FollowUp | None = None,
) -> Attempt:
    """Write down a try to reach somebody, keep the promise it answers (`keeps`, if known), and promise the next.

    Raises lifecycle.Refused, with words by field (outcome, note, follow_up), when something is missing.
    """
    _refuse_what_is_missing(lead, channel, outcome, note, next_step, at)
    attempt = Attempt(
        lead_id=lead.id, by_id=by.id, at=at, channel=channel, outcome=outcome, two_way=outcome == "spoke",
        status_before=lead.status_key,
    )
    attempt.note = note or None
    before = _answers(lead.inquirer) if outcome == STOPPED else {}
    db.session.add(attempt)
    # Said first: history then names the version of the lead that the change was made on.
    audit.record(lead, "attempt", by, at, attempt=attempt.ref, channel=channel, outcome=outcome, **before)
    kept = keeps or _promise_it_keeps(lead, at)
    _count(lead, attempt, by)
    lifecycle.follow_attempt(lead, attempt.two_way, by, at)
    if kept:
        actions.keep(kept, by, at)
        attempt.kept_follow_up_id = kept.id
    if outcome == STOPPED:
        _stop(lead, by, at)
    elif next_step and lead.is_open:
        _promise_next(lead, attempt, next_step, by, at)
    return attempt


def undo_attempt(attempt: Attempt, by: Staff, at: datetime) -> None:
    """Take back one's own slip and all that followed from it; raises Refused when too much has happened since."""
    lead = attempt.lead
    made = db.session.get_one(FollowUp, attempt.made_follow_up_id) if attempt.made_follow_up_id else None
    if attempt.by_id != by.id:
        raise Refused({"": "Only the person who logged it can take it back."})
    if attempt.undone_at:
        return
    if _something_came_after(lead, attempt) or (made and made.done_at):
        raise Refused({"": "Too much has happened since. Write a note to correct it."})
    audit.record(lead, "attempt-undone", by, at, attempt=attempt.ref)
    attempt.undone_at = at
    lifecycle.take_back(lead, attempt.status_before, by, at)
    if attempt.outcome == STOPPED:
        _start_again(lead, attempt)
    if attempt.kept_follow_up_id:
        _reopen(db.session.get_one(FollowUp, attempt.kept_follow_up_id))
    if made:
        actions.drop(made, "", by, at)
    lead.no_step_reason = None
    count_again(lead)


def take_back(ended: FollowUp, by: Staff, at: datetime) -> None:
    """Undo one's own press on a promise, kept or moved; raises Refused when too much has happened since."""
    if ended.done_at is None:
        return
    kept_by = select(Attempt).where(Attempt.kept_follow_up_id == ended.id, Attempt.undone_at.is_(None))
    instead = select(FollowUp).where(FollowUp.moved_from_id == ended.id, FollowUp.done_at.is_(None))
    if attempt := db.session.scalars(kept_by).first():
        undo_attempt(attempt, by, at)
    elif made := db.session.scalars(instead).first():
        actions.take_back_move(made, by, at)
    else:
        raise Refused({"": "Too much has happened since. Choose another time instead."})


def count_again(lead: Lead) -> None:
    """What the lead says of the tries to reach them, from the tries since they wrote; an earlier episode's are told
    apart, though a merge has put them on the same page."""
    counted = select(Attempt).where(
        Attempt.lead_id == lead.id, Attempt.undone_at.is_(None), Attempt.at >= lead.received_at
    )
    left = db.session.scalars(counted.order_by(Attempt.at, Attempt.id)).all()
    lead.attempts_made = len(left)
    lead.first_attempt_at = left[0].at if left else None
    lead.first_two_way_at = next((one.at for one in left if one.two_way), None)
    lead.last_touch_at, lead.last_touch = (left[-1].at, left[-1].outcome) if left else (None, None)


def _refuse_what_is_missing(
    lead: Lead, channel: str, outcome: str, note: str, next_step: NextStep | None, at: datetime
) -> None:
    problems = {}
    if outcome not in OUTCOMES_BY_CHANNEL.get(channel, ()):
        problems["outcome"] = "Say how it went."
    if outcome == "voicemail" and lead.inquirer.voicemail not in VOICEMAIL_ALLOWED and not note:
        problems["note"] = "They did not allow voicemail. Say why one was left all the same."
    if lead.is_open and outcome != STOPPED:
        if next_step is None or (next_step.due_at is None and not next_step.why):
            problems["follow_up"] = "Choose the next follow-up, or say why there is none."
        elif next_step.due_at and next_step.due_at <= at:
            problems["follow_up"] = "That time has passed. Choose a later one."
        elif next_step.due_at and next_step.due_at > at + FARTHEST:
            problems["follow_up"] = "Choose a day within the next year."
    if problems:
        raise Refused(problems)


def _promise_it_keeps(lead: Lead, at: datetime) -> FollowUp | None:
    """Any try keeps the promise of a first reply; else the earliest one, if it was for today or is late."""
    waiting = lifecycle.open_promises(lead)
    first_reply = [promise for promise in waiting if promise.kind == "first-reply"]
    due = [promise for promise in waiting if promise.due_at < calendar().end_of_day(at)]
    return next(iter(first_reply or due), None)


def _count(lead: Lead, attempt: Attempt, by: Staff) -> None:
    lead.first_attempt_at = lead.first_attempt_at or attempt.at
    if attempt.two_way:
        lead.first_two_way_at = lead.first_two_way_at or attempt.at
    lead.last_touch_at, lead.last_touch = attempt.at, attempt.outcome
    lead.attempts_made += 1
    if lead.owner_id is None and by.role == "intake":
        lead.owner_id = by.id


def _promise_next(lead: Lead, attempt: Attempt, step: NextStep, by: Staff, at: datetime) -> None:
    lead.no_step_reason = None if step.due_at else step.why[:200]
    if step.due_at:
        made = actions.promise(lead, step.due_at, step.channel, lead.coach or by, by, at, why=step.why)
        db.session.flush()
        attempt.made_follow_up_id = made.id


def _stop(lead: Lead, by: Staff, at: datetime) -> None:
    """At once and in every way: no call, no text, no e-mail, no voicemail, and nothing promised any more."""
    for answer in ANSWERS:
        setattr(lead.inquirer, answer, "no")
    for consent in db.session.scalars(
        select(Consent).where(Consent.person_id == lead.inquirer_id, Consent.ended_at.is_(None))
    ):
        consent.ended_at = at
    for promise in lifecycle.open_promises(lead):
        actions.drop(promise, "", by, at)
    lead.no_step_reason = "They asked us to stop."


def _start_again(lead: Lead, attempt: Attempt) -> None:
    logged = select(Event.facts).where(Event.lead_id == lead.id, Event.action == "attempt", Event.at == attempt.at)
    said = (facts for facts in db.session.scalars(logged) if facts["attempt"] == attempt.ref)
    before: dict[str, str] = next(said, {})
    for answer in ANSWERS:
        setattr(lead.inquirer, answer, before.get(answer, "unasked"))
    for consent in db.session.scalars(
        select(Consent).where(Consent.person_id == lead.inquirer_id, Consent.ended_at == attempt.at)
    ):
        consent.ended_at = None
    for promise in db.session.scalars(
        select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.done_at == attempt.at,
                               FollowUp.result == "dropped")
    ):
        _reopen(promise)


def _reopen(promise: FollowUp) -> None:
    promise.done_at = promise.done_by_id = promise.result = None


def _something_came_after(lead: Lead, attempt: Attempt) -> bool:
    later = select(Attempt.id).where(
        Attempt.lead_id == lead.id, Attempt.undone_at.is_(None), Attempt.id > attempt.id
    )
    return lead.status_since > attempt.at or db.session.scalar(later.limit(1)) is not None


def _answers(person: Person) -> dict[str, str]:
    return {answer: getattr(person, answer) for answer in ANSWERS}
