"""When things happen to somebody of the demo clinic: a plot becomes a row of moments, all of them before now.

Nothing here knows the database: `crm.demo.clinic` does what is planned, with the real verbs.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crm.clock import Calendar, call_window, derive, resolve, wall
from crm.demo.people import AREA_CODES, CALL, EMAIL, TEXT, Someone
from crm.demo.plots import NO_STEP, WHYS, Beat, beats

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUARTER = 15 * MINUTE
JUST_NOW = 5 * MINUTE  # whatever we did, we did it at least this long ago
LATE_SHARE, REARRANGED_SHARE = 0.1, 0.12  # of the promises: about seven in eight are kept in time
ON_TIME_SHARE = 0.9  # of the first replies


@dataclass(frozen=True)
class Due:
    """When the next move is due: so many minutes from now, in so many days, or a share of what is left of today."""

    unit: str
    value: float


NOTHING_DUE = Due("none", 0)


@dataclass(frozen=True)
class Episode:
    """Somebody, how it goes with them, who coaches them, when we last spoke (days ago), and when they are due."""

    who: Someone
    plot: str
    due: Due = NOTHING_DUE
    coach: str | None = None
    last: float = 0.0
    reason: str | None = None


@dataclass(frozen=True)
class Contact:
    """A try that was made: how it went, what was promised next (a moment, a way, why), and what status was set then."""

    at: datetime
    channel: str
    outcome: str
    next_at: datetime | None
    next_channel: str
    why: str
    then: str = ""
    moved_at: datetime | None = None  # the promise was first made for earlier, and rearranged at this moment
    first_at: datetime | None = None


class Days:
    """Moments of the clinic's days, seen from now."""

    def __init__(self, calendar: Calendar, now: datetime) -> None:
        self.calendar = calendar
        self.now = now

    def working(self, about: datetime, who: Someone, chance: Random) -> datetime:
        """A moment in open hours on the day of `about`, when they may be called; the day before if there is none."""
        while True:
            day = self.calendar.start_of_day(about)
            opens = day if self.calendar.is_open(day) else self.calendar.next_opening(day)
            if opens and opens < self.calendar.end_of_day(about):
                closes = self.calendar.closes_at(opens) or self.calendar.end_of_day(about)
                latest = min(closes, self.now - JUST_NOW) if about <= self.now else closes
                for _ in range(8):
                    found = opens + chance.random() * (latest - opens)
                    if found < latest and may_call(who, found):
                        return _whole_minute(found)
            about -= DAY

    def unanswered(self, minutes: float) -> datetime:
        """When somebody wrote whose answer is due by now, at least so many minutes ago, in open hours."""
        wrote = self.now - minutes * MINUTE
        while not (self.calendar.is_open(wrote) and self.calendar.add_minutes(wrote, 15) < self.now):
            wrote -= 5 * MINUTE
        return wrote

    def fresh(self, minutes: float) -> datetime:
        """When somebody wrote whose answer is not due yet: up to fifteen minutes ago, or since we closed."""
        return self.now - max(QUARTER, self.now - self._open_until(self.now)) * (minutes / 15)

    def _open_until(self, at: datetime) -> datetime:
        """That moment if somebody was in, else about when the doors closed before it."""
        while not self.calendar.is_open(at):
            at -= 5 * MINUTE
        return at

    def due(self, due: Due, who: Someone, chance: Random) -> datetime | None:
        """The moment of the next move."""
        if due.unit == "none":
            return None
        elif due.unit == "days":
            return self.on_another_day(due.value, who, chance)
        elif due.unit == "minutes" and due.value < 0:
            return self._open_until(self.now + due.value * MINUTE)
        elif due.unit == "minutes":
            left = self.calendar.end_of_day(self.now) - self.now  # near midnight the hour is shorter
            return self.now + min(due.value * MINUTE, left * (due.value / 75))
        else:
            return self._later_today(due.value)

    def on_another_day(self, days: float, who: Someone, chance: Random) -> datetime:
        """A moment in open hours, so many days from now; the next open day, and never today."""
        tomorrow = self.calendar.end_of_day(self.now)
        about = max(self.now + days * DAY, tomorrow + HOUR)
        while True:
            found = _up_to_quarter(self.working(about, who, chance))
            if found >= tomorrow:
                return found
            about += DAY

    def _later_today(self, share: float) -> datetime:
        """Within what is left of the working day; late in the evening, within what is left of the day."""
        ends = self.calendar.end_of_day(self.now)
        opening = self.calendar.next_opening(self.now)
        opens = self.now if self.calendar.is_open(self.now) or not opening or opening > ends else opening
        begins = max(self.now + HOUR, opens)
        closes = min(self.calendar.closes_at(begins) or ends, ends)
        if closes - begins < HOUR:
            begins, closes = self.now, ends
        found = begins + (closes - begins) * share
        return _up_to_quarter(found) if _up_to_quarter(found) < closes else found


def may_call(who: Someone, at: datetime) -> bool:
    """Whether it is day where they are."""
    return call_window(derive(who.state or None, None).candidates, who.state or None, at).may_call


def phone(who: Someone, number: int) -> str:
    """Their number, set aside for fiction: (area code) 555-01xx."""
    return f"({AREA_CODES[who.state]}) 555-01{number % 100:02d}"


