"""Intake from everywhere: secrets that change over, what vendors say, triage, writing again, mail to who wrote."""

import secrets

import sqlalchemy as sa
from alembic import op
from crm.db.types import SealedBytes, UTCDateTime

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "state IN ('understood', 'held', 'failed', 'unproven', 'unmapped', 'test')"
LEVELS = "level IN ('crisis', 'urgent', 'routine')"
OPEN = sa.text("done_at IS NULL")
OWED = sa.text("done_at IS NULL AND kind <> 'promise'")
OF_A_LEAD = sa.text("lead_id IS NOT NULL")
WAITING = sa.text("lead_id IS NULL AND dismissed_at IS NULL")
MERGED = sa.text("merged_into_id IS NOT NULL")
DANGER = sa.text("danger_at IS NOT NULL AND ended_at IS NULL")
TO_REVIEW = sa.text("ended_danger AND reviewed_at IS NULL")
FIXED = ("source_id", "external_id", "idempotency_key", "fingerprint", "content_type", "received_at", "raw_sealed")


def upgrade() -> None:
    _secrets()
    _submissions()
    _leads()
    _promises()
    _messages()
    _entries()
    if op.get_bind().dialect.name == "sqlite":
        _guards_that_a_rebuilt_table_loses()
    _guard_updates()


