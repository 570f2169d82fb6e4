"""The questions of sources: how each stands, its secrets, what it brought, and what waits for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select

from crm.access import Missing, visible_columns, visible_submissions
from crm.clock import resolve, wall
from crm.db import db
from crm.models import Lead, Source, SourceAlarm, SourceSecret, Staff, Submission
from crm.models.lead import short_reference
from crm.programme import programme
from crm.sources.health import DAYS, Heard

PAGE = 25
PICKS = 25  # messages that can be taken as a sample
WEEK = 7
LONGEST_NUMBER = 19  # digits


@dataclass(frozen=True)
class Arrival:
    """One message that a source brought; `lead` is the number of what it became, where this viewer may see that."""

    number: str
    ref: str
    received_at: datetime
    state: str
    why: str
    is_guessed: bool
    is_set_aside: bool
    lead: str
    lead_ref: str


@dataclass(frozen=True)
class ArrivalPage:
    """A page of them, newest first; `further` is where the next one begins."""

    rows: Sequence[Arrival]
    further: str | None


def sources(viewer: Staff, at: datetime) -> list[Heard]:
    """Every source and what it brought lately: four statements, however many there are."""
    told = db.session.execute(select(Source, _last_message(viewer)).order_by(Source.name, Source.id)).all()
    lately, waiting, rings = _lately(viewer, at), _waiting(viewer), alarms(viewer)
    return [_heard(source, last_at, lately, waiting, rings) for source, last_at in told]


def heard(viewer: Staff, source: Source, at: datetime) -> Heard:
    """The same of one source."""
    last_at = db.session.scalar(select(_last_message(viewer)).select_from(Source).where(Source.id == source.id))
    return _heard(source, last_at, _lately(viewer, at, source.id), _waiting(viewer, source.id), alarms(viewer))


def alarms(viewer: Staff) -> Sequence[SourceAlarm]:
    """What the clock found wrong with sources, as far as it lasts and nobody has said that it is expected."""
    rings = select(SourceAlarm).where(SourceAlarm.ended_at.is_(None), SourceAlarm.expected_at.is_(None))
    return db.session.scalars(rings.order_by(SourceAlarm.since, SourceAlarm.id)).all() if viewer.is_active else ()


def find_alarm(viewer: Staff, source: Source, kind: str) -> SourceAlarm:
    """The alarm of this kind that the source has now; raises Missing when it has none."""
    found = next((one for one in alarms(viewer) if one.source_id == source.id and one.kind == kind), None)
    if found is None:
        raise Missing
    return found


def find_source(viewer: Staff, slug: str) -> Source:
    """The source with this slug; raises Missing when there is none."""
    found = db.session.scalars(select(Source).where(Source.slug == slug)).one_or_none() if viewer.is_active else None
    if found is None:
        raise Missing
    return found


def find_secret(viewer: Staff, source: Source, ref: str) -> SourceSecret:
    """A secret of the source; raises Missing when there is none."""
    found = next((one for one in secrets(viewer, source) if one.ref == ref), None)
    if found is None:
        raise Missing
    return found


def secrets(viewer: Staff, source: Source) -> Sequence[SourceSecret]:
    """Its secrets, the newest first."""
    theirs = select(SourceSecret).where(SourceSecret.source_id == source.id).order_by(SourceSecret.id.desc())
    return db.session.scalars(theirs).all() if viewer.is_active else ()


def arrivals(viewer: Staff, source: Source, before: str = "") -> ArrivalPage:
    """What the source brought, newest first. A `before` that makes no sense begins at the top."""
    theirs = visible_submissions(viewer).where(Submission.source_id == source.id)
    if before.isdecimal() and len(before) < LONGEST_NUMBER:
        theirs = theirs.where(Submission.id < int(before))
    found = db.session.scalars(theirs.order_by(Submission.id.desc()).limit(PAGE + 1)).all()
    rows = found[:PAGE]
    wanted = {one.lead_id for one in rows if one.lead_id}
    became = db.session.execute(visible_columns(viewer, Lead.id, Lead.ref).where(Lead.id.in_(wanted)))
    leads: dict[int, str] = {row.id: row.ref for row in became}
    further = str(rows[-1].id) if len(found) > PAGE else None
    return ArrivalPage([_arrival(one, leads.get(one.lead_id or 0, "")) for one in rows], further)


def samples(viewer: Staff, source: Source) -> Sequence[Submission]:
    """Messages to match fields by: those that wait first, then the latest."""
    theirs = visible_submissions(viewer).where(Submission.source_id == source.id, Submission.state != "test")
    waits_first = case((_to_replay(), 0), else_=1)
    return db.session.scalars(theirs.order_by(waits_first, Submission.id.desc()).limit(PICKS)).all()


def waiting_for_mapping(viewer: Staff, source: Source) -> int:
    """How many messages of the source would be read again with another mapping."""
    theirs = visible_submissions(viewer).where(Submission.source_id == source.id, _to_replay())
    return db.session.scalar(theirs.with_only_columns(func.count())) or 0


def _to_replay() -> ColumnElement[bool]:
    return and_(Submission.waits_for_somebody(), Submission.state.in_(("unmapped", "failed")))


def _last_message(viewer: Staff) -> ColumnElement[datetime]:
    """One step back in the index of each source's messages, however many it has brought."""
    mine = visible_submissions(viewer).with_only_columns(Submission.received_at).where(
        Submission.source_id == Source.id, Submission.state.not_in(("test", "unproven"))
    )
    return mine.order_by(Submission.received_at.desc()).limit(1).correlate(Source).scalar_subquery()


