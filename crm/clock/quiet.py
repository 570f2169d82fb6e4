"""May staff call them now? Quiet hours where the person is; the intersection over every zone that may be theirs.

Outside 8 AM to 9 PM a call waits (47 CFR 64.1200(c)(1)); inside, a stricter state only warns, because a call back that
somebody asked for is not a solicitation (docs/domain.md, T-6 to T-8). Who is exempt (safety, a time they asked for) is
for the caller to know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from crm.clock.local import resolve, wall
from crm.clock.moment import as_utc
from crm.clock.words import time_words
from crm.clock.zones import COUNTRY, STATES

Hours = tuple[time, time]  # from (included) to (excluded), on the clock where the person is

FEDERAL: Hours = (time(8), time(21))

# One vendor's table as of this date; other tables differ. UNVERIFIED: counsel must confirm before anybody relies on it.
# Source: docs/domain.md, "Quiet hours and zones". Monday first.
STATE_HOURS_AS_OF = "2026-11-22"
STATE_HOURS_VERIFIED = False
STATE_HOURS: dict[str, tuple[Hours, ...]] = {
    **dict.fromkeys(("FL", "MD", "MS", "NJ", "OK"), ((time(8), time(20)),) * 7),
    "CT": ((time(9), time(20)),) * 7,
    "RI": ((time(9), time(18)),) * 5 + ((time(10), time(17)),) * 2,
    "TX": ((time(9), time(21)),) * 6 + ((time(12), time(21)),),
}

_HORIZON = 3  # days, today included: every combination of American zones opens and closes within one


@dataclass(frozen=True)
class Window:
    """Whether staff may call at a moment.

    open: yes. warned: yes, though the state's stricter hours are over. closed: no, too early or too late there.
    unknown: no, we know no zone, and it is too early or too late somewhere in the country.
    `until` is when that changes (closed and unknown: when a call may be made), None if not within three days.
    """

    kind: Literal["open", "warned", "closed", "unknown"]
    until: datetime | None
    reason: str

    @property
    def may_call(self) -> bool:
        """Is the call button live?"""
        return self.kind in ("open", "warned")


def call_window(candidates: Sequence[str], state: str | None, at: datetime) -> Window:
    """May staff call somebody whose zone is one of `candidates` (none: anywhere in the country) at that moment?"""
    zones, code = tuple(candidates) or COUNTRY, (state or "").strip().upper()
    kind = _kind(zones, code, at)
    until = next((edge for edge in _edges(zones, code, at) if _kind(zones, code, edge) != kind), None)
    if kind == "open":
        return Window("open", until, "Good to call")
    elif kind == "warned":
        return Window("warned", until, f"{_clock_there(zones, at)}; {STATES[code]} asks callers for narrower hours")
    elif not candidates and any(_inside(FEDERAL, zone, at) for zone in zones):
        return Window("unknown", until, "We do not know their time zone; it may be before 8 AM or after 9 PM there")
    else:
        return Window("closed", until, f"{_clock_there(zones, at)}; calls are for 8 AM to 9 PM their time")


def quiet_until(candidates: Sequence[str], state: str | None, at: datetime) -> datetime | None:
    """When a call may be made again; None if it may be made now (or, with zones all round the globe, never)."""
    window = call_window(candidates, state, at)
    return None if window.may_call else window.until


def _kind(zones: Sequence[str], code: str, at: datetime) -> Literal["open", "warned", "closed"]:
    """The strictest answer of all zones; a state without a row asks nothing more than the country."""
    if not all(_inside(FEDERAL, zone, at) for zone in zones):
        return "closed"
    week = STATE_HOURS.get(code)
    if week and not all(_inside(week[wall(at, zone).weekday()], zone, at) for zone in zones):
        return "warned"
    else:
        return "open"


def _inside(hours: Hours, zone: str, at: datetime) -> bool:
    begin, end = hours
    return begin <= wall(at, zone).time() < end


def _edges(zones: Sequence[str], code: str, at: datetime) -> Iterator[datetime]:
    """The moments after `at`, in order, at which some zone's hours begin or end."""
    edges: set[datetime] = set()
    for zone in zones:
        for ahead in range(_HORIZON):
            day = wall(at, zone).date() + timedelta(days=ahead)
            rows = [FEDERAL] + ([STATE_HOURS[code][day.weekday()]] if code in STATE_HOURS else [])
            edges.update(resolve(day, edge, zone) for row in rows for edge in row)
    yield from sorted(edge for edge in edges if edge > as_utc(at))


def _clock_there(zones: Sequence[str], at: datetime) -> str:
    """ "It is 7:42 AM there", or the earliest and the latest it may be."""
    by_clock = sorted(zones, key=lambda zone: wall(at, zone).replace(tzinfo=None))
    earliest, latest = time_words(at, by_clock[0]), time_words(at, by_clock[-1])
    if earliest == latest:
        return f"It is {earliest} there"
    else:
        return f"It may be {earliest} or {latest} there"
