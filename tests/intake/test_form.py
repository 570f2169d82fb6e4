"""Send us a message: the public form."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from crm.db import db
from crm.intake import tokens
from crm.models import Consent, Event, FollowUp, Lead, Message, Person, SearchKey, Submission
from tests.intake.conftest import filled, token_in


def the_lead():
    return db.session.scalars(select(Lead)).one()


def test_a_message_becomes_a_lead_with_a_promise(send, people, reading):
    answer = send()

    assert answer.status_code == 303
    with reading():
        lead = the_lead()
        promise = db.session.scalars(select(FollowUp)).one()
        sent = db.session.scalars(select(Submission)).one()
        assert lead.person is lead.inquirer and lead.person.name == "Dana Whitcomb"
        assert (lead.status_key, lead.source.slug, lead.for_whom) == ("new", "website", "self")
        assert (promise.kind, promise.channel, promise.due_at, promise.owner_id) == (
            "first-reply", "call", lead.answer_by, None)
        assert (sent.state, sent.message) == ("understood", "I finish inpatient on Friday.")
        assert b"Dana+Whitcomb" in sent.raw


def test_what_they_allowed_is_kept_in_the_words_they_read(send, reading):
    send(via=["text"], vm=None, when=["am", "eve"])

    with reading():
        dana = the_lead().person
        assert (dana.may_call, dana.may_text, dana.may_email) == ("no", "yes", "no")
        assert (dana.voicemail, dana.best_times) == ("no", ["am", "eve"])
        consents = {one.kind: one for one in db.session.scalars(select(Consent))}
        assert {kind: one.granted for kind, one in consents.items()} == {
            "contact": True, "call": False, "text": True, "email": False, "voicemail": False}
        assert consents["contact"].wording == (
            "Tidewell Recovery may contact me about this message in the ways I chose.")
        assert consents["contact"].wording_version
        assert db.session.scalars(select(FollowUp)).one().channel == "text"


def test_the_zone_comes_from_state_and_phone(send, reading):
    send()

    with reading():
        dana = the_lead().person
        assert (dana.time_zone, dana.zone_source, dana.zone_confidence) == ("America/Denver", "state and phone", "sure")
        assert [(one.kind, one.value, one.normal) for one in dana.contact_points] == [
            ("phone", "(303) 555-0118", "+13035550118")]


@pytest.mark.parametrize("for_whom", ["loved", "client"])
def test_a_mother_writes_for_her_son(send, reading, for_whom):
    send(for_=for_whom, email="dana@example.org")

    with reading():
        lead = the_lead()
        assert lead.inquirer.name == "Dana Whitcomb" and lead.person.name == ""
        assert lead.person.state == "CO"
        assert (lead.person.may_call, lead.person.may_text, lead.person.may_email) == ("unasked",) * 3
        assert lead.person.contact_points == [] and len(lead.inquirer.contact_points) == 2


def test_they_are_found_by_name_phone_and_email(send, reading):
    send(name="Zoë O'Brien", email="Zoe@Example.org")

    with reading():
        keys = {(key.kind, key.word) for key in db.session.scalars(select(SearchKey))}
        assert keys == {("name", "zoe"), ("name", "obrien"), ("phone", "13035550118"), ("phone", "3035550118"),
                        ("email", "zoe@example.org")}


def test_history_and_notices_are_written_with_the_lead(send, people, reading):
    send()

    with reading():
        event = db.session.scalars(select(Event).where(Event.action == "received")).one()
        assert event.lead_id == the_lead().id and event.actor_id is None
        assert "Dana" not in str(event.facts)
        notices = db.session.scalars(select(Message)).all()
        assert {one.to_id for one in notices} == {people["ida"].id, people["inez"].id}
        assert {(one.kind, one.channel) for one in notices} == {("new-message", "app")}


def test_double_click_reload_and_back_make_one_lead(send, open_page, count):
    page = open_page()

    answers = [send(page) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert (count(Lead), count(Submission), count(Person)) == (1, 1, 1)


def test_two_pages_are_two_messages(send, count):
    """The control: without one page's token, the same words are two messages."""
    send()
    send(name="Sam Poe")

    assert count(Lead) == 2


