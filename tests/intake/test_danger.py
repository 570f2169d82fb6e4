"""What sounds like danger: first on every queue, told to those at work, seen by a person, ended only by a person."""

import pytest
from sqlalchemy import select

from crm.clock import now
from crm.db import db
from crm.intake import weighing
from crm.models import Event, FollowUp, Lead, Message, Submission, TriageEntry
from crm.models.followup import DANGER, URGENT, USUAL
from tests.intake.conftest import token_in

OVERDOSE = "My brother took a whole bottle of pills an hour ago and I can't wake him up."
JUDGED = {"level": "routine", "danger": "no", "why": "She is safe, it was about last year."}


@pytest.fixture
def lead(send, people, reading):
    """Somebody wrote that their brother cannot be woken."""
    send(name="Maya Tran", for_="loved", msg=OVERDOSE)
    with reading():
        found = db.session.scalars(select(Lead)).one()
        _ = found.inquirer.name
        db.session.expunge_all()
        return found


def press(client, address, **fields):
    """Post to an address with the token of its own page."""
    return client.post(address, data={"csrf_token": token_in(client.get("/queue").text), **fields})


def test_it_is_the_first_thing_anybody_sees(send, lead, as_, reading):
    send(name="Sam Poe", phone="(303) 555-0131", msg="Do you take Aetna?")
    queue = as_("ida").get("/queue").text

    assert "Possible danger: read this first" in queue
    assert queue.index("Maya Tran") < queue.index("Sam Poe")
    assert '<mark class="mark-hot">' in queue
    with reading():
        urgencies = {one.lead.inquirer.name: one.urgency for one in db.session.scalars(select(FollowUp))}
        assert urgencies == {"Maya Tran": DANGER, "Sam Poe": USUAL}


def test_everybody_at_work_is_told_at_once_and_no_coach_alone(lead, people, reading):
    with reading():
        told = db.session.scalars(select(Message).where(Message.kind == "danger")).all()
        assert {one.reader.name.split()[0] for one in told} == {"Ida", "Inez", "Ada"}
        assert {one.channel for one in told} == {"app", "email"}


def test_one_button_takes_and_opens(lead, as_, reading, people):
    ida = as_("ida")
    opened = press(ida, f"/leads/{lead.ref}/danger-acknowledgement")

    assert opened.status_code == 303 and opened.location == f"/leads/{lead.ref}"
    page = ida.get(opened.location).text
    assert "Ida has this since" in page and "Say this, then listen" in page and "1-800-662-4357" in page
    assert "Possible danger: read this first" not in as_("inez").get("/queue").text
    assert "Ida has this" in as_("inez").get("/queue").text, "and it still stands first"
    with reading():
        seen = db.session.scalars(select(Lead)).one()
        assert (seen.danger_seen_by_id, seen.owner_id) == (people["ida"].id, people["ida"].id)


def test_two_press_and_the_first_name_stands(lead, as_, people, reading, count):
    for name in ("ida", "inez"):
        press(as_(name), f"/leads/{lead.ref}/danger-acknowledgement")

    assert count(Event, Event.action == "danger-seen") == 1
    with reading():
        assert db.session.scalars(select(Lead)).one().danger_seen_by_id == people["ida"].id


def test_it_cannot_be_closed_before_somebody_has_judged(lead, as_, reading):
    ada = as_("ada")
    with reading():
        version = db.session.scalars(select(Lead)).one().version
    refused = press(ada, f"/leads/{lead.ref}/status", status="closed", reason="not_ready", version=version)
    assert refused.status_code == 422 and "sound like danger" in refused.text

    assert press(ada, f"/leads/{lead.ref}/triage", **JUDGED).status_code == 303
    assert press(ada, f"/leads/{lead.ref}/status", status="closed", reason="not_ready").status_code == 303


def test_a_workflow_without_the_gate_would_let_it_go(lead, as_, monkeypatch):
    """The known-bad variant."""
    monkeypatch.setattr("crm.lifecycle.nobody_in_danger", lambda _lead, _wanted: None)

    assert press(as_("ada"), f"/leads/{lead.ref}/status", status="closed", reason="not_ready").status_code == 303


def test_ending_it_needs_a_reason_and_is_reviewed_by_an_administrator(lead, as_, reading, count):
    ida, ada = as_("ida"), as_("ada")
    empty = press(ida, f"/leads/{lead.ref}/triage", level="routine", danger="no")
    assert empty.status_code == 422 and "Say why" in empty.text

    press(ida, f"/leads/{lead.ref}/triage", **JUDGED)

    with reading():
        entry = db.session.scalars(select(TriageEntry)).one()
        assert (entry.before, entry.level, entry.ended_danger, entry.reason) == (
            "crisis", "routine", True, JUDGED["why"])
        assert db.session.scalars(select(Submission)).one().level == "crisis", "what the rules say stands apart"
        ref = entry.ref
    assert "was ended by one person" in ada.get("/queue").text
    assert JUDGED["why"] in ada.get("/danger-reviews").text and ida.get("/danger-reviews").status_code == 403
    press(ada, f"/danger-reviews/{ref}/review")
    assert "Every one has been looked at" in ada.get("/danger-reviews").text
    assert count(Event, Event.action == "triage-reviewed") == 1


