"""The one declarative base: naming convention, column types by annotation, strict tables."""

import secrets
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, registry

from crm.db.types import UTCDateTime

REF_BYTES = 16  # 128 bits: nobody guesses an address

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """What every table shares."""

    registry = registry(
        metadata=metadata,
        type_annotation_map={
            datetime: UTCDateTime(),
            date: sa.Date(),
            int: Id,
            dict[str, Any]: sa.JSON(none_as_null=True),
            list[str]: sa.JSON(none_as_null=True),
        },
    )


def new_ref() -> str:
    """A random reference for addresses: 128 bits, URL-safe, never derived from the row's number."""
    return secrets.token_urlsafe(REF_BYTES)


@event.listens_for(sa.Table, "after_parent_attach")
def _strict(table: sa.Table, _parent: Any) -> None:
    # SQLite then refuses "a text in an integer column" just as PostgreSQL does.
    table.dialect_options["sqlite"]["strict"] = True


@compiles(sa.String, "sqlite")
@compiles(sa.Text, "sqlite")
@compiles(sa.DateTime, "sqlite")
@compiles(sa.Date, "sqlite")
@compiles(sa.JSON, "sqlite")
def _as_text(_type: Any, _compiler: Any, **_: Any) -> str:
    return "TEXT"


@compiles(sa.Boolean, "sqlite")
@compiles(sa.BigInteger, "sqlite")
@compiles(sa.SmallInteger, "sqlite")
def _as_integer(_type: Any, _compiler: Any, **_: Any) -> str:
    return "INTEGER"
