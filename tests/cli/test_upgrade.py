"""`crm upgrade`: to the newest schema from any older one, with what is in it; a copy first, for nobody else's eyes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask

from crm import create_app
from crm.cli.upgrade import _alembic, newest_revision, revision, upgrade
from crm.db import db
from crm.db.base import new_ref
from crm.db.sealing import seal
from crm.db.types import UTCDateTime
from crm.models import (
    ContactPoint,
    Event,
    FollowUp,
    ImportPiece,
    ImportRejection,
    ImportRun,
    Lead,
    Likeness,
    MatchKey,
    Merge,
    Message,
    Setting,
    Source,
    SourceAlarm,
    SourceSecret,
    Submission,
)
from crm.models.followup import USUAL
from tests.conftest import DATABASES, a_config
from tests.support.postgres import Server
from tests.support.service import Service

THEN = datetime(2026, 1, 5, 15, tzinfo=UTC)
Rows = list[tuple[str, dict[str, Any]]]
OLDER = ("0001", "0002", "0003", "0004", "0005", "0006")


@pytest.fixture(params=DATABASES)
def old(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database is as the first revision made it."""
    kind = request.param
    url = f"sqlite:///{tmp_path / 'crm.db'}" if kind == "sqlite" else server.create(f"lantern_old_{os.getpid()}")
    app = create_app(a_config(url))
    with app.app_context():
        command.upgrade(_alembic(), "0001")
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("since", OLDER)
def test_what_an_older_schema_held_is_still_there(old: Flask, since: str):
    command.upgrade(_alembic(), since)
    _somebody_wrote(since)

    command.upgrade(_alembic(), "head")

    assert revision() == newest_revision()
    _is_whole(since)
    command.check(_alembic())


@pytest.mark.parametrize("since", OLDER)
def test_no_guard_is_lost_on_the_way(old: Flask, since: str):
    """SQLite changes a table by making it anew, and would drop its triggers with the old one."""
    command.upgrade(_alembic(), since)
    _somebody_wrote(since)

    command.upgrade(_alembic(), "head")

    for words in ("UPDATE submission SET fingerprint = 'x'", "DELETE FROM submission", "DELETE FROM event"):
        with pytest.raises(sa.exc.DBAPIError, match=r"as it came|append-only|no such move"):
            db.session.execute(sa.text(words))
        db.session.rollback()


@pytest.mark.parametrize("lost", [
    "UPDATE person SET household_id = NULL", "DELETE FROM match_key WHERE lead_id = 2", "DELETE FROM merge_record",
    "UPDATE likeness SET decision = NULL, decided_at = NULL WHERE b_id = 3", "UPDATE import_run SET row_done = 1",
    "DELETE FROM import_piece", "DELETE FROM import_rejection", "UPDATE submission SET import_row = NULL",
    "DELETE FROM source_alarm",
])
def test_what_got_lost_on_the_way_is_caught(old: Flask, lost: str):
    """The known-bad variants: a step that keeps the tables and forgets some of what is in them."""
    command.upgrade(_alembic(), "0006")
    _somebody_wrote("0006")
    db.session.execute(sa.text(lost))
    db.session.commit()

    command.upgrade(_alembic(), "head")

    with pytest.raises((AssertionError, sa.exc.NoResultFound)):
        _is_whole("0006")


def test_there_is_a_way_up_from_every_older_schema():
    """Whoever adds a revision says what the one before it held."""
    steps = [step.revision for step in ScriptDirectory.from_config(_alembic()).walk_revisions()]

    assert sorted(steps) == [*OLDER, newest_revision()]


def test_a_guard_that_a_rebuilt_table_lost_is_caught(old: Flask):
    """The known-bad variant: the table is made anew, and nobody puts its triggers back."""
    if db.engine.dialect.name == "postgresql":
        return  # it changes a table where it stands
    command.upgrade(_alembic(), "head")
    _somebody_wrote_today()
    with db.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("submission", recreate="always"):
            pass

    db.session.execute(sa.text("DELETE FROM submission"))  # nobody objects
    db.session.rollback()


