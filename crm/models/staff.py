"""People who sign in, their live sign-ins, and what slows a guesser down."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.db.sealing import Sealed
from crm.db.types import SealedBytes
from crm.models.referred import Referred

ROLES = ("intake", "coach", "admin")
DEFAULT_HOURS = {str(day): ["09:00", "17:00"] for day in range(5)}


class Staff(Referred, Base):
    """A person who signs in. Never deleted, only disabled: history keeps pointing at them."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="known_role"),
        CheckConstraint("email = lower(email) AND length(email) BETWEEN 3 AND 254", name="email_is_normal"),
        CheckConstraint("length(name) BETWEEN 1 AND 100", name="has_a_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(40))
    hours: Mapped[dict[str, Any]] = mapped_column(default=lambda: dict(DEFAULT_HOURS))
    states: Mapped[list[str] | None]  # where they are licensed; none: unrestricted
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    caseload_cap: Mapped[int | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    totp_secret = Sealed(str)

    @property
    def first_name(self) -> str:
        """What colleagues call them."""
        return self.name.split()[0]

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def is_authenticated(self) -> bool:
        """For Flask-Login: whoever we found by a live sign-in is who they say."""
        return True

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        """For Flask-Login, which we never let keep it."""
        return self.ref


class SignIn(Referred, Base):
    """One live sign-in: the cookie's token is stored as a hash only; deleting the row ends it at once."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    is_complete: Mapped[bool]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    pending_secret_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)  # a second factor being set up
    search_sealed: Mapped[bytes | None] = mapped_column(SealedBytes)  # the last search's words: never in an address

    pending_secret = Sealed(str)
    search = Sealed(str)
    staff: Mapped[Staff] = relationship()


class SignInFailure(Base):
    """Failed guesses against one account from one address (both only as one keyed hash), and until when to wait."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime]


class OneTimeLink(Base):
    """A link to choose a password, good once and for a short time; only the token's hash is stored."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
