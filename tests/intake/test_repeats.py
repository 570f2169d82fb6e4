"""Somebody writes again: the same person joins their own lead; whoever only looks like them never does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.clock import now
from crm.db import db
from crm.intake import repeats
from crm.models import Event, FollowUp, Lead, Message, Person, Submission

AGAIN = {"msg": "Nobody called me yet. Please do."}


@pytest.fixture
def leads(reading):
    """`leads()`: all of them, in the order they came."""

    def all_() -> list[Lead]:
        with reading():
            found = list(db.session.scalars(select(Lead).order_by(Lead.id)))
            for lead in found:
                _ = lead.inquirer.name, lead.inquirer.contact_points, lead.person.name
            db.session.expunge_all()
            return found

    return all_


def test_an_open_lead_gets_the_new_message_and_an_answer_is_owed_anew(send, people, leads, reading, writing, count):
    send()
    with writing():
        lead = db.session.scalars(select(Lead)).one()
        lead.owner_id = people["ida"].id
        for promise in db.session.scalars(select(FollowUp)):
            promise.done_at, promise.result = now(), "kept"

    send(**AGAIN)

    (lead,) = leads()
    assert (lead.times_wrote, lead.wrote_before_at) == (2, lead.received_at) and lead.wrote_again_at > lead.received_at
    assert count(Submission, Submission.lead_id == lead.id) == 2 and count(Person) == 1
    with reading():
        owed = db.session.scalars(select(FollowUp).where(FollowUp.done_at.is_(None))).one()
        assert (owed.kind, owed.owner_id) == ("reply", people["ida"].id)
        told = db.session.scalars(select(Message).where(Message.kind == "wrote-again")).one()
        assert told.to_id == people["ida"].id
        assert db.session.scalars(select(Event).where(Event.action == "wrote-again")).one().facts["times"] == 2


def test_the_first_answer_still_owed_is_owed_once(send, people, count):
    send()
    send(**AGAIN)

    assert count(FollowUp, FollowUp.done_at.is_(None)) == 1


def test_it_stands_on_the_page_and_in_the_queue(send, people, as_, leads):
    send()
    send(**AGAIN)
    (lead,) = leads()

    assert "Wrote again, 2nd time, last the same day" in as_("ida").get("/queue").text
    page = re.sub("<[^>]+>", "", as_("ida").get(f"/leads/{lead.ref}").text)  # without the marks between the words
    assert page.index("Nobody called me yet") < page.index("I finish inpatient"), "the newest first"
    assert "eard from them again, the 2nd time" in page


def test_a_closed_one_becomes_a_new_episode_of_the_same_person(send, people, leads, writing, count):
    send()
    with writing():
        lead = db.session.scalars(select(Lead)).one()
        db.session.execute(Lead.__table__.update().values(
            status_key="closed", closed_reason="not_ready", ended_at=now()))
        first = lead.ref

    send(**AGAIN)

    old, new = leads()
    assert (old.ref, new.earlier_id, new.status_key, new.ended_at) == (first, old.id, "new", None)
    assert new.inquirer_id == old.inquirer_id and new.times_wrote == 2 and count(Person) == 1


@pytest.mark.parametrize("other", [
    {"name": "Ruth Whitcomb"},  # a mother on her daughter's phone
    {"phone": "(303) 555-0199", "email": "other.dana@example.org"},  # the name alone
    {"for_": "loved"},  # Dana, but now for somebody else
    {"for_": "client"},
])
def test_whoever_only_looks_like_them_is_somebody_else(send, leads, other):
    send()
    send(**AGAIN, **other)

    assert len(leads()) == 2


def test_a_shared_phone_joins_nobody(send, leads):
    """Once two people have used it, it no longer says who is calling."""
    send()
    send(name="Ruth Whitcomb")
    send(**AGAIN)

    assert len(leads()) == 3


def test_who_refers_clients_is_never_taken_for_one_of_them(send, leads):
    send(for_="client")
    send(for_="client", **AGAIN)

    assert len(leads()) == 2


def test_contact_alone_is_not_enough(send, leads, monkeypatch):
    """The known-bad variant: a system that joins by phone puts a mother's message into her child's record."""
    monkeypatch.setattr(repeats, "agrees_on_name", lambda _a, _b: True)
    send()
    send(name="Ruth Whitcomb", **AGAIN)

    assert len(leads()) == 1


def test_what_they_forbade_stays_forbidden_until_somebody_asked(send, leads, reading):
    send(via=["text"], vm="no")
    send(via=["call", "text"], vm="yes", **AGAIN)

    (lead,) = leads()
    assert (lead.inquirer.may_call, lead.inquirer.may_text, lead.inquirer.voicemail) == ("no", "yes", "no")
    with reading():
        assert db.session.scalars(select(Event).where(Event.action == "wrote-again")).one().facts["now_allows"] == [
            "call", "voicemail"]


def test_what_they_forbid_now_holds_at_once(send, leads):
    send(via=["call", "text"])
    send(via=["text"], **AGAIN)

    assert leads()[0].inquirer.may_call == "no"


def test_a_new_number_is_kept_beside_the_old(send, leads):
    send(email="dana.w@example.org")
    send(email="Dana.W@example.org", phone="(303) 555-0199", **AGAIN)

    (lead,) = leads()
    assert [point.value for point in lead.inquirer.contact_points if point.kind == "phone"] == [
        "(303) 555-0118", "(303) 555-0199"]


def test_two_messages_of_one_person_at_once_are_one_lead(app, visitor, people, leads):
    from tests.intake.conftest import filled, token_in
    from tests.intake.test_never_lost import at_once

    pages = [token_in(visitor.get("/contact").text) for _ in range(6)]
    at_once(6, lambda which: app.test_client().post("/contact", data=filled(pages[which])))

    (lead,) = leads()
    assert lead.times_wrote == 6


def test_the_visitor_never_learns_that_we_know_them(send, visitor, leads):
    first, second = send(), send(name="Sam Poe", phone="(303) 555-0131", email="sam@example.org")
    again = send(**AGAIN)

    assert len(leads()) == 2
    pages = [visitor.get(answer.location).text for answer in (first, again)]
    assert pages[0].replace("M-1001", "") == pages[1].replace("M-1003", "")
    assert [answer.status_code for answer in (first, second, again)] == [303] * 3


def test_weeks_later_it_says_how_long_ago(send, people, as_, writing):
    send()
    with writing():
        for lead in db.session.scalars(select(Lead)):
            lead.received_at = now() - timedelta(days=41)
    send(**AGAIN)

    assert "last 41 days ago" in as_("ida").get("/queue").text
