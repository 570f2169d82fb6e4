"""Bulk data for measuring: whole leads, by the thousand rows at a time, without asking a verb for each.

What verbs would have written is here too: words are sealed, and each lead's arrival is a signed event.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import select

from crm import audit
from crm.db import db
from crm.db.base import new_ref
from crm.db.many import add_many, reserve_ids
from crm.db.sealing import seal, signing_key
from crm.demo import crowd
from crm.intake.channels.json import CONTENT_TYPE
from crm.leads.matching import Record
from crm.leads.recognising import key_words
from crm.lifecycle.workflow import calendar, workflow
from crm.models import (
    Assignment,
    Attempt,
    ContactPoint,
    Event,
    FollowUp,
    Lead,
    MatchKey,
    Person,
    SearchKey,
    Source,
    Staff,
    Submission,
)
from crm.models.search_words import name_words, phone_digits
from crm.staff import actions

BATCH = 5_000  # leads: as many rows as fit in memory without being felt
HOURS = timedelta(hours=1)
YEARS = 3  # how far back people wrote
ENDED_SHARE, TODAY_SHARE, LATE_SHARE = 0.7, 0.2, 0.03
OPEN = (("new", 2), ("trying", 28), ("talking", 40), ("leaving", 6), ("assessment", 8), ("missed", 4), ("later", 12))
ENDED = (("started", 35), ("referred", 15), ("closed", 50))
SOURCE = "bulk"
CREW = (("intake", 4), ("coach", 12), ("admin", 1))  # who is added when nobody works here yet


class Crew(NamedTuple):
    """Row numbers of the people who work here, by role."""

    intake: list[int]
    coaches: list[int]


class Life(NamedTuple):
    """What is settled about one lead before its rows are made."""

    status: str
    received_at: datetime
    answer_by: datetime
    due_at: datetime
    ended_at: datetime | None
    tries: tuple[datetime, ...]
    owner_id: int | None
    coach_id: int | None


def hire_if_nobody(at: datetime) -> int:
    """Add staff without passwords when there is none; returns how many."""
    if db.session.scalar(select(Staff.id).limit(1)):
        return 0
    for role, number in CREW:
        for one in range(1, number + 1):
            actions.add(f"{role}{one}@example.org", f"{role.title()} {one} Example", role, at, None, ["en"], None)
    return sum(number for _, number in CREW)


def grow(leads: int, seed: int, at: datetime) -> Iterator[int]:
    """Add so many leads, the same for the same seed; yields how many are written, to be committed, batch by batch.

    There must be at least one person at intake and one coach, or leads belong to nobody.
    """
    chance = Random(seed)  # noqa: S311  data for measuring, not a secret
    source_id, crew = _source(at), _crew()
    for done in range(0, leads, BATCH):
        lives = [_live(chance, crew, at) for _ in range(min(BATCH, leads - done))]
        _write(lives, source_id, done, chance, at)
        yield done + len(lives)


def _live(chance: Random, crew: Crew, at: datetime) -> Life:
    if chance.random() < ENDED_SHARE:
        status = _weighted(ENDED, chance)
        received_at = at - timedelta(days=chance.uniform(3, 365 * YEARS))
    else:
        status = _weighted(OPEN, chance)
        received_at = at - timedelta(days=chance.uniform(0.02, 0.6 if status == "new" else 90))
    answer_by = calendar().add_minutes(received_at, workflow().first_reply_minutes)
    ended_at = None
    if workflow().stage(status) == "ended":
        ended_at = min(received_at + timedelta(days=chance.uniform(1, 40)), at - HOURS)
    tries: tuple[datetime, ...] = ()
    if status != "new":
        until = ended_at or at
        first = min(received_at + timedelta(minutes=chance.choice((4, 7, 9, 12, 14, 25, 60))), until)
        tries = (first, *sorted(first + chance.random() * (until - first) for _ in range(chance.choice((0, 1, 2, 3)))))
    owner = chance.choice(crew.intake) if crew.intake and tries else None
    is_coached = status not in ("new", "trying") and chance.random() < 0.8
    coach = chance.choice(crew.coaches) if crew.coaches and is_coached else None
    due_at = answer_by if status == "new" or ended_at else _due(chance, at)
    return Life(status, received_at, answer_by, due_at, ended_at, tries, owner, coach)


def _due(chance: Random, at: datetime) -> datetime:
    """One in five is due today, a few are late, the others' time comes within six weeks."""
    drawn = chance.random()
    tomorrow = calendar().end_of_day(at)
    if drawn < TODAY_SHARE:
        today = calendar().start_of_day(at)
        return today + chance.random() * (tomorrow - today)
    elif drawn < TODAY_SHARE + LATE_SHARE:
        return at - timedelta(hours=chance.uniform(0.1, 72))
    else:
        return tomorrow + timedelta(days=chance.uniform(0, 42))


