"""What arrived, exactly as it came."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.referred import Referred
from crm.models.source import Source

if TYPE_CHECKING:
    from crm.models.lead import Lead

STATES = ("understood", "held", "failed")


class Submission(Referred, Base):
    """Somebody reached out. The raw bytes never change (a trigger sees to it); what we made of them may.

    held: looked like a machine wrote it, waits for a person to say so. failed: stored, but not understood yet.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        UniqueConstraint("source_id", "idempotency_key"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("(state = 'understood') = (lead_id IS NOT NULL)", name="understood_has_a_lead"),
        Index("ix_submission_waiting", "received_at", postgresql_where=text("state <> 'understood'"),
              sqlite_where=text("state <> 'understood'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))  # of the body: the same key with another body is a mistake
    content_type: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(String(200))  # why it is held or failed, without personal data
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"), index=True)
    answer: Mapped[dict[str, Any] | None]  # what an API client was told, to be told again
    raw_sealed: Mapped[bytes] = mapped_column(SealedBytes)
    message_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)

    raw = Sealed(bytes)
    message = Sealed(str)
    source: Mapped[Source] = relationship()
    lead: Mapped["Lead | None"] = relationship()
