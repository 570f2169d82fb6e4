"""Simulated sources whose truth is known: how many messages each hour should bring, and which came.

The truth is drawn wider than what the detector assumes: another day, another holiday and another drift for every
source, busy and slow days beyond chance, campaigns, bursts after a broadcast, imports of many rows, a real day of
nothing, and outages in the past.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from crm.clock import federal_holidays, wall

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
ZONE = "America/New_York"
QUARTER = 13 * WEEK
# The first quarter is learned from, the second judged: summer; Thanksgiving and Christmas; the new year and spring.
STARTS = (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC), datetime(2026, 10, 12, tzinfo=UTC))

KINDS = ("web", "office", "broadcast", "imports", "new")
RATES = (0.3, 1.0, 3.0, 7.0, 21.0, 42.0, 140.0, 420.0, 1400.0)  # messages a week: 0.3 a week to 200 a day


@dataclass
class Simulated:
    """A source and its truth. `arrivals` are what we saw, in order; `expected` counts since the start, hour by hour.

    The truth goes on for a third quarter, in which an outage of the second may still be found.
    """

    kind: str
    per_week: float  # signs of life: an import of many rows is one
    start: datetime
    arrivals: list[datetime] = field(default_factory=list)
    expected: list[float] = field(default_factory=list)  # of signs of life, without what comes on top

    @property
    def judged(self) -> tuple[datetime, datetime]:
        """From when to when the alarms are counted."""
        return self.start + QUARTER, self.start + 2 * QUARTER

    @property
    def usual_gap(self) -> float:
        """In expected signs of life: by chance alone, the longest wait of a usual month is ln(as many as it has).

        Of fewer than twenty it is the one that 19 of 20 are shorter than. The traffic is wilder than chance, so this is
        on the strict side.
        """
        return math.log(max(20.0, 4 * self.per_week))

    def expected_by(self, moment: datetime) -> float:
        """How many signs of life the truth expects from the start until then."""
        hours = (moment - self.start) / HOUR
        whole = int(hours)
        before = self.expected[whole - 1] if whole else 0.0
        return before + (hours - whole) * (self.expected[whole] - before)

    def between(self, since: datetime, until: datetime) -> list[datetime]:
        """What came after `since`, up to and with `until`."""
        return self.arrivals[bisect_right(self.arrivals, since):bisect_right(self.arrivals, until)]

    def last_before(self, moment: datetime) -> datetime | None:
        """The newest message before a moment."""
        found = bisect_left(self.arrivals, moment)
        return self.arrivals[found - 1] if found else None


def simulate(kind: str, per_week: float, start: datetime, seed: str) -> Simulated:
    """Half a year of one source. `kind` is one of `KINDS`: an office has opening hours, new means weeks old."""
    chance = Random(seed)
    source = Simulated(kind, per_week, start)
    hours = _expected_hours(source, chance)
    source.expected = list(accumulate(hours))
    noise = _noise(chance, len(hours))
    campaign = _campaigns(chance, len(hours))
    moments: list[datetime] = []
    for nth, hour in enumerate(hours[: 2 * QUARTER // HOUR]):
        for _ in range(_poisson(chance, hour * noise[nth // 24] * campaign[nth])):
            moments += _sign_of_life(kind, start + (nth + chance.random()) * HOUR, chance)
    if kind == "broadcast":
        moments += _broadcasts(source, chance)
    source.arrivals = sorted(_without_holes(source, moments, chance))
    return source


def _expected_hours(source: Simulated, chance: Random) -> list[float]:
    """The truth, hour by hour: the week's pattern, holidays, drift."""
    peak, depth = chance.uniform(11, 19), chance.uniform(0.5, 0.95)
    weekend, drift = chance.uniform(0.4, 1.1), chance.uniform(-0.25, 0.25)  # of the logarithm, a quarter
    opens, closes = chance.choice((8, 9)), chance.choice((17, 18))
    closed_on_all = chance.random() < 0.5  # an office: also on the small holidays
    holiday, years_end = chance.uniform(0.1, 0.5), chance.uniform(0.35, 0.8)
    speeds = []
    for nth in range(3 * QUARTER // HOUR):
        local = wall(source.start + nth * HOUR, ZONE)
        if source.kind == "office":
            speed = 1.0 if local.weekday() < 5 and opens <= local.hour < closes else 0.0
            speed *= 0.0 if closed_on_all and local.date() in federal_holidays(local.year) else 1.0
            closed = 0.0
        else:
            speed = 1 + depth * math.cos((local.hour - peak) / 24 * 2 * math.pi)
            speed *= weekend if local.weekday() >= 5 else 1.0
            closed = holiday
        speed *= closed if _is_closed(local.date()) else years_end if (local.month, local.day) >= (12, 24) else 1.0
        speeds.append(speed * math.exp(drift * (nth / (QUARTER / HOUR) - 1)))
    scale = source.per_week * 26 / sum(speeds[: 2 * QUARTER // HOUR])
    return [speed * scale for speed in speeds]


def _is_closed(day: date) -> bool:
    """The holidays on which people do something else; on the small ones a form is as busy as ever."""
    names = {"Thanksgiving Day", "Christmas Day", "New Year's Day", "Independence Day", "Memorial Day", "Labor Day"}
    today, yesterday = (federal_holidays(one.year).get(one, "") for one in (day, day - DAY))
    return today.removesuffix(" (observed)") in names or yesterday == "Thanksgiving Day"


def _noise(chance: Random, hours: int) -> list[float]:
    """Busier and slower days beyond chance: a quarter up or down, mean one."""
    return [chance.gammavariate(16, 1 / 16) for _ in range(hours // 24 + 1)]


def _campaigns(chance: Random, hours: int) -> list[float]:
    """None, one or two in the half year: one to three weeks that bring two to four times as much."""
    more = [1.0] * hours
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        begins, lasts = chance.randrange(hours), round(chance.uniform(1, 3) * 168)
        times = chance.uniform(2, 4)
        for nth in range(begins, min(hours, begins + lasts)):
            more[nth] = times
    return more


def _sign_of_life(kind: str, moment: datetime, chance: Random) -> list[datetime]:
    if kind == "imports":
        return [moment + timedelta(seconds=row) for row in range(chance.randrange(5, 120))]
    else:
        return [moment]


def _broadcasts(source: Simulated, chance: Random) -> list[datetime]:
    """About one a week: eight to thirty messages within the hour, on top."""
    moments = []
    for _ in range(_poisson(chance, 26.0)):
        begins = source.start + chance.random() * 2 * QUARTER
        moments += [begins + chance.expovariate(3) * HOUR for _ in range(chance.randrange(8, 30))]
    return [moment for moment in moments if moment < source.judged[1]]


def _without_holes(source: Simulated, moments: Sequence[datetime], chance: Random) -> list[datetime]:
    """Takes out what a new source did not yet have, a day of nothing for half of them, and an outage in the past."""
    holes: list[tuple[datetime, datetime]] = []
    begins, ends = source.judged
    if source.kind == "new":
        holes.append((source.start, begins - chance.uniform(0.5, 4) * WEEK))
    if chance.random() < 0.5:
        midnight = datetime.combine(wall(source.start + chance.random() * 26 * WEEK, ZONE), time(5), UTC)
        holes.append((midnight, midnight + DAY))
    if chance.random() < 0.35:
        went = source.start + chance.random() * (QUARTER - 6 * DAY)
        holes.append((went, went + chance.uniform(1, 5) * DAY))
    return [one for one in moments if one < ends and not any(since <= one < until for since, until in holes)]


def _poisson(chance: Random, mean: float) -> int:
    """As many as come by chance where `mean` are expected (Knuth's way: fine for the small means of an hour)."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def a_year_of(kinds: Sequence[str], rates: Sequence[float], times: int, seed: str) -> Iterator[Simulated]:
    """Sources of every kind and rate, in turn in each of the three seasons."""
    for kind in kinds:
        for rate in rates:
            if kind != "imports" or rate <= 7:
                for nth in range(times):
                    yield simulate(kind, rate, STARTS[nth % 3], f"{seed} {kind} {rate} {nth}")
