"""Quiet hours: a call may be made only when it is a decent hour in every place the person may be."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.clock.local import wall
from crm.clock.quiet import STATE_HOURS, STATE_HOURS_VERIFIED, call_window, quiet_until
from crm.clock.zones import COUNTRY, STATES, state_zones

EASTERN, CENTRAL, MOUNTAIN, HAWAII = "America/New_York", "America/Chicago", "America/Denver", "Pacific/Honolulu"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("candidates", "state", "at", "kind", "until"),
    [
        ((MOUNTAIN,), "CO", "2026-11-24T14:42", "closed", "2026-11-24T15:00"),  # 7:42 AM
        ((MOUNTAIN,), "CO", "2026-11-24T15:00", "open", "2026-11-25T04:00"),  # 8:00 AM to 9:00 PM
        ((MOUNTAIN,), "CO", "2026-11-25T04:00", "closed", "2026-11-25T15:00"),
        ((MOUNTAIN,), None, "2026-11-24T15:00", "open", "2026-11-25T04:00"),
        # Texas may be Central or Mountain: 8:30 AM in one is 7:30 AM in the other.
        ((CENTRAL, MOUNTAIN), "TX", "2026-11-24T14:30", "closed", "2026-11-24T15:00"),
        ((CENTRAL, MOUNTAIN), "TX", "2026-11-24T15:30", "warned", "2026-11-24T16:00"),  # 9 AM also in El Paso
        ((CENTRAL, MOUNTAIN), "TX", "2026-11-24T16:00", "open", "2026-11-25T03:00"),
        ((CENTRAL,), "TX", "2026-11-29T17:00", "warned", "2026-11-29T18:00"),  # Sunday before noon
        ((EASTERN, CENTRAL), "FL", "2026-11-25T01:30", "warned", "2026-11-25T02:00"),  # after 8 PM in Miami
        ((EASTERN,), "RI", "2026-11-28T22:30", "warned", "2026-11-29T02:00"),  # Saturday after 5 PM
        ((EASTERN,), "CT", "2026-11-24T13:30", "warned", "2026-11-24T14:00"),
        # Nobody knows where: from 8 AM in Hawaii to 9 PM in New York.
        ((), None, "2026-11-24T17:00", "unknown", "2026-11-24T18:00"),
        ((), None, "2026-11-24T18:00", "open", "2026-11-25T02:00"),
        ((), None, "2026-11-24T09:00", "closed", "2026-11-24T18:00"),  # night in all of it
    ],
)
def test_when_staff_may_call(candidates, state, at, kind, until):
    window = call_window(candidates, state, utc(at))

    assert (window.kind, window.until) == (kind, utc(until))
    assert quiet_until(candidates, state, utc(at)) == (None if window.may_call else utc(until))


def test_the_reason_says_what_time_it_may_be_there():
    early = utc("2026-11-24T14:42")

    assert call_window((MOUNTAIN,), "CO", early).reason == "It is 7:42 AM there; calls are for 8 AM to 9 PM their time"
    assert call_window((CENTRAL, MOUNTAIN), "TX", early).reason.startswith("It may be 7:42 AM or 8:42 AM there")
    assert "Florida" in call_window((EASTERN,), "FL", utc("2026-11-25T01:30")).reason


def test_the_night_of_a_clock_change_ends_at_eight_on_the_new_clock():
    assert quiet_until((EASTERN,), "NY", utc("2026-03-08T06:00")) == utc("2026-03-08T12:00")
    assert quiet_until((EASTERN,), "NY", utc("2026-11-01T05:30")) == utc("2026-11-01T13:00")


def test_the_table_of_states_is_whole_weeks_and_says_that_nobody_has_confirmed_it():
    assert not STATE_HOURS_VERIFIED
    assert set(STATE_HOURS) == {"FL", "MD", "MS", "NJ", "OK", "CT", "RI", "TX"} <= set(STATES)
    for week in STATE_HOURS.values():
        assert len(week) == 7
        assert all(time(8) <= begin < end <= time(21) for begin, end in week)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda typed: typed.replace(tzinfo=UTC))
anywhere = st.lists(st.sampled_from([*COUNTRY, "America/Phoenix", "America/Adak", "Pacific/Guam"]), max_size=4)
states = st.sampled_from([None, "XX", *STATES])


def decent(zone: str, at: datetime) -> bool:
    return 8 <= wall(at, zone).hour < 21


@settings(max_examples=400)
@given(anywhere, states, moments)
def test_no_call_while_it_is_night_anywhere_they_may_be(candidates, state, at):
    window = call_window(candidates, state, at)

    assert window.may_call is all(decent(zone, at) for zone in candidates or COUNTRY)


def first_candidate_only(candidates, state, at):
    """Known bad: ask only the likeliest zone."""
    return call_window(candidates[:1], state, at)


def test_the_same_rule_catches_asking_only_the_likeliest_zone():
    at = utc("2026-11-24T14:30")

    assert not decent(MOUNTAIN, at)
    assert first_candidate_only((CENTRAL, MOUNTAIN), "TX", at).may_call
    assert not call_window((CENTRAL, MOUNTAIN), "TX", at).may_call


@settings(max_examples=200)
@given(st.sampled_from(sorted(STATES)), moments)
def test_until_is_when_the_answer_changes_and_not_before(state, at):
    zones = state_zones(state)
    window = call_window(zones, state, at)

    assert window.until is not None and window.until > at
    assert call_window(zones, state, window.until).kind != window.kind
    between = at + (window.until - at) * 0.99
    assert call_window(zones, state, min(between, window.until - timedelta(seconds=1))).kind == window.kind or (
        window.until - at <= timedelta(seconds=1)
    )