def test_and_is_guarded_from_then_on(old: Flask):
    _somebody_wrote("0001")
    db.session.execute(sa.text("UPDATE event SET action = 'tampered'"))  # the first revision had no guards
    db.session.rollback()

    command.upgrade(_alembic(), "head")

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text("UPDATE event SET action = 'tampered'"))
    db.session.rollback()


def test_an_older_database_is_put_aside_first(old: Flask, tmp_path: Path):
    db.session.add(Setting(key="words", value={"said": "before"}))
    db.session.commit()

    said = upgrade()

    aside = tmp_path / f"crm.db.before-{newest_revision()}"
    if db.engine.dialect.name == "postgresql":
        assert "copy" not in said and not aside.exists()
    else:
        assert aside.name in said and aside.stat().st_mode & 0o777 == 0o600
        with closing(sqlite3.connect(aside)) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
            assert copy.execute("SELECT count(*) FROM setting").fetchone() == (1,)
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_copy_is_whole_while_somebody_writes(old: Flask, tmp_path: Path):
    """What is committed and still lies in the write-ahead log belongs to it; what is not committed does not."""
    if db.engine.dialect.name == "postgresql":
        return
    with closing(sqlite3.connect(tmp_path / "crm.db")) as other:
        other.execute("INSERT INTO setting (key, value) VALUES ('committed', '{}')")
        other.commit()
        other.execute("BEGIN")
        other.execute("SELECT * FROM setting").fetchall()  # a reader that keeps the log from being folded in
        upgrade()
    with closing(sqlite3.connect(tmp_path / f"crm.db.before-{newest_revision()}")) as copy:
        assert copy.execute("SELECT key FROM setting").fetchall() == [("committed",)]


def test_twice_is_as_good_as_once(service: Service):
    again = service.crm("upgrade")

    assert "at the newest schema" in again and len(again.splitlines()) == 1
    assert not list(service.folder.glob("*.before-*")), "nothing was done, so nothing was put aside"


def test_what_the_service_keeps_is_for_its_own_user_only(service: Service):
    service.crm("staff", "add", "ida@example.org", "--name", "Ida", "--role", "intake")

    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in service.folder.iterdir()}
    assert {"crm.db", "crm.db.turn"} <= set(modes)
    assert set(modes.values()) == {"0o600"}


def _somebody_wrote(since: str) -> None:
    """A message and all that hung on it, as programs of that schema wrote it: in columns, past today's models.

    The first schema had no workflow yet, and so no lead.
    """
    ref = new_ref()
    lead_id, state = (None, "held") if since == "0001" else (1, "understood")
    rows: Rows = [
        ("source", dict(id=1, kind="json", name="Partner", slug="partner", secret_hash="h" * 64, created_at=THEN)),
        ("person", dict(id=1, ref="p1", name="Sam Poe", language="en", zone_candidates="[]", zone_source="state",
                        zone_confidence="sure", may_call="yes", may_text="no", may_email="yes", voicemail="no",
                        best_times="[]", created_at=THEN)),
        ("contact_point", dict(person_id=1, kind="phone", value="(720) 555-0118", normal="+17205550118")),
        ("staff", dict(id=1, ref="s1", email="ida@example.org", name="Ida", role="intake", hours="{}",
                       time_zone="America/New_York", languages="[]", created_at=THEN, totp_last_step=0)),
        ("lead", dict(id=1, ref="l1", person_id=1, inquirer_id=1, for_whom="self", source_id=1, received_at=THEN,
                      answer_by=THEN, status_key="new", status_since=THEN, attempts_made=0, version=1)),
        ("follow_up", dict(id=1, ref="f1", lead_id=1, kind="first-reply", channel="call", due_at=THEN, made_at=THEN)),
        ("message", dict(ref="m1", key="k", kind="new-message", channel="app", to_id=1, lead_id=1, follow_up_id=1,
                         facts="{}", created_at=THEN, not_before=THEN, state="sent", tries=0)),
        ("submission", dict(ref=ref, source_id=1, fingerprint="f", content_type="text/plain", received_at=THEN,
                            state=state, lead_id=lead_id, raw_sealed=seal(b"as it came", f"submission.raw:{ref}"),
                            message_sealed=seal(b"Please call me.", f"submission.message:{ref}"))),
        ("event", dict(uid="u", at=THEN, action="received", actor_id=1, facts='{"source": "website"}', origin="",
                       key_id="k", mac="m")),
    ]
    if since >= "0003":  # a source's secrets have a table of their own by then
        secret = rows[0][1].pop("secret_hash")
        rows.append(("source_secret", dict(source_id=1, secret_hash=secret, made_at=THEN, ref="secret")))
    if since >= "0004":
        rows = _somebody_like_them(rows)
    if since >= "0005":
        rows = _a_file_came_in(rows)
    if since >= "0006":
        rows.append(("source_alarm", dict(source_id=1, kind="silent", since=THEN, found_at=THEN, words="Nothing came")))
    for table, row in rows:
        if lead_id is None and table in ("lead", "follow_up", "message"):
            continue
        into = sa.table(table, *(sa.column(name, UTCDateTime() if value is THEN else None)
                                 for name, value in row.items()))
        db.session.execute(sa.insert(into), row)
    db.session.commit()


