"""Ida works nine to five, Inez works nights."""

from datetime import datetime, time

import pytest

from crm.clock.local import resolve
from crm.clock.shifts import on_shift, parse_hours, shift_ends

DENVER = "America/Denver"
IDA = dict.fromkeys(range(5), ("09:00", "17:00"))
INEZ = dict.fromkeys(range(5), ("22:00", "06:00"))


def there(text: str) -> datetime:
    local = datetime.fromisoformat(text)
    return resolve(local.date(), local.time(), DENVER)


@pytest.mark.parametrize(
    ("hours", "at", "ends"),
    [
        (IDA, "2026-11-24T08:59", None),
        (IDA, "2026-11-24T09:00", "2026-11-24T17:00"),
        (IDA, "2026-11-24T17:00", None),
        (IDA, "2026-11-28T12:00", None),  # Saturday
        (INEZ, "2026-11-24T23:00", "2026-11-25T06:00"),
        (INEZ, "2026-11-25T05:59", "2026-11-25T06:00"),
        (INEZ, "2026-11-28T03:00", "2026-11-28T06:00"),  # Friday's night, on Saturday
        (INEZ, "2026-11-29T03:00", None),
        (INEZ, "2026-11-23T03:00", None),  # Sunday's night is free
        ({0: ("12:00", "24:00"), 1: ("00:00", "08:00")}, "2026-11-23T20:00", "2026-11-24T08:00"),
        ({}, "2026-11-24T12:00", None),
    ],
)
def test_who_is_at_work_and_until_when(hours, at, ends):
    assert on_shift(hours, DENVER, there(at)) is (ends is not None)
    assert shift_ends(hours, DENVER, there(at)) == (there(ends) if ends else None)


def test_somebody_never_off_has_no_end():
    around_the_clock = dict.fromkeys(range(7), ("00:00", "24:00"))

    assert on_shift(around_the_clock, DENVER, there("2026-11-24T12:00"))
    assert shift_ends(around_the_clock, DENVER, there("2026-11-24T12:00")) is None


def test_a_night_shift_over_a_clock_change_ends_by_the_clock_on_the_wall():
    saturday_night = {5: ("22:00", "06:00")}

    assert shift_ends(saturday_night, DENVER, there("2026-03-07T23:00")) == there("2026-03-08T06:00")


def test_hours_are_times():
    assert parse_hours({0: ("09:00", "24:00")}) == {0: (time(9), time(0))}


def test_hours_are_read_as_the_database_keeps_them():
    stored = {"0": ["09:00", "17:00"]}

    assert parse_hours(stored) == {0: (time(9), time(17))}
    assert on_shift(stored, DENVER, there("2026-11-23T12:00"))


@pytest.mark.parametrize("typed", ["9:00", "25:00", "09:60", "09:00:00", "nine", "", "٠٩:00", "09:00\n", "24:00"])
def test_anything_else_is_refused_in_words(typed):
    with pytest.raises(ValueError, match="written like 09:00"):
        parse_hours({0: (typed, "17:00")})


def test_a_weekday_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="weekdays"):
        parse_hours({7: ("09:00", "17:00")})
    with pytest.raises(ValueError, match="one beginning and one end"):
        parse_hours({0: ("09:00", "12:00", "17:00")})
