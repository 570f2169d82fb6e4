"""Two leads of one person: suggested with reasons, compared, joined by somebody, and taken apart again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import commit, db
from crm.leads import merging, parting
from crm.leads.recognising import recognise
from crm.lifecycle import Refused
from crm.models import Attempt, ContactPoint, Event, FollowUp, Lead, Likeness, Merge, Note, Person, Submission
from tests.leads.conftest import DAN, DANA, hidden, join, post


def test_a_suggestion_has_its_reasons_and_joins_nobody(as_, two, count):
    first, second = two()

    page = as_("ida").get(f"/leads/{second.ref}").text

    assert f"Possibly the same person as {first.number}, Dana Whit" in page
    assert "Same phone number" in page
    assert count(Lead, Lead.merged_into_id.is_not(None)) == 0
    assert count(Likeness) == 1


def test_side_by_side(as_, two, count):
    first, second = two(first={"person": {"may_email": "no"}}, second={"person": {"voicemail": "no"}})

    page = as_("ida").get(f"/leads/{second.ref}/duplicates/{first.ref}").text

    assert "dana@example.org" in page and "dw@example.org" in page
    assert "e-mail: no, voicemail: no" in page
    assert "Dana Whitt" in page
    assert "For it: </span>Same phone number" in page
    assert count(Event, Event.action == "compared") == 2


def test_joined_everything_stands_on_the_older_page(as_, two, fill_in, count, reading):
    first, second = two(second={"person": {"may_call": "no"}})
    ida = as_("ida")
    fill_in(ida, second, "notes", body="She called from work.")

    answer = join(ida, second, first, name=second.ref)

    assert answer.status_code == 303 and answer.location.endswith(first.ref)
    page = ida.get(f"/leads/{first.ref}").text
    assert "She called from work." in page
    assert f"{second.number} was joined with this page by Ida Example" in page
    assert f"Ida Example joined {second.number} with it" in page or f"Joined {second.number} with it" in page
    assert page.count("They wrote to us") == 2
    assert count(FollowUp, FollowUp.lead_id == first.id, FollowUp.done_at.is_(None)) == 1
    assert count(Submission, Submission.lead_id == first.id) == 2
    with reading():
        lead = db.session.get_one(Lead, first.id)
        assert {point.value for point in lead.inquirer.contact_points} == {*DANA.values(), *DAN.values()}
        assert (lead.inquirer.name, lead.inquirer.may_call, lead.inquirer.voicemail) == ("Dana Whitt", "no", "name")
        assert lead.version > first.version


def test_old_links_lead_to_the_page_that_stays(as_, two, fill_in, count):
    first, second = two()
    ida = as_("ida")
    page = ida.get(f"/leads/{second.ref}").text
    join(ida, second, first)

    assert ida.get(f"/leads/{second.ref}").location.endswith(f"/leads/{first.ref}")
    late = ida.post(f"/leads/{second.ref}/notes", data={"csrf_token": hidden(page, "csrf_token"), "body": "Late."})
    assert late.status_code == 303
    assert count(Note, Note.lead_id == first.id) == 1


def test_a_coach_finds_the_joined_only_if_it_is_theirs(as_, two):
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})
    join(as_("ida"), second, first)

    assert as_("cora").get(f"/leads/{second.ref}").location.endswith(first.ref)
    foreign, nothing = as_("cole").get(f"/leads/{second.ref}"), as_("cole").get("/leads/AAAAAAAAAAAAAAAAAAAAAA")
    assert (foreign.status_code, foreign.data) == (404, nothing.data)
    assert as_("cole").get(f"/leads/{first.ref}").status_code == 404


def test_a_coach_learns_nothing_of_the_other(as_, two):
    first, second = two(first={"coach": "cora"}, second={"coach": "cole"})
    ida, cora = as_("ida"), as_("cora")

    for said in ("", "household"):
        if said:
            post(ida, f"/leads/{first.ref}/household", f"/leads/{first.ref}/duplicates/{second.ref}")
        page = cora.get(f"/leads/{first.ref}").text
        for word in ("Whitt", second.number, second.ref, "Possibly the same", "Shares a", "household", "same person"):
            assert word not in page
    assert "Shares a phone or address with somebody else we know" in ida.get(f"/leads/{first.ref}").text
    for address in ("merge", "household", "not-the-same", "duplicates"):
        assert cora.post(f"/leads/{first.ref}/{address}", data={"csrf_token": ""}).status_code in (400, 403)
    assert cora.get(f"/leads/{first.ref}/duplicates/{second.ref}").status_code == 403


def test_not_the_same_is_remembered_and_can_be_taken_back(as_, two, writing):
    first, second = two()
    ida = as_("ida")
    compare = f"/leads/{second.ref}/duplicates/{first.ref}"

    post(ida, f"/leads/{second.ref}/not-the-same", compare)
    with writing():
        recognise(db.session.get_one(Lead, second.id), now())
    assert "Possibly the same" not in ida.get(f"/leads/{second.ref}").text

    page = ida.get(compare).text
    undo = page.split('action="/likenesses/')[1].split('"')[0]
    ida.post(f"/likenesses/{undo}", data={"csrf_token": hidden(page, "csrf_token")})
    assert "Possibly the same" in ida.get(f"/leads/{second.ref}").text


def test_a_household_is_two_people(as_, a_lead, writing, reading):
    nora, ned = a_lead("Nora Poe", email=None), a_lead("Ned Poe", email=None)
    with writing():
        recognise(db.session.get_one(Lead, nora.id), now())
        recognise(db.session.get_one(Lead, ned.id), now())
    ida = as_("ida")
    assert "Perhaps of one household with" in ida.get(f"/leads/{ned.ref}").text

    post(ida, f"/leads/{ned.ref}/household", f"/leads/{ned.ref}/duplicates/{nora.ref}")

    page = ida.get(f"/leads/{ned.ref}").text
    assert "Shares a phone or address with somebody else we know" in page
    assert "Perhaps of one household" not in page
    with reading():
        households = {one.household_id for one in db.session.scalars(sa.select(Person))}
        assert len(households) == 1 and None not in households


def test_who_was_called_a_household_and_is_one_person_shares_with_nobody(as_, two):
    first, second = two()
    ida, compare = as_("ida"), f"/leads/{second.ref}/duplicates/{first.ref}"
    post(ida, f"/leads/{second.ref}/household", compare)
    join(ida, second, first)
    page = ida.get(f"/leads/{first.ref}").text
    assert "Shares a phone" not in page

    undo = page.split('action="/merges/')[1].split('"')[0]
    ida.post(f"/merges/{undo}", data={"csrf_token": hidden(page, "csrf_token")})
    assert "Shares a phone" in ida.get(f"/leads/{first.ref}").text, "what was said before the merge stands again"


def test_undone_each_has_their_own_again(as_, two, fill_in, count, reading):
    first, second = two(second={"person": {"may_call": "no"}})
    ida = as_("ida")
    fill_in(ida, second, "notes", body="Of the second.")
    join(ida, second, first, name=second.ref)
    fill_in(ida, first, "notes", body="Since then.")

    page = ida.get(f"/leads/{first.ref}").text
    undo = page.split('action="/merges/')[1].split('"')[0]
    answer = ida.post(f"/merges/{undo}", data={"csrf_token": hidden(page, "csrf_token")})

    assert answer.status_code == 303
    assert "Of the second." in ida.get(f"/leads/{second.ref}").text
    here = ida.get(f"/leads/{first.ref}").text
    assert "Since then." in here and "Of the second." not in here
    assert count(FollowUp, FollowUp.lead_id == first.id, FollowUp.done_at.is_(None)) == 1
    assert count(FollowUp, FollowUp.lead_id == second.id, FollowUp.done_at.is_(None)) == 1
    assert count(ContactPoint) == 4
    with reading():
        lead = db.session.get_one(Lead, first.id)
        assert (lead.inquirer.name, lead.inquirer.may_call) == ("Dana Whit", "yes")
        assert db.session.get_one(Lead, second.id).inquirer.may_call == "no"


def test_after_thirty_days_it_stays(app, two, people):
    first, second = two()
    with app.app_context():
        record = merging.merge(db.session.get_one(Lead, first.id), db.session.get_one(Lead, second.id), [],
                               people["ida"], now())
        with pytest.raises(Refused):
            parting.undo_merge(record, people["ida"], now() + timedelta(days=30, minutes=1))
        parting.undo_merge(record, people["ida"], now() + timedelta(days=29))


def test_stop_said_while_joined_holds_for_both(as_, two, fill_in, reading, app, people):
    first, second = two()
    ida = as_("ida")
    join(ida, second, first)
    fill_in(ida, first, "attempts", channel="call", outcome="asked_to_stop", note="")
    with app.app_context():
        parting.undo_merge(db.session.scalars(sa.select(Merge)).one(), people["ida"], now())
        commit()
    with reading():
        assert {one.may_call for one in db.session.scalars(sa.select(Person))} == {"no"}


def test_pressed_twice_or_both_ways_at_once_it_is_one_merge(as_, two, count):
    first, second = two()
    browsers, together = [as_("ida"), as_("inez")], Barrier(2)
    pairs = [(first, second), (second, first)]
    forms = []
    for browser, (one, other) in zip(browsers, pairs, strict=True):
        body = browser.get(f"/leads/{one.ref}/duplicates/{other.ref}").text
        forms.append({name: hidden(body, name) for name in ("csrf_token", "version", "other_version", "other")}
                     | {"keep": other.ref})

    def press(number):
        together.wait()
        return browsers[number].post(f"/leads/{pairs[number][0].ref}/merge", data=forms[number]).status_code

    with ThreadPoolExecutor(2) as hands:
        answers = list(hands.map(press, range(2)))

    assert set(answers) <= {303, 409} and 303 in answers
    assert count(Merge) == 1
    assert count(Lead, Lead.merged_into_id.is_not(None)) == 1


def test_a_chain_leads_to_the_last(app, two, a_lead, people):
    first, second = two()
    third = a_lead("Dana Whit", received=now() - timedelta(days=3))
    with app.app_context():
        one, two_, three = (db.session.get_one(Lead, lead.id) for lead in (first, second, third))
        inner = merging.merge(one, two_, [], people["ida"], now())
        outer = merging.merge(three, two_, [], people["ida"], now())  # the joined one stands for its survivor
        assert (one.merged_into_id, two_.merged_into_id) == (third.id, third.id)
        assert merging.merge(one, two_, [], people["ida"], now()) is None
        with pytest.raises(Refused):
            parting.undo_merge(inner, people["ida"], now())
        parting.undo_merge(outer, people["ida"], now())
        db.session.expire_all()
        assert (one.merged_into_id, two_.merged_into_id) == (None, first.id)
        parting.undo_merge(inner, people["ida"], now())
        assert two_.merged_into_id is None


def test_an_open_page_is_never_joined_into_a_closed_one(app, two, people):
    first, second = two(first={"status": "closed"})
    with app.app_context():
        one, other = db.session.get_one(Lead, first.id), db.session.get_one(Lead, second.id)
        with pytest.raises(Refused):
            merging.merge(one, other, [], people["ida"], now())
        assert merging.suggested_survivor(one, other) is other


def test_danger_stands(app, two, people):
    first, second = two(first={"level": "urgent"}, second={"danger_at": now(), "level": "crisis"})
    with app.app_context():
        one, other = db.session.get_one(Lead, first.id), db.session.get_one(Lead, second.id)
        record = merging.merge(one, other, [], people["ida"], now())
        assert (one.level, one.danger_at is not None) == ("crisis", True)
        assert db.session.scalar(sa.select(FollowUp.urgency).where(FollowUp.lead_id == one.id,
                                                                   FollowUp.done_at.is_(None))) == 0
        parting.undo_merge(record, people["ida"], now())
        db.session.expire_all()
        assert (one.level, one.danger_at, other.danger_at is not None) == ("urgent", None, True)


def test_reports_count_one(as_, two):
    first, second = two()
    ada = as_("ada")
    assert "2" in ada.get("/reports/everyone/people?part=wrote").text
    before = ada.get("/reports/everyone/people?part=wrote").text
    join(ada, second, first)
    after = ada.get("/reports/everyone/people?part=wrote").text

    assert first.ref in before and second.ref in before
    assert first.ref in after and second.ref not in after


def test_a_late_attempt_is_counted(as_, two, fill_in, reading, count):
    first, second = two()
    ida = as_("ida")
    fill_in(ida, second, "attempts", channel="call", outcome="no_answer", note="",
            follow_up=(now() + timedelta(days=1)).isoformat())
    join(ida, second, first)

    with reading():
        lead = db.session.get_one(Lead, first.id)
        assert (lead.attempts_made, lead.first_attempt_at is not None) == (1, True)
    assert count(Attempt, Attempt.lead_id == first.id) == 1


def test_somebody_is_found_by_what_is_typed(as_, two, a_lead):
    first, second = two()
    ida = as_("ida")
    for typed in (first.number, first.number.lower(), "dana whit", "dana@example.org"):
        page = post(ida, f"/leads/{second.ref}/duplicates", f"/leads/{second.ref}", q=typed).text
        assert f"/leads/{second.ref}/duplicates/{first.ref}" in page
    page = post(ida, f"/leads/{second.ref}/duplicates", f"/leads/{second.ref}", q="Zebulon").text
    assert "Nobody by those words" in page


def test_a_page_that_changed_meanwhile_is_not_joined(as_, two, fill_in, count):
    first, second = two()
    ida = as_("ida")
    body = ida.get(f"/leads/{second.ref}/duplicates/{first.ref}").text
    fill_in(as_("inez"), first, "status", status="closed", reason="cost", why="Too dear.")

    answer = ida.post(f"/leads/{second.ref}/merge", data={
        name: hidden(body, name) for name in ("csrf_token", "version", "other_version", "other")
    })

    assert answer.status_code == 409
    assert "Nothing was joined yet" in answer.text
    assert count(Merge) == 0
