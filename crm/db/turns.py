"""One at a time, across machines: for work that must not run twice at once."""

import zlib

from sqlalchemy import func, select

from crm.db import db, is_postgresql


def take_turn(name: str) -> None:
    """Wait until nobody else does the named work; the turn ends with the transaction.

    On SQLite a writing transaction is alone anyway.
    """
    if is_postgresql():
        db.session.execute(select(func.pg_advisory_xact_lock(zlib.crc32(name.encode()))))
