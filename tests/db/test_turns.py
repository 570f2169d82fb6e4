"""On SQLite one writes at a time, and processes take turns: a busy one does not keep another waiting for long."""

import fcntl
import sys
import time
from pathlib import Path

import pytest

from crm.db import sqlite
from crm.db.sqlite import FairConnection
from tests.support.processes import Running, spawn, wait_until

HELD = 0.005  # seconds that the busy one needs for each of its transactions
TURNS = 12

# It writes without a pause, as whoever reads a thousand messages does.
BUSY = f"""
import sys, time
from crm.db.sqlite import FairConnection
import tests.db.test_turns as here
if sys.argv[2] == "greedy":
    here.be_greedy()
line = FairConnection(sys.argv[1], isolation_level=None)
while True:
    line.begin_writing()
    line.execute("INSERT INTO written (who) VALUES ('busy')")
    time.sleep({HELD})
    line.commit()
"""


@pytest.fixture
def line(tmp_path: Path) -> FairConnection:
    """A connection to an empty database, and a table to write into."""
    made = FairConnection(str(tmp_path / "turns.db"), isolation_level=None)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("CREATE TABLE written (number INTEGER PRIMARY KEY, who TEXT)")
    return made


def test_who_waits_comes_next(line: FairConnection, tmp_path: Path):
    with busy(tmp_path, "polite"):
        assert max(overtaken(line)) <= 2  # the one that writes, and one that stood in front already


def test_with_one_lock_the_busy_one_overtakes_again_and_again(line: FairConnection, tmp_path: Path):
    """The known-bad variant: whoever gives the turn back has it again before the other wakes up."""
    with busy(tmp_path, "greedy"):
        assert max(overtaken(line)) > 2


def be_greedy() -> None:
    """Take the turn without standing in front of it first."""

    def take(turn: sqlite._Turn) -> None:
        fcntl.flock(turn._open()[0], fcntl.LOCK_EX)

    sqlite._Turn.take = take  # type: ignore[method-assign]
    sqlite._Turn.give_back = lambda turn: fcntl.flock(turn._files[0], fcntl.LOCK_UN)  # type: ignore[method-assign]


def busy(folder: Path, how: str) -> Running:
    """Another process that writes and writes."""
    return spawn([sys.executable, "-c", BUSY, str(folder / "turns.db"), how], {})


def overtaken(line: FairConnection) -> list[int]:
    """How often the busy one wrote between our asking for the turn and our having it, turn after turn."""
    wait_until(lambda: _written(line), 30, "the busy one to begin")
    times = []
    for _ in range(TURNS):
        before = _written(line)
        line.begin_writing()
        times.append(_written(line) - before)
        line.execute("INSERT INTO written (who) VALUES ('we')")
        line.commit()
        time.sleep(HELD)  # the busy one is at it again
    return times


def _written(line: FairConnection) -> int:
    number: int = line.execute("SELECT count(*) FROM written WHERE who = 'busy'").fetchone()[0]
    return number
