"""Alarms of sources: silence, numbers that jump, proofs that fail."""

import sqlalchemy as sa
from alembic import op
from crm.db.types import UTCDateTime

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "source_alarm",
        sa.Column("id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("first_number", Id, nullable=True),
        sa.Column("last_number", Id, nullable=True),
        sa.Column("expected_at", UTCDateTime(), nullable=True),
        sa.Column("expected_by_id", Id, nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('silent', 'gap', 'proof')", name=op.f("ck_source_alarm_known_kind")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_source_alarm_source_id_source")),
        sa.ForeignKeyConstraint(["expected_by_id"], ["staff.id"], name=op.f("fk_source_alarm_expected_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_alarm")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_source_alarm_source_id"), "source_alarm", ["source_id"])
    op.create_index("uq_source_alarm_open", "source_alarm", ["source_id", "kind"], unique=True, postgresql_where=OPEN,
                    sqlite_where=OPEN)
