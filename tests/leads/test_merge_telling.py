"""A coach is told when their person's page is joined with another, or is theirs no longer; and when that is undone."""

import re

import pytest
import sqlalchemy as sa

from crm import outbox
from crm.clock import now
from crm.db import db
from crm.leads import merging, parting
from crm.models import Lead, Merge, Message, Staff
from crm.outbox.mail import compose
from tests.leads.conftest import hidden, join

NEWS = ("joined", "parted", "no-longer-yours")


@pytest.fixture
def told(reading):
    """`told()`: who was told what since, on which channel, about which page."""

    def look():
        with reading():
            names = {one.id: one.name.split()[0].lower() for one in db.session.scalars(sa.select(Staff))}
            return sorted((names[one.to_id], one.kind, one.channel, one.lead_id or one.facts["was"])
                          for one in db.session.scalars(sa.select(Message).where(Message.kind.in_(NEWS))))

    return look


def both(who, kind, lead):
    return [(who, kind, "app", lead.id), (who, kind, "email", lead.id)]


def undo(browser, lead):
    page = browser.get(f"/leads/{lead.ref}").text
    ref = page.split('action="/merges/')[1].split('"')[0]
    return browser.post(f"/merges/{ref}", data={"csrf_token": hidden(page, "csrf_token")})


def test_whoever_keeps_the_person_is_told_and_whoever_loses_them(as_, two, told):
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})

    join(as_("ida"), second, first)

    assert told() == sorted(both("cora", "joined", first) + both("cole", "no-longer-yours", second))
    page = as_("cora").get("/notifications").text
    assert "Joined with another page" in page and f'href="/leads/{first.ref}"' in page


def test_whoever_loses_them_reads_of_nothing_they_cannot_see(as_, two, reading, writing, people):
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})
    with writing():
        outbox.post("assigned", db.session.get_one(Staff, people["cole"].id), now(), "assigned:1",
                    lead=db.session.get_one(Lead, second.id))

    join(as_("ida"), second, first)

    page = as_("cole").get("/notifications").text
    with reading():
        mails = db.session.scalars(sa.select(Message).where(Message.to_id == people["cole"].id,
                                                            Message.channel == "email")).all()
        said = [page.split("<main")[1], *(compose(one, now()).as_string() for one in mails)]
    assert len(mails) == 2
    for words in said:
        assert set(re.findall(r"L-\d+", words)) == {second.number}, "the number they knew it by, and no other"
        for other in (first.ref, second.ref, "Dana", "Whit", "Cora", "555", "dw@"):
            assert other not in words
    assert "No longer with you" in page


def test_a_page_without_a_coach_takes_that_of_the_other(as_, two, told):
    first, second = two(second={"coach": "cole"})

    join(as_("ida"), second, first)

    assert told() == both("cole", "joined", first)
    assert as_("cole").get(f"/leads/{first.ref}").status_code == 200


def test_a_coach_of_both_is_told_once(as_, two, told):
    first, second = two(first={"coach": "cora"}, second={"coach": "cora"})

    join(as_("ida"), second, first)

    assert told() == both("cora", "joined", first)


def test_a_closed_page_takes_nobody_from_its_coach(as_, two, told):
    first, second = two(first={"coach": "cole", "status": "closed"}, second={"coach": "cora"})

    join(as_("ida"), first, second)

    assert told() == both("cora", "joined", second)


def test_without_a_coach_nobody_is_told(as_, two, a_lead, told):
    first, second = two()
    a_lead("Zoe", coach="cora")

    join(as_("ida"), second, first)
    undo(as_("ida"), first)

    assert told() == []


def test_taken_apart_each_hears_that_theirs_is_theirs(as_, two, told):
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})
    join(as_("ida"), second, first)
    before = told()

    assert undo(as_("inez"), first).status_code == 303

    assert [one for one in told() if one not in before] == sorted(
        both("cora", "parted", first) + both("cole", "parted", second))
    assert f'href="/leads/{second.ref}"' in as_("cole").get("/notifications").text


def test_taken_apart_a_coach_goes_with_their_own_page(as_, two, told):
    first, second = two(second={"coach": "cole"})
    join(as_("ida"), second, first)

    undo(as_("ida"), first)

    assert [one for one in told() if one[1] != "joined"] == both("cole", "parted", second)
    assert as_("cole").get(f"/leads/{first.ref}").status_code == 404


def test_taken_apart_whoever_has_nothing_left_reads_the_number_they_had(app, two, people, told, writing):
    """Cole has the joined page only by the merge, and somebody has given his own to Cora meanwhile."""
    first, second = two(second={"coach": "cole"})
    with writing():
        ours, other = db.session.get_one(Lead, first.id), db.session.get_one(Lead, second.id)
        record = merging.merge(ours, other, [], people["ida"], now())
        other.coach_id = people["cora"].id
        parting.undo_merge(record, people["ida"], now())

    assert [one for one in told() if one[1] != "joined"] == sorted(
        both("cole", "no-longer-yours", first) + both("cora", "parted", second))


def test_neither_who_did_it_nor_who_has_left_nor_who_coaches_no_more(two, people, told, writing):
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})
    with writing():
        db.session.get_one(Staff, people["cora"].id).role = "intake"
        db.session.get_one(Staff, people["cole"].id).disabled_at = now()
    with writing():
        ours, other = db.session.get_one(Lead, first.id), db.session.get_one(Lead, second.id)
        merging.merge(ours, other, [], db.session.get_one(Staff, people["cora"].id), now())

    assert told() == []


def test_what_was_not_joined_was_not_told(app, two, people, told, count):
    """In one transaction: it goes back with the merge."""
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})
    with app.app_context():
        ours, other = db.session.get_one(Lead, first.id), db.session.get_one(Lead, second.id)
        merging.merge(ours, other, [], people["ida"], now())
        db.session.rollback()

    assert told() == [] and count(Merge) == 0
