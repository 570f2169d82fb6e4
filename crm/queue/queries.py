"""The questions of the queue. A page is two: its frame (counts and choices), and its rows; never one a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from crm.access import Permission, may, visible_columns, visible_submissions
from crm.db import db
from crm.db.types import UTCDateTime
from crm.leads.queries import dangers_ended
from crm.lifecycle.workflow import calendar
from crm.models import FollowUp, Lead, Person, Source, Staff, Submission
from crm.models.followup import DANGER, USUAL
from crm.queue.filters import LeadFilter, Place, Sought

PAGE = 50
COUNTED_TO = 1_000  # exact totals of a large table cost more than the page itself; beyond this it says "1,000+"

# Written into the statement, not bound to it: SQLite matches an index's own condition only against the very words.
IS_OWED = FollowUp.kind != literal_column("'promise'")  # somebody wrote, and nobody has answered yet

# Where somebody is means the person in need: that is what decides who may help them.
IN_NEED = aliased(Person)
SEEN_BY = aliased(Staff)

_COLUMNS = (
    Lead.id, Lead.ref, Lead.for_whom, Lead.received_at, Lead.status_key, Lead.attempts_made, Lead.last_touch,
    Lead.last_touch_at, Lead.no_step_reason, Lead.ended_at, Lead.level, Lead.danger_at, Lead.times_wrote,
    Lead.wrote_again_at, Lead.wrote_before_at, Person.name, Person.language, Person.state,
    IN_NEED.state.label("state_in_need"),
    Person.time_zone, Person.zone_candidates, Person.zone_confidence, Person.may_call, Person.may_text,
    Person.may_email, Person.voicemail, Source.name.label("source"), Source.kind.label("source_kind"),
    FollowUp.kind.label("promise"), FollowUp.channel, FollowUp.due_at, Submission.ref.label("submission"),
    Submission.message_sealed, Submission.reading_sealed, Submission.is_guessed, Lead.danger_seen_at,
    SEEN_BY.name.label("seen_by"), Staff.id.label("holder_id"), Staff.name.label("holder"),
)


@dataclass(frozen=True)
class Choice:
    """One entry of a filter: what stands in the address, and what people read."""

    key: str
    label: str


@dataclass
class Frame:
    """What stands around the rows. Counts stop at COUNTED_TO + 1; `next_due` is the first promise after today."""

    first_replies: int = 0
    follow_ups: int = 0
    held: int = 0
    reviews: int = 0
    next_due: datetime | None = None
    sources: list[Choice] = field(default_factory=list)
    owners: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where the next page begins."""

    rows: Sequence[Row[Any]]
    further: Place | None

    @property
    def lead_ids(self) -> list[int]:
        """The numbers of the leads shown: what history remembers of a look at a list."""
        return [row.id for row in self.rows]


def frame(viewer: Staff, wanted: LeadFilter, at: datetime) -> Frame:
    """How many are up next within this filter, how many messages are held, and what can be chosen: one statement."""
    found = Frame()
    parts = [
        *(_counts_of_up_next(viewer, wanted, at) if wanted.is_up_next else ()),
        _count("held", visible_submissions(viewer).where(Submission.waits_for_somebody())),
        *([_count("reviews", dangers_ended(viewer))] if may(viewer, Permission.REVIEW_DANGER) else []),
        _part("next_due", moment=_after_today(viewer, at).scalar_subquery()),
        _part("sources", key=Source.slug, label=Source.name),
        _part("owners", key=Staff.ref, label=Staff.name).where(Staff.disabled_at.is_(None)),
    ]
    for part, key, label, number, moment in db.session.execute(union_all(*parts)):
        if part in ("sources", "owners"):
            getattr(found, part).append(Choice(key, label))
        else:
            setattr(found, part, moment if part == "next_due" else number)
    for choices in (found.sources, found.owners):
        choices.sort(key=lambda choice: choice.label.casefold())
    return found


def up_next(viewer: Staff, wanted: LeadFilter, at: datetime, after: Place | None = None) -> Page:
    """Each open lead once, by the move we owe first: danger, then what is urgent, then the oldest promise.

    That is every answer owed to somebody who wrote, and what is promised for today.
    """
    return _by_promise(viewer, wanted.apply(_up_next(viewer, at), viewer, at), at, after)


def newest(viewer: Staff, wanted: LeadFilter | Sought, at: datetime, after: Place | None = None) -> Page:
    """Everybody of a filter or a search, ended or not, the latest to write first."""
    chosen = visible_columns(
        viewer, Lead.id.label("lead_id"), _earliest_promise().label("promise_id"), Lead.received_at.label("moment"),
        Lead.id.label("number"), literal(USUAL, BigInteger).label("rank"),
    )
    chosen = wanted.apply(chosen) if isinstance(wanted, Sought) else wanted.apply(chosen, viewer, at)
    if after:
        chosen = chosen.where(tuple_(Lead.received_at, Lead.id) < tuple_(*_bound(after)))
    return _page(viewer, chosen.order_by(Lead.received_at.desc(), Lead.id.desc()), at, newest_first=True)


def candidates(viewer: Staff, at: datetime, free: ColumnElement[bool], after: Place | None = None) -> Page:
    """Those up next who are free to be taken, in the order of the list."""
    chosen = _up_next(viewer, at).where(free, or_(FollowUp.owner_id.is_(None), FollowUp.owner_id == viewer.id))
    return _by_promise(viewer, chosen, at, after)


