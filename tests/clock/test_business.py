"""Business hours: when the doors are open, and what a promise in business minutes means."""

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm.clock.business import Calendar
from crm.clock.holidays import federal_holidays
from crm.clock.local import resolve, wall

DENVER = "America/Denver"
WEEK = {day: (time(8), time(20)) for day in range(5)} | {day: (time(9), time(17)) for day in (5, 6)}
TIDEWELL = Calendar(DENVER, WEEK, frozenset(federal_holidays(2026)))
ALWAYS = Calendar(DENVER, {day: (time(0), time(0)) for day in range(7)})
NEVER = Calendar(DENVER, {})


def there(text: str, zone: str = DENVER) -> datetime:
    local = datetime.fromisoformat(text)
    return resolve(local.date(), local.time(), zone)


@pytest.mark.parametrize(
    ("at", "is_open", "next_opening", "closes"),
    [
        ("2026-11-24T07:59", False, "2026-11-24T08:00", None),
        ("2026-11-24T08:00", True, "2026-11-25T08:00", "2026-11-24T20:00"),
        ("2026-11-24T19:59", True, "2026-11-25T08:00", "2026-11-24T20:00"),
        ("2026-11-24T20:00", False, "2026-11-25T08:00", None),
        ("2026-11-25T21:00", False, "2026-11-27T08:00", None),  # over Thanksgiving
        ("2026-11-26T12:00", False, "2026-11-27T08:00", None),
        ("2026-11-28T08:30", False, "2026-11-28T09:00", None),  # a Saturday
    ],
)
def test_the_doors(at, is_open, next_opening, closes):
    assert TIDEWELL.is_open(there(at)) is is_open
    assert TIDEWELL.next_opening(there(at)) == there(next_opening)
    assert TIDEWELL.closes_at(there(at)) == (there(closes) if closes else None)


@pytest.mark.parametrize(
    ("at", "minutes", "deadline"),
    [
        ("2026-11-24T10:21", 15, "2026-11-24T10:36"),
        ("2026-11-24T10:21:30", 15, "2026-11-24T10:36:30"),
        ("2026-11-24T19:50", 10, "2026-11-24T20:00"),  # fits before closing
        ("2026-11-24T19:50", 15, "2026-11-25T08:05"),
        ("2026-11-24T23:00", 15, "2026-11-25T08:15"),
        ("2026-11-24T05:00", 0, "2026-11-24T08:00"),
        ("2026-11-25T19:55", 15, "2026-11-27T08:10"),  # the evening before Thanksgiving
        ("2026-11-27T19:00", 9 * 60 + 30, "2026-11-29T09:30"),  # an hour on Friday, eight on Saturday
    ],
)
def test_a_promise_in_business_minutes(at, minutes, deadline):
    assert TIDEWELL.add_minutes(there(at), minutes) == there(deadline)
    assert TIDEWELL.minutes_between(there(at), there(deadline)) == minutes


def test_a_night_with_a_clock_change_has_its_true_length():
    spring, autumn = "2026-03-08", "2026-11-01"
    day = timedelta(days=1)

    assert ALWAYS.end_of_day(there(f"{spring}T12:00")) - ALWAYS.start_of_day(there(f"{spring}T12:00")) == day * 23 / 24
    assert ALWAYS.minutes_between(there(f"{spring}T00:00"), there(f"{spring}T04:00")) == 3 * 60
    assert ALWAYS.minutes_between(there(f"{autumn}T00:00"), there(f"{autumn}T04:00")) == 5 * 60
    assert ALWAYS.add_minutes(there(f"{spring}T00:00"), 180) == there(f"{spring}T04:00")
    assert TIDEWELL.add_minutes(there("2026-03-07T16:50"), 15) == there(f"{spring}T09:05")


def test_doors_that_stay_open_over_midnight_neither_close_nor_open():
    weekend = Calendar(DENVER, {4: (time(12), time(0)), 5: (time(0), time(0)), 6: (time(0), time(12))})
    friday_night = there("2026-11-27T23:00")

    assert weekend.closes_at(friday_night) == there("2026-11-29T12:00")
    assert weekend.next_opening(friday_night) == there("2026-12-04T12:00")
    assert weekend.add_minutes(friday_night, 120) == there("2026-11-28T01:00")
    assert ALWAYS.closes_at(friday_night) is None
    assert ALWAYS.next_opening(friday_night) is None


def test_a_calendar_that_never_opens_counts_plain_time():
    at = there("2026-11-24T10:21")

    assert NEVER.add_minutes(at, 15) == at + timedelta(minutes=15)
    assert NEVER.next_opening(at) is None
    assert NEVER.minutes_between(at, at + timedelta(days=9)) == 0


