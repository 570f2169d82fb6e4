"""Contact Form 7: free names of tags, and an acceptance without its words."""

import pytest

from crm.intake.channels import Agreement, contact_form_7
from tests.support.vendors import entry_of, form, inquiry_of, recorded, tree


def test_a_message_becomes_an_inquiry():
    pat = inquiry_of(contact_form_7, recorded("contact_form_7.json"))

    assert (pat.name, pat.email, pat.phone) == ("Pat Kim", "pat.kim@example.org", "850-555-0163")
    assert pat.message == "Is this for alcohol too?"
    assert pat.ways == {"call": "no", "text": "yes", "email": "no"}
    assert pat.agreements == (Agreement("contact", True, "", ""),) and pat.other == ()


@pytest.mark.parametrize(
    ("value", "granted", "words"),
    [("1", True, ""), ("", False, ""), ("0", False, ""), ("I agree to be called.", True, "I agree to be called."),
     (["I agree to be called."], True, "I agree to be called.")],
)  # fmt: skip
def test_an_acceptance_is_a_consent(value: object, granted: bool, words: str):
    entry = entry_of(contact_form_7, {**tree("contact_form_7.json"), "acceptance-1": value})

    assert entry.consents == (Agreement("contact", granted, words, ""),)


def test_what_the_plugin_adds_is_not_an_answer():
    added = {"_wpcf7": "55", "_wpcf7_version": "6.0", "_wpcf7_unit_tag": "wpcf7-f55-o1", "_remote_ip": "203.0.113.9",
             "_user_agent": "Mozilla/5.0", "_url": "https://www.example.org/help?gclid=Cj0&utm_source=news#x",
             "_date": "November 20, 2026", "g-recaptcha-response": "03AGdBq2", "_serial_number": "18"}  # fmt: skip
    entry = entry_of(contact_form_7, {**tree("contact_form_7.json"), **added})

    assert {one.key for one in entry.fields} == {
        "your-name", "your-email", "your-phone", "contact-method", "your-message", "_url",
    }  # fmt: skip
    assert (entry.form, entry.external_id) == ("55", "18")
    assert entry.page == "https://www.example.org/help?utm_source=news" and entry.utm == {"utm_source": "news"}


def test_tags_that_nobody_named_are_guessed_by_their_values():
    jamie = inquiry_of(contact_form_7, {
        "text-619": "Jamie Fox", "email-2": "jamie@example.org", "tel-7": "2065550141", "textarea-3": "Need help asap",
        "menu-931": ["Afternoon"], "checkbox-12": ["Call", "Email"],
    })  # fmt: skip

    assert (jamie.name, jamie.email, jamie.phone) == ("Jamie Fox", "jamie@example.org", "2065550141")
    assert jamie.message == "Need help asap" and jamie.best_times == ("pm",)
    assert jamie.ways == {"call": "yes", "text": "no", "email": "yes"}
    assert set(jamie.guessed) == {"name", "email", "phone", "message", "best_time", "via"}


def test_form_encoded_with_lists_is_the_same():
    raw = form({"your-name": "Pat Kim"}) + b"&contact-method[]=Text&contact-method[]=Email"

    pat = inquiry_of(contact_form_7, raw)
    assert pat.name == "Pat Kim" and pat.ways == {"call": "no", "text": "yes", "email": "yes"}


def test_a_tag_that_was_not_replaced_is_no_answer():
    entry = entry_of(contact_form_7, {"your-name": "[your-name]", "your-phone": "850-555-0163"})

    assert entry.fields[0].values == ()
