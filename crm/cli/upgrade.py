"""`crm upgrade`: bring the database to the newest schema; on SQLite a copy is put aside first."""

import argparse
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from config import ROOT
from crm.cli import Commands
from crm.db import db, is_postgresql


def register(commands: Commands) -> None:
    """Add `crm upgrade`."""
    parser = commands.add_parser("upgrade", help="migrate the database named by DATABASE_URL to the newest schema")
    parser.set_defaults(run=_run)


def _run(_asked: argparse.Namespace) -> None:
    print(upgrade())


def migrate() -> None:
    """Run every migration that has not run yet, in the current application's database."""
    command.upgrade(_alembic(), "head")


def upgrade() -> str:
    """Back up (SQLite), migrate, and say in one line what was done."""
    if not is_postgresql() and db.engine.url.database:
        Path(db.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    before, newest = revision(), newest_revision()
    if before == newest:
        return f"The database is at the newest schema ({newest})."
    aside = _put_aside() if before else None
    migrate()
    kept = f" A copy of how it was is in {aside.name}." if aside else ""
    return f"The database went from {before or 'empty'} to {newest}.{kept}"


def revision() -> str | None:
    """The schema revision the database is at; None when it is empty."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The schema revision this program expects."""
    return ScriptDirectory.from_config(_alembic()).get_current_head()


def _put_aside() -> Path | None:
    if is_postgresql() or not db.engine.url.database:
        return None
    path = Path(db.engine.url.database)
    aside = path.with_name(f"{path.name}.before-{newest_revision()}")
    aside.unlink(missing_ok=True)
    aside.touch(0o600)
    # SQLite's own copy is whole even while somebody writes; copying the file would not be.
    with db.engine.connect() as connection, closing(sqlite3.connect(aside)) as copy:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.backup(copy)
    return aside


def _alembic() -> AlembicConfig:
    settings = AlembicConfig(str(ROOT / "migrations" / "alembic.ini"))
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    return settings
