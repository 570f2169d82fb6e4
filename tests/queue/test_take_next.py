"""Take next: the first free person, each press another one, and no two people ever the same."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from crm.clock import now
from crm.db import commit, db, is_postgresql
from crm.models import Event, Lead, Staff
from crm.queue import actions, queries
from tests.queue.conftest import names, token_in

CALM = "/queue?taken=nobody"
WEST = {"state": "CA", "time_zone": "America/Los_Angeles", "zone_candidates": ["America/Los_Angeles"]}


@pytest.fixture
def press(as_):
    """`press("ida")`: where the button leads; a browser may be given instead of a name."""

    def take_next(who: Any = "ida") -> str:
        browser = as_(who) if isinstance(who, str) else who
        sent = browser.post("/queue/next", data={"csrf_token": token_in(browser.get("/queue"))})
        assert sent.status_code == 303
        return sent.location

    return take_next


def test_the_oldest_promise_first_and_each_press_another(press, it_is, a_lead, at, reading):
    it_is("10:42")
    sam, ann = a_lead("Sam Poe", received=at("10:20")), a_lead("Ann Doe", received=at("10:00"))

    assert [press("ida"), press("inez"), press("ida")] == [f"/leads/{ann.ref}", f"/leads/{sam.ref}", CALM]
    with reading():
        taken = {lead.id: lead for lead in db.session.scalars(select(Lead))}
        told = db.session.scalars(select(Event).where(Event.action == "taken").order_by(Event.id)).all()
        assert taken[ann.id].taken_until == at("10:52") and taken[ann.id].version == ann.version + 1
        assert [(event.lead_id, event.lead_version) for event in told] == [(ann.id, 2), (sam.id, 2)]


def test_who_was_taken_shows_as_theirs_until_the_lock_runs_out(press, queue, it_is, a_lead, at, people):
    it_is("10:42")
    sam = a_lead("Sam Poe", received=at("10:20"))
    press("inez")

    assert names(queue(f"?owner={people['inez'].ref}")) == ["Sam Poe"]
    it_is("10:52")
    assert press("ida") == f"/leads/{sam.ref}"


def test_only_who_allowed_nothing_that_is_open_now_is_passed_over(press, it_is, a_lead, at):
    it_is("10:42")  # 7:42 in Los Angeles
    a_lead("Asleep", received=at("10:00"), person={**WEST, "may_email": "no"})
    unasked = {"may_call": "unasked", "may_text": "unasked", "may_email": "unasked"}
    a_lead("Unasked", received=at("10:01"), person={**WEST, **unasked})
    mail = a_lead("By mail", received=at("10:02"), person=WEST)
    no_way = {**WEST, "may_call": "no", "may_text": "no", "may_email": "no"}
    none = a_lead("No way", received=at("10:03"), person=no_way)
    awake = a_lead("Awake", received=at("10:04"), person={"may_email": "no"})

    assert [press() for _ in range(4)] == [f"/leads/{lead.ref}" for lead in (mail, none, awake)] + [CALM]


def test_more_sleepers_than_a_page_do_not_hide_who_is_awake(press, it_is, a_lead, at):
    it_is("10:42")
    for _ in range(queries.PAGE + 3):
        a_lead("Asleep", received=at("10:00"), person={**WEST, "may_email": "no"})
    awake = a_lead("Awake", received=at("10:20"))

    assert press() == f"/leads/{awake.ref}"


def test_what_is_somebody_elses_is_not_taken_and_what_is_mine_is(press, it_is, a_lead, a_followup, at):
    it_is("10:42")
    a_lead("Inez has her", received=at("10:00"), owner="inez")
    a_lead("Cora has her", received=at("10:01"), coach="cora")
    a_followup(a_lead("Tomorrow", received=at("10:02"), due=None), due=at("09:00", 1))
    promised = a_lead("Promised by Inez", received=at("10:03"), due=None)
    a_followup(promised, due=at("10:30"), owner="inez")
    mine = a_lead("Mine", received=at("10:04"), owner="ida")

    assert [press(), press()] == [f"/leads/{mine.ref}", CALM]


def test_nobody_to_take_is_said_calmly(press, queue, as_, it_is, a_lead, a_followup, at):
    it_is("10:42")
    a_followup(a_lead("Sam Poe", received=at("09:00"), due=None), due=at("11:30", 1))
    ida = as_("ida")

    calm = ida.get(press(ida)).text
    a_lead("Inez has her", received=at("10:00"), owner="inez")
    busy = ida.get(press(ida)).text

    assert "Everyone has heard from us" in calm and "Nothing is due until Wed 11:30 AM." in calm
    assert "There is nobody to take just now." in busy and "Inez has her" in busy


def test_the_button_is_for_intake_and_administrators_and_needs_its_token(as_, press, a_lead, count):
    a_lead("Sam Poe")
    cora = as_("cora")

    assert cora.post("/queue/next", data={"csrf_token": token_in(cora.get("/notifications"))}).status_code == 403
    assert as_("ida").post("/queue/next").status_code == 400
    assert as_("ida").get("/queue/next").status_code in (404, 405)
    assert count(Lead, Lead.taken_by_id.is_not(None)) == 0
    assert press("ada") != CALM


@pytest.mark.parametrize("waiting", [8, 5])
def test_eight_people_pressing_at_once_get_eight_different_people(waiting, eight, as_, a_lead, count):
    leads = [a_lead(f"Sam No{number}") for number in range(waiting)]
    browsers = [as_(name) for name in eight]
    tokens = [token_in(browser.get("/queue")) for browser in browsers]

    def press(place: int) -> str:
        return browsers[place].post("/queue/next", data={"csrf_token": tokens[place]}).location

    answers = _all_at_once(press, range(8))

    assert sorted(answers) == sorted([f"/leads/{lead.ref}" for lead in leads] + [CALM] * (8 - waiting))
    assert count(Event, Event.action == "taken") == waiting
    assert count(Lead, Lead.taken_by_id.is_not(None)) == waiting


def test_looking_first_and_writing_after_hands_somebody_out_twice(app: Flask, a_lead, people):
    """The known-bad variant. SQLite forgives it: there the second begins only when the first has ended."""
    for number in range(8):
        a_lead(f"Sam No{number}")
    both_have_looked = threading.Barrier(2)

    def naive(name: str) -> str:
        with app.app_context():
            by, at = db.session.get_one(Staff, people[name].id), now()
            found = queries.candidates(by, at, actions._is_free_for(by, at)).rows[0]
            if is_postgresql():
                both_have_looked.wait(timeout=20)
            hold = {"taken_by_id": by.id, "taken_until": at + actions.YOURS_FOR}
            db.session.execute(update(Lead).where(Lead.id == found.id).values(hold))
            commit()
            return str(found.ref)

    taken = set(_all_at_once(naive, ["ida", "inez"]))

    with app.app_context():
        assert len(taken) == (1 if is_postgresql() else 2)


@pytest.fixture
def eight(people, writing) -> list[str]:
    """Ida, Inez and six more at the desk, by the names `as_` knows them by."""
    names = ["ida", "inez", *(f"desk{number}" for number in range(6))]
    with writing():
        for name in names[2:]:
            people[name] = Staff(
                email=f"{name}@example.org", name=name.title(), role="intake", time_zone="America/New_York",
                created_at=now(),
            )
            db.session.add(people[name])
            db.session.flush()
            db.session.refresh(people[name])
            db.session.expunge(people[name])
    return names


def _all_at_once(act: Callable[[Any], str], on: Iterable[Any]) -> list[str]:
    """Everybody starts together; an error in one of them is an error here."""
    people = list(on)
    line = threading.Barrier(len(people))

    def start(one: Any) -> str:
        line.wait(timeout=20)
        return act(one)

    with ThreadPoolExecutor(len(people)) as threads:
        return list(threads.map(start, people))
