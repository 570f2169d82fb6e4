"""Guards that hold whatever a program does, and the workflow, reasons, hours and holidays to begin with."""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATUSES = [
    ("new", "New", "new"),
    ("trying", "Trying to reach", "trying"),
    ("talking", "In conversation", "talking"),
    ("leaving", "Leaving inpatient", "talking"),
    ("assessment", "Assessment set", "assessment"),
    ("missed", "Missed", "assessment"),
    ("later", "Not now", "later"),
    ("started", "Started with us", "ended"),
    ("referred", "Referred elsewhere", "ended"),
    ("closed", "Closed", "ended"),
]

MOVES = {
    "new": "trying talking later referred closed",
    "trying": "talking later referred closed",
    "talking": "leaving assessment later started referred closed",
    "leaving": "talking assessment started later referred closed",
    "assessment": "started missed talking closed referred",
    "missed": "assessment trying later closed",
    "later": "talking trying closed",
    "started": "talking",
    "referred": "talking",
    "closed": "talking trying",
}

GATES = {
    "talking": ["two_way"],
    "leaving": ["discharge_date"],
    "assessment": ["assessment_time", "licensed_or_reason"],
    "later": ["next_within_90_days", "agreed"],
    "started": ["start_date"],
    "referred": ["destination"],
    "closed": ["close_reason"],
}

# Taking back a slip, and nothing else: logging a contact moved these, so undoing it moves them back.
UNDO = [("trying", "new"), ("talking", "new"), ("talking", "trying")]

REASONS = [  # key, label, counts as qualified, may be written to again
    ("unreachable", "Could not be reached", True, True),
    ("not_ready", "Not interested, or not ready", True, True),
    ("another_provider", "Chose another provider", True, True),
    ("cost", "Cost", True, True),
    ("out_of_network", "Insurance out of network", True, True),
    ("no_benefits", "No benefits", True, True),
    ("state_not_licensed", "We are not licensed in their state", False, True),
    ("higher_care", "Needs a higher level of care", False, True),
    ("acuity", "Medical or psychiatric acuity", False, True),
    ("minor", "Under age", False, False),
    ("not_substance_use", "Not about substance use", False, True),
    ("wrong_contact", "Wrong number or e-mail", False, False),
    ("asked_to_stop", "Asked not to be contacted", True, False),
    ("incarcerated", "Incarcerated", True, True),
    ("deceased", "Deceased", False, False),
    ("family_only", "Family asked; the person declined", True, False),
    ("duplicate", "Same inquiry as another", False, True),
    ("not_an_inquiry", "Staff, vendor or job seeker", False, False),
    ("test", "Test", False, False),
]

APPEND_ONLY = ("event", "seal")
FIXED = ("source_id", "external_id", "idempotency_key", "fingerprint", "content_type", "received_at", "raw_sealed")


def upgrade() -> None:
    _guard_on_sqlite() if op.get_bind().dialect.name == "sqlite" else _guard_on_postgresql()
    _workflow()
    _hours()


def _workflow() -> None:
    status = sa.table("status", *map(sa.column, ("key", "label", "stage", "position")))
    op.bulk_insert(status, [dict(key=k, label=label, stage=s, position=i) for i, (k, label, s) in enumerate(STATUSES)])
    ways = [
        dict(from_key=before, to_key=after, kind="move", needs=_needs(before, after))
        for before, afters in MOVES.items()
        for after in afters.split()
    ] + [dict(from_key=before, to_key=after, kind="undo", needs=[]) for before, after in UNDO]
    transition = sa.table(
        "transition", sa.column("from_key"), sa.column("to_key"), sa.column("kind"), sa.column("needs", sa.JSON())
    )
    op.bulk_insert(transition, ways)
    reason = sa.table(
        "reason", sa.column("key"), sa.column("label"), sa.column("counts_as_qualified", sa.Boolean()),
        sa.column("may_recontact", sa.Boolean()), sa.column("position"),
    )
    op.bulk_insert(reason, [
        dict(key=key, label=label, counts_as_qualified=qualified, may_recontact=again, position=position)
        for position, (key, label, qualified, again) in enumerate(REASONS)
    ])


def _needs(before: str, after: str) -> list[str]:
    if before == "started":
        return ["administrator_with_reason"]
    elif before in ("referred", "closed"):
        return []  # reopening somebody who came back needs no gate
    elif (before, after) == ("new", "trying"):
        return ["attempted"]
    else:
        return GATES.get(after, [])


def _hours() -> None:
    hours = sa.table("business_hours", *map(sa.column, ("weekday", "opens", "closes")))
    op.bulk_insert(hours, [
        dict(weekday=day, opens=8 * 60 if day < 5 else 9 * 60, closes=20 * 60 if day < 5 else 17 * 60)
        for day in range(7)
    ])
    holiday = sa.table("holiday", sa.column("on", sa.Date()), sa.column("name"))
    op.bulk_insert(holiday, [dict(on=on, name=name) for year in range(2025, 2036) for on, name in _holidays(year)])


def _holidays(year: int) -> list[tuple[date, str]]:
    """US federal holidays on the day itself (5 U.S.C. 6103); a list to begin with, which the programme edits."""
    return [
        (date(year, 1, 1), "New Year's Day"),
        (_nth(year, 1, 0, 3), "Birthday of Martin Luther King, Jr."),
        (_nth(year, 2, 0, 3), "Washington's Birthday"),
        (_nth(year, 6, 0, 1) - timedelta(days=7), "Memorial Day"),
        (date(year, 6, 19), "Juneteenth National Independence Day"),
        (date(year, 7, 4), "Independence Day"),
        (_nth(year, 9, 0, 1), "Labor Day"),
        (_nth(year, 10, 0, 2), "Columbus Day"),
        (date(year, 11, 11), "Veterans Day"),
        (_nth(year, 11, 3, 4), "Thanksgiving Day"),
        (date(year, 12, 25), "Christmas Day"),
    ]


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _guard_on_sqlite() -> None:
    for table in APPEND_ONLY:
        key = "id" if table == "event" else "seq"
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            )
        # INSERT OR REPLACE deletes without asking the delete trigger unless recursive_triggers is on.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            f"BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
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


def _guard_on_postgresql() -> None:
    op.execute(_refuser("history_is_append_only", "history is append-only"))
    op.execute(_refuser("submission_stays", "a submission stays as it came"))
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
        )
    op.execute(
        f"CREATE TRIGGER submission_stays_as_it_came BEFORE UPDATE OF {', '.join(FIXED)} ON submission "
        "FOR EACH ROW EXECUTE FUNCTION submission_stays()"
    )
    op.execute(
        "CREATE TRIGGER submission_no_delete BEFORE DELETE ON submission "
        "FOR EACH ROW EXECUTE FUNCTION submission_stays()"
    )
    op.execute(
        "CREATE FUNCTION lead_status_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM transition WHERE from_key = OLD.status_key AND to_key = NEW.status_key) "
        "THEN RAISE EXCEPTION 'the workflow has no such move' USING ERRCODE = 'check_violation'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER lead_status_moves BEFORE UPDATE OF status_key ON lead FOR EACH ROW "
        "WHEN (NEW.status_key IS DISTINCT FROM OLD.status_key) EXECUTE FUNCTION lead_status_moves()"
    )


def _refuser(name: str, words: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END $$"
    )
