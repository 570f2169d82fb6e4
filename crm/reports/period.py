"""The days a report is about, as local dates of the programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from crm.clock import resolve, wall, zone_label
from crm.programme import programme

USUAL = 30  # days, when nobody asks for others
LONGEST = 5 * 366  # days


class BadPeriod(ValueError):
    """The dates asked for make no sense; the text says why."""


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The first moment of it."""
        return resolve(self.first, time(0), programme().time_zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return resolve(self.last + timedelta(days=1), time(0), programme().time_zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def words(self) -> str:
        """`October 25 to November 23, 2026`."""
        year = "" if self.first.year == self.last.year else f", {self.first.year}"
        return f"{self.first:%B} {self.first.day}{year} to {self.last:%B} {self.last.day}, {self.last.year}"

    @property
    def zone(self) -> str:
        """Whose days they are: `Eastern`."""
        return zone_label(programme().time_zone)

    def as_args(self) -> dict[str, Any]:
        """As the address bar has it."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def last_days(days: int, at: datetime) -> Period:
    """The period of that many days that ends today."""
    today = wall(at, programme().time_zone).date()
    return Period(today - timedelta(days=days - 1), today)


def from_args(args: Mapping[str, str], at: datetime) -> Period:
    """What the address bar asks for (`from`, `to`); the last thirty days when it asks for nothing. Raises BadPeriod."""
    usual = last_days(USUAL, at)
    last = _day(args.get("to", ""), usual.last)
    period = Period(_day(args.get("from", ""), min(usual.first, last)), last)
    if period.first > period.last:
        raise BadPeriod("The first day is after the last one.")
    if period.days > LONGEST:
        raise BadPeriod("That is longer than five years; please choose fewer days.")
    return period


def _day(text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadPeriod("Please give both days as year-month-day.") from None
    if not 2000 <= day.year <= 2100:
        raise BadPeriod("Please give a year between 2000 and 2100.")
    return day
