"""One at a time, across machines: for work that must not run twice at once."""

import zlib
from collections.abc import Iterable

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select

from crm.db import db, is_postgresql


def take_turn(name: str) -> None:
    """Wait until nobody else does the named work; the turn ends with the transaction.

    On SQLite a writing transaction is alone anyway.
    """
    take_turns([name])


def take_turns(names: Iterable[str]) -> None:
    """The turns of much work at once, in one order for everybody: two who want the same never wait for each other."""
    if is_postgresql():
        numbers = sorted({zlib.crc32(name.encode()) for name in names})
        each = func.unnest(bindparam("numbers", numbers, ARRAY(BigInteger))).column_valued("number")
        db.session.execute(select(func.pg_advisory_xact_lock(each)))
