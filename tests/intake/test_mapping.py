"""Which fact a field is: an administrator's word, else the vendor's, else a guess with its reason."""

from typing import Any

import pytest

from crm.intake import mapping
from crm.intake.channels import Inquiry, wpforms
from crm.intake.channels.entry import Entry, Field
from crm.intake.mapping import Guess, guess, says_something
from tests.support.vendors import entry_of, inquiry_of


def told(body: dict[str, Any], means: dict[str, str] | None = None, **defaults: str) -> Inquiry:
    return mapping.inquiry(entry_of(wpforms, body), means, defaults)


def meant(body: dict[str, Any]) -> dict[str, str]:
    return {one.key: one.means for one in guess(entry_of(wpforms, body))}


def test_every_guess_says_why():
    sent = {"your-phone": "303 555 0118", "field_2": "jo@example.org", "field_3": "I need some help now"}
    entry = entry_of(wpforms, sent)

    assert guess(entry) == (
        Guess("your-phone", "phone", "labelled “your-phone”", True, "303 555 0118"),
        Guess("field_2", "email", "looks like an e-mail address", False, "jo@example.org"),
        Guess("field_3", "message", "the longest text", False, "I need some help now"),
    )


def test_what_the_vendor_declares_is_no_guess():
    entry = Entry((Field("x", "Message", ("303 555 0118",)),), means={"x": "phone"})

    assert [(one.means, one.why, one.is_sure) for one in guess(entry)] == [("phone", "the sender says so", True)]
    assert mapping.inquiry(entry).guessed == ()


def test_an_administrator_wins_over_vendor_and_guess():
    entry = Entry((Field("x", "Phone", ("303 555 0118",)), Field("y", "", ("303 555 0119",))), means={"x": "phone"})
    jo = mapping.inquiry(entry, {"x": "other", "y": "phone"})

    assert (jo.phone, jo.other, jo.guessed) == ("303 555 0119", (("Phone", "303 555 0118"),), ())


def test_what_is_decided_is_not_guessed_a_second_time():
    body = {"a": "I have been sober for two weeks now", "b": "Please tell me how your evening program works at home"}

    assert told(body).message == body["b"]
    jo = told(body, {"a": "message"})
    assert jo.message == body["a"] and jo.other == (("B", body["b"]),) and jo.guessed == ()


def test_ignored_fields_are_gone_and_unknown_decisions_do_nothing():
    body = {"phone": "303 555 0118", "lead_score": "87"}

    assert told(body).other == (("Lead score", "87"),)
    decided = {"lead_score": "ignore", "gone": "phone", "phone": "no such fact"}
    assert told(body, decided) == told({"phone": "303 555 0118"})


def test_defaults_hold_where_nothing_was_said():
    given = {"for_whom": "client", "state": "Colorado", "language": "es", "via": "call", "message": "From the partner."}

    jo = told({"phone": "303 555 0118"}, **given)
    assert (jo.for_whom, jo.state, jo.language, jo.message) == ("client", "CO", "es", "From the partner.")
    assert jo.ways == {"call": "yes", "text": "no", "email": "no"} and jo.guessed == ("phone",)
    said = told({"phone": "303 555 0118", "who": "Myself", "state": "Texas", "message": "Mine."}, **given)
    assert (said.for_whom, said.state, said.message) == ("self", "TX", "Mine.")


@pytest.mark.parametrize(
    ("body", "name", "person"),
    [
        ({"first_name": "Dana", "last_name": "Poe"}, "Dana Poe", ""),
        ({"firstName": "Dana", "lastName": "Poe"}, "Dana Poe", ""),
        ({"name": {"first": "Dana", "last": "Poe"}}, "Dana Poe", ""),
        ({"Name": "Dana", "Last name": "Poe"}, "Dana Poe", ""),
        ({"Name": "Dana Poe", "Last name": "Poe"}, "Dana Poe", ""),
        ({"Nombre": "Dana", "Apellidos": "Poe"}, "Dana Poe", ""),
        ({"your-name": "Dana Poe", "Loved one's name": "Al Poe"}, "Dana Poe", "Al Poe"),
        ({"client_name": "Al Poe", "relationship": "I am a caseworker for a client"}, "", "Al Poe"),
        ({"Patient name": "Al Poe"}, "Al Poe", ""),  # nobody else is there
        ({"field_1": "Dana Poe"}, "Dana Poe", ""),
        ({"Company name": "Acme", "Emergency contact name": "Bo Poe", "user_name": "dp"}, "", ""),
    ],
)
def test_who_wrote_and_who_needs_help(body: dict[str, Any], name: str, person: str):
    found = told(body)

    assert (found.name, found.person_name) == (name, person)


@pytest.mark.parametrize(
    ("body", "phone", "email"),
    [
        ({"phone": "dana@example.org", "email": "303 555 0118"}, "303 555 0118", "dana@example.org"),
        ({"Phone or email": "dana@example.org"}, "", "dana@example.org"),
        ({"Phone or email": "303 555 0118"}, "303 555 0118", ""),
        ({"phone": "n/a", "email": "none"}, "", ""),
        ({"phone": "303-555-0118 ext. 4"}, "303-555-0118 ext. 4", ""),
        ({"phone": 13035550118}, "13035550118", ""),
        ({"alternate_phone": "303 555 0119", "phone": "303 555 0118"}, "303 555 0118", ""),
        ({"phone": "303 555 0118", "alternate_phone": "303 555 0119"}, "303 555 0118", ""),
        ({"Insurance phone": "303 555 0118", "Emergency contact phone": "303 555 0119"}, "", ""),
        ({"order": "1795570200", "when": "2026-11-20 03:14:52"}, "", ""),
        ({"contact": {"tel": "303 555 0118", "mail": "dana@example.org"}}, "303 555 0118", "dana@example.org"),
    ],
)
def test_how_they_can_be_reached(body: dict[str, Any], phone: str, email: str):
    found = told(body)

    assert (found.phone, found.email) == (phone, email)


