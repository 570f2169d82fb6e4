"""What the databases themselves hold, whatever a program does."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from crm.cli.upgrade import _alembic
from crm.db import begin_reading, db, is_postgresql, separate_write
from crm.db.sealing import SealError, seal
from crm.models import Event, Lead, Note, Setting, Staff, Submission

REFUSED = (sa.exc.IntegrityError, sa.exc.OperationalError, sa.exc.InternalError, sa.exc.ProgrammingError)


def test_migrations_equal_the_models(app: Flask):
    with app.app_context():
        command.check(_alembic())


def test_sqlite_is_set_as_promised(app: Flask):
    with app.app_context():
        if is_postgresql():
            assert db.session.scalar(sa.text("SHOW timezone")) == "UTC"
            assert db.session.scalar(sa.text("SHOW statement_timeout")) == "30s"
        else:
            said = {name: db.session.scalar(sa.text(f"PRAGMA {name}")) for name in
                    ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "secure_delete")}
            assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1,
                            "secure_delete": 1}
            tables = db.session.scalars(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table'")).all()
            ours = [sql for sql in tables if sql and "alembic" not in sql and "sqlite_" not in sql]
            assert ours and all("STRICT" in sql for sql in ours)


def test_a_reading_session_cannot_write(app: Flask):
    with app.app_context():
        begin_reading()
        db.session.add(Setting(key="x", value={}))
        with pytest.raises((sa.exc.OperationalError, sa.exc.InternalError, sa.exc.DBAPIError)):
            db.session.commit()
        db.session.rollback()


def test_a_reader_waits_for_no_writer(app: Flask, a_lead):
    sam = a_lead("Sam")
    with app.app_context():
        begin_reading()
        with separate_write() as writer:
            writer.execute(sa.update(Lead.__table__).values(attempts_made=7))
            assert db.session.get_one(Lead, sam.id).attempts_made == 0


def test_a_moment_without_a_zone_is_refused(app: Flask):
    with app.app_context():
        db.session.add(Event(uid="x", at=datetime(2026, 1, 1), action="x", facts={}, key_id="", mac=""))
        with pytest.raises(sa.exc.StatementError, match="time zone"):
            db.session.flush()


@pytest.mark.parametrize("words", ["UPDATE event SET action = 'x'", "DELETE FROM event", "UPDATE seal SET hash = 'x'",
                                   "DELETE FROM seal"])
def test_history_cannot_be_changed(app: Flask, people, words: str):
    with app.app_context():
        _an_event_and_its_seal()
        with pytest.raises(REFUSED, match="append-only"):
            db.session.execute(sa.text(words))
        db.session.rollback()


def test_history_cannot_be_replaced(app: Flask):
    with app.app_context():
        _an_event_and_its_seal()
        if is_postgresql():
            words, how = "TRUNCATE event", "append-only"
        else:
            words = "INSERT OR REPLACE INTO seal (seq, event_id, hash) VALUES (1, 9, 'x')"
            how = "append-only"
        with pytest.raises(REFUSED, match=how):
            db.session.execute(sa.text(words))
        db.session.rollback()


def test_replace_slips_through_without_our_guard(app: Flask):
    """The known-bad variant: a table with a delete trigger only, and the driver's default pragmas."""
    with app.app_context():
        if is_postgresql():
            return  # PostgreSQL has no REPLACE: the TRUNCATE above is its hole
        plain = sa.create_engine("sqlite://")
        with plain.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE seal (seq INTEGER PRIMARY KEY, hash TEXT)")
            connection.exec_driver_sql("CREATE TRIGGER no_delete BEFORE DELETE ON seal "
                                       "BEGIN SELECT RAISE(ABORT, 'append-only'); END")
            connection.exec_driver_sql("INSERT INTO seal VALUES (1, 'true')")
            connection.exec_driver_sql("INSERT OR REPLACE INTO seal VALUES (1, 'false')")
            assert connection.exec_driver_sql("SELECT hash FROM seal").scalar() == "false"


