"""Something is said to one person once on each channel, in the same breath as what it is about."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm import outbox
from crm.db import db
from crm.models import Message


def messages(app: Flask) -> list[Message]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def say(people: dict[str, Any], at: datetime, to: str = "cora", **more: Any) -> int:
    return outbox.post("assigned", to=people[to], at=at, **{"key": "assigned:7", **more})


def test_a_notice_goes_out_on_both_channels(app, people, writing, at, a_lead):
    sam = a_lead(coach="cora")
    with writing():
        assert say(people, at("09:00"), lead=db.session.merge(sam), minutes=15) == 2

    shown, mailed = messages(app)
    assert (shown.channel, shown.state, shown.sent_at) == ("app", "sent", at("09:00")), "an app notice is there at once"
    assert shown.read_at is None
    assert (mailed.channel, mailed.state, mailed.sent_at) == ("email", "waiting", None)
    assert {one.to_id for one in (shown, mailed)} == {people["cora"].id}
    assert {one.lead_id for one in (shown, mailed)} == {sam.id}
    assert shown.facts == {"minutes": 15} and mailed.not_before == at("09:00")


def test_the_same_is_never_said_twice(app, people, writing, at):
    with writing():
        assert say(people, at("09:00")) == 2
        assert say(people, at("09:00")) == 0, "in the same transaction"
    with writing():
        assert say(people, at("10:00")) == 0, "nor later"
    assert len(messages(app)) == 2


def test_another_person_key_or_channel_is_something_else(app, people, writing, at):
    with writing():
        assert say(people, at("09:00"), channels=(outbox.APP,)) == 1
        assert say(people, at("09:00")) == 1, "the e-mail was still to be said"
        assert say(people, at("09:00"), to="cole") == 2
        assert say(people, at("09:00"), key="assigned:8") == 2
    assert len(messages(app)) == 6


def test_the_table_itself_holds_the_key(app, people, writing, at):
    """The known-bad caller: it claims that nobody can have said it, and somebody has."""
    with writing():
        say(people, at("09:00"))
    with app.app_context():
        say(people, at("09:00"), is_new=True)
        with pytest.raises(sa.exc.IntegrityError):
            db.session.commit()
        db.session.rollback()
    assert len(messages(app)) == 2


def test_what_did_not_happen_is_not_told(app, people, at):
    with app.app_context():
        say(people, at("09:00"))
        db.session.flush()
        db.session.rollback()
    assert messages(app) == []


def test_reading_reads_ones_own_notices(app, people, writing, at):
    with writing():
        say(people, at("09:00"))
        say(people, at("09:00"), to="cole")
    with writing():
        outbox.read_all(people["cora"], at("09:30"))
    read = {(one.to_id, one.channel): one.read_at for one in messages(app)}
    assert read == {
        (people["cora"].id, "app"): at("09:30"), (people["cora"].id, "email"): None,
        (people["cole"].id, "app"): None, (people["cole"].id, "email"): None,
    }
