"""Times in words, as people at the front desk say them. Each takes the present moment and the zones it speaks of.

American style: twelve hours, no leading zero, AM and PM. Source: docs/ux.md, "Time".
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from crm.clock.local import wall
from crm.clock.zones import Confidence, zone_city, zone_label

# Not strftime: its names follow the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_WEEK = 7  # days within which a weekday's name cannot be mistaken
_SOON = 15 * _MINUTE  # the limit of a first answer in open hours (docs/domain.md, "Triage levels")
_HALF_RING = 12 * _MINUTE  # the due ring is half full this long before; it never quite fills, so days need no scale


@dataclass(frozen=True)
class Due:
    """A deadline as the queue shows it: which icon, the words, the words for who cannot see the icon, the ring."""

    kind: Literal["late", "soon", "ok", "wait"]
    words: str
    exact: str
    share: int  # how full the ring is, 0 to 100


def due_words(due_at: datetime, at: datetime, here: str, quiet_until: datetime | None = None) -> Due:
    """How long until (or since) a deadline, told at `at` in the reader's zone; quiet hours come before everything."""
    exact = f"due {clock_words(due_at, here, at)}"
    if quiet_until is not None and quiet_until > at:
        ends = clock_words(quiet_until, here, at)
        return Due("wait", _ahead(quiet_until, at, here, "in {}"), f"quiet hours end {ends} your time", 0)
    elif due_at <= at:
        return Due("late", _late(at - due_at), exact, 0)
    elif due_at - at <= _SOON:
        return Due("soon", _ahead(due_at, at, here, "{} left"), exact, _ring(due_at - at))
    else:
        return Due("ok", _ahead(due_at, at, here, "{}"), exact, _ring(due_at - at))


def clock_words(moment: datetime, zone: str, at: datetime) -> str:
    """ "10:36 AM" today, "Mon 4:10 PM" less than a week away, "Nov 3" beyond, with its year if that is another."""
    local, today = wall(moment, zone), wall(at, zone).date()
    if local.date() == today:
        return _time(local)
    elif abs((local.date() - today).days) < _WEEK:
        return f"{_weekday(local)} {_time(local)}"
    elif local.year == today.year:
        return _date(local)
    else:
        return f"{_date(local)}, {local.year}"


def ago_words(moment: datetime, at: datetime, zone: str) -> str:
    """Since when: "just now", "21 min ago", "3 h ago" today, then as `clock_words`."""
    passed = at - moment
    if -_MINUTE < passed < _MINUTE:  # two machines' clocks may disagree by some seconds
        return "just now"
    elif _MINUTE <= passed < _HOUR:
        return f"{passed // _MINUTE} min ago"
    elif passed >= _HOUR and wall(moment, zone).date() == wall(at, zone).date():
        return f"{passed // _HOUR} h ago"
    else:
        return clock_words(moment, zone, at)


def time_words(moment: datetime, zone: str) -> str:
    """The time of day there: "8:42 AM"."""
    return _time(wall(moment, zone))


def there_words(at: datetime, zone: str | None, confidence: Confidence) -> str:
    """What their clock shows: "8:42 AM", "probably 8:42 AM" while nobody has confirmed the zone."""
    if zone is None or confidence == "none":
        return "time there unknown"
    elif confidence == "sure":
        return time_words(at, zone)
    else:
        return f"probably {time_words(at, zone)}"


def exact_words(moment: datetime, theirs: str | None, here: str) -> str:
    """The full stamp, ours and theirs: "Tue Nov 24, 2026, 10:21 AM Eastern (8:21 AM in Denver)".

    Theirs is left out where both clocks show the same, and carries its weekday where the date differs.
    """
    ours = wall(moment, here)
    stamp = f"{_weekday(ours)} {_date(ours)}, {ours.year}, {_time(ours)} {zone_label(here)}"
    if theirs is None:
        return stamp
    local = wall(moment, theirs)
    if local.utcoffset() == ours.utcoffset():
        return stamp
    elif local.date() == ours.date():
        return f"{stamp} ({_time(local)} in {zone_city(theirs)})"
    else:
        return f"{stamp} ({_weekday(local)} {_time(local)} in {zone_city(theirs)})"


def _ahead(moment: datetime, at: datetime, here: str, phrase: str) -> str:
    """The time left within the reader's day; on another day and not within the hour, that day's clock."""
    left = moment - at
    if left >= _HOUR and wall(moment, here).date() != wall(at, here).date():
        return clock_words(moment, here, at)
    else:
        minutes = -(-left // _MINUTE)  # rounded up, as the difference of two clocks on the wall reads
        return phrase.format(_span(minutes))


def _late(passed: timedelta) -> str:
    if passed < _MINUTE:
        return "due now"
    elif passed < _DAY:
        return f"{_span(passed // _MINUTE)} late"
    elif passed < 2 * _DAY:
        return "1 day late"
    else:
        return f"{passed // _DAY} days late"


def _span(minutes: int) -> str:
    """ "48 min", "1 h 18 min", "2 h": the minutes stop mattering after two hours."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    elif hours == 1 and rest:
        return f"1 h {rest} min"
    else:
        return f"{hours} h"


def _ring(left: timedelta) -> int:
    return round(100 * left / (left + _HALF_RING))


def _time(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"


def _weekday(local: date) -> str:
    return _WEEKDAYS[local.weekday()]


def _date(local: date) -> str:
    return f"{_MONTHS[local.month - 1]} {local.day}"
