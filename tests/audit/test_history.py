"""The history cannot be changed unnoticed: whoever flips, deletes, inserts or reorders a row is found."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from crm import audit
from crm.audit.chain import seal_new, verify
from crm.db import db, is_postgresql
from crm.models import Event, Seal

LONG_AGO = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def history(writing, a_lead, people) -> None:
    """Twelve things happened to Sam; the first ten are sealed."""
    sam = a_lead("Sam")
    for minute in range(12):
        with writing():
            audit.record(sam, "noted", people["ida"], LONG_AGO + timedelta(minutes=minute), note=f"n{minute}")
        if minute == 9:
            with writing():
                assert seal_new() == 10


def test_an_honest_history_is_whole(app: Flask, history):
    with app.app_context():
        assert verify().first_fault is None
        assert verify().events == 12


def test_sealing_again_seals_only_what_is_new(app: Flask, history, writing):
    with writing():
        assert seal_new() == 2
    with writing():
        assert seal_new() == 0


def _flip(connection: sa.Connection) -> None:
    connection.execute(sa.text("UPDATE event SET action = 'read' WHERE id = 5"))


def _flip_a_fact(connection: sa.Connection) -> None:
    connection.execute(sa.update(Event.__table__).where(Event.__table__.c.id == 5).values(facts={"note": "n99"}))


def _flip_who(connection: sa.Connection) -> None:
    connection.execute(sa.text("UPDATE event SET actor_id = NULL WHERE id = 5"))


def _flip_a_new_one(connection: sa.Connection) -> None:
    connection.execute(sa.text("UPDATE event SET action = 'read' WHERE id = 12"))


def _delete(connection: sa.Connection) -> None:
    connection.execute(sa.text("DELETE FROM event WHERE id = 5"))


def _delete_with_its_seal(connection: sa.Connection) -> None:
    connection.execute(sa.text("DELETE FROM event WHERE id = 5"))
    connection.execute(sa.text("DELETE FROM seal WHERE event_id = 5"))


def _insert(connection: sa.Connection) -> None:
    connection.execute(sa.text(
        "INSERT INTO event (uid, at, action, facts, origin, key_id, mac) "
        "SELECT 'forged', at, 'approved', facts, origin, key_id, mac FROM event WHERE id = 5"
    ))


def _reorder(connection: sa.Connection) -> None:
    renumber = sa.text("UPDATE event SET id = :after WHERE id = :before")
    for before, after in ((5, 999), (6, 5), (999, 6)):
        connection.execute(renumber, {"before": before, "after": after})


def _swap_seals(connection: sa.Connection) -> None:
    connection.execute(sa.text("UPDATE seal SET event_id = 999 WHERE event_id = 5"))
    connection.execute(sa.text("UPDATE seal SET event_id = 5 WHERE event_id = 6"))
    connection.execute(sa.text("UPDATE seal SET event_id = 6 WHERE event_id = 999"))


@pytest.mark.parametrize(
    "tamper",
    [_flip, _flip_a_fact, _flip_who, _flip_a_new_one, _delete, _delete_with_its_seal, _insert, _reorder, _swap_seals],
)
def test_tampering_is_found(app: Flask, history, tamper: Callable[[sa.Connection], None]):
    with app.app_context():
        _as_somebody_with_the_file(tamper)

        fault = verify().first_fault

        assert fault is not None
        assert any(number in fault for number in ("5", "6", "12", "13"))


def test_without_the_chain_a_deletion_goes_unnoticed(app: Flask, history):
    """The known-bad variant: signatures of single rows alone say nothing about a row that is gone."""
    with app.app_context():
        _as_somebody_with_the_file(_delete)
        events = db.session.scalars(sa.select(Event)).all()

        keys = {event.key_id: audit.signing_key("history", event.key_id)[1] for event in events}
        assert all(event.mac == audit.signature(keys[event.key_id], event) for event in events)


def _as_somebody_with_the_file(tamper: Callable[[sa.Connection], None]) -> None:
    """Whoever owns the database can drop the triggers; the chain must tell all the same."""
    with db.engine.begin() as connection:
        if is_postgresql():
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            tamper(connection)
        else:
            triggers = connection.execute(
                sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('event', 'seal')")
            ).all()
            for name, _ in triggers:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
            tamper(connection)
            for _, sql in triggers:
                connection.execute(sa.text(sql))


def test_two_workers_seal_each_event_once(app: Flask, history):
    from concurrent.futures import ThreadPoolExecutor

    def seal() -> int:
        with app.app_context():
            return seal_new()

    with ThreadPoolExecutor(4) as pool:
        sealed = [result.result() for result in [pool.submit(seal) for _ in range(4)]]

    with app.app_context():
        assert sum(sealed) == 2
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Seal)) == 12
        assert verify().first_fault is None
