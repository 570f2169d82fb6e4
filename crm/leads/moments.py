"""The moments offered for the next follow-up, on the clock where the person is."""

from datetime import datetime, time, timedelta

from crm.clock import call_window, clock_words, is_gap, resolve, wall

ROUND_TO = timedelta(minutes=15)
NOON_CALL, MORNING_CALL = time(15), time(9)  # "this afternoon" and "tomorrow", their time
THIS_AFTERNOON_UNTIL = time(14)  # later than that, "this afternoon" is no longer a wait
PICK, NONE = "pick", "none"

Choice = tuple[str, str]  # the moment with its offset, and its words


def next_moments(zone: str, at: datetime) -> list[Choice]:
    """In about an hour, this afternoon, tomorrow morning, in two days; never outside the hours in which we may call."""
    local = wall(at, zone)
    hour = wall(at + timedelta(hours=1), zone).replace(second=0, microsecond=0)
    soon = hour + (ROUND_TO - timedelta(minutes=hour.minute % 15)) % ROUND_TO
    found = [soon] if call_window([zone], None, soon).may_call else []
    if local.time() < THIS_AFTERNOON_UNTIL:
        found.append(wall(resolve(local.date(), NOON_CALL, zone), zone))
    found += [wall(resolve(local.date() + timedelta(days=days), MORNING_CALL, zone), zone) for days in (1, 2)]
    return [(moment.isoformat(timespec="minutes"), moment_words(moment, zone, at)) for moment in found]


def moment_words(moment: datetime, zone: str, at: datetime) -> str:
    """ "Today 3:00 PM", "Tomorrow 9:00 AM", "Thu 9:00 AM"."""
    days = (wall(moment, zone).date() - wall(at, zone).date()).days
    clock = clock_words(moment, zone, moment)
    if days in (0, 1):
        return f"{('Today', 'Tomorrow')[days]} {clock}"
    else:
        return f"{clock_words(moment, zone, at)}{f' {clock}' if abs(days) > 6 else ''}"


def picked(day: str, clock: str, zone: str) -> datetime:
    """The moment of a date and time that somebody typed; raises ValueError, in words for them."""
    try:
        on, when = datetime.strptime(day, "%Y-%m-%d").date(), time.fromisoformat(clock)
    except ValueError:
        raise ValueError("Give a date and a time.") from None
    if when.tzinfo:
        raise ValueError("Give the time as their clock shows it.")
    if is_gap(on, when, zone):
        raise ValueError("The clocks go forward there at that hour, so this time does not exist. Choose another.")
    return resolve(on, when, zone)
