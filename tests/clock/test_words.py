"""Times as the front desk says them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.clock.words import Due, ago_words, clock_words, due_words, exact_words, there_words, time_words

EASTERN, DENVER = "America/New_York", "America/Denver"
AT = datetime(2026, 11, 24, 15, 42, tzinfo=UTC)  # Tuesday, 10:42 AM Eastern, 8:42 AM Mountain


def before(**span: float) -> datetime:
    return AT - timedelta(**span)


def after(**span: float) -> datetime:
    return AT + timedelta(**span)


@pytest.mark.parametrize(
    ("due_at", "kind", "words", "exact"),
    [
        (before(minutes=6), "late", "6 min late", "due 10:36 AM"),
        (before(minutes=6, seconds=40), "late", "6 min late", "due 10:35 AM"),
        (before(hours=2, minutes=2), "late", "2 h late", "due 8:40 AM"),
        (before(hours=1, minutes=5), "late", "1 h 5 min late", "due 9:37 AM"),
        (before(hours=30), "late", "1 day late", "due Mon 4:42 AM"),
        (before(days=9), "late", "9 days late", "due Nov 15"),
        (AT, "late", "due now", "due 10:42 AM"),
        (after(seconds=10), "soon", "1 min left", "due 10:42 AM"),
        (after(minutes=4), "soon", "4 min left", "due 10:46 AM"),
        (after(minutes=15), "soon", "15 min left", "due 10:57 AM"),
        (after(minutes=48), "ok", "48 min", "due 11:30 AM"),
        (after(minutes=59, seconds=30), "ok", "1 h", "due 11:41 AM"),
        (after(hours=1, minutes=18), "ok", "1 h 18 min", "due 12:00 PM"),
        (after(hours=2, minutes=3), "ok", "2 h", "due 12:45 PM"),
        (after(hours=22, minutes=18), "ok", "Wed 9:00 AM", "due Wed 9:00 AM"),
        (after(days=7), "ok", "Dec 1", "due Dec 1"),
    ],
)
def test_a_deadline(due_at, kind, words, exact):
    due = due_words(due_at, AT, EASTERN)

    assert (due.kind, due.words, due.exact) == (kind, words, exact)


def test_quiet_hours_come_before_the_deadline():
    late = before(minutes=6)

    assert due_words(late, AT, EASTERN, quiet_until=after(minutes=18)) == Due(
        "wait", "in 18 min", "quiet hours end 11:00 AM your time", 0
    )
    assert due_words(late, AT, EASTERN, quiet_until=after(hours=22, minutes=18)).words == "Wed 9:00 AM"
    assert due_words(late, AT, EASTERN, quiet_until=AT).kind == "late"


def test_just_before_midnight_the_next_hour_is_still_in_minutes():
    night = datetime(2026, 11, 25, 4, 50, tzinfo=UTC)  # 11:50 PM Eastern

    assert due_words(night + timedelta(minutes=20), night, EASTERN).words == "20 min"


@given(st.integers(-100_000, 10_000_000))
def test_the_ring_empties_as_time_runs_out(seconds):
    due = due_words(after(seconds=seconds), AT, EASTERN)
    later = due_words(after(seconds=seconds + 600), AT, EASTERN)

    assert 0 <= due.share <= later.share <= 100


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (AT, "10:42 AM"),
        (datetime(2026, 11, 24, 5, 5, tzinfo=UTC), "12:05 AM"),
        (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), "12:00 PM"),
        (datetime(2026, 11, 23, 21, 10, tzinfo=UTC), "Mon 4:10 PM"),
        (datetime(2026, 11, 25, 14, 0, tzinfo=UTC), "Wed 9:00 AM"),
        (datetime(2026, 11, 18, 14, 0, tzinfo=UTC), "Wed 9:00 AM"),
        (datetime(2026, 11, 17, 14, 0, tzinfo=UTC), "Nov 17"),  # a week ago was a Tuesday too
        (datetime(2026, 11, 3, 14, 0, tzinfo=UTC), "Nov 3"),
        (datetime(2025, 11, 3, 14, 0, tzinfo=UTC), "Nov 3, 2025"),
    ],
)
def test_a_clock(moment, words):
    assert clock_words(moment, EASTERN, AT) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (AT, "just now"),
        (after(seconds=20), "just now"),
        (before(seconds=59), "just now"),
        (before(minutes=21), "21 min ago"),
        (before(hours=3, minutes=50), "3 h ago"),
        (before(hours=18, minutes=32), "Mon 4:10 PM"),
        (before(days=21), "Nov 3"),
        (after(hours=1), "11:42 AM"),
    ],
)
def test_since_when(moment, words):
    assert ago_words(moment, AT, EASTERN) == words


def test_their_clock_admits_what_we_do_not_know():
    assert there_words(AT, DENVER, "sure") == time_words(AT, DENVER) == "8:42 AM"
    assert there_words(AT, DENVER, "likely") == there_words(AT, DENVER, "guess") == "probably 8:42 AM"
    assert there_words(AT, None, "none") == "time there unknown"


def test_the_full_stamp_is_ours_then_theirs():
    moment = datetime(2026, 11, 24, 15, 21, tzinfo=UTC)
    ours = "Tue Nov 24, 2026, 10:21 AM Eastern"

    assert exact_words(moment, DENVER, EASTERN) == f"{ours} (8:21 AM in Denver)"
    assert exact_words(moment, "Pacific/Guam", EASTERN) == f"{ours} (Wed 1:21 AM in Guam)"
    assert exact_words(moment, EASTERN, EASTERN) == ours
    assert exact_words(moment, None, EASTERN) == ours
