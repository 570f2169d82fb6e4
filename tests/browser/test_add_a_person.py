"""A person is typed in while on the phone: by keyboard alone, in under half a minute, with those we know beside it."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Clinic
from tests.browser.test_every_page import ANSWERED_WITH
from tests.support.browser import Scheme, axe_violations, scrolls_sideways, watched_page

SECONDS, A_PRESS = 30.0, 0.28  # s; for an average typist: Card, Moran and Newell, the keystroke-level model
MOST_FIELDS = 6
SAVE = "Save, then log the call"


class Hands:
    """Somebody at the keyboard: every press counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def type(self, words: str) -> None:
        self.presses += len(words)
        self.page.keyboard.type(words)

    def press(self, *keys: str) -> None:
        self.presses += len(keys)
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def at(self) -> str:
        """The name of the field under the hands; the words of a button."""
        found: str = self.page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        return found


def seconds_for_the_essentials(hands: Hands) -> float:
    """Number, name, for whom, state and what they said; then on to the button, and saved."""
    essentials = (("phone", "3035550163"), ("name", "Luz Herrera"), ("for", None), ("state", "ariz"),
                  ("msg", "Son leaves detox Friday"))
    assert len(essentials) <= MOST_FIELDS
    for name, words in essentials:
        assert hands.at == name
        if words is None:
            hands.press("ArrowRight")
        else:
            hands.type(words)
        hands.press("Tab")
    for _ in range(100):
        if hands.at == SAVE:
            break
        hands.press("Tab")
    assert hands.at == SAVE
    hands.press("Enter")
    return hands.presses * A_PRESS


def test_the_essentials_take_five_fields_and_less_than_half_a_minute(clinic: Clinic, browser: Browser):
    with watched_page(browser) as page:
        begin(clinic, page)
        taken = seconds_for_the_essentials(Hands(page))

        page.wait_for_url(re.compile("/leads/"))
        assert taken < SECONDS
        expect(page.locator("h1")).to_contain_text("Luz Herrera")
        expect(page.locator(".wrote")).to_contain_text("Son leaves detox Friday")
        expect(page.locator("#composer")).to_contain_text("Log a call")


def test_a_screen_with_more_on_the_way_is_caught(clinic: Clinic, browser: Browser):
    """The known-bad variant: sixty more boxes before the button, and the half minute is over."""
    with watched_page(browser) as page:
        begin(clinic, page)
        page.evaluate("""() => { for (let n = 0; n < 60; n++)
            document.querySelector(".desk-rest button").before(document.createElement("input")); }""")

        assert seconds_for_the_essentials(Hands(page)) > SECONDS
        page.wait_for_url(re.compile("/leads/"))


def test_enter_after_the_number_saves_and_does_not_merely_look(clinic: Clinic, browser: Browser):
    with watched_page(browser) as page:
        begin(clinic, page)
        page.keyboard.type("3035550164")
        page.keyboard.press("Enter")

        page.wait_for_url(re.compile("/leads/"))


def test_known_people_appear_beside_the_typing_and_never_under_it(clinic: Clinic, browser: Browser):
    asked: list[str] = []
    with watched_page(browser) as page:
        begin(clinic, page)
        page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
        field = page.locator("[name=phone]").element_handle()
        page.keyboard.type("720555")
        expect(page.locator("#known li")).to_have_count(5)

        assert page.evaluate("field => field === document.activeElement && field.value", field) == "720555"
        expect(page.locator("#announcements")).to_have_text("More than 5 people have a number like this.")
        assert asked == [f"POST {clinic.service.address}/people/known"], "six digits in one go are one question"
        # "Nora" begins with the key that takes the next person: it must land in the name.
        page.keyboard.press("Tab")
        page.keyboard.type("Nora")
        assert page.input_value("[name=name]") == "Nora" and page.url.endswith("/people/new")
        page.fill("[name=phone]", "7205559999")
        expect(page.locator("#known li")).to_have_count(0)
        expect(page.locator("#announcements")).to_have_text("")


def test_a_known_person_opens_beside_what_is_typed(clinic: Clinic, browser: Browser):
    with watched_page(browser) as page:
        begin(clinic, page)
        page.keyboard.type("720555")
        with page.context.expect_page() as opened:
            page.locator("#known a").first.click()

        expect(opened.value.locator("#composer")).to_be_visible()
        assert page.input_value("[name=phone]") == "720555"


def test_without_script_the_button_looks_and_keeps_what_was_typed(clinic: Clinic, browser: Browser):
    with watched_page(browser, forgive="ERR_FAILED") as page:
        page.route("**/*.js*", lambda script: script.abort())
        begin(clinic, page)
        page.fill("[name=phone]", "720555")
        page.fill("[name=msg]", "Only a message")
        page.click("text=Look for this number")

        assert page.locator("#known li").count() == 5
        assert page.input_value("[name=msg]") == "Only a message"
        page.click(f"text={SAVE}")
        page.wait_for_url(re.compile("/leads/"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_with_known_people_everything_open_and_an_error(clinic: Clinic, browser: Browser, width: int, scheme: Scheme):
    with watched_page(browser, width, 900, scheme, forgive=ANSWERED_WITH) as page:
        begin(clinic, page)
        page.keyboard.press("Enter")
        page.wait_for_selector("#error-summary")
        page.click(".desk summary")
        page.fill("[name=phone]", "720555")
        expect(page.locator("#known li")).to_have_count(5)

        assert axe_violations(page) == [] and not scrolls_sideways(page)


def begin(clinic: Clinic, page: Page) -> None:
    """Priya presses "Add a person"; her hands are on the number."""
    clinic.sign_in(page, "intake")
    page.goto(f"{clinic.service.address}/queue")
    page.click("text=Add a person")
    expect(page.locator("[name=phone]")).to_be_focused()
