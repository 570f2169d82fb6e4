"""What time is it? The one place that asks the system's clock.

Only entrances call `now`; everybody else is given the moment as `at`.
"""

import re
from datetime import UTC, datetime

_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(?P<offset>Z|[+-]\d\d:?\d\d)?", re.ASCII)
_EXAMPLE = "2026-11-24T15:21:00Z or 2026-11-24T08:21:00-07:00"


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """The same moment told in UTC. A naive moment could mean any of 38 offsets, so it raises ValueError."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment needs a zone: this one has none")
    return moment.astimezone(UTC)


def parse_moment(text: str) -> datetime:
    """Read ISO 8601 with `Z` or an offset, to UTC. Raises ValueError, in words for the person who typed it."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        raise ValueError(f"not a moment: write it like {_EXAMPLE}")
    if not found["offset"]:
        raise ValueError(f"the moment has no offset: end it with Z, or write it like {_EXAMPLE}")
    try:
        return datetime.fromisoformat(found[0]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such date or time: write it like {_EXAMPLE}") from None
