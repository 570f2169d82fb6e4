"""Whatever happened before, and whatever happens while two leads are one: nothing is lost, and all of it finds home."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from crm.assigning.actions import assign
from crm.clock import now
from crm.db import db
from crm.followups import actions as promises
from crm.followups import contacts
from crm.leads import actions, merging, parting, safety
from crm.leads.keepsake import STRICTNESS, WISHES
from crm.lifecycle import Move, Refused, open_promises
from crm.models import Assignment, Attempt, Consent, FollowUp, Lead, Note, SearchKey, Staff, Submission, TriageEntry
from tests.support import builders

NOUNS = (Submission, Attempt, Note, FollowUp, Assignment, TriageEntry)
PROGRAMS = 16
ACTS_AT_MOST = 7
KEPT = ("name", "for_whom", "place", "language", "best_times")


def test_nothing_is_lost_and_everything_goes_home(app, people):
    with app.app_context():
        found = [f"program {seed}: {words}" for seed in range(PROGRAMS) for words in faults(seed)]

        assert found == []


@pytest.mark.parametrize("forgotten", ["follow_up", "attempt", "note", "submission", "assignment", "triage_entry"])
def test_a_merge_that_forgets_something_is_caught(app, people, monkeypatch, forgotten):
    """The known-bad variant."""
    monkeypatch.delitem(merging.MOVED, forgotten)
    with app.app_context():
        assert any(_left_behind(seed) for seed in range(PROGRAMS))


def test_a_parting_that_forgets_something_is_caught(app, people, monkeypatch):
    """The known-bad variant: notes are moved, and never moved back."""
    with app.app_context():
        monkeypatch.setattr(parting, "MOVED", {name: noun for name, noun in merging.MOVED.items() if noun is not Note})

        assert any("Note" in words for seed in range(PROGRAMS) for words in faults(seed))


def test_wishes_that_are_forgotten_are_caught(app, people, monkeypatch):
    """The known-bad variant: the one page keeps its own wishes, however wide."""
    monkeypatch.setattr(merging, "stricter", lambda one, other: one)
    with app.app_context():
        assert any("wider" in words for seed in range(PROGRAMS) for words in faults(seed))


def faults(seed):
    """Play one program, and say what is wrong with how it ends. Everything is rolled back."""
    chance = Random(seed)
    try:
        one, other, crew, at = _begin(chance)
        before = {lead.id: _rows(lead) for lead in (one, other)}
        kept = {lead.id: _fields(lead) for lead in (one, other)}
        survivor = merging.suggested_survivor(one, other)
        merged = other if survivor is one else one
        record = merging.merge(survivor, merged, [name for name in KEPT if chance.random() < 0.5], crew["ida"], at)
        db.session.expire_all()
        wrong = [f"{noun} left behind" for noun, ids in _rows(merged).items() if ids]
        wrong += _wider(survivor.inquirer, one, other, kept)
        since = at + timedelta(minutes=1)
        for minute in range(chance.randint(0, ACTS_AT_MOST)):
            _act(chance, survivor, crew, since + timedelta(minutes=minute))
        db.session.flush()
        while_joined = _rows(survivor)
        parting.undo_merge(record, crew["ida"], since + timedelta(days=chance.randint(1, 29)))
        db.session.flush()
        db.session.expire_all()
        return wrong + _wrong_at_the_end(survivor, merged, before, while_joined, kept)
    finally:
        db.session.rollback()


def _wrong_at_the_end(survivor, merged, before, while_joined, kept):
    wrong, home = [], {lead.id: _rows(lead) for lead in (survivor, merged)}
    for lead, other in ((survivor, merged), (merged, survivor)):
        for noun, ids in before[lead.id].items():
            if not ids <= home[lead.id][noun]:
                wrong.append(f"{noun} of {lead.id} did not come home")
            if ids & home[other.id][noun]:
                wrong.append(f"{noun} of {lead.id} is with the other")
        if lead.is_open and not lead.no_step_reason and not open_promises(lead):
            wrong.append("nothing is promised any more")
        current = db.session.scalars(sa.select(Assignment.coach_id).where(
            Assignment.lead_id == lead.id, Assignment.until.is_(None))).all()
        if lead.coach_id and list(current) != [lead.coach_id]:
            wrong.append(f"the coach {lead.coach_id} is not the one of {current}")
        foreign = {other.coach_id} - {lead.coach_id, None}
        if {promise.owner_id for promise in open_promises(lead)} & foreign:
            wrong.append("a promise is with a coach who cannot see it")
        for name in WISHES:
            if _width(getattr(lead.inquirer, name)) < _width(kept[lead.id][name]):
                wrong.append(f"{name} has become wider")
        words = set(db.session.execute(sa.select(SearchKey.kind, SearchKey.word).where(SearchKey.lead_id == lead.id)))
        if {tuple(word) for word in words} != kept[lead.id]["words"]:
            wrong.append("it is found by other words")
    for noun, ids in while_joined.items():
        if not ids <= home[survivor.id][noun] | home[merged.id][noun]:
            wrong.append(f"{noun} was lost")
        if home[survivor.id][noun] & home[merged.id][noun]:
            wrong.append(f"{noun} is in two places")
    for name in ("status_key", "coach_id", "owner_id", "level", "danger_at", "ended_at", "name", "times_wrote",
                 "attempts_made", "points"):
        if _fields(merged)[name] != kept[merged.id][name]:
            wrong.append(f"{name} of the joined one is not as it was")
    return wrong


def _left_behind(seed):
    chance = Random(seed)
    try:
        one, other, crew, at = _begin(chance)
        survivor = merging.suggested_survivor(one, other)
        merged = other if survivor is one else one
        try:
            merging.merge(survivor, merged, [], crew["ida"], at)
        except (sa.exc.IntegrityError, KeyError):
            return True  # the database objects, or the verb itself misses what it needs
        return any(_rows(merged).values())
    finally:
        db.session.rollback()


def _begin(chance):
    """Two leads with a past of their own."""
    crew = {one.email.split("@")[0]: one for one in db.session.scalars(sa.select(Staff))}
    at, leads = now(), []
    for number, name in enumerate(("Dana Whit", "D. Whitt")):
        wishes = {wish: chance.choice(STRICTNESS[:1] + STRICTNESS[1:2] + STRICTNESS[3:]) for wish in WISHES}
        made = builders.a_lead(crew, name, received=at - timedelta(hours=chance.randint(2, 90)), person=wishes,
                               email=f"d{number}@example.org", coach=chance.choice(["", "", "cora", "cole"]),
                               owner=chance.choice(["", "ida", "inez"]))
        lead = db.session.get_one(Lead, made.id)
        db.session.add(Consent(person_id=lead.inquirer_id, kind="contact", granted=True, wording="Yes.",
                               wording_version="1", at=at))
        for minute in range(chance.randint(0, ACTS_AT_MOST)):
            _act(chance, lead, crew, at - timedelta(minutes=60 - minute))
        leads.append(lead)
    db.session.flush()
    return leads[0], leads[1], crew, at


def _act(chance, lead, crew, at):
    """Something that people do; what is not allowed now is not done."""
    by = crew[chance.choice(["ida", "inez"])]
    step = contacts.NextStep(at + timedelta(days=1))
    try:
        match chance.choice(["note", "call", "spoke", "promise", "move", "assign", "judge", "close", "stop"]):
            case "note":
                actions.write_note(lead, "A note.", by, at)
            case "call":
                contacts.log_attempt(lead, "call", "no_answer", "", step, by, at)
            case "spoke":
                contacts.log_attempt(lead, "call", "spoke", "", step, by, at)
            case "promise":
                promises.promise(lead, at + timedelta(hours=3), "call", lead.coach or lead.owner, by, at)
            case "move" if waiting := open_promises(lead):
                promises.move(chance.choice(waiting), at + timedelta(hours=5), by, at)
            case "assign":
                assign(lead, crew.get(chance.choice(["cora", "cole", "nobody"])), by, at)
            case "judge":
                safety.judge(lead, chance.choice(["crisis", "urgent", "routine"]), chance.random() < 0.3, "So.", by, at)
            case "close" if chance.random() < 0.4:
                actions.change_status(lead, Move("closed", by, at, reason="cost"), "")
            case "stop" if chance.random() < 0.4:
                contacts.log_attempt(lead, "call", "asked_to_stop", "", None, by, at)
    except Refused:
        pass
    db.session.flush()


def _rows(lead):
    db.session.flush()
    return {noun.__name__: set(db.session.scalars(sa.select(noun.id).where(noun.lead_id == lead.id))) for noun in NOUNS}


def _fields(lead):
    words = db.session.execute(sa.select(SearchKey.kind, SearchKey.word).where(SearchKey.lead_id == lead.id))
    return {
        **{name: getattr(lead, name) for name in ("status_key", "coach_id", "owner_id", "level", "danger_at",
                                                  "ended_at", "times_wrote", "attempts_made")},
        **{name: getattr(lead.inquirer, name) for name in (*WISHES, "name")},
        "points": {point.value for point in lead.inquirer.contact_points}, "words": {tuple(word) for word in words},
    }


def _wider(person, one, other, kept):
    return [f"{name} is wider than both allowed" for name in WISHES
            if _width(getattr(person, name)) < max(_width(kept[lead.id][name]) for lead in (one, other))]


def _width(answer):
    return STRICTNESS.index(answer)
