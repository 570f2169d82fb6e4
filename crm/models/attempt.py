"""A call, a text, an e-mail, a visit: what somebody did to reach a person, and how it went."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.lead import Lead
from crm.models.referred import Referred
from crm.models.staff import Staff

CHANNELS = ("call", "text", "email", "visit")
OUTCOMES = ("spoke", "someone_else", "voicemail", "no_answer", "wrong_number", "asked_to_stop", "sent", "bounced")


class Attempt(Referred, Base):
    """One try. Taking it back within the page marks it undone; it is never deleted."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS}", name="known_channel"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="known_outcome"),
        Index("ix_attempt_lead_id_at", "lead_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(20))
    two_way: Mapped[bool]
    note_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)
    kept_follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"))
    made_follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"))
    status_before: Mapped[str] = mapped_column(ForeignKey("status.key"))
    undone_at: Mapped[datetime | None]

    note = Sealed(str)
    lead: Mapped[Lead] = relationship()
    by: Mapped[Staff] = relationship()
