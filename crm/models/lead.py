"""A lead: one episode of one person looking for help; who holds it; how it is found again."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.models.person import Person
from crm.models.referred import Referred
from crm.models.source import Source
from crm.models.staff import Staff
from crm.models.workflow import Status

FIRST_NUMBER = 1000  # the first lead is L-1001: a number to say aloud, not a count to boast of
FOR = ("self", "loved", "client")
LEVELS = ("crisis", "urgent", "routine")  # what "none" says of a message is no level of a lead: it is a submission's
_MERGED = text("merged_into_id IS NOT NULL")
_DANGER = text("danger_at IS NOT NULL AND ended_at IS NULL")


class Lead(Referred, Base):
    """One episode. Only `crm.lifecycle` writes its status; the version number refuses stale saves."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(f"for_whom IN {FOR}", name="known_for_whom"),
        CheckConstraint("status_key <> 'closed' OR closed_reason IS NOT NULL", name="closed_has_a_reason"),
        CheckConstraint("ended_at IS NULL OR ended_at >= received_at", name="ends_after_it_began"),
        CheckConstraint(f"level IN {LEVELS}", name="known_level"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
        Index("ix_lead_merged", "merged_into_id", postgresql_where=_MERGED, sqlite_where=_MERGED),
        Index("ix_lead_danger", "danger_at", postgresql_where=_DANGER, sqlite_where=_DANGER),
        Index("ix_lead_newest", "received_at", "id"),
        Index("ix_lead_open_coach", "coach_id", postgresql_where=text("ended_at IS NULL"),
              sqlite_where=text("ended_at IS NULL")),
        Index("ix_lead_status", "status_key", "received_at", "id"),
        Index("ix_lead_source", "source_id", "received_at", "id"),
        Index("ix_lead_owner", "owner_id", "received_at", "id"),
        Index("ix_lead_coach", "coach_id", "received_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # the person in need
    inquirer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # who wrote; may be the same
    for_whom: Mapped[str] = mapped_column(String(10))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    received_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]  # the promise of the thank-you page, fixed at receipt; none from an old file
    status_key: Mapped[str] = mapped_column(ForeignKey("status.key"), default="new")
    status_since: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # who at intake answers
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # by "take next", until taken_until
    taken_until: Mapped[datetime | None]
    first_attempt_at: Mapped[datetime | None]  # first human try to reach them: stops the clock of the promise
    first_two_way_at: Mapped[datetime | None]
    last_touch_at: Mapped[datetime | None]
    last_touch: Mapped[str | None] = mapped_column(String(20))  # the outcome of that touch
    attempts_made: Mapped[int] = mapped_column(default=0)
    no_step_reason: Mapped[str | None] = mapped_column(String(200))  # why an open lead has no next follow-up
    discharge_on: Mapped[date | None]
    assessment_at: Mapped[datetime | None]
    started_on: Mapped[date | None]
    referred_to: Mapped[str | None] = mapped_column(String(200))
    closed_reason: Mapped[str | None] = mapped_column(ForeignKey("reason.key"))
    ended_at: Mapped[datetime | None]
    level: Mapped[str] = mapped_column(String(10), default="routine")  # what people say, or else the rules
    danger_at: Mapped[datetime | None]  # since when somebody may be in danger; none: nobody says so
    danger_seen_at: Mapped[datetime | None]  # somebody has said "I have this"
    danger_seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    times_wrote: Mapped[int] = mapped_column(default=1)
    wrote_again_at: Mapped[datetime | None]  # the latest of several times
    wrote_before_at: Mapped[datetime | None]  # the time before that
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))  # their last episode with us
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    inquirer: Mapped[Person] = relationship(foreign_keys=[inquirer_id])
    source: Mapped[Source] = relationship()
    status: Mapped[Status] = relationship()
    owner: Mapped[Staff | None] = relationship(foreign_keys=[owner_id])
    coach: Mapped[Staff | None] = relationship(foreign_keys=[coach_id])
    taken_by: Mapped[Staff | None] = relationship(foreign_keys=[taken_by_id])
    danger_seen_by: Mapped[Staff | None] = relationship(foreign_keys=[danger_seen_by_id])
    earlier: Mapped["Lead | None"] = relationship(foreign_keys=[earlier_id], remote_side=[id])
    merged_into: Mapped["Lead | None"] = relationship(foreign_keys=[merged_into_id], remote_side=[id])

    @property
    def number(self) -> str:
        """The short reference that people say aloud; never an address."""
        return short_reference(self.id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def short_reference(lead_id: int) -> str:
    """`L-1042` for the lead with this row number."""
    return f"L-{FIRST_NUMBER + lead_id}"


class Assignment(Base):
    """Which coach held a lead from when to when. At most one at a time."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_current", "lead_id", unique=True, postgresql_where=text("until IS NULL"),
              sqlite_where=text("until IS NULL")),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class SearchKey(Base):
    """One normalised word a lead is found by: a word of a name, the digits of a phone, an e-mail address."""

    __tablename__ = "search_key"
    __table_args__ = (
        UniqueConstraint("lead_id", "kind", "word"),
        CheckConstraint("kind IN ('name', 'phone', 'email')", name="known_kind"),
        Index("ix_search_key_word", "word", "kind", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(5))
    # Sorted by code point on both databases: words that begin alike stand together, whatever the server speaks.
    word: Mapped[str] = mapped_column(String(100).with_variant(String(100, collation="C"), "postgresql"))
