"""A local date and time means one moment, also on the two odd days of the year."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm.clock.local import is_gap, is_zone, resolve, wall, zone_of

NEW_YORK = "America/New_York"
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
    "America/St_Johns",  # half an hour
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "America/Santiago",  # its clocks change at midnight: a day may begin at 01:00
    "Africa/Casablanca",  # its clocks change for Ramadan
)


@pytest.mark.parametrize(
    ("local_date", "local_time", "zone", "utc"),
    [
        (date(2026, 11, 24), time(10, 21), NEW_YORK, "2026-11-24T15:21"),
        (date(2026, 3, 8), time(1, 59), NEW_YORK, "2026-03-08T06:59"),
        (date(2026, 3, 8), time(2, 0), NEW_YORK, "2026-03-08T07:00"),  # skipped: the next valid minute is 03:00
        (date(2026, 3, 8), time(2, 30), NEW_YORK, "2026-03-08T07:00"),
        (date(2026, 3, 8), time(3, 0), NEW_YORK, "2026-03-08T07:00"),
        (date(2026, 11, 1), time(1, 30), NEW_YORK, "2026-11-01T05:30"),  # comes twice: the first
        (date(2026, 11, 1), time(2, 0), NEW_YORK, "2026-11-01T07:00"),
        (date(2026, 3, 8), time(2, 30), "America/Phoenix", "2026-03-08T09:30"),
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30"),
        (date(2026, 9, 6), time(0, 0), "America/Santiago", "2026-09-06T04:00"),
        (date(2011, 12, 30), time(9, 0), "Pacific/Apia", "2011-12-30T10:00"),  # the day Samoa left out
    ],
)
def test_what_a_local_time_means(local_date, local_time, zone, utc):
    assert resolve(local_date, local_time, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_skipped_time_is_known_as_one():
    assert is_gap(date(2026, 3, 8), time(2, 30), NEW_YORK)
    assert not is_gap(date(2026, 3, 8), time(3, 0), NEW_YORK)
    assert not is_gap(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert not is_gap(date(2026, 3, 8), time(2, 30), "America/Phoenix")


@pytest.mark.parametrize("name", ["", "Napakiak", "America", "../etc/passwd", "/etc/passwd", "Denver\0", "-07:00"])
def test_a_name_that_is_no_zone_is_refused(name):
    assert not is_zone(name)
    with pytest.raises(ValueError, match="not a time zone"):
        zone_of(name)


@pytest.mark.parametrize("far", [date.min, date.max])
def test_the_ends_of_the_calendar_are_refused_in_words(far):
    with pytest.raises(ValueError, match="outside the calendar"):
        resolve(far, time(0, 0) if far == date.min else time(23, 59), "Asia/Tokyo" if far == date.min else NEW_YORK)


def test_a_local_time_with_a_zone_of_its_own_is_refused():
    with pytest.raises(ValueError, match="no zone of its own"):
        resolve(date(2026, 11, 24), time(9, 0, tzinfo=UTC), NEW_YORK)


Resolve = Callable[[date, time, str], datetime]


def holds_its_promises(resolve: Resolve, zone: str, typed: datetime) -> None:
    """Real on the wall, the first of two, never before an earlier time; a skipped time moves forward, and not far."""
    moment = resolve(typed.date(), typed.time(), zone)
    shown = moment.astimezone(zone_of(zone))
    assert shown.replace(tzinfo=None) >= typed
    assert shown.fold == 0
    minute_before = (moment - timedelta(minutes=1)).astimezone(zone_of(zone)).replace(tzinfo=None)
    assert shown.replace(tzinfo=None) == typed or minute_before < typed  # nothing valid was stepped over
    for minutes in (1, 29, 60, 24 * 60):
        later = typed + timedelta(minutes=minutes)
        assert moment <= resolve(later.date(), later.time(), zone)


def transitions(zone: str) -> list[datetime]:
    """The hours around which that zone's clocks change, 2024 to 2027, as local times."""
    hours = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(0, 4 * 365 * 24, 24)]
    around = []
    for start in hours:
        end = start + timedelta(hours=24)
        if wall(start, zone).utcoffset() != wall(end, zone).utcoffset():
            around.append(wall(start, zone).replace(tzinfo=None))
    return around


NEAR_A_CHANGE = {zone: transitions(zone) for zone in ZONES}
ANY_DAY = [datetime(2026, month, 15) for month in range(1, 13)]


@st.composite
def local_times(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(ZONES))
    start = draw(st.sampled_from(NEAR_A_CHANGE[zone] or ANY_DAY))
    return zone, start + timedelta(minutes=draw(st.integers(0, 26 * 60)))


@settings(max_examples=1500)
@given(local_times())
@example((NEW_YORK, datetime(2026, 3, 8, 2, 30)))
def test_every_zone_keeps_its_promises_around_its_clock_changes(drawn):
    zone, typed = drawn
    holds_its_promises(resolve, zone, typed)


def naive(local_date: date, local_time: time, zone: str) -> datetime:
    """Known bad: add the hours to the local midnight, as if every day had 24."""
    since_midnight = timedelta(hours=local_time.hour, minutes=local_time.minute)
    return datetime.combine(local_date, time(0), zone_of(zone)).astimezone(UTC) + since_midnight


def as_python_does(local_date: date, local_time: time, zone: str) -> datetime:
    """Known bad: trust the standard library, which reads a skipped time with the old offset (02:30 becomes 03:30)."""
    return datetime.combine(local_date, local_time, zone_of(zone)).astimezone(UTC)


@pytest.mark.parametrize("known_bad", [naive, as_python_does])
@pytest.mark.parametrize("zone", [NEW_YORK, "America/Denver", "America/St_Johns"])
def test_the_same_promises_catch_the_known_bad_ways(known_bad, zone):
    with pytest.raises(AssertionError):
        for start in NEAR_A_CHANGE[zone]:
            for minutes in range(0, 26 * 60, 15):
                holds_its_promises(known_bad, zone, start + timedelta(minutes=minutes))
