"""A lead's page in the tests: somebody opens it, fills in one of its forms and sends it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def fill_in() -> Callable[..., Any]:
    """`fill_in(ida, sam, "notes", body="…")`: open Sam's page as Ida and send one form of it.

    The token and the version are the page's own, unless the test gives others.
    """

    def send(browser: FlaskClient, lead: Any, noun: str, **fields: Any) -> Any:
        page = browser.get(f"/leads/{lead.ref}").text
        typed = {"csrf_token": hidden(page, "csrf_token"), "version": hidden(page, "version"), **fields}
        return browser.post(f"/leads/{lead.ref}/{noun}", data=typed)

    return send


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of this name; empty when there is none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""
