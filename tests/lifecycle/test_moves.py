"""What may happen to a lead: the whole table of moves, every gate both ways, and history in the same breath."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import db
from crm.lifecycle import Move, Refused, follow_attempt, move, open_promises, take_back
from crm.models import Event, FollowUp, Lead, Staff, Status, Transition

# The workflow to begin with. Another row in the table, or one less, is a decision and not a slip.
MAY_GO_TO = {
    "new": {"trying", "talking", "later", "referred", "closed"},
    "trying": {"talking", "later", "referred", "closed"},
    "talking": {"leaving", "assessment", "later", "started", "referred", "closed"},
    "leaving": {"talking", "assessment", "started", "later", "referred", "closed"},
    "assessment": {"started", "missed", "talking", "closed", "referred"},
    "missed": {"assessment", "trying", "later", "closed"},
    "later": {"talking", "trying", "closed"},
    "started": {"talking"},
    "referred": {"talking"},
    "closed": {"talking", "trying"},
}
STAGES = {
    "new": "new", "trying": "trying", "talking": "talking", "leaving": "talking", "assessment": "assessment",
    "missed": "assessment", "later": "later", "started": "ended", "referred": "ended", "closed": "ended",
}

Holding = Callable[..., Any]


@pytest.fixture
def everything(people: dict[str, Staff], at: Callable[..., datetime]) -> Callable[..., Move]:
    """`everything("closed")`: a wish of Ada's that passes every gate there is."""

    def wish(to: str, **changes: Any) -> Move:
        given: dict[str, Any] = dict(
            by=people["ada"], at=at("10:42"), reason="cost", discharge_on=date(2026, 12, 1),
            assessment_at=at("14:00", days=2), started_on=date(2026, 11, 30), referred_to="Harbor House",
            next_at=at("10:00", days=30), agreed=True,
        )
        return Move(to, **{**given, **changes})

    return wish


@pytest.fixture
def a_met_lead(a_lead: Holding, at: Callable[..., datetime]) -> Holding:
    """A lead that somebody has reached and spoken with."""
    met = dict(received=at("09:00"), first_attempt_at=at("09:10"), first_two_way_at=at("09:10"))

    def make(name: str = "Sam Poe", **about: Any) -> Any:
        ended = {"ended_at": at("10:00")} if STAGES[about.get("status", "new")] == "ended" else {}
        return a_lead(name, **{**met, **ended, **about})

    return make


def test_the_table_holds_the_moves_that_were_decided(app: Flask):
    with app.app_context():
        ways = db.session.execute(sa.select(Transition.from_key, Transition.to_key, Transition.kind)).all()
        stages = {row.key: row.stage for row in db.session.scalars(sa.select(Status))}

    moves: dict[str, set[str]] = {}
    for before, after, kind in ways:
        if kind == "move":
            moves.setdefault(before, set()).add(after)
    assert moves == MAY_GO_TO
    assert stages == STAGES


def test_a_lead_goes_where_the_table_says_and_nowhere_else(app, a_met_lead, everything, at):
    leads = {status: a_met_lead(status, status=status) for status in MAY_GO_TO}

    went: dict[str, set[str]] = {status: set() for status in MAY_GO_TO}
    for before in MAY_GO_TO:
        for after in MAY_GO_TO:
            with app.app_context():
                lead = db.session.get_one(Lead, leads[before].id)
                try:
                    move(lead, everything(after))
                except Refused as refused:
                    assert "status" in refused.problems
                    assert lead.status_key == before and not db.session.dirty and not db.session.new
                else:
                    db.session.flush()
                    assert lead.status_key == after
                    assert (lead.ended_at is not None) == (STAGES[after] == "ended")
                    went[before].add(after)
                db.session.rollback()
    assert went == MAY_GO_TO


def test_an_unknown_status_is_refused(app, a_lead, everything):
    with app.app_context(), pytest.raises(Refused, match="nirvana"):
        move(db.session.get_one(Lead, a_lead().id), everything("nirvana"))


def test_the_database_refuses_what_goes_around_the_verbs(app, a_lead):
    """The known-bad variant: somebody writes the status by hand."""
    sam = a_lead()
    with app.app_context():
        with pytest.raises((sa.exc.IntegrityError, sa.exc.OperationalError), match="no such move"):
            db.session.execute(sa.text("UPDATE lead SET status_key = 'started' WHERE id = :id"), {"id": sam.id})
        db.session.rollback()


