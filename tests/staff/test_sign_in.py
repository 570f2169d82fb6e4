"""Signing in: the same answer for unknown and wrong, guessing slows down, codes once, and ending ends at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask

from crm.clock import now
from crm.db import commit, db
from crm.models import SignIn, SignInFailure, Staff
from crm.programme import use
from crm.staff import actions, codes, cookies, passwords, signins
from crm.staff.forms import own_path
from crm.staff.throttle import Place
from tests.conftest import a_config
from tests.staff.conftest import PASSWORD, give_code, sign_in, token_of

# Ways to smuggle another site into an address: schemes, hosts, slashes that browsers take for others, white space.
_HOSTS = ("evil.example.org", "evil.example.org/", "user@evil.example.org", "evil.example.org:80/x")
_STARTS = ("//", "///", "////", "/\\", "\\\\", "\\/", "/\t/", "/\n/", "/\r/", "\t//", " //", "//\\", "/\\/",
           "https://", "http:", "https:/", "HTTPS://", "ftp://", "//\x00", "/\x00/")  # fmt: skip
ELSEWHERE = (
    *(start + host for start in _STARTS for host in _HOSTS),
    "javascript:alert(1)", "data:text/html,x", "", "queue", "?x", "#x", "/ok\r\nSet-Cookie: x=1", "/a b", "/caf\u00e9",
    "/\u2028", "/\uff0f/evil.example.org", "/x\\..\\y", "/\x7f",
)  # fmt: skip


def test_ida_signs_in_and_gets_to_her_work(app: Flask, ida):
    browser = app.test_client()

    answer = sign_in(browser)

    assert (answer.status_code, answer.location) == (303, "/queue")
    assert browser.get("/account").status_code == 200


def test_she_is_brought_back_to_where_she_was_going(app: Flask, ida):
    browser = app.test_client()
    gate = browser.get("/account")
    assert gate.location == "/sign-in?next=%2Faccount"
    page = browser.get(gate.location).get_data(as_text=True)
    assert '<input type="hidden" name="next" value="/account">' in page

    assert sign_in(browser, going="/account").location == "/account"


def test_never_to_somewhere_else(app: Flask, ida):
    assert own_path("/leads/abc?log=text") == "/leads/abc?log=text"
    assert [elsewhere for elsewhere in ELSEWHERE if own_path(elsewhere) is not None] == []

    assert sign_in(app.test_client(), going="//evil.example.org").location == "/queue"
    assert 'name="next"' not in app.test_client().get("/sign-in?next=//evil.example.org").get_data(as_text=True)


def test_a_check_of_the_first_letter_alone_would_send_her_away():
    """The known-bad variant of the check lets many of the same addresses pass."""
    assert len([elsewhere for elsewhere in ELSEWHERE if elsewhere.startswith("/")]) > 20


@pytest.mark.parametrize(("email", "password"), [
    ("nobody@example.org", PASSWORD), ("ida@example.org", "wrong"), ("cora@example.org", "has no password"),
    ("cole@example.org", PASSWORD), ("é" * 250, "x" * 5000),
])  # fmt: skip
def test_the_same_answer_whatever_was_wrong(app: Flask, ida, writing, people, email: str, password: str):
    with writing():
        cole = db.session.get_one(Staff, people["cole"].id)
        cole.password_hash, cole.disabled_at = passwords.hash_of(PASSWORD), now()
    wrong, this = app.test_client(), app.test_client()

    expected, answer = sign_in(wrong, password="wrong"), sign_in(this, email, password)

    assert answer.status_code == expected.status_code == 422
    assert _plain(answer) == _plain(expected)
    assert set(answer.headers.keys()) == set(expected.headers.keys())


def _plain(answer: Any) -> str:
    body = answer.get_data(as_text=True)
    return re.sub(r'value="[^"]*"', "", body)


def test_an_unknown_account_is_hashed_too(people, writing, monkeypatch):
    """Without the hash for nobody an unknown account would answer in no time; counted, not timed."""
    verified = []
    hasher = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", _Counting(hasher, verified))
    with writing():
        assert actions.check_password("nobody@example.org", "x", Place("198.51.100.7"), now()) is None
        assert actions.check_password("ida@example.org", "x", Place("198.51.100.7"), now()) is None

    assert len(verified) == 2


class _Counting:
    def __init__(self, hasher: Any, verified: list[str]) -> None:
        self.hasher, self.verified = hasher, verified

    def verify_and_update(self, password: str, known: str) -> Any:
        self.verified.append(password)
        return self.hasher.verify_and_update(password, known)


def test_guessing_slows_down_and_a_stranger_locks_nobody_out(app: Flask, ida):
    stranger, at_home = app.test_client(), app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    answers = [sign_in(stranger, password=f"guess {number}").status_code for number in range(8)]

    assert answers[:5] == [422] * 5
    assert 429 in answers[5:]
    assert sign_in(stranger).status_code == 429  # the right password does not help the guesser
    assert sign_in(at_home).status_code == 303


def test_the_wait_is_said_and_is_over_when_it_is_over(app: Flask, ida, writing):
    browser = app.test_client()
    for number in range(7):
        answer = sign_in(browser, password=f"guess {number}")
    assert "Please wait" in answer.get_data(as_text=True)

    with writing():
        for row in db.session.query(SignInFailure):
            row.wait_until = now() - timedelta(seconds=1)

    assert sign_in(browser).status_code == 303


def test_a_token_is_kept_as_a_hash_and_changes_at_each_step(app: Flask, ida, reading):
    browser = app.test_client()
    browser.set_cookie(cookies.cookie_name(), "planted", domain="localhost")
    sign_in(browser)

    token = browser.get_cookie(cookies.cookie_name(), domain="localhost").value
    assert token != "planted"
    with reading():
        assert token not in [row.token_hash for row in db.session.query(SignIn)]


def test_each_step_has_a_token_of_its_own_and_ends_the_one_before(app: Flask, ida, as_, required, reading):
    browser = as_("ida")
    tokens = [browser.get_cookie(cookies.cookie_name(), domain="localhost").value]
    sign_in(browser)
    tokens.append(browser.get_cookie(cookies.cookie_name(), domain="localhost").value)
    with reading():
        waiting = db.session.query(SignIn).one()  # the complete one is gone
        secret = waiting.pending_secret
        assert not waiting.is_complete and secret
    give_code(browser, pyotp.TOTP(secret).now())
    tokens.append(browser.get_cookie(cookies.cookie_name(), domain="localhost").value)

    assert len(set(tokens)) == 3
    with reading():
        assert [row.is_complete for row in db.session.query(SignIn)] == [True]


def test_an_unfinished_sign_in_waits_ten_minutes(app: Flask, ida, required, writing):
    browser = app.test_client()
    sign_in(browser)
    assert browser.get("/sign-in/code").status_code == 200

    with writing():
        db.session.query(SignIn).one().started_at = now() - timedelta(minutes=11)

    assert browser.get("/sign-in/code").location == "/sign-in"


def test_the_first_sign_in_sets_up_codes_and_the_next_asks_for_one(app: Flask, ida, required):
    browser = app.test_client()
    assert sign_in(browser).location == "/sign-in/code"
    assert browser.get("/account").status_code == 303  # not in yet
    page = browser.get("/sign-in/code").get_data(as_text=True)
    secret = re.sub(r"\s", "", re.search(r"data-secret>([^<]+)<", page)[1])
    code = pyotp.TOTP(secret).now()

    entered = give_code(browser, f"{code[:3]} {code[3:]}")
    assert entered.location == "/queue"
    assert browser.get("/account").status_code == 200

    other = app.test_client()
    sign_in(other)
    assert "data-secret" not in other.get("/sign-in/code").get_data(as_text=True)
    assert give_code(other, code).status_code == 422  # used already


def test_one_code_lets_one_of_two_in(app: Flask, people, writing):
    secret = codes.new_secret()
    code, at = pyotp.TOTP(secret).at(now()), now()

    def ask(_: int) -> bool:
        with app.app_context():
            accepted = codes.accepted(db.session.get_one(Staff, people["ida"].id), secret, code, at)
            commit()
            return accepted

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(4))) == 1


def test_without_the_one_update_a_code_works_twice(app: Flask, people):
    """The known-bad variant: pyotp alone says yes to the same code again."""
    totp = pyotp.TOTP(codes.new_secret())
    code = totp.now()

    assert totp.verify(code) and totp.verify(code)


def test_signing_out_ends_it_on_the_server(app: Flask, ida):
    browser, thief = app.test_client(), app.test_client()
    sign_in(browser)
    token = browser.get_cookie(cookies.cookie_name(), domain="localhost").value
    thief.set_cookie(cookies.cookie_name(), token, domain="localhost")
    assert thief.get("/account").status_code == 200

    out = browser.post("/sign-out", data={"csrf_token": token_of(browser, "/account")})

    assert "Clear-Site-Data" in out.headers
    assert thief.get("/account").status_code == 303


@pytest.mark.parametrize("how", ["disable", "reset", "password", "everywhere"])
def test_what_ends_sign_ins_ends_all_of_them_at_once(app: Flask, as_, people, writing, how: str):
    browsers = [as_("cora") for _ in range(4)]
    assert all(browser.get("/account").status_code == 200 for browser in browsers)

    with writing():
        cora = db.session.get_one(Staff, people["cora"].id)
        if how == "disable":
            actions.disable(cora, now())
        elif how == "reset":
            actions.reset(cora, now())
        elif how == "password":
            actions.choose_password(cora, PASSWORD, now())
        else:
            signins.end_all(cora)

    assert all(browser.get("/account").status_code == 303 for browser in browsers)


@pytest.mark.parametrize(("idle", "since", "lives"), [(14, 14, True), (16, 16, False), (1, 60 * 12 + 1, False)])
def test_idle_and_absolute_ends(app: Flask, as_, writing, idle: int, since: int, lives: bool):
    browser = as_("ida")
    with writing():
        row = db.session.query(SignIn).one()
        row.seen_at, row.started_at = now() - timedelta(minutes=idle), now() - timedelta(minutes=since)

    assert browser.get("/account").status_code == (200 if lives else 303)


def test_asking_for_news_does_not_keep_it_alive(app: Flask, as_, writing, reading):
    browser = as_("ida")
    with writing():
        db.session.query(SignIn).one().seen_at = before = now() - timedelta(minutes=10)

    browser.get("/notifications", headers={cookies.POLLING: "1"})
    with reading():
        assert db.session.query(SignIn).one().seen_at == before
    browser.get("/notifications")
    with reading():
        assert db.session.query(SignIn).one().seen_at > before


def test_a_link_works_once(app: Flask, people, writing):
    with writing():
        link = actions.new_link(db.session.get_one(Staff, people["cora"].id), now(), actions.WELCOME)
    path = link.removeprefix("http://localhost:8000")

    def choose(_: int) -> Any:
        browser = app.test_client()
        token = token_of(browser, path)
        return browser.post(path, data={"password": PASSWORD, "csrf_token": token}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(choose, range(2))) == [303, 404]
    assert sign_in(app.test_client(), "cora@example.org").location == "/my-day"


@pytest.mark.parametrize("weak", [
    "short", "ida@example.org1234567", "Tidewell Recovery 2026", "a" * 20, "PasswordPassword", "x\u00e9yzw" * 60,
])  # fmt: skip
def test_weak_passwords_are_refused_in_words(app: Flask, people, weak: str):
    assert passwords.problem_with(weak, "ida@example.org")
    assert passwords.problem_with(PASSWORD, "ida@example.org") is None


def test_cookies_are_locked_down(app: Flask, ida):
    plain = sign_in(app.test_client()).headers.getlist("Set-Cookie")
    assert any(line.startswith("signin=") and "HttpOnly" in line and "SameSite=Lax" in line for line in plain)

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    use(a_config(url, environment="production", base_url="https://localhost"))
    secure = sign_in(app.test_client()).headers.getlist("Set-Cookie")
    use(a_config(url))
    assert any(line.startswith("__Host-signin=") and "Secure" in line and "Path=/" in line for line in secure)


def test_no_sign_in_without_the_forms_token(app: Flask, ida):
    answer = app.test_client().post("/sign-in", data={"email": "ida@example.org", "password": PASSWORD})

    assert answer.status_code == 400
    assert PASSWORD not in answer.get_data(as_text=True)
