"""Thousands of broken requests over form, API and hooks: never a fault of ours, and a refused one changes nothing."""

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.clock import now
from crm.db import Base, commit, db
from crm.intake.tokens import new_form_token
from crm.models.source import VENDORS
from crm.sources.actions import add_source
from tests.intake.conftest import DANA

IN_THE_SUITE, IN_FULL = 1_000, 20_000
TEXTS = ["", " ", "\x00", "\ud800", "\u202e", "é" * 300, "x" * 20_000, "=1+1", "<svg onload=alert(1)>", "' OR 1=1 --",
         "12/31/9999", "-1", "1e999", "NaN", "Dana", "dana@example.org", "(303) 555-0118", "CO", "yes", "{}", "[]"]
TYPES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "",
         "application/json; charset=utf-16", "é", "multipart/form-data"]
API_FIELDS = ["name", "email", "phone", "state", "for", "via", "voicemail", "best_time", "message", "language",
              "source_url", "utm", "external_id", "submitted_at", "consents", "extra"]
COUNTS = " UNION ALL ".join(f"SELECT '{one.name}', count(*) FROM {one.name}" for one in Base.metadata.sorted_tables)
KEPT_THOUGH_REFUSED = {"submission", "event", "source"}  # an unproven body is kept, and that it came is history


@pytest.fixture
def doors(app: Flask) -> dict[str, str]:
    """Address to secret: the form, the API and a source of every vendor."""
    found = {"/contact": "", "/api/v1/submissions": ""}
    with app.app_context():
        for kind in ("json", *VENDORS):
            _, secret = add_source(kind, kind, kind, None, now())
            found["/api/v1/submissions" if kind == "json" else f"/hooks/{kind}"] = secret
        commit()
    return found


def test_a_thousand_broken_requests(app: Flask, doors: dict[str, str]):
    answers, faults = storm(app, doors, IN_THE_SUITE, seed=2026)

    assert faults == []
    assert len(answers) > 6 and answers[200] and answers[422] and answers[401], answers


@pytest.mark.soak
def test_twenty_thousand_broken_requests(app: Flask, doors: dict[str, str]):
    assert storm(app, doors, IN_FULL, seed=1)[1] == []


def test_a_refusal_that_leaves_a_trace_is_caught(app: Flask, doors: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    """The known-bad variant: something is written before the request is refused."""
    from crm.intake import api

    def writes_first(*_: Any, **__: Any) -> None:
        add_source("json", "x", f"x{random.random()}", None, now())
        commit()

    monkeypatch.setattr(api, "sender_of", writes_first)

    assert storm(app, {"/api/v1/submissions": "x"}, 20, seed=3)[1]


def storm(app: Flask, doors: dict[str, str], how_many: int, seed: int) -> tuple[Counter[int], list[str]]:
    """So many requests; how they were answered, and what should not have happened."""
    chance, answers, faults = random.Random(seed), Counter[int](), []
    client = app.test_client()
    before = _rows(app)
    for number in range(how_many):
        address = chance.choice(list(doors))
        request = _request(chance, address, doors[address], app)
        answer = client.open(address, **request)
        answers[answer.status_code] += 1
        after = _rows(app) if answer.status_code >= 400 else None
        if answer.status_code >= 500:
            faults.append(f"{number}: {address} answered {answer.status_code}")
        elif after and (changed := _changed(before, after, answer.status_code, address)):
            faults.append(f"{number}: {address} answered {answer.status_code} and changed {changed}")
        before = after or _rows(app)
    return answers, faults


def _request(chance: random.Random, address: str, secret: str, app: Flask) -> dict[str, Any]:
    headers = {"Content-Type": chance.choice(TYPES[:2] if chance.random() < 0.7 else TYPES)}
    if secret and chance.random() < 0.85:
        headers["Authorization"] = f"Bearer {secret}"
    if chance.random() < 0.2:
        headers["Idempotency-Key"] = chance.choice(["k", "x" * 300, "\x7f", "1"])
    method = "POST" if chance.random() < 0.95 else chance.choice(["PUT", "DELETE", "PATCH"])
    return {"method": method, "data": _body(chance, address, app), "headers": headers}


def _body(chance: random.Random, address: str, app: Flask) -> bytes:
    make: Callable[[random.Random, str, Flask], bytes] = chance.choice([_noise, _json, _json, _form, _form])
    body = make(chance, address, app)
    if body and chance.random() < 0.15:  # a line that breaks off, a byte that tips over
        place = chance.randrange(len(body))
        body = body[:place] + (bytes([chance.randrange(256)]) + body[place + 1 :] if chance.random() < 0.5 else b"")
    return body


def _noise(chance: random.Random, _address: str, _app: Flask) -> bytes:
    return chance.choice([b"", b"\x00", chance.randbytes(chance.randrange(300)), b"[" * 5000, b"a=b&" * 90, b"{" * 99])


def _json(chance: random.Random, _address: str, _app: Flask) -> bytes:
    names = chance.sample(API_FIELDS, chance.randrange(1, len(API_FIELDS)))
    return json.dumps({name: _value(chance, 3) for name in names}).encode()


def _form(chance: random.Random, address: str, app: Flask) -> bytes:
    with app.app_context():
        token = new_form_token() if chance.random() < 0.8 else chance.choice(TEXTS)
    fields: dict[str, Any] = {**DANA, "csrf_token": token} if address == "/contact" else dict(DANA)
    for name in chance.sample(sorted(fields), chance.randrange(len(fields))):
        fields[name] = chance.choice([chance.choice(TEXTS), [chance.choice(TEXTS)] * 3])
    return urlencode(fields, doseq=True, errors="surrogatepass").encode()


def _value(chance: random.Random, deepest: int) -> Any:
    kinds = ["text", "text", "number", "truth", "nothing"] + (["list", "tree"] if deepest else [])
    kind = chance.choice(kinds)
    if kind == "list":
        return [_value(chance, deepest - 1) for _ in range(chance.randrange(4))]
    elif kind == "tree":
        return {chance.choice(TEXTS): _value(chance, deepest - 1) for _ in range(chance.randrange(4))}
    return {"text": chance.choice(TEXTS), "number": chance.choice([0, -1, 2**70, 0.5, 1e300]), "truth": True,
            "nothing": None}[kind]


def _rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return dict(db.session.execute(sa.text(COUNTS)).all())  # type: ignore[arg-type]


def _changed(before: dict[str, int], after: dict[str, int], status: int, address: str) -> list[str]:
    allowed = KEPT_THOUGH_REFUSED if status == 401 and address.startswith("/hooks/") else set()
    return [name for name, rows in after.items() if rows != before[name] and name not in allowed]
