"""Nobody is given up lightly: "unreachable" needs six tries on three days in two ways, where they were allowed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from crm.db import db
from crm.lifecycle import Move, Refused, move
from crm.models import Attempt, Lead, Staff

ENOUGH = [(0, "call"), (0, "call"), (0, "text"), (1, "call"), (1, "call"), (2, "call")]  # day, channel
ONE_WAY = [(day, "call") for day, _ in ENOUGH]
NO_WRITING = {"may_text": "no", "may_email": "no"}


@pytest.fixture
def give_up(app: Flask, people: dict[str, Staff], a_lead: Callable[..., Any], at: Callable[..., datetime]) -> Any:
    """`give_up(tries)`: Ida closes Sam as unreachable after these tries; the problems, none when it is done."""

    def attempt(tries: list[tuple[Any, ...]], by: str = "ida", undone: int = 0, **about: Any) -> dict[str, str]:
        sam = a_lead(status="trying", received=at("08:00"), **about)
        with app.app_context():
            for number, (day, channel, *clock) in enumerate(tries):
                db.session.add(Attempt(
                    lead_id=sam.id, by_id=people["ida"].id, at=at(*clock or ["09:00"], days=day), channel=channel,
                    outcome="no_answer" if channel == "call" else "sent", two_way=False, status_before="new",
                    undone_at=at("09:05", days=day) if number < undone else None,
                ))
            db.session.commit()
            lead = db.session.get_one(Lead, sam.id)
            try:
                move(lead, Move("closed", by=people[by], at=at("12:00", days=3), reason="unreachable"))
            except Refused as refused:
                assert lead.status_key == "trying"
                return refused.problems
            db.session.commit()
            return {}

    return attempt


def test_six_tries_on_three_days_in_two_ways_are_enough(give_up):
    assert give_up(ENOUGH) == {}


@pytest.mark.parametrize("too_little", [
    [],
    ENOUGH[:2] + ENOUGH[3:],  # five, in one way
    ENOUGH[1:],  # five
    [(min(day, 1), channel) for day, channel in ENOUGH],  # two days
    ONE_WAY,
])
def test_less_is_not(give_up, too_little):
    assert list(give_up(too_little)) == ["reason"]


def test_tries_that_were_taken_back_do_not_count(give_up):
    assert list(give_up(ENOUGH, undone=1)) == ["reason"]


def test_two_ways_are_asked_only_where_two_were_allowed(give_up):
    assert give_up(ONE_WAY, person=NO_WRITING) == {}
    assert list(give_up(ONE_WAY[1:], person=NO_WRITING)) == ["reason"]
    assert list(give_up(ONE_WAY, person={"may_text": "no"})) == ["reason"], "e-mail was allowed"


def test_days_are_days_of_the_programmes_own_clock(give_up):
    late = [(0, "call"), (0, "call"), (0, "text", "23:30"), (0, "call", "23:30"), (1, "call"), (1, "call", "23:30")]

    assert list(give_up(late)) == ["reason"], "two days in New York, though three by UTC"
    assert give_up([*late, (2, "call")]) == {}


def test_an_administrator_may_close_earlier_and_intake_for_another_reason(app, people, a_lead, at, give_up):
    assert give_up([], by="ada") == {}
    assert list(give_up(ENOUGH[:5], by="cora")) == ["reason"]
    kim = a_lead("Kim", status="trying", received=at("08:00"))
    with app.app_context():
        lead = db.session.get_one(Lead, kim.id)
        move(lead, Move("closed", by=people["ida"], at=at("12:00"), reason="another_provider"))
        assert lead.closed_reason == "another_provider"
