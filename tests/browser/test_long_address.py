"""An e-mail address may be very long: on the lead's page it breaks, and what they allow can be read beside it."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Clinic
from tests.support.browser import scrolls_sideways, watched_page

LONG = "maximiliana.featherstonehaugh-cholmondeley.the.third@correspondence.department.example.org"
COVERED = """() => [...document.querySelectorAll(".consent")].filter(way => {
  const words = document.createRange(); words.selectNodeContents(way.children[1]);
  const edge = Math.max(...[...words.getClientRects()].map(box => box.right));
  return edge > way.children[2].getBoundingClientRect().left || edge > way.getBoundingClientRect().right;
}).map(way => way.textContent.trim().replace(/\\s+/g, " "))"""


@pytest.mark.parametrize("width", [1440, 1024, 390, 320])
def test_a_long_address_leaves_room_for_what_they_allow(clinic: Clinic, browser: Browser, width: int):
    with watched_page(browser, width) as page:
        _write_down_a_long_address(clinic, page)

        assert page.evaluate(COVERED) == []
        assert not scrolls_sideways(page)


def test_an_address_that_does_not_break_is_caught(clinic: Clinic, browser: Browser):
    """The known-bad variant."""
    with watched_page(browser) as page:
        _write_down_a_long_address(clinic, page)
        page.evaluate("document.querySelectorAll('.consent > span').forEach(one => one.style.overflowWrap = 'normal')")

        assert any(LONG in words for words in page.evaluate(COVERED))


def _write_down_a_long_address(clinic: Clinic, page: Page) -> None:
    clinic.sign_in(page, "intake")
    page.goto(clinic.service.address + "/queue?show=everyone")
    lead = page.locator("main a[href^='/leads/']").first.get_attribute("href")
    page.goto(f"{clinic.service.address}{lead}/reach")
    page.fill("[name=emails]", LONG)
    page.locator("[name=may_email][value=no]").check(force=True)
    page.click("main form button:not([name])")
    page.wait_for_selector(".consent")
