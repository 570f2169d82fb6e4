"""Guessing: it slows the guesser down, also many at once, and never the person whose account it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from crm.clock import now, time_words
from crm.db import db
from crm.models import Event, SignInFailure
from crm.staff import codes, throttle
from tests.staff.conftest import PASSWORD, give_code, sign_in, token_of


def guess(browser: FlaskClient, times: int, email: str = "ida@example.org") -> list[int]:
    return [sign_in(browser, email, f"guess number {number}").status_code for number in range(times)]


def test_a_guesser_at_the_next_table_does_not_slow_ida_down(app: Flask, ida):
    """The guest network of the house: the same address for everybody."""
    at_work, stranger = app.test_client(), app.test_client()
    sign_in(at_work)
    at_work.post("/sign-out", data={"csrf_token": token_of(at_work, "/account")})

    assert 429 in guess(stranger, 8)

    assert sign_in(at_work).status_code == 303


def test_without_the_mark_of_her_browser_she_would_have_to_wait(app: Flask, ida):
    """The known-bad variant of the story above: counting by address alone."""
    stranger, new_browser = app.test_client(), app.test_client()
    guess(stranger, 8)

    assert sign_in(new_browser).status_code == 429


def test_the_mark_opens_no_door_and_helps_with_no_other_account(app: Flask, people, ida):
    browser, thief = app.test_client(), app.test_client()
    sign_in(browser)
    mark = browser.get_cookie("device", domain="localhost").value
    thief.set_cookie("device", mark, domain="localhost")

    assert thief.get("/account").status_code == 303
    assert 429 in guess(thief, 8, "inez@example.org")
    assert 429 in guess(app.test_client(), 1, "inez@example.org")  # counted by address, as for any stranger


def test_a_stolen_or_invented_mark_is_slowed_down_as_well(app: Flask, ida):
    browser, thief, inventor = app.test_client(), app.test_client(), app.test_client()
    sign_in(browser)
    thief.set_cookie("device", browser.get_cookie("device", domain="localhost").value, domain="localhost")
    inventor.set_cookie("device", "mine." + "0" * 32, domain="localhost")

    assert 429 in guess(thief, 8)
    assert 429 in guess(inventor, 8)


def test_several_people_share_the_computer_at_the_front_desk(app: Flask, ida, people, writing):
    with writing():
        inez = db.session.get_one(type(ida), people["inez"].id)
        inez.password_hash = db.session.get_one(type(ida), ida.id).password_hash
    front_desk, stranger = app.test_client(), app.test_client()
    for email in ("ida@example.org", "inez@example.org"):
        sign_in(front_desk, email)
    guess(stranger, 7), guess(stranger, 7, "inez@example.org")

    assert [sign_in(front_desk, email).status_code for email in ("ida@example.org", "inez@example.org")] == [303, 303]


def test_one_address_cannot_try_its_luck_on_everybody(app: Flask, people):
    stranger = app.test_client()
    free = throttle.FREE_FROM_ONE_ADDRESS
    answers = [guess(stranger, 1, f"nobody{number}@example.org")[0] for number in range(free + 3)]

    assert answers[:free] == [422] * free
    assert 429 in answers[free:]


def at_once(app: Flask, times: int) -> list[int]:
    """Many guesses at Ida's password at the same moment."""
    browsers = [app.test_client() for _ in range(times)]
    typed = [{"email": "ida@example.org", "password": "guess", "csrf_token": token_of(browser)} for browser in browsers]
    with ThreadPoolExecutor(times) as pool:
        return [
            answer.status_code
            for answer in pool.map(lambda n: browsers[n].post("/sign-in", data=typed[n]), range(times))
        ]


def most_counted(reading: Any) -> int:
    with reading():
        return db.session.query(db.func.max(SignInFailure.failures)).scalar() or 0


def test_many_at_once_are_counted_like_one_after_another(app: Flask, ida, reading):
    answers = at_once(app, 12)

    assert set(answers) == {422, 429}
    assert most_counted(reading) == answers.count(422)


def test_without_their_turn_some_would_not_be_counted(app: Flask, ida, writing, reading, monkeypatch):
    """The known-bad variant, on PostgreSQL; on SQLite whoever writes is alone anyway."""
    monkeypatch.setattr(throttle, "take_turn", lambda name: None)
    desk = throttle.Place("the front desk", is_known=True)
    with writing():
        throttle.failed("ida@example.org", desk, now())

    if "postgresql" in app.config["SQLALCHEMY_DATABASE_URI"]:
        with writing():
            throttle.failed("ida@example.org", desk, now())
            with writing():  # another guess at the same moment, read before the first is written
                throttle.failed("ida@example.org", desk, now())
        assert most_counted(reading) == 2  # of three


def test_codes_cannot_be_tried_one_after_another_either(app: Flask, ida, required):
    browser = app.test_client()
    sign_in(browser)
    answers = [give_code(browser, f"{number:06}").status_code for number in range(7)]
    sign_in(browser)  # beginning again does not begin the count again

    assert answers[:5] == [422] * 5
    assert 429 in [*answers[5:], give_code(browser, "000000").status_code]


def test_a_code_of_the_wrong_shape_is_simply_wrong(app: Flask, ida, required):
    browser = app.test_client()
    sign_in(browser)

    assert [give_code(browser, code).status_code for code in ("", "١٢٣٤٥٦", "12345", "1" * 5000)] == [422] * 4


def test_a_code_is_good_for_one_step_before_and_after(app: Flask, ida):
    secret, moment = codes.new_secret(), now()

    for steps, right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = pyotp.TOTP(secret).at(moment + timedelta(seconds=30 * steps))
        assert (codes._step_of(secret, code, moment) is not None) == right


def test_the_right_password_begins_the_count_again(app: Flask, ida):
    browser = app.test_client()
    for _ in range(3):
        assert guess(browser, 4) == [422] * 4
        assert sign_in(browser).status_code == 303


def test_a_long_wait_is_said_with_its_hour(app: Flask, ida, writing):
    browser = app.test_client()
    guess(browser, 5)
    with writing():
        for row in db.session.query(SignInFailure):
            row.wait_until = now() + timedelta(minutes=4)

    page = sign_in(browser, password=PASSWORD).get_data(as_text=True)

    over = [time_words(now() + timedelta(minutes=minutes), "America/New_York") for minutes in (4, 5)]
    assert any(f"Please wait until {moment}" in page for moment in over)


def test_history_knows_of_it_without_an_address_typed(app: Flask, ida, reading):
    guess(app.test_client(), 1, "typed.by.mistake@example.org")
    guess(app.test_client(), 1)

    with reading():
        events = db.session.query(Event).filter_by(action="sign-in-refused").order_by(Event.id).all()
        assert [event.facts["staff"] for event in events] == [None, ida.ref]
        assert "@" not in str([event.facts for event in events])