def _by_promise(viewer: Staff, chosen: Select[Any], at: datetime, after: Place | None) -> Page:
    order = (FollowUp.urgency, FollowUp.due_at, FollowUp.id)
    if after:
        chosen = chosen.where(tuple_(*order) > tuple_(literal(after.rank, BigInteger), *_bound(after)))
    return _page(viewer, chosen.order_by(*order), at)


def _up_next(viewer: Staff, at: datetime) -> Select[Any]:
    today = FollowUp.due_at < calendar().end_of_day(at)
    return _first_promises(viewer).where(or_(IS_OWED, today, FollowUp.urgency == DANGER))


def _first_promises(viewer: Staff) -> Select[Any]:
    """Every open lead that is promised something, once, by the most urgent of it, else the earliest."""
    earlier = aliased(FollowUp)
    return (
        visible_columns(
            viewer, Lead.id.label("lead_id"), FollowUp.id.label("promise_id"), FollowUp.due_at.label("moment"),
            FollowUp.id.label("number"), FollowUp.urgency.label("rank"),
        )
        .join(FollowUp, FollowUp.lead_id == Lead.id)
        .where(FollowUp.done_at.is_(None), Lead.ended_at.is_(None))
        .where(
            ~exists().where(
                earlier.lead_id == FollowUp.lead_id, earlier.done_at.is_(None),
                tuple_(earlier.urgency, earlier.due_at, earlier.id)
                < tuple_(FollowUp.urgency, FollowUp.due_at, FollowUp.id),
            )
        )
    )


def _after_today(viewer: Staff, at: datetime) -> Select[Any]:
    return (
        visible_columns(viewer, FollowUp.due_at)
        .join(FollowUp, FollowUp.lead_id == Lead.id)
        # Nobody has been reminded of what is still to come: said so that the index of just these rows is used.
        .where(FollowUp.done_at.is_(None), FollowUp.reminded_at.is_(None), Lead.ended_at.is_(None))
        .where(FollowUp.due_at >= calendar().end_of_day(at))
        .order_by(FollowUp.due_at)
        .limit(1)
    )


def _earliest_promise() -> ColumnElement[int | None]:
    open_one = aliased(FollowUp)
    return (
        select(open_one.id)
        .where(open_one.lead_id == Lead.id, open_one.done_at.is_(None))
        .order_by(open_one.due_at, open_one.id)
        .limit(1)
        .correlate(Lead)
        .scalar_subquery()
    )


def _page(viewer: Staff, chosen: Select[Any], at: datetime, newest_first: bool = False) -> Page:
    """The rows of the chosen: who stands on the page is settled first, then what is known of them is read."""
    some = chosen.limit(PAGE + 1).subquery("some")
    order: tuple[Any, ...] = (some.c.rank, some.c.moment, some.c.number)
    if newest_first:
        order = (some.c.moment.desc(), some.c.number.desc())
    arrived = aliased(Submission)
    latest = select(func.max(arrived.id)).where(arrived.lead_id == Lead.id).correlate(Lead).scalar_subquery()
    holder = func.coalesce(Lead.owner_id, case((Lead.taken_until > at, Lead.taken_by_id)), Lead.coach_id)
    wanted = (
        visible_columns(viewer, *_COLUMNS, some.c.moment, some.c.number, some.c.rank)
        .join(some, some.c.lead_id == Lead.id)
        .join(Person, Person.id == Lead.inquirer_id)
        .join(IN_NEED, IN_NEED.id == Lead.person_id)
        .join(Source, Source.id == Lead.source_id)
        .outerjoin(FollowUp, FollowUp.id == some.c.promise_id)
        .outerjoin(Submission, Submission.id == latest)
        .outerjoin(Staff, Staff.id == holder)
        .outerjoin(SEEN_BY, SEEN_BY.id == Lead.danger_seen_by_id)
        .order_by(*order)
    )
    rows = db.session.execute(wanted).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], Place(last.moment, last.number, last.rank) if last else None)


def _bound(place: Place) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return literal(place.moment, UTCDateTime()), literal(place.number, BigInteger)


def _counts_of_up_next(viewer: Staff, wanted: LeadFilter, at: datetime) -> tuple[Select[Any], ...]:
    owed = wanted.apply(_first_promises(viewer), viewer, at)
    today = owed.where(~IS_OWED, FollowUp.due_at < calendar().end_of_day(at))
    # Asked for in order, SQLite takes the index that holds owed answers only; else it walks every open promise.
    first = owed.where(IS_OWED).order_by(FollowUp.urgency, FollowUp.due_at, FollowUp.id)
    return _count("first_replies", first), _count("follow_ups", today)


def _count(part: str, of: Select[Any]) -> Select[Any]:
    some = of.with_only_columns(literal(1)).limit(COUNTED_TO + 1).subquery()
    return _part(part, number=select(func.count()).select_from(some).scalar_subquery())


def _part(part: str, key: Any = None, label: Any = None, number: Any = None, moment: Any = None) -> Select[Any]:
    """One part of the frame's statement; all parts have the same columns."""
    return select(
        literal(part, String).label("part"),
        (cast(null(), String) if key is None else key).label("key"),
        (cast(null(), String) if label is None else label).label("label"),
        (cast(null(), BigInteger) if number is None else number).label("number"),
        (cast(null(), UTCDateTime()) if moment is None else moment).label("moment"),
    )
