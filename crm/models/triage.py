"""What people say about how urgent somebody is; what the rules say stands with the submission, apart."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.lead import LEVELS, Lead
from crm.models.referred import Referred
from crm.models.staff import Staff

_TO_REVIEW = text("ended_danger AND reviewed_at IS NULL")


class TriageEntry(Referred, Base):
    """Somebody judged. `ended_danger`: they said that nobody is in danger any more; an administrator looks at that."""

    __tablename__ = "triage_entry"
    __table_args__ = (
        CheckConstraint(f"level IN {LEVELS}", name="known_level"),
        Index("ix_triage_entry_to_review", "at", postgresql_where=_TO_REVIEW, sqlite_where=_TO_REVIEW),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    before: Mapped[str] = mapped_column(String(10))
    level: Mapped[str] = mapped_column(String(10))
    is_danger: Mapped[bool]
    ended_danger: Mapped[bool]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)

    reason = Sealed(str)
    lead: Mapped[Lead] = relationship()
    by: Mapped[Staff] = relationship(foreign_keys=[by_id])
