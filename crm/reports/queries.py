"""The questions. Each counts only leads the viewer may see, and answers with the leads behind every number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from crm.access import ADMIN, visible_columns
from crm.db import db
from crm.lifecycle.workflow import workflow
from crm.models import FollowUp, Lead, Person, Staff
from crm.models.lead import short_reference
from crm.reports import definitions
from crm.reports.figures import Figure
from crm.reports.period import Period

NAMES = ("everyone", "first-reply", "follow-ups")  # of the reports, as addresses have them


def overview(viewer: Staff, period: Period, at: datetime) -> list[Figure]:
    """All reports of the period."""
    leads, promises, hides = _cohort(viewer, period), _promises(viewer, period, at), _hides(viewer)
    return [
        definitions.everyone(leads, hides),
        definitions.first_reply(leads, at, hides),
        definitions.follow_ups(promises, period, hides),
    ]


def report(viewer: Staff, name: str, period: Period, at: datetime) -> Figure:
    """The report of this name (one of NAMES)."""
    hides = _hides(viewer)
    if name == "everyone":
        return definitions.everyone(_cohort(viewer, period), hides)
    elif name == "first-reply":
        return definitions.first_reply(_cohort(viewer, period), at, hides)
    else:
        return definitions.follow_ups(_promises(viewer, period, at), period, hides)


def behind(viewer: Staff, leads: Sequence[int]) -> list[dict[str, Any]]:
    """The leads behind a number, in the order given: reference, name as given, when they wrote, where they stand."""
    wanted = visible_columns(viewer, Lead.id, Lead.ref, Person.name, Lead.received_at, Lead.status_key)
    found = {row.id: row for row in db.session.execute(wanted.join(Lead.inquirer).where(Lead.id.in_(leads)))}
    return [
        {"ref": row.ref, "number": short_reference(row.id), "name": row.name, "received_at": row.received_at,
         "status": workflow().statuses[row.status_key]}
        for row in (found[lead] for lead in leads if lead in found)
    ]


def _cohort(viewer: Staff, period: Period) -> Sequence[Row[Any]]:
    """The leads whose message arrived in the period. What is held, failed or a test is a submission without a lead."""
    wanted = visible_columns(
        viewer, Lead.id, Lead.received_at, Lead.answer_by, Lead.first_attempt_at, Lead.first_two_way_at,
        Lead.assessment_at, Lead.started_on, Lead.status_key,
    )
    within = wanted.where(Lead.received_at >= period.start, Lead.received_at < period.end)
    return db.session.execute(within.order_by(Lead.received_at, Lead.id)).all()


def _promises(viewer: Staff, period: Period, at: datetime) -> Sequence[Row[Any]]:
    """The promises whose time fell into the period and has passed."""
    wanted = visible_columns(
        viewer, FollowUp.lead_id, FollowUp.due_at, FollowUp.done_at, FollowUp.result, Lead.ended_at,
    )
    due = wanted.join(FollowUp, FollowUp.lead_id == Lead.id).where(
        FollowUp.due_at >= period.start, FollowUp.due_at < min(period.end, at)
    )
    return db.session.execute(due.order_by(FollowUp.due_at, FollowUp.id)).all()


def _hides(viewer: Staff) -> bool:
    return viewer.role != ADMIN
