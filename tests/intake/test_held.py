"""What a machine seems to have written is held, never dropped; a person lets a person's message in."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from crm.clock import now
from crm.db import db
from crm.intake import understanding
from crm.models import Event, FollowUp, Lead, Person, Submission
from tests.intake.conftest import DANA, token_in
from tests.support import builders

HIDDEN = {"website": "https://example.org", "msg": "Do you take Aetna?"}


@pytest.fixture
def ref_of_held(send, reading):
    """The reference of Dana's message, whose browser filled in the hidden field."""
    send(**HIDDEN)
    with reading():
        return db.session.scalars(select(Submission.ref)).one()


def release(client, ref):
    page = client.get("/held").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(f"/held/{ref}/release", data={"csrf_token": token})


def test_a_filled_hidden_field_is_held_and_thanked(send, visitor, reading, count):
    answer = send(**HIDDEN)

    page = visitor.get(answer.location)
    assert answer.status_code == 303 and page.status_code == 200
    assert "We have your message" in page.text and "988" in page.text and "Your reference" not in page.text
    with reading():
        held = db.session.scalars(select(Submission)).one()
        assert (held.state, held.why, held.lead_id) == ("held", "the hidden field was filled in", None)
    assert (count(Lead), count(Person), count(FollowUp)) == (0, 0, 0)


def test_sent_again_it_is_held_once_and_without_the_field_it_gets_in(send, open_page, count):
    page = open_page()
    send(page, **HIDDEN)
    send(page, **HIDDEN)
    assert (count(Submission), count(Lead)) == (1, 0)
    send(page)
    assert (count(Submission), count(Lead)) == (2, 1)


def test_intake_reads_it_and_lets_it_in(as_, ref_of_held, people, reading, count):
    ida = as_("ida")
    page = ida.get("/held").text
    assert "The hidden field was filled in" in page and "Do you take Aetna?" in page

    answer = release(ida, ref_of_held)

    with reading():
        lead = db.session.scalars(select(Lead)).one()
        assert answer.status_code == 303 and answer.location == f"/leads/{lead.ref}"
        assert lead.person.name == "Dana Whitcomb"
        event = db.session.scalars(select(Event).where(Event.action == "released")).one()
        assert (event.actor_id, event.lead_id) == (people["ida"].id, lead.id)
        assert event.facts["held"] == "the hidden field was filled in"
    assert "Nothing is held" in ida.get("/held").text
    assert release_again(ida, ref_of_held).location == answer.location and count(Lead) == 1


def release_again(client, ref):
    """A second press, with the token of any page."""
    token = token_in(client.get("/held").text)
    return client.post(f"/held/{ref}/release", data={"csrf_token": token})


