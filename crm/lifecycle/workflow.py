"""The workflow as it stands in the tables, read once a minute by each process."""

import time as stopwatch
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from crm.clock import Calendar
from crm.db import db, reading_engine
from crm.models import BusinessHours, Holiday, Reason, Setting, Status, Transition
from crm.programme import programme

FRESH_FOR = 60.0  # seconds: an administrator's change reaches every process within a minute
DEMO_MARK = "demo"
FIRST_REPLY_MINUTES = 15  # the promise on the form, in open hours, unless the setting says otherwise


@dataclass(frozen=True)
class Workflow:
    """Statuses, moves, reasons and opening hours, as plain values."""

    statuses: dict[str, Status]
    transitions: dict[tuple[str, str], Transition]
    reasons: dict[str, Reason]
    calendar: Calendar
    first_reply_minutes: int
    is_demo: bool

    def transition(self, before: str, after: str) -> Transition | None:
        """The allowed way from one status to another, or None."""
        return self.transitions.get((before, after))

    def next_statuses(self, key: str) -> Sequence[Status]:
        """Where a lead in this status may go, in the order of the workflow."""
        keys = [after for (before, after), way in self.transitions.items() if before == key and way.kind == "move"]
        return sorted((self.statuses[after] for after in keys), key=lambda status: status.position)

    def advance_from(self, reached: str) -> frozenset[str]:
        """The statuses that logging a contact moves on: never one that a person chose for another meaning."""
        return frozenset({"new"}) if reached == "trying" else frozenset({"new", "trying", "later"})

    def label(self, key: str) -> str:
        """What people read for a status; an unknown key is shown as it is."""
        return self.statuses[key].label if key in self.statuses else key

    def stage(self, key: str) -> str:
        """What the status means to reports."""
        return self.statuses[key].stage


_kept: dict[str, tuple[float, Workflow]] = {}


def workflow() -> Workflow:
    """The workflow as it stood within the last minute."""
    address = str(db.engine.url)
    kept = _kept.get(address)
    if kept is None or stopwatch.monotonic() - kept[0] > FRESH_FOR:
        kept = (stopwatch.monotonic(), _read())
        _kept[address] = kept
    return kept[1]


def forget() -> None:
    """Read the tables again at the next question: for whoever has just changed them."""
    _kept.clear()


def calendar() -> Calendar:
    """When somebody answers: the programme's hours and holidays, in its own zone."""
    return workflow().calendar


def is_demo() -> bool:
    """Whether this is a demo database; as last known when the database does not answer."""
    kept = _kept.get(str(db.engine.url))
    try:
        return workflow().is_demo
    except SQLAlchemyError:
        return bool(kept and kept[1].is_demo)


def _read() -> Workflow:
    # A session of its own: these rows outlive the request that happens to read them.
    with Session(reading_engine(db.engine), expire_on_commit=False) as session:
        hours = session.scalars(select(BusinessHours)).all()
        holidays = frozenset(session.scalars(select(Holiday.on)))
        setting = session.get(Setting, "first_reply_minutes")
        known = Workflow(
            statuses={row.key: row for row in session.scalars(select(Status).order_by(Status.position))},
            transitions={(row.from_key, row.to_key): row for row in session.scalars(select(Transition))},
            reasons={row.key: row for row in session.scalars(select(Reason).order_by(Reason.position))},
            calendar=Calendar(
                programme().time_zone, {row.weekday: (_clock(row.opens), _clock(row.closes)) for row in hours}, holidays
            ),
            first_reply_minutes=int(setting.value["minutes"]) if setting else FIRST_REPLY_MINUTES,
            is_demo=session.get(Setting, DEMO_MARK) is not None,
        )
        session.expunge_all()
        return known


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
