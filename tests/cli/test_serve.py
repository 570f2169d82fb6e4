"""`crm serve` as an operator runs it: what it refuses, and that nothing of it stays when it ends."""

import base64
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from alembic import command

from crm import create_app
from crm.cli.upgrade import _alembic
from crm.db import db
from crm.lifecycle.workflow import DEMO_MARK
from crm.models import Setting
from tests.conftest import a_config
from tests.support.processes import ROOT, Running, spawn, wait_until
from tests.support.service import Service


def answers(service: Service) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def family(running: Running) -> list[psutil.Process]:
    return psutil.Process(running.process.pid).children(recursive=True)


def gone(members: list[psutil.Process]) -> bool:
    return not [one for one in members if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def workers(members: list[psutil.Process]) -> list[psutil.Process]:
    found = []
    for one in members:
        with suppress(psutil.Error):  # it may end while we look
            if one.cmdline()[-1:] == ["worker"]:
                found.append(one)
    return found


def at_work(running: Running) -> list[psutil.Process]:
    """The web process and the worker, once both are there."""
    def both() -> list[psutil.Process]:
        members = family(running)
        return members if "the worker ticks" in running.said and len(members) >= 2 else []

    return wait_until(both, 30, "the web process and the worker")


def in_database(service: Service, revision: str = "head", demo: bool = False) -> None:
    """A migrated database at the service's address; marked as a demo, when said."""
    app = create_app(a_config(service.url))
    with app.app_context():
        command.upgrade(_alembic(), revision)
        if demo:
            db.session.add(Setting(key=DEMO_MARK, value={}))
            db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_asked_to_end_it_ends_with_all_it_started(service: Service):
    with service.serve("--with-worker") as running:
        members = at_work(running)
        assert answers(service)

        assert running.stop(signal.SIGTERM, seconds=15) == 0

        wait_until(lambda: gone(members), 5, "its processes to end")
        assert not answers(service)
        assert "Traceback" not in running.said


def test_killed_outright_it_leaves_no_orphan_serving(service: Service):
    with service.serve("--with-worker") as running:
        members = at_work(running)

        os.kill(running.process.pid, signal.SIGKILL)  # the main process only

        wait_until(lambda: gone(members), 15, "the orphans to end")
        assert not answers(service)


def test_a_worker_that_dies_is_started_again(service: Service):
    with service.serve("--with-worker") as running:
        (worker,) = workers(at_work(running))

        worker.kill()

        wait_until(lambda: [one for one in workers(family(running)) if one != worker], 20, "another worker")


# A program is started while another thread forks a web process that lives on: does the start return?
MEANWHILE = """
import os, signal, subprocess, threading, time
from crm.cli.serve import start_alone

halfway, started = threading.Event(), threading.Event()

def forked():
    if not halfway.is_set():
        halfway.set()
        time.sleep(0.5)

def start():
    {start}
    started.set()

os.register_at_fork(after_in_parent=forked)
threading.Thread(target=start).start()
halfway.wait()
web = os.fork()
if not web:
    signal.pause()
print("started" if started.wait(5) else "held up")
os.kill(web, signal.SIGKILL)
"""


@pytest.mark.parametrize(("start", "says"), [
    ('start_alone(["true"], print)', "started"),
    ('subprocess.Popen(["true"], preexec_fn=print)', "held up"),  # the known-bad variant: a worker nobody watches
])
def test_the_worker_is_watched_although_a_web_process_starts_meanwhile(start: str, says: str):
    script = [sys.executable, "-c", MEANWHILE.format(start=start)]

    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.strip() == says


def test_a_second_copy_is_refused_and_the_first_goes_on(service: Service):
    with service.serve():
        said = service.crm("serve", "--port", str(service.port), fails=True)

        assert "another copy" in said and len(said.splitlines()) == 1
        assert answers(service)


@pytest.fixture
def other(service: Service, tmp_path: Path) -> Service:
    """The same service at a database that is not there yet."""
    made = object.__new__(Service)
    made.__dict__.update(service.__dict__)
    made.url = f"sqlite:///{tmp_path / 'crm.db'}"
    made.env = {**service.env, "DATABASE_URL": made.url,
                "FIELD_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode()}
    return made


def test_an_old_schema_is_refused(other: Service):
    in_database(other, "0001")

    said = other.crm("serve", "--port", str(other.port), fails=True)

    assert "crm upgrade" in said and len(said.splitlines()) == 1


def test_production_does_not_start_on_a_demo(other: Service):
    in_database(other, demo=True)

    for program in ("serve", "worker"):
        words = ["--port", str(other.port)] if program == "serve" else []
        with spawn(["crm", program, *words], {**other.env, "CRM_ENV": "production"}) as refused:
            assert refused.process.wait(30) == 1
            assert "demo" in refused.said and len(refused.said.splitlines()) == 1
    with other.serve():
        assert answers(other), "a demo is for showing"


def test_production_starts_on_what_is_none(other: Service):
    """The known-good variant: it is the mark that is refused, not production."""
    in_database(other)
    other.env["CRM_ENV"] = "production"

    with other.serve() as running:
        assert answers(other)
        assert "GET 200" in wait_until(lambda: running.said if "GET" in running.said else "", 5, "the access line")
        assert "healthz" not in running.said, "no address is logged"
