"""The workflow as data: statuses with a fixed stage and an editable label, the moves between them, reasons, hours."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base

STAGES = ("new", "trying", "talking", "assessment", "later", "ended")  # what reports count; never edited


class Status(Base):
    """Where a lead stands. The stage is its meaning and never changes; the label is what people read."""

    __tablename__ = "status"
    __table_args__ = (CheckConstraint(f"stage IN {STAGES}", name="known_stage"),)

    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]


class Transition(Base):
    """One allowed move. `needs` names the gates (crm.lifecycle) it passes; an `undo` is for taking back a slip only."""

    __tablename__ = "transition"
    __table_args__ = (CheckConstraint("kind IN ('move', 'undo')", name="known_kind"),)

    from_key: Mapped[str] = mapped_column(ForeignKey("status.key"), primary_key=True)
    to_key: Mapped[str] = mapped_column(ForeignKey("status.key"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="move")
    needs: Mapped[list[str]]


class Reason(Base):
    """Why a lead was closed, and what that means for reports and for writing to the person again."""

    __tablename__ = "reason"

    key: Mapped[str] = mapped_column(String(30), primary_key=True)
    label: Mapped[str] = mapped_column(String(80))
    counts_as_qualified: Mapped[bool]
    may_recontact: Mapped[bool]
    position: Mapped[int]


class BusinessHours(Base):
    """When somebody answers: one row an open weekday (Monday is 0), minutes after midnight in the programme's zone."""

    __tablename__ = "business_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="real_weekday"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="opens_before_it_closes"),
    )

    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens: Mapped[int]
    closes: Mapped[int]


class Holiday(Base):
    """A day on which nobody is in, by local date."""

    __tablename__ = "holiday"

    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
