"""The channels people reach us on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Base

KINDS = ("form", "json")


class Source(Base):
    """One channel. Its secret is long and random, so one fast hash of it is enough."""

    __tablename__ = "source"
    __table_args__ = (CheckConstraint("length(slug) BETWEEN 1 AND 60", name="slug_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
