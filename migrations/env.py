"""How Alembic reaches our tables: the application's own engine, batch mode on SQLite."""

from alembic import context
from flask import current_app

import crm.models  # noqa: F401  the tables register themselves
from crm.db import Base

engine = current_app.extensions["sqlalchemy"].engine


def run() -> None:
    """Migrate the connected database."""
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
