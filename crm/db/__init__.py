"""How we talk to SQLite and to PostgreSQL. Everything that differs between them is here, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import orm

from crm.db import postgresql, sealing, sqlite
from crm.db.base import Base

__all__ = ["Base", "begin_reading", "commit", "db", "init_db", "is_postgresql", "separate_write"]


class Session(FlaskSession):
    """A session that is either reading or writing, declared once for the whole of it by `begin_reading`."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        engine = super().get_bind(*args, **kwargs)
        if self.info.get("readonly") and isinstance(engine, sa.Engine):
            return reading_engine(engine)
        return engine


db = SQLAlchemy(model_class=Base, session_options={"class_": Session})


def init_db(app: Flask, database_url: str, field_keys: tuple[bytes, ...]) -> None:
    """Connect the application to its database and give the encrypted columns their keys."""
    sealing.use_keys(field_keys)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    options = postgresql.engine_options() if database_url.startswith("postgresql") else sqlite.engine_options()
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            if not is_postgresql(engine):
                sqlite.listen(engine)


def begin_reading() -> None:
    """From here to its end the current session only reads: it waits for no writer and cannot write by mistake."""
    db.session().info["readonly"] = True


def commit() -> None:
    """Make the current session's work durable. For entrances only: the end of a page, the loop of a clock room."""
    db.session.commit()


@contextmanager
def separate_write() -> Iterator[orm.Session]:
    """A short writing transaction beside the current one, committed at its end: the log line of a page that reads."""
    with orm.Session(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


def is_postgresql(engine: sa.Engine | None = None) -> bool:
    """Whether the database is PostgreSQL; else it is SQLite."""
    return (engine or db.engine).dialect.name == "postgresql"


def reading_engine(engine: sa.Engine) -> sa.Engine:
    """The same engine, whose transactions are declared read-only when they begin."""
    return engine.execution_options(readonly=True, postgresql_readonly=True)
