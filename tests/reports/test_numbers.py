"""Every number is what the rows say, and what history says, counted again by other means."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm import lifecycle
from crm.clock import now, parse_moment
from crm.db import db
from crm.followups import actions
from crm.followups.contacts import NextStep, log_attempt, undo_attempt
from crm.models import Attempt, Event, FollowUp, Lead
from tests.support import builders

MIN = timedelta(minutes=1)


def test_everyone_who_wrote_and_the_step_they_reached(a_lead, numbers, march):
    wrote = march(4)
    a_lead("Dana", received=wrote)
    a_lead("Renee", received=wrote, status="trying", first_attempt_at=wrote + MIN)
    a_lead("Sam", received=wrote, status="later", first_attempt_at=wrote + MIN, first_two_way_at=wrote + MIN)
    a_lead("Jules", received=wrote, status="started", first_attempt_at=wrote + MIN, first_two_way_at=wrote + MIN,
           assessment_at=wrote, started_on=wrote.date())
    a_lead("Al", received=wrote, status="closed", first_attempt_at=wrote + MIN)
    a_lead("Too early", received=march(1, "00:00") - MIN)

    counted = numbers("ada", "everyone")

    steps = {key: counted[key] for key in ("wrote", "tried", "spoke", "assessment", "started")}
    assert steps == {"wrote": "5", "tried": "4", "spoke": "2", "assessment": "1", "started": "1"}
    stages = {key: counted[f"stage-{key}"] for key in ("new", "trying", "talking", "assessment", "later", "ended")}
    assert stages == {"new": "1", "trying": "1", "talking": "0", "assessment": "0", "later": "1", "ended": "2"}


def test_a_wait_is_counted_in_open_minutes_and_by_the_wall(a_lead, ask, numbers, march):
    evening, morning = march(4, "19:50"), march(5, "10:00")  # Tuesday; the doors close at eight and open at eight
    a_lead("Dana", received=evening, first_attempt_at=march(5, "08:10"), due=march(5, "08:05"))
    a_lead("Renee", received=morning, first_attempt_at=morning + 4 * MIN)
    a_lead("Sam", received=morning, first_attempt_at=morning + 15 * MIN)
    a_lead("Jules", received=morning)

    page = ask("ada", "first-reply").text
    counted = numbers("ada", "first-reply")

    assert (counted["within-5"], counted["within-15"], counted["within-30"], counted["waiting"]) == ("1", "1", "1", "1")
    assert counted["tried"] == "3"
    assert (counted["promise-kept"], counted["promise-late"], counted["promise-owed"]) == ("2", "1", "1")
    assert "<dt>Median, open hours</dt><dd>15 min</dd>" in page
    assert "<dt>90th percentile, open hours</dt><dd>20 min</dd>" in page
    assert "<dt>90th percentile, by the wall clock</dt><dd>12 h 20 min</dd>" in page
    assert "<dt>Promises to answer kept</dt><dd>50%</dd>" in page


def test_follow_ups_kept_late_moved_and_dropped(a_lead, a_followup, numbers, march):
    sam, due = a_lead("Sam", received=march(3), due=None), march(5)
    gone = a_lead("Dana", received=march(3), due=None, status="closed", ended_at=march(4))
    a_followup(sam, due=due, done_at=due, result="kept")
    a_followup(sam, due=due, done_at=due + MIN, result="kept")
    a_followup(sam, due=due, done_at=due + MIN, result="moved")
    a_followup(sam, due=due)
    a_followup(sam, due=due, done_at=due - MIN, result="moved")
    a_followup(sam, due=due, done_at=due - MIN, result="dropped")
    a_followup(gone, due=due)
    a_followup(sam, due=march(3) - timedelta(days=9), done_at=due, result="kept")

    counted = numbers("ada", "follow-ups")

    shown = {key: counted[key] for key in ("in-time", "late", "open", "moved", "dropped")}
    assert shown == {"in-time": "1", "late": "2", "open": "1", "moved": "1", "dropped": "2"}
    assert (counted["2025-03-03-in-time"], counted["2025-03-03-late"]) == ("1", "3")


def test_a_promise_whose_time_has_not_come_is_not_counted(a_lead, a_followup, ask, numbers):
    sam = a_lead("Sam", received=now() - MIN, due=now() + 14 * MIN)
    a_followup(sam, due=now() + 5 * MIN)
    around = {"first": str(now().date() - timedelta(days=2)), "last": str(now().date() + timedelta(days=2))}

    assert numbers("ada", "follow-ups", **around)["open"] == "0"
    assert numbers("ada", "first-reply", **around)["promise-owed"] == "0"


def test_history_alone_gives_the_same_numbers(a_lead, people, writing, reading, numbers, march):
    """What the pages count from rows is counted again from events: attempts not taken back, moves, promises."""
    leads = [a_lead(name, received=march(4), due=None) for name in ("Dana", "Renee", "Sam", "Jules", "Al")]
    _work(writing, people["ida"], [lead.id for lead in leads], march)

    with reading():
        events = db.session.execute(select(Event.lead_id, Event.action, Event.at, Event.facts)).all()
    undone = {event.facts["attempt"] for event in events if event.action == "attempt-undone"}
    tries = [event for event in events if event.action == "attempt" and event.facts["attempt"] not in undone]
    due = {event.facts["follow_up"]: parse_moment(event.facts["due_at"]) for event in events
           if event.action == "promised"}
    kept = [event for event in events if event.action == "promise-kept"]

    shown = numbers("ada", "everyone")
    assert int(shown["tried"]) == len({event.lead_id for event in tries}) == 3
    assert int(shown["spoke"]) == len({event.lead_id for event in tries if event.facts["outcome"] == "spoke"}) == 2
    assert int(shown["started"]) == sum(event.facts.get("after") == "started" for event in events) == 1
    promises = numbers("ada", "follow-ups")
    assert int(promises["in-time"]) == sum(event.at <= due[event.facts["follow_up"]] for event in kept) == 1
    assert int(promises["late"]) == sum(event.at > due[event.facts["follow_up"]] for event in kept) == 1


def _work(writing, ida, ids, march):
    """Dana: tried, then spoke, started. Renee: tried, late. Sam: tried by a slip, taken back. Jules: spoke."""
    dana, renee, sam, jules = ids[:4]
    with writing():
        _log(dana, "no_answer", ida, march(4, "10:05"), next_at=march(5))
        _log(renee, "voicemail", ida, march(4, "10:06"), next_at=march(5))
        _log(sam, "no_answer", ida, march(4, "10:07"), next_at=march(6))
        _log(jules, "spoke", ida, march(4, "10:08"), next_at=None)
    with writing():
        undo_attempt(db.session.scalars(select(Attempt).where(Attempt.lead_id == sam)).one(), ida, march(4, "10:09"))
        _log(dana, "spoke", ida, march(5, "09:55"), next_at=None)
        late = db.session.scalars(select(FollowUp).where(FollowUp.lead_id == renee)).one()
        actions.keep(late, ida, march(6))
    with writing():
        lead = db.session.get_one(Lead, dana)
        lifecycle.move(lead, lifecycle.Move("started", ida, march(7), started_on=march(7).date()))


def _log(lead_id, outcome, by, at, next_at):
    step = NextStep(next_at) if next_at else NextStep(None, why="They will call us.")
    log_attempt(db.session.get_one(Lead, lead_id), "call", outcome, "They said we may.", step, by, at)


@pytest.mark.parametrize("clock", ["00:00", "23:59"])
def test_the_day_the_clocks_change_belongs_whole_to_its_period(a_lead, numbers, march, clock):
    a_lead("Sam", received=march(9, clock))  # that day has 23 hours

    assert numbers("ada", "everyone", first="2025-03-09", last="2025-03-09")["wrote"] == "1"
    assert numbers("ada", "everyone", first="2025-03-08", last="2025-03-08")["wrote"] == "0"
    assert numbers("ada", "everyone", first="2025-03-10", last="2025-03-10")["wrote"] == "0"


def test_days_are_the_programmes_not_those_of_greenwich(a_lead, numbers, march):
    a_lead("Sam", received=march(4, "23:30"))  # the 5th already, in Greenwich

    assert numbers("ada", "everyone", first="2025-03-04", last="2025-03-04")["wrote"] == "1"
    assert numbers("ada", "everyone", first="2025-03-05", last="2025-03-05")["wrote"] == "0"


def test_an_empty_period_is_said_in_words_and_dashes(ask):
    everyone, reply, kept = (ask("ada", name).text for name in ("everyone", "first-reply", "follow-ups"))

    assert "Nobody wrote in this period." in everyone and "—" in everyone
    assert "<dt>Median, open hours</dt><dd>—</dd>" in reply
    assert "No follow-up fell due in this period." in kept


@pytest.mark.parametrize("name", ["everyone", "first-reply", "follow-ups"])
def test_every_number_is_as_long_as_the_list_behind_it(a_lead, a_followup, ask, numbers, march, name):
    for index in range(6):
        reached = march(4) + 7 * index * MIN if index < 4 else None
        sam = a_lead(f"Sam {index}", received=march(4), due=None, first_attempt_at=reached)
        a_followup(sam, due=march(5), done_at=march(5) + (index - 3) * MIN, result="kept")

    for key, number in numbers("ada", name).items():
        if number != "0":
            people = ask("ada", f"{name}/people", more=f"&part={key}").text
            assert people.count("data-lead=") == int(number), key


def test_one_person_promised_twice_is_listed_once(a_lead, a_followup, ask, march):
    sam = a_lead("Sam", received=march(3), due=None)
    for _ in range(2):
        a_followup(sam, due=march(5), done_at=march(4), result="kept")

    page = ask("ada", "follow-ups/people", more="&part=in-time").text

    assert page.count("data-lead=") == 1 and "2 promises to" in page


def test_long_lists_are_read_in_pages(people, writing, ask, march):
    with writing():
        for number in range(60):
            builders.a_lead(people, f"Sam {number}", received=march(4))

    first = ask("ada", "everyone/people", more="&part=wrote").text
    second = ask("ada", "everyone/people", more="&part=wrote&page=2").text

    assert (first.count("data-lead="), second.count("data-lead=")) == (50, 10)
    assert "Further down the list" in first and "Earlier in the list" in second
    for nonsense in ("0", "-1", "9" * 5000, "²", "x"):
        assert ask("ada", "everyone/people", more=f"&part=wrote&page={nonsense}").status_code == 200
