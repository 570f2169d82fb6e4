"""Messages from other programs."""

import json

import pytest
from sqlalchemy import select

from crm.db import db
from crm.models import Consent, Lead, Person, Submission

DANA = {"name": "Dana Whitcomb", "email": "dana@example.org", "phone": "303 555 0118", "state": "CO", "for": "loved",
        "via": ["call"], "voicemail": "name", "best_time": "am", "message": "It is about my son.", "language": "es-MX",
        "source_url": "https://example.org/help", "utm": {"source": "news"}, "external_id": "e-1",
        "submitted_at": "2026-11-23T09:00:00-07:00", "your_own_field": {"kept": True},
        "consents": [{"kind": "contact", "granted": True, "text": "You may call me."}]}


def test_an_entry_becomes_a_lead(deliver, people, reading):
    answer = deliver(DANA)

    assert answer.status_code == 201 and set(answer.json) == {"id", "received_at"}
    with reading():
        lead = db.session.scalars(select(Lead)).one()
        dana = lead.inquirer
        assert (lead.for_whom, lead.person.state, lead.person.name) == ("loved", "CO", "")
        assert (dana.may_call, dana.may_text, dana.may_email) == ("yes", "no", "no")
        assert (dana.voicemail, dana.best_times, dana.language) == ("name", ["am"], "es")
        consent = db.session.scalars(select(Consent)).one()
        assert (consent.kind, consent.granted, consent.wording) == ("contact", True, "You may call me.")
        sent = db.session.scalars(select(Submission)).one()
        assert json.loads(sent.raw)["your_own_field"] == {"kept": True}
        assert (sent.external_id, sent.message) == ("e-1", "It is about my son.")


def test_who_was_not_asked_is_not_asked(deliver, reading):
    deliver({"phone": "303-555-0118"})

    with reading():
        person = db.session.scalars(select(Person)).one()
        assert {person.may_call, person.may_text, person.may_email, person.voicemail} == {"unasked"}
        assert (person.name, person.state) == ("", None)


@pytest.mark.parametrize("entry", [
    {"phone": "303-555-0118"}, {"email": "dana@example.org"}, {"message": "Hello."}, {"message": "x", "email": "no"},
    {"message": "x", "name": None, "state": "", "via": None}, {"message": "\ud800 half"}, {"message": "a\x00b"},
    {"phone": "12"}, {"message": "x", "state": "ohio"}, {"message": "x", "via": []},
    {"message": "\U0001f64f" * 10_000},
])
def test_nobody_is_refused_for_saying_little(deliver, entry, count):
    assert deliver(entry).status_code == 201
    assert count(Lead) == 1


@pytest.mark.parametrize(("entry", "pointer"), [
    ({}, "/phone"),
    ({"name": "Dana"}, "/email"),
    ({"email": "dana at home"}, "/message"),
    ({"phone": "call me"}, "/phone"),
    ({"message": "   \u202e"}, "/message"),
    ({"message": "x", "for": "robot"}, "/for"),
    ({"message": "x", "state": "ZZ"}, "/state"),
    ({"message": "x", "voicemail": "maybe"}, "/voicemail"),
    ({"message": "x", "via": ["fax"]}, "/via/0"),
    ({"message": "x", "best_time": "noon"}, "/best_time/0"),
    ({"message": "x", "name": 7}, "/name"),
    ({"message": ["x"]}, "/message"),
    ({"message": "x" * 10_001}, "/message"),
    ({"message": "x", "name": "x" * 201}, "/name"),
    ({"message": "x", "external_id": "x" * 201}, "/external_id"),
    ({"message": "x", "submitted_at": "yesterday"}, "/submitted_at"),
    ({"message": "x", "submitted_at": "2026-11-23T09:00:00"}, "/submitted_at"),
    ({"message": "x", "consents": [{"kind": "contact", "granted": "yes", "text": ""}]}, "/consents/0/granted"),
])
def test_a_field_that_cannot_be_used_is_named(deliver, entry, pointer, count):
    answer = deliver(entry)

    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert pointer in [one["pointer"] for one in answer.json["errors"]]
    assert count(Submission) == 0


@pytest.mark.parametrize("body", [
    b"", b"{", b"\xff\xfe", b'{"name":"a","name":"b","message":"x"}', b'{"message":"x","utm":{"a":"1","a":"2"}}',
    b"[" * 50_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"[]", b'"words"', b'{"message":NaN}', b"9" * 5_000,
])
def test_a_body_that_is_not_one_json_object_is_a_400(deliver, body, count):
    answer = deliver(body)

    assert answer.status_code == 400 and answer.mimetype == "application/problem+json"
    assert count(Submission) == 0


