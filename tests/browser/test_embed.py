"""Our form in a frame on another site: only where we allow it, as high as it needs, in the visitor's language."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page

from tests.support.browser import axe_violations, scrolls_sideways, watched_page
from tests.support.postgres import Server
from tests.support.processes import free_port
from tests.support.service import Service, a_service

FRAME = """<!doctype html><html lang="en"><title>A clinic's own site</title><link rel="icon" href="data:,">
<h1>Write to us</h1>
<iframe src="{address}/contact/embed{asked}" title="Send us a message" width="100%" height="640"></iframe>
<p>Below the form</p>{script}"""
SCRIPT = '<script src="{address}/static/js/embed-parent.js" defer></script>'


@contextmanager
def a_site(port: int, page: str) -> Iterator[str]:
    """Somebody's own site: another origin than ours, which serves one page."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def allowed_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def service(server: Server, tmp_path_factory: pytest.TempPathFactory, allowed_port: int) -> Iterator[Service]:
    """Our service, which one other site may show in a frame."""
    ours = a_service("sqlite", server, tmp_path_factory.mktemp("framed"), SECOND_FACTOR="off",
                     FRAME_ANCESTORS=f"http://127.0.0.1:{allowed_port}")
    with ours.serve():
        yield ours


def page_with(service: Service, script: bool = True, asked: str = "") -> str:
    return FRAME.format(address=service.address, asked=asked,
                        script=SCRIPT.format(address=service.address) if script else "")


def framed(page: Page) -> Frame:
    """The frame, when its page stands in it."""
    page.wait_for_function("document.querySelector('iframe').contentWindow.length !== undefined")
    frame = page.query_selector("iframe").content_frame()
    frame.wait_for_selector("h1")
    return frame


def height(page: Page) -> int:
    return page.evaluate("document.querySelector('iframe').clientHeight")


def inner(frame: Frame) -> int:
    return frame.evaluate("Math.ceil(document.body.getBoundingClientRect().height)")


def fits(page: Page, frame: Frame) -> None:
    """Wait until the frame is as high as what is in it. Raises TimeoutError."""
    for _ in range(200):
        if height(page) == inner(frame):
            return
        page.wait_for_timeout(25)
    raise TimeoutError(f"the frame is {height(page)} high, its page {inner(frame)}")


@pytest.mark.parametrize("width", [1200, 320])
def test_the_frame_grows_with_its_form_and_shrinks_with_the_thank_you(
    service: Service, browser: Browser, allowed_port: int, width: int
):
    asked: list[str] = []
    with a_site(allowed_port, page_with(service)) as site, watched_page(browser, width, 800, forgive="422") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(site)
        frame = framed(page)
        fits(page, frame)
        form = height(page)
        assert form > 1000 and not frame.evaluate("document.documentElement.scrollHeight > innerHeight")
        assert not scrolls_sideways(page)

        frame.click("form.pub-form button:not([name])")
        frame.wait_for_selector("#error-summary")
        fits(page, frame)
        assert height(page) > form, "the errors need room as well"

        fill_in(frame)
        frame.click("form.pub-form button:not([name])")
        frame.wait_for_selector("text=We have your message")
        fits(page, frame)
        assert height(page) < form
        page.wait_for_function("document.querySelector('iframe').getBoundingClientRect().bottom > 0")

    assert {f"{url.scheme}://{url.netloc}" for url in map(urlsplit, asked) if url.scheme != "data"} == {
        site, service.address}


def test_it_works_without_script_in_a_frame_that_scrolls(service: Service, browser: Browser, allowed_port: int):
    with a_site(allowed_port, page_with(service)) as site, \
            watched_page(browser, 1200, 800, java_script_enabled=False) as page:
        page.goto(site)
        frame = page.frames[1]
        fill_in(frame)
        frame.click("form.pub-form button:not([name])")
        frame.wait_for_selector("text=We have your message")

        assert page.locator("iframe").bounding_box()["height"] >= 640


def test_a_site_without_our_file_shows_a_frame_that_scrolls(service: Service, browser: Browser, allowed_port: int):
    """The control of the resizing: without the file nothing changes the frame."""
    with a_site(allowed_port, page_with(service, script=False)) as site, watched_page(browser, 1200, 800) as page:
        page.goto(site)
        frame = framed(page)

        assert inner(frame) > 1000
        assert height(page) < 700
        assert frame.evaluate("document.documentElement.scrollHeight > innerHeight")


def test_another_site_is_refused(service: Service, browser: Browser):
    """Any origin that FRAME_ANCESTORS does not name, though it is the same machine."""
    with a_site(free_port(), page_with(service)) as site, \
            watched_page(browser, 1200, 800, forgive="frame|postMessage|ERR_BLOCKED") as page:
        page.goto(site)
        page.wait_for_load_state("networkidle")

        assert page.frames[1].evaluate("document.querySelector('form')") is None
        assert height(page) < 700


