"""Moving a lead to another status: what each move asks for, and what follows."""

from datetime import timedelta

import pytest

from crm.clock import now, wall
from crm.db import db
from crm.models import Event, FollowUp, Lead, Note


def day(ahead: int) -> str:
    """A day on Denver's calendar."""
    return (wall(now(), "America/Denver") + timedelta(days=ahead)).date().isoformat()


@pytest.fixture
def stands(reading):
    """`stands(sam)`: Sam's status and when the next promise is due."""

    def look(lead):
        with reading():
            waiting = db.session.query(FollowUp).filter_by(lead_id=lead.id, result=None)
            promise = waiting.order_by(FollowUp.due_at).first()
            return db.session.get_one(Lead, lead.id).status_key, promise.due_at if promise else None

    return look


def test_closing_asks_for_a_reason_and_drops_what_was_promised(as_, a_lead, fill_in, stands):
    sam, ida = a_lead("Sam"), as_("ida")

    refused = fill_in(ida, sam, "status", status="closed")
    closed = fill_in(ida, sam, "status", status="closed", reason="cost")

    assert (refused.status_code, closed.status_code) == (422, 303)
    assert "Choose why it is closed." in refused.text
    assert stands(sam) == ("closed", None)
    assert "Cost" in ida.get(f"/leads/{sam.ref}").text


def test_not_now_promises_to_ask_again(as_, a_lead, fill_in, stands):
    sam, ida = a_lead("Sam", status="trying", due=None), as_("ida")

    refused = fill_in(ida, sam, "status", status="later", next_on=day(91), agreed="y")
    moved = fill_in(ida, sam, "status", status="later", next_on=day(30), agreed="y")

    assert (refused.status_code, moved.status_code) == (422, 303)
    assert f'value="{day(91)}"' in refused.text
    status, due_at = stands(sam)
    assert (status, wall(due_at, "America/Denver").strftime("%Y-%m-%d %H:%M")) == ("later", f"{day(30)} 09:00")


def test_an_assessment_has_a_time_on_their_clock(as_, a_lead, fill_in, stands):
    sam = a_lead("Sam", status="talking", due=None)

    fill_in(as_("ida"), sam, "status", status="assessment", assessment_on=day(4), assessment_time="14:30")

    status, due_at = stands(sam)
    assert (status, wall(due_at, "America/Denver").strftime("%Y-%m-%d %H:%M")) == ("assessment", f"{day(4)} 14:30")


def test_an_open_lead_is_never_left_without_a_next_step(as_, a_lead, fill_in, stands):
    sam = a_lead("Sam", status="talking", due=None)

    fill_in(as_("ida"), sam, "status", status="leaving", discharge_on=day(3))

    status, due_at = stands(sam)
    assert status == "leaving"
    assert due_at > now()


def test_why_becomes_a_note(as_, a_lead, fill_in, reading):
    sam = a_lead("Sam", status="talking", due=None)

    fill_in(as_("ida"), sam, "status", status="leaving", discharge_on=day(3), why="Her sister told us.")

    with reading():
        assert db.session.query(Note).one().body == "Her sister told us."


def test_a_coach_may_not_end_a_lead(as_, a_lead, fill_in, stands):
    sam = a_lead("Sam", coach="cora", status="talking", due=None)

    assert fill_in(as_("cora"), sam, "status", status="closed", reason="cost").status_code == 403
    assert fill_in(as_("cora"), sam, "status", status="leaving", discharge_on=day(3)).status_code == 303
    assert stands(sam)[0] == "leaving"


def test_another_coachs_person_is_not_there(as_, a_lead, fill_in, stands):
    sam, ben, cora = a_lead("Sam", coach="cora"), a_lead("Ben", coach="cole"), as_("cora")
    token = cora.get(f"/leads/{sam.ref}").text.split('name="csrf_token" value="')[1].split('"')[0]

    assert cora.post(f"/leads/{ben.ref}/status", data={"status": "talking", "csrf_token": token}).status_code == 404
    assert stands(ben)[0] == "new"


@pytest.mark.parametrize("typed", [
    {}, {"status": "won"}, {"status": "\x00"}, {"status": "talking"}, {"status": "started"},
    {"status": "closed", "reason": "\x00"}, {"status": "closed", "reason": "unreachable"},
    {"status": "later", "next_on": "0001-01-01", "agreed": "y"}, {"status": "later", "next_on": "9999-12-31"},
    {"status": "later", "next_on": "soon", "agreed": "y"}, {"status": "referred", "referred_to": "x" * 201},
    {"status": "later", "assessment_on": "2027-03-14", "assessment_time": "02:30"},
])  # fmt: skip
def test_bad_input_moves_nothing(as_, a_lead, fill_in, stands, count, typed):
    sam = a_lead("Sam")

    answer = fill_in(as_("ida"), sam, "status", **typed)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert stands(sam)[0] == "new"
    assert count(Event, Event.action == "status") == 0


def test_history_says_from_where_to_where(as_, a_lead, fill_in, reading):
    sam = a_lead("Sam")

    fill_in(as_("ida"), sam, "status", status="closed", reason="cost")

    with reading():
        told = db.session.query(Event).filter_by(action="status").one()
        assert told.facts == {"before": "new", "after": "closed", "reason": "cost"}


