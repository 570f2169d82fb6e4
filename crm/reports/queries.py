"""The questions. Each counts only leads the viewer may see, and answers with the leads behind every number."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row

from crm.access import ADMIN, visible_columns
from crm.clock import wall
from crm.db import db
from crm.lifecycle.workflow import calendar, workflow
from crm.models import FollowUp, Lead, Person, Staff
from crm.models.lead import short_reference
from crm.programme import programme
from crm.reports.figures import Figure, Part, minutes_words, percentile, sorted_into
from crm.reports.period import Period

SPANS = ((5, "0–5"), (10, "5–10"), (15, "10–15"), (30, "15–30"), (60, "30–60"), (240, "1–4 h"))  # minutes


def everyone(viewer: Staff, period: Period, at: datetime) -> Figure:
    """Everyone who wrote in the period, and how far they have come by now."""
    rows = _cohort(viewer, period)
    steps: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
        ("wrote", "Wrote to us", lambda _: True),
        ("tried", "We tried to reach them", lambda lead: lead.first_attempt_at is not None),
        ("spoke", "Spoke with us", lambda lead: lead.first_two_way_at is not None),
        ("assessment", "Assessment set", lambda lead: lead.assessment_at is not None),
        ("started", "Started with us", lambda lead: lead.started_on is not None),
    )
    parts = tuple(Part(key, label, tuple(row.id for row in rows if reached(row))) for key, label, reached in steps)
    return Figure(
        "everyone", "From first message to first day", _largest_loss(parts), (
            "Everyone whose first message arrived in the period (held and test messages excluded), counted once for each "
            "step they have reached by now, wherever they stand today. The steps: a person of ours tried to reach them; "
            "a two-way contact was logged; an assessment was given a time; a start date was set."
        ), parts, len(rows), _hides(viewer),
    )


def first_reply(viewer: Staff, period: Period, at: datetime) -> Figure:
    """How long people waited for the first human attempt to reach them, on the clock of our open hours."""
    rows = _cohort(viewer, period)
    tried = [row for row in rows if row.first_attempt_at is not None]
    open_minutes = [(row.id, float(calendar().minutes_between(row.received_at, row.first_attempt_at))) for row in tried]
    wall_minutes = [(row.first_attempt_at - row.received_at).total_seconds() / 60 for row in tried]
    edges = [(str(limit), label, _below(limit)) for limit, label in SPANS] + [("over", "over 4 h", lambda _: True)]
    waiting = Part("none", "not tried yet", tuple(row.id for row in rows if row.first_attempt_at is None))
    owed = [row for row in rows if row.answer_by <= at or row.first_attempt_at is not None]
    kept = [row for row in owed if row.first_attempt_at is not None and row.first_attempt_at <= row.answer_by]
    values = [minutes for _, minutes in open_minutes]
    numbers = {
        "Median, open hours": minutes_words(percentile(values, 0.5)),
        "90th percentile, open hours": minutes_words(percentile(values, 0.9)),
        "Median, by the wall clock": minutes_words(percentile(wall_minutes, 0.5)),
        "90th percentile, by the wall clock": minutes_words(percentile(wall_minutes, 0.9)),
        "Promises to answer kept": f"{round(100 * len(kept) / len(owed))}%" if owed else "—",
        "People counted (n)": f"{len(tried):,} of {len(rows):,}",
    }
    promise = workflow().first_reply_minutes
    finding = (f"Half of the people heard from us within {numbers['Median, open hours']} of open hours; "
               f"{numbers['Promises to answer kept']} within our promise of {promise} minutes."
               if tried else "Nobody who wrote in this period has been tried yet.")
    return Figure(
        "first-reply", "How long people wait for a first reply", finding, (
            "From the moment a message arrived to the first attempt to reach them that a person of ours logged; automatic "
            "mail does not count. Open hours: only the minutes in which we are open, holidays excluded. Wall clock: all "
            "minutes. People not tried yet are counted apart and are in no median."
        ), (*sorted_into(edges, open_minutes), waiting), len(rows), _hides(viewer), numbers,
    )


def follow_ups(viewer: Staff, period: Period, at: datetime) -> Figure:
    """The promises that fell due in the period, and whether they were kept in time."""
    promises = _promises(viewer, period, at)
    kinds = ("in-time", "late", "moved", "waiting", "dropped")
    labels = ("Kept in time", "Kept, but late", "Moved before they were due", "Late and still open", "No longer needed")
    found: dict[str, list[int]] = {kind: [] for kind in kinds}
    for promise in promises:
        found[_how_kept(promise)].append(promise.lead_id)
    parts = tuple(Part(kind, label, tuple(found[kind])) for kind, label in zip(kinds, labels, strict=True))
    counted = sum(len(found[kind]) for kind in ("in-time", "late", "waiting"))
    share = f"{round(100 * len(found['in-time']) / counted)}%" if counted else "—"
    return Figure(
        "follow-ups", "Follow-ups kept", (
            f"{share} of {counted:,} promised follow-ups were made by their time." if counted
            else "No follow-up fell due in this period."
        ), (
            "Every promise to get in touch whose time fell into the period and has passed. Kept in time: done at or before "
            "its time. Moved before it was due: rearranged in time, and counted again at its new time; moved afterwards "
            "counts as late. No longer needed: the lead ended first. The share is kept in time out of all that were kept or "
            "are still open."
        ), parts, sum(len(part.leads) for part in parts), _hides(viewer),
        {"Kept in time": share, "Promises counted (n)": f"{counted:,}"},
    )


def kept_by_week(viewer: Staff, period: Period, at: datetime) -> list[tuple[str, int, int]]:
    """For each week of the period: its first day in words, promises kept in time, promises counted."""
    weeks: dict[str, list[int]] = {}
    for promise in _promises(viewer, period, at):
        how = _how_kept(promise)
        if how in ("in-time", "late", "waiting"):
            day = wall(promise.due_at, programme().time_zone).date()
            monday = day - timedelta(days=day.weekday())
            counted = weeks.setdefault(monday.isoformat(), [0, 0])
            counted[0] += how == "in-time"
            counted[1] += 1
    return [(week, kept, counted) for week, (kept, counted) in sorted(weeks.items())]


def behind(viewer: Staff, leads: Sequence[int]) -> list[dict[str, Any]]:
    """The leads behind a number, in the order given: reference, name as given, when they wrote, where they stand."""
    wanted = visible_columns(viewer, Lead.id, Lead.ref, Person.name, Lead.received_at, Lead.status_key)
    found = {row.id: row for row in db.session.execute(wanted.join(Lead.inquirer).where(Lead.id.in_(leads)))}
    return [
        {"ref": row.ref, "number": short_reference(row.id), "name": row.name, "received_at": row.received_at,
         "status": workflow().statuses[row.status_key]}
        for row in (found[lead] for lead in leads if lead in found)
    ]


QUESTIONS: dict[str, Callable[[Staff, Period, datetime], Figure]] = {
    "everyone": everyone, "first-reply": first_reply, "follow-ups": follow_ups,
}


def _cohort(viewer: Staff, period: Period) -> Sequence[Row[Any]]:
    wanted = visible_columns(
        viewer, Lead.id, Lead.received_at, Lead.answer_by, Lead.first_attempt_at, Lead.first_two_way_at,
        Lead.assessment_at, Lead.started_on,
    )
    within = wanted.where(Lead.received_at >= period.start, Lead.received_at < period.end)
    return db.session.execute(within.order_by(Lead.received_at, Lead.id)).all()


def _promises(viewer: Staff, period: Period, at: datetime) -> Sequence[Row[Any]]:
    wanted = visible_columns(viewer, FollowUp.lead_id, FollowUp.due_at, FollowUp.done_at, FollowUp.result)
    due = wanted.join(FollowUp, FollowUp.lead_id == Lead.id).where(
        FollowUp.due_at >= period.start, FollowUp.due_at < min(period.end, at)
    )
    return db.session.execute(due.order_by(FollowUp.due_at, FollowUp.id)).all()


def _how_kept(promise: Any) -> str:
    if promise.result is None:
        return "waiting"
    elif promise.result == "dropped":
        return "dropped"
    elif promise.done_at > promise.due_at:
        return "late"
    else:
        return "in-time" if promise.result == "kept" else "moved"


def _largest_loss(parts: Sequence[Part]) -> str:
    if not parts[0].leads:
        return "Nobody wrote in this period."
    losses = [(len(before.leads) - len(after.leads), before, after) for before, after in pairwise(parts)]
    lost, before, after = max(losses, key=lambda loss: loss[0])
    if not lost:
        return "Nobody was lost on the way."
    return f"The largest step lost is between “{before.label}” and “{after.label}”: {lost:,} people."


def _below(limit: int) -> Callable[[float], bool]:
    return lambda minutes: minutes <= limit


def _hides(viewer: Staff) -> bool:
    return viewer.role != ADMIN