def test_the_same_again_is_the_same_answer(deliver, count):
    first, again = deliver(DANA), deliver(DANA)
    changed = deliver({**DANA, "message": "Another word."})

    assert [one.status_code for one in (first, again, changed)] == [201, 200, 200]
    assert first.data == again.data == changed.data
    assert count(Lead) == 1


def test_a_key_answers_for_one_body_only(deliver, count):
    body = {"message": "Hello."}
    answers = [deliver(body, key="k"), deliver(body, key="k"), deliver({"message": "Other."}, key="k")]

    assert [one.status_code for one in answers] == [201, 200, 422]
    assert answers[0].data == answers[1].data and answers[2].mimetype == "application/problem+json"
    assert count(Lead) == 1


def test_without_key_or_number_each_is_a_message(deliver, count):
    deliver({"message": "Hello."})
    deliver({"message": "Hello."})

    assert count(Lead) == 2


def test_two_sources_may_count_alike(app, deliver, count):
    from crm.clock import now
    from crm.db import commit
    from crm.sources.actions import add_source

    with app.app_context():
        _, other = add_source("json", "Other", "other", None, now())
        commit()

    assert deliver(DANA, key="k").status_code == 201
    assert deliver({**DANA, "name": "Sam Poe"}, key="k", secret=other).status_code == 201
    assert count(Lead) == 2


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic eDp5", "bearer \x00", "é"])
def test_no_secret_and_a_wrong_one_are_answered_alike(visitor, partner, authorization, count):
    headers = {"Authorization": authorization.encode("latin-1").decode("latin-1")} if authorization else {}
    answer = visitor.post("/api/v1/submissions", json=DANA, headers=headers)
    without = visitor.post("/api/v1/submissions", json=DANA)

    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.data == without.data and answer.mimetype == "application/problem+json"
    assert count(Submission) == 0


def test_other_kinds_of_body_long_keys_and_other_verbs(visitor, deliver, partner):
    headers = {"Authorization": f"Bearer {partner}"}

    assert visitor.post("/api/v1/submissions", data={"message": "x"}, headers=headers).status_code == 415
    assert visitor.post("/api/v1/submissions", data=b"{}", headers=headers).status_code == 415
    assert deliver({"message": "x"}, key="k" * 255).status_code == 201
    assert deliver({"message": "x"}, key="k" * 256).status_code == 400
    for answer in (visitor.get("/api/v1/submissions", headers=headers), visitor.delete("/api/v1/submissions")):
        assert answer.status_code == 405 and answer.mimetype == "application/problem+json"


def test_too_much_is_a_413_problem(deliver):
    answer = deliver({"message": "x", "more": "x" * 200_000})

    assert answer.status_code == 413 and answer.mimetype == "application/problem+json"


def test_a_charset_in_the_type_is_fine(visitor, partner):
    answer = visitor.post("/api/v1/submissions", data=b'\xef\xbb\xbf{"message": "x"}', headers={
        "Authorization": f"Bearer {partner}", "Content-Type": "application/json; charset=utf-8"})

    assert answer.status_code == 201


def test_the_secret_cannot_read(visitor, deliver, partner):
    ref = deliver(DANA).json["id"]
    answer = visitor.get(f"/api/v1/submissions/{ref}", headers={"Authorization": f"Bearer {partner}"})

    assert answer.status_code == 404


def test_the_document_describes_what_is_taken(visitor):
    document = visitor.get("/api/v1/openapi.json").json
    post = document["paths"]["/api/v1/submissions"]["post"]
    fields = document["components"]["schemas"]["Submission"]["properties"]

    assert document["openapi"].startswith("3.1")
    assert set(post["responses"]) == {"200", "201", "400", "401", "413", "415", "422", "503"}
    assert set(fields) == {"name", "email", "phone", "state", "for", "via", "voicemail", "best_time", "message",
                           "language", "source_url", "utm", "external_id", "submitted_at", "consents"}
    assert "#/components/schemas/AgreementGiven" in json.dumps(fields)


def test_words_never_stand_in_logs(deliver, caplog):
    caplog.set_level("DEBUG")
    deliver({"message": "canarywords", "name": "Quillfeather", "phone": "303-555-0118", "for": "canarywords"})
    deliver({"message": "canarywords", "name": "Quillfeather", "phone": "303-555-0118"})

    for secret in ("canarywords", "Quillfeather", "0118"):
        assert secret not in caplog.text