def _secrets() -> None:
    op.create_table(
        "source_secret",
        sa.Column("id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("secret_sealed", SealedBytes(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_source_secret_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_secret")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_source_secret_secret_hash")),
        sa.UniqueConstraint("ref", name=op.f("uq_source_secret_ref")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_source_secret_source_id"), "source_secret", ["source_id"])
    known = op.get_bind().execute(
        sa.text("SELECT id, secret_hash, created_at FROM source WHERE secret_hash IS NOT NULL")
    ).all()
    for source_id, secret_hash, made_at in known:
        op.get_bind().execute(
            sa.text("INSERT INTO source_secret (source_id, secret_hash, made_at, ref) VALUES (:s, :h, :m, :r)"),
            {"s": source_id, "h": secret_hash, "m": made_at, "r": secrets.token_urlsafe(16)},
        )
    with op.batch_alter_table("source") as source:
        source.drop_constraint("uq_source_secret_hash", type_="unique")
        source.drop_column("secret_hash")
        source.add_column(sa.Column("is_on", sa.Boolean(), nullable=False, server_default=sa.true()))
        source.add_column(sa.Column("quota", Id, nullable=False, server_default="5000"))
        source.add_column(sa.Column("mapping", Json, nullable=False, server_default="{}"))
        source.add_column(sa.Column("defaults", Json, nullable=False, server_default="{}"))
        source.create_check_constraint("some_quota", "quota BETWEEN 1 AND 100000")


def _submissions() -> None:
    op.drop_index("ix_submission_waiting", "submission")
    op.drop_index("ix_submission_lead_id", "submission")
    with op.batch_alter_table("submission") as submission:
        submission.drop_constraint(op.f("ck_submission_known_state"), type_="check")
        submission.create_check_constraint("known_state", STATES)
        submission.add_column(sa.Column("submitted_at", UTCDateTime(), nullable=True))
        submission.add_column(sa.Column("form", sa.String(60), nullable=False, server_default=""))
        submission.add_column(sa.Column("entry_number", sa.BigInteger(), nullable=True))
        submission.add_column(sa.Column("sender", sa.String(32), nullable=True))
        submission.add_column(sa.Column("words", sa.String(32), nullable=True))
        submission.add_column(sa.Column("page", sa.String(500), nullable=False, server_default=""))
        submission.add_column(sa.Column("referrer", sa.String(300), nullable=False, server_default=""))
        submission.add_column(sa.Column("utm", Json, nullable=False, server_default="{}"))
        submission.add_column(sa.Column("is_guessed", sa.Boolean(), nullable=False, server_default=sa.false()))
        submission.add_column(sa.Column("level", sa.String(10), nullable=True))
        submission.add_column(sa.Column("dismissed_at", UTCDateTime(), nullable=True))
        submission.add_column(sa.Column("dismissed_by_id", Id, nullable=True))
        submission.add_column(sa.Column("headers_sealed", SealedBytes(), nullable=True))
        submission.add_column(sa.Column("reading_sealed", SealedBytes(), nullable=True))
        submission.create_foreign_key(
            op.f("fk_submission_dismissed_by_id_staff"), "staff", ["dismissed_by_id"], ["id"]
        )
    op.create_index("ix_submission_waiting", "submission", ["received_at", "id"], postgresql_where=WAITING,
                    sqlite_where=WAITING)
    op.create_index("ix_submission_lead", "submission", ["lead_id"], postgresql_where=OF_A_LEAD,
                    sqlite_where=OF_A_LEAD)
    op.create_index("ix_submission_source_received", "submission", ["source_id", "received_at"])
    op.create_index("ix_submission_entry", "submission", ["source_id", "form", "entry_number"])
    op.create_index("ix_submission_sender", "submission", ["sender", "received_at"])
    op.create_index("ix_submission_body", "submission", ["fingerprint", "received_at"])
    op.create_table(
        "submission_update",
        sa.Column("id", Id, nullable=False),
        sa.Column("submission_id", Id, nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("raw_sealed", SealedBytes(), nullable=False),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"],
                                name=op.f("fk_submission_update_submission_id_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_update")),
        sa.UniqueConstraint("submission_id", "fingerprint", name=op.f("uq_submission_update_submission_id_fingerprint")),
        sa.UniqueConstraint("ref", name=op.f("uq_submission_update_ref")),
        sqlite_strict=True,
    )


def _leads() -> None:
    with op.batch_alter_table("lead") as lead:
        lead.add_column(sa.Column("level", sa.String(10), nullable=False, server_default="routine"))
        lead.add_column(sa.Column("danger_at", UTCDateTime(), nullable=True))
        lead.add_column(sa.Column("danger_seen_at", UTCDateTime(), nullable=True))
        lead.add_column(sa.Column("danger_seen_by_id", Id, nullable=True))
        lead.add_column(sa.Column("times_wrote", Id, nullable=False, server_default="1"))
        lead.add_column(sa.Column("wrote_again_at", UTCDateTime(), nullable=True))
        lead.add_column(sa.Column("wrote_before_at", UTCDateTime(), nullable=True))
        lead.add_column(sa.Column("earlier_id", Id, nullable=True))
        lead.add_column(sa.Column("merged_into_id", Id, nullable=True))
        lead.create_check_constraint("known_level", LEVELS)
        lead.create_check_constraint("not_into_itself", "merged_into_id IS NULL OR merged_into_id <> id")
        lead.create_foreign_key(op.f("fk_lead_danger_seen_by_id_staff"), "staff", ["danger_seen_by_id"], ["id"])
        lead.create_foreign_key(op.f("fk_lead_earlier_id_lead"), "lead", ["earlier_id"], ["id"])
        lead.create_foreign_key(op.f("fk_lead_merged_into_id_lead"), "lead", ["merged_into_id"], ["id"])
    op.create_index("ix_lead_danger", "lead", ["danger_at"], postgresql_where=DANGER, sqlite_where=DANGER)
    op.create_index("ix_lead_merged", "lead", ["merged_into_id"], postgresql_where=MERGED, sqlite_where=MERGED)


def _promises() -> None:
    op.drop_index("ix_follow_up_open_first", "follow_up")
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.drop_constraint(op.f("ck_follow_up_known_kind"), type_="check")
        follow_up.create_check_constraint("known_kind", "kind IN ('first-reply', 'reply', 'promise')")
        follow_up.add_column(sa.Column("urgency", Id, nullable=False, server_default="2"))
        follow_up.create_check_constraint("known_urgency", "urgency IN (0, 1, 2)")
    for name, where in (("ix_follow_up_open_order", OPEN), ("ix_follow_up_open_owed", OWED)):
        op.create_index(name, "follow_up", ["urgency", "due_at", "id"], postgresql_where=where, sqlite_where=where)


def _messages() -> None:
    with op.batch_alter_table("message") as message:
        message.alter_column("to_id", existing_type=Id, nullable=True)
        message.add_column(sa.Column("person_id", Id, nullable=True))
        message.create_foreign_key(op.f("fk_message_person_id_person"), "person", ["person_id"], ["id"])
        message.create_check_constraint(
            "to_one_of_us_or_one_who_wrote", "(to_id IS NULL) <> (person_id IS NULL)"
        )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"])


def _entries() -> None:
    op.create_table(
        "triage_entry",
        sa.Column("id", Id, nullable=False),
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("before", sa.String(10), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("is_danger", sa.Boolean(), nullable=False),
        sa.Column("ended_danger", sa.Boolean(), nullable=False),
        sa.Column("reviewed_by_id", Id, nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("reason_sealed", SealedBytes(), nullable=True),
        sa.Column("ref", sa.String(22), nullable=False),
        sa.CheckConstraint(LEVELS, name=op.f("ck_triage_entry_known_level")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_triage_entry_lead_id_lead")),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_triage_entry_by_id_staff")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["staff.id"], name=op.f("fk_triage_entry_reviewed_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_entry")),
        sa.UniqueConstraint("ref", name=op.f("uq_triage_entry_ref")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_triage_entry_lead_id"), "triage_entry", ["lead_id"])
    op.create_index("ix_triage_entry_to_review", "triage_entry", ["at"], postgresql_where=TO_REVIEW,
                    sqlite_where=TO_REVIEW)


def _guards_that_a_rebuilt_table_loses() -> None:
    """SQLite changes a table by making it anew, and its triggers go with the old one."""
    op.execute(
        f"CREATE TRIGGER submission_stays_as_it_came BEFORE UPDATE OF {', '.join(FIXED)} ON submission "
        "BEGIN SELECT RAISE(ABORT, 'a submission stays as it came'); END"
    )
    op.execute(
        "CREATE TRIGGER submission_no_delete BEFORE DELETE ON submission "
        "BEGIN SELECT RAISE(ABORT, 'a submission stays as it came'); END"
    )
    op.execute(
        "CREATE TRIGGER lead_status_moves BEFORE UPDATE OF status_key ON lead "
        "WHEN NEW.status_key <> OLD.status_key AND NOT EXISTS "
        "(SELECT 1 FROM transition WHERE from_key = OLD.status_key AND to_key = NEW.status_key) "
        "BEGIN SELECT RAISE(ABORT, 'the workflow has no such move'); END"
    )


def _guard_updates() -> None:
    """A later delivery of an entry stays as it came, like the first."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER submission_update_no_{act.lower()} BEFORE {act} ON submission_update "
                "BEGIN SELECT RAISE(ABORT, 'a submission stays as it came'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER submission_update_stays BEFORE UPDATE OR DELETE ON submission_update "
            "FOR EACH ROW EXECUTE FUNCTION submission_stays()"
        )
