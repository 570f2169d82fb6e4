"""Sources as Ada meets them, and vendors that deliver."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from crm.clock import now
from crm.db import commit
from crm.sources.actions import add_source

# What Cedar House sends: keys of their own that nobody could guess.
LUZ = {"f1": "Luz", "f2": "x", "zq": "7"}


@pytest.fixture
def a_source_of(app: Flask) -> Callable[..., str]:
    """`a_source_of("gravity-forms", "contact")`: a source, and its secret."""

    def add(kind: str, slug: str = "", name: str = "") -> str:
        with app.app_context():
            _, secret = add_source(kind, name or kind.title(), slug or kind, None, now())
            commit()
        return secret

    return add


@pytest.fixture
def deliver(app: Flask) -> Callable[..., Any]:
    """`deliver("contact", secret, {…})`: a vendor's server delivers."""

    def post(slug: str, secret: str, body: Any) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"}
        return app.test_client().post(f"/hooks/{slug}", data=raw, headers=headers)

    return post


@pytest.fixture
def ada(as_: Callable[..., Any]) -> "Browser":
    """Ada's browser."""
    return Browser(as_("ada"))


class Browser:
    """A signed-in browser that posts with the token of the page it looks at."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def get(self, address: str) -> str:
        """The page's text."""
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return str(answer.text)

    def post(self, address: str, page: str = "/settings/sources/new", **typed: Any) -> Any:
        """Press a button."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert token
        return self.client.post(address, data={"csrf_token": token[1], **typed})
