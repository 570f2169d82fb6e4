"""Which ways somebody allowed, and whether one of them is open where they are. The list and "take next" agree on it."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from crm.clock import Window, call_window

ALLOWED_UNASKED = ("yes", "unasked")  # nobody asked whether we may call: a call is what they expect
UNTIL_ASKED_AGAIN = timedelta(days=3)  # zones all round the globe leave no hour that is fit everywhere


def quiet_until(person: Any, at: datetime) -> datetime | None:
    """When the first way they allowed opens again; None while one is open.

    `person` has may_call, may_text, may_email, zone_candidates, state and danger_at, since when somebody may be in
    danger: then no hour is quiet. An e-mail wakes nobody; a text may. Whoever
    allowed no way at all is not put off: somebody has to look at that.
    """
    at_any_hour = person.may_email == "yes" or person.danger_at is not None
    by_day = person.may_call in ALLOWED_UNASKED or person.may_text == "yes"
    if at_any_hour or not by_day:
        return None
    window = call_hours(person, at)
    return None if window.may_call else window.until or at + UNTIL_ASKED_AGAIN


def call_hours(person: Any, at: datetime) -> Window:
    """May staff call them now? On a page of fifty most people live where somebody else does: worked out once."""
    return _call_hours(tuple(person.zone_candidates), person.state, at)


@lru_cache(maxsize=256)
def _call_hours(zones: tuple[str, ...], state: str | None, at: datetime) -> Window:
    return call_window(zones, state, at)
