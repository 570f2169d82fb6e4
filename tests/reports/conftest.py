"""Reports read as people read them: a page, and the numbers on it by their keys."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

COUNT = re.compile(r'data-count="([^"]+)"[^>]*>([^<]*)<')


@pytest.fixture
def ask(as_) -> Callable[..., Any]:
    """`ask("ada", "everyone", first, last)`: the answer to a report's page."""

    def answer(who: str, name: str = "", first: str = "2025-03-01", last: str = "2025-03-31", more: str = "") -> Any:
        return as_(who).get(f"/reports{'/' if name else ''}{name}?from={first}&to={last}{more}")

    return answer


@pytest.fixture
def numbers(ask) -> Callable[..., dict[str, str]]:
    """`numbers("ada", "everyone")`: every count on the page, by its key."""

    def counts(*asked: str, **more: Any) -> dict[str, str]:
        answer = ask(*asked, **more)
        assert answer.status_code == 200
        return dict(COUNT.findall(answer.text))

    return counts


@pytest.fixture
def march() -> Callable[..., datetime]:
    """`march(4, "10:00")`: a moment of March 2025 as clocks show it in the east; summer time begins on the 9th."""

    def moment(day: int, clock: str = "10:00") -> datetime:
        hours, minutes = map(int, clock.split(":"))
        return datetime(2025, 3, day, hours, minutes, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)

    return moment
