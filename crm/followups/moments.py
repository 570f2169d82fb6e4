"""The moments a promise may be moved to, and the one that a tap proposes: on the clock where the person is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crm.clock import clock_words, is_gap, parse_moment, quiet_until, resolve, time_words, wall

AFTERNOON, MORNING, MID_MORNING = time(15), time(9), time(10)
AFTERNOON_IS_AHEAD_UNTIL = time(14)  # later than that, "this afternoon" is no longer a wait
CHECK_IN = timedelta(days=7)  # after a conversation, unless somebody promises another day
A_WEEK = timedelta(days=7)
FARTHEST = timedelta(days=366)  # a promise farther ahead is a slip of the keyboard


@dataclass(frozen=True)
class Choice:
    """One entry of the menu "Later": what it is called, which clock it shows, and the moment."""

    label: str
    clock: str
    value: str


def later(zone: str, here: str, at: datetime) -> Sequence[Choice]:
    """In an hour, this afternoon, tomorrow morning; the last two as their clock shows them."""
    today = wall(at, zone).date()
    soon = (at + timedelta(hours=1)).replace(second=0, microsecond=0)
    found = [_choice("In 1 hour", soon, time_words(soon, here))]
    if wall(at, zone).time() < AFTERNOON_IS_AHEAD_UNTIL:
        afternoon = resolve(today, AFTERNOON, zone)
        found.append(_choice("This afternoon", afternoon, f"{time_words(afternoon, zone)} there"))
    tomorrow = resolve(today + timedelta(days=1), MORNING, zone)
    return [*found, _choice("Tomorrow", tomorrow, f"{time_words(tomorrow, zone)} there")]


def next_try(candidates: Sequence[str], state: str | None, zone: str, at: datetime) -> datetime:
    """Nobody answered: tomorrow at nine their time, or as soon after that as a call may be made."""
    return _callable(candidates, state, resolve(wall(at, zone).date() + timedelta(days=1), MORNING, zone))


def next_check_in(candidates: Sequence[str], state: str | None, zone: str, at: datetime) -> datetime:
    """They spoke: in a week at ten their time, or as soon after that as a call may be made."""
    return _callable(candidates, state, resolve(wall(at, zone).date() + CHECK_IN, MID_MORNING, zone))


def there(moment: datetime, zone: str, at: datetime) -> str:
    """ "11:42 AM there", "tomorrow, 9:00 AM there", "Mon Nov 30, 9:00 AM there": a promised moment on their clock."""
    clock = f"{time_words(moment, zone)} there"
    days = (wall(moment, zone).date() - wall(at, zone).date()).days
    if days == 0:
        return clock
    elif days == 1:
        return f"tomorrow, {clock}"
    elif moment - at < A_WEEK:
        return f"{clock_words(moment, zone, at)} there"
    else:
        return f"{clock_words(moment, zone, at)}, {clock}"


def chosen(moment: str, at: datetime) -> datetime:
    """A moment of a menu, as it was sent back. Raises ValueError, in words for the form."""
    return _within_reach(parse_moment(moment), at)


def picked(day: str, clock: str, zone: str, at: datetime) -> datetime:
    """A date and a time that somebody typed, on the clock there. Raises ValueError, in words for the form."""
    try:
        on, when = date.fromisoformat(day), time.fromisoformat(clock)
    except ValueError:
        raise ValueError("Give a date and a time.") from None
    if when.tzinfo is not None:
        raise ValueError("Give the time as their clock shows it.")
    if is_gap(on, when, zone):
        raise ValueError("The clocks go forward there at that hour, so this time does not exist. Choose another.")
    return _within_reach(resolve(on, when, zone), at)


def _within_reach(moment: datetime, at: datetime) -> datetime:
    if moment <= at:
        raise ValueError("That time has passed. Choose a later one.")
    if moment > at + FARTHEST:
        raise ValueError("Choose a day within the next year.")
    return moment


def _callable(candidates: Sequence[str], state: str | None, moment: datetime) -> datetime:
    return quiet_until(candidates, state, moment) or moment


def _choice(label: str, moment: datetime, clock: str) -> Choice:
    return Choice(label, clock, moment.isoformat(timespec="minutes"))
