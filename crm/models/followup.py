"""A promise to get in touch: what, when, whose. "Due" and "late" are computed from it, never stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.lead import Lead
from crm.models.referred import Referred
from crm.models.staff import Staff

RESULTS = ("kept", "moved", "dropped")
OWED = ("first-reply", "reply")  # somebody wrote and nobody has answered yet: listed at any hour
DANGER, URGENT, USUAL = 0, 1, 2  # who comes before everybody else; set by triage while an answer is owed


class FollowUp(Referred, Base):
    """One promise. Moving it ends this row ("moved") and makes another, so that every time ever promised is on record.

    dropped: the lead ended, or somebody said why it is no longer needed.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        CheckConstraint("kind IN ('first-reply', 'reply', 'promise')", name="known_kind"),
        CheckConstraint("channel IN ('call', 'text', 'email', 'visit')", name="known_channel"),
        CheckConstraint("(done_at IS NULL) = (result IS NULL)", name="done_has_a_result"),
        CheckConstraint(f"result IS NULL OR result IN {RESULTS}", name="known_result"),
        CheckConstraint(f"urgency IN ({DANGER}, {URGENT}, {USUAL})", name="known_urgency"),
        Index("ix_follow_up_open_order", "urgency", "due_at", "id", postgresql_where=text("done_at IS NULL"),
              sqlite_where=text("done_at IS NULL")),
        Index("ix_follow_up_open_due", "due_at", "id", postgresql_where=text("done_at IS NULL"),
              sqlite_where=text("done_at IS NULL")),
        Index("ix_follow_up_open_owed", "urgency", "due_at", "id",
              postgresql_where=text("done_at IS NULL AND kind <> 'promise'"),
              sqlite_where=text("done_at IS NULL AND kind <> 'promise'")),
        Index("ix_follow_up_open_owner", "owner_id", "due_at", "id", postgresql_where=text("done_at IS NULL"),
              sqlite_where=text("done_at IS NULL")),
        Index("ix_follow_up_open_lead", "lead_id", "due_at", "id", postgresql_where=text("done_at IS NULL"),
              sqlite_where=text("done_at IS NULL")),
        Index("ix_follow_up_unreminded", "due_at", "id",
              postgresql_where=text("done_at IS NULL AND reminded_at IS NULL"),
              sqlite_where=text("done_at IS NULL AND reminded_at IS NULL")),
        Index("ix_follow_up_lead_id", "lead_id"),
        Index("ix_follow_up_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    urgency: Mapped[int] = mapped_column(default=USUAL)
    due_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: whoever is at intake
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: made by a rule
    made_at: Mapped[datetime]
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("follow_up.id"))
    reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str | None] = mapped_column(String(10))
    why_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)  # "First check-in", in staff's own words

    why = Sealed(str)
    lead: Mapped[Lead] = relationship()
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])

    @classmethod
    def is_waiting(cls) -> ColumnElement[bool]:
        """Not kept yet, and its lead still open: a closed lead's promises drop out by themselves."""
        return and_(cls.done_at.is_(None), cls.lead.has(Lead.ended_at.is_(None)))
