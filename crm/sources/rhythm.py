"""Has this source fallen silent? Each source's own rhythm is learned; a silence unlike its usual ones is told in words.

Pure judgement: moments in, words out. Who is told, and what they can do, is for other rooms.

Waits are measured on a clock of the source's own. It shows *usual hours*: it runs fast in the hours of the week that
bring most, hardly at all in those that bring nothing, and as holidays go on a holiday; a whole week of it is a week. So
a night does not alarm, and one line serves for every hour. When the last twenty waits were longer than usual, a quiet
week or a source slowly fading, the line moves out with them.

The *usual gap* is the longest wait of a usual month on that clock (for fewer than twenty messages a month, the wait
that 19 of 20 are shorter than). Not the median: messages that come by chance leave three median gaps of silence after
every eighth message, so a bar drawn there cries wolf all day. The *line*, where a silence rings, is the wait that
chance passes `BUDGET` times a quarter, drawn through the longest waits of this source. Nothing is assumed of the
shorter ones: campaigns, broadcasts and imports only fill in the short side.

Measured on simulated quarters in tests/soak: about 98 of 100 outages ring within three usual gaps, and about 98 of 100
sources have at most one false alarm in a quarter. A source with no rhythm to know (`is_known`) never rings here.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from typing import NamedTuple

from crm.clock import as_utc, federal_holidays, wall

QUARTER = timedelta(weeks=13)
MOST_MOMENTS = 8_000  # of the newest: six weeks of the busiest source we can imagine, 200 a day
# False alarms by chance we plan for in a quarter. After one silence that rang, real or not, another in the same quarter
# has to be three times as unlikely. Chosen on simulated quarters, so that both measured bars are kept.
BUDGET, BUDGET_WHEN_SPENT = 0.12, 0.04

_FEWEST_WAITS, _SHORTEST_HISTORY = 8, timedelta(weeks=2)  # every weekday twice; fewer say nothing of the long ones
_BATCH, _AT_ONCE = timedelta(minutes=1), 20  # closer than a minute, or than a twentieth of the average, is no wait
_TAIL_SHARE, _TAIL_FEWEST, _TAIL_MOST = 3, 12, 60  # the line goes through the longest third, twelve to sixty of them
_MOST_OUTAGES = 2  # as many silences of a quarter may be set aside; what comes beyond is the source's nature
_LATEST = 20  # waits that show how it goes at present
_A_MONTH, _ONE_IN = 4, 20  # weeks; of a source too slow for a month to say much, the wait passed one time in so many
_CERTAIN = 1.5  # usual gaps: no shorter silence rings, however regular the source

_HOUR, _WEEK_HOURS = timedelta(hours=1), 168
# Kinds of day after the seven weekdays: great holidays, small ones. Until more is known, what each brings of a Sunday.
_GREAT, _SMALL = 7, 8
_HOLIDAYS = {_GREAT: 0.5, _SMALL: 1.0}
_GREAT_NAMES = {"New Year's Day", "Memorial Day", "Independence Day", "Labor Day", "Thanksgiving Day", "Christmas Day"}
_CHRISTMAS = 24  # of December, and on to the year's end: half of the weekday; a quarter is too little to learn that
_CHRISTMAS_SPEED = 0.5
_SLOTS = 24 * (7 + len(_HOLIDAYS))
_CAUTION, _AT_MOST = 5, 3  # messages by which an hour's own count is doubted; times the usual that one hour may count


@dataclass(frozen=True)
class Rhythm:
    """What is usual for a source. `usual_gap` and `line` are usual hours; `longest_usual` is by the clock on the wall.

    Unless `is_known`, only `per_week` and `words` mean something. `week` says how fast the source's clock runs in each
    local hour of the week, Monday's midnight first, and of the two kinds of holiday.
    """

    per_week: float
    usual_gap: timedelta
    line: timedelta
    longest_usual: timedelta
    is_known: bool
    words: str
    week: tuple[float, ...]
    zone: str


@dataclass(frozen=True)
class Silence:
    """A source that normally speaks and does not. `usual_gaps`: how many of its usual gaps it has been silent."""

    since: datetime
    usual_gaps: float
    words: str


def learn(arrivals: Sequence[datetime], at: datetime, zone: str) -> Rhythm:
    """The rhythm of a source at a moment, from when its messages came (in any order; later ones are not looked at).

    Looks back thirteen weeks and at most `MOST_MOMENTS` messages. `zone` is the IANA zone its people live by. Raises
    ValueError for an unknown zone and for a moment without one. Up to two outages of the past are recognised by the
    line itself and set aside.
    """
    moments = sorted(as_utc(moment) for moment in arrivals if at - QUARTER < moment <= at)[-MOST_MOMENTS:]
    if len(moments) <= _FEWEST_WAITS or at - moments[0] < _SHORTEST_HISTORY:
        return _unknown(len(moments), zone)
    week = _week(moments, at, zone)
    waits = _true_waits([_Wait(_usual_hours(week, zone, one, other), other - one) for one, other in pairwise(moments)])
    if len(waits) < _FEWEST_WAITS:
        return _unknown(len(moments), zone)
    kept = _without_outages(waits)
    ratios, pace = _paced(kept)
    usual = _usual_gap(ratios, kept)
    line = _line(ratios, kept, BUDGET if len(kept) == len(waits) else BUDGET_WHEN_SPENT)
    per_week = len(moments) / _weeks(kept)
    longest = max(wait.lasted for wait in kept)
    return Rhythm(
        per_week, timedelta(hours=usual * pace), timedelta(hours=line * pace), longest, True,
        f"{rate_words(per_week)}; its longest usual silence is {span_words(longest)}", week, zone,
    )  # fmt: skip


def is_silent(rhythm: Rhythm, last: datetime, at: datetime) -> Silence | None:
    """Is a source of this rhythm, last heard at `last`, unusually silent? Never while its rhythm is not known."""
    if not rhythm.is_known or at <= last:
        return None
    lasted = timedelta(hours=_usual_hours(rhythm.week, rhythm.zone, last, at))
    if lasted < rhythm.line:
        return None
    words = f"silent for {span_words(at - last)}; normally brings {rate_words(rhythm.per_week)}"
    return Silence(last, lasted / rhythm.usual_gap, words)


def rings_at(rhythm: Rhythm, last: datetime) -> datetime | None:
    """When `is_silent` will first say so if nothing comes after `last`; None while the rhythm is not known."""
    if not rhythm.is_known:
        return None
    left = rhythm.line
    for hour, start, end in _hours(last):
        speed = _speed(rhythm.week, hour, rhythm.zone)
        if (end - start) * speed >= left:
            return start + left / speed
        left -= (end - start) * speed
    raise AssertionError("the hours do not end")


def rate_words(per_week: float) -> str:
    """ "about 6 a day", "about 3 a week", "about 1 a month"."""
    if per_week >= 14:
        return f"about {per_week / 7:,.0f} a day"
    elif per_week >= 1.5:
        return f"about {per_week:.0f} a week"
    else:
        return f"about {max(1, per_week * 52 / 12):.0f} a month"


def span_words(lasted: timedelta) -> str:
    """ "50 minutes", "26 hours", "4 days": no finer than anybody would say it."""
    if lasted < 2 * _HOUR:
        return f"{lasted // timedelta(minutes=1)} minutes"
    elif lasted < 72 * _HOUR:
        return f"{lasted // _HOUR} hours"
    else:
        return f"{lasted.days} days"


class _Wait(NamedTuple):
    """Between two messages: on the source's clock, and on the wall's."""

    hours: float
    lasted: timedelta


def _unknown(count: int, zone: str) -> Rhythm:
    nothing, per_week = timedelta(0), count / (QUARTER / timedelta(weeks=1))
    return Rhythm(per_week, nothing, nothing, nothing, False, "too few messages to know its rhythm", (), zone)


def _true_waits(waits: Sequence[_Wait]) -> Sequence[_Wait]:
    """Those that tell something: the rows of an import, and the rush after a broadcast, are one sign of life."""
    at_once = sum(wait.hours for wait in waits) / len(waits) / _AT_ONCE
    return [wait for wait in waits if wait.hours > at_once and wait.lasted > _BATCH]


def _without_outages(waits: Sequence[_Wait]) -> Sequence[_Wait]:
    """All but the one or two that would have rung, judged by the others."""
    longest = nlargest(_MOST_OUTAGES, waits)
    for aside in range(_MOST_OUTAGES, 0, -1):
        others = [wait for wait in waits if wait not in longest[:aside]]
        if len(others) >= _FEWEST_WAITS:
            ratios, _ = _paced(others)
            if longest[aside - 1].hours > _line(ratios, others, BUDGET) * _average(others):
                return others
    return waits


def _paced(waits: Sequence[_Wait]) -> tuple[list[float], float]:
    """Each wait as a multiple of the pace before it, and the pace now.

    The pace, in usual hours, is the average of the latest waits, and never less than that of all of them: after a
    campaign the ordinary is not slow.
    """
    pace = average = _average(waits)
    ratios, latest, total = [], deque[float](), 0.0
    for wait in waits:
        ratios.append(wait.hours / pace)
        latest.append(wait.hours)
        total += wait.hours
        if len(latest) > _LATEST:
            total -= latest.popleft()
        pace = max(average, total / len(latest)) if len(latest) == _LATEST else average
    return ratios, pace


def _usual_gap(ratios: Sequence[float], waits: Sequence[_Wait]) -> float:
    """The longest of a usual month, or the one that 19 of 20 are shorter than, whichever is longer. A multiple."""
    a_month = len(ratios) / _weeks(waits) * _A_MONTH
    return _passed_by(ratios, len(ratios) / max(_ONE_IN, a_month))


def _line(ratios: Sequence[float], waits: Sequence[_Wait], budget: float) -> float:
    """The one that chance passes `budget` times a quarter. A multiple of the pace."""
    quarters = _weeks(waits) / (QUARTER / timedelta(weeks=1))
    return max(_passed_by(ratios, budget * quarters), _CERTAIN * _usual_gap(ratios, waits))


def _passed_by(ratios: Sequence[float], times: float) -> float:
    """What `times` of as many waits as these are expected to pass; `times` is to be fewer than the longest third.

    Beyond a high mark, waits go on as chance has it, with an average excess (an exponential tail). That average is
    itself only known from `count` of them, so the answer is the predictive one, (1 + x / (count * excess)) ** -count:
    it asks for more the less is known, and is the plain exponential when much is.
    """
    count = min(len(ratios) - 1, max(_TAIL_FEWEST, min(len(ratios) // _TAIL_SHARE, _TAIL_MOST)))
    *longest, mark = nlargest(count + 1, ratios)
    excess = sum(longest) / count - mark
    stretch: float = (count / times) ** (1 / count) - 1
    return mark + count * excess * stretch


def _average(waits: Sequence[_Wait]) -> float:
    return sum(wait.hours for wait in waits) / len(waits)


def _weeks(waits: Sequence[_Wait]) -> float:
    return sum(wait.hours for wait in waits) / _WEEK_HOURS


def _week(moments: Sequence[datetime], at: datetime, zone: str) -> tuple[float, ...]:
    """How fast the source's clock runs in each local hour of a week, one on average, and of a holiday.

    First kinds of day times hours of the day, with a little added so that nothing seen so far does not mean never.
    Then each hour moves from that towards what it brought itself, the further the more is known of it.
    """
    lived, own = [0.0] * _SLOTS, [0.0] * _SLOTS
    for hour, start, end in _hours(moments[0], until=at):
        slot = _slot(hour, zone)
        lived[slot.nth] += (end - start) / _HOUR * slot.speed
    seen = Counter(moment.replace(minute=0, second=0, microsecond=0) for moment in moments)
    plain = _days_times_hours(lived, seen, zone)
    for hour, count in seen.items():
        nth = _slot(hour, zone).nth
        own[nth] += min(count, _AT_MOST * max(1.0, plain[nth]))
    speeds = [plain[nth] * (own[nth] + _CAUTION) / (plain[nth] * lived[nth] + _CAUTION) for nth in range(_SLOTS)]
    average = sum(speeds[:_WEEK_HOURS]) / _WEEK_HOURS
    return tuple(speed / average for speed in speeds)


def _days_times_hours(lived: Sequence[float], seen: Mapping[datetime, int], zone: str) -> list[float]:
    """Messages an hour in each slot, if every day had the same hours."""
    hours, days = [0.5] * 24, [0.0] * (_SLOTS // 24)
    for hour, count in seen.items():
        nth = _slot(hour, zone).nth
        days[nth // 24] += count
        for beside, share in ((-1, 0.25), (0, 0.5), (1, 0.25)):
            hours[(nth + beside) % 24] += count * share
    lived_days = [sum(lived[day * 24 : day * 24 + 24]) / 24 for day in range(len(days))]
    a_day = [(days[day] + 1) / (lived_days[day] + 1) for day in range(7)]
    a_day += [(days[day] + a_day[6] * share) / (lived_days[day] + 1) for day, share in _HOLIDAYS.items()]
    return [a_day[nth // 24] * hours[nth % 24] / sum(hours) for nth in range(_SLOTS)]


def _usual_hours(week: Sequence[float], zone: str, since: datetime, until: datetime) -> float:
    """What the source's clock shows to have passed between two moments, in hours."""
    return sum((end - start) / _HOUR * _speed(week, hour, zone) for hour, start, end in _hours(since, until))


