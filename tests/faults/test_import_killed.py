"""A worker is killed while it brings people in from a file: another goes on, nobody is lost and nobody doubled."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import from_environment
from crm import create_app
from crm.clock import now
from crm.db import commit, db
from crm.intake.keeping import OF_A_FILE, source_of
from crm.models import ImportRun
from crm.sources import runs
from crm.sources.tables import shape_of
from tests.support import builders
from tests.support.postgres import Server
from tests.support.processes import spawn, wait_until
from tests.support.service import Service, a_service

PATIENCE = 240  # seconds
KILLS = 3


@pytest.mark.parametrize("people", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kills_lose_and_double_nobody(kind: str, people: int, server: Server, tmp_path: Path):
    service = a_service(kind, server, tmp_path)
    _ada_chooses(service, a_file(people))

    for kill in range(1, KILLS + 1):
        with service.worker() as dies:
            wait_until(lambda kill=kill: _leads(service) >= people * kill // (KILLS + 2), PATIENCE, "some to come in")
            dies.kill()
        _lease_runs_out(service)
    with service.worker():
        wait_until(lambda: _state(service)[0] == "done", PATIENCE * max(people // 2_000, 1), "the end")

    assert _state(service) == ("done", people, 0, 0)
    assert faults(service, people) == []


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_command_that_is_killed_is_run_again(kind: str, server: Server, tmp_path: Path):
    service, file = a_service(kind, server, tmp_path), tmp_path / "people.csv"
    file.write_bytes(a_file(800))

    with spawn(["crm", "import", str(file), "--source", "file"], service.env) as dies:
        wait_until(lambda: _leads(service) >= 200, PATIENCE, "some to come in")
        dies.kill()
    before = _leads(service)
    said = service.crm("import", str(file), "--source", "file")

    assert said == f"created={800 - before} joined={before} rejected=0\n"
    assert faults(service, 800) == []


def test_the_count_would_notice_somebody_missing_or_double(server: Server, tmp_path: Path):
    """The known-bad variants, on the same check."""
    service, file = a_service("sqlite", server, tmp_path), tmp_path / "people.csv"
    file.write_bytes(a_file(20))
    service.crm("import", str(file), "--source", "file")

    assert faults(service, 20) == []
    assert faults(service, 21)
    engine = sa.create_engine(service.url)
    with engine.begin() as connection:  # as if a batch had been settled twice
        connection.execute(sa.text("UPDATE submission SET lead_id = 1 WHERE lead_id = 2"))
    engine.dispose()
    assert faults(service, 20)


def a_file(people: int) -> bytes:
    """So many invented people, one a row."""
    out = io.StringIO("Name,Phone,Email,State,Message\n")
    out.seek(0, io.SEEK_END)
    for number in range(people):
        phone = f"(720) 555-{number % 10_000:04d}"
        out.write(f"Person {number},{phone},p{number}@example.org,CO,\"Hello,\nis there room?\"\n")
    return out.getvalue().encode()


def faults(service: Service, people: int) -> list[str]:
    """Whatever is not there exactly once."""
    engine = sa.create_engine(service.url)
    with engine.connect() as connection:
        def count(words: str) -> int:
            return connection.execute(sa.text(f"SELECT count(*) FROM {words}")).scalar_one()

        wrong = [f"{what}: {count(what)}" for what in (
            "lead", "submission", "person", "(SELECT DISTINCT lead_id FROM submission) AS owned",
            "follow_up WHERE kind = 'first-reply'", "event WHERE action = 'received'",
        ) if count(what) != people]
    engine.dispose()
    return wrong


def _ada_chooses(service: Service, raw: bytes) -> None:
    with create_app(from_environment({**service.env})).app_context():
        ada = builders.people()["ada"]
        run = runs.choose(source_of(OF_A_FILE, now()), io.BytesIO(raw), "people.csv", shape_of(raw[:65_536]), "",
                          "America/New_York", True, by=ada, at=now())
        runs.start(run, is_trial=False, by=ada, at=now())
        commit()
        db.engine.dispose()


def _lease_runs_out(service: Service) -> None:
    """As a minute later."""
    with create_app(from_environment({**service.env})).app_context():
        db.session.execute(sa.update(ImportRun).values(lease_until=now() - timedelta(seconds=1)))
        commit()
        db.engine.dispose()


def _leads(service: Service) -> int:
    engine = sa.create_engine(service.url)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT count(*) FROM lead")).scalar_one()
    engine.dispose()
    return found


def _state(service: Service) -> tuple[str, int, int, int]:
    engine = sa.create_engine(service.url)
    with engine.connect() as connection:
        row = connection.execute(sa.text("SELECT state, created, joined, rejected FROM import_run")).one()
    engine.dispose()
    return tuple(row)
