"""Real programs are started with their own settings, and nothing of them stays."""

import signal
import sys

import pytest

from tests.support.processes import free_port, spawn, wait_until

SERVER = """
import http.server, os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("child", child.pid, os.environ.get("DATABASE_URL"), os.environ["NAME"])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()
"""


def test_a_killed_program_takes_its_children_along(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "not for the service under test")
    port = free_port()

    with spawn([sys.executable, "-c", SERVER, str(port)], {"NAME": "Ida"}) as web:
        web.wait_for_port(port)
        _, child, database, name = web.said.split()

    assert (database, name) == ("None", "Ida")
    wait_until(lambda: is_gone(child), seconds=5, what="the child to end")


def test_a_program_that_ends_early_says_why():
    failing = [sys.executable, "-c", "import sys; sys.exit('no database')"]

    with pytest.raises(RuntimeError, match="no database"), spawn(failing, {}) as web:
        web.wait_for_port(free_port())


def test_a_program_is_asked_to_stop_before_it_is_killed():
    waiting = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(3)); print('up'); signal.pause()"
    with spawn([sys.executable, "-c", waiting], {}) as worker:
        wait_until(lambda: "up" in worker.said, seconds=10)

        assert worker.stop(signal.SIGTERM) == 3


def test_waiting_has_an_end():
    with pytest.raises(TimeoutError, match="the impossible"):
        wait_until(lambda: False, seconds=0.1, what="the impossible")


def is_gone(pid: str) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")")[-1].split()[0] == "Z"
    except FileNotFoundError:
        return True