def _lately(viewer: Staff, at: datetime, source_id: int | None = None) -> dict[int, Sequence[int]]:
    """By source: new and joined this week, all of this week, and one number for each day of the fortnight."""
    begins = _days(at)
    is_real = Submission.state.not_in(("test", "unproven"))
    this_week = and_(is_real, Submission.received_at >= begins[-WEEK])
    is_new = and_(this_week, Submission.lead_id.is_not(None), Lead.received_at == Submission.received_at)
    is_joined = and_(this_week, Submission.lead_id.is_not(None), Lead.received_at != Submission.received_at)
    ends = (*begins[1:], begins[-1] + timedelta(days=2))
    days = [and_(is_real, Submission.received_at >= begin, Submission.received_at < end)
            for begin, end in zip(begins, ends, strict=True)]
    counted = [func.count(case((one, 1))) for one in (is_new, is_joined, this_week, *days)]
    wanted = visible_submissions(viewer).where(Submission.received_at >= begins[0])
    if source_id is not None:
        wanted = wanted.where(Submission.source_id == source_id)
    found = db.session.execute(wanted.with_only_columns(Submission.source_id, *counted).group_by(Submission.source_id))
    return {row[0]: row[1:] for row in found}


def _waiting(viewer: Staff, source_id: int | None = None) -> dict[int, dict[str, int]]:
    wanted = visible_submissions(viewer).where(Submission.waits_for_somebody())
    if source_id is not None:
        wanted = wanted.where(Submission.source_id == source_id)
    counted = wanted.with_only_columns(Submission.source_id, Submission.state, func.count())
    found: dict[int, dict[str, int]] = {}
    for source, state, number in db.session.execute(counted.group_by(Submission.source_id, Submission.state)):
        found.setdefault(source, {})[state] = number
    return found


def _days(at: datetime) -> list[datetime]:
    """The midnights with which the last fourteen days began, where the programme is."""
    zone = programme().time_zone
    today = wall(at, zone).date()
    return [resolve(today - timedelta(days=back), time(), zone) for back in range(DAYS - 1, -1, -1)]


def _heard(
    source: Source, last_at: datetime | None, lately: dict[int, Sequence[int]], waiting: dict[int, dict[str, int]],
    rings: Sequence[SourceAlarm],
) -> Heard:
    new, joined, week, *days = lately.get(source.id, [0] * (3 + DAYS))
    mine = [one for one in rings if one.source_id == source.id]
    return Heard(source, last_at, days, new, joined, week, waiting.get(source.id, {}), mine)


def _arrival(submission: Submission, lead_ref: str) -> Arrival:
    return Arrival(
        submission.number, submission.ref, submission.received_at, submission.state, submission.why or "",
        submission.is_guessed, submission.dismissed_at is not None,
        short_reference(submission.lead_id) if lead_ref and submission.lead_id else "", lead_ref,
    )