def _write(lives: list[Life], source_id: int, done: int, chance: Random, at: datetime) -> None:
    """One batch, table by table."""
    states = [chance.choice(crowd.STATES) for _ in lives]
    names = [crowd.name(chance) for _ in lives]
    phones = [crowd.phone(state, chance) for state in states]
    emails = [f"{'.'.join(name_words(name))}.{done + place}@example.org" for place, name in enumerate(names)]
    ways = [chance.choice(crowd.WAYS) for _ in lives]
    people = _add_numbered(Person, [
        _person(name, state, way, life) for name, state, way, life in zip(names, states, ways, lives, strict=True)
    ])
    reasons = sorted(workflow().reasons)
    leads = _add_numbered(Lead, [
        _lead(life, person, source_id, chance, reasons, at) for life, person in zip(lives, people, strict=True)
    ])
    _add(ContactPoint, [row for person, phone, email in zip(people, phones, emails, strict=True) for row in (
        {"person_id": person, "kind": "phone", "value": phone, "normal": f"+1{phone_digits(phone)[0]}"},
        {"person_id": person, "kind": "email", "value": email, "normal": email},
    )])
    _add(SearchKey, [
        {"lead_id": lead, "kind": kind, "word": word}
        for lead, name, phone, email in zip(leads, names, phones, emails, strict=True)
        for kind, words in (("name", name_words(name)), ("phone", phone_digits(f"1{phone}")), ("email", (email,)))
        for word in words
    ])
    _add(MatchKey, [
        {"lead_id": lead, "key": key}
        for lead, name, phone, email, state in zip(leads, names, phones, emails, states, strict=True)
        for key in key_words([Record(name, email, phone, state)])
    ])
    arrived = [_submission(lead, life, source_id, name, phone, chance)
               for lead, life, name, phone in zip(leads, lives, names, phones, strict=True)]
    _add(Submission, arrived)
    _add(FollowUp, [row for lead, life in zip(leads, lives, strict=True) for row in _follow_ups(lead, life)])
    _add(Attempt, [row for lead, life in zip(leads, lives, strict=True) for row in _attempts(lead, life, chance)])
    _add(Assignment, [
        {"lead_id": lead, "coach_id": life.coach_id, "by_id": life.owner_id, "since": life.tries[0],
         "until": life.ended_at}
        for lead, life in zip(leads, lives, strict=True) if life.coach_id
    ])
    key_id, key = signing_key("history")
    _add(Event, [_event(sent, key_id, key) for sent in arrived])


def _person(name: str, state: str, ways: tuple[str, str, str], life: Life) -> dict[str, Any]:
    zone = crowd.zone(state)
    return {
        "ref": new_ref(), "name": name, "language": "en", "state": state, "time_zone": zone.name,
        "zone_candidates": list(zone.candidates), "zone_source": zone.source, "zone_confidence": zone.confidence,
        "may_call": ways[0], "may_text": ways[1], "may_email": ways[2], "voicemail": "name", "best_times": ["any"],
        "created_at": life.received_at,
    }


def _lead(
    life: Life, person: int, source_id: int, chance: Random, reasons: list[str], at: datetime
) -> dict[str, Any]:
    spoke = len(life.tries) > 0 and life.status not in ("trying", "closed")
    last = life.tries[-1] if life.tries else None
    return {
        "ref": new_ref(), "person_id": person, "inquirer_id": person, "for_whom": "self", "source_id": source_id,
        "received_at": life.received_at, "answer_by": life.answer_by, "status_key": life.status,
        "status_since": life.ended_at or last or life.received_at, "owner_id": life.owner_id,
        "coach_id": life.coach_id, "first_attempt_at": life.tries[0] if life.tries else None,
        "first_two_way_at": last if spoke else None, "last_touch_at": last,
        "last_touch": ("spoke" if spoke else "no_answer") if last else None, "attempts_made": len(life.tries),
        "discharge_on": (at + timedelta(days=9)).date() if life.status == "leaving" else None,
        "assessment_at": life.due_at if life.status in ("assessment", "missed", "started") else None,
        "started_on": life.ended_at.date() if life.ended_at and life.status == "started" else None,
        "referred_to": "A program near them" if life.status == "referred" else None,
        "closed_reason": chance.choice(reasons) if life.status == "closed" else None, "ended_at": life.ended_at,
        "version": 1 + len(life.tries),
    }