def test_back_corrected_and_sent_again_joins_the_same_lead(send, open_page, reading, count, people):
    page = open_page()
    send(page, phone="(303) 555-0199", msg="Please call.")
    again = send(page, phone="(303) 555-0118", via=["text"], msg="Please text.")
    assert send(page, phone="(303) 555-0118", via=["text"], msg="Please text.").location == again.location

    with reading():
        lead = the_lead()
        assert [point.normal for point in lead.person.contact_points] == ["+13035550118"]
        assert (lead.person.may_call, lead.person.may_text) == ("no", "yes")
        assert [one.message for one in db.session.scalars(select(Submission).order_by(Submission.id))] == [
            "Please call.", "Please text."]
        assert [one.action for one in db.session.scalars(select(Event).order_by(Event.id))] == [
            "received", "corrected"]
        assert db.session.scalars(select(FollowUp)).one().channel == "text"
    assert count(Message) == 4


def test_corrected_from_me_to_my_son(send, open_page, reading):
    page = open_page()
    send(page)
    send(page, for_="loved")

    with reading():
        lead = the_lead()
        assert lead.for_whom == "loved" and lead.person is not lead.inquirer and lead.person.name == ""


def test_an_old_page_asks_to_press_again_and_keeps_everything(visitor, app, count, monkeypatch):
    with app.app_context():
        token = tokens.new_form_token()
    monkeypatch.setattr(tokens, "FORM_AGE", -1)

    answer = visitor.post("/contact", data=filled(token))

    assert answer.status_code == 422 and count(Submission) == 0
    assert "Your page was open for a long time; press Send again" in answer.text
    assert "Dana Whitcomb" in answer.text and "I finish inpatient on Friday." in answer.text
    monkeypatch.undo()
    fresh = token_in(answer.text)
    assert fresh != token
    assert visitor.post("/contact", data=filled(fresh)).status_code == 303


@pytest.mark.parametrize("token", ["", "forged", None])
def test_a_missing_or_forged_token_asks_again(visitor, token, count):
    answer = visitor.post("/contact", data=filled("x") | {"csrf_token": token or ""})

    assert answer.status_code == 422 and "press Send again" in answer.text and count(Submission) == 0


def test_missing_answers_are_named_and_everything_typed_is_kept(send, open_page, count):
    page = open_page()
    answer = send(page, for_=None, name=" ", state="", via=["email"], phone="303 555 01", email="dana at home", ok=None,
                  vm="yes", when=["pm"])

    text = answer.text
    assert answer.status_code == 422 and count(Submission) == 0
    assert "<title>Error: Send us a message · Tidewell Recovery</title>" in text
    assert text.index('id="error-summary"') < text.index("<h1>")
    for words in ("Choose who this is for", "Tell us what to call you", "Choose a state", "Tick the box",
                  "Enter an e-mail address"):
        assert words in text
    assert 'value="303 555 01"' in text and 'value="dana at home"' in text and "I finish inpatient" in text
    assert set(re.findall(r'value="(\w+)" checked', text)) == {"email", "yes", "pm"}
    assert token_in(text) == page


def test_nothing_is_ticked_before_and_nothing_is_filled_in_from_the_address(visitor):
    page = visitor.get("/contact?name=Mallory&via=call&for=self&msg=hello").text

    assert " checked" not in page and "Mallory" not in page and "hello" not in page and " selected" not in page
    assert '<option value="ZZ"' not in page and page.count("<option") == 59