@pytest.mark.parametrize(("before", "after", "without", "mended_by"), [
    ("talking", "leaving", {"discharge_on": None}, "discharge_on"),
    ("talking", "assessment", {"assessment_at": None}, "assessment_at"),
    ("talking", "later", {"next_at": None}, "next_at"),
    ("talking", "later", {"agreed": False}, "agreed"),
    ("talking", "started", {"started_on": None}, "started_on"),
    ("talking", "referred", {"referred_to": None}, "referred_to"),
    ("talking", "referred", {"referred_to": ""}, "referred_to"),
    ("talking", "closed", {"reason": None}, "reason"),
    ("talking", "closed", {"reason": "because"}, "reason"),
    ("started", "talking", {"reason": None}, "reason"),
])
def test_a_gate_names_what_is_missing(app, a_met_lead, everything, before, after, without, mended_by):
    sam = a_met_lead(status=before)
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        with pytest.raises(Refused) as refused:
            move(lead, everything(after, **without))
        assert list(refused.value.problems) == [mended_by]
        assert lead.status_key == before and not db.session.dirty and not db.session.new

        move(lead, everything(after))
        assert lead.status_key == after


def test_all_that_is_missing_is_said_at_once(app, a_met_lead, everything):
    with app.app_context(), pytest.raises(Refused) as refused:
        move(db.session.get_one(Lead, a_met_lead(status="talking").id), everything("later", next_at=None, agreed=False))
    assert set(refused.value.problems) == {"next_at", "agreed"}


@pytest.mark.parametrize(("to", "fact"), [("trying", "first_attempt_at"), ("talking", "first_two_way_at")])
def test_trying_and_talking_follow_what_was_logged(app, a_met_lead, everything, to, fact):
    silent, met = a_met_lead("Sam", **{fact: None}), a_met_lead("Kim")
    with app.app_context():
        with pytest.raises(Refused, match="Log the"):
            move(db.session.get_one(Lead, silent.id), everything(to))
        move(db.session.get_one(Lead, met.id), everything(to))


def test_the_next_day_we_ask_is_within_ninety_days(app, a_met_lead, everything, at):
    sam = a_met_lead(status="talking")
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        for wrong in (at("10:42"), at("10:41"), at("10:43", days=90)):
            with pytest.raises(Refused, match="90 days"):
                move(lead, everything("later", next_at=wrong))
        move(lead, everything("later", next_at=at("10:42", days=90)))


def test_an_assessment_without_a_licence_needs_a_reason(app, people, a_met_lead, everything):
    with app.app_context():
        for name in ("cora", "cole"):
            db.session.get_one(Staff, people[name].id).states = ["TX"]
        db.session.commit()
    far = a_met_lead("Sam", status="talking", person={"state": "CO"})
    near = a_met_lead("Kim", status="talking", person={"state": "TX"})
    with app.app_context():
        with pytest.raises(Refused) as refused:
            move(db.session.get_one(Lead, far.id), everything("assessment", reason=None))
        assert list(refused.value.problems) == ["reason"]
        move(db.session.get_one(Lead, far.id), everything("assessment", reason="moves to Texas on Friday"))
        move(db.session.get_one(Lead, near.id), everything("assessment", reason=None))


def test_only_an_administrator_reopens_who_has_started(app, people, a_met_lead, everything):
    sam = a_met_lead(status="started")
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        for name in ("ida", "cora"):
            with pytest.raises(Refused, match="administrator"):
                move(lead, everything("talking", by=people[name]))
        move(lead, everything("talking"))
        assert lead.is_open


def test_whoever_was_referred_or_closed_may_come_back_without_a_gate(app, people, a_lead, at):
    for status in ("referred", "closed"):
        sam = a_lead(status=status)
        with app.app_context():
            lead = db.session.get_one(Lead, sam.id)
            move(lead, Move("talking", by=people["ida"], at=at("10:42")))
            db.session.flush()
            assert lead.is_open and lead.closed_reason is None


