"""`crm upgrade`: to the newest schema from any older one, with what is in it; a copy first, for nobody else's eyes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask

from crm import create_app
from crm.cli.upgrade import _alembic, newest_revision, revision, upgrade
from crm.db import db
from crm.models import ContactPoint, Event, Person, Setting, Source, Staff, Submission
from tests.conftest import DATABASES, a_config
from tests.support.postgres import Server
from tests.support.service import Service

THEN = datetime(2026, 1, 5, 15, tzinfo=UTC)


@pytest.fixture(params=DATABASES)
def old(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database is as the first revision made it."""
    kind = request.param
    url = f"sqlite:///{tmp_path / 'crm.db'}" if kind == "sqlite" else server.create("lantern_old")
    app = create_app(a_config(url))
    with app.app_context():
        command.upgrade(_alembic(), "0001")
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_an_older_schema_held_is_still_there(old: Flask):
    _somebody_wrote()

    command.upgrade(_alembic(), "head")

    assert revision() == newest_revision()
    submission = db.session.scalars(sa.select(Submission)).one()
    assert (submission.raw, submission.message, submission.received_at) == (b"as it came", "Please call me.", THEN)
    assert db.session.scalars(sa.select(ContactPoint)).one().person.name == "Sam Poe"
    assert db.session.scalars(sa.select(Event)).one().facts == {"source": "website"}
    db.session.rollback()
    command.check(_alembic())


def test_and_is_guarded_from_then_on(old: Flask):
    _somebody_wrote()
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


def _somebody_wrote() -> None:
    source = Source(kind="form", name="Website form", slug="website", created_at=THEN)
    person = Person(name="Sam Poe", created_at=THEN)
    person.contact_points.append(ContactPoint(kind="phone", value="(720) 555-0118", normal="+17205550118"))
    ida = Staff(email="ida@example.org", name="Ida", role="intake", time_zone="America/New_York", hours={},
                languages=["en"], created_at=THEN, totp_last_step=0)
    db.session.add_all([source, person, ida])
    db.session.flush()
    db.session.add_all([
        Submission(source_id=source.id, fingerprint="f", content_type="text/plain", received_at=THEN,
                   state="held", raw=b"as it came", message="Please call me."),
        Event(uid="u", at=THEN, action="received", actor_id=ida.id, facts={"source": "website"}, key_id="k", mac="m"),
    ])
    db.session.commit()
