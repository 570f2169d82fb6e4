"""CallRail: a missed call is somebody to call back, and what was spoken stays there."""

from datetime import UTC, datetime, timedelta

import pytest

from crm.intake import mapping
from crm.intake.channels import callrail
from tests.support.vendors import AT, SECRET, entry_of, inquiry_of, proof, recorded, tree

CALL = "CAL8154748ae6bd4e278a7cddd38a662f4f"


def call(**changes: object) -> dict[str, object]:
    return {**tree("callrail_missed.json"), **changes}


def test_a_missed_call_becomes_an_inquiry():
    caller = inquiry_of(callrail, recorded("callrail_missed.json"))

    assert (caller.phone, caller.name, caller.state) == ("+18505550163", "", "FL")  # "PENSACOLA FL" is nobody
    assert caller.notes == ("Missed call, 36 seconds, voicemail left",)
    assert caller.ways == {"call": "unasked", "text": "unasked", "email": "unasked"}
    assert caller.voicemail == "unasked"  # that they left one does not say that we may
    assert caller.submitted_at == datetime(2026, 11, 20, 6, 45, 19, 781000, tzinfo=UTC)
    assert mapping.says_something(caller) and "state" in caller.guessed and "phone" not in caller.guessed


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"answered": True, "duration": 245, "voicemail": False}, "Answered call, 4 minutes"),
        ({"answered": False, "duration": 1, "voicemail": False}, "Missed call, 1 second"),
        ({"answered": None, "duration": None, "voicemail": None}, "Call"),
        ({"direction": "outbound", "answered": True, "voicemail": False}, "Call from us to them, 36 seconds"),
        ({"answered": "false", "duration": "9" * 50, "voicemail": "true"}, "Missed call, voicemail left"),
    ],
)
def test_the_call_is_told_in_words(changes: dict[str, object], note: str):
    assert entry_of(callrail, call(**changes)).notes == (note,)


def test_all_events_of_a_call_have_one_number():
    last = call(customer_name="Jo Baker", note="Asked for Ann")
    events = [call(answered=None, duration=None, voicemail=None), call(), last]
    told = [entry_of(callrail, event) for event in events]

    assert {one.external_id for one in told} == {CALL}
    assert [len(one.fields) for one in told] == [2, 2, 4]  # the later ones know more
    assert mapping.inquiry(told[2]).name == "Jo Baker"


def test_the_number_may_be_called_the_resource():
    body = {key: value for key, value in call(resource_id=CALL).items() if key != "id"}

    assert entry_of(callrail, body).external_id == CALL


@pytest.mark.parametrize("name", ["PENSACOLA FL", "Pensacola", "WIRELESS CALLER", "Unknown", "+1850", "TOLL FREE CALL"])
def test_what_the_network_shows_is_no_name(name: str):
    assert inquiry_of(callrail, call(customer_name=name)).name == ""


def test_nothing_that_was_spoken_is_kept():
    said = "what she said"
    spoken = {"transcription": said, "recording": "https://app.callrail.com/r/1", "call_summary": said}
    page = "https://www.example.org/?gclid=Cj0K&utm_source=g"
    entry = entry_of(callrail, call(**spoken, gclid="Cj0K", landing_page_url=page))

    assert "what she said" not in repr(entry) and "callrail.com" not in repr(entry) and "Cj0K" not in repr(entry)
    assert entry.page == "https://www.example.org/?utm_source=g" and entry.utm == {"utm_source": "g"}
    # Nor when the body is read as it comes, because it holds no caller.
    assert "what she said" not in repr(entry_of(callrail, {**spoken, "name": "Jo Baker"}))


def test_a_form_and_a_text_message_are_read_too():
    form = inquiry_of(callrail, {"resource_id": "FRM1", "form_data": {"your_name": "Sue", "message": "Help me, please"},
                                 "customer_phone_number": "+18505550163"})  # fmt: skip
    text = inquiry_of(callrail, {"resource_id": "SMT1", "content": "please call me"})

    assert (form.name, form.message, form.phone) == ("Sue", "Help me, please", "+18505550163")
    assert (text.message, text.notes) == ("please call me", ())


def test_a_late_event_is_still_proven():
    raw = recorded("callrail_missed.json")

    assert callrail.is_proven(raw, proof(callrail, raw), [SECRET], AT + timedelta(minutes=20))
