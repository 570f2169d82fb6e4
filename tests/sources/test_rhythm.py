"""A source that falls silent is told soon, and one that is only quiet is not."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import log
from random import Random
from statistics import median

import pytest

from crm.sources import rhythm
from crm.sources.rhythm import is_silent, learn, rate_words, rings_at, span_words
from tests.support.traffic import QUARTER, WEEK, ZONE, Simulated, a_year_of
from tests.support.watching import lantern, watch

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = datetime(2026, 9, 15, 14, 0, tzinfo=UTC)  # ten in the morning in New York


def a_form(per_day: float, until: datetime = TUESDAY, weeks: float = 13, by_night: float = 0.1) -> list[datetime]:
    """Messages by chance, in New York's daytime (7 AM to 11 PM), with a few at night."""
    chance, moments, moment = Random(5), [], until - weeks * WEEK
    while moment < until:
        is_day = moment.hour >= 11 or moment.hour < 3
        if chance.random() < per_day / 24 / 4 * (1.4 if is_day else by_night):
            moments.append(moment + chance.random() * timedelta(minutes=15))
        moment += timedelta(minutes=15)
    return [one for one in moments if one < until]


def test_a_silent_form_is_told_in_words():
    came = a_form(per_day=6)
    last = came[-1]

    found = is_silent(learn(came, TUESDAY, ZONE), last, last + 50 * HOUR)

    assert found is not None
    assert found.since == last
    assert found.words == "silent for 50 hours; normally brings about 6 a day"
    assert 1.5 <= found.usual_gaps <= 3


def test_what_is_usual_is_told_in_words():
    learned = learn(a_form(per_day=6), TUESDAY, ZONE)

    assert learned.is_known
    assert 38 <= learned.per_week <= 46
    hours = learned.longest_usual // HOUR
    assert learned.words == f"about 6 a day; its longest usual silence is {hours} hours"


def test_it_rings_at_the_moment_that_was_foretold():
    came = a_form(per_day=6)
    learned, last = learn(came, TUESDAY, ZONE), came[-1]
    moment = rings_at(learned, last)

    assert moment is not None
    assert is_silent(learned, last, moment - timedelta(minutes=1)) is None
    assert is_silent(learned, last, moment + timedelta(minutes=1)) is not None


def test_a_night_is_no_silence_and_half_a_day_of_nothing_is_told():
    """Forty a day, none at night: eight hours of the night say less than four of the day."""
    learned = learn(a_form(per_day=40, by_night=0.01), TUESDAY, ZONE)
    evening, morning = datetime(2026, 9, 15, 2, 55, tzinfo=UTC), datetime(2026, 9, 15, 11, 30, tzinfo=UTC)

    assert is_silent(learned, evening, morning) is None
    assert is_silent(learned, morning, morning + 8 * HOUR) is not None


def test_the_clocks_go_back_and_nobody_is_told():
    """The first of November 2026 has 25 hours; 11 PM stays 11 PM."""
    sunday = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    learned = learn(a_form(per_day=40, until=sunday - 9 * HOUR, by_night=0.01), sunday, ZONE)

    assert is_silent(learned, sunday - 9 * HOUR, sunday) is None


def test_on_thanksgiving_a_form_may_be_quieter_than_on_another_thursday():
    came = a_form(per_day=6, until=datetime(2026, 11, 26, 5, tzinfo=UTC))
    learned = learn(came, came[-1], ZONE)
    thursday = datetime(2026, 11, 19, 5, tzinfo=UTC)
    waits = [(rings_at(learned, midnight) or midnight) - midnight for midnight in (thursday, thursday + WEEK)]

    assert waits[1] > waits[0] + 12 * HOUR


@pytest.mark.parametrize("came", [[], [TUESDAY - DAY], a_form(6, weeks=1), a_form(0.04), [TUESDAY - 3 * WEEK] * 50],
                         ids=["nothing", "one", "a week old", "one in three weeks", "one import"])  # fmt: skip
def test_too_little_to_know_is_said_and_never_rings(came: Sequence[datetime]):
    learned = learn(came, TUESDAY, ZONE)

    assert learned.words == "too few messages to know its rhythm"
    assert not learned.is_known
    assert is_silent(learned, TUESDAY - 12 * WEEK, TUESDAY) is None
    assert rings_at(learned, TUESDAY) is None