def test_ending_drops_the_open_promises_and_nothing_else(app, people, a_met_lead, a_followup, everything, at):
    sam, kim = a_met_lead("Sam", status="talking"), a_met_lead("Kim", status="talking")
    a_followup(sam, due=at("15:00"), owner="cora")
    kept = a_followup(sam, due=at("09:30"), done_at=at("09:20"), done_by_id=people["cora"].id, result="kept")
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        assert len(open_promises(lead)) == 2

        move(lead, everything("closed"))
        db.session.commit()

        assert open_promises(lead) == []
        ended = db.session.scalars(sa.select(FollowUp).where(FollowUp.lead_id == sam.id, FollowUp.id != kept.id)).all()
        assert {(one.result, one.done_at, one.done_by_id) for one in ended} == {
            ("dropped", at("10:42"), people["ada"].id)}
        assert db.session.get_one(FollowUp, kept.id).result == "kept"
        assert len(open_promises(db.session.get_one(Lead, kim.id))) == 1


def test_a_move_that_does_not_end_keeps_the_promises(app, a_met_lead, everything):
    sam = a_met_lead(status="talking")
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        move(lead, everything("leaving"))
        assert len(open_promises(lead)) == 1


def test_history_is_written_with_the_move_or_not_at_all(app, people, a_met_lead, everything, count, at):
    sam = a_met_lead(status="talking")
    with app.app_context():
        move(db.session.get_one(Lead, sam.id), everything("closed"))
        db.session.flush()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.action == "status")) == 1
        db.session.rollback()
    assert count(Event, Event.action == "status") == 0
    assert count(Lead, Lead.status_key == "closed") == 0

    with app.app_context():
        move(db.session.get_one(Lead, sam.id), everything("closed"))
        db.session.commit()
        event = db.session.scalars(sa.select(Event).where(Event.action == "status")).one()
        assert (event.actor_id, event.lead_id, event.at) == (people["ada"].id, sam.id, at("10:42"))
        assert event.facts == {"before": "talking", "after": "closed", "reason": "cost"}


def test_somebodys_own_words_stay_out_of_history(app, a_met_lead, everything):
    sam = a_met_lead(status="started")
    with app.app_context():
        move(db.session.get_one(Lead, sam.id), everything("talking", reason="canary: the mother called"))
        db.session.flush()
        assert "canary" not in str(db.session.scalars(sa.select(Event.facts)).all())


@pytest.mark.parametrize(("before", "two_way", "after"), [
    ("new", False, "trying"), ("new", True, "talking"), ("trying", True, "talking"), ("later", True, "talking"),
    ("trying", False, "trying"), ("later", False, "later"), ("talking", False, "talking"),
    ("leaving", True, "leaving"), ("assessment", True, "assessment"), ("started", True, "started"),
    ("closed", True, "closed"),
])
def test_the_status_follows_a_logged_contact(app, people, a_lead, at, before, two_way, after):
    sam = a_lead(status=before)
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        follow_attempt(lead, two_way, by=people["ida"], at=at("10:42"))
        db.session.flush()
        assert lead.status_key == after
        events = db.session.scalars(sa.select(Event).where(Event.action == "status")).all()
        assert len(events) == (before != after)


def test_a_slip_is_taken_back_and_history_says_so(app, people, a_lead, at):
    sam = a_lead()
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        follow_attempt(lead, True, by=people["ida"], at=at("10:42"))
        db.session.flush()
        take_back(lead, "new", by=people["ida"], at=at("10:43"))
        db.session.commit()

        assert lead.status_key == "new"
        story = db.session.scalars(sa.select(Event).where(Event.action == "status").order_by(Event.id)).all()
        assert [(one.facts["before"], one.facts["after"]) for one in story] == [("new", "talking"), ("talking", "new")]


def test_nothing_else_is_taken_back(app, people, a_met_lead, at, everything):
    sam = a_met_lead(status="assessment")
    with app.app_context():
        lead = db.session.get_one(Lead, sam.id)
        with pytest.raises(Refused, match="by hand"):
            take_back(lead, "new", by=people["ida"], at=at("10:43"))
        assert lead.status_key == "assessment"
        with pytest.raises(Refused):
            move(lead, replace(everything("new"), at=at("10:43") + timedelta(minutes=1)))
