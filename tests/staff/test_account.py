"""One's own account: a new password, the second factor by choice, and every sign-in of one's own."""

import re
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.db import db
from crm.models import Event, SignIn, Staff
from crm.programme import use
from tests.conftest import a_config
from tests.staff.conftest import PASSWORD, give_code, sign_in, token_of

NEW = "seven herons over the harbour"


def change(browser: FlaskClient, current: str = PASSWORD, password: str = NEW) -> Any:
    typed = {"current": current, "password": password, "csrf_token": token_of(browser, "/account")}
    return browser.post("/account", data=typed)


@pytest.fixture
def signed_in(app: Flask, ida) -> FlaskClient:
    browser = app.test_client()
    sign_in(browser)
    return browser


def actions_of(reading: Any, staff: Staff) -> list[str]:
    with reading():
        return [event.action for event in db.session.query(Event).filter_by(actor_id=staff.id).order_by(Event.id)]


def test_a_new_password_keeps_this_browser_and_ends_the_others(app: Flask, ida, signed_in, reading):
    elsewhere = app.test_client()
    sign_in(elsewhere)

    assert change(signed_in).location == "/account?changed=1"

    assert signed_in.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert sign_in(app.test_client()).status_code == 422
    assert sign_in(app.test_client(), password=NEW).status_code == 303
    assert "password-changed" in actions_of(reading, ida)


@pytest.mark.parametrize(("current", "password", "words"), [
    ("not it", NEW, "not the password you use now"), (PASSWORD, "short", "at least 15 characters"),
    (PASSWORD, "Tidewell Recovery", "programme"), ("", "", "Enter the password you use now"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_changes(app: Flask, signed_in, current: str, password: str, words: str):
    answer = change(signed_in, current, password)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert sign_in(app.test_client()).status_code == 303


def test_whoever_finds_it_open_cannot_guess_the_password_here(signed_in, app: Flask):
    pages = [change(signed_in, f"guess number {number}").get_data(as_text=True) for number in range(7)]

    assert "Too many tries" in pages[-1]
    assert "not the password" not in change(signed_in).get_data(as_text=True)  # not even whether it is right


def test_she_sees_where_she_is_signed_in_and_ends_the_others(app: Flask, ida, signed_in, count):
    elsewhere = app.test_client()
    sign_in(elsewhere)
    assert "Another browser" in signed_in.get("/account").get_data(as_text=True)

    signed_in.post("/account/sign-ins", data={"csrf_token": token_of(signed_in, "/account")})

    assert signed_in.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert count(SignIn) == 1


def test_signing_out_is_written_down_and_clears_what_the_browser_kept(ida, signed_in, reading):
    page = signed_in.get("/account")
    out = signed_in.post("/sign-out", data={"csrf_token": token_of(signed_in, "/account")})

    assert page.headers["Cache-Control"] == "no-store"
    assert (out.status_code, out.location) == (303, "/sign-in")
    assert "cache" in out.headers["Clear-Site-Data"]
    assert actions_of(reading, ida) == ["sign-in", "sign-out"]


def test_by_choice_she_sets_up_codes_which_ends_every_sign_in_made_without(app: Flask, ida, reading):
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    use(a_config(url, second_factor="optional"))
    browser, elsewhere = app.test_client(), app.test_client()
    assert sign_in(browser).location == sign_in(elsewhere).location == "/queue"

    browser.post("/account/second-factor", data={"csrf_token": token_of(browser, "/account")})
    page = browser.get("/sign-in/code").get_data(as_text=True)
    secret = re.sub(r"\s", "", re.search(r"data-secret>([^<]+)<", page)[1])
    give_code(browser, pyotp.TOTP(secret).now())

    assert "On: a code" in browser.get("/account").get_data(as_text=True)
    assert elsewhere.get("/account").status_code == 303
    assert sign_in(elsewhere).location == "/sign-in/code"
    assert "second-factor-set" in actions_of(reading, ida)
    with reading():
        assert secret.encode() not in (db.session.get_one(Staff, ida.id).totp_secret_sealed or b"")


def test_codes_that_are_set_up_cannot_be_set_up_again_by_whoever_sits_here(app: Flask, signed_in):
    assert signed_in.post(
        "/account/second-factor", data={"csrf_token": token_of(signed_in, "/account")}
    ).status_code == 400  # codes are off on this service


def test_where_work_begins(app: Flask, as_):
    assert as_(None).get("/").location == "/sign-in"
    assert [as_(name).get("/").location for name in ("ida", "cora", "ada")] == ["/queue", "/my-day", "/queue"]
