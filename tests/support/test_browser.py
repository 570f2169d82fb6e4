"""A watched page passes when all is quiet, and fails on each kind of complaint."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.support.browser import AXE, axe_violations, scrolls_sideways, watched_page

PAGE = "data:text/html,<!doctype html><html lang=en><title>Queue</title><main><h1>Nobody is waiting</h1>"


def test_a_page_is_shown_at_its_size_and_scheme(browser: Browser):
    with watched_page(browser, 390, 844, "dark") as page:
        page.goto(PAGE)

        assert page.get_by_role("heading").inner_text() == "Nobody is waiting"
        assert page.evaluate("innerWidth") == 390
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        assert axe_violations(page) == []
        assert not scrolls_sideways(page)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("<script>console.error('a broken promise')</script>", "a broken promise"),
        ("<script>throw Error('nobody caught me')</script>", "nobody caught me"),
        (
            "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\"><p style='color:red'>",
            "Content-Security-Policy: style-src-attr blocked inline",
        ),
        ("<img alt='' src='http://fonts.example.org/a.png'>", "request to another host"),
    ],
)
def test_complaints_fail(browser: Browser, wrong: str, complaint: str):
    with pytest.raises(AssertionError, match=complaint), watched_page(browser) as page:
        page.goto("data:text/html," + wrong)


def test_an_expected_complaint_is_forgiven(browser: Browser):
    with watched_page(browser, forgive="broken promise") as page:
        page.goto(PAGE + "<script>console.error('a broken promise')</script>")


def test_axe_and_width_see_what_is_wrong(browser: Browser):
    with watched_page(browser, 320) as page:
        page.goto(PAGE + "<input><div style='width:900px'>wide</div>")

        assert any(line.startswith("label (critical)") for line in axe_violations(page))
        assert scrolls_sideways(page)


def test_remembered_colours_are_the_same_colours(browser: Browser):
    """Pale words, said in four ways and twice each, are found as axe finds them by itself; dark ones are not."""
    pale = ("rgb(170 170 170)", "hsl(0 0% 67%)", "rgb(0 0 0 / 30%)", "oklch(0.75 0.1 20)")
    dark = ("rgb(80 80 80)", "hsl(0 0% 30%)", "rgb(0 0 0 / 70%)", "oklch(0.4 0.1 20)")
    words = [f"<p style='color:{colour}'>Sam waits</p>" for colour in (*pale, *dark)]
    with watched_page(browser) as page:
        page.goto(PAGE + "".join(words * 2).replace("%", "%25"))

        found, plain = AXE.run(page).response["violations"], Axe().run(page).response["violations"]

        assert found == plain
        assert [(rule["id"], len(rule["nodes"])) for rule in found] == [("color-contrast", 2 * len(pale))]
