"""Two people on the same page: nobody overwrites the other, and nothing typed is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from crm.clock import now
from crm.leads import views
from crm.models import Attempt, Lead, Note
from tests.leads.conftest import hidden

TYPED = {"channel": "call", "outcome": "no_answer", "note": "Her mother is in the hospital."}


def test_a_late_save_keeps_what_was_typed_and_says_what_changed(as_, a_lead, fill_in, count):
    sam, ida, inez = a_lead("Sam"), as_("ida"), as_("inez")
    follow_up = (now() + timedelta(days=1)).isoformat()
    page = ida.get(f"/leads/{sam.ref}").text
    fill_in(inez, sam, "attempts", **TYPED | {"outcome": "spoke", "note": "Inez was faster."}, follow_up=follow_up)

    late = fill_in(ida, sam, "attempts", **TYPED, follow_up=follow_up, version=hidden(page, "version"))

    assert late.status_code == 409
    assert "Her mother is in the hospital." in late.text
    assert f'value="{follow_up}" checked'.replace("+", "&#43;") in late.text.replace("+", "&#43;")
    assert "Inez Example logged a call: spoke with them" in late.text
    assert "moved it from New to In conversation" in late.text
    assert count(Attempt) == 1

    again = ida.post(f"/leads/{sam.ref}/attempts", data={
        **TYPED, "follow_up": follow_up, "csrf_token": hidden(late.text, "csrf_token"),
        "version": hidden(late.text, "version"),
    })
    assert again.status_code == 303
    assert count(Attempt) == 2


def test_without_the_check_the_late_save_would_go_through(as_, a_lead, fill_in, count, monkeypatch):
    """The known-bad variant: nobody compares versions, and Ida decides on a page that is no longer true."""
    monkeypatch.setattr(views, "check_version", lambda lead: None)
    sam, ida, inez = a_lead("Sam"), as_("ida"), as_("inez")
    follow_up = (now() + timedelta(days=1)).isoformat()
    page = ida.get(f"/leads/{sam.ref}").text
    fill_in(inez, sam, "attempts", **TYPED, follow_up=follow_up)

    fill_in(ida, sam, "attempts", **TYPED, follow_up=follow_up, version=hidden(page, "version"))

    assert count(Attempt) == 2


def test_a_late_move_keeps_its_choices(as_, a_lead, fill_in, count):
    sam, ida, inez = a_lead("Sam"), as_("ida"), as_("inez")
    page = ida.get(f"/leads/{sam.ref}").text
    fill_in(inez, sam, "status", status="referred", referred_to="A clinic nearby")

    late = fill_in(ida, sam, "status", status="closed", reason="cost", why="Too dear.", version=hidden(page, "version"))

    assert late.status_code == 409
    assert 'selected value="cost"' in late.text
    assert "Too dear." in late.text
    assert "moved it from New to Referred elsewhere" in late.text
    assert count(Lead, Lead.status_key == "referred") == 1


@pytest.mark.parametrize("version", ["0", "seven", "9" * 40, "\x00", "-1"])
def test_a_version_that_never_was_saves_nothing(as_, a_lead, fill_in, count, version):
    sam = a_lead("Sam")

    answer = fill_in(as_("ida"), sam, "status", status="closed", reason="cost", version=version)

    assert answer.status_code == 409
    assert "That did not save yet" in answer.text
    assert count(Lead, Lead.status_key == "new") == 1


def test_of_four_who_save_in_the_same_moment_one_is_first_and_three_are_told(as_, a_lead, count):
    sam = a_lead("Sam")
    browsers = [as_(name) for name in ("ida", "inez", "ada", "ida")]
    pages = [browser.get(f"/leads/{sam.ref}").text for browser in browsers]
    together = threading.Barrier(4)

    def press(number):
        fields = {name: hidden(pages[number], name) for name in ("csrf_token", "version")}
        together.wait()
        typed = {"status": "closed", "reason": "cost", "why": "Too dear."}
        return browsers[number].post(f"/leads/{sam.ref}/status", data={**fields, **typed})

    with ThreadPoolExecutor(4) as hands:
        answers = sorted(answer.status_code for answer in hands.map(press, range(4)))

    assert answers == [303, 409, 409, 409]
    assert count(Lead, Lead.version > 1) == 1
    assert count(Note) == 1
