"""Up next: each open lead once, by the move we owe first, in the words that Ida needs to choose."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from crm.access import visible_columns
from crm.db import db
from crm.models import Event, Submission
from crm.queue import queries
from crm.queue.filters import LeadFilter
from tests.queue.conftest import by_group, counts, names, row_of

MINUTE = timedelta(minutes=1)
IN_CALIFORNIA = {"state": "CA", "time_zone": "America/Los_Angeles", "zone_candidates": ["America/Los_Angeles"]}


def test_who_is_owed_a_move_today_stands_in_the_group_of_its_time(queue, it_is, a_lead, a_followup, at):
    it_is("10:42")
    a_lead("Dana Whit", received=at("10:21"))
    a_lead("Luz Sol", received=at("10:36"))
    gabe = a_lead("Gabe Oak", received=at("09:00", -1), due=None, status="talking", first_attempt_at=at("09:05", -1))
    walt = a_lead("Walt Jen", received=at("09:00", -1), due=None, status="trying")
    nora = a_lead("Nora Lind", received=at("09:00", -1), due=None, status="trying")
    a_followup(gabe, due=at("15:00"), owner="ida")
    a_followup(gabe, due=at("16:00"), owner="ida")
    a_followup(walt, due=at("11:30"))
    a_followup(nora, due=at("09:00", 1))
    a_lead("Kim Late", received=at("10:00"), due=at("09:15", 1))

    page = queue()

    assert by_group(page) == {
        "Late": ["Dana Whit"], "Within the hour": ["Luz Sol", "Walt Jen"], "Later today": ["Gabe Oak"],
        "After we open": ["Kim Late"],
    }
    assert {"up-next": "5", "first-replies": "3", "follow-ups": "2"}.items() <= counts(page).items()
    assert "Up next (5)" in page.text


def test_what_cannot_be_done_before_we_open_stands_last_however_near(queue, it_is, a_lead, a_followup, at):
    it_is("07:40")  # the doors open at eight
    a_lead("Dana Whit", received=at("21:00", -1), due=at("08:15"))
    sam = a_lead("Sam Poe", received=at("12:00", -1), due=None, status="trying")
    a_followup(sam, due=at("07:50"))

    assert by_group(queue()) == {"Within the hour": ["Sam Poe"], "After we open": ["Dana Whit"]}


def test_who_has_ended_or_was_answered_is_not_up_next(queue, it_is, a_lead, a_followup, at):
    it_is("10:42")
    gone = a_lead("Gone Girl", received=at("09:00"), due=None, status="closed", ended_at=at("10:00"))
    a_followup(gone, due=at("10:30"))
    kept = a_lead("Kept Word", received=at("09:00"), due=None, status="talking")
    a_followup(kept, due=at("10:30"), done_at=at("10:31"), result="kept")

    page = queue()

    assert names(page) == []
    assert "Everyone has heard from us" in page.text


def test_nothing_to_do_says_until_when(queue, it_is, a_lead, a_followup, at):
    it_is("10:42")
    a_followup(a_lead("Sam Poe", received=at("09:00"), due=None), due=at("09:30", 1))

    assert "Nothing is due until Wed 9:30 AM." in queue().text


def test_a_row_says_who_where_how_and_what_next(queue, it_is, a_lead, at):
    it_is("10:42")
    dana = a_lead(
        "Dana Whit", received=at("10:21"), for_whom="loved", person={"language": "es"},
        message="My brother finishes detox on Friday and we don't know what comes after, and nobody tells us a thing.",
    )

    row = row_of(queue(), dana)

    for words in ("6 min late , due 10:36 AM", "Dana Whit for someone they love Español", "“My brother finishes detox",
                  "…” Website form", "Colorado probably 8:42 AM good to call", "New", "No one",
                  "Arrived 21 min ago", "Call now"):
        assert words in row, words


@pytest.mark.parametrize(("allowed", "words"), [
    ({"may_call": "no", "may_email": "no"}, "text only"),
    ({"may_call": "no", "may_text": "no"}, "e-mail only"),
    ({"may_call": "no", "may_text": "no", "may_email": "no"}, "no way allowed"),
    ({"voicemail": "no"}, "no voicemail"),
    (IN_CALIFORNIA, "quiet until 8 AM"),
])  # fmt: skip
def test_a_row_says_what_they_allowed(allowed, words, queue, it_is, a_lead, at):
    it_is("10:42")
    lead = a_lead("Sam Poe", received=at("10:36"), person=allowed)

    assert words in row_of(queue(), lead)


def test_quiet_hours_show_when_they_end(queue, it_is, a_lead, at):
    it_is("10:42")
    asleep = {**IN_CALIFORNIA, "may_email": "no"}
    renee = a_lead("Renee Cast", received=at("21:58", -1), due=at("09:15"), person=asleep)

    row = row_of(queue(), renee)

    assert "in 18 min , quiet hours end 11:00 AM your time" in row and "Call 8:00 AM there" in row


def test_a_row_shows_how_far_we_are(queue, it_is, a_lead, a_followup, at):
    it_is("10:42")
    theo = a_lead("Theo Ram", received=at("15:00", -1), due=None, status="trying", attempts_made=2, owner="ida",
                  last_touch="voicemail", last_touch_at=at("16:10", -1))
    a_followup(theo, due=at("11:30"), owner="ida", channel="text")

    row = row_of(queue(), theo)

    for words in ("48 min", "Trying, 2 of 6", "IE Ida", "Voicemail left Mon 4:10 PM", "Text 11:30 AM"):
        assert words in row, words


def test_words_that_cannot_be_opened_do_not_break_the_page(queue, it_is, a_lead, at, writing):
    it_is("10:42")
    sam, ann = a_lead("Sam Poe", received=at("10:36")), a_lead("Ann Doe", received=at("10:37"))
    with writing():
        one, other = (db.session.query(Submission).filter_by(lead_id=lead.id).one() for lead in (sam, ann))
        one.message_sealed = other.message_sealed

    page = queue()

    assert page.status_code == 200 and "The message cannot be opened" in row_of(page, sam)


def test_fifty_a_page_and_none_twice(queue, it_is, a_lead, at):
    it_is("10:42")
    for number in range(53):
        a_lead(f"Sam No{number:02}", received=at("09:00"), due=at("09:00") + number // 2 * MINUTE)

    first = queue()
    further = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = queue(further.removeprefix("/queue"))

    assert len(names(first)) == 50 and len(names(second)) == 3
    assert names(first) + names(second) == [f"Sam No{number:02}" for number in range(53)]
    assert 'rel="prev" href="/queue"' in second.text and 'rel="next"' not in second.text


def test_what_is_held_is_said(queue, it_is, a_lead, at, writing):
    it_is("10:42")
    sam = a_lead("Sam Poe", received=at("10:36"))
    with writing():
        held = db.session.query(Submission).filter_by(lead_id=sam.id).one()
        db.session.add(Submission(
            source_id=held.source_id, fingerprint="x", content_type="text/plain", received_at=at("10:00"), state="held",
            raw=b"buy now",
        ))

    page = queue()

    assert counts(page)["held"] == "1" and 'href="/held"' in page.text


def test_the_queue_is_not_for_coaches_and_not_for_strangers(queue):
    assert queue(who="cora").status_code == 403
    assert queue(who=None).status_code == 303
    assert queue(who="ada").status_code == 200


def test_looking_is_written_down_with_references_only(queue, it_is, a_lead, at, reading):
    it_is("10:42")
    sam = a_lead("Sam Poe", received=at("10:36"))

    queue("?state=CO&owner=nobody")

    with reading():
        seen = db.session.scalars(select(Event).where(Event.action == "listed")).one()
    assert seen.facts == {"leads": [sam.id], "filters": ["owner", "state"], "search": False}


@pytest.mark.parametrize("address", ["", "?show=everyone", "?status=new", "?state=CO&source=website&owner=me"])
def test_a_page_takes_four_statements_however_many_rows(address, as_, it_is, a_lead, at, statements):
    it_is("10:42")
    ida, taken = as_("ida"), []
    for goal in (10, 60):
        for number in range(goal - sum(taken and [10])):
            a_lead(f"Sam No{number}", received=at("09:00") + number * MINUTE, owner="ida" if number % 2 else "")
        ida.get(f"/queue{address}")  # the workflow is read once a minute
        with statements() as asked:
            assert ida.get(f"/queue{address}").status_code == 200
        taken.append(len(asked))

    assert taken == [4, 4]


def test_the_list_walks_its_index(app: Flask, a_lead, people, at, statements):
    """A table scan would be felt at a hundred thousand leads; SQLite says beforehand how it will look."""
    a_lead("Sam Poe", received=at("10:36"))
    with statements() as asked, app.app_context():
        queries.frame(people["ida"], LeadFilter(), at("10:42"))
        queries.up_next(people["ida"], LeadFilter(), at("10:42"))
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        return  # on a table of one row it rightly scans
    with app.app_context():
        connection = db.engine.raw_connection()
        framed, listed = (
            [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {words}", values)] for words, values in asked
        )
        connection.close()

    for index in ("ix_follow_up_open_owed", "ix_follow_up_open_due", "ix_submission_waiting"):
        assert any(index in step for step in framed), "\n".join(framed)
    assert any("follow_up USING" in step and "ix_follow_up_open_order" in step for step in listed), listed
    assert [step for step in listed if step.startswith("SCAN") and "USING" not in step] == ["SCAN some"], listed


def test_a_scan_is_caught(app: Flask, people, reading):
    """The known-bad variant: a condition that no index states in the same words."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        return
    with reading():
        forgetful = visible_columns(people["ida"], Submission.id).where(Submission.state != "understood")
        words = str(forgetful.compile(db.engine, compile_kwargs={"literal_binds": False}))
        plan = [step[3] for step in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", ("x",))]

    assert any(step.startswith("SCAN") for step in plan)
