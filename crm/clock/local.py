"""Which moment does a wall clock mean? Everything a person types as a local date and time goes through `resolve`."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from crm.clock.moment import as_utc

_SECOND = timedelta(seconds=1)


@cache
def zone_of(zone_name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises ValueError for anything else (bought address lists do hold bogus names)."""
    try:
        return ZoneInfo(zone_name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone: use an IANA name such as America/Denver") from None


def is_zone(zone_name: str) -> bool:
    """Is there a zone of that name?"""
    try:
        zone_of(zone_name)
    except ValueError:
        return False
    return True


def resolve(local_date: date, local_time: time, zone_name: str) -> datetime:
    """The UTC moment of a local date and time.

    A time skipped in spring moves to the next valid minute (02:30 means 03:00); a time that comes twice in autumn
    means its first occurrence. Source: docs/architecture.md, "Time". Raises ValueError for an unknown zone, a time
    that carries its own zone, and the two ends of the calendar, where UTC would leave year 1 or 9999.
    """
    if local_time.tzinfo is not None:
        raise ValueError("a local time carries no zone of its own")
    typed = datetime.combine(local_date, local_time.replace(fold=0))
    zone = zone_of(zone_name)
    try:
        moment = typed.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == typed:
            return moment
        else:
            return _end_of_gap(typed, zone)
    except OverflowError:
        raise ValueError("that date is outside the calendar") from None


def is_gap(local_date: date, local_time: time, zone_name: str) -> bool:
    """Was that local time skipped by a clock change, so that no clock on the wall ever showed it?"""
    typed = datetime.combine(local_date, local_time)
    return wall(resolve(local_date, local_time, zone_name), zone_name).replace(tzinfo=None) != typed


def wall(moment: datetime, zone_name: str) -> datetime:
    """What a clock on the wall there shows at that moment (aware, in that zone)."""
    return as_utc(moment).astimezone(zone_of(zone_name))


def _end_of_gap(typed: datetime, zone: ZoneInfo) -> datetime:
    """The moment of the clock change that swallowed `typed`: it shows the first minute that exists again."""
    # Read with the old offset a skipped time lies after the change, with the new offset before it (PEP 495).
    after = typed.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = typed.replace(tzinfo=zone, fold=1).astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)
