"""What time is it; business hours; quiet hours. The lowest room of the house: it knows no other room and no database.

Moments are aware datetimes; what comes out is UTC unless a function says "wall". Zones are IANA names, never offsets.
"""

from crm.clock.business import Calendar
from crm.clock.holidays import federal_holidays
from crm.clock.local import is_gap, is_zone, resolve, wall
from crm.clock.moment import as_utc, now, parse_moment
from crm.clock.quiet import Window, call_window, quiet_until
from crm.clock.shifts import on_shift, parse_hours, shift_ends
from crm.clock.words import Due, ago_words, clock_words, due_words, exact_words, there_words, time_words
from crm.clock.zones import STATES, Confidence, Zone, derive, zone_city, zone_label

__all__ = [
    "STATES",
    "Calendar",
    "Confidence",
    "Due",
    "Window",
    "Zone",
    "ago_words",
    "as_utc",
    "call_window",
    "clock_words",
    "derive",
    "due_words",
    "exact_words",
    "federal_holidays",
    "is_gap",
    "is_zone",
    "now",
    "on_shift",
    "parse_hours",
    "parse_moment",
    "quiet_until",
    "resolve",
    "shift_ends",
    "there_words",
    "time_words",
    "wall",
    "zone_city",
    "zone_label",
]