def test_a_submission_stays_as_it_came(app: Flask, a_lead):
    a_lead("Sam")
    with app.app_context():
        for words in ("UPDATE submission SET fingerprint = 'x'", "DELETE FROM submission"):
            with pytest.raises(REFUSED, match="stays as it came"):
                db.session.execute(sa.text(words))
            db.session.rollback()
        db.session.execute(sa.text("UPDATE submission SET why = 'read'"))  # what we made of it may change


def test_the_workflow_is_held_by_the_database_too(app: Flask, a_lead):
    sam = a_lead("Sam")
    with app.app_context():
        for status in ("started", "nowhere"):
            with pytest.raises(REFUSED):
                db.session.execute(sa.text("UPDATE lead SET status_key = :to WHERE id = :id"),
                                   {"to": status, "id": sam.id})
                db.session.commit()
            db.session.rollback()


@pytest.mark.parametrize("words", [
    "UPDATE lead SET ended_at = '2001-01-01 00:00:00'",
    "UPDATE person SET may_call = 'perhaps'",
    "UPDATE contact_point SET value = ''",
    "UPDATE follow_up SET result = 'kept'",
    "UPDATE lead SET person_id = 4711",
    "UPDATE staff SET role = 'emperor'",
])  # fmt: skip
def test_nonsense_is_refused(app: Flask, a_lead, words: str):
    a_lead("Sam")
    with app.app_context():
        with pytest.raises(REFUSED):
            db.session.execute(sa.text(words))
            db.session.commit()
        db.session.rollback()


def test_words_rest_encrypted_and_bound_to_their_row(app: Flask, a_lead, people, writing):
    sam, ben = a_lead("Sam"), a_lead("Ben")
    with writing():
        for lead, words in ((sam, "canary one"), (ben, "canary two")):
            note = Note(lead_id=lead.id, by_id=people["ida"].id, at=datetime.now(UTC))
            note.body = words
            db.session.add(note)
    with app.app_context():
        one, two = db.session.scalars(sa.select(Note).order_by(Note.id)).all()
        assert (one.body, two.body) == ("canary one", "canary two")
        assert b"canary" not in one.body_sealed
        one.body_sealed, two.body_sealed = two.body_sealed, one.body_sealed
        with pytest.raises(SealError):
            _ = one.body
        db.session.rollback()


def test_plain_words_cannot_be_written_into_an_encrypted_column(app: Flask, a_lead):
    a_lead("Sam")
    with app.app_context():
        with pytest.raises(sa.exc.StatementError, match="sealed"):
            db.session.execute(sa.update(Submission).values(message_sealed=b"in the clear"))
        db.session.rollback()
        assert seal(b"x", "a:b") != seal(b"x", "a:b")


def test_one_coach_at_a_time(app: Flask, a_lead, people):
    sam = a_lead("Sam", coach="cora")
    with app.app_context():
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(
                sa.text("INSERT INTO assignment (lead_id, coach_id, since) "
                        "VALUES (:lead, :coach, '2026-01-01 00:00:00')"),
                {"lead": sam.id, "coach": people["cole"].id},
            )
        db.session.rollback()


def test_nobody_has_two_accounts(app: Flask, people):
    with app.app_context():
        ida = people["ida"]
        db.session.add(Staff(email=ida.email, name="Another Ida", role="intake", time_zone="America/New_York",
                             languages=["en"], created_at=datetime.now(UTC), totp_last_step=0))
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()


def _an_event_and_its_seal() -> None:
    db.session.execute(sa.text(
        "INSERT INTO event (uid, at, action, facts, origin, key_id, mac) "
        "VALUES ('u', '2026-01-01 00:00:00', 'x', '{}', '', '', '')"
    ))
    db.session.execute(sa.text("INSERT INTO seal (seq, event_id, hash) VALUES (1, 1, 'h')"))
    db.session.commit()