def _hours(since: datetime, until: datetime | None = None) -> Iterator[tuple[datetime, datetime, datetime]]:
    """The hours of the clock that lie between two moments, each with the part of it that does: from when, to when."""
    start = as_utc(since)
    hour = start.replace(minute=0, second=0, microsecond=0)
    while until is None or start < until:
        yield hour, start, hour + _HOUR if until is None else min(hour + _HOUR, until)
        start = hour = hour + _HOUR


def _speed(week: Sequence[float], hour: datetime, zone: str) -> float:
    slot = _slot(hour, zone)
    return week[slot.nth] * slot.speed


class _Slot(NamedTuple):
    """Which local hour of the week, or of a holiday, and what it brings compared with others of that kind."""

    nth: int
    speed: float


@lru_cache(maxsize=10_000)  # the hours of a year in one zone: every source asks for the same ones
def _slot(hour: datetime, zone: str) -> _Slot:
    local = wall(hour, zone)
    day = local.date()
    holiday = federal_holidays(day.year).get(day, "").removesuffix(" (observed)")
    yesterday = federal_holidays(day.year).get(day - timedelta(days=1))
    if holiday in _GREAT_NAMES or yesterday == "Thanksgiving Day":
        return _Slot(_GREAT * 24 + local.hour, 1.0)
    elif holiday:
        return _Slot(_SMALL * 24 + local.hour, 1.0)
    elif day.month == 12 and day.day >= _CHRISTMAS:
        return _Slot(local.weekday() * 24 + local.hour, _CHRISTMAS_SPEED)
    else:
        return _Slot(local.weekday() * 24 + local.hour, 1.0)
