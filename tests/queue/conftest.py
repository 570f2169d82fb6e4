"""The queue as Ida reads it: rows by name, groups by heading, counts by key; and how many statements a page takes."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db

_GROUP, _NAME = r'scope="rowgroup">(?P<group>[^<]+?) <', r'<a class="who" href="[^"]*">(?P<name>[^<]*)</a>'
_MARK = re.compile(f"{_GROUP}|{_NAME}")


@pytest.fixture
def queue(as_) -> Callable[..., Any]:
    """`queue("?state=CO", who="ida")`: the answer to a page of the queue."""
    return lambda address="", who="ida": as_(who).get(f"/queue{address}")


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """`with statements() as asked:` every statement sent to the database, as SQL with its parameters."""

    @contextmanager
    def listen() -> Iterator[list[tuple[str, Any]]]:
        asked: list[tuple[str, Any]] = []

        def hear(_connection, _cursor, statement, parameters, *_more) -> None:
            asked.append((statement, parameters))

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", hear)
        try:
            yield asked
        finally:
            sa.event.remove(engine, "before_cursor_execute", hear)

    return listen


def names(answer: Any) -> list[str]:
    """Who is listed, in order."""
    return [unescape(found["name"]) for found in _MARK.finditer(answer.text) if found["name"]]


def by_group(answer: Any) -> dict[str, list[str]]:
    """Who is listed under which heading."""
    groups: dict[str, list[str]] = {}
    for found in _MARK.finditer(answer.text):
        if found["group"]:
            groups[found["group"]] = []
        else:
            list(groups.values())[-1].append(unescape(found["name"]))
    return groups


def counts(answer: Any) -> dict[str, str]:
    """Every count on the page, by its key."""
    return dict(re.findall(r'data-count="([^"]+)"[^>]*>([^<]*)<', answer.text))


def row_of(answer: Any, lead: Any) -> str:
    """One person's row, as text with single spaces."""
    row = re.search(rf'<tr data-lead="{lead.ref}">(.*?)</tr>', answer.text, re.DOTALL)
    assert row, "not listed"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", row[1])).split())


def token_in(answer: Any) -> str:
    """The token of the forms on this page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found, "the page has no form"
    return found[1]


@pytest.fixture
def it_is(monkeypatch: pytest.MonkeyPatch, at) -> Callable[..., Any]:
    """`it_is("10:42")`: the moment at which every page is asked from now on, Tuesday, November 24, 2026, Eastern."""

    def stop_the_clock(clock: str, days: int = 0) -> Any:
        moment = at(clock, days)
        monkeypatch.setattr("crm.clock.now", lambda: moment)
        return moment

    return stop_the_clock
