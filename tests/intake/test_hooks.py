"""What vendors deliver: kept as it came, answered with 200, one entry once, and nobody lost by a changed secret."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.clock import now
from crm.db import commit, db
from crm.intake import delivery, senders
from crm.models import Event, Lead, Source, Submission, SubmissionUpdate
from crm.sources.actions import add_source, new_secret
from tests.intake.test_held import release
from tests.intake.test_never_lost import at_once

DANA = {
    "id": "4187", "form_id": "3", "date_created": "2026-11-20 03:14:52", "source_url": "https://www.example.org/contact/",
    "created_by": None, "status": "active", "1.3": "Dana", "1.6": "Whitlock", "3": "(312) 555-0147",
    "4": "dana.whitlock@example.org", "5": "A loved one", "6": "My brother comes home from inpatient on the 4th.",
    "8": "Illinois", "9.1": "1", "9.2": "I agree to be contacted about my request.", "9.3": "12",
}
CALL = {"id": "CAL815", "answered": False, "customer_name": "PENSACOLA FL", "customer_phone_number": "+18505550163",
        "customer_state": "FL", "direction": "inbound", "duration": 36, "voicemail": False,
        "start_time": "2026-11-20T00:45:19.781-06:00", "timestamp": "2026-11-20T00:46:02-06:00"}


@pytest.fixture
def secret_of(app: Flask) -> Callable[[str], str]:
    """`secret_of("gravity-forms")`: a source of that kind under the same address, and its secret."""

    def add(kind: str) -> str:
        with app.app_context():
            _, secret = add_source(kind, kind.title(), kind, None, now())
            commit()
        return secret

    return add


@pytest.fixture
def post(app: Flask) -> Callable[..., Any]:
    """`post("gravity-forms", secret, body)`: a vendor's server delivers."""

    def deliver(slug: str, secret: str, body: Any, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}", **headers}
        return app.test_client().post(f"/hooks/{slug}", data=raw, headers=sent)

    return deliver


def test_an_entry_becomes_a_lead(secret_of, post, reading):
    answer = post("gravity-forms", secret_of("gravity-forms"), DANA)

    assert answer.status_code == 200 and answer.json["ok"] is True
    with reading():
        kept = db.session.scalars(select(Submission)).one()
        assert (kept.state, kept.external_id, kept.form, kept.entry_number) == ("understood", "3:4187", "3", 4187)
        assert json.loads(kept.raw or b"") == DANA and kept.ref == answer.json["id"]
        assert kept.is_guessed and kept.page == "https://www.example.org/contact/"
        lead = kept.lead
        assert lead is not None and lead.inquirer.name == "Dana Whitlock"
        assert (lead.for_whom, lead.person.state) == ("loved", "IL")
        assert kept.message == "My brother comes home from inpatient on the 4th."


def test_a_hundred_deliveries_of_one_entry_make_one(secret_of, post, count):
    secret = secret_of("gravity-forms")
    answers = at_once(100, lambda _: post("gravity-forms", secret, DANA))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert (count(Submission), count(Lead), count(Event, Event.action == "received")) == (1, 1, 1)


def test_an_entry_without_a_number_is_known_by_its_body_for_ten_minutes(secret_of, post, count, monkeypatch):
    secret, pat = secret_of("contact-form-7"), {"your-name": "Pat Kim", "your-phone": "850-555-0163"}
    answers = at_once(20, lambda _: post("contact-form-7", secret, pat))
    same = post("contact-form-7", secret, {"your-phone": "850-555-0163", "your-name": "Pat Kim"})

    assert {answer.status_code for answer in [*answers, same]} == {200}
    assert count(Submission) == 1

    later = now() + timedelta(minutes=11)
    monkeypatch.setattr("crm.web.context.clock.now", lambda: later)
    post("contact-form-7", secret, pat)
    assert (count(Submission), count(Lead)) == (2, 1), "and is Pat writing again"


def test_a_body_that_nobody_looks_back_for_is_several_messages(secret_of, post, count, monkeypatch):
    """The known-bad variant: no window at all."""
    monkeypatch.setattr(delivery, "SAME_WITHIN", timedelta(hours=-1))
    secret, pat = secret_of("contact-form-7"), {"your-name": "Pat Kim", "your-phone": "850-555-0163"}
    at_once(5, lambda _: post("contact-form-7", secret, pat))

    assert count(Submission) == 5


def test_several_events_of_one_call_are_one_message_brought_up_to_date(secret_of, post, reading, count):
    secret = secret_of("callrail")
    post("callrail", secret, CALL)
    ended = {**CALL, "voicemail": True, "customer_name": "Rosa Lane", "timestamp": "2026-11-20T00:59:00-06:00"}
    post("callrail", secret, ended)
    post("callrail", secret, ended)

    assert (count(Submission), count(SubmissionUpdate), count(Lead)) == (1, 1, 1)
    with reading():
        assert db.session.scalars(select(Lead)).one().inquirer.name == "Rosa Lane"
        assert db.session.scalars(select(Submission)).one().raw == json.dumps(CALL).encode(), "it stays as it came"


def test_an_event_that_was_overtaken_does_not_undo_the_later_one(secret_of, post, reading, count):
    secret = secret_of("callrail")
    ended = {**CALL, "voicemail": True, "customer_name": "Rosa Lane", "timestamp": "2026-11-20T06:59:00Z"}
    post("callrail", secret, ended)
    post("callrail", secret, CALL)

    assert (count(Submission), count(SubmissionUpdate), count(Lead)) == (1, 1, 1)
    with reading():
        assert db.session.scalars(select(Lead)).one().inquirer.name == "Rosa Lane"


