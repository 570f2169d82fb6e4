"""Questions about coaches: who there is, and how many people each has."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from crm.access import visible_columns
from crm.db import db
from crm.models import Lead, Staff


@dataclass(frozen=True)
class Coach:
    """Somebody who may take a lead, with the number of people they already have (`most`: none is set)."""

    ref: str
    name: str
    people: int
    most: int | None

    @property
    def words(self) -> str:
        """ "Cora Example, 12 of 20", and that they are full when they are."""
        if self.most is None:
            return f"{self.name}, {self.people} now"
        full = ", full" if self.people >= self.most else ""
        return f"{self.name}, {self.people} of {self.most}{full}"


def coaches(viewer: Staff) -> Sequence[Coach]:
    """Everybody who may be chosen, by name, in one statement."""
    held = (
        visible_columns(viewer, func.count()).where(Lead.coach_id == Staff.id, Lead.ended_at.is_(None))
        .correlate(Staff).scalar_subquery()
    )
    wanted = select(Staff.ref, Staff.name, held, Staff.caseload_cap).where(
        Staff.role == "coach", Staff.disabled_at.is_(None)
    )
    return [Coach(*row) for row in db.session.execute(wanted.order_by(Staff.name, Staff.id))]


def chosen(viewer: Staff, ref: str) -> Staff | None:
    """The active coach with this reference, if there is one."""
    wanted = select(Staff).where(Staff.ref == ref, Staff.role == "coach", Staff.disabled_at.is_(None))
    return db.session.scalars(wanted).one_or_none()
