"""Who may be the same person: the keys they are found by, suggestions and what people said to them, and merges."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.lead import Lead
from crm.models.referred import Referred
from crm.models.staff import Staff

DECISIONS = ("not-same", "household", "merged")
LONGEST_KEY = 300  # characters


class MatchKey(Base):
    """One key of `crm.leads.matching.keys`. A lead that has none keeps the empty one: it has been looked at."""

    __tablename__ = "match_key"
    __table_args__ = (UniqueConstraint("lead_id", "key"), Index("ix_match_key_key", "key", "lead_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))


class Likeness(Referred, Base):
    """Two leads that may be one person, or one household, and what somebody said to it. `a` is the older row."""

    __tablename__ = "likeness"
    __table_args__ = (
        UniqueConstraint("a_id", "b_id"),
        CheckConstraint("a_id < b_id", name="older_first"),
        CheckConstraint(f"decision IS NULL OR decision IN {DECISIONS}", name="known_decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_has_a_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    b_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    score: Mapped[int]  # of a hundred
    is_household: Mapped[bool]  # two people who share a contact, rather than one person
    reasons: Mapped[list[str]]
    against: Mapped[list[str]]
    found_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]

    a: Mapped[Lead] = relationship(foreign_keys=[a_id])
    b: Mapped[Lead] = relationship(foreign_keys=[b_id])
    decided_by: Mapped[Staff | None] = relationship()


class Merge(Referred, Base):
    """One lead was joined with another. `moved`: row numbers by table; `before`: fields as they were, to go back."""

    __tablename__ = "merge_record"
    __table_args__ = (CheckConstraint("survivor_id <> merged_id", name="two_leads"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survivor_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    kept: Mapped[list[str]]  # the fields of which the other's value was chosen
    moved: Mapped[dict[str, Any]]
    before_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    before = Sealed(str)
    survivor: Mapped[Lead] = relationship(foreign_keys=[survivor_id])
    merged: Mapped[Lead] = relationship(foreign_keys=[merged_id])
    by: Mapped[Staff] = relationship(foreign_keys=[by_id])
