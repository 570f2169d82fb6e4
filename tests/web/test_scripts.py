"""What the scripts add to pages that work without them, in a real browser: keys, menus, one press, words, time-out."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask, redirect, render_template_string
from flask_babel import Babel
from flask_wtf import CSRFProtect
from werkzeug.serving import make_server

from config import ROOT, Config
from crm.programme import use
from crm.web.context import Place, ago, exact, here_clock, there
from crm.web.static import init_static
from tests.support.browser import axe_violations, scrolls_sideways, watched_page

IDLE = 900  # seconds
NAV = [Place("/queue", "Queue", "inbox", True, 2), Place("/my-day", "My day", "sun", False, None)]
LATE_SOON = SimpleNamespace(kind="soon", words="4 min left", exact="due 10:46 AM", share=25)
TOMORROW = SimpleNamespace(kind="ok", words="Wed 9:00 AM", exact="due Wed 9:00 AM", share=99)

ELSEWHERE = '<!doctype html><title>Another page</title><link rel="icon" href="data:,">'
QUEUE = """
{% extends "base.html" %}
{% from "macros/due.html" import due %}
{% from "macros/table.html" import table %}
{% from "macros/time.html" import moment %}
{% from "macros/icon.html" import icon %}
{% block title %}Up next{% endblock %}
{% block main %}
<div class="page-head"><div><h1>Up next</h1></div></div>
<form class="filters" role="search"><div class="search">
<label class="vh" for="q">Search</label>{{ icon("search") }}<input class="input" id="q" type="search"></div></form>
{% call(lead) table(leads, caption="People to reach", headings=["Due", "Person", "Arrived"], empty="Nobody waits.") %}
<tr data-lead="{{ lead.ref }}"><td>{{ due(lead.due, at=lead.at) }}</td>
<th scope="row"><a href="/leads/{{ lead.ref }}">{{ lead.name }}</a></th>
<td>{{ moment(lead.wrote, "America/Denver") }}</td></tr>
{% endcall %}
{% endblock %}
"""


@pytest.fixture(scope="module")
def house():
    """The shell with a small queue in it, on a server of its own; `taken` counts presses that arrived."""
    use(Config())  # the words about time ask the programme for its zone
    app = Flask(
        "scripts",
        static_folder=ROOT / "crm" / "static",
        static_url_path="/static",
        template_folder=ROOT / "templates",
        root_path=str(ROOT),
    )
    app.secret_key = "tests only"
    app.jinja_env.filters.update(ago=ago, exact=exact, there=there, here_clock=here_clock)
    CSRFProtect(app)
    Babel(app)
    init_static(app)
    house = SimpleNamespace(taken=0, slow=threading.Event())
    app.context_processor(_context)
    app.get("/queue")(_queue)
    app.get("/my-day", endpoint="my_day")(lambda: ELSEWHERE)
    app.get("/leads/<ref>", endpoint="lead")(lambda ref: ELSEWHERE)

    @app.post("/queue/next")
    def take_next():
        house.taken += 1
        house.slow.wait(timeout=2)
        return redirect("/leads/sam")

    server = make_server("localhost", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    house.url = f"http://localhost:{server.port}"
    yield house
    server.shutdown()


@pytest.fixture
def queue(browser, house):
    """Ida looks at the queue; time stands until the test moves it."""
    house.taken = 0
    house.slow.set()
    with watched_page(browser) as page:
        page.clock.install()
        page.goto(f"{house.url}/queue")
        yield page


def test_j_and_k_walk_along_the_people_and_o_opens_one(queue):
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    assert focused(queue) == "Theo Ramsey"
    queue.keyboard.press("k")
    assert focused(queue) == "Dana W."
    queue.keyboard.press("o")

    queue.wait_for_url("**/leads/dana")


def test_n_takes_the_next_person(queue, house):
    queue.keyboard.press("n")

    queue.wait_for_url("**/leads/sam")
    assert house.taken == 1


def test_g_then_m_goes_to_my_day(queue):
    queue.keyboard.press("g")
    queue.keyboard.press("m")

    queue.wait_for_url("**/my-day")


def test_keys_never_act_while_somebody_types_or_reads_the_list(queue, house):
    queue.keyboard.press("/")
    queue.keyboard.type("njo?")
    assert queue.locator("#q").input_value() == "njo?"

    queue.evaluate("document.activeElement.blur()")
    queue.keyboard.press("?")
    queue.keyboard.press("n")
    assert queue.locator("dialog[open]").count() == 1
    assert house.taken == 0


@pytest.mark.parametrize("chord", ["Control+j", "Alt+j", "Meta+j"])
def test_a_key_with_a_modifier_belongs_to_the_browser(queue, chord):
    queue.keyboard.press(chord)

    assert focused(queue) != "Dana W."


def test_keys_can_be_switched_off_and_stay_off(queue, house):
    queue.locator("summary.me").click()
    queue.get_by_role("button", name="Keys").click()
    queue.get_by_label("Use single keys on this device").uncheck()
    queue.reload()
    queue.keyboard.press("n")
    queue.keyboard.press("j")

    assert house.taken == 0
    assert focused(queue) != "Dana W."


def test_escape_closes_a_menu_and_gives_focus_back(queue):
    queue.locator("summary.me").click()
    queue.get_by_role("button", name="Sign out").focus()
    queue.keyboard.press("Escape")

    assert queue.locator("details.menu[open]").count() == 0
    assert queue.evaluate("document.activeElement.matches('summary.me')")


def test_a_press_elsewhere_closes_a_menu(queue):
    queue.locator("summary.me").click()
    queue.locator("h1").click()

    assert queue.locator("details.menu[open]").count() == 0


def test_three_presses_are_one_and_the_button_keeps_its_focus(queue, house):
    house.slow.clear()
    seen = queue.evaluate("""async () => {
        const button = document.querySelector("[data-take-next] button");
        button.focus();
        button.click(); button.click(); button.click();
        return [document.activeElement === button, button.disabled, button.querySelectorAll(".saving").length];
    }""")
    house.slow.set()
    queue.wait_for_url("**/leads/sam")

    assert seen == [True, False, 0]
    assert house.taken == 1


def test_without_the_script_three_presses_are_more_than_one_try(browser, house):
    """The control: the same presses on the same page are caught by nothing when forms.js is missing."""
    with watched_page(browser, forgive="forms.js") as page:
        page.route("**/js/forms.js*", lambda route: route.abort())
        page.goto(f"{house.url}/queue")

        assert (
            page.evaluate("""() => {
            let passed = 0;
            document.addEventListener("submit", (event) => {
                passed += !event.defaultPrevented;
                event.preventDefault();
            });
            const button = document.querySelector("[data-take-next] button");
            button.click(); button.click(); button.click();
            return passed;
        }""")
            == 3
        )


def test_words_about_time_stay_fresh(queue):
    queue.clock.fast_forward(timedelta(minutes=6).total_seconds() * 1000)

    assert queue.locator(".due-late [data-words]").all_inner_texts() == ["2 min late"]
    assert queue.locator("time [data-words]").all_inner_texts() == ["27 min ago", "27 min ago"]


def test_words_that_do_not_count_are_left_alone(queue):
    queue.clock.fast_forward(timedelta(minutes=6).total_seconds() * 1000)

    assert "Wed 9:00 AM" in queue.locator("[data-due] [data-words]").all_inner_texts()


def test_the_time_out_is_announced_two_minutes_before_and_can_be_put_off(queue):
    ending, ended = queue.locator("[data-session=ending]"), queue.locator("[data-session=ended]")

    queue.clock.fast_forward((IDLE - 125) * 1000)
    assert not ending.is_visible()
    queue.clock.fast_forward(10 * 1000)
    assert ending.is_visible()
    assert axe_violations(queue) == []
    ending.get_by_role("button", name="Stay signed in").click()
    ending.wait_for(state="hidden")
    queue.clock.fast_forward((IDLE - 125) * 1000)
    assert not ended.is_visible()
    queue.clock.fast_forward(130 * 1000)
    assert ended.is_visible()
    assert axe_violations(queue) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_the_shell_is_accessible_with_its_menu_and_its_list_of_keys_open(browser, house, width, scheme):
    with watched_page(browser, width=width, scheme=scheme) as page:
        page.goto(f"{house.url}/queue")
        page.locator("summary.me").click()
        assert axe_violations(page) == []
        assert not scrolls_sideways(page)
        page.locator("summary.me").press("Escape")
        page.keyboard.press("?")
        assert axe_violations(page) == []
        assert not scrolls_sideways(page)


def focused(page):
    return page.evaluate("document.activeElement.innerText")


def _queue():
    now = datetime.now(UTC)
    wrote = now - timedelta(minutes=21)
    dana = SimpleNamespace(ref="dana", name="Dana W.", due=LATE_SOON, at=now + timedelta(minutes=4), wrote=wrote)
    theo = SimpleNamespace(ref="theo", name="Theo Ramsey", due=TOMORROW, at=now + timedelta(hours=22), wrote=wrote)
    return render_template_string(QUEUE, leads=[dana, theo])


def _context():
    return {
        "me": SimpleNamespace(id=1, name="Ida Moss", role="intake"),
        "may": lambda permission: True,
        "unread": 3,
        "organisation": {"name": "Tidewell Recovery", "phone": "(303) 555-0142"},
        "demo_mark": True,
        "nav": NAV,
        "now": datetime.now(UTC),
        "idle_seconds": IDLE,
    }
