"""What does not come is noticed: a silent source, a missing entry, a changed secret; told to who can mend it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.clock import now
from crm.db import commit, db
from crm.models import Message, Source, SourceAlarm, Submission
from crm.sources.watch import is_expected, watch_sources

HOUR = timedelta(hours=1)


@pytest.fixture
def source(people, writing):
    """A Gravity form."""
    with writing():
        made = Source(kind="gravity-forms", name="Contact page", slug="contact-page", created_at=now())
        db.session.add(made)
        db.session.flush()
        return made.id


@pytest.fixture
def came(source, writing):
    """`came([hours ago, …])`: messages came so long ago, with entry numbers that rise by one; more fields as given."""

    def bring(ago, first=1, skip=(), **more):
        with writing():
            number = first
            for hours in sorted(ago, reverse=True):
                while number in skip:
                    number += 1
                db.session.add(Submission(**{
                    "source_id": source, "fingerprint": f"{number}{more}", "content_type": "application/json",
                    "received_at": now() - hours * HOUR, "state": "held", "raw": b"{}", "form": "3",
                    "entry_number": number, **more,
                }))
                number += 1

    return bring


@pytest.fixture
def watch(app):
    """`watch(hours=5)`: the clock looks, now or so much later; how many alarms are new."""

    def look(hours=0):
        with app.app_context():
            return watch_sources(now() + hours * HOUR)

    return look


def alarms(reading):
    with reading():
        return [(one.kind, one.words, one.ended_at is not None)
                for one in db.session.scalars(select(SourceAlarm).order_by(SourceAlarm.id))]


def every(hours, weeks=6, until=1):
    return [until + hours * step for step in range(int(weeks * 7 * 24 / hours))]


def test_a_source_that_falls_silent_is_told_once_to_who_can_mend_it(came, watch, reading, count):
    came(every(3))

    assert watch() == 0
    assert watch(hours=40) == 1 and watch(hours=41) == 0
    assert [(kind, over) for kind, _, over in alarms(reading)] == [("silent", False)]
    assert "normally brings about 8 a day" in alarms(reading)[0][1]
    with reading():
        told = db.session.scalars(select(Message).where(Message.kind == "source-alarm")).all()
        assert {one.reader.name for one in told} == {"Ada Example"}
        assert {one.channel for one in told} == {"app", "email"}


def test_it_ends_by_itself_when_the_source_is_heard_again(came, watch, reading):
    came(every(3))
    watch(hours=40)
    came([-41], first=9000)  # an hour after that

    watch(hours=42)
    assert [over for kind, _, over in alarms(reading) if kind == "silent"] == [True]


def test_a_rhythm_that_nobody_knows_rings_no_bell(came, watch):
    came([500, 30])

    assert watch(hours=400) == 0


def test_a_missing_entry_of_a_form_that_never_missed_one_is_told(came, watch, reading):
    came(every(3), skip={200})

    assert watch() == 1
    ((kind, words, _),) = alarms(reading)
    assert kind == "gap" and "number 200 did not come" in words


def test_an_entry_that_comes_late_closes_its_gap(came, watch, reading):
    came(every(3), skip={200})
    watch()
    came([0.5], first=200)

    watch()
    assert alarms(reading)[0][2]


def test_a_gap_that_somebody_knows_of_is_not_told_again(came, watch, reading, writing, people):
    came(every(3), skip={200})
    watch()
    with writing():
        is_expected(db.session.scalars(select(SourceAlarm)).one(), people["ada"], now())

    assert watch() == 0
    assert alarms(reading)[0][2]


def test_a_form_that_shares_its_numbers_with_others_misses_nothing(came, watch):
    came(every(3), skip=set(range(1, 3000, 2)) | set(range(1, 3000, 7)))

    assert watch() == 0


def test_a_secret_that_was_changed_on_one_side_is_told(came, watch, reading):
    came(every(3))
    came([0.9, 0.8, 0.7], first=5000, state="unproven", entry_number=None)

    assert watch() == 1
    assert alarms(reading)[0][0] == "proof" and "without the right secret" in alarms(reading)[0][1]


def test_a_source_that_is_switched_off_is_not_missed(came, watch, writing):
    came(every(3))
    with writing():
        db.session.scalars(select(Source)).one().is_on = False

    assert watch(hours=40) == 0


def test_a_detector_that_looks_at_nothing_is_caught(came, watch, monkeypatch):
    """The known-bad variant: a deaf one."""
    monkeypatch.setattr("crm.sources.watch.is_silent", lambda *_: None)
    came(every(3))

    assert watch(hours=40) == 0


def test_two_clocks_at_once_raise_one_alarm(came, app, count):
    from tests.intake.test_never_lost import at_once

    came(every(3))

    def look(_):
        with app.app_context():
            try:
                watch_sources(now() + 40 * HOUR)
            except Exception:
                db.session.rollback()
            commit()

    at_once(4, look)
    assert count(SourceAlarm) == 1
