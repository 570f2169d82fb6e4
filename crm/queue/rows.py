"""A row of the queue in words: everything a person needs to choose whom to reach, and how."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from crm.clock import STATES, Calendar, Due, clock_words, due_words, there_words, time_words
from crm.db.sealing import SealError
from crm.followups.history import again_words
from crm.lifecycle.gates import ATTEMPTS_BEFORE_GIVING_UP
from crm.lifecycle.workflow import workflow
from crm.models import Status, Submission
from crm.models.followup import DANGER, OWED, URGENT
from crm.queue.filters import NO_STATES
from crm.queue.queries import COUNTED_TO
from crm.queue.ways import ALLOWED_UNASKED, call_hours, quiet_until

MOST_FLAGS = 2
FIRST_WORDS = 90  # characters of the message: enough to know what it is about
SOON = timedelta(hours=1)

FOR = {"self": "for themselves", "loved": "for someone they love", "client": "for a client"}
STEPS = {"call": "Call", "text": "Text", "email": "E-mail", "visit": "Visit"}
TOUCHES = {
    "spoke": "Spoke", "someone_else": "Someone else answered", "voicemail": "Voicemail left", "no_answer": "No answer",
    "wrong_number": "Wrong number", "asked_to_stop": "Asked to stop", "sent": "Wrote", "bounced": "Bounced",
}
ICONS = {"form": "globe", "json": "link", "staff": "phone", "file": "down", "callrail": "phone",
         **dict.fromkeys(("gravity-forms", "wpforms", "contact-form-7", "elementor", "typeform"), "globe"),
         "google-ads": "search"}


class Flag(NamedTuple):
    """A mark beside the name: its words, and its look (crm templates, macros/badge.html)."""

    words: str
    look: str


class Holder(NamedTuple):
    """Whoever answers or coaches somebody, as an avatar needs them."""

    id: int
    name: str


@dataclass(frozen=True)
class Line:
    """One row, worded. Times are aware moments; `due` is None when nothing is promised."""

    ref: str
    name: str
    about: str
    flags: tuple[Flag, ...]
    first_words: str
    source: str
    source_icon: str
    place: str
    clock_there: str
    reach: str
    is_quiet: bool
    due: Due | None
    due_at: datetime | None
    urgency: int
    status: Status
    status_words: str
    holder: Holder | None
    touch: str
    touched_at: datetime
    time_zone: str | None
    step: str
    step_when: str


@dataclass(frozen=True)
class Group:
    """Rows that are due in the same part of the day."""

    label: str
    rows: Sequence[Line]

    @property
    def count(self) -> int:
        return len(self.rows)


def lines(rows: Iterable[Any], at: datetime, here: str) -> list[Line]:
    """Word the rows at this moment, for somebody whose clock shows the zone `here`."""
    return [_line(row, at, here) for row in rows]


def groups(worded: Iterable[Line], at: datetime, calendar: Calendar) -> list[Group]:
    """Danger and what is urgent first; then by when they are due: what has to wait until we open stands last."""
    opening = calendar.next_opening(at)
    parts: dict[str, list[Line]] = {"Possible danger": [], "Urgent": [], "Late": [], "Within the hour": [],
                                    "Later today": [], "After we open": []}
    for line in worded:
        assert line.due_at is not None  # only what is promised is up next
        if line.urgency == DANGER:
            parts["Possible danger"].append(line)
        elif line.urgency == URGENT:
            parts["Urgent"].append(line)
        elif line.due_at <= at:
            parts["Late"].append(line)
        elif opening and line.due_at >= opening:
            parts["After we open"].append(line)
        elif line.due_at <= at + SOON:
            parts["Within the hour"].append(line)
        else:
            parts["Later today"].append(line)
    return [Group(label, part) for label, part in parts.items()]


def counted(number: int) -> str:
    """A count as it is shown: exact to the limit that is counted to."""
    return f"{COUNTED_TO:,}+" if number > COUNTED_TO else f"{number:,}"


def _line(row: Any, at: datetime, here: str) -> Line:
    quiet = quiet_until(row, at)
    step, step_when = _step(row, at, here, quiet)
    reach, is_quiet = _reach(row, at)
    return Line(
        ref=row.ref,
        name=row.name or "No name given",
        about=FOR[row.for_whom],
        flags=_flags(row)[:MOST_FLAGS],
        first_words=_first_words(row),
        source=row.source,
        source_icon=ICONS.get(row.source_kind, "inbox"),
        place=STATES.get(row.state_in_need) or NO_STATES.get(row.state_in_need) or "State not given",
        clock_there=there_words(at, row.time_zone, row.zone_confidence),
        reach=reach,
        is_quiet=is_quiet,
        due=due_words(row.due_at, at, here, quiet) if row.due_at else None,
        due_at=row.due_at,
        urgency=row.rank,
        status=workflow().statuses[row.status_key],
        status_words=_status_words(row),
        holder=Holder(row.holder_id, row.holder) if row.holder else None,
        touch=TOUCHES.get(row.last_touch, "Arrived") if row.last_touch else "Arrived",
        touched_at=row.last_touch_at or row.received_at,
        time_zone=row.time_zone,
        step=step,
        step_when=step_when,
    )


def _flags(row: Any) -> tuple[Flag, ...]:
    """The most telling first."""
    flags = []
    if row.danger_at:
        flags.append(Flag(f"{row.seen_by.split()[0]} has this" if row.seen_by else "Read first", "clay"))
    elif row.level != "routine" and row.promise in OWED:  # once it is answered, the promises say what is due
        flags.append(Flag("Urgent", ""))
    if row.times_wrote > 1 and row.wrote_before_at:
        latest = row.wrote_again_at or row.received_at
        flags.append(Flag(again_words(row.times_wrote, row.wrote_before_at, latest), ""))
    if row.language == "es":
        flags.append(Flag("Español", "plain"))
    if row.is_guessed:
        flags.append(Flag("Guessed, please check", "plain"))
    return tuple(flags)


def _first_words(row: Any) -> str:
    if row.message_sealed is None:
        return ""
    try:
        words = " ".join(Submission.message.open(row.message_sealed, f"submission.message:{row.submission}").split())
    except SealError:
        return "The message cannot be opened with the keys we have."
    if len(words) <= FIRST_WORDS:
        return f"“{words}”" if words else ""
    return f"“{words[:FIRST_WORDS].rsplit(' ', 1)[0]}…”"


def _reach(row: Any, at: datetime) -> tuple[str, bool]:
    """How they may be reached now, in two or three words, and whether the words say "not now"."""
    if row.danger_at and row.may_call in ALLOWED_UNASKED:
        return "call now", False
    elif row.may_call not in ALLOWED_UNASKED:
        ways = [word for word, answer in (("text", row.may_text), ("e-mail", row.may_email)) if answer == "yes"]
        if len(ways) == 1:
            return f"{ways[0]} only", False
        else:
            return " or ".join(ways) or "no way allowed", not ways
    window = call_hours(row, at)
    if window.kind == "closed" and window.until and row.time_zone:
        return f"quiet until {_on_the_hour(time_words(window.until, row.time_zone))}", True
    elif not window.may_call:
        return "maybe quiet hours", True
    elif window.kind == "warned":
        return "outside state hours", True
    elif row.voicemail == "no":
        return "no voicemail", False
    else:
        return "good to call", False


def _status_words(row: Any) -> str:
    """The label; while we try to reach them, also how often we have."""
    label = workflow().label(row.status_key)
    if row.status_key != "trying" or not row.attempts_made:
        return label
    elif row.attempts_made <= ATTEMPTS_BEFORE_GIVING_UP:
        return f"Trying, {row.attempts_made} of {ATTEMPTS_BEFORE_GIVING_UP}"
    else:
        return f"Trying, {row.attempts_made} times"


def _step(row: Any, at: datetime, here: str, quiet: datetime | None) -> tuple[str, str]:
    """What is to be done next, and when: in their time if it has to wait for it."""
    if row.ended_at:
        return "Ended", clock_words(row.ended_at, here, at)
    elif row.due_at is None:
        return "No next step", row.no_step_reason or ""
    step = STEPS[row.channel]
    if quiet and quiet >= row.due_at and row.time_zone:
        return step, f"{time_words(quiet, row.time_zone)} there"
    elif row.due_at <= at:
        return step, "now"
    elif row.promise in OWED:
        return step, f"by {clock_words(row.due_at, here, at)}"
    else:
        return step, clock_words(row.due_at, here, at)


def _on_the_hour(words: str) -> str:
    """ "8 AM" for "8:00 AM": a cell is narrow."""
    return words.replace(":00 ", " ")
