"""The questions of a person's own day and people: a few statements a page, never one a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, case, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from crm.access import COACH, Permission, may, visible_columns
from crm.clock import parse_moment
from crm.db import db
from crm.db.types import UTCDateTime
from crm.models import Attempt, ContactPoint, FollowUp, Lead, Message, Person, Staff

SHOWN = 60  # promises on one page: more than anybody keeps in a week; the counts are of all
CLOSEST = 7  # people on the card beside the day
PAGE = 50


class Place(NamedTuple):
    """Where a page of a list begins: after the row with this moment and number."""

    moment: datetime
    number: int

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read it from an address; None for anything that is not one."""
        moment, _, number = text.partition("~")
        try:
            return cls(parse_moment(moment), int(number[:18]))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.number}"


@dataclass(frozen=True)
class People:
    """Some of a person's people, how many there are in all, and where the next page begins."""

    rows: Sequence[Row[Any]]
    total: int
    further: Place | None


def my_promises(viewer: Staff, until: datetime) -> Sequence[Row[Any]]:
    """My promises that are not kept yet and fall due before that moment, the earliest first."""
    mine = visible_columns(
        viewer, FollowUp.ref, FollowUp.kind, FollowUp.channel, FollowUp.due_at, FollowUp.why_sealed,
        Lead.ref.label("lead"), Lead.for_whom, Person.name, Person.state, Person.time_zone, Person.zone_candidates,
        Person.zone_confidence, Person.may_call, Person.may_text, Person.may_email, Person.voicemail,
        _first("phone").label("phone"), _first("email").label("email"),
    ).join(FollowUp, FollowUp.lead_id == Lead.id).join(Person, Person.id == Lead.inquirer_id)  # fmt: skip
    waiting = mine.where(_is_mine(viewer), _is_open(), FollowUp.due_at < until)
    return db.session.execute(waiting.order_by(FollowUp.due_at, FollowUp.id).limit(SHOWN)).all()


def counts(viewer: Staff, soon: datetime, days: Sequence[datetime], today: int) -> dict[str, int]:
    """How many of my promises are due now, later today and later this week, how many were kept today; and of each day.

    `soon`: what is due before it is due now. `days`: the eight midnights around the week; `today` counts from 0. For
    each day "open-N" is what is still to be kept and "kept-N" what was due on it and is kept.
    """
    begins, ends = days[today], days[today + 1]
    open_, kept = _is_open(), FollowUp.result == "kept"
    wanted = {
        "due-now": and_(open_, FollowUp.due_at <= soon),
        "today": and_(open_, FollowUp.due_at > soon, FollowUp.due_at < ends),
        "this-week": and_(open_, FollowUp.due_at > soon, FollowUp.due_at >= ends, FollowUp.due_at < days[-1]),
        "done": and_(kept, FollowUp.done_by_id == viewer.id, FollowUp.done_at >= begins),
    }
    for day, (first, last) in enumerate(pairwise(days)):
        on_it = and_(FollowUp.due_at >= first, FollowUp.due_at < last)
        wanted |= {f"open-{day}": and_(open_, on_it), f"kept-{day}": and_(kept, on_it)}
    each = (func.count(case((condition, 1))).label(name) for name, condition in wanted.items())
    counted = visible_columns(viewer, *each)
    counted = counted.join(FollowUp, FollowUp.lead_id == Lead.id)
    around = or_(FollowUp.done_at.is_(None), FollowUp.due_at >= days[0], FollowUp.done_at >= begins)
    row = db.session.execute(counted.where(_is_mine(viewer), around)).one()
    return dict(zip(wanted, row, strict=True))


def my_people(viewer: Staff, ended: bool = False, after: Place | None = None, limit: int = PAGE) -> People:
    """The people I hold, whoever has heard nothing from us for longest first; or, as chosen, those that ended."""
    touched = func.coalesce(Lead.last_touch_at, Lead.received_at)
    mine = and_(_i_hold(viewer), Lead.ended_at.is_not(None) if ended else Lead.ended_at.is_(None))
    total = db.session.scalar(visible_columns(viewer, func.count()).where(mine)) or 0
    chosen = visible_columns(
        viewer, Lead.id, Lead.ref, Lead.status_key, Lead.last_touch, touched.label("touched_at"), Lead.ended_at,
        Person.name, _next_due().label("due_at"),
    ).join(Person, Person.id == Lead.inquirer_id).where(mine)  # fmt: skip
    if after:
        begin = tuple_(literal(after.moment, UTCDateTime()), literal(after.number, Lead.id.type))
        chosen = chosen.where(tuple_(touched, Lead.id) > begin)
    rows = db.session.execute(chosen.order_by(touched, Lead.id).limit(limit + 1)).all()
    further = Place(rows[limit - 1].touched_at, rows[limit - 1].id) if len(rows) > limit else None
    return People(rows[:limit], total, further)


def what_was_done(viewer: Staff, ref: str) -> Row[Any] | None:
    """What I have just done to this promise: how it ended, which contact kept it, and what was promised instead."""
    made = aliased(FollowUp)
    kept_by = and_(Attempt.kept_follow_up_id == FollowUp.id, Attempt.undone_at.is_(None))
    instead = and_(or_(made.id == Attempt.made_follow_up_id, made.moved_from_id == FollowUp.id), made.done_at.is_(None))
    told = visible_columns(
        viewer, FollowUp.ref, FollowUp.result, FollowUp.due_at, Person.name, Person.time_zone, Attempt.channel,
        Attempt.outcome, made.due_at.label("next_at"),
    ).join(FollowUp, FollowUp.lead_id == Lead.id).join(Person, Person.id == Lead.inquirer_id)  # fmt: skip
    told = told.outerjoin(Attempt, kept_by).outerjoin(made, instead)
    mine = told.where(FollowUp.ref == ref, FollowUp.done_by_id == viewer.id)
    return db.session.execute(mine.order_by(made.id.desc()).limit(1)).first()


def unsent(viewer: Staff, before: int | None = None) -> Sequence[Message]:
    """Mail that waits or was given up, the newest first, before that number. One more than a page, to tell its end."""
    mail = select(Message).where(Message.channel == "email", Message.state.in_(("waiting", "dead")))
    if not may(viewer, Permission.SEE_OUTBOX):
        mail = mail.where(false())
    if before:
        mail = mail.where(Message.id < before)
    whole = mail.options(joinedload(Message.to)).order_by(Message.id.desc())
    return db.session.scalars(whole.limit(PAGE + 1)).all()


def _is_mine(viewer: Staff) -> ColumnElement[bool]:
    return FollowUp.owner_id == viewer.id


def _is_open() -> ColumnElement[bool]:
    return and_(FollowUp.done_at.is_(None), Lead.ended_at.is_(None))


def _i_hold(viewer: Staff) -> ColumnElement[bool]:
    return Lead.coach_id == viewer.id if viewer.role == COACH else Lead.owner_id == viewer.id


def _first(kind: str) -> Any:
    """The first number or address they gave."""
    point = aliased(ContactPoint)
    theirs = select(point.normal).where(point.person_id == Person.id, point.kind == kind)
    return theirs.order_by(point.id).limit(1).scalar_subquery()


def _next_due() -> Any:
    promised = aliased(FollowUp)
    open_ones = select(func.min(promised.due_at)).where(promised.lead_id == Lead.id, promised.done_at.is_(None))
    return open_ones.scalar_subquery()
