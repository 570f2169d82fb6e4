"""Filters are the address of a view: status, state, source, owner; what we do not know is said, never an error."""

import pytest

from crm.queue.filters import LeadFilter, Place
from tests.queue.conftest import names


@pytest.fixture
def everybody(it_is, a_lead, a_followup, at):
    """Sam is new; Theo is being tried by Ida; Nora goes to Cora; Gone has ended; Hal is in Inez's hands for a while."""
    it_is("10:42")
    theo = a_lead("Theo", received=at("09:00", -1), due=None, status="trying", owner="ida", person={"state": "OH"})
    a_followup(theo, due=at("09:00", 3), owner="ida")
    a_lead("Gone", received=at("09:00", -2), due=None, status="closed", ended_at=at("10:00", -1))
    a_lead("Nora", received=at("09:00"), status="talking", coach="cora", source="partner")
    return a_lead("Sam", received=at("10:00"))


@pytest.fixture
def hal(everybody, a_lead, people, at):
    """Inez pressed "take next" a minute ago."""
    return a_lead("Hal", received=at("10:10"), taken_by_id=people["inez"].id, taken_until=at("10:50"))


@pytest.mark.parametrize(("address", "listed"), [
    ("", ["Nora", "Sam"]),
    ("?show=everyone", ["Sam", "Nora", "Theo", "Gone"]),
    ("?status=trying", ["Theo"]),
    ("?status=closed", ["Gone"]),
    ("?show=everyone&state=OH", ["Theo"]),
    ("?state=OH", []),
    ("?source=partner", ["Nora"]),
    ("?show=everyone&owner=me", ["Theo"]),
    ("?show=everyone&owner=nobody", ["Sam", "Gone"]),
    ("?status=trying&state=CO", []),
    ("?status=&state=&source=&owner=&show=up-next", ["Nora", "Sam"]),
])  # fmt: skip
def test_a_filter_lists_whom_it_names(address, listed, queue, everybody):
    page = queue(address)

    assert page.status_code == 200
    assert names(page) == listed


def test_the_owner_may_be_a_coach_or_whoever_took_them(queue, hal, people):
    assert names(queue(f"?owner={people['cora'].ref}")) == ["Nora"]
    assert names(queue(f"?owner={people['inez'].ref}")) == ["Hal"]
    assert names(queue("?owner=nobody")) == ["Sam"]


def test_a_lock_that_ran_out_is_nobodys(queue, hal, it_is, people):
    it_is("10:51")

    assert names(queue(f"?owner={people['inez'].ref}")) == []
    assert names(queue("?owner=nobody")) == ["Sam", "Hal"]


@pytest.mark.parametrize(("address", "words"), [
    ("?status=sleeping", "We don&#39;t know the status “sleeping”."),
    ("?state=ZZ", "We don&#39;t know the state “ZZ”."),
    ("?source=nowhere", "We don&#39;t know the source “nowhere”."),
    ("?owner=7", "We don&#39;t know the owner “7”."),
    ("?status=%3Cscript%3E", "“&lt;script&gt;”"),
    ("?status=%00%E2%80%AEnew%00x", "“newx”"),
    ("?owner=%ED%A0%80", "We don&#39;t know the owner"),
    (f"?status={'x' * 5000}", f"“{'x' * 60}”"),
])  # fmt: skip
def test_what_we_do_not_know_is_said_in_words(address, words, queue, everybody):
    page = queue(address)

    assert page.status_code == 400
    assert words in page.text
    assert names(page) == []


def test_a_list_we_do_not_know_is_said_above_the_usual_one(queue, everybody):
    page = queue("?show=all")

    assert page.status_code == 400 and "We don&#39;t know the list “all”." in page.text
    assert names(page) == ["Nora", "Sam"]


@pytest.mark.parametrize("after", [
    "x", "~", "2026-11-24T15:00:00Z", "2026-11-24T15:00:00Z~", "2026-11-24T15:00:00Z~x", "0001-01-01T00:00:00+14:00~1",
    "2026-11-24T15:00:00~1", f"2026-11-24T15:00:00Z~{'9' * 30}", "%00", "2026-11-24T15:00:00Z~-1e9", "~~~",
])  # fmt: skip
def test_a_place_that_makes_no_sense_is_the_top_of_the_list(after, queue, everybody):
    for address in ("?", "?show=everyone&"):
        page = queue(f"{address}after={after}")
        assert page.status_code == 200
        assert "Sam" in names(page)


def test_the_far_ends_of_the_calendar_are_places_too(queue, everybody):
    for after in ("0001-01-01T00:00:00Z~0", f"9999-12-31T23:59:59Z~{'9' * 18}"):
        assert queue(f"?after={after}").status_code == 200
        assert queue(f"?show=everyone&after={after}").status_code == 200


def test_a_filter_and_a_place_are_read_back_from_what_they_write():
    wanted = LeadFilter(show="everyone", state="CO", owner="me")
    place = Place.parse("2026-11-24T15:00:00.123456Z~31~2")

    assert LeadFilter.from_args(wanted.as_args()) == wanted
    assert LeadFilter().as_args() == {}
    assert place is not None and Place.parse(str(place)) == place


def test_paging_keeps_the_filter(queue, it_is, a_lead, at):
    it_is("10:42")
    for number in range(52):
        a_lead(f"Sam No{number:02}", received=at("09:00"), person={"state": "OH"})
    a_lead("Ann Doe", received=at("09:01"))

    first = queue("?show=everyone&state=OH")
    further = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = queue(further.removeprefix("/queue"))

    assert len(names(first)) == 50 and len(names(second)) == 2
    assert sorted(names(first) + names(second)) == [f"Sam No{number:02}" for number in range(52)]
