"""Eight people count at once: nobody's addition is lost, nobody is told that the database is locked."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from crm.db import db, is_postgresql
from crm.models import Lead

PEOPLE, EACH = 8, 150


def test_twelve_hundred_additions_are_all_there(app: Flask, a_lead):
    sam = a_lead("Sam")

    with app.app_context():
        engine = db.engine
        added, refused = _all_at_once(lambda: _add_one(engine, sam.id))

        assert refused == []
        assert _counted(engine, sam.id) == added == PEOPLE * EACH


def test_the_drivers_own_mode_is_caught(app: Flask, a_lead):
    """The known-bad variant: the same work on an engine with the driver's default transactions."""
    sam = a_lead("Sam")

    with app.app_context():
        plain = db.engine if is_postgresql() else sa.create_engine(db.engine.url)
        added, _ = _all_at_once(lambda: _add_one_blindly(plain, sam.id))

        assert _counted(plain, sam.id) < added
        plain.dispose()


def _add_one(engine: sa.Engine, lead_id: int) -> None:
    """As our pages do: read, change, save; the version number refuses a stale save, and then we read again."""
    while True:
        try:
            with Session(engine) as session, session.begin():
                lead = session.get_one(Lead, lead_id)
                lead.attempts_made += 1
            return
        except StaleDataError:
            continue


def _add_one_blindly(engine: sa.Engine, lead_id: int) -> None:
    lead = Lead.__table__
    with engine.begin() as connection:
        made = connection.scalar(sa.select(lead.c.attempts_made).where(lead.c.id == lead_id))
        connection.execute(sa.update(lead).where(lead.c.id == lead_id).values(attempts_made=made + 1))


def _all_at_once(add: Callable[[], None]) -> tuple[int, list[str]]:
    together = threading.Barrier(PEOPLE)

    def one_person(_: int) -> tuple[int, list[str]]:
        together.wait()
        added, refused = 0, []
        for _ in range(EACH):
            try:
                add()
                added += 1
            except sa.exc.OperationalError as error:
                refused.append(str(error.orig))
        return added, refused

    with ThreadPoolExecutor(PEOPLE) as pool:
        results = list(pool.map(one_person, range(PEOPLE)))
    return sum(added for added, _ in results), [words for _, refused in results for words in refused]


def _counted(engine: sa.Engine, lead_id: int) -> int:
    with engine.connect() as connection:
        lead = Lead.__table__
        return connection.scalar(sa.select(lead.c.attempts_made).where(lead.c.id == lead_id)) or 0


@pytest.mark.parametrize("broken", ["commit", "rollback"])
def test_a_writer_that_fails_gives_its_turn_back(app: Flask, a_lead, broken: str):
    sam = a_lead("Sam")

    with app.app_context():
        with pytest.raises(sa.exc.IntegrityError), Session(db.engine) as session:
            session.execute(sa.update(Lead.__table__).where(Lead.__table__.c.id == sam.id).values(status_key="nowhere"))
            session.commit() if broken == "commit" else session.flush()
        _add_one(db.engine, sam.id)

        assert _counted(db.engine, sam.id) == 1
