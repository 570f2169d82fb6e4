"""How Alembic reaches our tables: the application's own engine, batch mode on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection

import crm.models  # noqa: F401  the tables register themselves
from crm.db import Base

engine = current_app.extensions["sqlalchemy"].engine


def run() -> None:
    """Migrate the connected database."""
    with engine.connect() as connection, _without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew: while it is gone, those that point at it must not be asked.

    Nothing that points nowhere is left behind: that is checked before they count again.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if astray := raw.execute("PRAGMA foreign_key_check").fetchone():
            raise RuntimeError(f"after the migration a row of {astray[0]} points at nothing in {astray[2]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


run()
