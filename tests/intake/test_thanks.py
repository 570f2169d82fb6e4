"""What happens next: the thank-you page."""

from datetime import UTC, datetime

import pytest

from crm.clock import Zone
from crm.intake import views
from crm.intake.words import opening_words
from crm.languages import deadline
from crm.lifecycle.workflow import calendar
from tests.conftest import NOW

SATURDAY_NIGHT = datetime(2026, 11, 29, 2, 30, tzinfo=UTC)  # 9:30 PM Eastern
DENVER = Zone("America/Denver", ("America/Denver",), "state", "sure")


@pytest.fixture
def it_is(monkeypatch):
    """`it_is(moment)`: the clock of every page."""

    def set_clock(moment):
        monkeypatch.setattr(views, "now", lambda: moment)

    return set_clock


@pytest.fixture
def told(send, visitor, it_is):
    """`told(via=…)`: the thank-you page after this message."""

    def page(at=NOW, **typed):
        it_is(at)
        return visitor.get(send(**typed).location)

    return page


def test_it_says_who_calls_until_when_and_what_a_voicemail_says(told):
    page = told()

    assert page.status_code == 200
    for words in ("Thank you, Dana Whitcomb. We have your message.", "We call or text by 8:57 AM Denver time",
                  "From (303) 555-0142.", "we'll leave only a first name, as you asked", "M-1001", "988", "911",
                  "1-800-662-4357"):
        assert words in page.text


@pytest.mark.parametrize(("typed", "words", "never"), [
    ({"via": ["call"]}, "We call by", "text by"),
    ({"via": ["text"]}, "We text by", "voicemail"),
    ({"via": ["email"], "email": "dana@example.org"}, "We write by", "From (303)"),
    ({"via": ["call", "text", "email"], "email": "d@example.org"}, "We call, text or write by", "only by"),
    ({"vm": None}, "we won't leave a voicemail", "as you asked"),
    ({"vm": "yes"}, "a short voicemail", "first name, as"),
    ({"for_": "loved"}, "for someone you love", "Reaching out takes"),
    ({"for_": "client"}, "looking out for them", "Reaching out takes"),
    ({"state": "TX", "phone": "800-555-0118"}, "by 10:57 AM Eastern time", "Chicago"),
    ({"state": "XX", "phone": "+44 20 7946 0958"}, "by 10:57 AM Eastern time", "London time"),
    ({"state": "HI", "phone": "808-555-0118"}, "by 8:15 AM Honolulu time", "Eastern time"),
])
def test_it_says_only_what_they_allowed(told, typed, words, never):
    page = told(**typed)

    assert words in page.text and never not in page.text


def test_after_hours_the_promise_is_for_the_next_opening(told):
    page = told(at=SATURDAY_NIGHT)

    assert "by 8:15 AM tomorrow, Denver time" in page.text


def test_an_email_is_promised_for_our_opening_because_it_wakes_nobody(told):
    page = told(at=SATURDAY_NIGHT, via=["call", "email"], email="dana@example.org")

    assert "We call or write by 7:15 AM tomorrow, Denver time" in page.text


def test_it_can_be_reloaded_and_kept(send, visitor, it_is):
    it_is(NOW)
    address = send().location
    first, again = visitor.get(address), visitor.get(address)
    it_is(datetime(2026, 11, 26, 12, tzinfo=UTC))

    assert first.text == again.text
    assert "by 8:57 AM on Tuesday, November 24, Denver time" in visitor.get(address).text


def test_it_tells_nothing_of_what_staff_did_since(send, visitor, writing, it_is):
    from sqlalchemy import select

    from crm.db import db
    from crm.models import Person

    it_is(NOW)
    address = send().location
    before = visitor.get(address).text
    with writing():
        person = db.session.scalars(select(Person)).one()
        person.name, person.may_call, person.time_zone = "Somebody Else", "no", "America/New_York"

    assert visitor.get(address).text == before


def test_a_second_message_of_a_known_person_reads_like_a_first(told):
    first, second = told().text, told().text

    assert first.replace("M-1001", "") == second.replace("M-1002", "")
    assert "L-1001" not in first + second


def test_a_made_up_address_is_not_found(visitor, send):
    good = send().location

    for address in ("/contact/thanks/x", f"{good}x", "/contact/thanks/W10.x", f"{good[:-5]}AAAAA"):
        assert visitor.get(address).status_code == 404


def test_a_deadline_in_words(app):
    with app.test_request_context():
        at = datetime(2026, 11, 30, 15, 15, tzinfo=UTC)
        assert deadline(at, DENVER, "America/New_York").words(at) == "8:15 AM Denver time"
        assert deadline(at, DENVER, "America/New_York").words(NOW) == "8:15 AM on Monday, November 30, Denver time"


def test_the_form_says_the_hours_we_keep(app, visitor):
    with app.test_request_context():
        words = opening_words(calendar())

    assert words == "Monday to Friday 8 AM to 8 PM, Saturday and Sunday 9 AM to 5 PM Eastern"
    page = visitor.get("/contact").text
    assert f"replies within 15 minutes, {words}." in page and f"Someone answers {words}." in page
