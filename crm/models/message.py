"""The outbox: what we tell one person on one channel, once."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.models.followup import FollowUp
from crm.models.lead import Lead
from crm.models.person import Person
from crm.models.referred import Referred
from crm.models.staff import Staff

STATES = ("waiting", "sent", "dead")


class Message(Referred, Base):
    """A notice to one of us, or the acknowledgement to one who wrote. `key` is unique: nothing is ever said twice.

    waiting: to be sent, perhaps leased by a worker until `lease_until`. dead: given up after many tries, people see it.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("channel IN ('app', 'email')", name="known_channel"),
        CheckConstraint("(to_id IS NULL) <> (person_id IS NULL)", name="to_one_of_us_or_one_who_wrote"),
        Index("ix_message_to_send", "not_before", "id", postgresql_where=text("state = 'waiting'"),
              sqlite_where=text("state = 'waiting'")),
        Index("ix_message_unread", "to_id", postgresql_where=text("channel = 'app' AND read_at IS NULL"),
              sqlite_where=text("channel = 'app' AND read_at IS NULL")),
        Index("ix_message_to_id_created_at", "to_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    channel: Mapped[str] = mapped_column(String(10))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"), index=True)
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"), index=True)
    facts: Mapped[dict[str, Any]]  # numbers and times for the words; never a name
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    lease_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]

    to: Mapped[Staff | None] = relationship()
    person: Mapped[Person | None] = relationship()
    lead: Mapped[Lead | None] = relationship()
    follow_up: Mapped[FollowUp | None] = relationship()

    @property
    def reader(self) -> Staff:
        """Which of us it is for. Only of notices to staff."""
        assert self.to is not None
        return self.to
