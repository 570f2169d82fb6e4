"""A message may be answered before it is read: it waits until then."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = "state IN ('waiting', 'understood', 'held', 'failed', 'unproven', 'unmapped', 'test')"
UNREAD = sa.text("state = 'waiting'")
FIXED = ("source_id", "external_id", "idempotency_key", "fingerprint", "content_type", "received_at", "raw_sealed")


def upgrade() -> None:
    with op.batch_alter_table("submission") as submission:
        submission.drop_constraint(op.f("ck_submission_known_state"), type_="check")
        submission.create_check_constraint("known_state", STATES)
        submission.drop_column("answer")  # made of the reference and the moment from now on
    op.create_index("ix_submission_unread", "submission", ["id"], postgresql_where=UNREAD, sqlite_where=UNREAD)
    if op.get_bind().dialect.name == "sqlite":
        _guards_that_a_rebuilt_table_loses()


def _guards_that_a_rebuilt_table_loses() -> None:
    op.execute(
        f"CREATE TRIGGER submission_stays_as_it_came BEFORE UPDATE OF {', '.join(FIXED)} ON submission "
        "BEGIN SELECT RAISE(ABORT, 'a submission stays as it came'); END"
    )
    op.execute(
        "CREATE TRIGGER submission_no_delete BEFORE DELETE ON submission "
        "BEGIN SELECT RAISE(ABORT, 'a submission stays as it came'); END"
    )
