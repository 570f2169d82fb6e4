"""What was done to a lead, in words: for the timeline, and for whoever saves after somebody else did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.access import visible_events
from crm.clock import clock_words, parse_moment
from crm.db import db
from crm.followups.contacts import outcome_words
from crm.lifecycle.workflow import workflow
from crm.models import Event, Lead, Staff

Facts = Mapping[str, Any]

LOGGED = {"call": "a call", "text": "a text", "email": "an e-mail", "visit": "a visit"}
NOBODY = "Lantern"  # the service itself, or a rule
NOW_ALLOWS = {"call": "calls", "text": "texts", "email": "e-mail", "voicemail": "voicemail"}


@dataclass(frozen=True)
class Change:
    """One thing that somebody did: "Inez", "moved it from New to Trying to reach"."""

    who: str
    words: str
    at: datetime


def changes_since(viewer: Staff, lead: Lead, version: str) -> Sequence[Change]:
    """What was changed on a lead since its page showed this version, oldest first; at most the last ten.

    `version` is what the form carried; whatever is no version of this lead saw nothing that could be named.
    """
    if not (version.isdecimal() and len(version) < 10):
        return []
    told = (
        visible_events(viewer).outerjoin(Event.actor).with_only_columns(Event.action, Event.facts, Event.at, Staff.name)
        .where(Event.lead_id == lead.id, Event.lead_version >= int(version), Event.action.in_(WORDS))
    )
    found = db.session.execute(told.order_by(Event.id.desc()).limit(10)).all()
    return [Change(name or NOBODY, event_words(action, facts, viewer.time_zone, at), at)
            for action, facts, at, name in reversed(found)]


def event_words(action: str, facts: Facts, zone: str, at: datetime) -> str:
    """What the event says, as the end of a sentence that begins with who did it; times as the reader's clocks show."""
    return WORDS[action](facts, zone, at)


def ordinal(number: int) -> str:
    """ "1st", "2nd", "3rd", "11th", "21st"."""
    teens = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def again_words(times: int, before: datetime, latest: datetime) -> str:
    """ "Wrote again, 3rd time, last 41 days ago"; `before` is the time before the latest."""
    days = (latest - before).days
    ago = f"{days} day{'' if days == 1 else 's'} ago" if days else "the same day"
    return f"Wrote again, {ordinal(times)} time, last {ago}"


def _status(facts: Facts, _zone: str, _at: datetime) -> str:
    words = f"moved it from {workflow().label(facts['before'])} to {workflow().label(facts['after'])}"
    reason = workflow().reasons.get(facts.get("reason", ""))
    return f"{words}: {reason.label.lower()}" if reason else words


def _attempt(facts: Facts, _zone: str, _at: datetime) -> str:
    return f"logged {LOGGED[facts['channel']]}: {outcome_words(facts['channel'], facts['outcome']).lower()}"


def _promised(facts: Facts, zone: str, at: datetime) -> str:
    return f"promised {LOGGED[facts['channel']]} for {clock_words(parse_moment(facts['due_at']), zone, at)}"


def _wrote_again(facts: Facts, _zone: str, _at: datetime) -> str:
    words = f"heard from them again, the {ordinal(facts['times'])} time"
    allowed = " and ".join(NOW_ALLOWS[way] for way in facts.get("now_allows", ()))
    return f"{words}; they now allow {allowed}, against an earlier no: ask before you rely on it" if allowed else words


def _triaged(facts: Facts, _zone: str, _at: datetime) -> str:
    words = f"judged how urgent it is: {facts['after']}, before {facts['before']}"
    if facts["was_danger"] and not facts["danger"]:
        return f"{words}; nobody is in danger now"
    return f"{words}; somebody may be in danger" if facts["danger"] else words


def _merged(facts: Facts, _zone: str, _at: datetime) -> str:
    return f"joined {facts['number']} with it: the same person"


def _merge_undone(facts: Facts, _zone: str, _at: datetime) -> str:
    return f"took {facts['number']} apart from it again"


def _plain(words: str) -> Callable[[Facts, str, datetime], str]:
    return lambda _facts, _zone, _at: words


WORDS: dict[str, Callable[[Facts, str, datetime], str]] = {
    "status": _status,
    "attempt": _attempt,
    "promised": _promised,
    "attempt-undone": _plain("took back a logged contact"),
    "note": _plain("wrote a note"),
    "assigned": _plain("assigned a coach"),
    "handed-back": _plain("handed it back to intake"),
    "promise-kept": _plain("kept a follow-up"),
    "promise-moved": _plain("moved a follow-up"),
    "promise-move-undone": _plain("put a moved follow-up back"),
    "promise-dropped": _plain("dropped a follow-up"),
    "typed-in": _plain("typed it in"),
    "taken": _plain("took it from the queue"),
    "given-back": _plain("gave it back to the queue"),
    "merged": _merged,
    "merge-undone": _merge_undone,
    "corrected": _plain("brought a corrected message"),
    "reach-changed": _plain("corrected how to reach them"),
    "wrote-again": _wrote_again,
    "danger": _plain("found words of danger in what they wrote"),
    "danger-seen": _plain("has this: saw that somebody may be in danger"),
    "triaged": _triaged,
    "triage-reviewed": _plain("reviewed how the danger was ended"),
}
