"""The detector of silence on many simulated quarters: every kind of source, from one in three weeks to 200 a day."""

from collections.abc import Iterator

import pytest

from tests.support.traffic import KINDS, RATES, Simulated, a_year_of
from tests.support.watching import lantern, watch

QUARTERS = 15  # of each kind and rate: five in each season


@pytest.mark.soak
def test_outages_are_found_in_time_and_false_alarms_are_rare():
    seen = watch(at_length(RATES), lantern)

    print(f"\nlantern: {seen.words()}")
    assert seen.too_many <= 0.03
    assert seen.in_time >= 0.96


@pytest.mark.soak
@pytest.mark.parametrize("rate", RATES)
def test_no_rate_is_served_much_worse_than_the_others(rate: float):
    seen = watch(at_length([rate]), lantern)

    print(f"\n{rate} a week: {seen.words() if seen.delays else 'never known'}")
    assert seen.too_many <= 0.06
    assert sum(seen.false_alarms) <= len(seen.false_alarms)
    assert not seen.delays or seen.in_time >= 0.9


def at_length(rates: list[float] | tuple[float, ...]) -> Iterator[Simulated]:
    return a_year_of(KINDS, rates, QUARTERS, "soak")
