"""The demo clinic as it stands at several hours: what every screen needs is there, whenever somebody opens it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from crm.audit.chain import verify
from crm.clock import call_window
from crm.db import begin_reading, commit, db
from crm.demo.clinic import open_clinic
from crm.lifecycle.workflow import calendar, workflow
from crm.models import Attempt, ContactPoint, Event, FollowUp, Lead, Message, Person, Staff, Submission
from crm.queue import queries, rows
from crm.queue.filters import LeadFilter

TUESDAY_MORNING, MONDAY_EIGHT = "2026-11-24T15:42:00+00:00", "2026-11-23T13:05:00+00:00"
SUNDAY_NIGHT, BEFORE_MIDNIGHT = "2026-11-22T08:00:00+00:00", "2026-11-28T04:30:00+00:00"
FRIDAY_EVENING, THANKSGIVING = "2026-07-03T23:10:00+00:00", "2026-11-26T15:00:00+00:00"
# Opening a clinic is slow: the usual hours and the odd ones once, and the oddest on the other database as well.
STANDINGS = [("sqlite", moment) for moment in (TUESDAY_MORNING, SUNDAY_NIGHT, BEFORE_MIDNIGHT, THANKSGIVING)]
STANDINGS += [("postgresql", SUNDAY_NIGHT)]
RARELY = [("sqlite", MONDAY_EIGHT), ("sqlite", FRIDAY_EVENING), ("postgresql", TUESDAY_MORNING)]

INVENTED = re.compile(r"\+1\d{3}55501\d\d")


@pytest.fixture(
    scope="module", ids="-".join,
    params=[*STANDINGS, *(pytest.param(one, marks=pytest.mark.soak) for one in RARELY)],
)
def standing(request, _homes) -> tuple:
    """The clinic, opened once for all these tests: they only look."""
    kind, moment = request.param
    app, at = _homes[kind].clean_app(), datetime.fromisoformat(moment)
    with app.app_context():
        open_clinic(at)
        commit()
    return app, at


@pytest.fixture
def at(standing) -> Iterator[datetime]:
    """The moment, with the database open for reading."""
    app, moment = standing
    with app.app_context():
        begin_reading()
        yield moment


def colleague(name):
    return db.session.scalars(sa.select(Staff).where(Staff.email == f"{name}@example.org")).one()


def number(wanted):
    return db.session.scalar(wanted)


def queue_at(at):
    page = queries.up_next(colleague("priya"), LeadFilter(), at)
    grouped = rows.groups(rows.lines(page.rows, at, "America/New_York"), at, calendar())
    return page.rows, {group.label: group.count for group in grouped}


def test_the_queue_is_alive_at_any_hour(at):
    listed, groups = queue_at(at)
    assert groups["Late"] >= 2
    assert groups["Within the hour"] >= 3
    assert groups["Later today"] + groups["After we open"] + groups["Within the hour"] >= 15
    assert calendar().is_open(at) or groups["After we open"] >= 3
    assert any(not call_window(row.zone_candidates, row.state, at).may_call for row in listed) or at.hour >= 22


def test_marcus_has_a_day(at):
    mine = sa.select(sa.func.count()).select_from(Lead).where(
        Lead.coach_id == colleague("marcus").id, Lead.ended_at.is_(None)
    )
    due = sa.select(sa.func.count()).select_from(FollowUp).where(
        FollowUp.owner_id == colleague("marcus").id, FollowUp.done_at.is_(None)
    )
    today, in_a_week = calendar().end_of_day(at), at + timedelta(days=8)
    assert number(mine) == 12
    assert number(due.where(FollowUp.due_at <= at)) == 2
    assert number(due.where(FollowUp.due_at > at, FollowUp.due_at < today)) >= 3
    assert number(due.where(FollowUp.due_at >= today, FollowUp.due_at < in_a_week)) >= 4
    assert number(mine.where(Lead.last_touch_at < at - timedelta(days=9))) >= 1


def test_nothing_has_happened_that_is_still_to_come(at):
    for moment_of in (
        Event.at, Attempt.at, Lead.received_at, FollowUp.made_at, FollowUp.done_at, Message.created_at
    ):
        assert number(sa.select(sa.func.max(moment_of))) <= at, moment_of


def test_everybody_is_somewhere_and_has_a_next_step(at):
    counted = dict(db.session.execute(sa.select(Lead.status_key, sa.func.count()).group_by(Lead.status_key)).all())
    assert set(counted) == set(workflow().statuses) and sum(counted.values()) == 120
    without = sa.select(Lead).where(
        Lead.ended_at.is_(None),
        ~sa.exists().where(FollowUp.lead_id == Lead.id, FollowUp.done_at.is_(None)),
    )
    assert all(lead.no_step_reason for lead in db.session.scalars(without))
    oldest = number(sa.select(sa.func.min(Lead.received_at)))
    assert timedelta(days=45) < at - oldest < timedelta(days=62)
    assert number(sa.select(sa.func.count()).where(Submission.state == "held")) == 2


def test_people_may_be_reached_in_different_ways(at):
    def some(*where):
        return number(sa.select(sa.func.count()).select_from(Person).where(*where))

    yes, no = "yes", "no"
    assert some(Person.language == "es") >= 8
    assert some(Person.may_text == yes, Person.may_call == no, Person.may_email == no) >= 3
    assert some(Person.may_email == yes, Person.may_call == no, Person.may_text == no) >= 3
    assert some(Person.may_call == yes, Person.may_text == no, Person.may_email == no) >= 3
    assert some(Person.may_call == yes, Person.voicemail == no) >= 5
    assert number(sa.select(sa.func.count(sa.distinct(Person.time_zone)))) >= 6


def test_promises_are_mostly_kept(at):
    kept = number(sa.select(sa.func.count()).where(FollowUp.result == "kept", FollowUp.done_at <= FollowUp.due_at))
    late = number(sa.select(sa.func.count()).where(FollowUp.result == "kept", FollowUp.done_at > FollowUp.due_at))
    assert 0.82 <= kept / (kept + late) <= 0.92
    assert number(sa.select(sa.func.count()).where(FollowUp.result == "moved")) >= 5
    tried = sa.select(sa.func.count()).select_from(Lead).where(Lead.first_attempt_at.is_not(None))
    assert number(tried.where(Lead.first_attempt_at <= Lead.answer_by)) / number(tried) > 0.8


def test_old_notices_are_read_and_some_are_fresh(at):
    old = Message.created_at < at - timedelta(days=1)
    assert not number(sa.select(sa.func.count()).where(old, Message.channel == "app", Message.read_at.is_(None)))
    assert not number(sa.select(sa.func.count()).where(old, Message.state == "waiting"))
    assert number(sa.select(sa.func.count()).where(Message.channel == "app", Message.read_at.is_(None)))


def test_history_is_whole(at):
    verdict = verify()
    assert verdict.first_fault is None and verdict.events > 1000


def test_nobody_in_it_can_be_rung(at):
    for point in db.session.scalars(sa.select(ContactPoint)):
        if point.kind == "phone":
            assert INVENTED.fullmatch(point.normal), point.normal
        else:
            assert point.normal.endswith("@example.org")
    assert not INVENTED.fullmatch("+17205551234")  # the known-bad number: it may be somebody's
