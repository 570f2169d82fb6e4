"""Bulk data: the same for the same seed, whole in history, and good enough for every page to work on."""

import pytest
import sqlalchemy as sa

from crm.audit.chain import verify
from crm.cli import Refusal
from crm.db import commit, db
from crm.demo import bulk
from crm.demo.crowd import FIRST
from crm.lifecycle.workflow import calendar, is_demo
from crm.models import ContactPoint, FollowUp, Lead, Person, Staff, Submission
from tests.conftest import NOW


def grown(app, leads, seed):
    with app.app_context():
        bulk.hire_if_nobody(NOW)
        for _ in bulk.grow(leads, seed, NOW):
            commit()


def everybody(after=0):
    told = sa.select(Person.name, Person.state, Lead.status_key, Lead.received_at, Lead.coach_id).join(Lead.person)
    return db.session.execute(told.where(Lead.id > after).order_by(Lead.id)).all()


def test_the_same_seed_gives_the_same_people(app, reading):
    for seed in (7, 7, 8):
        grown(app, 500, seed)
    with reading():
        told = everybody()
    assert len(told) == 1500
    assert told[:500] == told[500:1000] != told[1000:]


def test_they_are_spread_as_a_programme_of_years_is(app, reading):
    grown(app, 2000, 1)
    with reading():
        still_open = sa.select(sa.func.count()).select_from(Lead).where(Lead.ended_at.is_(None))
        assert 0.65 < 1 - db.session.scalar(still_open) / 2000 < 0.75
        today = (FollowUp.due_at >= calendar().start_of_day(NOW)) & (FollowUp.due_at < calendar().end_of_day(NOW))
        due = sa.select(sa.func.count()).where(FollowUp.done_at.is_(None), today)
        assert 0.15 < db.session.scalar(due) / db.session.scalar(still_open) < 0.28
        for point in db.session.scalars(sa.select(ContactPoint).where(ContactPoint.kind == "phone").limit(100)):
            assert point.normal[5:10] == "55501", point.normal


def test_history_and_sealed_words_are_whole(app, reading):
    grown(app, 500, 3)
    with reading():
        assert verify().first_fault is None
        sent = db.session.scalars(sa.select(Submission).limit(1)).one()
        assert sent.message and b"phone" in sent.raw


def test_more_may_be_added_to_what_is_there(app, a_lead, people, reading, crm):
    sam = a_lead("Sam Poe")
    assert crm("seed", "--leads", "50", "--seed", "4").splitlines() == ["seeded=50"]
    with reading():
        assert len(everybody(after=sam.id)) == 50
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Staff)) == len(people)
        assert not is_demo()


def test_afterwards_new_rows_find_their_numbers(app, people, crm, a_lead):
    """Row numbers were taken in bulk: the next one, made as always, must not meet any of them."""
    crm("seed", "--leads", "50")

    assert a_lead("Sam Poe").id > 50


def test_who_works_here_is_added_when_nobody_does(crm, count):
    said = crm("seed", "--leads", "10").splitlines()

    assert said[0].startswith("Nobody worked here: 17") and said[-1] == "seeded=10"
    assert count(Staff) == 17 and count(Lead) == 10


@pytest.mark.parametrize("leads", ["0", "-3", "10000001"])
def test_a_number_that_makes_no_sense_is_refused(crm, leads):
    with pytest.raises(Refusal, match="between"):
        crm("seed", "--leads", leads)


def test_the_queue_and_search_work_on_it(app, as_, crm):
    crm("seed", "--leads", "500")
    page = as_("ida").get("/queue")

    assert page.status_code == 200 and "data-lead=" in page.text
    assert any(name in page.text for name in FIRST)
