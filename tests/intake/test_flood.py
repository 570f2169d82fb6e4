"""A flood is held, never dropped; an honest message in the middle of it is a lead at once."""

import pytest
from sqlalchemy import select

from crm.db import db
from crm.intake import weighing
from crm.models import Lead, Source, Submission

ADVERT = "Please look at our wonderful evening offer, it is on our page."


@pytest.fixture
def flood(send):
    """`flood(40)`: a program sends the form so often, each time under another name."""

    def press(times, **typed):
        for number in range(times):
            send(name=f"Robot {number}", phone=f"(303) 555-{number:04d}", **{"msg": ADVERT, **typed})

    return press


def test_the_same_words_again_and_again_from_one_place_are_held(flood, send, count, people):
    usual = weighing.USUAL_FROM_ONE_ADDRESS
    flood(usual * 2)
    send(name="Nora Diaz", phone="(303) 555-0144", msg="My sister came home on Monday. Could somebody call me?")

    assert count(Submission) == usual * 2 + 1, "nothing is dropped"
    assert count(Submission, Submission.state == "held") == usual
    assert count(Lead) == usual + 1


def test_the_honest_one_is_a_lead_at_once(flood, send, reading, people):
    flood(30)
    send(name="Nora Diaz", phone="(303) 555-0144", msg="My sister came home on Monday. Could somebody call me?")

    with reading():
        latest = db.session.scalars(select(Submission).order_by(Submission.id.desc()).limit(1)).one()
        assert latest.state == "understood" and latest.lead.inquirer.name == "Nora Diaz"


def test_a_limit_by_count_alone_would_hold_her_too(flood, send, reading, people, monkeypatch):
    """The known-bad variant."""
    monkeypatch.setattr(weighing, "MOST_FROM_ONE_ADDRESS", 20)
    flood(21)
    send(name="Nora Diaz", phone="(303) 555-0144", msg="My sister came home on Monday. Could somebody call me?")

    with reading():
        latest = db.session.scalars(select(Submission).order_by(Submission.id.desc()).limit(1)).one()
        assert latest.state == "held"


def test_a_source_over_its_quota_is_held_and_the_others_are_not(deliver, send, writing, count):
    deliver({"name": "First", "phone": "303-555-0100"})
    with writing():
        for source in db.session.scalars(select(Source)):
            source.quota = 3
    for number in range(5):
        deliver({"name": f"Person {number}", "phone": f"303-555-01{number:02d}"})
    send(name="Nora Diaz", phone="(303) 555-0144")

    assert count(Submission, Submission.why == weighing.FROM_THE_SOURCE) == 3
    assert count(Lead) == 4


def test_a_source_that_is_switched_off_keeps_what_comes(deliver, writing, count):
    deliver({"name": "First", "phone": "303-555-0100"})
    with writing():
        db.session.scalars(select(Source)).one().is_on = False
    answer = deliver({"name": "Second", "phone": "303-555-0101"})

    assert answer.status_code == 201
    assert (count(Submission), count(Lead)) == (2, 1)
