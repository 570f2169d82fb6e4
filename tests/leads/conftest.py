"""A lead's page in the tests: somebody opens it, fills in one of its forms and sends it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from crm.clock import now
from crm.db import db
from crm.leads.recognising import recognise
from crm.models import Lead

DANA = {"phone": "(720) 555-0118", "email": "dana@example.org"}
DAN = {"phone": "(720) 555-0118", "email": "dw@example.org"}


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


@pytest.fixture
def two(a_lead: Callable[..., Any], writing: Callable[..., Any]) -> Callable[..., Any]:
    """Dana Whit, who wrote yesterday, and D. Whit with the same phone today; both compared with everybody."""

    def make(**about: Any) -> Any:
        first = a_lead("Dana Whit", received=now() - timedelta(days=1), **DANA, **about.pop("first", {}))
        second = a_lead("Dana Whitt", received=now() - timedelta(hours=1), **DAN, **about.pop("second", {}))
        with writing():
            for lead in (first, second):
                recognise(db.session.get_one(Lead, lead.id), now())
        return first, second

    return make


def post(browser: FlaskClient, address: str, page: str, **fields: Any) -> Any:
    """Send one form of a page, with its token and versions unless the test gives others."""
    body = browser.get(page).text
    kept = {name: hidden(body, name) for name in ("csrf_token", "version", "other_version", "other")}
    return browser.post(address, data={**kept, **fields})


def join(browser: FlaskClient, one: Any, other: Any, **fields: Any) -> Any:
    """Say that the two are one person; the older page stays unless `keep` names the other."""
    return post(browser, f"/leads/{one.ref}/merge", f"/leads/{one.ref}/duplicates/{other.ref}", **fields)


def hidden(page: str, name: str) -> str:
    """The value of the first hidden field of this name; empty when there is none."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""
