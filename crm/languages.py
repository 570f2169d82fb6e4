"""The languages that visitors read: which there are, and how a moment is said in them. Our own pages are English."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from babel.dates import format_date, format_time
from flask_babel import force_locale, get_locale, gettext, ngettext

from crm.clock import Zone, wall, zone_city, zone_label

OURS = "en"
LANGUAGES = {"en": "English", "es": "Español"}  # each is named in itself

_A_DAY = timedelta(days=1)


def N_(words: str) -> str:  # the name by which gettext's tools know words that are translated later
    """Mark words for translation where they are written, although they are translated where they are shown."""
    return words


# What the clock calls them; the cities of zones that are said alike in both languages are not listed.
_ZONES = (
    N_("Eastern"), N_("Central"), N_("Mountain"), N_("Pacific"), N_("Arizona"), N_("Alaska"), N_("Aleutian"),
    N_("Hawaii"), N_("Atlantic"), N_("Chamorro"), N_("Samoa"),
)
_CITIES = (N_("New York"), N_("Los Angeles"))


def speaking(language: str) -> AbstractContextManager[None]:
    """Within it every word and time is said in this language, in English when it is none of ours."""
    return cast(AbstractContextManager[None], force_locale(language if language in LANGUAGES else OURS))


@dataclass(frozen=True)
class Deadline:
    """The end of our promise as the visitor's clock shows it, or as ours does while we cannot be sure of theirs."""

    at: datetime
    zone: str
    is_theirs: bool

    def words(self, now: datetime) -> str:
        """ "8:36 AM Denver time", "9:15 AM tomorrow, Denver time", "9:15 AM on Monday, November 30, Denver time"."""
        local, today = wall(self.at, self.zone), wall(now, self.zone).date()
        # In Spanish an hour has an article of its own: "la 1:15 p. m.", but "las 8:36 a. m."
        clock = _several("%(clock)s", "%(clock)s", local.hour % 12 or 12, clock=clock_words(local.time()))
        if local.date() == today:
            return _("%(clock)s %(zone)s", clock=clock, zone=self._zone)
        elif local.date() == today + _A_DAY:
            return _("%(clock)s tomorrow, %(zone)s", clock=clock, zone=self._zone)
        else:
            return _("%(clock)s on %(date)s, %(zone)s", clock=clock, date=day_words(local.date()), zone=self._zone)

    @property
    def _zone(self) -> str:
        if self.is_theirs or zone_label(self.zone) not in _ZONES:
            return _("%(city)s time", city=_(zone_city(self.zone)))
        else:
            return _("%(zone)s time", zone=zone_words(self.zone))


def deadline(at: datetime, theirs: Zone, here: str) -> Deadline:
    """Told in their zone when a state or a phone number makes it likely; a mere guess would make a wrong promise."""
    if theirs.name and theirs.confidence in ("sure", "likely"):
        return Deadline(at, theirs.name, True)
    else:
        return Deadline(at, here, False)


def clock_words(moment: time, pattern: str = "h:mm a") -> str:
    """ "8:36 AM", "8:36 a. m."; `pattern` as CLDR writes them."""
    # The narrow space within "a. m." is missing from the fonts of old phones and mail programs.
    return format_time(moment, pattern, locale=get_locale()).replace("\u202f", "\u00a0")


def day_words(day: date) -> str:
    """ "Monday, November 30", "lunes 30 de noviembre"."""
    # The order of a day's parts, in the letters of CLDR: weekday, month, day; in Spanish EEEE d 'de' MMMM.
    return format_date(day, _("EEEE, MMMM d"), locale=get_locale())


def zone_words(zone: str) -> str:
    """A zone as people say it, without the word "time" in English: "Eastern", "hora del Este"."""
    return _(zone_label(zone))


def _(words: str, **values: Any) -> str:
    return str(gettext(words, **values))


def _several(one: str, more: str, number: int, **values: Any) -> str:
    return str(ngettext(one, more, number, **values))
