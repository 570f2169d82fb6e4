"""The PostgreSQL of the tests is a real server, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support.memory import MEMORY
from tests.support.postgres import PrivateServer, Server, _installed, _lent_to, start_server
from tests.support.processes import ROOT, wait_until


@pytest.fixture(scope="module")
def server():
    started = start_server(fresh=True)
    yield started
    started.stop()


def ask(server: Server, database: str, question: str):
    engine = create_engine(server.url(database))
    with engine.begin() as connection:
        answer = connection.execute(text(question))
        found = answer.scalar() if answer.returns_rows else None
    engine.dispose()
    return found


def test_it_answers_in_utf_8_and_utc(server):
    server.create("clinic")

    assert ask(server, "clinic", "SHOW server_encoding") == "UTF8"
    assert ask(server, "clinic", "SHOW timezone") == "UTC"


def test_a_copy_has_what_its_template_had(server):
    server.create("template")
    ask(server, "template", "CREATE TABLE lead (name text); INSERT INTO lead VALUES ('Sam')")

    server.create("copy", template="template")

    assert ask(server, "copy", "SELECT name FROM lead") == "Sam"


def test_a_dropped_database_is_gone_though_somebody_is_connected(server):
    server.create("crowded")
    with psycopg.connect(server.url("crowded").replace("+psycopg", "")):
        server.drop("crowded")

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(server.url("crowded").replace("+psycopg", ""))


def test_what_was_committed_survives_a_broken_off_server():
    server = start_server(fresh=True, fsync=True)
    server.create("clinic")
    ask(server, "clinic", "CREATE TABLE lead (name text); INSERT INTO lead VALUES ('Sam')")

    server.restart(immediate=True)

    assert ask(server, "clinic", "SHOW fsync") == "on" and MEMORY not in server._home.parents
    assert ask(server, "clinic", "SELECT name FROM lead") == "Sam"
    server.stop()


def test_the_address_of_a_running_server_is_taken_over(server, monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", server.url("postgres"))

    borrowed = start_server()
    borrowed.create("shared")
    borrowed.stop()

    assert ask(server, "shared", "SELECT 1") == 1
    with pytest.raises(RuntimeError, match="somebody else's"):
        borrowed.restart()


@pytest.mark.parametrize("programs", list(_installed()), ids=lambda programs: programs.parent.name)
def test_every_server_on_this_machine_works(programs):
    server = PrivateServer(programs, _lent_to(), fsync=False)
    server.create("clinic")

    assert ask(server, "clinic", "SELECT 1") == 1
    server.stop()


def test_stopping_leaves_nothing(server):
    mine = start_server(fresh=True)
    home = Path(mine._home)

    mine.stop()
    mine.stop()

    assert not home.exists()
    assert mine._process.poll() is not None


def test_killed_tests_leave_no_server_and_the_next_ones_sweep_up():
    holding = "from tests.support.postgres import start_server; s = start_server(fresh=True)\n"
    holding += "print(s._home, s._process.pid, flush=True); input()"
    tests = subprocess.Popen(
        [sys.executable, "-c", holding], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    home, pid = tests.stdout.readline().split()
    tests.send_signal(signal.SIGKILL)
    tests.communicate()

    wait_until(lambda: not is_running(int(pid)), seconds=20, what="the orphaned server to end")
    start_server(fresh=True).stop()

    assert not Path(home).exists()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
