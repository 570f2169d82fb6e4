"""A row that must stand only once: whoever comes second learns that it is there, without an error and a retreat."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from crm.db import db, is_postgresql


def add_once(table: Table, row: dict[str, Any]) -> int | None:
    """Write the row in the current transaction; its number, or None when one with the same unique value is there.

    Who writes the same in this moment is waited for.
    """
    insert = postgresql.insert(table) if is_postgresql() else sqlite.insert(table)
    added = insert.on_conflict_do_nothing().returning(table.c.id)
    number: int | None = db.session.execute(added, row).scalar_one_or_none()
    return number
