"""Which days is the country closed? The federal holidays, by rule; they seed the list an administrator edits."""

from datetime import date, timedelta

_SATURDAY, _SUNDAY = 5, 6
_MONDAY, _THURSDAY = 0, 3
_OBSERVED = {_SATURDAY: timedelta(days=-1), _SUNDAY: timedelta(days=1)}


def federal_holidays(year: int) -> dict[date, str]:
    """The holidays that fall in that year, in order, with their names.

    One that falls on a weekend is listed on its own day and again on the weekday it is observed, since a clinic may be
    open on both: Saturday's on the Friday before, Sunday's on the Monday after. So New Year's Day can close 31
    December of the year before. Source: 5 U.S.C. 6103(a) and (b); Executive Order 11582, section 3, for Sundays.
    Inauguration Day binds only the capital and is left out.
    """
    days: dict[date, str] = {}
    for day, name in [*_by_rule(year).items(), (date(year + 1, 1, 1), "New Year's Day")]:
        days.setdefault(day, name)
        if day.weekday() in _OBSERVED:
            days.setdefault(day + _OBSERVED[day.weekday()], f"{name} (observed)")
    return {day: days[day] for day in sorted(days) if day.year == year}


def _by_rule(year: int) -> dict[date, str]:
    return {
        date(year, 1, 1): "New Year's Day",
        _nth(3, _MONDAY, year, 1): "Birthday of Martin Luther King, Jr.",
        _nth(3, _MONDAY, year, 2): "Washington's Birthday",
        _nth(1, _MONDAY, year, 6) - timedelta(days=7): "Memorial Day",  # the last Monday in May
        date(year, 6, 19): "Juneteenth National Independence Day",
        date(year, 7, 4): "Independence Day",
        _nth(1, _MONDAY, year, 9): "Labor Day",
        _nth(2, _MONDAY, year, 10): "Columbus Day",
        date(year, 11, 11): "Veterans Day",
        _nth(4, _THURSDAY, year, 11): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }


def _nth(nth: int, weekday: int, year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
