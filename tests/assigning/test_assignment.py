"""A coach takes over: who may hand somebody on, what moves along, who is told."""

import re
from datetime import timedelta

import pytest

from crm.clock import now
from crm.db import db
from crm.models import Assignment, Event, FollowUp, Lead, Message, Staff


@pytest.fixture
def assign(as_):
    """`assign("ida", sam, coach_ref)`: the form on Sam's page, sent by Ida."""

    def send(who, lead, coach, **fields):
        browser = as_(who)
        page = browser.get(f"/leads/{lead.ref}").text
        known = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf_token", "version")}
        return browser.post(f"/leads/{lead.ref}/assignment", data={**known, "coach": coach, **fields})

    return send


def test_the_coach_holds_the_lead_and_its_promises_and_is_told(assign, a_lead, a_followup, people, reading):
    sam, cora = a_lead("Sam", owner="ida"), people["cora"]
    a_followup(sam, due=now() + timedelta(days=1), owner="ida", reminded_at=now())

    answer = assign("ida", sam, cora.ref)

    assert answer.status_code == 303
    with reading():
        assert db.session.get_one(Lead, sam.id).coach_id == cora.id
        assert db.session.query(Assignment).one().coach_id == cora.id
        assert {(one.owner_id, one.reminded_at) for one in db.session.query(FollowUp)} == {(cora.id, None)}
        assert {(one.to_id, one.kind, one.channel) for one in db.session.query(Message)} == {
            (cora.id, "assigned", "app"), (cora.id, "assigned", "email")}


def test_another_coach_takes_over(assign, a_lead, people, reading, as_):
    sam = a_lead("Sam", coach="cora")

    assign("ida", sam, people["cole"].ref)

    with reading():
        first, second = db.session.query(Assignment).order_by(Assignment.id)
        assert (first.until is None, second.until is None) == (False, True)
    assert as_("cora").get(f"/leads/{sam.ref}").status_code == 404
    page = as_("cole").get(f"/leads/{sam.ref}").text
    assert "Cora Example is their coach" in page
    assert "Cole Example is their coach" in page


def test_the_same_coach_again_changes_nothing(assign, a_lead, people, count):
    sam = a_lead("Sam", coach="cora")

    assert assign("ida", sam, people["cora"].ref).status_code == 303
    assert count(Message) == count(Event, Event.action == "assigned") == 0


def test_handed_back_to_intake(assign, a_lead, people, reading):
    sam = a_lead("Sam", coach="cora", owner="ida")

    assign("inez", sam, "")

    with reading():
        assert db.session.get_one(Lead, sam.id).coach_id is None
        assert db.session.query(Assignment).one().until
        assert db.session.query(FollowUp).one().owner_id == people["ida"].id


def test_each_coach_is_listed_with_their_people(a_lead, as_, writing, people):
    for name in ("Sam", "Ben", "Zoe"):
        sam = a_lead(name, coach="cora")
    a_lead("Closed", coach="cora", status="closed")
    with writing():
        db.session.get_one(Staff, people["cole"].id).caseload_cap = 0

    page = as_("ida").get(f"/leads/{sam.ref}").text

    assert "Cora Example, 3 of 20" in page
    assert "Cole Example, 0 of 0, full" in page


def test_coaches_may_not_assign(as_, a_lead, people, count):
    sam, cora = a_lead("Sam", coach="cora"), as_("cora")
    token = cora.get(f"/leads/{sam.ref}").text.split('name="csrf_token" value="')[1].split('"')[0]

    answer = cora.post(f"/leads/{sam.ref}/assignment", data={"csrf_token": token, "coach": people["cole"].ref})

    assert answer.status_code == 403
    assert count(Lead, Lead.coach_id == people["cora"].id) == 1


@pytest.mark.parametrize("who", ["ida", "ada", "nobody", "", "\x00", "a" * 300])
def test_only_a_coach_can_be_chosen(assign, a_lead, people, count, who):
    sam = a_lead("Sam")

    answer = assign("ida", sam, people[who].ref if who in people else who)

    assert answer.status_code == 422
    assert "Choose one of the coaches" in answer.text
    assert count(Assignment) == 0


def test_a_coach_who_has_left_cannot_be_chosen(assign, a_lead, people, writing, count):
    sam = a_lead("Sam")
    with writing():
        db.session.get_one(Staff, people["cole"].id).disabled_at = now()

    assert assign("ida", sam, people["cole"].ref).status_code == 422
    assert count(Assignment) == 0


def test_a_late_choice_shows_what_was_done_in_the_meantime(assign, a_lead, people, count):
    sam = a_lead("Sam")
    assign("inez", sam, people["cole"].ref)

    late = assign("ida", sam, people["cora"].ref, version="1")

    assert late.status_code == 409
    assert "Inez Example assigned a coach" in late.text
    assert f'selected value="{people["cora"].ref}"' in late.text
    assert count(Lead, Lead.coach_id == people["cole"].id) == 1


def test_unknown_leads_are_not_there(as_, a_lead, people):
    ida = as_("ida")
    token = ida.get(f"/leads/{a_lead('Sam').ref}").text.split('name="csrf_token" value="')[1].split('"')[0]

    answer = ida.post(f"/leads/{'A' * 22}/assignment", data={"csrf_token": token, "coach": people["cora"].ref})

    assert answer.status_code == 404


def test_history_names_the_coach_by_reference(assign, a_lead, people, reading):
    sam = a_lead("Sam")

    assign("ida", sam, people["cora"].ref)

    with reading():
        assert db.session.query(Event).filter_by(action="assigned").one().facts == {
            "coach": people["cora"].ref, "before": None}