def test_outages_of_the_past_do_not_make_it_deaf():
    came = a_form(per_day=6)
    holes = [(TUESDAY - 60 * DAY, TUESDAY - 55 * DAY), (TUESDAY - 20 * DAY, TUESDAY - 17 * DAY)]
    with_outages = [one for one in came if not any(since < one < until for since, until in holes)]
    whole, holed = learn(came, TUESDAY, ZONE), learn(with_outages, TUESDAY, ZONE)

    assert holed.line < 1.4 * whole.line
    assert holed.longest_usual < 2 * DAY
    assert abs(holed.per_week - whole.per_week) < 0.1 * whole.per_week


def test_outages_that_are_not_set_aside_would_make_it_deaf(monkeypatch):
    """The known-bad variant."""
    monkeypatch.setattr(rhythm, "_without_outages", lambda waits: waits)
    came = [one for one in a_form(per_day=6) if not TUESDAY - 60 * DAY < one < TUESDAY - 50 * DAY]

    assert learn(came, TUESDAY, ZONE).longest_usual >= 10 * DAY


def test_an_unknown_zone_and_a_moment_without_one_are_refused():
    with pytest.raises(ValueError, match="not a time zone"):
        learn(a_form(6), TUESDAY, "Mars/Olympus")
    with pytest.raises(ValueError, match="needs a zone"):
        is_silent(learn(a_form(6), TUESDAY, ZONE), TUESDAY.replace(tzinfo=None), TUESDAY.replace(tzinfo=None) + DAY)


@pytest.mark.parametrize(
    ("per_week", "words"),
    [(1_400, "about 200 a day"), (42, "about 6 a day"), (13.9, "about 14 a week"), (3.1, "about 3 a week"),
     (1.4, "about 6 a month"), (0.3, "about 1 a month"), (0.01, "about 1 a month")],
)  # fmt: skip
def test_rates_in_words(per_week: float, words: str):
    assert rate_words(per_week) == words


@pytest.mark.parametrize(
    ("hours", "words"), [(0.9, "54 minutes"), (26.7, "26 hours"), (71.9, "71 hours"), (100, "4 days")]
)
def test_spans_in_words(hours: float, words: str):
    assert span_words(hours * HOUR) == words


# The bars are measured in full in tests/soak; here on a few sources of each kind.
@pytest.fixture(scope="module")
def few() -> list[Simulated]:
    return list(a_year_of(["web", "office", "broadcast", "new"], [7.0, 42.0, 140.0], times=1, seed="suite"))


def test_an_outage_is_found_within_three_usual_gaps_and_false_alarms_are_rare(few: list[Simulated]):
    seen = watch(few, lantern, outages=4)

    print(f"\nlantern: {seen.words()}")
    assert seen.too_many == 0
    assert seen.in_time >= 0.95


def test_three_median_gaps_would_cry_wolf(few: list[Simulated]):
    """The known-bad variant that looks simple: a fixed three times the median gap."""
    seen = watch(few, three_medians, outages=1)

    print(f"\nthree median gaps: {seen.words()}")
    assert seen.too_many == 1.0
    assert min(seen.false_alarms) > 10


def test_a_detector_without_day_and_night_would_cry_wolf(few: list[Simulated]):
    """The known-bad variant that knows chance, but not that people sleep."""
    seen = watch(few, chance_around_the_clock, outages=1)

    print(f"\nwithout day and night: {seen.words()}")
    assert seen.too_many > 0.4


def test_a_deaf_detector_would_miss_the_outage(few: list[Simulated]):
    """The known-bad variant that never has a false alarm."""
    seen = watch(few, lambda _history, _at: lambda last: last + 3 * WEEK)

    print(f"\ndeaf: {seen.words()}")
    assert sum(seen.false_alarms) == 0
    assert seen.in_time < 0.5


def three_medians(history: Sequence[datetime], at: datetime) -> Callable[[datetime], datetime]:
    recent = history[bisect_left(history, at - QUARTER) :]
    usual = median(other - one for one, other in pairwise(recent))
    return lambda last: last + 3 * usual


def chance_around_the_clock(history: Sequence[datetime], at: datetime) -> Callable[[datetime], datetime]:
    """Rings where evenly spread chance would once in ten quarters."""
    recent = history[bisect_left(history, at - QUARTER) :]
    average = (recent[-1] - recent[0]) / (len(recent) - 1)
    return lambda last: last + average * log(QUARTER / average / 0.1)
