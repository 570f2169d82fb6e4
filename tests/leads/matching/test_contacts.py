"""The same phone or mailbox however it is typed, and those that are nobody's own."""

import pytest

from crm.leads.matching import Record, is_shared_contact, keys


@pytest.mark.parametrize("typed", [
    "402-555-0111", "(402) 555-0111", "402.555.0111", "4025550111", "+1 402 555 0111", "1-402-555-0111",
    "402-555-0111 x2", "402 555 0111 ext. 14", " (402)555-0111 ", "tel: 402 555 0111",
])  # fmt: skip
def test_a_phone_has_one_key_however_it_is_typed(typed: str):
    assert keys(Record("", "", typed, "")) == {"p:4025550111", "p7:5550111"}


def test_a_phone_without_area_code_is_found_by_its_seven_digits():
    assert keys(Record("", "", "555-0111", "NE")) == {"p7:5550111"}


@pytest.mark.parametrize("typed", [
    "rosa.quill@example.org", "ROSAQUILL@Example.org", " rosaquill @example.org", "rosaquill+web@example.org",
    "mailto:rosaquill@example.org", "rosaquill at example.org",
])  # fmt: skip
def test_a_mailbox_has_one_key_however_it_is_typed(typed: str):
    assert keys(Record("", typed, "", "")) == {"e:rosaquill@example.org"}


def test_a_slip_in_a_big_domain_is_mended():
    assert keys(Record("", "rq@gmial.com", "", "")) == keys(Record("", "rq@gmail.com", "", ""))
    assert keys(Record("", "rq@email.com", "", "")) != keys(Record("", "rq@gmail.com", "", ""))


@pytest.mark.parametrize(("value", "kind"), [
    ("info@example.org", "email"), ("front.desk@example.org", "email"), ("admissions2@example.org", "email"),
    ("noemail@example.org", "email"), ("none@none.com", "email"), ("no-reply@example.org", "email"),
    ("test@example.org", "email"), ("n/a", "email"), ("sincorreo@example.org", "email"),
    ("(555) 555-0100", "phone"), ("000-000-0000", "phone"), ("1234567890", "phone"), ("999-999-9999", "phone"),
    ("800-555-0100", "phone"), ("none", "phone"), ("123", "phone"),
])  # fmt: skip
def test_offices_and_placeholders_are_nobodys_own(value: str, kind: str):
    assert is_shared_contact(value, kind)
    assert not keys(Record("", value, "", "") if kind == "email" else Record("", "", value, ""))


@pytest.mark.parametrize(("value", "kind"), [
    ("rosa@example.org", "email"), ("informatica.rosa@example.org", "email"), ("402-555-0111", "phone"),
    ("555-0111", "phone"), ("", "email"), ("", "phone"),
])  # fmt: skip
def test_a_persons_own_contact_is_not_shared(value: str, kind: str):
    assert not is_shared_contact(value, kind)
