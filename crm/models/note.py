"""What staff wrote."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.lead import Lead
from crm.models.referred import Referred
from crm.models.staff import Staff


class Note(Referred, Base):
    """A note for the next person who opens the lead. Never edited: a correction is a new note."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_lead_id_at", "lead_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    body_sealed: Mapped[bytes] = mapped_column(SealedBytes)

    body = Sealed(str)
    lead: Mapped[Lead] = relationship()
    by: Mapped[Staff] = relationship()
