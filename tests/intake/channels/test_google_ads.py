"""Google Ads: known columns, a key in the body, and nothing that leads back to a click."""

from datetime import UTC, datetime

import pytest

from crm.intake.channels import google_ads
from tests.support.vendors import AT, entry_of, inquiry_of, recorded, tree


def test_a_lead_becomes_an_inquiry():
    robin = inquiry_of(google_ads, recorded("google_ads.json"))

    assert (robin.name, robin.email, robin.phone) == ("Robin Vale", "robin.vale@example.org", "+16505550123")
    assert (robin.state, robin.zip_code) == ("CA", "94043")
    assert robin.is_test and robin.notes == (google_ads.TEST,)
    assert robin.guessed == ()


def test_neither_key_nor_click_is_kept():
    entry = entry_of(google_ads, recorded("google_ads.json"))

    assert "google-secret" not in repr(entry) and "TeSter-123'" not in repr(entry)
    assert (entry.external_id, entry.form) == ("TeSter-123-ABC", "349080077126")
    # Not even of a body that has no columns, and is read as it comes.
    bare = entry_of(google_ads, {"google_key": "google-secret", "gcl_id": "Cj0K", "note": "hello"})
    assert [one.key for one in bare.fields] == ["note"]


def test_a_question_of_ones_own_is_guessed_by_its_words():
    column = {"column_id": "who_needs_help", "column_name": "Who needs help?", "string_value": "A loved one"}
    body = tree("google_ads.json")
    robin = inquiry_of(google_ads, {**body, "user_column_data": [*body["user_column_data"], column]})

    assert robin.for_whom == "loved" and robin.guessed == ("for_whom",)


def test_columns_may_come_without_their_names():
    body = tree("google_ads.json")
    bare = [{name: value for name, value in one.items() if name != "column_name"} for one in body["user_column_data"]]

    assert inquiry_of(google_ads, {**body, "user_column_data": bare}).name == "Robin Vale"


def test_the_moment_of_sending_is_kept():
    body = {**tree("google_ads.json"), "lead_submit_time": "2026-11-20T12:30:00Z", "is_test": False}
    entry = entry_of(google_ads, body)

    assert entry.submitted_at == datetime(2026, 11, 20, 12, 30, tzinfo=UTC) and not entry.is_test


@pytest.mark.parametrize(
    ("raw", "proven"),
    [(b'{"google_key":"google-secret"}', True), (b'{"google_key":"google-secreT"}', False),
     (b'{"google_key":""}', False), (b'{"google_key":null}', False),
     (b'{"google_key":["google-secret"]}', False), (b"{}", False), (b"", False),
     (b'{"google_key":"x","google_key":"google-secret"}', False), (b'{"gcl_id":"google-secret"}', False)],
)  # fmt: skip
def test_the_key_in_the_body_is_the_proof(raw: bytes, proven: bool):
    assert google_ads.is_proven(raw, {}, ["older", "google-secret", ""], AT) is proven