def test_events_that_say_no_moment_count_in_the_order_they_came(secret_of, post, reading):
    """The known-bad variant of the above: without moments nothing tells which one is older."""
    secret, call = secret_of("callrail"), {name: value for name, value in CALL.items() if name != "timestamp"}
    post("callrail", secret, {**call, "customer_name": "Rosa Lane"})
    post("callrail", secret, call)

    with reading():
        assert db.session.scalars(select(Lead)).one().inquirer.name != "Rosa Lane"


def test_a_wrong_proof_is_answered_401_and_kept(secret_of, post, reading, count, as_):
    secret_of("gravity-forms")
    answer = post("gravity-forms", "not the secret", DANA)

    assert answer.status_code == 401 and count(Lead) == 0
    with reading():
        kept = db.session.scalars(select(Submission)).one()
        assert (kept.state, kept.external_id) == ("unproven", None)
    page = as_("ida").get("/held").text
    assert "without the right secret" in page and "My brother comes home" in page


def test_a_stranger_cannot_take_the_number_of_an_entry_to_come(secret_of, post, count):
    secret = secret_of("gravity-forms")
    post("gravity-forms", "wrong", {**DANA, "6": "forged"})

    assert post("gravity-forms", secret, DANA).status_code == 200
    assert count(Submission, Submission.state == "understood") == 1


def test_a_person_behind_a_wrong_secret_is_let_in_by_somebody_who_looks(secret_of, post, reading, as_, count):
    secret_of("gravity-forms")
    post("gravity-forms", "wrong", DANA)
    with reading():
        ref = db.session.scalars(select(Submission)).one().ref

    release(as_("ida"), ref)

    assert count(Lead) == 1
    with reading():
        assert db.session.scalars(select(Lead)).one().inquirer.name == "Dana Whitlock"


def test_so_much_without_a_proof_is_kept_and_no_more(secret_of, post, count, monkeypatch):
    monkeypatch.setattr(senders, "MOST_UNPROVEN", 3)
    secret_of("gravity-forms")
    for number in range(5):
        assert post("gravity-forms", "wrong", {**DANA, "id": str(number)}).status_code == 401

    assert count(Submission) == 3


def test_two_secrets_are_good_while_the_other_side_changes_over(app, secret_of, post, writing):
    old = secret_of("gravity-forms")
    with writing():
        new = new_secret(db.session.scalars(select(Source)).one(), None, now())

    assert post("gravity-forms", old, DANA).status_code == 200
    assert post("gravity-forms", new, {**DANA, "id": "4188"}).status_code == 200
    with writing():
        for kept in db.session.scalars(select(senders.SourceSecret)):
            kept.ends_at = kept.ends_at and now() - timedelta(seconds=1)
    assert post("gravity-forms", old, {**DANA, "id": "4189"}).status_code == 401
    assert post("gravity-forms", new, {**DANA, "id": "4190"}).status_code == 200


def test_a_signed_delivery_needs_no_secret_in_sight(secret_of, app, count):
    secret = secret_of("wpforms")
    body = json.dumps({"name": "Luis Ortega", "phone": "+1 (602) 555-0119"}).encode()
    stamp = str(int(now().timestamp()))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-WPForms-Webhook-Signature": f"t={stamp},v={signature}"}

    assert app.test_client().post("/hooks/wpforms", data=body, headers=headers).status_code == 200
    assert app.test_client().post("/hooks/wpforms", data=body + b" ", headers=headers).status_code == 401
    assert count(Lead) == 1


def test_what_yields_nothing_waits_for_somebody_to_say_what_it_means(secret_of, post, reading):
    answer = post("gravity-forms", secret_of("gravity-forms"), {"id": "1", "form_id": "9"})

    assert answer.status_code == 200
    with reading():
        assert db.session.scalars(select(Submission)).one().state == "unmapped"


def test_a_test_of_the_channel_is_kept_apart(secret_of, post, reading, count):
    secret = secret_of("google-ads")
    body = {"lead_id": "T1", "google_key": secret, "is_test": True,
            "user_column_data": [{"column_id": "FULL_NAME", "string_value": "Robin Vale"}]}

    assert post("google-ads", "", body).status_code == 200
    assert count(Lead) == 0
    with reading():
        assert db.session.scalars(select(Submission)).one().state == "test"


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"{", b"[]", b"null", b'"x"', b"=", b"a" * 1000, b'{"a":' * 500])
def test_no_body_is_too_broken_to_be_kept(secret_of, post, count, body):
    assert post("gravity-forms", secret_of("gravity-forms"), body).status_code == 200
    assert (count(Submission), count(Lead)) == (1, 0)


def test_a_form_of_two_hundred_fields_is_no_mistake(secret_of, app, count):
    secret = secret_of("elementor")
    fields = "&".join(f"fields[f{n}][id]=f{n}&fields[f{n}][value]=x" for n in range(99))
    body = f"{fields}&fields[email][type]=email&fields[email][value]=mo@example.org"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Webhook-Token": secret}

    assert app.test_client().post("/hooks/elementor", data=body, headers=headers).status_code == 200
    assert count(Lead) == 1


def test_only_post_is_answered_and_no_address_is_made_up(app, secret_of):
    secret_of("gravity-forms")

    assert app.test_client().get("/hooks/gravity-forms?name=Dana").status_code == 405
    assert app.test_client().post("/hooks/nobody", json=DANA).status_code == 404
    assert app.test_client().post("/hooks/website", json=DANA).status_code == 404

