"""One demo clinic behind a real server for all the browser tests of a worker."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.support.postgres import Server
from tests.support.processes import Running
from tests.support.service import Service, a_service


@dataclass(frozen=True)
class Clinic:
    """The demo clinic: its service, and who may sign in with what."""

    service: Service
    running: Running
    passwords: dict[str, tuple[str, str]]

    def sign_in(self, page: Page, role: str) -> None:
        """Sign in as the first demo person of the role."""
        email, password = self.passwords[role]
        page.goto(f"{self.service.address}/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("main button")
        page.wait_for_url(re.compile("/(queue|my-day)"))


@pytest.fixture(scope="session")
def clinic(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The demo clinic, served as `make run` serves it."""
    folder = tmp_path_factory.mktemp(f"clinic-{secrets.token_hex(2)}")
    service = a_service("sqlite", server, folder, SECOND_FACTOR="off")
    lines = re.findall(r"^sign in: (\w+) (\S+) (.+)$", service.crm("demo"), re.MULTILINE)
    passwords: dict[str, tuple[str, str]] = {}
    for role, email, password in lines:
        passwords.setdefault(role, (email, password))
    with service.serve() as running:
        yield Clinic(service, running, passwords)
