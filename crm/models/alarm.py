"""Something may be lost on its way to us: a source fell silent, its numbers jump, or its proofs fail."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.models.source import Source
from crm.models.staff import Staff

KINDS = ("silent", "gap", "proof")
_OPEN = text("ended_at IS NULL")


class SourceAlarm(Base):
    """One alarm of a source, until it ends. `expected_at`: somebody said that it is all right, and is asked no more."""

    __tablename__ = "source_alarm"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        Index("uq_source_alarm_open", "source_id", "kind", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    found_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(300))
    first_number: Mapped[int | None]
    last_number: Mapped[int | None]
    expected_at: Mapped[datetime | None]
    expected_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]

    source: Mapped[Source] = relationship()
    expected_by: Mapped[Staff | None] = relationship()