def _somebody_like_them(rows: Rows) -> Rows:
    """Of the fourth schema: Sam wrote twice and was joined; Sal of the same household was told apart; a suggestion."""
    sam = dict(rows)["lead"]
    dict(rows)["person"]["household_id"] = 1
    others = [("lead", {**sam, "id": number, "ref": f"l{number}", "merged_into_id": joined})
              for number, joined in ((2, 1), (3, None), (4, None))]
    pair = dict(score=80, is_household=False, reasons='["Same phone number"]', against="[]", found_at=THEN)
    said = dict(decided_by_id=1, decided_at=THEN)
    return [
        ("household", dict(id=1, created_at=THEN)),
        *rows,
        *others,
        ("match_key", dict(lead_id=1, key="phone:+17205550118")),
        ("match_key", dict(lead_id=2, key="")),
        ("likeness", dict(pair, a_id=1, b_id=2, ref="k2", decision="merged", **said)),
        ("likeness", dict(pair, a_id=1, b_id=3, ref="k3", decision="household", **said)),
        ("likeness", dict(pair, a_id=1, b_id=4, ref="k4")),
        ("merge_record", dict(survivor_id=1, merged_id=2, by_id=1, at=THEN, kept='["name"]', moved='{"note": [7]}',
                              before_sealed=seal(b'{"inquirer.name": ["Sam", "Sam Poe"]}', "merge_record.before:j1"),
                              ref="j1")),
    ]


def _a_file_came_in(rows: Rows) -> Rows:
    """Of the fifth: a run that is half through, by which Sam came in quietly, and a row that was handed back."""
    run: Rows = [
        ("import_run", dict(id=1, source_id=1, by_id=1, by_command=False, state="stopped", shape='{"kind": "csv"}',
                            mapping='{"Name": "name"}', form="", time_zone="America/New_York", waiting=False,
                            made_at=THEN, started_at=THEN, row_done=3, rows_total=9, created=1, joined=0, rejected=1,
                            ref="r1", name_sealed=seal(b"people.csv", "import_run.name:r1"))),
        ("import_piece", dict(run_id=1, number=0, ref="b1",
                              bytes_sealed=seal(b"Name,Phone", "import_piece.bytes:b1"))),
        ("import_rejection", dict(run_id=1, row=3, reason="There is no way to reach them.", ref="x1",
                                  values_sealed=seal(b'{"Name": "Zoe"}', "import_rejection.values:x1"))),
    ]
    place = [table for table, _ in rows].index("submission")
    rows = [*rows[:place], *run, *rows[place:]]  # what arrived stays as it came, so the run is there before it
    for table, row in rows:
        if table == "submission":
            row |= dict(import_id=1, import_row=2)
        elif table == "lead" and row["id"] == 1:
            row["answer_by"] = None
    return rows


