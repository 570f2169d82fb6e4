"""Writing to us, as a browser or another program does it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.clock import now
from crm.db import commit, db
from crm.sources.actions import add_source

DANA: dict[str, Any] = {
    "for": "self", "name": "Dana Whitcomb", "state": "CO", "via": ["call", "text"], "phone": "(303) 555-0118",
    "email": "", "vm": "name", "when": ["am"], "msg": "I finish inpatient on Friday.", "ok": "y",
}


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in to."""
    return app.test_client()


@pytest.fixture
def open_page(visitor: FlaskClient) -> Callable[[], str]:
    """`open_page()`: the token of a freshly opened form."""

    def open_() -> str:
        return token_in(visitor.get("/contact").text)

    return open_


@pytest.fixture
def send(visitor: FlaskClient, open_page: Callable[[], str]) -> Callable[..., Any]:
    """`send(name="Sam")`: Dana's message, with these fields typed differently; None leaves a field out."""

    def press(token: str | None = None, **typed: Any) -> Any:
        return visitor.post("/contact", data=filled(token or open_page(), **typed))

    return press


@pytest.fixture
def partner(app: Flask) -> str:
    """The secret of a JSON source."""
    with app.app_context():
        _source, secret = add_source("json", "Partner", "partner", None, now())
        commit()
    return secret


@pytest.fixture
def deliver(visitor: FlaskClient, partner: str) -> Callable[..., Any]:
    """`deliver({"name": …}, key="k1")`: a program hands an entry over. A body of bytes goes as it is."""

    def post(entry: Any, key: str | None = None, secret: str = partner, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {secret}", **headers, **({"Idempotency-Key": key} if key else {})}
        body = {"data": entry, "content_type": "application/json"} if isinstance(entry, bytes) else {"json": entry}
        return visitor.post("/api/v1/submissions", headers=sent, **body)

    return post


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """`with statements() as asked:` every statement sent to the database."""

    @contextmanager
    def listen() -> Iterator[list[str]]:
        asked: list[str] = []

        def hear(_connection, _cursor, statement, *_more) -> None:
            asked.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", hear)
        yield asked
        sa.event.remove(engine, "before_cursor_execute", hear)

    return listen


def filled(token: str, **typed: Any) -> dict[str, Any]:
    """The fields of the form as a browser sends them; a trailing underscore keeps Python's own words apart."""
    fields = {**DANA, "csrf_token": token, **{name.rstrip("_"): value for name, value in typed.items()}}
    return {name: value for name, value in fields.items() if value is not None}


def token_in(page: str) -> str:
    """The token of the form on this page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found[1]
