"""Who reads a message that was kept: whoever took it in; in a rush everybody at the door is answered first.

A message takes some ten times as long to read as to keep. While several come at once each sender waits for the keeping
only, and one reader in each web process takes what was left: when the door is empty, or a message now and then. What a
process that died has left is read by the next one to start, or by the clock.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask, current_app

from crm import audit, clock
from crm.db import begin_reading
from crm.intake.catching_up import left, newest_waiting, read
from crm.intake.keeping import Kept

log = logging.getLogger("lantern")

A_MOMENT = 0.05  # seconds without anything left to the reader: the rush is over
PAUSE = 0.02  # seconds between two looks whether the rush goes on
PATIENCE = 0.25  # seconds that the reader waits for its end before it takes one message all the same
NAME, READER = "rush", "reader"


class Rush:
    """The door of one web process, and its reader."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inside = 0
        self._rush_until = 0.0  # by the monotonic clock
        self._newest: int | None = None  # that waited when the reader last looked
        self._guard = threading.Lock()
        self._left = self._is_reading = False

    def enter(self) -> None:
        """Somebody comes to be answered."""
        with self._guard:
            self._inside += 1

    def go(self) -> None:
        """They have their answer."""
        with self._guard:
            self._inside -= 1

    def read(self, kept: Kept, at: datetime) -> None:
        """Read it now, or leave it to the reader while others wait at the door. It is durable either way."""
        if not kept.is_new:
            return
        if self._inside > 1 or time.monotonic() < self._rush_until:
            self._rush_until = time.monotonic() + A_MOMENT
            self.look()
        else:
            read(kept.id, at)

    def look(self) -> None:
        """There may be something to read: a reader comes, unless one is here, and stays until all is read."""
        with self._guard:
            self._left = True
            if not self._is_reading:
                self._is_reading = True
                threading.Thread(target=self._read_on, name=READER, daemon=True).start()

    def _read_on(self) -> None:
        while self._has_more():
            try:
                with self._app.app_context(), audit.coming_from(READER):
                    self._read_all()
            except Exception as error:  # no database: what waits is read when there is one, by whoever comes first
                log.error("the reader had to stop: %s", type(error).__name__)

    def _has_more(self) -> bool:
        with self._guard:
            self._is_reading, self._left = self._left, False
            return self._is_reading

    def _read_all(self) -> None:
        for number in left():
            self._let_pass()
            read(number, clock.now())

    def _let_pass(self) -> None:
        since = time.monotonic()
        while (self._inside or self._is_rush_elsewhere()) and time.monotonic() < since + PATIENCE:
            time.sleep(PAUSE)

    def _is_rush_elsewhere(self) -> bool:
        """Whether another process has left something since the last look."""
        with self._app.app_context():
            begin_reading()
            before, self._newest = self._newest, newest_waiting()
        return self._newest != before


def init_rush(app: Flask) -> None:
    """Give the application its door."""
    app.extensions[NAME] = Rush(app)


@contextmanager
def at_the_door() -> Iterator[Rush]:
    """While a message is taken in and its sender waits for the answer."""
    door: Rush = current_app.extensions[NAME]
    door.enter()
    try:
        yield door
    finally:
        door.go()
