"""My day: what I promised, on a phone first; one press records how it went, and one takes it back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from crm.clock import now, wall
from crm.db import db
from crm.models import Attempt, Event, FollowUp, Lead

HOUR = timedelta(hours=1)


def refs(page: str) -> list[str]:
    return re.findall(r'data-followup="([^"]+)"', page)


def counted(page: str, name: str) -> int:
    return int(re.search(rf'data-count="{name}">(\d+)<', page)[1])


@pytest.fixture
def keisha(a_lead, a_followup):
    """Keisha, Cora's, with a check-in that is twenty minutes late."""
    lead = a_lead("Keisha Moore", coach="cora", status="talking", due=None)
    return lead, a_followup(lead, due=now() - timedelta(minutes=20), owner="cora", why="Day 3 home. First check-in.")


@pytest.fixture(autouse=True)
def _without_tokens(app):
    """These stories are about the day; that every form carries a token is tried for all pages at once."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def test_what_is_late_stands_first_and_what_comes_later_in_its_section(as_, a_lead, a_followup, keisha):
    theo = a_lead("Theo R.", coach="cora", due=None)
    soon = a_followup(theo, due=now() + timedelta(minutes=5), owner="cora", channel="text")
    much_later = a_followup(theo, due=now() + timedelta(days=30), owner="cora")

    page = as_("cora").get("/my-day").text

    assert refs(page) == [keisha[1].ref, soon.ref]
    assert counted(page, "due-now") == 2
    assert "20 min late" in page and "Day 3 home. First check-in." in page
    assert much_later.ref not in page


def test_an_empty_day_has_words(as_):
    page = as_("cora").get("/my-day").text

    assert "Nothing due" in page
    assert "Nobody yet." in page


def test_an_empty_day_names_who_has_been_quiet(as_, a_lead):
    a_lead("Rob O.", coach="cora", due=None, received=now() - timedelta(days=13))

    assert "Rob O. has been quiet for 13 days; a hello might help." in as_("cora").get("/my-day").text


def test_no_answer_is_one_press_and_promises_the_next_try(as_, keisha, reading, count):
    lead, promise = keisha
    cora = as_("cora")

    answer = cora.post(f"/follow-ups/{promise.ref}/outcome", data={"outcome": "no_answer"})

    assert (answer.status_code, answer.location) == (303, f"/my-day?saved={promise.ref}")
    page = cora.get(answer.location).text
    assert "Saved “No answer” for Keisha Moore. Next: tomorrow, 9:00 AM there." in page
    assert promise.ref not in refs(page)
    assert count(Attempt, Attempt.lead_id == lead.id, Attempt.outcome == "no_answer") == 1
    assert count(FollowUp, FollowUp.lead_id == lead.id, FollowUp.done_at.is_(None)) == 1


def test_reached_promises_the_next_week(as_, keisha, reading):
    lead, promise = keisha
    as_("cora").post(f"/follow-ups/{promise.ref}/outcome", data={"outcome": "spoke"})

    with reading():
        made = db.session.scalars(db.select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.done_at.is_(None)))
        due = wall(made.one().due_at, "America/Denver")
        assert (due.hour, due.minute) == (10, 0)
        assert (due.date() - wall(now(), "America/Denver").date()).days == 7


def test_a_press_is_taken_back_in_place(as_, keisha, count):
    lead, promise = keisha
    cora = as_("cora")
    cora.post(f"/follow-ups/{promise.ref}/outcome", data={"outcome": "no_answer"})

    answer = cora.post(f"/follow-ups/{promise.ref}/undo")

    assert (answer.status_code, answer.location) == (303, "/my-day")
    assert refs(cora.get("/my-day").text) == [promise.ref]
    assert count(FollowUp, FollowUp.lead_id == lead.id, FollowUp.done_at.is_(None)) == 1
    assert count(Lead, Lead.id == lead.id, Lead.attempts_made == 0) == 1


def test_two_presses_at_once_are_one(as_, keisha, count):
    lead, promise = keisha
    cora = as_("cora")

    answers = [cora.post(f"/follow-ups/{promise.ref}/outcome", data={"outcome": "spoke"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(Attempt, Attempt.lead_id == lead.id) == 1


def test_the_promise_that_was_pressed_is_the_one_that_is_kept(as_, a_lead, a_followup, count):
    """Not the first reply that the same person is owed as well."""
    dana = a_lead("Dana W.", coach="cora")
    promise = a_followup(dana, due=now() - HOUR, owner="cora")

    as_("cora").post(f"/follow-ups/{promise.ref}/outcome", data={"outcome": "no_answer"})

    assert count(FollowUp, FollowUp.ref == promise.ref, FollowUp.result == "kept") == 1


def test_later_moves_the_promise_and_can_be_taken_back(as_, keisha, count):
    lead, promise = keisha
    cora = as_("cora")
    choice = re.search(r'name="to" value="([^"]+)"', cora.get("/my-day").text)[1]

    answer = cora.post(f"/follow-ups/{promise.ref}/move", data={"to": choice})

    page = cora.get(answer.location).text
    assert "Moved Keisha Moore to" in page
    assert promise.ref not in refs(page)
    assert count(FollowUp, FollowUp.lead_id == lead.id, FollowUp.done_at.is_(None)) == 1
    cora.post(f"/follow-ups/{promise.ref}/undo")
    assert refs(cora.get("/my-day").text) == [promise.ref]
    assert count(FollowUp, FollowUp.lead_id == lead.id, FollowUp.done_at.is_(None)) == 1
    assert count(Event, Event.action == "promise-move-undone") == 1


@pytest.mark.parametrize(("fields", "words"), [
    ({"to": "2020-01-01T09:00+00:00"}, "That time has passed"),
    ({"to": "yesterday"}, "not a moment"),
    ({"to": "2026-11-24T09:00"}, "offset"),
    ({"to": "2999-01-01T09:00Z"}, "within the next year"),
    ({"to": "pick", "date": "2099-12-31", "time": "25:00"}, "Give a date and a time."),
    ({"to": "pick", "date": "0001-01-01", "time": "00:00"}, ""),
    ({"to": "pick", "date": "", "time": ""}, "Give a date and a time."),
    ({}, "Give a date and a time."),
])  # fmt: skip
def test_a_time_that_cannot_be_is_said_and_nothing_is_lost(as_, keisha, count, fields, words):
    _, promise = keisha

    answer = as_("cora").post(f"/follow-ups/{promise.ref}/move", data=fields)

    assert answer.status_code == 422
    assert words in answer.text
    for typed in ("date", "time"):
        if fields.get(typed):
            assert f'value="{fields[typed]}"' in answer.text
    assert count(FollowUp, FollowUp.ref == promise.ref, FollowUp.done_at.is_(None)) == 1


def test_a_time_in_the_hour_that_the_clocks_skip_is_refused(as_, a_lead, a_followup):
    year = now().year + 1
    march = {2026: 8, 2027: 14, 2028: 12, 2029: 11, 2030: 10}[year]
    sam = a_lead("Sam Poe", coach="cora", due=None)
    promise = a_followup(sam, due=now(), owner="cora")

    fields = {"to": "pick", "date": f"{year}-03-{march:02}", "time": "02:30"}
    answer = as_("cora").post(f"/follow-ups/{promise.ref}/move", data=fields)

    assert answer.status_code == 422
    assert "this time does not exist" in answer.text


def test_another_coachs_promise_does_not_exist(as_, keisha):
    _, promise = keisha
    cole = as_("cole")

    assert "Keisha" not in cole.get("/my-day").text + cole.get("/people").text
    assert cole.get(f"/follow-ups/{promise.ref}").status_code == 404
    for act in ("outcome", "move", "drop", "undo"):
        assert cole.post(f"/follow-ups/{promise.ref}/{act}", data={"outcome": "spoke"}).status_code == 404
    assert "Keisha" not in cole.get(f"/my-day?saved={promise.ref}").text


def test_a_promise_about_somebody_who_is_now_anothers_leaves_the_day(as_, keisha, writing):
    lead, _ = keisha
    with writing():
        db.session.get(Lead, lead.id).coach_id = None

    assert "Keisha" not in as_("cora").get("/my-day").text


def test_an_administrator_has_no_day_of_their_own(as_):
    assert as_("ada").get("/my-day").status_code == 403


def test_ended_people_are_not_chased(as_, a_lead, a_followup):
    sam = a_lead("Sam Poe", coach="cora", status="closed")
    a_followup(sam, due=now() - HOUR, owner="cora")
    cora = as_("cora")

    assert "Sam Poe" not in cora.get("/my-day").text
    assert "Sam Poe" not in cora.get("/people").text
    assert "Sam Poe" in cora.get("/people?show=ended").text


@pytest.mark.parametrize(("person", "link", "words"), [
    ({}, "tel:+17205550118", ""),
    ({"may_call": "no"}, None, "They did not allow it: no calls"),
    ({"voicemail": "no"}, "tel:+17205550118", "no voicemail"),
])  # fmt: skip
def test_what_they_did_not_allow_stands_on_the_card(as_, a_lead, a_followup, person, link, words):
    """A call promised for now may be made at any hour: they asked for it."""
    sam = a_lead("Sam Poe", coach="cora", due=None, person=person)
    a_followup(sam, due=now(), owner="cora")

    page = as_("cora").get("/my-day").text

    assert words in page
    assert (f'href="{link}"' in page) if link else ("tel:" not in page.split('class="visit', 1)[1])


def test_an_intake_person_has_a_day_too(as_, a_lead, a_followup):
    sam = a_lead("Sam Poe", owner="ida", due=None)
    mine = a_followup(sam, due=now(), owner="ida")

    assert refs(as_("ida").get("/my-day").text) == [mine.ref]
    assert refs(as_("inez").get("/my-day").text) == []


def test_a_new_promise_is_made_from_a_page_of_its_own(as_, a_lead, count):
    sam = a_lead("Sam Poe", coach="cora", due=None)
    cora = as_("cora")
    tomorrow = f"{now() + timedelta(days=2):%Y-%m-%d}"
    fields = {"channel": "text", "to": "pick", "date": tomorrow, "time": "15:00", "why": "The family night"}

    assert cora.get(f"/leads/{sam.ref}/follow-ups/new").status_code == 200
    assert cora.post(f"/leads/{sam.ref}/follow-ups", data={**fields, "channel": "fax"}).status_code == 422
    assert cora.post(f"/leads/{sam.ref}/follow-ups", data=fields).location == f"/leads/{sam.ref}"
    assert count(FollowUp, FollowUp.lead_id == sam.id, FollowUp.channel == "text") == 1


def test_what_is_no_longer_needed_says_why(as_, keisha, count):
    lead, promise = keisha
    cora = as_("cora")

    assert cora.post(f"/follow-ups/{promise.ref}/drop", data={"reason": " "}).status_code == 422
    cora.post(f"/follow-ups/{promise.ref}/drop", data={"reason": "She starts on Friday."})

    assert count(FollowUp, FollowUp.ref == promise.ref, FollowUp.result == "dropped") == 1
    assert count(Lead, Lead.id == lead.id, Lead.no_step_reason == "She starts on Friday.") == 1


def test_history_names_nobody(as_, keisha, reading):
    _, promise = keisha
    cora = as_("cora")
    cora.get("/my-day")
    cora.post(f"/follow-ups/{promise.ref}/outcome", data={"outcome": "no_answer"})

    with reading():
        told = {one.action: str(one.facts) for one in db.session.scalars(db.select(Event))}
    assert {"listed", "attempt", "promise-kept", "promised"} <= set(told)
    assert "Keisha" not in "".join(told.values())


@pytest.mark.parametrize("path", ["/my-day", "/people"])
def test_statements_do_not_grow_with_rows(as_, a_lead, a_followup, app, path):
    cora = as_("cora")
    counts = []
    for _ in range(2):
        for number in range(6):
            sam = a_lead(f"Sam {number}", coach="cora", due=None)
            a_followup(sam, due=now(), owner="cora", why="Hello")
        cora.get(path)
        with statements(app) as asked:
            assert cora.get(path).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 8


@contextmanager
def statements(app) -> Iterator[list[str]]:
    """Every statement sent to the database meanwhile."""
    asked: list[str] = []

    def hear(_connection, _cursor, statement, *_more) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", hear)
