"""Logging a contact: what it changes, what it asks for, and taking a slip back."""

from datetime import datetime, timedelta

import pytest

from crm.clock import now
from crm.db import db
from crm.models import Attempt, Consent, Event, FollowUp, Lead, Person


def later(hours: float = 24) -> str:
    """A moment that the page might offer, as it stands in its form."""
    return (now() + timedelta(hours=hours)).replace(microsecond=0).isoformat()


def no_answer(**changed):
    """What Ida types after a call nobody took."""
    return {"channel": "call", "outcome": "no_answer", "note": "Rang eight times.", "follow_up": later(), **changed}


@pytest.fixture
def lead_now(reading):
    """`lead_now(sam)`: Sam's lead as the database has it."""

    def look(lead):
        with reading():
            found = db.session.get_one(Lead, lead.id)
            db.session.expunge(found)
            return found

    return look


def test_a_first_try_keeps_the_promise_and_makes_the_next(as_, a_lead, fill_in, lead_now, people, reading):
    sam = a_lead("Sam")

    answer = fill_in(as_("ida"), sam, "attempts", **no_answer())

    assert answer.status_code == 303
    after = lead_now(sam)
    assert (after.status_key, after.attempts_made, after.last_touch) == ("trying", 1, "no_answer")
    assert after.first_attempt_at and after.first_two_way_at is None
    assert after.owner_id == people["ida"].id
    with reading():
        first, following = db.session.query(FollowUp).order_by(FollowUp.id)
        assert (first.kind, first.result, first.done_by_id) == ("first-reply", "kept", people["ida"].id)
        assert (following.result, following.owner_id, following.channel) == (None, people["ida"].id, "call")


def test_the_page_then_tells_it_and_offers_to_take_it_back(as_, a_lead, fill_in):
    sam, ida = a_lead("Sam Poe"), as_("ida")

    page = ida.get(fill_in(ida, sam, "attempts", **no_answer()).location).text

    assert "Saved: No answer." in page
    assert "/undo" in page
    assert "Rang eight times." in page
    assert "Moved it from New to Trying to reach" in page


def test_a_conversation_moves_on_and_the_coach_holds_the_next_promise(as_, a_lead, fill_in, lead_now, people, reading):
    sam = a_lead("Sam", coach="cora")

    fill_in(as_("ida"), sam, "attempts", **no_answer(outcome="spoke"))

    assert lead_now(sam).status_key == "talking"
    assert lead_now(sam).first_two_way_at
    with reading():
        assert db.session.query(FollowUp).filter_by(result=None).one().owner_id == people["cora"].id


@pytest.mark.parametrize("channel, outcome, two_way", [
    ("text", "sent", False), ("text", "spoke", True), ("email", "bounced", False), ("visit", "someone_else", False),
])
def test_each_way_has_its_outcomes(as_, a_lead, fill_in, reading, channel, outcome, two_way):
    sam = a_lead("Sam")

    fill_in(as_("ida"), sam, "attempts", **no_answer(channel=channel, outcome=outcome))

    with reading():
        logged = db.session.query(Attempt).one()
        assert (logged.channel, logged.outcome, logged.two_way) == (channel, outcome, two_way)


def test_no_next_step_needs_a_reason(as_, a_lead, fill_in, lead_now):
    sam, ida = a_lead("Sam"), as_("ida")

    refused = fill_in(ida, sam, "attempts", **no_answer(follow_up="none"))
    fill_in(ida, sam, "attempts", **no_answer(follow_up="none", follow_up_reason="They will call us"))

    assert refused.status_code == 422
    assert lead_now(sam).no_step_reason == "They will call us"
    assert "They will call us" in ida.get(f"/leads/{sam.ref}").text


def test_a_picked_time_is_told_on_their_clock(as_, a_lead, fill_in, reading):
    sam = a_lead("Sam")
    day = (now() + timedelta(days=3)).date().isoformat()

    fill_in(as_("ida"), sam, "attempts",
            **no_answer(follow_up="pick", follow_up_date=day, follow_up_time="09:30"))

    with reading():
        due = db.session.query(FollowUp).filter_by(result=None).one().due_at
        assert due.isoformat()[:16] in (f"{day}T15:30", f"{day}T16:30")  # Denver, in summer or in winter


