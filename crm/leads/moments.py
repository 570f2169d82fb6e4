"""The moments offered for the next follow-up, on the clock where the person is."""

from datetime import datetime, timedelta

from crm.clock import call_window, clock_words, resolve, wall
from crm.followups.moments import AFTERNOON, AFTERNOON_IS_AHEAD_UNTIL, MORNING

ROUND_TO = timedelta(minutes=15)
PICK, NONE = "pick", "none"

Choice = tuple[str, str]  # the moment with its offset, and its words


def next_moments(zone: str, at: datetime) -> list[Choice]:
    """In about an hour, this afternoon, tomorrow morning, in two days; never outside the hours in which we may call."""
    local = wall(at, zone)
    hour = wall(at + timedelta(hours=1), zone).replace(second=0, microsecond=0)
    soon = hour + (ROUND_TO - timedelta(minutes=hour.minute % 15)) % ROUND_TO
    found = [soon] if call_window([zone], None, soon).may_call else []
    if local.time() < AFTERNOON_IS_AHEAD_UNTIL:
        found.append(wall(resolve(local.date(), AFTERNOON, zone), zone))
    found += [wall(resolve(local.date() + timedelta(days=days), MORNING, zone), zone) for days in (1, 2)]
    return [(moment.isoformat(timespec="minutes"), moment_words(moment, zone, at)) for moment in found]


def moment_words(moment: datetime, zone: str, at: datetime) -> str:
    """ "Today 3:00 PM", "Tomorrow 9:00 AM", "Thu 9:00 AM"."""
    days = (wall(moment, zone).date() - wall(at, zone).date()).days
    clock = clock_words(moment, zone, moment)
    if days in (0, 1):
        return f"{('Today', 'Tomorrow')[days]} {clock}"
    else:
        return f"{clock_words(moment, zone, at)}{f' {clock}' if abs(days) > 6 else ''}"
