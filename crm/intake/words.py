"""What visitors read that depends on our hours and their clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from babel.dates import format_date, get_day_names
from flask_babel import get_locale, gettext

from crm.clock import Calendar, Zone, time_words, wall, zone_city, zone_label

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Deadline:
    """The end of our promise as the visitor's clock shows it, or as ours does while we cannot be sure of theirs."""

    at: datetime
    zone: str
    is_theirs: bool

    def words(self, now: datetime) -> str:
        """ "8:36 AM Denver time", "9:15 AM tomorrow, Denver time", "9:15 AM on Monday, November 30, Denver time"."""
        clock, day = time_words(self.at, self.zone), wall(self.at, self.zone).date()
        today = wall(now, self.zone).date()
        if day == today:
            return _("%(clock)s %(place)s time", clock=clock, place=self._place)
        elif day == today + _A_DAY:
            return _("%(clock)s tomorrow, %(place)s time", clock=clock, place=self._place)
        else:
            date = format_date(day, "EEEE, MMMM d", locale=get_locale())
            return _("%(clock)s on %(date)s, %(place)s time", clock=clock, date=date, place=self._place)

    @property
    def _place(self) -> str:
        return zone_city(self.zone) if self.is_theirs else zone_label(self.zone)


def deadline(at: datetime, theirs: Zone, here: str) -> Deadline:
    """Told in their zone when a state or a phone number makes it likely; a mere guess would make a wrong promise."""
    if theirs.name and theirs.confidence in ("sure", "likely"):
        return Deadline(at, theirs.name, True)
    else:
        return Deadline(at, here, False)


def opening_words(calendar: Calendar) -> str:
    """ "8 AM to 8 PM Eastern, every day"; "Monday to Friday 8 AM to 8 PM, Saturday 9 AM to 5 PM Eastern"."""
    place = zone_label(calendar.zone)
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
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'AM' if moment.hour < 12 else 'PM'}"


def _(words: str, **values: str) -> str:
    return str(gettext(words, **values))
