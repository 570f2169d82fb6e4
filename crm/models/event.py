"""History and audit: append-only rows, and the chain that seals them. References only, never anybody's words."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.models.staff import Staff


class Event(Base):
    """Something happened or was looked at: who, what, when, from where. Only `crm.audit` writes it."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_lead_id_at", "lead_id", "at"),
        Index("ix_event_actor_id_at", "actor_id", "at"),
        Index("ix_event_action_at", "action", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(22), unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: the service or a visitor
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    lead_version: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    origin: Mapped[str] = mapped_column(String(45), default="")  # the network address, or the name of a job
    key_id: Mapped[str] = mapped_column(String(8))
    mac: Mapped[str] = mapped_column(String(64))  # keyed: a row written around the program is found

    actor: Mapped[Staff | None] = relationship()


class Seal(Base):
    """One link of the chain: the keyed hash of an event and of the link before it."""

    __tablename__ = "seal"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(String(64))
