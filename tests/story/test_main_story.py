"""The whole story: Dana writes on her phone, Ida answers, Cora takes over, a promise reminds, the report counts it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import watched_page
from tests.support.mail import SmtpSink
from tests.support.postgres import Server
from tests.support.processes import wait_until
from tests.support.service import Service, a_service

PASSWORD = "a lantern in the window at night"
STAFF = {"ida": "intake", "cora": "coach", "cole": "coach", "ada": "admin"}
MESSAGE = "My brother comes home from inpatient on Friday and I am scared of the first week."
PERSONAL = ("Dana", "Whitlock", "555-0118", "5550118", "dana@example.org", "brother", "inpatient", "Tidewell")


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as mail:
        yield mail


@pytest.fixture
def service(server: Server, tmp_path: Path, sink: SmtpSink) -> Iterator[Service]:
    """`crm serve` and `crm worker` as an operator starts them, second factor required."""
    clinic = a_service("postgresql", server, tmp_path, SECOND_FACTOR="required", SMTP_URL=sink.url,
                       TIME_ZONE="America/Denver")
    for name, role in STAFF.items():
        clinic.crm("staff", "add", f"{name}@example.org", "--name", f"{name.title()} Example", "--role", role,
                   "--password-stdin", typed=f"{PASSWORD}\n")
    with clinic.serve(), clinic.worker():
        yield clinic


def test_from_send_us_a_message_to_a_reminder_that_arrives(service: Service, sink: SmtpSink, browser: Browser):
    with watched_page(browser, 390, 844) as phone:
        _dana_writes(phone, service)

    with watched_page(browser) as desk:
        _sign_in(desk, service, "ida")
        desk.click("[data-take-next] button")
        desk.wait_for_url(re.compile("/leads/"))
        expect(desk.locator("blockquote").first).to_contain_text("scared of the first week")
        lead = desk.locator("main").get_attribute("data-lead")
        due = _log_a_call_and_promise(desk)
        choice = desk.locator("form[action$='/assignment'] select")
        choice.select_option(choice.locator("option", has_text="Cora").get_attribute("value"))
        desk.locator("form[action$='/assignment'] button").click()
        expect(desk.locator("main")).to_contain_text("Cora")

    with watched_page(browser, 390, 844, forgive="status of 404") as phone:
        _sign_in(phone, service, "cora")
        expect(phone.locator(f"[data-lead='{lead}']").first).to_contain_text("Dana")
        _cole_finds_nothing(browser, service, lead)
        _the_reminder_arrives(sink, due)
        phone.goto(f"{service.address}/notifications")
        expect(phone.locator("main")).to_contain_text("Follow-up due")

    with watched_page(browser) as desk:
        _sign_in(desk, service, "ada")
        desk.goto(f"{service.address}/reports/everyone")
        desk.locator("[data-count='spoke']").first.click()
        expect(desk.locator(f"[data-lead='{lead}']")).to_be_visible()

    assert "whole" in service.crm("audit", "verify")


def _dana_writes(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/contact")
    expect(page.locator("main")).to_contain_text('indicates required fields')
    page.check("[name=for][value=loved]", force=True)
    page.fill("[name=name]", "Dana Whitlock")
    page.select_option("[name=state]", "CO")
    page.check("[name=via][value=call]", force=True)
    page.check("[name=via][value=email]", force=True)
    page.fill("[name=phone]", "(720) 555-0118")
    page.fill("[name=email]", "dana@example.org")
    page.check("[name=vm][value=name]", force=True)
    page.fill("[name=msg]", MESSAGE)
    page.check("[name=ok]")
    page.click("main form button")
    page.wait_for_url(re.compile("/contact/thanks/"))
    expect(page.locator("h1")).to_contain_text("We have your message")
    page.reload()
    expect(page.locator("main")).to_contain_text("M-1001")


def _sign_in(page: Page, service: Service, name: str) -> None:
    """Password, then the second factor, which is set up at the first sign-in."""
    page.goto(f"{service.address}/sign-in")
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    secret = re.sub(r"\s", "", page.locator("[data-secret]").inner_text())
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click("main form button")
    page.wait_for_url(re.compile("/queue|/my-day"))


def _log_a_call_and_promise(page: Page) -> datetime:
    """They spoke; the next call is promised for the next full minute. Gives that moment."""
    due = (datetime.now(ZoneInfo("America/Denver")) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    page.check("form[action$='/attempts'] [name=outcome][value=spoke]", force=True)
    page.fill("form[action$='/attempts'] [name=note]", "Would like to hear about evenings.")
    page.check("form[action$='/attempts'] [name=follow_up][value=pick]", force=True)
    page.fill("[name=follow_up_date]", due.strftime("%Y-%m-%d"))
    page.fill("[name=follow_up_time]", due.strftime("%H:%M"))
    page.locator("form[action$='/attempts'] button").first.click()
    expect(page.locator("main")).to_contain_text("In conversation")
    return due


def _cole_finds_nothing(browser: Browser, service: Service, lead: str | None) -> None:
    with watched_page(browser, 390, 844, forgive="status of 404") as phone:
        _sign_in(phone, service, "cole")
        answer = phone.goto(f"{service.address}/leads/{lead}")
        assert answer is not None and answer.status == 404
        assert "Dana" not in phone.content()


def _the_reminder_arrives(sink: SmtpSink, due: datetime) -> None:
    """From the real worker, at the promised minute, saying nothing about anybody."""
    left = (due - datetime.now(due.tzinfo)).total_seconds()
    mail = wait_until(
        lambda: next((one for one in sink.received if "Follow-up due" in str(one.message["Subject"])), None),
        left + 30, "the reminder",
    )
    assert datetime.now(due.tzinfo) >= due
    assert mail.recipients == ("cora@example.org",)
    everything = mail.message.as_string()
    assert not [word for word in PERSONAL if word.lower() in everything.lower()]
    assert mail.message["Reply-To"] == "intake@example.org"
