"""A real Chromium for the tests, and pages that are watched: a complaint in the console fails the test."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

import chromium  # tools/chromium.py, which also brings one

Scheme = Literal["light", "dark"]

# No update checks, no telemetry, no look-ups: the tests need no network but their own.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Runs in every page before its own scripts, outside its Content-Security-Policy.
TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event =>
  console.error(`Content-Security-Policy: ${event.violatedDirective} blocked ${event.blockedURI || 'inline'}`))
"""

# axe works out the colour of a word from everything that lies under it, and reads the same dozen colours ten thousand
# times on a long list, each time anew: a third of its work. What a colour's words mean is remembered instead.
REMEMBER_COLOURS = """
;(() => {
  const known = new Map(), colour = axe.commons.color.Color.prototype, read = colour.parseString;
  colour.parseString = function (words) {
    if (!known.has(words)) {
      read.call(this, words);
      known.set(words, [this.r, this.g, this.b, this.alpha]);
    }
    [this.r, this.g, this.b, this.alpha] = known.get(words);
    return this;
  };
})()
"""
AXE = Axe(AXE_SCRIPT + REMEMBER_COLOURS)

OWN_HOSTS = {"localhost", "127.0.0.1"}
LOCAL_SCHEMES = {"data", "blob", "about"}


def chromium_path() -> str:
    """The program. Raises RuntimeError saying how to get one."""
    found = chromium.find()
    if found is None:
        raise RuntimeError("The browser tests need Chromium: `make setup` brings it, or set CHROMIUM to its path.")
    return str(found)


def launch_options() -> dict[str, Any]:
    """For Playwright's `chromium.launch`."""
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": chromium_path(), "headless": True, "args": [*QUIET, *as_root]}


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A running browser; the pages of one are cheap, itself takes half a second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched_page(
    browser: Browser, width: int = 1440, height: int = 900, scheme: Scheme = "light", forgive: str = "", **options: Any
) -> Iterator[Page]:
    """A page with cookies of its own, at this size in CSS pixels.

    Leaving it raises AssertionError when anything was complained of: an error in the console, an uncaught exception, a
    violated Content-Security-Policy, a request to another host. `forgive` is a regular expression for complaints a test
    expects (Chromium reports a page answered with 422 as one); `options` go to Playwright's `new_context`.
    """
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
    context.add_init_script(TELL_VIOLATIONS)
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location['url']})")

    def asked(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address.hostname not in OWN_HOSTS:
            complaints.append(f"request to another host: {request.url}")

    context.on("console", heard)
    context.on("weberror", lambda error: complaints.append(f"uncaught: {error.error}"))
    context.on("request", asked)
    try:
        page = context.new_page()
        yield page
        page.evaluate("0")  # whatever the page was about to report has arrived when this is answered
    finally:
        context.close()
    unexpected = [complaint for complaint in complaints if not (forgive and re.search(forgive, complaint))]
    assert not unexpected, "\n".join(unexpected)


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is now, one line for each place."""
    found = AXE.run(page).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
