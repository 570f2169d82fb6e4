"""The outbox page: mail that was not sent. In development with its words, in production with its state only."""

import re

import pytest

from crm import outbox
from crm.db import db
from crm.models import Message
from crm.programme import use
from tests.conftest import a_config


@pytest.fixture
def three_mails(people, writing, at):
    """One that waits, one that was given up, one that was sent."""
    with writing():
        for number, state in enumerate(("waiting", "dead", "sent")):
            outbox.post("follow-up-due", to=people["cora"], at=at("09:00"), key=f"due:{number}",
                        channels=(outbox.EMAIL,), due_at=at(f"0{number + 1}:30").isoformat())
            db.session.flush()
            db.session.execute(db.update(Message).where(Message.key.like(f"due:{number}:%")).values(state=state))


def test_what_was_not_sent_is_shown_with_its_words(as_, three_mails):
    page = as_("ada").get("/outbox").text

    assert "Follow-up due" in page and "1:30 AM" in page and "2:30 AM" in page
    assert "3:30 AM" not in page
    assert "cora@example.org" in page and "SMTP_URL" in page


def test_in_production_only_the_state_is_shown(as_, three_mails, app):
    use(a_config(str(app.config["SQLALCHEMY_DATABASE_URI"]), environment="production"))
    page = as_("ada").get("/outbox", base_url="https://localhost").text

    assert "given up" in page and "waits" in page
    assert "Follow-up due" not in page and "cora@example.org" not in page


@pytest.mark.parametrize("name", ["ida", "cora"])
def test_it_is_the_administrators(as_, three_mails, name):
    assert as_(name).get("/outbox").status_code == 403


def test_pages_end(as_, people, writing, at):
    with writing():
        for number in range(55):
            outbox.post("follow-up-due", to=people["cora"], at=at("09:00"), key=f"due:{number}",
                        channels=(outbox.EMAIL,))
    ada = as_("ada")
    first = ada.get("/outbox").text
    further = re.search(r'rel="next" href="([^"]+)"', first)[1]

    second = ada.get(further).text

    assert (first.count("<summary>Follow-up"), second.count("<summary>Follow-up")) == (50, 5)
    assert 'rel="next"' not in second
    assert ada.get("/outbox?before=" + "9" * 400).status_code == 200
