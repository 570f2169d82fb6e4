"""The people and the house of the tests: Ida and Inez at intake, the coaches Cora and Cole, Ada the administrator.

Every test that asks for `app` runs twice, on SQLite and on PostgreSQL: real servers, a clean database each time.
"""

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

import install  # tools/install.py
from config import Config
from crm import create_app
from crm.cli.upgrade import migrate
from crm.db import Base, begin_reading, commit, db
from crm.lifecycle.workflow import forget
from crm.programme import use
from crm.staff import cookies, signins
from tests.support import builders
from tests.support.browser import open_browser
from tests.support.memory import in_memory
from tests.support.postgres import Server, start_server
from tests.support.readers import until_all_is_read

HERE = Path(__file__).parent
DATABASES = ("sqlite", "postgresql")
KEPT_TABLES = {"status", "transition", "reason", "business_hours", "holiday", "alembic_version"}
SWEPT = [table.name for table in Base.metadata.sorted_tables if table.name not in KEPT_TABLES]
# A replica's role passes the triggers that keep history append-only: only a superuser may. The lock waits for whoever
# still writes, so that nobody's late commit meets the next test. TRUNCATE makes every table's files anew, some twenty
# times the work of deleting the few rows of a test; what has grown large is worth it.
EMPTY_EVERYTHING = f"""DO $$ BEGIN
    SET LOCAL session_replication_role = replica;
    LOCK TABLE {", ".join(SWEPT)} IN ACCESS EXCLUSIVE MODE;
    IF (SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relname IN ({", ".join(map(repr, SWEPT))})) > {2**22} THEN
        TRUNCATE {", ".join(SWEPT)} RESTART IDENTITY CASCADE;
    ELSE
        {" ".join(f"DELETE FROM {name};" for name in SWEPT)}
        PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
            WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
    END IF;
END $$"""
# How long an example takes on a busy machine says nothing about it; `make bench` measures.
settings.register_profile("lantern", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lantern")

NOW = datetime(2026, 11, 24, 15, 42, tzinfo=UTC)  # Tuesday, 10:42 AM Eastern: the doors are open


# What starts programs, browsers or whole clinics and waits for them, longest first.
LONG = (
    "story/test_main_story.py", "faults/test_web_killed.py", "browser/test_every_page.py",
    "outbox/test_worker_killed.py", "demo/test_standing.py", "cli/test_serve.py", "outbox/test_timetable.py",
    "support/test_postgres.py", "db/test_lost_updates.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL server for the whole run: the controller starts it, the workers find its address."""
    for memory in in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))  # where pytest makes its temporary folders
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        install.languages()
        config.postgres = start_server()  # type: ignore[attr-defined]
        os.environ["TEST_DATABASE_URL"] = config.postgres.url("postgres")  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server goes with the run that started it."""
    if hasattr(config, "postgres"):
        config.postgres.stop()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long ones first, a share of each to every process, so that at the end no process waits for another.

    `--dist worksteal` begins by cutting the list into as many equal pieces as there are processes.
    """
    processes = config.workerinput["workercount"] if hasattr(config, "workerinput") else 1
    hands: deque[list[pytest.Item]] = deque([] for _ in range(processes))
    for name in LONG:
        file = [item for item in items if item.path == HERE / name]
        for number, hand in enumerate(hands):
            hand += file[len(file) * number // processes : len(file) * (number + 1) // processes]
        hands.rotate()
    dealt = {item for hand in hands for item in hand}
    short, left = deque(item for item in items if item not in dealt), len(items)
    items.clear()
    for number, hand in enumerate(hands):
        piece = (left - len(items)) // (processes - number)
        items += hand
        items += [short.popleft() for _ in range(min(piece - len(hand), len(short)))]
    items += short


@pytest.fixture(scope="session")
def server() -> Server:
    """The PostgreSQL server of this run."""
    return start_server()


@pytest.fixture(scope="session")
def _homes(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, "Home"]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = tmp_path_factory.mktemp("database")
    return {
        "sqlite": Home(f"sqlite:///{folder / 'crm.db'}", folder),
        "postgresql": Home(server.create(f"lantern_{worker}_{os.getpid()}"), folder),
    }


class Home:
    """One migrated database of a kind, and the application on it; made at the first use, cleaned before each."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._app: Flask | None = None

    def clean_app(self) -> Flask:
        """The application on an empty database (workflow, hours and holidays are there)."""
        if self._app is None:
            self._app = create_app(a_config(self.url))
            with self._app.app_context():
                migrate()
                db.engine.dispose()
            if self.url.startswith("sqlite"):
                shutil.copy(self.folder / "crm.db", self.folder / "clean.db")
        until_all_is_read()
        use(a_config(self.url))  # a test may have started a program with other settings in this process
        with self._app.app_context():
            forget()
            self._sweep()
        return self._app

    def _sweep(self) -> None:
        if self.url.startswith("sqlite"):
            db.engine.dispose()
            for leftover in ("crm.db-wal", "crm.db-shm"):
                (self.folder / leftover).unlink(missing_ok=True)
            shutil.copy(self.folder / "clean.db", self.folder / "crm.db")
        else:
            with db.engine.begin() as connection:
                connection.exec_driver_sql(EMPTY_EVERYTHING)


def a_config(url: str, **changes: Any) -> Config:
    """The settings of the tests; `changes` are fields of Config."""
    settings: dict[str, Any] = {
        "environment": "test", "database_url": url, "secret_key": "tests only: 0123456789 abcdefghij",
        "field_keys": (b"k" * 32,), "trusted_hosts": ("localhost", "127.0.0.1"), "second_factor": "off",
        "organisation_name": "Tidewell Recovery", "organisation_phone": "(303) 555-0142",
    }
    return Config(**{**settings, **changes})


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, one for all the tests of a process: the library can be started only once in it."""
    with open_browser() as chromium:
        yield chromium


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest, _homes: dict[str, Home]) -> Flask:
    """The application on a clean database, once on each kind."""
    return _homes[request.param].clean_app()


