"""What time is it: only moments with a zone are moments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crm import clock


def test_now_is_an_aware_utc_moment():
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T15:21:00Z",
        " 2026-11-24T15:21Z ",
        "2026-11-24 15:21:00+00:00",
        "2026-11-24T08:21:00-07:00",
        "2026-11-24T08:21:00.000-0700",
        "2026-11-24T08:21:00,000000000-0700",
    ],
)
def test_a_moment_is_read_with_its_offset(text):
    assert clock.parse_moment(text) == datetime(2026, 11, 24, 15, 21, tzinfo=UTC)
    assert clock.parse_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-11-24T15:21:00", "has no offset"),
        ("2026-11-24", "not a moment"),
        ("2026-11-24T15:21:00 02:00", "not a moment"),  # a + that a web address turned into a space
        ("tomorrow at nine", "not a moment"),
        ("", "not a moment"),
        ("2026-11-24\ud80015:21:00Z", "not a moment"),
        ("٢٠٢٦-11-24T15:21:00Z", "not a moment"),
        ("2026-02-30T15:21:00Z", "no such date"),
        ("2026-11-24T24:21:00Z", "no such date"),
        ("2026-11-24T15:21:00+99:00", "no such date"),
        ("0001-01-01T00:00:00+14:00", "no such date"),
    ],
)
def test_anything_else_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        clock.parse_moment(text)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="needs a zone"):
        clock.as_utc(datetime(2026, 11, 24, 15, 21))

    assert clock.as_utc(datetime(2026, 11, 24, 8, 21, tzinfo=timezone(timedelta(hours=-7)))).hour == 15
