"""The clock listens for what does not come: every source's silence, jumps and failed proofs become alarms that end by
themselves when it is heard again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from crm import audit, outbox
from crm.db import commit, db
from crm.models import Source, SourceAlarm, Staff, Submission
from crm.programme import programme
from crm.sources.gaps import missing_numbers, proof_trouble
from crm.sources.rhythm import MOST_MOMENTS, is_silent, learn

NUMBERED = ("gravity-forms",)
RECENT = 400  # numbers looked at
KNOCKS = 2_000  # deliveries looked at, proven or not
A_DAY = timedelta(days=1)  # a knock without a secret is no news for longer


class Found(NamedTuple):
    """What is wrong with a source now."""

    kind: str
    since: datetime
    words: str
    first: int | None = None
    last: int | None = None


def watch_sources(at: datetime) -> int:
    """Look at every source that is switched on; returns how many alarms are new."""
    new = 0
    for source in db.session.scalars(select(Source).where(Source.kind.not_in(("staff", "file"))).order_by(Source.id)):
        new += _settle(source, _look(source, at) if source.is_on else (), at)
    commit()
    return new


def is_expected(alarm: SourceAlarm, by: Staff, at: datetime) -> None:
    """Somebody says that it is all right: it stays on record, and nobody is asked again."""
    if alarm.expected_at is None:
        alarm.expected_at, alarm.expected_by_id = at, by.id
        audit.record(None, "source-alarm-expected", by, at, source=alarm.source.slug, kind=alarm.kind)


def _look(source: Source, at: datetime) -> Iterable[Found]:
    mine = select(Submission).where(Submission.source_id == source.id, Submission.received_at <= at)
    heard = mine.with_only_columns(Submission.received_at).where(Submission.state.not_in(("unproven", "test")))
    # Learned as of the last message, so that a long silence does not make us forget what was usual.
    moments = db.session.scalars(heard.order_by(Submission.received_at.desc()).limit(MOST_MOMENTS)).all()
    if moments and (silence := is_silent(learn(moments, moments[0], programme().time_zone), moments[0], at)):
        yield Found("silent", silence.since, silence.words)
    yield from _jump(source, at)
    yield from _proofs(source, at)


def _jump(source: Source, at: datetime) -> Iterable[Found]:
    if source.kind not in NUMBERED:
        return
    numbered = select(Submission.entry_number, Submission.received_at).where(
        Submission.source_id == source.id, Submission.entry_number.is_not(None)
    )
    rows = db.session.execute(numbered.order_by(Submission.entry_number.desc()).limit(RECENT)).all()
    came = {row.entry_number or 0: row.received_at for row in rows}
    jumps = missing_numbers(list(came), _judged(source))
    if jumps:
        worst = jumps[-1]
        yield Found("gap", came[worst.last + 1], worst.words, worst.first, worst.last)


def _proofs(source: Source, at: datetime) -> Iterable[Found]:
    knocked = select(Submission.state, Submission.received_at).where(Submission.source_id == source.id)
    rows = db.session.execute(knocked.order_by(Submission.id.desc()).limit(KNOCKS)).all()
    if rows and rows[0].state == "unproven" and rows[0].received_at > at - A_DAY:
        trouble = proof_trouble([row.state != "unproven" for row in reversed(rows)])
        if trouble:
            yield Found("proof", rows[min(trouble.failed, len(rows)) - 1].received_at, trouble.words)


def _settle(source: Source, found: Iterable[Found], at: datetime) -> int:
    """Begin what is new, end what is over; says how many are new."""
    known = select(SourceAlarm).where(SourceAlarm.source_id == source.id, SourceAlarm.ended_at.is_(None))
    before = {alarm.kind: alarm for alarm in db.session.scalars(known)}
    now = {one.kind: one for one in found}
    for kind, alarm in before.items():
        if kind not in now:
            alarm.ended_at = at
            audit.record(None, "source-alarm-ended", None, at, source=source.slug, kind=kind)
        else:
            alarm.words = now[kind].words[:300]
            alarm.first_number, alarm.last_number = now[kind].first, now[kind].last
    new = [one for kind, one in now.items() if kind not in before]
    for one in new:
        _begin(source, one, at)
    return len(new)


def _begin(source: Source, one: Found, at: datetime) -> None:
    alarm = SourceAlarm(
        source_id=source.id, kind=one.kind, since=one.since, found_at=at, words=one.words[:300],
        first_number=one.first, last_number=one.last,
    )
    db.session.add(alarm)
    db.session.flush()
    audit.record(None, "source-alarm", None, at, source=source.slug, kind=one.kind)
    for admin in db.session.scalars(select(Staff).where(Staff.role == "admin", Staff.disabled_at.is_(None))):
        outbox.post("source-alarm", to=admin, at=at, key=f"source-alarm:{alarm.id}")


def _judged(source: Source) -> int | None:
    """Numbers up to here were looked at when somebody said that a jump is all right."""
    settled = select(SourceAlarm.last_number).where(
        SourceAlarm.source_id == source.id, SourceAlarm.kind == "gap", SourceAlarm.expected_at.is_not(None)
    )
    last = db.session.scalar(settled.order_by(SourceAlarm.last_number.desc()).limit(1))
    return last + 1 if last is not None else None