def test_a_coach_may_raise_it_and_never_lower_it(a_lead, as_, reading):
    sam = a_lead("Sam", coach="cora")
    cora = as_("cora")
    page = cora.get(f"/leads/{sam.ref}").text
    token = {"csrf_token": token_in(page)}

    raised = cora.post(f"/leads/{sam.ref}/triage", data={
        **token, "level": "crisis", "danger": "yes", "why": "He said he would end it tonight."})
    lowered = cora.post(f"/leads/{sam.ref}/triage", data={**token, **JUDGED})

    assert (raised.status_code, lowered.status_code) == (303, 403)
    with reading():
        assert db.session.scalars(select(Lead)).one().danger_at is not None
    assert "Sam" in as_("ida").get("/queue").text


def test_words_only_ever_raise(send, lead, reading):
    send(name="Maya Tran", for_="loved", msg="Thank you, all is well. When are your evening groups?")

    with reading():
        assert db.session.scalars(select(Lead)).one().level == "crisis"


def test_danger_in_a_second_message_is_told_again(send, lead, as_, reading, people, count):
    press(as_("ida"), f"/leads/{lead.ref}/danger-acknowledgement")
    send(name="Maya Tran", for_="loved", msg="He stopped breathing again, please, I can't wake him.")

    with reading():
        assert db.session.scalars(select(Lead)).one().danger_seen_at is None
    assert count(Message, Message.kind == "danger", Message.channel == "app") == 6


def test_urgent_is_within_the_hour_and_nothing_louder(send, people, reading, count, as_):
    send(msg="I get out of detox tomorrow and I have no plan. I am scared I will use.")

    with reading():
        lead = db.session.scalars(select(Lead)).one()
        assert (lead.level, lead.danger_at) == ("urgent", None)
        assert db.session.scalars(select(FollowUp)).one().urgency == URGENT
    assert count(Message, Message.kind == "danger") == 0
    assert "Urgent" in as_("ida").get("/queue").text


def test_the_thank_you_page_leads_with_the_numbers(send, visitor, people):
    page = visitor.get(send(msg=OVERDOSE).location).text

    assert page.index("If somebody is in danger now") < page.index("We have your message.</h1>")
    assert "being alerted right now" in page
    assert "If somebody is in danger now" not in visitor.get(send(name="Sam").location).text


def test_at_night_it_does_not_promise_what_nobody_can_do(send, visitor, people, writing):
    from crm.models import Staff

    with writing():
        for one in db.session.scalars(select(Staff)):
            one.hours = {}
    page = visitor.get(send(msg=OVERDOSE).location).text

    assert "being alerted" not in page and "Nobody on our team is at work just now" in page


def test_danger_that_looks_like_a_machine_becomes_a_lead(send, people, count):
    send(msg=OVERDOSE, website="https://example.org")

    assert count(Lead) == 1


def test_danger_in_a_flood_is_held_and_told_once_an_hour(send, people, count, monkeypatch):
    monkeypatch.setattr(weighing, "USUAL_FROM_ONE_ADDRESS", 1)
    for number in range(5):
        send(name=f"Bot {number}", phone=f"(303) 555-015{number}", msg=OVERDOSE)

    assert (count(Lead), count(Submission, Submission.state == "held")) == (1, 4)
    assert count(Message, Message.kind == "danger-held", Message.channel == "app") == 3


def test_no_page_ever_gives_an_all_clear(send, as_, people, reading):
    send(msg="Do you take Aetna?")
    with reading():
        ref = db.session.scalars(select(Lead)).one().ref

    page = as_("ida").get(f"/leads/{ref}").text.lower()
    assert "no danger" not in page and "no safety words" not in page and "not in danger" not in page


def test_no_hour_is_quiet_for_somebody_in_danger(send, lead, as_, writing, reading):
    with writing():
        person = db.session.scalars(select(Lead)).one().inquirer
        person.zone_candidates = ["America/New_York", "Asia/Tokyo", "Europe/London"]  # it is night in one of them
        person.may_email = "no"

    page = as_("ida").get(f"/leads/{lead.ref}").text
    assert "No call now" not in page and "tel:" in page
    assert press(as_("inez"), "/queue/next").location == f"/leads/{lead.ref}"


def test_a_look_back_leaves_the_moment_as_it_was(lead, reading):
    with reading():
        assert db.session.scalars(select(Lead)).one().danger_at <= now()
