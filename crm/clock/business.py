"""When are the doors open? Deadlines and spans in business minutes, right across holidays and clock changes.

Source: docs/domain.md, "Triage levels" (the promise runs on the business clock unless somebody is on call all night).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from crm.clock.local import resolve, wall, zone_of
from crm.clock.moment import as_utc

MIDNIGHT = time(0, 0)  # as a closing time: the end of that day, "24:00"
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NOTHING = timedelta(0)
_LOOK_AHEAD = 370  # days: the longest anybody looks for an open door, a year and a holiday week


class Span(NamedTuple):
    """One day's open doors, in UTC: opens at the first moment, is closed at the last."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class Calendar:
    """An organisation's week and its holidays.

    `hours` maps a weekday (Monday is 0) to opening and closing time in whole minutes; a missing day is closed; closing
    at 00:00 means the midnight that ends the day. Raises ValueError for hours or a zone that make no sense.
    """

    zone: str
    hours: Mapping[int, tuple[time, time]]
    holidays: frozenset[date] = frozenset()
    _spans: dict[date, Span | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_of(self.zone)
        for weekday, (opens, closes) in self.hours.items():
            if weekday not in range(7):
                raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")
            if any(edge != edge.replace(second=0, microsecond=0, tzinfo=None, fold=0) for edge in (opens, closes)):
                raise ValueError("opening hours are whole minutes of local time; closing at 00:00 is midnight")
            if closes != MIDNIGHT and closes <= opens:
                raise ValueError("a day closes after it opens; split hours over midnight into two days")
        object.__setattr__(self, "hours", dict(self.hours))  # ours alone: the remembered days depend on it

    def is_open(self, at: datetime) -> bool:
        """Are the doors open? At the opening minute yes, at the closing minute no."""
        span = self._span(self._day(at))
        return span is not None and span.opens <= at < span.closes

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment after `at` at which closed doors open; None if that does not happen within 370 days."""
        closed_at, horizon = None, at + _LOOK_AHEAD * _DAY
        for span in self._days_ahead(self._day(at) - _DAY):
            if span.opens > horizon:  # doors that never close never open either
                return None
            if span.opens > at and span.opens != closed_at:
                return span.opens
            closed_at = span.closes
        return None

    def closes_at(self, at: datetime) -> datetime | None:
        """When the open doors close; None if they are closed, or stay open for 370 days."""
        if not self.is_open(at):
            return None
        closes = as_utc(at)
        for _ in range(_LOOK_AHEAD):
            span = self._span(self._day(closes))
            if span is None or not span.opens <= closes < span.closes:
                return closes
            closes = span.closes
        return None

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """The deadline that many business minutes after `at`; while closed, counting starts at the next opening.

        It lies within open hours, the closing moment included: a promise that fits before closing is not put off to
        the next day. If no door opens for 370 days the rest is counted as plain time, so that a calendar with
        nothing in it still yields a promise. Raises ValueError for negative minutes.
        """
        if minutes < 0:
            raise ValueError("a promise cannot lie in the past")
        reached, left = as_utc(at), minutes * _MINUTE
        for span in self._days_ahead(self._day(at)):
            if span.closes <= reached:
                continue
            reached = max(reached, span.opens)
            if left <= span.closes - reached:
                return reached + left
            left -= span.closes - reached
            reached = span.closes
        return reached + left

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole business minutes from `start` to `end`; 0 if `end` comes first (a call logged before the form)."""
        if end <= start:
            return 0
        day, last = self._day(start), self._day(end)
        if day == last:
            return self._open_within(day, start, end) // _MINUTE
        open_time = self._open_within(day, start, end) + self._open_within(last, start, end)
        while (day := day + _DAY) < last:  # the days between are open in full: no comparing
            span = self._span(day)
            if span is not None:
                open_time += span.closes - span.opens
        return open_time // _MINUTE

    def start_of_day(self, at: datetime) -> datetime:
        """The moment the local day began, whether or not the doors open on it."""
        return resolve(self._day(at), MIDNIGHT, self.zone)

    def end_of_day(self, at: datetime) -> datetime:
        """The moment the local day ends, which is the first of the next."""
        return resolve(self._day(at) + _DAY, MIDNIGHT, self.zone)

    def _day(self, at: datetime) -> date:
        return wall(at, self.zone).date()

    def _days_ahead(self, day: date) -> Iterator[Span]:
        """The open days from `day` on; ends when the doors stay shut for 370 days in a row."""
        shut = 0
        while shut < _LOOK_AHEAD:
            span = self._span(day)
            if span is None:
                shut += 1
            else:
                shut = 0
                yield span
            day += _DAY

    def _open_within(self, day: date, start: datetime, end: datetime) -> timedelta:
        span = self._span(day)
        if span is None:
            return _NOTHING
        return max(_NOTHING, min(end, span.closes) - max(start, span.opens))

    def _span(self, day: date) -> Span | None:
        """That day's open doors. Remembered: reports ask for the same few hundred days a hundred thousand times."""
        try:
            return self._spans[day]
        except KeyError:
            return self._spans.setdefault(day, self._work_out(day))

    def _work_out(self, day: date) -> Span | None:
        if day in self.holidays or day.weekday() not in self.hours:
            return None
        opens, closes = self.hours[day.weekday()]
        last_day = day + _DAY if closes == MIDNIGHT else day
        span = Span(resolve(day, opens, self.zone), resolve(last_day, closes, self.zone))
        return span if span.opens < span.closes else None  # hours that lie wholly in a skipped hour
