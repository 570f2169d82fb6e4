"""Whom we tell: the people at intake who are at work, and for danger everybody who is."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.clock import on_shift
from crm.db import db
from crm.models import SignIn, Staff

HERE = timedelta(minutes=15)  # whoever touched a page so lately is there, whatever their hours say


def at_intake(at: datetime) -> list[Staff]:
    """Who at intake is at work now; when nobody is, everybody there will find it when they come."""
    intake = _active("intake")
    return [one for one in intake if on_shift(one.hours, one.time_zone, at)] or intake


def to_alarm(at: datetime) -> list[Staff]:
    """Whom danger reaches: intake and administrators who are at work or signed in now; if there are none, all of them.

    Never a coach alone (docs/domain.md, "Triage").
    """
    called = _active("intake", "admin")
    here = set(db.session.scalars(select(SignIn.staff_id).where(SignIn.is_complete, SignIn.seen_at > at - HERE)))
    return [one for one in called if one.id in here or on_shift(one.hours, one.time_zone, at)] or called


def is_somebody_there(at: datetime) -> bool:
    """Whether an alarm finds somebody at work now."""
    here = select(SignIn.id).join(Staff).where(Staff.role != "coach", SignIn.is_complete, SignIn.seen_at > at - HERE)
    intake = _active("intake", "admin")
    return any(on_shift(one.hours, one.time_zone, at) for one in intake) or db.session.scalar(here.limit(1)) is not None


def _active(*roles: str) -> list[Staff]:
    wanted = select(Staff).where(Staff.disabled_at.is_(None), Staff.role.in_(roles)).order_by(Staff.id)
    return list(db.session.scalars(wanted))
