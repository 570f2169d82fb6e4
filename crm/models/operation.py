"""What the running service notes about itself: settings changed at run time, jobs, workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base


class Setting(Base):
    """One named value that is the same for every process, such as the mark of a demo database."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[dict[str, Any]]


class JobRun(Base):
    """The last run of each job of the timetable."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(200), default="")
    failed: Mapped[bool] = mapped_column(default=False)


class WorkerBeat(Base):
    """A worker that is alive says so every few seconds."""

    __tablename__ = "worker_beat"

    worker: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