def test_asked_to_stop_ends_every_way_at_once(as_, a_lead, a_followup, fill_in, writing, reading, people):
    sam = a_lead("Sam")
    a_followup(sam, due=now() + timedelta(days=2))
    with writing():
        db.session.add(Consent(person_id=sam.inquirer_id, kind="call", granted=True, wording="Call me.",
                               wording_version="1", at=now()))

    answer = fill_in(as_("ida"), sam, "attempts", channel="call", outcome="asked_to_stop")

    assert answer.status_code == 303
    with reading():
        person = db.session.get_one(Person, sam.inquirer_id)
        assert {person.may_call, person.may_text, person.may_email, person.voicemail} == {"no"}
        assert db.session.query(Consent).one().ended_at
        assert db.session.query(FollowUp).filter_by(result=None).count() == 0


def test_undo_puts_everything_back(as_, a_lead, fill_in, lead_now, reading, count):
    sam, ida = a_lead("Sam"), as_("ida")

    ref = fill_in(ida, sam, "attempts", **no_answer()).location.split("saved=")[1]
    answer = take_back(ida, sam, ref)

    assert answer.status_code == 303
    after = lead_now(sam)
    assert (after.status_key, after.attempts_made, after.first_attempt_at, after.last_touch) == ("new", 0, None, None)
    with reading():
        first, following = db.session.query(FollowUp).order_by(FollowUp.id)
        assert (first.result, following.result) == (None, "dropped")
        assert db.session.query(Attempt).one().undone_at
    assert count(Event, Event.action == "attempt-undone", Event.lead_id == sam.id) == 1
    assert "(taken back)" in ida.get(f"/leads/{sam.ref}").text


def test_undo_gives_back_what_asked_to_stop_took(as_, a_lead, a_followup, fill_in, writing, reading):
    sam, ida = a_lead("Sam", person={"may_text": "unasked"}), as_("ida")
    a_followup(sam, due=now() + timedelta(days=2))
    with writing():
        db.session.add(Consent(person_id=sam.inquirer_id, kind="call", granted=True, wording="Call me.",
                               wording_version="1", at=now()))

    ref = fill_in(ida, sam, "attempts", channel="call", outcome="asked_to_stop").location.split("saved=")[1]
    take_back(ida, sam, ref)

    with reading():
        person = db.session.get_one(Person, sam.inquirer_id)
        assert (person.may_call, person.may_text, person.voicemail) == ("yes", "unasked", "name")
        assert db.session.query(Consent).one().ended_at is None
        assert db.session.query(FollowUp).filter_by(result=None).count() == 2


def test_only_ones_own_slip_and_only_the_last_can_be_taken_back(as_, a_lead, fill_in, lead_now):
    sam, ida, inez = a_lead("Sam"), as_("ida"), as_("inez")

    first = fill_in(ida, sam, "attempts", **no_answer()).location.split("saved=")[1]
    others = take_back(inez, sam, first)
    fill_in(ida, sam, "attempts", **no_answer())
    too_late = take_back(ida, sam, first)

    assert (others.status_code, too_late.status_code) == (422, 422)
    assert "Too much has happened since" in too_late.text
    assert lead_now(sam).attempts_made == 2


def test_a_strange_reference_shows_no_strip(as_, a_lead, fill_in):
    sam, ben, ida = a_lead("Sam"), a_lead("Ben"), as_("ida")
    ref = fill_in(ida, ben, "attempts", **no_answer()).location.split("saved=")[1]

    assert "/undo" not in ida.get(f"/leads/{sam.ref}?saved={ref}").text
    assert "/undo" not in ida.get(f"/leads/{sam.ref}?saved={'A' * 22}").text


def test_a_coach_logs_only_for_her_own_people(as_, a_lead, fill_in, count):
    sam, ben = a_lead("Sam", coach="cora"), a_lead("Ben", coach="cole")
    cora, cole = as_("cora"), as_("cole")

    mine = fill_in(cora, sam, "attempts", **no_answer())
    theirs = cora.post(f"/leads/{ben.ref}/attempts", data={**no_answer(), "csrf_token": token(cora, sam)})
    undone = cole.post(f"/attempts/{mine.location.split('saved=')[1]}/undo", data={"csrf_token": token(cole, ben)})

    assert (mine.status_code, theirs.status_code, undone.status_code) == (303, 404, 404)
    assert count(Attempt) == 1


