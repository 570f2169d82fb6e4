"""Bringing people in from a file: one run, the file in pieces while it is read, and the rows that were handed back."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.referred import Referred
from crm.models.source import Source
from crm.models.staff import Staff

STATES = ("chosen", "trying", "tried", "running", "stopped", "done", "failed")
AT_WORK = ("trying", "running")
_AT_WORK = text("state IN ('trying', 'running')")


class ImportRun(Referred, Base):
    """One file. `shape` is how it is written, `mapping` what each column means, `waiting` whether these people are owed
    a reply from now on; else they come in quietly.

    chosen: read, its columns not matched yet. trying, tried: everything is done and nothing kept. A stopped run can go
    on behind `row_done`, the last row that was settled. A run `by_command` reads its file itself: no worker takes it.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        Index("ix_import_run_at_work", "started_at", postgresql_where=_AT_WORK, sqlite_where=_AT_WORK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: from the command line
    by_command: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    shape: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any]]
    form: Mapped[str] = mapped_column(String(60), default="")  # whose entries a Gravity Forms export holds
    time_zone: Mapped[str] = mapped_column(String(40))  # of the dates in the file that name none
    waiting: Mapped[bool]
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    row_done: Mapped[int] = mapped_column(default=1)  # the first row names the columns
    rows_total: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    joined: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    lease_by: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    name_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)

    name = Sealed(str)  # of the file: people put names into those
    source: Mapped[Source] = relationship()
    by: Mapped[Staff | None] = relationship()

    @property
    def is_at_work(self) -> bool:
        """Whether the clock is at it, or will be."""
        return self.state in AT_WORK

    @property
    def rows_done(self) -> int:
        """How many rows have been settled."""
        return self.created + self.joined + self.rejected


class ImportPiece(Referred, Base):
    """Some bytes of the file, in order; erased when the run is over."""

    __tablename__ = "import_piece"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    number: Mapped[int]
    bytes_sealed: Mapped[bytes] = mapped_column(SealedBytes)

    bytes = Sealed(bytes)


class ImportRejection(Referred, Base):
    """A row that was handed back: its number as a spreadsheet counts, why, and what stood in it (kept for 30 days)."""

    __tablename__ = "import_rejection"
    __table_args__ = (UniqueConstraint("run_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    row: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))  # in our words, without personal data
    values_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)

    values = Sealed(str)  # the cells by their columns, as JSON
