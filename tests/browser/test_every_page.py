"""Every page, for everybody who sees it, at three widths, light and dark: nothing for axe to find, no complaint in the
console, no sideways scroll on a small phone; also with every menu and dialog open, and with errors on the screen."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Clinic
from tests.support.browser import Scheme, axe_violations, scrolls_sideways, watched_page

PUBLIC = ("/contact", "/contact/embed", "/sign-in", "/no-such-page")
PAGES = {
    "intake": ("/queue", "/queue?show=everyone", "/queue?status=closed", "/queue?state=ZZ", "/held", "/people/new",
               "/my-day", "/people", "/reports", "/notifications", "/account"),
    "coach": ("/my-day", "/people", "/reports", "/reports/everyone", "/notifications", "/account", "/queue"),
    "admin": ("/queue", "/people/new", "/reports", "/reports/everyone", "/reports/first-reply", "/reports/follow-ups",
              "/reports/everyone/people?part=wrote", "/reports?from=2026-13-99", "/outbox", "/account",
              "/settings/sources", "/settings/sources/new", "/settings/sources/website",
              "/held?show=test", "/held?show=dismissed",
              "/settings/import"),
}  # fmt: skip
# Chromium reports a page that is answered with an error status as a console error of its own.
ANSWERED_WITH = r"status of (400|403|404|422)"

OPEN_EVERYTHING = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const dialog of document.querySelectorAll("dialog")) if (!dialog.open) dialog.show();
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
@pytest.mark.parametrize("who", ["nobody", "intake", "coach", "admin"])
def test_every_page(clinic: Clinic, browser: Browser, who: str, width: int, scheme: Scheme):
    with watched_page(browser, width, 900, scheme, forgive=ANSWERED_WITH) as page:
        if who != "nobody":
            clinic.sign_in(page, who)
        found = []
        for address in PAGES.get(who, PUBLIC):
            page.goto(clinic.service.address + address)
            found += _wrong_with(page, address)
        found += _wrong_with_a_lead(clinic, page, who)

        assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
def test_the_form_with_its_errors(clinic: Clinic, browser: Browser, width: int, scheme: Scheme):
    with watched_page(browser, width, 900, scheme, forgive=ANSWERED_WITH) as page:
        page.goto(clinic.service.address + "/contact")
        page.fill("[name=msg]", "Only a message")
        page.click("main form button:not([name])")
        page.wait_for_selector("#error-summary")

        assert _wrong_with(page, "the form with errors") == []
        assert page.input_value("[name=msg]") == "Only a message"


def test_the_checks_bite(clinic: Clinic, browser: Browser):
    """The known-bad variant: a picture without words and a box wider than the phone are found."""
    with watched_page(browser, 320, 900) as page:
        page.goto(clinic.service.address + "/contact")
        page.evaluate("""() => { const wide = document.createElement("div"); wide.append(new Image());
            wide.setAttribute("id", "wide"); document.querySelector("main").append(wide);
            wide.style.setProperty("inline-size", "900px"); }""")

        found = _wrong_with(page, "a bad page")

        assert any("image-alt" in words for words in found)
        assert any("sideways" in words for words in found)


def _wrong_with_a_lead(clinic: Clinic, page: Page, who: str) -> list[str]:
    if who == "nobody":
        return []
    page.goto(clinic.service.address + ("/people" if who == "coach" else "/queue"))
    link = page.locator("[data-lead] a[href^='/leads/']").first.get_attribute("href")
    found = []
    for view in ("", "?log=text", "?log=email", "?log=note"):
        page.goto(f"{clinic.service.address}{link}{view}")
        found += _wrong_with(page, f"a lead{view}")
    found += _wrong_with_a_pair(clinic, page, str(link)) if who != "coach" else []
    return found


def _wrong_with_a_pair(clinic: Clinic, page: Page, link: str) -> list[str]:
    """Looked for by a name, and side by side."""
    page.goto(clinic.service.address + link)
    page.evaluate(OPEN_EVERYTHING)
    page.fill("#other-q", (page.locator("h1").text_content() or "").split()[0])
    page.click("text=Look")
    found = _wrong_with(page, "somebody looked for")
    page.goto(clinic.service.address + "/queue")
    other = page.locator("[data-lead] a[href^='/leads/']").nth(1).get_attribute("href") or ""
    page.goto(f"{clinic.service.address}{link}/duplicates/{other.removeprefix('/leads/')}")
    return found + _wrong_with(page, "two side by side")


def _wrong_with(page: Page, address: str) -> list[str]:
    """As it comes, on a wide light page; with every menu and dialog open, everywhere."""
    size = page.viewport_size or {"width": 0}
    found = []
    if size["width"] == 320 and scrolls_sideways(page):
        found.append(f"{address}: scrolls sideways")
    if size["width"] == 1440 and not page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"):
        found += [f"{address}: {words}" for words in axe_violations(page)]
    page.evaluate(OPEN_EVERYTHING)
    return found + [f"{address}, all open: {words}" for words in axe_violations(page)]
