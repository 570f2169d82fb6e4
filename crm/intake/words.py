"""What visitors read that depends on our hours."""

from datetime import time
from itertools import groupby

from babel.dates import get_day_names
from flask_babel import get_locale, gettext

from crm.clock import Calendar
from crm.languages import clock_words, zone_words


def opening_words(calendar: Calendar) -> str:
    """ "8 AM to 8 PM Eastern, every day"; "Monday to Friday 8 AM to 8 PM, Saturday 9 AM to 5 PM Eastern"."""
    place = zone_words(calendar.zone)
    if len(calendar.hours) == 7 and len(set(calendar.hours.values())) == 1:
        return _("%(hours)s %(place)s, every day", hours=_hours(*calendar.hours[0]), place=place)
    runs = [
        [day for day, _ in run]
        for hours, run in groupby(((day, calendar.hours.get(day)) for day in range(7)), key=lambda entry: entry[1])
        if hours
    ]
    parts = [f"{_days(run)} {_hours(*calendar.hours[run[0]])}" for run in runs]
    return _("%(hours)s %(place)s", hours=", ".join(parts), place=place)


def _days(run: list[int]) -> str:
    names = get_day_names(locale=get_locale())
    if len(run) == 1:
        return str(names[run[0]])
    elif len(run) == 2:
        return _("%(first)s and %(last)s", first=names[run[0]], last=names[run[1]])
    else:
        return _("%(first)s to %(last)s", first=names[run[0]], last=names[run[-1]])


def _hours(opens: time, closes: time) -> str:
    return _("%(opens)s to %(closes)s", opens=_clock(opens), closes=_clock(closes))


def _clock(moment: time) -> str:
    return clock_words(moment, "h:mm a" if moment.minute else "h a")


def _(words: str, **values: str) -> str:
    return str(gettext(words, **values))
