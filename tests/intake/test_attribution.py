"""Which campaign brought somebody is kept, first and latest; who they are to an advertiser is not."""

import json

from sqlalchemy import select

from crm.db import db
from crm.models import Lead, Submission
from tests.intake.conftest import filled, token_in

ADVERT = "?utm_source=alumni&utm_campaign=fall&gclid=Cj0KCQ-canary&fbclid=canary2&name=Dana"


def _send(visitor, address, **typed):
    page = visitor.get(f"/contact{address}", headers={"Referer": "https://www.example.org/help?q=canary3#x"}).text
    came = page.split('name="came"')[1].split('value="')[1].split('"')[0].replace("&amp;", "&")
    visitor.post("/contact", data=filled(token_in(page), came=came, **typed))
    return came


def test_our_own_form_keeps_the_campaign_and_the_page_before(visitor, reading):
    came = _send(visitor, ADVERT)

    assert "canary" not in came and "Dana" not in came
    with reading():
        kept = db.session.scalars(select(Submission)).one()
        assert kept.utm == {"utm_source": "alumni", "utm_campaign": "fall"}
        assert (kept.page, kept.referrer) == (
            "http://localhost/contact?utm_source=alumni&utm_campaign=fall", "https://www.example.org/help")


def test_the_first_touch_stays_and_the_latest_is_beside_it(visitor, reading, as_):
    _send(visitor, "?utm_source=alumni")
    _send(visitor, "?utm_source=radio", msg="Nobody called yet.")

    with reading():
        lead = db.session.scalars(select(Lead)).one()
        ref = lead.ref
    page = as_("ida").get(f"/leads/{ref}").text
    assert "First came from" in page and "alumni" in page and "radio" in page


def test_a_partners_click_numbers_are_dropped(deliver, reading):
    deliver({"name": "Dana", "phone": "303-555-0118", "source_url": f"https://www.example.org/p{ADVERT}",
             "utm": {"source": "alumni", "gclid": "canary4", "term": "evening"}})

    with reading():
        kept = db.session.scalars(select(Submission)).one()
        told = json.dumps([kept.page, kept.referrer, kept.utm])
        assert "canary" not in told
        assert kept.utm == {"utm_source": "alumni", "utm_campaign": "fall", "utm_term": "evening"}


def test_a_form_that_keeps_the_address_whole_is_caught(visitor, reading, monkeypatch):
    """The known-bad variant."""
    monkeypatch.setattr("crm.intake.channels.form.address", lambda text: text)
    monkeypatch.setattr("crm.intake.views.address", lambda text: text)
    _send(visitor, ADVERT)

    with reading():
        assert "canary" in db.session.scalars(select(Submission)).one().page
