"""The whole service as an operator runs it: the `crm` command, its settings, a database of its own."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.postgres import Server
from tests.support.processes import PROGRAMS, ROOT, Running, free_port, spawn


@dataclass
class Service:
    """Settings and a fresh, migrated database; `crm(…)` runs a command, `serve()` and `worker()` start programs."""

    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.env = {
            "DATABASE_URL": self.url, "SECRET_KEY": secrets.token_urlsafe(32),
            "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(), "CRM_ENV": "development",
            "BASE_URL": self.address, "ORGANISATION_NAME": "Tidewell Recovery", "ORGANISATION_PHONE": "(303) 555-0142",
            "MAIL_REPLY_TO": "intake@example.org", **self.settings,
        }
        self.crm("upgrade")

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def crm(self, *words: str, typed: str = "", fails: bool = False) -> str:
        """Run a `crm` command to its end; what it printed. Raises AssertionError when it fails and should not."""
        surroundings = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        done = subprocess.run(
            [PROGRAMS / "crm", *words], env={**surroundings, **self.env}, cwd=ROOT, input=typed, capture_output=True,
            text=True, timeout=120, check=False,
        )
        assert (done.returncode != 0) == fails, f"crm {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stderr if fails else done.stdout

    def serve(self, *words: str) -> Running:
        """Start `crm serve`; a context that ends with kill -9."""
        running = spawn(["crm", "serve", "--port", str(self.port), *words], self.env)
        running.wait_for_port(self.port)
        return running

    def worker(self) -> Running:
        """Start `crm worker`."""
        return spawn(["crm", "worker"], self.env)


def a_service(kind: str, server: Server, folder: Path, **settings: str) -> Service:
    """A fresh service on SQLite or PostgreSQL; `settings` are environment variables."""
    url = f"sqlite:///{folder / 'crm.db'}" if kind == "sqlite" else server.create(f"service_{secrets.token_hex(4)}")
    return Service(url, folder, settings=settings)
