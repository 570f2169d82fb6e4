"""Reminders: every promise that falls due is told once to whose it is, however many clocks are running."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm import outbox
from crm.cli.doctor import _work
from crm.db import commit, db
from crm.followups import actions, reminders
from crm.followups.reminders import remind_due
from crm.models import FollowUp, Message
from tests.support import builders


@pytest.fixture
def remind(app):
    """`remind(at("10:00"))`: the clock's work at that moment."""

    def work(moment) -> int:
        with app.app_context():
            return remind_due(moment)

    return work


@pytest.fixture
def told(reading, people):
    """`told("cora")`: what she was told, as (channel, kind)."""

    def notices(name: str) -> list[tuple[str, str]]:
        with reading():
            said = sa.select(Message.channel, Message.kind).where(Message.to_id == people[name].id)
            return sorted((channel, kind) for channel, kind in db.session.execute(said))

    return notices


BOTH = [("app", "follow-up-due"), ("email", "follow-up-due")]


def test_what_is_due_is_told_once_in_the_app_and_by_mail(a_lead, a_followup, remind, told, at):
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    a_followup(sam, due=at("09:00"), owner="cora")

    assert remind(at("08:59")) == 0
    assert remind(at("09:00")) == 1
    assert remind(at("09:01")) == 0
    assert told("cora") == BOTH


def test_closed_lead_is_not_chased(a_lead, a_followup, remind, at):
    sam = a_lead("Sam", coach="cora", status="closed")
    a_followup(sam, due=at("09:00"), owner="cora")

    assert remind(at("10:00")) == 0


def test_what_is_kept_in_time_is_not_told(a_lead, a_followup, remind, writing, people, at):
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    promise = a_followup(sam, due=at("09:00"), owner="cora")
    with writing():
        actions.keep(db.session.get(FollowUp, promise.id), people["cora"], at("08:30"))

    assert remind(at("10:00")) == 0


def test_a_moved_promise_is_told_anew(a_lead, a_followup, remind, told, writing, people, at):
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    promise = a_followup(sam, due=at("09:00"), owner="cora")
    remind(at("09:00"))
    with writing():
        actions.move(db.session.get(FollowUp, promise.id), at("11:00"), people["cora"], at("09:05"))

    assert remind(at("10:59")) == 0
    assert remind(at("11:00")) == 1
    assert told("cora") == sorted(BOTH * 2)


def test_a_promise_moved_before_its_time_is_not_told_at_the_old_one(a_lead, a_followup, remind, writing, people, at):
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    promise = a_followup(sam, due=at("09:00"), owner="cora")
    with writing():
        actions.move(db.session.get(FollowUp, promise.id), at("11:00"), people["cora"], at("08:05"))

    assert remind(at("10:00")) == 0


def test_what_is_nobodys_is_told_to_intake_on_shift_in_the_app(a_lead, remind, told, writing, people, at):
    a_lead("Sam", received=at("08:50"), due=at("09:05"))
    with writing():
        db.session.merge(people["inez"]).hours = {"1": ["20:00", "23:00"]}

    remind(at("09:05"))

    assert told("ida") == [("app", "follow-up-due")]
    assert told("inez") == told("cora") == told("ada") == []


def test_when_nobody_at_intake_is_on_shift_all_of_them_find_it(a_lead, remind, told, writing, people, at):
    a_lead("Sam", received=at("08:50"), due=at("09:05"))
    with writing():
        for name in ("ida", "inez"):
            db.session.merge(people[name]).hours = {"1": ["20:00", "23:00"]}

    remind(at("09:05"))

    assert told("ida") == told("inez") == [("app", "follow-up-due")]


def test_the_promise_of_somebody_who_has_left_is_intakes(a_lead, a_followup, remind, told, writing, people, at):
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    a_followup(sam, due=at("09:00"), owner="cora")
    with writing():
        db.session.merge(people["cora"]).disabled_at = at("08:30")

    remind(at("09:00"))

    assert told("cora") == []
    assert told("ida") == [("app", "follow-up-due")]


def many_due(people, how_many: int, moment) -> None:
    sam = builders.a_lead(people, "Sam", coach="cora", due=None, received=moment - timedelta(hours=1))
    db.session.add_all(
        FollowUp(lead_id=sam.id, kind="promise", channel="call", due_at=moment, made_at=moment,
                 owner_id=people["cora"].id)
        for _ in range(how_many)
    )


def test_however_many_clocks_are_running_each_is_told_once(app, writing, people, count, at):
    with writing():
        many_due(people, 450, at("09:00"))
    done: list[int] = []

    def clock() -> None:
        with app.app_context():
            done.append(remind_due(at("09:00")))

    clocks = [threading.Thread(target=clock) for _ in range(4)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join(60)

    assert sum(done) == 450
    assert count(Message, Message.channel == "email") == 450


def test_a_batch_is_two_hundred(app, writing, people, at):
    """Also on PostgreSQL, where a plain subquery with a limit may be run again and again."""
    with writing():
        many_due(people, 250, at("09:00"))
    with app.app_context():
        assert len(reminders.claim_due(at("09:00"))) == 200
        db.session.rollback()


def test_a_crash_between_the_mark_and_the_notice_loses_nothing(app, a_lead, a_followup, remind, told, at):
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    a_followup(sam, due=at("09:00"), owner="cora")
    with app.app_context():
        reminders.claim_due(at("09:00"))
        db.session.rollback()  # what the database does for a process that is gone

    assert remind(at("09:01")) == 1
    assert told("cora") == BOTH


def test_a_mark_that_is_saved_before_the_notice_is_caught(app, a_lead, a_followup, remind, told, at):
    """The known-bad variant: committed in between, the same crash silences the promise for ever."""
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    a_followup(sam, due=at("09:00"), owner="cora")
    with app.app_context():
        reminders.claim_due(at("09:00"))
        commit()
        db.session.rollback()

    assert remind(at("09:01")) == 0
    assert told("cora") == []


def test_one_that_cannot_be_told_is_set_aside_and_seen(app, a_lead, a_followup, remind, told, writing, people, at):
    """Its notice is there already under the same key, which a claim makes impossible: the others must not wait."""
    sam = a_lead("Sam", coach="cora", due=None, received=at("08:00"))
    bad = a_followup(sam, due=at("09:00"), owner="cora")
    for _ in range(3):
        a_followup(sam, due=at("09:00"), owner="cora")
    with writing():
        outbox.post("follow-up-due", to=people["cora"], at=at("08:00"), key=f"follow-up-due:{bad.id}",
                    channels=(outbox.EMAIL,), due_at=at("09:00").isoformat())

    assert remind(at("09:00")) == 4
    assert remind(at("09:01")) == 0
    assert told("cora").count(("app", "follow-up-due")) == 3
    with app.app_context():
        assert any("1 promises came due" in line for line in _work(at("09:02")))