def test_what_has_no_place_is_still_shown():
    body = {"phone": "not now", "cell": "303 555 0119", "State": "Ontario", "Who": "My brother Al"}
    found = told(body)

    assert found.phone == "303 555 0119" and found.for_whom == "loved"
    assert set(found.other) == {("Phone", "not now"), ("State", "Ontario"), ("Who", "My brother Al")}


def test_ways_that_nobody_asked_about_stay_unasked():
    assert told({"phone": "303 555 0118"}).ways == {"call": "unasked", "text": "unasked", "email": "unasked"}
    assert told({"phone": "303 555 0118"}).voicemail == "unasked"


def test_a_question_for_each_way_is_a_consent_for_each():
    found = told({"phone": "303 555 0118", "ok_to_text": True, "Can we call you?": "No"})

    assert found.ways == {"call": "no", "text": "yes", "email": "unasked"}
    assert {(one.kind, one.granted, one.text) for one in found.agreements} == {
        ("text", True, "Ok to text"), ("call", False, "Can we call you?"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("label", "answer", "kind", "granted", "text"),
    [
        ("I agree to the privacy policy", "on", "contact", True, "I agree to the privacy policy"),
        ("Consent", "I agree that you may contact me about this.", "contact", True,
         "I agree that you may contact me about this."),
        ("Privacidad", "Sí, acepto", "contact", True, "Privacidad"),
        ("Consent to contact", "No", "contact", False, "Consent to contact"),
    ],
)  # fmt: skip
def test_a_tick_agrees_to_the_words_beside_it(label: str, answer: str, kind: str, granted: bool, text: str):
    (agreement,) = told({"phone": "303 555 0118", label: answer}).agreements

    assert (agreement.kind, agreement.granted, agreement.text) == (kind, granted, text)


def test_every_text_for_us_is_in_the_message():
    found = told({"message": "My son used again.", "Anything else?": "He said he wants to die."})

    assert "My son used again." in found.message and "He said he wants to die." in found.message


def test_a_long_answer_is_read_whatever_its_label_mentions():
    worry = "He stopped drinking yesterday, he is shaking, and we do not know whether the insurance pays"

    assert told({"Tell us about your situation and insurance": worry}).message == worry


def test_labels_about_something_else_keep_their_answers_out():
    found = meant({"How did you hear about us?": "A friend", "City": "Florida", "Drug of choice": "Georgia Peach",
                   "Date of birth": "1990-01-02", "Insurance": "Myself", "ref_id": "3035550118"})  # fmt: skip

    assert set(found.values()) == {"other"}


def test_of_two_the_plainer_label_has_it():
    assert meant({"work_phone_number": "303 555 0118", "phone": "303 555 0119"})["phone"] == "phone"


def test_a_partners_own_words():
    found = told({
        "client": {"preferred_name": "Luz", "tel": "(602) 555-0177", "region": "AZ", "lang": "es"},
        "ref_id": "CH-20931", "contact_ok": ["tel", "sms"], "dsch_dt": "11/28/2026", "who": "parent",
        "payer_code": "BX-20", "notes": "Her son leaves us on Saturday. Evenings work best.",
    })  # fmt: skip

    assert (found.person_name, found.phone, found.state, found.language) == ("Luz", "(602) 555-0177", "AZ", "es")
    assert found.ways == {"call": "yes", "text": "yes", "email": "no"} and found.for_whom == "loved"
    assert {label for label, _ in found.other} == {"Ref id", "Dsch dt", "Payer code", "Who"}


@pytest.mark.parametrize(
    ("body", "something"),
    [({"x1": "hello"}, False), ({"phone": None, "name": ""}, False), ({"email": "n/a"}, False), ({"name": "Jo"}, True),
     ({"x1": "303 555 0118"}, True), ({"x1": "I need some help, please"}, True), ({"patient_name": "Al Poe"}, True)],
)  # fmt: skip
def test_what_says_nothing_needs_a_person(body: dict[str, Any], something: bool):
    assert says_something(told(body)) is something


def test_lists_of_questions_and_answers_are_read():
    found = inquiry_of(wpforms, {"data": {"fields": [{"label": "Your Name", "value": "Kim Vu"},
                                                     {"label": "Cell", "value": "415 555 0100"}]}})  # fmt: skip
    pairs = {"1": {"id": "1", "name": "Name", "value": "Kim Vu"}, "2": {"name": "Phone", "value": "415 555 0100"}}
    numbered = inquiry_of(wpforms, {"fields": pairs})
    bare = inquiry_of(wpforms, b'[{"name":"name","value":"Kim Vu"},{"name":"phone","value":"415 555 0100"}]')

    for one in (found, numbered, bare):
        assert (one.name, one.phone) == ("Kim Vu", "415 555 0100")
