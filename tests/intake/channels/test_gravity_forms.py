"""Gravity Forms: all fields or selected ones, as JSON or form-encoded."""

from datetime import UTC, datetime

import pytest

from crm.intake.channels import Agreement, gravity_forms
from tests.support.vendors import entry_of, form, inquiry_of, recorded, tree

WORDS = "I agree to be contacted about my request."


def told(**changes: object):
    return entry_of(gravity_forms, {**tree("gravity_all.json"), **changes})


def test_all_fields_become_an_inquiry():
    dana = inquiry_of(gravity_forms, recorded("gravity_all.json"))

    assert (dana.name, dana.phone, dana.email) == ("Dana Whitlock", "(312) 555-0147", "dana.whitlock@example.org")
    assert (dana.for_whom, dana.state, dana.voicemail) == ("loved", "IL", "unasked")
    assert dana.ways == {"call": "yes", "text": "no", "email": "yes"}
    assert dana.message.startswith("My brother comes home") and "don’t leave a voicemail" in dana.message
    assert dana.agreements == (Agreement("contact", True, WORDS, "12"),)
    assert dana.submitted_at == datetime(2026, 11, 20, 3, 14, 52, tzinfo=UTC)
    assert dana.page == "https://www.example.org/contact/" and dana.other == ()


def test_its_own_facts_are_not_taken_for_answers():
    entry = told()

    assert (entry.external_id, entry.form, entry.number) == ("3:4187", "3", 4187)
    assert [one.key for one in entry.fields] == ["1", "3", "4", "5", "6", "7", "8"]
    assert not {"203.0.113.24", "USD", "active", "86"} & {value for one in entry.fields for value in one.values}


def test_selected_fields_have_free_names():
    dana = inquiry_of(gravity_forms, recorded("gravity_selected.json"))
    entry = entry_of(gravity_forms, recorded("gravity_selected.json"))

    assert (dana.name, dana.phone, dana.for_whom) == ("Dana Whitlock", "(312) 555-0147", "loved")
    assert dana.page == "https://www.example.org/contact/"
    assert (entry.external_id, entry.number, entry.form) == ("3:4187", 4187, "3")


def test_form_encoded_keeps_its_dots():
    dana = inquiry_of(gravity_forms, recorded("gravity_form.txt"))

    assert (dana.name, dana.phone, dana.email) == ("Dana Whitlock", "(312) 555-0147", "dana.whitlock@example.org")
    assert dana.ways == {"call": "yes", "text": "no", "email": "no"}
    assert dana.agreements == (Agreement("contact", True, "", ""),)


def test_both_formats_of_one_entry_have_one_number():
    numbers = {entry_of(gravity_forms, recorded(name)).external_id for name in ("gravity_all.json", "gravity_form.txt")}

    assert numbers == {"3:4187"}


def test_boxes_skip_multiples_of_ten():
    boxes = {f"12.{place}": f"Choice {place}" for place in range(1, 23) if place % 10}
    field = next(one for one in told(**boxes).fields if one.key == "12")

    assert field.values == tuple(boxes.values()) and len(field.values) == 20


def test_boxes_are_not_a_name():
    ways = told(**{"12.3": "Email", "13.6": "A loved one"})

    assert next(one for one in ways.fields if one.key == "12").values == ("Email",)
    assert set(ways.means) == {"1"}


def test_every_part_of_a_name_is_kept():
    entry = told(**{"1.2": "Dr.", "1.4": "Q", "1.8": "Jr."})

    assert entry.fields[0].values == ("Dr. Dana Q Whitlock Jr.",)


def test_an_address_gives_state_and_postal_code():
    address = {"10.1": "12 Main St", "10.2": "", "10.3": "Denver", "10.4": "Colorado", "10.5": "80202-1234",
               "10.6": "United States", "8": ""}  # fmt: skip
    dana = inquiry_of(gravity_forms, {**tree("gravity_all.json"), **address})

    assert (dana.state, dana.zip_code) == ("CO", "80202-1234")
    assert dana.other == (("Address", "12 Main St Denver United States"),)


@pytest.mark.parametrize(("ticked", "granted"), [("1", True), ("", False)])
def test_a_consent_keeps_its_words_and_revision(ticked: str, granted: bool):
    entry = told(**{"9.1": ticked})

    assert entry.consents == (Agreement("contact", granted, WORDS, "12"),)


def test_choices_written_as_text_are_choices():
    entry = told(**{"14": '["Text message","Email"]', "15": 'a:1:{i:0;s:4:"Beer";}'})
    found = {one.key: one.values for one in entry.fields}

    assert found["14"] == ("Text message", "Email")
    assert found["15"] == ('a:1:{i:0;s:4:"Beer";}',)  # PHP's own writing is never parsed


@pytest.mark.parametrize(("who", "notes"), [("1", (gravity_forms.EDITOR,)), (None, ()), ("0", ()), ("", ())])
def test_an_editor_who_was_signed_in_may_be_testing(who: str | None, notes: tuple[str, ...]):
    entry = told(created_by=who)

    assert entry.notes == notes and not entry.is_test


def test_an_entry_beside_its_form_is_found():
    entry = entry_of(gravity_forms, {"entry": tree("gravity_all.json"), "form": {"title": "Contact"}})

    assert entry.external_id == "3:4187" and len(entry.fields) == 7


def test_a_name_in_one_field_is_a_name():
    plain = {"id": "5", "form_id": "1", "1": "Jo Ann Baker", "2": "jo@example.org", "3": "+1 303-555-0177"}
    assert inquiry_of(gravity_forms, plain).name == "Jo Ann Baker"
    assert inquiry_of(gravity_forms, form(plain)).name == "Jo Ann Baker"


def test_two_names_in_two_fields_are_one_name():
    marcus = inquiry_of(gravity_forms, {"id": "5", "form_id": "1", "1": "Marcus", "2": "Bell", "4": "303-555-0177"})

    assert marcus.name == "Marcus Bell" and marcus.other == ()


def test_selected_fields_may_be_called_like_facts():
    entry = entry_of(gravity_forms, {"entry_id": "7", "full_name": "Sam Poe", "status": "Two weeks sober"})

    assert [one.key for one in entry.fields] == ["full_name", "status"] and entry.external_id == "7"
