"""PostgreSQL: time limits for every statement, UTC, and plans made for the values at hand."""

from typing import Any

SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    # A generic plan for "names like …, newest first" walks the wrong index once the table has grown.
    "plan_cache_mode": "force_custom_plan",
}


def engine_options() -> dict[str, Any]:
    """Options for the engine: settings on each connection, and a dead connection is noticed before it is used."""
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    return {"connect_args": {"options": options}, "pool_pre_ping": True, "pool_size": 16, "max_overflow": 16}
