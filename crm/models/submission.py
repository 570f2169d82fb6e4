"""What arrived, exactly as it came."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.import_run import ImportRun
from crm.models.referred import Referred
from crm.models.source import Source
from crm.models.staff import Staff

if TYPE_CHECKING:
    from crm.models.lead import Lead

NUMBERED = "M"
FIRST_NUMBER = 1000
STATES = ("waiting", "understood", "held", "failed", "unproven", "unmapped", "test")
_OF_A_LEAD = text("lead_id IS NOT NULL")
_OF_A_RUN = text("import_id IS NOT NULL")
_UNREAD = text("state = 'waiting'")
_WAITING = text("lead_id IS NULL AND dismissed_at IS NULL")


class Submission(Referred, Base):
    """Somebody reached out. The raw bytes never change (a trigger sees to it); what we made of them may.

    waiting: kept, and read in a moment. held: in quarantine until a person says what it is. failed: could not be
    understood yet. unproven: came without the right secret. unmapped: yields no name, no contact and no message yet.
    test: somebody tried the channel.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        UniqueConstraint("source_id", "idempotency_key"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("(state = 'understood') = (lead_id IS NOT NULL)", name="understood_has_a_lead"),
        Index("ix_submission_waiting", "received_at", "id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_submission_lead", "lead_id", postgresql_where=_OF_A_LEAD, sqlite_where=_OF_A_LEAD),
        Index("ix_submission_source_received", "source_id", "received_at"),
        Index("ix_submission_entry", "source_id", "form", "entry_number"),
        Index("ix_submission_sender", "sender", "received_at"),
        Index("ix_submission_import", "import_id", "id", postgresql_where=_OF_A_RUN, sqlite_where=_OF_A_RUN),
        Index("ix_submission_body", "fingerprint", "received_at"),
        Index("ix_submission_unread", "id", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str | None] = mapped_column(String(200))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))  # of the body: the same key with another body is a mistake
    content_type: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime] = mapped_column(index=True)
    submitted_at: Mapped[datetime | None]  # when they wrote it, as the sender says
    form: Mapped[str] = mapped_column(String(60), default="")  # the sender's own form, and the number it gave the entry
    entry_number: Mapped[int | None] = mapped_column(BigInteger)
    sender: Mapped[str | None] = mapped_column(String(32))  # the network address, only as a keyed hash
    words: Mapped[str | None] = mapped_column(String(32))  # of the message, as a keyed hash: is it said again?
    page: Mapped[str] = mapped_column(String(500), default="")  # where they wrote; no query, and so nobody's name
    referrer: Mapped[str] = mapped_column(String(300), default="")
    utm: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20))
    why: Mapped[str | None] = mapped_column(String(200))  # why it is held or failed, without personal data
    is_guessed: Mapped[bool] = mapped_column(default=False)  # nobody has said yet what the source's fields mean
    level: Mapped[str | None] = mapped_column(String(10))  # what the rules of triage say of the words
    dismissed_at: Mapped[datetime | None]  # somebody looked, and it is nobody who needs us
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))  # it came as a row of a file
    import_row: Mapped[int | None]
    raw_sealed: Mapped[bytes] = mapped_column(SealedBytes)
    headers_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)
    message_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)
    reading_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)

    raw = Sealed(bytes)
    headers = Sealed(str)
    message = Sealed(str)
    reading = Sealed(str)  # what we made of it, as JSON: answers without a place, notes, and what the rules found where
    source: Mapped[Source] = relationship()
    lead: Mapped["Lead | None"] = relationship()
    dismissed_by: Mapped[Staff | None] = relationship()
    import_run: Mapped[ImportRun | None] = relationship()
    updates: Mapped[list["SubmissionUpdate"]] = relationship(
        back_populates="submission", order_by="SubmissionUpdate.id"
    )

    @property
    def number(self) -> str:
        """What a visitor may say aloud: of this message, so that it tells nobody whether we knew them before."""
        return f"{NUMBERED}-{FIRST_NUMBER + self.id}"

    @classmethod
    def waits_for_somebody(cls) -> ColumnElement[bool]:
        """It is no lead, and nobody has said yet that it need not be one. What is yet to be read waits for nobody."""
        no_matter: list[ColumnElement[str]] = [literal_column("'test'"), literal_column("'waiting'")]
        return and_(cls.lead_id.is_(None), cls.dismissed_at.is_(None), *(cls.state != one for one in no_matter))


class SubmissionUpdate(Referred, Base):
    """An entry delivered again with more in it (a call that has ended by now). Kept as it came, like the first."""

    __tablename__ = "submission_update"
    __table_args__ = (UniqueConstraint("submission_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    received_at: Mapped[datetime]
    content_type: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(64))
    raw_sealed: Mapped[bytes] = mapped_column(SealedBytes)

    raw = Sealed(bytes)
    submission: Mapped[Submission] = relationship(back_populates="updates")