def test_a_call_logged_before_the_form_took_no_time():
    assert TIDEWELL.minutes_between(there("2026-11-24T11:00"), there("2026-11-24T10:00")) == 0


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({7: (time(8), time(20))}, "weekdays"),
        ({0: (time(20), time(8))}, "closes after it opens"),
        ({0: (time(8), time(8))}, "closes after it opens"),
        ({0: (time(8), time.max)}, "whole minutes"),
        ({0: (time(8, 0, 30), time(20))}, "whole minutes"),
    ],
)
def test_hours_that_make_no_sense_are_refused(hours, words):
    with pytest.raises(ValueError, match=words):
        Calendar(DENVER, hours)


def test_a_zone_that_does_not_exist_and_a_promise_in_the_past_are_refused():
    with pytest.raises(ValueError, match="not a time zone"):
        Calendar("Napakiak", WEEK)
    with pytest.raises(ValueError, match="past"):
        TIDEWELL.add_minutes(there("2026-11-24T10:21"), -1)


def test_a_report_over_a_hundred_thousand_people_is_quick():
    first = there("2026-01-05T10:00")
    spans = [(first + timedelta(minutes=n), first + timedelta(minutes=4 * n % 11_000 + n)) for n in range(100_000)]

    began = stopwatch.perf_counter()
    total = sum(TIDEWELL.minutes_between(start, end) for start, end in spans)

    assert total > 0
    assert stopwatch.perf_counter() - began < 5  # about half a second on a quiet machine


CALENDARS = {
    zone: Calendar(zone, WEEK, frozenset(federal_holidays(2026)))
    for zone in ("America/New_York", DENVER, "America/Phoenix", "America/Santiago", "Australia/Lord_Howe")
} | {
    "small hours": Calendar("America/New_York", {day: (time(1, 30), time(2, 45)) for day in range(7)}),
    "after midnight": Calendar("America/Santiago", {day: (time(0), time(0)) for day in (5, 6)}),
    "always": ALWAYS,
}
calendars = st.sampled_from(sorted(CALENDARS))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)).map(lambda typed: typed.replace(tzinfo=UTC))


@settings(max_examples=400)
@given(calendars, moments, st.integers(0, 5000))
def test_a_promise_lies_in_open_hours_and_counts_back_to_itself(name, at, minutes):
    calendar = CALENDARS[name]
    deadline = calendar.add_minutes(at, minutes)

    just_before = deadline - timedelta(microseconds=1)
    assert calendar.is_open(deadline) or calendar.is_open(just_before)
    assert calendar.minutes_between(at, deadline) == minutes


@settings(max_examples=150)
@given(calendars, moments, st.integers(0, 3 * 24 * 60))
def test_business_minutes_are_the_minutes_the_doors_were_open(name, at, minutes):
    calendar, start = CALENDARS[name], at.replace(second=0, microsecond=0)
    counted = sum(calendar.is_open(start + timedelta(minutes=n)) for n in range(minutes))

    assert calendar.minutes_between(start, start + timedelta(minutes=minutes)) == counted


@settings(max_examples=200)
@given(calendars, moments)
def test_the_next_opening_is_a_door_that_was_closed(name, at):
    calendar = CALENDARS[name]
    opens = calendar.next_opening(at)
    assume(opens is not None)

    assert opens > at
    assert calendar.is_open(opens)
    assert not calendar.is_open(opens - timedelta(microseconds=1))
    if not calendar.is_open(at):
        assert calendar.minutes_between(at, opens) == 0


def add_minutes_to_the_wall(calendar: Calendar, at: datetime, minutes: int) -> datetime:
    """Known bad: do the sum on the local clock and translate the result."""
    local = wall(at, calendar.zone).replace(tzinfo=None) + timedelta(minutes=minutes)
    return resolve(local.date(), local.time(), calendar.zone)


def test_counting_back_catches_sums_done_on_the_wall_clock():
    at, minutes = there("2026-11-01T00:30"), 180

    assert ALWAYS.minutes_between(at, ALWAYS.add_minutes(at, minutes)) == minutes
    assert ALWAYS.minutes_between(at, add_minutes_to_the_wall(ALWAYS, at, minutes)) != minutes


def test_a_day_is_its_local_date_wherever_the_reader_is():
    at = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # still Tuesday evening in Denver

    assert TIDEWELL.start_of_day(at) == there("2026-11-24T00:00")
    assert TIDEWELL.end_of_day(at) == there("2026-11-25T00:00")
    assert wall(TIDEWELL.start_of_day(at), DENVER).date() == date(2026, 11, 24)
