"""SQLite: durable commits, one writer at a time in the order they came, readers that wait for nobody."""

import fcntl
import os
import sqlite3
import threading
from collections import deque
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

PATIENCE = 15.0  # seconds a writer waits for its turn before it gives up with a clear error

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # NORMAL lost acknowledged rows in power cuts; FULL lost none (docs/decisions)
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # else INSERT OR REPLACE slips past the delete triggers of the history
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={int(PATIENCE * 1000)}",
)


def engine_options() -> dict[str, Any]:
    """Options for the engine: our connection class, and a pool that is wide enough for every seat."""
    return {"connect_args": {"factory": FairConnection}, "pool_size": 16, "max_overflow": 16}


def listen(engine: sa.Engine) -> None:
    """Set up every connection, and say BEGIN ourselves: IMMEDIATE to write, plain to read."""
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begin)


def _connected(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transaction mode loses updates without an error: we begin transactions ourselves.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin(connection: sa.Connection) -> None:
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, FairConnection)
    readonly = bool(connection.get_execution_options().get("readonly"))
    if raw.query_only != readonly:
        raw.execute(f"PRAGMA query_only={int(readonly)}")
        raw.query_only = readonly
    if readonly:
        raw.execute("BEGIN")
    else:
        raw.begin_writing()


class FairConnection(sqlite3.Connection):
    """A connection whose writing transactions queue first-come, in this process and across processes."""

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(database, *args, **kwargs)
        self.query_only = False
        self._turn = _turn_for(database)
        self._holding = False

    def begin_writing(self) -> None:
        """Wait for our turn, then lock the database for writing before anything is read."""
        self._turn.take()
        self._holding = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._give_back()
            raise

    def commit(self) -> None:
        super().commit()
        self._give_back()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._holding:
            self._holding = False
            self._turn.give_back()


class _Turn:
    """Whose turn it is to write: a first-come line of threads, and two lock files for the other processes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._line: deque[tuple[int, threading.Event]] = deque()
        self._holder: int | None = None
        self._files = (-1, -1)
        self._pid = 0

    def take(self) -> None:
        me = threading.get_ident()
        ready = threading.Event()
        with self._guard:
            if self._holder == me:
                raise RuntimeError("this thread is writing already; a second writing transaction would wait for itself")
            if self._holder is None and not self._line:
                self._holder = me
                ready.set()
            else:
                self._line.append((me, ready))
        if not ready.wait(PATIENCE):
            self._leave_line(me, ready)
        # A process that gives its turn back would have it again before anybody who waits wakes up: so who is next holds
        # a place in front of the turn, and whoever comes after them waits for that place.
        turn, next_place = self._open()
        fcntl.flock(next_place, fcntl.LOCK_EX)
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(next_place, fcntl.LOCK_UN)

    def give_back(self) -> None:
        fcntl.flock(self._files[0], fcntl.LOCK_UN)
        with self._guard:
            self._next()

    def _next(self) -> None:
        if self._line:
            self._holder, ready = self._line.popleft()
            ready.set()
        else:
            self._holder = None

    def _leave_line(self, me: int, ready: threading.Event) -> None:
        with self._guard:
            if not ready.is_set():
                self._line.remove((me, ready))
                raise sqlite3.OperationalError("database is busy: no turn to write came in time")

    def _open(self) -> tuple[int, int]:
        if self._pid != os.getpid():  # a forked child needs locks of its own, not its parent's
            names = (f"{self._path}.turn", f"{self._path}.next")
            turn, next_place = (os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600) for name in names)
            self._files, self._pid = (turn, next_place), os.getpid()
        return self._files


_turns: dict[str, _Turn] = {}
_turns_guard = threading.Lock()


def _turn_for(database: str) -> _Turn:
    path = os.path.abspath(database)
    with _turns_guard:
        return _turns.setdefault(path, _Turn(path))
