"""A person's day in words: the cards of what is due, the strip of the week, and the people who drift apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from crm.clock import (
    STATES,
    Calendar,
    Due,
    ago_words,
    call_window,
    clock_words,
    due_words,
    quiet_until,
    resolve,
    there_words,
    time_words,
    wall,
)
from crm.db.sealing import SealError
from crm.followups import moments
from crm.followups.contacts import outcome_words
from crm.lifecycle.workflow import workflow
from crm.models import FollowUp, Status

DUE_NOW = timedelta(minutes=15)  # before its time a promise already stands under "Due now"
ASKED_FOR = timedelta(minutes=30)  # a call promised for about now is a time they asked for
QUIET_DAYS = 10  # without a word from us: then a hello may help
ELSEWHERE = {"XX": "Outside the US", "NA": "Rather not say"}
WAYS = {"call": "Call", "text": "Text", "email": "E-mail", "visit": "Visit"}
LINKS = {"call": ("tel", "may_call", "phone"), "text": ("sms", "may_text", "phone"),
         "email": ("mailto", "may_email", "email")}  # fmt: skip
FORBIDDEN = {"call": "no calls", "text": "no texts", "email": "no e-mail"}
FOR = {"self": "", "loved": ", for someone they love", "client": ", for a client"}


@dataclass(frozen=True)
class Card:
    """One promise. `link` dials or writes; without it `blocked` says why not, or the promise is to meet."""

    ref: str
    lead: str
    name: str
    about: str
    why: str
    place: str
    limits: str
    way: str
    channel: str
    link: str | None
    blocked: str
    due: Due
    due_at: datetime
    later: Sequence[moments.Choice]


@dataclass(frozen=True)
class Section:
    """One part of the day. `count` is of all, even when the page shows fewer; `is_now`: with buttons on every card."""

    name: str
    title: str
    cards: Sequence[Card]
    count: int
    is_now: bool


@dataclass(frozen=True)
class Weekday:
    """One day of the strip: how many promises fall on it, and a word about it."""

    name: str
    count: int
    note: str
    is_today: bool


@dataclass(frozen=True)
class Known:
    """One of my people: how long it has been, and what comes next. `flag` is "clay" for who drifts apart."""

    lead: str
    id: int
    name: str
    status: Status
    touch: str
    touched: str
    step: str
    flag: str
    quiet_days: int


def week(at: datetime, zone: str) -> tuple[list[datetime], int]:
    """The eight midnights around the week, from Sunday on, on the clock there; and which day today is, from 0."""
    today = wall(at, zone).date()
    number = (today.weekday() + 1) % 7
    sunday = today - timedelta(days=number)
    return [resolve(sunday + timedelta(days=day), time(0), zone) for day in range(8)], number


def strip(counts: dict[str, int], days: Sequence[datetime], today: int, zone: str, calendar: Calendar) -> list[Weekday]:
    """The week: on past days what was kept or missed, then what is to come; holidays say so."""
    return [_weekday(counts, number, wall(day, zone).date(), today, calendar) for number, day in enumerate(days[:-1])]


def cards(rows: Iterable[Any], at: datetime, here: str) -> list[Card]:
    """Word the promises at this moment, for somebody whose clock shows the zone `here`."""
    return [_card(row, at, here) for row in rows]


def sections(shown: Sequence[Card], counts: dict[str, int], at: datetime, tonight: datetime) -> list[Section]:
    """Due now, today, this week. `tonight` is the midnight that ends today."""
    soon = at + DUE_NOW
    parts = (
        ("due-now", "Due now", [card for card in shown if card.due_at <= soon]),
        ("today", "Today", [card for card in shown if soon < card.due_at < tonight]),
        ("this-week", "This week", [card for card in shown if card.due_at > soon and card.due_at >= tonight]),
    )
    return [Section(name, title, part, counts[name], name == "due-now") for name, title, part in parts]


def known(rows: Iterable[Any], at: datetime, here: str) -> list[Known]:
    """Word my people."""
    return [_known(row, at, here) for row in rows]


def greeting(at: datetime, zone: str) -> str:
    """By the hour where they are."""
    hour = wall(at, zone).hour
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if 12 <= hour < 17 else "Good evening"


def date_words(at: datetime, zone: str) -> str:
    """ "Tuesday, November 24"."""
    day = wall(at, zone)
    return f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}"


def done_words(row: Any, at: datetime, here: str) -> str:
    """What a tap has just done: "Saved “No answer” for Jules K. Next: tomorrow, 9:00 AM there."."""
    name, zone = row.name or "somebody without a name", row.time_zone or here
    stop = "" if name.endswith(".") else "."
    if row.outcome:
        next_at = f" Next: {moments.there(row.next_at, zone, at)}." if row.next_at else ""
        return f"Saved “{outcome_words(row.channel, row.outcome)}” for {name}{stop}{next_at}"
    elif row.result == "moved" and row.next_at:
        return f"Moved {name} to {moments.there(row.next_at, zone, at)}."
    elif row.result == "dropped":
        return f"The follow-up with {name} is off the list."
    else:
        return f"Saved for {name}{stop}"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def _weekday(counts: dict[str, int], number: int, day: date, today: int, calendar: Calendar) -> Weekday:
    left, kept = counts[f"open-{number}"], counts[f"kept-{number}"]
    if number == today:
        note = "today"
    elif day in calendar.holidays:
        note = "holiday"
    elif number < today and left + kept:
        note = f"{left} open" if left else "done"
    else:
        note = ""
    return Weekday(_WEEKDAYS[day.weekday()][:3], left + kept, note, number == today)


def _card(row: Any, at: datetime, here: str) -> Card:
    link, blocked = _way(row, at)
    quiet = quiet_until(row.zone_candidates, row.state, at) if row.channel == "call" and blocked else None
    waits = quiet if quiet and quiet > row.due_at else None  # what is due after that does not wait for it
    return Card(
        ref=row.ref, lead=row.lead, name=row.name or "No name given", about=FOR[row.for_whom], why=_why(row),
        place=f"{_place(row)}, {_clock_there(row, at)}", limits=_limits(row), way=WAYS[row.channel],
        channel=row.channel, link=link, blocked=blocked,
        due=due_words(row.due_at, at, here, waits), due_at=row.due_at,
        later=moments.later(row.time_zone or here, here, at),
    )


def _why(row: Any) -> str:
    if row.why_sealed:
        try:
            return FollowUp.why.open(row.why_sealed, f"follow_up.why:{row.ref}")
        except SealError:
            return "What it is about cannot be opened with the keys we have."
    elif row.kind == "first-reply":
        return "First reply."
    else:
        return f"{WAYS[row.channel]} promised."


def _way(row: Any, at: datetime) -> tuple[str | None, str]:
    """The link of the promised way; or why there is none now."""
    if row.channel not in LINKS:
        return None, ""
    scheme, permission, point = LINKS[row.channel]
    address = getattr(row, point)
    if not address:
        return None, "We have no number for them" if point == "phone" else "We have no e-mail address for them"
    elif getattr(row, permission) == "no" or (row.channel == "text" and row.may_text != "yes"):
        return None, f"They did not allow it: {FORBIDDEN[row.channel]}"
    elif row.channel == "call":
        window = call_window(row.zone_candidates, row.state, at)
        promised = row.kind == "promise" and abs(row.due_at - at) <= ASKED_FOR
        return (f"tel:{address}", "") if window.may_call or promised else (None, window.reason)
    else:
        return f"{scheme}:{quote(address, safe='@+')}", ""


def _limits(row: Any) -> str:
    """What they did not allow, in a few words."""
    said = [words for way, words in FORBIDDEN.items() if getattr(row, LINKS[way][1]) == "no"]
    return ", ".join([*said, *(["no voicemail"] if row.voicemail == "no" else [])])


def _place(row: Any) -> str:
    return STATES.get(row.state) or ELSEWHERE.get(row.state) or "State not given"


def _clock_there(row: Any, at: datetime) -> str:
    words = there_words(at, row.time_zone, row.zone_confidence)
    return words if "there" in words else f"{words} there"


def _known(row: Any, at: datetime, here: str) -> Known:
    days = max((wall(at, here).date() - wall(row.touched_at, here).date()).days, 0)
    touch = outcome_words("call", row.last_touch, "them") if row.last_touch else "Wrote to us"
    step, flag = _step(row, at, here)
    is_quiet = days >= QUIET_DAYS and not row.ended_at
    return Known(
        lead=row.ref, id=row.id, name=row.name or "No name given", status=workflow().statuses[row.status_key],
        touch=f"Quiet {days} days" if is_quiet else touch, touched=ago_words(row.touched_at, at, here),
        step=step, flag="clay" if is_quiet else flag, quiet_days=days if is_quiet else 0,
    )


def _step(row: Any, at: datetime, here: str) -> tuple[str, str]:
    if row.ended_at:
        return f"Ended {clock_words(row.ended_at, here, at)}", "plain"
    elif row.due_at is None:
        return "No next step", "plain"
    elif row.due_at <= at + DUE_NOW:
        return "Due now", ""
    elif wall(row.due_at, here).date() == wall(at, here).date():
        return time_words(row.due_at, here), "plain"
    else:
        return clock_words(row.due_at, here, at), "plain"