@pytest.mark.parametrize("address", ["/contact", "/sign-in", "/contact/thanks/x"])
def test_no_other_page_of_ours_stands_in_a_frame(service: Service, browser: Browser, allowed_port: int, address: str):
    page_of = page_with(service).replace("/contact/embed", address)
    with a_site(allowed_port, page_of) as site, \
            watched_page(browser, 1200, 800, forgive="frame|postMessage|ERR_BLOCKED|404") as page:
        page.goto(site)
        page.wait_for_load_state("networkidle")

        assert page.frames[1].evaluate("document.querySelector('main')") is None


def test_a_height_from_anybody_else_is_not_believed(service: Service, browser: Browser, allowed_port: int):
    """The page itself and a frame of its own send heights: only our own origin, from the very frame, counts."""
    lie = "&lt;script&gt;parent.postMessage({lantern: 'height', height: 5000}, '*')&lt;/script&gt;"
    foreign = f'<iframe id="foreign" srcdoc="{lie}"></iframe>'
    with a_site(allowed_port, page_with(service) + foreign) as site, watched_page(browser, 1200, 800) as page:
        page.goto(site)
        frame = framed(page)
        fits(page, frame)
        page.evaluate("postMessage({ lantern: 'height', height: 5000 }, '*')")
        for bad in ("5000.5", "'5000'", "-1", "1e9", "null"):
            frame.evaluate(f"parent.postMessage({{ lantern: 'height', height: {bad} }}, '{site}')")
        page.evaluate("new Promise((done) => setTimeout(done, 50))")

        assert height(page) == inner(frame)
        assert page.locator("#foreign").bounding_box()["height"] < 300
        frame.evaluate(f"parent.postMessage({{ lantern: 'height', height: 777 }}, '{site}')")
        page.wait_for_function("document.querySelector('iframe').style.height === '777px'")


def test_in_spanish_to_the_end(service: Service, browser: Browser, allowed_port: int):
    with a_site(allowed_port, page_with(service, asked="?lang=es")) as site, watched_page(browser, 390, 800) as page:
        page.goto(site)
        frame = framed(page)
        assert frame.locator("h1").inner_text() == "Envíenos un mensaje"
        fill_in(frame)
        frame.click("form.pub-form button:not([name])")
        frame.wait_for_selector("text=Tenemos su mensaje")
        fits(page, frame)


def test_another_language_keeps_what_is_typed(service: Service, browser: Browser):
    with watched_page(browser, 390, 800) as page:
        page.goto(f"{service.address}/contact")
        fill_in(page.main_frame)
        page.click("text=Español")
        page.wait_for_selector("h1:has-text('Envíenos')")

        assert page.input_value("[name=name]") == "Dana" and page.is_checked("[name=via][value=email]")
        assert page.locator(".tongues a").inner_text() == "English"
        page.click("form.pub-form button:not([name])")
        page.wait_for_selector("text=Gracias, Dana")
        assert "lang=es" in page.url


def test_without_script_the_page_says_that_another_language_empties_the_form(service: Service, browser: Browser):
    with watched_page(browser, 390, 800, java_script_enabled=False) as page:
        page.goto(f"{service.address}/contact?lang=es")

        words = page.locator("noscript p")
        assert words.is_visible() and "al cambiarlo se borra lo que haya escrito" in words.inner_text()
        page.click("text=English")
        assert page.locator("h1").inner_text() == "Send us a message"


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_spanish_pages_are_as_good_as_the_english(service: Service, browser: Browser, width: int):
    with watched_page(browser, width, 900, forgive="422") as page:
        for address in ("/contact?lang=es", "/contact/embed?lang=es"):
            page.goto(service.address + address)
            assert axe_violations(page) == [] and not scrolls_sideways(page)
        page.click("form.pub-form button:not([name])")
        page.wait_for_selector("#error-summary")
        assert axe_violations(page) == [] and not scrolls_sideways(page)


def fill_in(frame: Frame) -> None:
    """What Dana writes, by keyboard: a frame that is just growing moves away under a mouse."""
    for box in ("[name=for][value=self]", "[name=via][value=email]", "[name=ok]"):
        frame.press(box, "Space")
    frame.fill("[name=name]", "Dana")
    frame.select_option("[name=state]", "CO")
    frame.fill("[name=email]", "dana@example.org")


def test_the_documentation_shows_the_snippet_that_was_tried():
    words = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text()

    assert 'src="https://lantern.example.org/contact/embed"' in words
    assert '<script src="https://lantern.example.org/static/js/embed-parent.js" defer></script>' in words