def mail_address(who: Someone) -> str:
    """Their address, in the domain set aside for examples."""
    plain = unicodedata.normalize("NFKD", who.name.lower()).encode("ascii", "ignore").decode()
    return f"{'.'.join(plain.split())}@example.org"


def contacts(episode: Episode, days: Days, chance: Random) -> tuple[datetime, list[Contact]]:
    """When they wrote, and what we did about it since."""
    plan = beats(episode.plot if episode.reason is None else episode.reason, chance)
    length = sum(beat.gap for beat in plan) + episode.last
    wrote = _wrote(days, length, episode.who, chance)
    moments = list(_moments(plan, wrote, days, episode.who, chance))
    return wrote, [_contact(place, plan, moments, episode, days, chance) for place in range(len(moments))]


def _wrote(days: Days, ago: float, who: Someone, chance: Random) -> datetime:
    """Most people write in open hours; one in six in the evening, to be answered in the morning."""
    about = days.now - ago * DAY
    if ago > 2 and chance.random() < 0.17:
        local = wall(about, days.calendar.zone)
        evening = local.replace(hour=chance.choice((20, 21, 22)), minute=chance.randrange(60)).replace(tzinfo=None)
        return resolve(evening.date(), evening.time(), days.calendar.zone)
    wrote = days.working(about, who, chance)
    while days.calendar.add_minutes(wrote, 20) > days.now - JUST_NOW:  # we have answered them since
        wrote = days.working(wrote - HOUR, who, chance) - HOUR
    return wrote


def _moments(plan: list[Beat], wrote: datetime, days: Days, who: Someone, chance: Random) -> Iterator[datetime]:
    """When each contact took place; a contact that could not have happened before now is left out."""
    before = wrote
    for place, beat in enumerate(plan):
        if place == 0:
            minutes = chance.randint(3, 14) if chance.random() < ON_TIME_SHARE else chance.randint(20, 90)
            found = days.calendar.add_minutes(wrote, minutes)
        elif beat.gap < 1:
            found = days.calendar.add_minutes(before, int(beat.gap * 600))
        else:
            found = days.working(before + beat.gap * DAY, who, chance)
        found = max(found, before + QUARTER if place else before + MINUTE)
        if found > days.now - JUST_NOW:
            found = before + (days.now - JUST_NOW - before) / 2
        yield found
        before = found


def _contact(
    place: int, plan: list[Beat], moments: list[datetime], episode: Episode, days: Days, chance: Random
) -> Contact:
    who, at, beat = episode.who, moments[place], plan[place]
    channel, outcome = _way(who, beat.outcome, at, chance)
    why = chance.choice(WHYS)
    if beat.then in ("assessment", "later", "started", "referred", "closed"):  # the move itself says what comes next
        return Contact(at, channel, outcome, None, CALL, "See the status.", beat.then)
    is_last = place == len(plan) - 1
    if is_last:
        next_at = days.due(episode.due, who, chance)
        if next_at and next_at <= at:  # promised for soon, and late already
            next_at = days.now - MINUTE
        return Contact(at, channel, outcome, next_at, _way_at(who, next_at), why if next_at else NO_STEP, beat.then)
    next_at = _promised(at, moments[place + 1], chance)
    moved_at, first_at = None, None
    if next_at - at > 2 * DAY and chance.random() < REARRANGED_SHARE:
        moved_at = days.working(at + (next_at - at) / 2, who, chance)
        first_at = _up_to_quarter(moved_at + HOUR)
        if not at < moved_at < first_at < next_at:
            moved_at = first_at = None
    return Contact(at, channel, outcome, next_at, _way_at(who, next_at), why, beat.then, moved_at, first_at)


def _promised(at: datetime, kept_at: datetime, chance: Random) -> datetime:
    """For when it was promised, seen from when it was kept: seldom earlier."""
    late = kept_at - chance.uniform(0.5, 4) * HOUR
    if chance.random() < LATE_SHARE and late > at + QUARTER:
        return late
    return _up_to_quarter(kept_at + chance.uniform(0, 20) * MINUTE)


def _way(who: Someone, outcome: str, at: datetime, chance: Random) -> tuple[str, str]:
    """A way they allowed at that hour, and the outcome as that way knows it."""
    if outcome in ("wrong_number", "asked_to_stop"):
        return CALL, outcome
    written = EMAIL if EMAIL in who.via else TEXT if TEXT in who.via else None
    writes = outcome == "sent" or CALL not in who.via or (written == EMAIL and not may_call(who, at))
    if writes and written:
        texts = TEXT in who.via and may_call(who, at) and chance.random() < 0.5
        return TEXT if texts else written, "spoke" if outcome == "spoke" else "sent"
    if outcome in ("sent", "voicemail"):
        outcome = "voicemail" if who.voicemail in ("name", "yes") else "no_answer"
    return CALL, outcome


def _way_at(who: Someone, at: datetime | None) -> str:
    """The way that was promised: a call by day if they allow it."""
    if at is None or (CALL in who.via and may_call(who, at)):
        return CALL if CALL in who.via else who.via[0]
    return EMAIL if EMAIL in who.via else TEXT if TEXT in who.via else CALL


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _up_to_quarter(moment: datetime) -> datetime:
    base = _whole_minute(moment)
    return base + (QUARTER - timedelta(minutes=base.minute % 15)) % QUARTER