@pytest.mark.parametrize(("typed", "words"), [
    ({"for_": "robot"}, "Choose who this is for"),
    ({"state": "ZZ"}, "Choose a state"),
    ({"vm": "maybe"}, "Choose what we may do"),
    ({"via": ["call", "fax"]}, "Choose at least one way"),
    ({"via": None}, "Choose at least one way"),
    ({"when": ["noon"]}, "Choose from these times"),
    ({"phone": "555-01"}, "Enter a phone number"),
    ({"phone": ""}, "Enter a phone number"),
    ({"via": ["text"], "phone": "call me"}, "Enter a phone number"),
    ({"via": ["email"], "email": ""}, "Enter an e-mail address"),
    ({"name": "x" * 201}, "under 200 characters"),
    ({"msg": "x" * 10_001}, "under 10,000 characters"),
    ({"phone": "3" * 61}, "under 60 characters"),
    ({"ok": None}, "Tick the box"),
    ({"name": "\u202e\x00 "}, "Tell us what to call you"),
])
def test_bad_input_is_a_page_with_everything_kept(send, count, typed, words):
    answer = send(**typed)

    assert answer.status_code == 422 and words in answer.text
    assert "I finish inpatient on Friday." in answer.text or "msg" in typed
    assert count(Submission) == 0


@pytest.mark.parametrize("phone", ["303-555-0118", "+1 303 555 0118", "303.555.0118 x12", "+44 20 7946 0958"])
def test_any_way_of_writing_a_number_is_taken(send, phone):
    assert send(phone=phone, state="XX").status_code == 303


def test_control_and_bidi_marks_are_cleaned_but_the_raw_bytes_keep_them(send, reading):
    send(name="Da\u202ena\x00", msg="hello\x07\r\nthere")

    with reading():
        lead = the_lead()
        sent = db.session.scalars(select(Submission)).one()
        assert lead.person.name == "Dana" and sent.message == "hello\nthere"
        assert b"%E2%80%AE" in sent.raw and b"%00" in sent.raw


@pytest.mark.parametrize("body", [b"for=self&name=%ED%A0%80&csrf_token=x", b"\xff\xfe", b"", b"&&&===&"])
def test_broken_bytes_are_a_page(visitor, body):
    answer = visitor.post("/contact", data=body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422


def test_another_kind_of_body_is_refused_in_words(visitor):
    assert visitor.post("/contact", json={"name": "Dana"}).status_code == 415
    assert visitor.post("/contact", data=b"name=Dana", content_type="text/plain").status_code == 415


def test_a_form_with_parts_is_understood_too(visitor, open_page, reading):
    answer = visitor.post("/contact", data=filled(open_page()), content_type="multipart/form-data")

    assert answer.status_code == 303
    with reading():
        assert the_lead().person.name == "Dana Whitcomb"


def test_far_too_much_is_refused(visitor, open_page):
    assert visitor.post("/contact", data=filled(open_page(), msg="x" * 200_000)).status_code == 413
    assert visitor.post("/contact", data={f"f{n}": "x" for n in range(2000)}).status_code == 413


def test_words_never_stand_in_addresses_or_logs(send, caplog):
    caplog.set_level("DEBUG")
    answer = send(name="Quillfeather", msg="canarywords", email="canary@example.org")

    assert re.fullmatch(r"/contact/thanks/[\w.-]+", urlsplit(answer.location).path) and "?" not in answer.location
    for secret in ("Quillfeather", "canarywords", "canary@", "5550118", "555-0118"):
        assert secret not in caplog.text and secret not in answer.location


def test_the_embedded_form_stays_in_its_frame(visitor, people):
    page = visitor.get("/contact/embed")
    answer = visitor.post("/contact/embed", data=filled(token_in(page.text)))

    assert 'action="/contact/embed"' in page.text
    assert answer.location.startswith("/contact/embed/thanks/")
    assert visitor.get(answer.location).status_code == 200


def test_the_page_sets_no_cookie(visitor):
    assert "Set-Cookie" not in visitor.get("/contact").headers
