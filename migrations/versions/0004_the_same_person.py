"""The same person: keys to recognise people by, suggestions with what was said to them, households, and merges."""

import sqlalchemy as sa
from alembic import op
from crm.db.types import SealedBytes, UTCDateTime

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _households()
    _keys()
    _likenesses()
    _merges()


def _households() -> None:
    op.create_table(
        "household",
        sa.Column("id", Id, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("household_id", Id, nullable=True))
        person.create_foreign_key(op.f("fk_person_household_id_household"), "household", ["household_id"], ["id"])
    op.create_index(op.f("ix_person_household_id"), "person", ["household_id"])


def _keys() -> None:
    op.create_table(
        "match_key",
        sa.Column("id", Id, nullable=False),
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_match_key_lead_id_lead")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_key")),
        sa.UniqueConstraint("lead_id", "key", name=op.f("uq_match_key_lead_id_key")),
        sqlite_strict=True,
    )
    op.create_index("ix_match_key_key", "match_key", ["key", "lead_id"])


def _likenesses() -> None:
    op.create_table(
        "likeness",
        sa.Column("id", Id, nullable=False),
        sa.Column("a_id", Id, nullable=False),
        sa.Column("b_id", Id, nullable=False),
        sa.Column("score", Id, nullable=False),
        sa.Column("is_household", sa.Boolean(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("against", Json, nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.Column("decision", sa.String(10), nullable=True),
        sa.Column("decided_by_id", Id, nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_likeness_older_first")),
        sa.CheckConstraint("decision IS NULL OR decision IN ('not-same', 'household', 'merged')",
                           name=op.f("ck_likeness_known_decision")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_likeness_decided_has_a_moment")),
        sa.ForeignKeyConstraint(["a_id"], ["lead.id"], name=op.f("fk_likeness_a_id_lead")),
        sa.ForeignKeyConstraint(["b_id"], ["lead.id"], name=op.f("fk_likeness_b_id_lead")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_likeness_decided_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness")),
        sa.UniqueConstraint("a_id", "b_id", name=op.f("uq_likeness_a_id_b_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_likeness_ref")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_likeness_b_id"), "likeness", ["b_id"])


def _merges() -> None:
    op.create_table(
        "merge_record",
        sa.Column("id", Id, nullable=False),
        sa.Column("survivor_id", Id, nullable=False),
        sa.Column("merged_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kept", Json, nullable=False),
        sa.Column("moved", Json, nullable=False),
        sa.Column("before_sealed", SealedBytes(), nullable=True),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undone_by_id", Id, nullable=True),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.CheckConstraint("survivor_id <> merged_id", name=op.f("ck_merge_record_two_leads")),
        sa.ForeignKeyConstraint(["survivor_id"], ["lead.id"], name=op.f("fk_merge_record_survivor_id_lead")),
        sa.ForeignKeyConstraint(["merged_id"], ["lead.id"], name=op.f("fk_merge_record_merged_id_lead")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_merge_record_by_id_staff")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["staff.id"], name=op.f("fk_merge_record_undone_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_record")),
        sa.UniqueConstraint("ref", name=op.f("uq_merge_record_ref")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_merge_record_survivor_id"), "merge_record", ["survivor_id"])
    op.create_index(op.f("ix_merge_record_merged_id"), "merge_record", ["merged_id"])
