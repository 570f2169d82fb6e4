"""Somebody we may have to reach, and how we may."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.db import Base
from crm.models.referred import Referred

ANSWERS = ("yes", "no", "unasked")
VOICEMAIL = ("yes", "name", "no", "unasked")


class Household(Base):
    """People who share a phone or an address and are not one person: each keeps their own wishes and their own page."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]


class Person(Referred, Base):
    """Names as given, time zone with where it came from, and which ways of contact are safe."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(f"may_call IN {ANSWERS} AND may_text IN {ANSWERS} AND may_email IN {ANSWERS}",
                        name="contact_answers"),
        CheckConstraint(f"voicemail IN {VOICEMAIL}", name="voicemail_answers"),
        CheckConstraint("length(name) <= 200", name="name_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")  # as given; empty: not known
    language: Mapped[str] = mapped_column(String(5), default="en")
    state: Mapped[str | None] = mapped_column(String(2))  # two letters; XX outside the US, NA rather not say
    time_zone: Mapped[str | None] = mapped_column(String(40))
    zone_candidates: Mapped[list[str]] = mapped_column(default=list)  # call windows use the strictest of them
    zone_source: Mapped[str] = mapped_column(String(20), default="unknown")
    zone_confidence: Mapped[str] = mapped_column(String(10), default="none")
    may_call: Mapped[str] = mapped_column(String(8), default="unasked")
    may_text: Mapped[str] = mapped_column(String(8), default="unasked")
    may_email: Mapped[str] = mapped_column(String(8), default="unasked")
    voicemail: Mapped[str] = mapped_column(String(8), default="unasked")
    best_times: Mapped[list[str]] = mapped_column(default=list)  # of: any, am, pm, eve
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    created_at: Mapped[datetime]

    contact_points: Mapped[list["ContactPoint"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="ContactPoint.id"
    )


class ContactPoint(Base):
    """A phone number or an e-mail address: as typed, and normalised for comparing (E.164, lower case)."""

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "normal"),
        CheckConstraint("kind IN ('phone', 'email')", name="known_kind"),
        CheckConstraint("length(value) BETWEEN 1 AND 254", name="value_length"),
        Index("ix_contact_point_normal", "normal", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(5))
    value: Mapped[str] = mapped_column(String(254))
    normal: Mapped[str] = mapped_column(String(254))

    person: Mapped[Person] = relationship(back_populates="contact_points")