def _submission(lead: int, life: Life, source_id: int, name: str, phone: str, chance: Random) -> dict[str, Any]:
    ref, message = new_ref(), chance.choice(crowd.MESSAGES)
    raw = json.dumps({"name": name, "phone": phone, "message": message}).encode()
    return {
        "ref": ref, "source_id": source_id, "fingerprint": sha256(raw).hexdigest(), "content_type": CONTENT_TYPE,
        "received_at": life.received_at, "state": "understood", "lead_id": lead,
        "raw_sealed": seal(raw, f"submission.raw:{ref}"),
        "message_sealed": seal(message.encode(), f"submission.message:{ref}"),
    }


def _follow_ups(lead: int, life: Life) -> Iterator[dict[str, Any]]:
    """The first reply, kept by the first try; and what is promised next to whoever is still with us."""
    tried = life.tries[0] if life.tries else None
    yield _promise(lead, "first-reply", life.answer_by, None, life.received_at, tried, life.owner_id)
    if tried and life.ended_at is None:
        yield _promise(lead, "promise", life.due_at, life.coach_id or life.owner_id, life.tries[-1], None, None)


def _promise(
    lead: int, kind: str, due_at: datetime, owner_id: int | None, made_at: datetime, done_at: datetime | None,
    done_by_id: int | None,
) -> dict[str, Any]:
    return {
        "ref": new_ref(), "lead_id": lead, "kind": kind, "channel": "call", "due_at": due_at, "owner_id": owner_id,
        "made_by_id": owner_id, "made_at": min(made_at, due_at), "done_at": done_at, "done_by_id": done_by_id,
        "result": "kept" if done_at else None,
    }


def _attempts(lead: int, life: Life, chance: Random) -> Iterator[dict[str, Any]]:
    by = life.coach_id or life.owner_id
    if by is None:
        return
    spoke = life.status not in ("trying", "closed")
    for place, at in enumerate(life.tries, start=1):
        two_way = spoke and place == len(life.tries)
        yield {
            "ref": new_ref(), "lead_id": lead, "by_id": by, "at": at, "channel": "call", "two_way": two_way,
            "outcome": "spoke" if two_way else chance.choice(("no_answer", "voicemail")),
            "status_before": "new" if place == 1 else "trying",
        }


def _event(sent: dict[str, Any], key_id: str, key: bytes) -> dict[str, Any]:
    """What `crm.audit` would have written when it arrived, signed as it signs."""
    said = {
        "uid": new_ref(), "at": sent["received_at"], "action": "received", "actor_id": None, "lead_id": sent["lead_id"],
        "lead_version": 1, "facts": {"submission": sent["ref"], "source": SOURCE}, "origin": "crm seed",
    }
    return {**said, "key_id": key_id, "mac": audit.signature(key, SimpleNamespace(**said))}


def _add(noun: Any, rows: list[dict[str, Any]]) -> None:
    add_many(noun.__table__, rows)


def _add_numbered(noun: Any, rows: list[dict[str, Any]]) -> Sequence[int]:
    """Add the rows; their numbers, in the same order."""
    numbers = reserve_ids(noun.__table__, len(rows))
    _add(noun, [{"id": number, **row} for number, row in zip(numbers, rows, strict=True)])
    return numbers


def _source(at: datetime) -> int:
    found = db.session.scalar(select(Source.id).where(Source.slug == SOURCE))
    if found is None:
        made = Source(kind="json", name="Bulk data", slug=SOURCE, created_at=at)
        db.session.add(made)
        db.session.flush()
        found = made.id
    return found


def _crew() -> Crew:
    def working(role: str) -> list[int]:
        wanted = select(Staff.id).where(Staff.role == role, Staff.disabled_at.is_(None))
        return list(db.session.scalars(wanted.order_by(Staff.id)))

    return Crew(working("intake"), working("coach"))


def _weighted(choices: tuple[tuple[str, int], ...], chance: Random) -> str:
    return chance.choices([key for key, _ in choices], [weight for _, weight in choices])[0]
