"""The detector of silence on many simulated quarters: every kind of source, from one in three weeks to 200 a day."""

import pytest

from tests.support.traffic import KINDS, RATES, a_year_of
from tests.support.watching import Seen, lantern, watch

QUARTERS = 15  # of each kind and rate: five in each season


@pytest.mark.soak
def test_outages_are_found_in_time_and_false_alarms_are_rare():
    together = Seen()
    for rate in RATES:
        seen = watch(a_year_of(KINDS, [rate], QUARTERS, "soak"), lantern)
        print(f"\n{rate} a week: {seen.words()}", flush=True)
        together.add(seen)

        assert sum(seen.false_alarms) <= len(seen.false_alarms), "no rate has one each"
        assert seen.too_many <= 0.1 and seen.in_time >= 0.85, "no rate is served much worse than the others"

    print(f"\ntogether: {together.words()}")
    assert together.too_many <= 0.03
    assert together.in_time >= 0.96
