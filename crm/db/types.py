"""Column types: moments that are always UTC, and bytes that are always sealed."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from crm.db import sealing


class UTCDateTime(TypeDecorator[datetime]):
    """A moment. Refuses one without a zone; stores and gives back UTC (SQLite would drop the zone silently)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError("a moment without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedBytes(TypeDecorator[bytes]):
    """A column that takes only what `sealing.seal` made: plain words cannot be written into it by mistake."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        if value is not None and not sealing.is_sealed(value):
            raise ValueError("an encrypted column takes sealed bytes only")
        return value