@pytest.fixture
def writing(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """`with writing():` a transaction of its own that is committed at its end."""

    @contextmanager
    def enter() -> Iterator[None]:
        with app.app_context():
            yield
            commit()

    return enter


@pytest.fixture
def reading(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """`with reading():` look at what the database says now."""

    @contextmanager
    def enter() -> Iterator[None]:
        with app.app_context():
            begin_reading()
            yield

    return enter


@pytest.fixture
def people(writing: Callable[[], AbstractContextManager[None]]) -> dict[str, Any]:
    """Ida, Inez, Cora, Cole and Ada, by first name in lower case."""
    with writing():
        return builders.people()


@pytest.fixture
def a_lead(writing: Callable[[], AbstractContextManager[None]], people: dict[str, Any]) -> Callable[..., Any]:
    """`a_lead("Sam", coach="cora", received="…")`: somebody wrote. Give what the test is about."""

    def make(name: str = "Sam Poe", **about: Any) -> Any:
        with writing():
            return builders.a_lead(people, name, **about)

    return make


@pytest.fixture
def a_followup(writing: Callable[[], AbstractContextManager[None]], people: dict[str, Any]) -> Callable[..., Any]:
    """`a_followup(sam, due=…, owner="cora")`: somebody promised to get in touch."""

    def make(lead: Any, **about: Any) -> Any:
        with writing():
            return builders.a_followup(people, lead, **about)

    return make


@pytest.fixture
def as_(app: Flask, people: dict[str, Any]) -> Callable[[str | None], FlaskClient]:
    """`as_("cora")`: a browser in which Cora is signed in; `as_(None)`: a stranger's."""

    def sign_in(name: str | None) -> FlaskClient:
        client = app.test_client()
        if name:
            with app.app_context():
                from crm.clock import now

                token = signins.begin(people[name], now(), complete=True)
                commit()
            client.set_cookie(cookies.cookie_name(), token, domain="localhost")
        return client

    return sign_in


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """`at("10:42")`: a moment of Tuesday, November 24, 2026, Eastern time; `days=1`: the day after."""

    def moment(clock: str, days: int = 0) -> datetime:
        hours, minutes = map(int, clock.split(":"))
        return datetime(2026, 11, 24, 5, tzinfo=UTC) + timedelta(days=days, hours=hours, minutes=minutes)

    return moment


@pytest.fixture
def count(reading: Callable[[], AbstractContextManager[None]]) -> Callable[..., int]:
    """`count(Lead, Lead.coach_id == 3)`: how many rows there are."""

    def rows(model: Any, *where: Any) -> int:
        with reading():
            return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0

    return rows
