"""The channels people reach us on, and the secrets by which their programs prove themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.referred import Referred

VENDORS = ("gravity-forms", "wpforms", "contact-form-7", "elementor", "typeform", "callrail", "google-ads")
KINDS = ("form", "json", "staff", "file", *VENDORS)  # ours, partners', typed in by staff, from a file, and the vendors'
HOOKED = (*VENDORS, "json")  # listen under /hooks/SLUG, and somebody may say what their fields mean
USUAL_QUOTA = 5_000  # messages an hour; what comes beyond it is held for somebody to look at, never refused


class Source(Base):
    """One channel. `mapping` says what its fields mean (key to our field), `defaults` what its messages leave unsaid.

    Switched off, it still takes what comes, and holds it.
    """

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("length(slug) BETWEEN 1 AND 60", name="slug_length"),
        CheckConstraint("quota BETWEEN 1 AND 100000", name="some_quota"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    quota: Mapped[int] = mapped_column(default=USUAL_QUOTA)  # messages an hour
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    defaults: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class SourceSecret(Referred, Base):
    """A secret of a source. Two may be good at once while the other side changes over; `ends_at` is when one stops.

    It is long and random, so one fast hash finds it; sealed it is kept too, for vendors who sign instead of showing it.
    """

    __tablename__ = "source_secret"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secret_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]

    secret = Sealed(str)
    source: Mapped[Source] = relationship()
