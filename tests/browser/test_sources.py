"""Sources in a real browser: Ada adds one, tries it, matches fields; nothing for axe to find, no sideways scroll."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import Scheme, axe_violations, scrolls_sideways, watched_page
from tests.support.postgres import Server
from tests.support.service import Service, a_service

EMAIL, PASSWORD = "ada@example.org", "seven quiet herons wade"
SAMPLE = '{"client": {"q7": "(602) 555-0177", "alias": "Luz"}, "story": "Her son leaves us on Saturday."}'


@pytest.fixture(scope="module")
def house(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with Ada and one source."""
    folder: Path = tmp_path_factory.mktemp("sources")
    service = a_service("sqlite", server, folder, SECOND_FACTOR="off")
    service.crm("staff", "add", EMAIL, "--name", "Ada Example", "--role", "admin", "--password-stdin", typed=PASSWORD)
    service.crm("source", "add", "json", "--name", "Cedar House", "--slug", "cedar")
    with service.serve():
        yield service


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_setting_a_source_up(house: Service, browser: Browser, width: int, scheme: Scheme):
    with watched_page(browser, width, 900, scheme, forgive=r"status of 422") as page:
        _sign_in(house, page)
        found = []
        for address in ("", "/new", "/cedar", "/cedar/mapping"):
            page.goto(f"{house.address}/settings/sources{address}")
            found += _wrong(page, address)
        page.fill("[name=sample]", SAMPLE)
        page.click("text=Read it again")
        page.wait_for_selector("text=As a lead")
        found += _wrong(page, "matching")
        page.goto(f"{house.address}/settings/sources/cedar")
        page.click("text=Send a test")
        page.wait_for_selector("#trial")
        found += _wrong(page, "a test")
        page.goto(f"{house.address}/settings/sources/new")
        page.click("text=Add it")
        page.wait_for_selector("#error-summary")
        found += _wrong(page, "with errors")

        assert found == []


def _sign_in(house: Service, page: Page) -> None:
    page.goto(f"{house.address}/sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(re.compile("/queue"))


def _wrong(page: Page, name: str) -> list[str]:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    sideways = [f"{name}: scrolls sideways"] if scrolls_sideways(page) else []
    return sideways + [f"{name}: {words}" for words in axe_violations(page)]