def _somebody_wrote_today() -> None:
    source = Source(kind="form", name="Website form", slug="website", created_at=THEN)
    db.session.add(source)
    db.session.flush()
    db.session.add(Submission(source_id=source.id, fingerprint="f", content_type="text/plain", received_at=THEN,
                              state="held", raw=b"as it came"))
    db.session.commit()


def _is_whole(since: str) -> None:
    """Everything that was written stands as it stood, and is read by today's models."""
    submission = db.session.scalars(sa.select(Submission)).one()
    assert (submission.raw, submission.message, submission.received_at) == (b"as it came", "Please call me.", THEN)
    assert (submission.form, submission.utm, submission.is_guessed) == ("", {}, False)
    person = db.session.scalars(sa.select(ContactPoint)).one().person
    assert (person.name, person.household_id) == ("Sam Poe", 1 if since >= "0004" else None)
    assert db.session.scalars(sa.select(Event)).one().facts == {"source": "website"}
    kept = db.session.scalars(sa.select(SourceSecret)).one()
    assert (kept.source.slug, kept.secret_hash, kept.secret, kept.ends_at) == ("partner", "h" * 64, None, None)
    assert kept.source.is_on and kept.source.mapping == {}
    if since != "0001":
        lead = db.session.get_one(Lead, 1)
        assert (lead.level, lead.danger_at, lead.times_wrote, lead.merged_into_id) == ("routine", None, 1, None)
        assert db.session.scalars(sa.select(FollowUp)).one().urgency == USUAL
        assert db.session.scalars(sa.select(Message)).one().reader.name == "Ida"
        with pytest.raises(sa.exc.DBAPIError, match="no such move"):
            db.session.execute(sa.text("UPDATE lead SET status_key = 'started'"))
    db.session.rollback()
    if since >= "0004":
        _who_is_the_same_is_known()
    if since >= "0005":
        _the_file_can_go_on()
    if since >= "0006":
        assert db.session.scalars(sa.select(SourceAlarm)).one().words == "Nothing came"
    db.session.rollback()


def _who_is_the_same_is_known() -> None:
    keys = {(one.lead_id, one.key) for one in db.session.scalars(sa.select(MatchKey))}
    assert keys == {(1, "phone:+17205550118"), (2, "")}
    pairs = db.session.scalars(sa.select(Likeness).order_by(Likeness.b_id)).all()
    assert [(one.b_id, one.decision, one.decided_at) for one in pairs] == [
        (2, "merged", THEN), (3, "household", THEN), (4, None, None)]
    assert {tuple(one.reasons) for one in pairs} == {("Same phone number",)}
    merge = db.session.scalars(sa.select(Merge)).one()
    assert (merge.survivor.ref, merge.merged.merged_into_id, merge.by.name) == ("l1", 1, "Ida")
    assert (merge.kept, merge.moved, merge.before) == (
        ["name"], {"note": [7]}, '{"inquirer.name": ["Sam", "Sam Poe"]}')


def _the_file_can_go_on() -> None:
    run = db.session.scalars(sa.select(ImportRun)).one()
    assert (run.state, run.name, run.shape, run.mapping) == ("stopped", "people.csv", {"kind": "csv"}, {"Name": "name"})
    assert (run.row_done, run.rows_done, run.started_at, run.finished_at) == (3, 2, THEN, None)
    assert db.session.scalars(sa.select(ImportPiece)).one().bytes == b"Name,Phone"
    assert db.session.scalars(sa.select(ImportRejection)).one().values == '{"Name": "Zoe"}'
    submission = db.session.scalars(sa.select(Submission)).one()
    assert (submission.import_id, submission.import_row) == (run.id, 2)
    assert db.session.get_one(Lead, 1).answer_by is None