BAD = {
    "no outcome": {"outcome": ""}, "an outcome of another way": {"outcome": "bounced"},
    "an unknown outcome": {"outcome": "won"}, "an unknown way": {"channel": "pigeon"},
    "NUL in the way": {"channel": "\0"},
    "no next step": {"follow_up": ""}, "no moment": {"follow_up": "tomorrow"}, "the past": {"follow_up": later(-1)},
    "no zone": {"follow_up": "2027-01-01T09:00"}, "far away": {"follow_up": "9999-12-31T23:59:59-11:00"},
    "a day that is none": {"follow_up": "pick", "follow_up_date": "2027-02-30", "follow_up_time": "09:00"},
    "the first day of all": {"follow_up": "pick", "follow_up_date": "0001-01-01", "follow_up_time": "00:00"},
    "a time with a zone": {"follow_up": "pick", "follow_up_date": "2027-03-01", "follow_up_time": "09:00+05:00"},
    "an hour that the clocks skip": {"follow_up": "pick", "follow_up_date": "2027-03-14", "follow_up_time": "02:30"},
    "too long": {"note": "Rang eight times. " + "a" * 10_000},
    "an unknown version": {"version": "seven"},
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_changes_nothing_and_keeps_what_was_typed(as_, a_lead, fill_in, count, what):
    sam = a_lead("Sam")

    answer = fill_in(as_("ida"), sam, "attempts", **no_answer(**BAD[what]))

    assert answer.status_code in (409, 422)
    assert "Rang eight times." in answer.text
    assert count(Attempt) == 0
    assert count(Lead, Lead.version == 1) == 1


def test_the_hour_that_the_clocks_skip_is_explained(as_, a_lead, fill_in):
    sam = a_lead("Sam")

    answer = fill_in(as_("ida"), sam, "attempts", **no_answer(**BAD["an hour that the clocks skip"]))

    assert "this time does not exist" in answer.text
    assert 'value="02:30"' in answer.text


def test_a_voicemail_nobody_allowed_needs_an_explanation(as_, a_lead, fill_in, count):
    sam, ida = a_lead("Sam", person={"voicemail": "no"}), as_("ida")

    refused = fill_in(ida, sam, "attempts", **no_answer(outcome="voicemail", note=""))
    explained = fill_in(ida, sam, "attempts", **no_answer(outcome="voicemail", note="Pressed the wrong key."))

    assert (refused.status_code, explained.status_code) == (422, 303)
    assert count(Attempt) == 1


def test_controls_and_tricks_are_taken_out_of_a_note(as_, a_lead, fill_in, reading):
    sam = a_lead("Sam")

    fill_in(as_("ida"), sam, "attempts", **no_answer(note="a\x00b\u202ec\ud800d".encode("utf-8", "surrogatepass")))

    with reading():
        assert "\x00" not in db.session.query(Attempt).one().note


def test_history_names_the_attempt_and_nobody(as_, a_lead, fill_in, reading):
    sam = a_lead("Sam Poe")

    fill_in(as_("ida"), sam, "attempts", **no_answer())

    with reading():
        told = db.session.query(Event).filter_by(action="attempt").one()
        assert told.facts == {"attempt": db.session.query(Attempt).one().ref, "channel": "call", "outcome": "no_answer"}


def test_offered_moments_are_to_come_and_carry_their_zone(as_, a_lead):
    page = as_("ida").get(f"/leads/{a_lead('Sam').ref}").text

    offered = [part.split('value="')[1].split('"')[0] for part in page.split('name="follow_up"')[1:]]

    assert offered[-2:] == ["pick", "none"]
    assert all(datetime.fromisoformat(moment) > now() for moment in offered[:-2])


def token(browser, lead):
    return browser.get(f"/leads/{lead.ref}").text.split('name="csrf_token" value="')[1].split('"')[0]


def take_back(browser, lead, ref):
    return browser.post(f"/attempts/{ref}/undo", data={"csrf_token": token(browser, lead)})