def test_what_failed_is_shown_as_it_came_and_tried_again(send, as_, people, monkeypatch, reading):
    def fail(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr(understanding, "_make_findable", fail)
    send()
    ida = as_("ida")
    page = ida.get("/held").text
    assert "Could not be read" in page and "KeyError" in page and "I finish inpatient on Friday." in page
    with reading():
        ref = db.session.scalars(select(Submission.ref)).one()

    still = release(ida, ref)
    assert still.status_code == 303 and "It still cannot be read" in ida.get(still.location).text
    monkeypatch.undo()
    assert "/leads/" in release(ida, ref).location


def test_a_coach_has_no_such_page_and_a_stranger_signs_in_first(as_, ref_of_held, visitor, count):
    cora = as_("cora")

    assert cora.get("/held").status_code == 403
    assert visitor.get("/held").status_code == 303
    token = as_("ida").get("/held").text
    assert cora.post(f"/held/{ref_of_held}/release", data={"csrf_token": token[:10]}).status_code in (400, 403)
    assert count(Lead) == 0


def test_a_reference_that_never_was_is_not_found(as_, ref_of_held):
    assert release(as_("ada"), "never-was").status_code == 404


def test_looking_is_written_down_without_words(as_, ref_of_held, people, reading):
    as_("ada").get("/held")

    with reading():
        seen = db.session.scalars(select(Event).where(Event.action == "viewed-held")).one()
        assert seen.actor_id == people["ada"].id and seen.facts == {"submissions": [ref_of_held]}


def test_the_list_is_paged_by_where_one_stands(as_, writing):
    with writing():
        source = builders.a_source()
        for number in range(60):
            db.session.add(Submission(
                source=source, fingerprint=str(number), content_type="application/x-www-form-urlencoded",
                received_at=now() - timedelta(minutes=number // 2), state="held", why="it looked odd", raw=b"x",
                message=f"message number {number:02}."))
    ida, seen, address = as_("ida"), [], "/held"
    while address:
        page = ida.get(address).text
        seen += [number for number in range(60) if f"message number {number:02}." in page]
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""

    assert sorted(seen) == list(range(60)) and len(seen) == 60
    for nonsense in ("x", "2026-01-01T00:00:00Z~99999999999999999999999", "~", "2026-01-01T00:00:00Z~²"):
        assert ida.get("/held", query_string={"after": nonsense}).status_code == 200


def test_the_same_few_statements_however_many_rows(as_, writing, app):
    from sqlalchemy import event

    said = []

    def count_one(_conn, _cursor, statement, *_):
        said.append(statement)

    with writing():
        source = builders.a_source()
        for number in range(20):
            db.session.add(Submission(source=source, fingerprint=str(number), content_type="x", state="failed",
                                      received_at=datetime(2026, 11, 1, tzinfo=UTC), why="KeyError", raw=b"x"))
    ida = as_("ida")
    with app.app_context():
        engine = db.engine
    ida.get("/held")
    event.listen(engine, "before_cursor_execute", count_one)
    try:
        ida.get("/held")
    finally:
        event.remove(engine, "before_cursor_execute", count_one)
    assert len(said) <= 4


@pytest.fixture
def a_held(writing):
    """`a_held("words", state="unproven")`: a message that is no lead; gives its reference."""

    def make(words, state="held", slug="website", **about):
        with writing():
            one = Submission(
                source=builders.a_source(slug), fingerprint=words[:60], received_at=now(), state=state, message=words,
                content_type="application/x-www-form-urlencoded", why="it reads like an offer",
                raw=urlencode({**DANA, "msg": words}, doseq=True).encode(), **about)
            db.session.add(one)
            db.session.flush()
            return one.ref

    return make


def press(client, address, **typed):
    return client.post(address, data={"csrf_token": token_in(client.get("/people/new").text), **typed})


def test_each_kind_has_its_tab_and_each_source_its_list(as_, a_held):
    for state in ("held", "failed", "unmapped", "unproven", "test"):
        a_held(f"the {state} one", state, slug="website" if state == "held" else "other")
    ida = as_("ida")

    everything = ida.get("/held").text
    assert "the test one" not in everything and "the unproven one" in everything and "All that wait" in everything
    for state in ("held", "failed", "unmapped", "unproven", "test"):
        page = ida.get(f"/held?show={state}").text
        assert page.count("data-submission") == 1 and f"the {state} one" in page
    assert ida.get("/held?source=website").text.count("data-submission") == 1
    assert "Nobody has set a message aside." in ida.get("/held?show=dismissed").text
    assert "Nothing here" in ida.get("/held?source=website&show=test").text
    assert ida.get("/held?show=nonsense").text.count("data-submission") == 4


def test_an_offer_is_set_aside_with_one_press_and_put_back_with_another(as_, a_held, people, reading, count):
    ref, ida = a_held("Buy our search engine places", level="none"), as_("ida")

    answer = press(ida, f"/held/{ref}/dismissal", show="held")
    page = ida.get(answer.location).text
    assert "Set aside: nobody in it needs us." in page and page.count("data-submission") == 0
    aside = ida.get("/held?show=dismissed").text
    assert "Buy our search engine places" in aside and "by Ida Example" in aside
    press(ida, f"/held/{ref}/return")
    assert "Buy our search engine places" in ida.get("/held").text
    press(ida, f"/held/{ref}/dismissal")
    assert "/leads/" in press(ida, f"/held/{ref}/release").location, "and it can become a lead at any time"
    assert count(Event, Event.action == "dismissed") == 2 and count(Event, Event.action == "put-back") == 1


@pytest.mark.parametrize("level", ["crisis", "urgent"])
def test_words_of_danger_are_set_aside_only_by_a_person_who_says_that_she_read_them(as_, a_held, reading, level, count):
    long = "I have pills here. " * 40 + "It is a line from a song."
    ref, ida = a_held(long, level=level), as_("ida")
    page = ida.get("/held").text
    assert "Not somebody who needs us…" in page and ("reads like an emergency" in page or "reads urgent" in page)

    assert "It is a line from a song." in ida.get(f"/held/{ref}/dismissal").text, "all of it is there to read"
    for typed in ({}, {"reason": "offer"}, {"sure": "y"}, {"reason": "no such", "sure": "y"}):
        answer = press(ida, f"/held/{ref}/dismissal", **typed)
        assert answer.status_code == 422 and "There is a problem" in answer.text
    kept = press(ida, f"/held/{ref}/dismissal", reason="offer").text
    assert 'value="offer" checked' in kept
    assert count(Event, Event.action == "dismissed") == 0
    assert press(ida, f"/held/{ref}/dismissal", reason="offer", sure="y").status_code == 303
    with reading():
        said = db.session.scalars(select(Event).where(Event.action == "dismissed")).one()
        assert (said.facts["reason"], said.facts["level"]) == ("offer", level) and "pills" not in str(said.facts)


def test_what_is_a_lead_already_is_not_set_aside(as_, a_lead, reading, count):
    a_lead("Sam Poe")
    with reading():
        ref = db.session.scalars(select(Submission.ref)).one()

    answer = press(as_("ida"), f"/held/{ref}/dismissal")
    assert "/leads/" in answer.location and "/leads/" in as_("ida").get(f"/held/{ref}/dismissal").location
    assert count(Event, Event.action == "dismissed") == 0


def test_a_coach_sets_nothing_aside(as_, a_held, count):
    ref = a_held("Buy our places")

    assert as_("cora").get(f"/held/{ref}/dismissal").status_code == 403
    assert as_("cora").get("/held?show=dismissed").status_code == 403
