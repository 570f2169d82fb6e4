"""Is somebody at work? A staff member's own weekly hours, night shifts included."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from crm.clock.local import resolve, wall
from crm.clock.moment import as_utc

# Weekday (Monday is 0) to ("09:00", "17:00"), local; a missing day is free. As JSON keeps it, weekdays are "0" to "6".
Hours = Mapping[int, Sequence[str]] | Mapping[str, Sequence[str]]

_DAY = timedelta(days=1)
_WEEKDAYS = frozenset("0123456")
_MIDNIGHT = "24:00"
_WRITTEN = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def parse_hours(hours: Hours) -> dict[int, tuple[time, time]]:
    """The same week as times; "24:00" becomes 00:00, which as an end means the midnight that ends the day.

    An end before its beginning is a night shift, into the next day. Raises ValueError in words for who typed it.
    """
    if not {str(weekday) for weekday in hours} <= _WEEKDAYS:
        raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")
    if any(len(edges) != 2 for edges in hours.values()):
        raise ValueError("a day has one beginning and one end")
    return {int(weekday): (_parse(begin), _parse_end(end)) for weekday, (begin, end) in hours.items()}


def on_shift(hours: Hours, zone: str, at: datetime) -> bool:
    """Is `at` within their hours in their zone? The first minute counts, the last does not."""
    return _end_of_shift(parse_hours(hours), zone, at) is not None


def shift_ends(hours: Hours, zone: str, at: datetime) -> datetime | None:
    """When the shift they are on ends; None if they are on none, or never off."""
    week, ends = parse_hours(hours), as_utc(at)
    for _ in range(len(_WEEKDAYS) + 1):  # one shift may begin where another ends
        later = _end_of_shift(week, zone, ends)
        if later is None:
            return ends if ends > at else None
        ends = later
    return None


def _end_of_shift(week: Mapping[int, tuple[time, time]], zone: str, at: datetime) -> datetime | None:
    today = wall(at, zone).date()
    for day in (today - _DAY, today):  # last night's shift may still be running
        if day.weekday() in week:
            begins, ends = _shift(day, *week[day.weekday()], zone)
            if begins <= at < ends:
                return ends
    return None


def _shift(day: date, begin: time, end: time, zone: str) -> tuple[datetime, datetime]:
    last_day = day + _DAY if end <= begin else day
    return resolve(day, begin, zone), resolve(last_day, end, zone)


def _parse_end(text: str) -> time:
    return time(0) if text == _MIDNIGHT else _parse(text)


def _parse(text: str) -> time:
    """ "09:00" as a time: whole minutes, so that a form can show them again as they were typed."""
    if not _WRITTEN.fullmatch(text):
        raise ValueError("hours are written like 09:00 or 17:30")
    return time.fromisoformat(text)
