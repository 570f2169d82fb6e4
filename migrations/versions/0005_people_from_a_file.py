"""Bringing people in from a file; those who come in quietly were promised nothing."""

import sqlalchemy as sa
from alembic import op
from crm.db.types import SealedBytes, UTCDateTime

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "state IN ('chosen', 'trying', 'tried', 'running', 'stopped', 'done', 'failed')"
AT_WORK = sa.text("state IN ('trying', 'running')")
OF_A_RUN = sa.text("import_id IS NOT NULL")


def upgrade() -> None:
    _runs()
    _pieces()
    _rejections()
    _submissions()
    _leads()


def _runs() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("by_command", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("shape", Json, nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("form", sa.String(60), nullable=False),
        sa.Column("time_zone", sa.String(40), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("row_done", Id, nullable=False),
        sa.Column("rows_total", Id, nullable=False),
        sa.Column("created", Id, nullable=False),
        sa.Column("joined", Id, nullable=False),
        sa.Column("rejected", Id, nullable=False),
        sa.Column("lease_by", sa.String(40), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("name_sealed", SealedBytes(), nullable=True),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_import_run_known_state")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_import_run_source_id_source")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_import_run_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("ref", name=op.f("uq_import_run_ref")),
        sqlite_strict=True,
    )
    op.create_index("ix_import_run_at_work", "import_run", ["started_at"], postgresql_where=AT_WORK,
                    sqlite_where=AT_WORK)


def _pieces() -> None:
    op.create_table(
        "import_piece",
        sa.Column("id", Id, nullable=False),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("number", Id, nullable=False),
        sa.Column("bytes_sealed", SealedBytes(), nullable=False),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_piece_run_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_piece")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_import_piece_run_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_import_piece_ref")),
        sqlite_strict=True,
    )


def _rejections() -> None:
    op.create_table(
        "import_rejection",
        sa.Column("id", Id, nullable=False),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("row", Id, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("values_sealed", SealedBytes(), nullable=True),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_rejection_run_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rejection")),
        sa.UniqueConstraint("run_id", "row", name=op.f("uq_import_rejection_run_id_row")),
        sa.UniqueConstraint("ref", name=op.f("uq_import_rejection_ref")),
        sqlite_strict=True,
    )


def _submissions() -> None:
    """Added where the table stands: it is the largest there is, and making it anew would take its guards away."""
    for column, points_at in (("import_id", "import_run"), ("import_row", "")):
        kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
        key = f" CONSTRAINT fk_submission_{column}_{points_at} REFERENCES {points_at} (id)" if points_at else ""
        op.execute(f"ALTER TABLE submission ADD COLUMN {column} {kind}{key}")
    op.create_index("ix_submission_import", "submission", ["import_id", "id"], postgresql_where=OF_A_RUN,
                    sqlite_where=OF_A_RUN)


def _leads() -> None:
    with op.batch_alter_table("lead") as lead:
        lead.alter_column("answer_by", existing_type=UTCDateTime(), nullable=True)
    if op.get_bind().dialect.name == "sqlite":  # which has made the table anew, without its guard
        op.execute(
            "CREATE TRIGGER lead_status_moves BEFORE UPDATE OF status_key ON lead "
            "WHEN NEW.status_key <> OLD.status_key AND NOT EXISTS "
            "(SELECT 1 FROM transition WHERE from_key = OLD.status_key AND to_key = NEW.status_key) "
            "BEGIN SELECT RAISE(ABORT, 'the workflow has no such move'); END"
        )
