"""Bringing people in from a file, as Ada does it in a browser: choose, match, try, bring in, read what came back."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from crm.clock import now
from crm.db import commit, db
from crm.intake.arrivals import identified, read_now, receive_hook
from crm.intake.delivery import Delivery
from crm.intake.senders import Sender
from crm.models import FollowUp, ImportPiece, ImportRejection, ImportRun, Lead, Message, Person, Source, Submission
from crm.sources.actions import add_source
from crm.sources.forgetting import forget_old
from crm.timetable import run_job
from tests.intake.conftest import token_in

FILE = (
    "First Name;Phone;Email;State;Message;Ways\r\n"
    "Nadia;303 555 0161;n@example.org;CO;\"Is there room\nbefore Christmas?\";call, text\r\n"
    "Gabe;(305) 555-0124;;FL;Evenings?;call\r\n"
    "Corin;;;OH;Please write;\r\n"
    ";;;TX;;\r\n"
    "Quinn;12;;OH;;\r\n"
)


@pytest.fixture
def ada(as_: Callable[..., Any]) -> Any:
    return as_("ada")


@pytest.fixture
def upload(ada: Any) -> Callable[..., str]:
    """`upload(FILE)`: Ada gives us the file; the address of its columns."""

    def give(text: str | bytes, **typed: Any) -> str:
        raw = text.encode() if isinstance(text, str) else text
        data = {"csrf_token": token_in(ada.get("/settings/import").text), "source": "file", "zone": "America/New_York",
                "waiting": "y", "file": (io.BytesIO(raw), "people.csv"), **typed}
        answer = ada.post("/settings/import", data={name: value for name, value in data.items() if value is not None})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    return give


@pytest.fixture
def press(ada: Any) -> Callable[..., str]:
    """`press(page, "columns")`: what the button of that step does; the address it leads to."""

    def do(address: str, step: str, **typed: str) -> str:
        base = address.rsplit("/", 1)[0]
        token = token_in(ada.get("/settings/import").text)
        return ada.post(f"{base}/{step}", data={"csrf_token": token, **typed}).headers["Location"]

    return do


@pytest.fixture
def tick(app: Flask) -> Callable[[], None]:
    """The clock's job, until it finds nothing more to do."""

    def until_idle() -> None:
        while run_job(app, "imports", now()):
            pass

    return until_idle


def test_from_the_file_to_the_people(
    ada: Any, upload: Any, press: Any, tick: Any, count: Any, reading: Any
):
    columns = upload(FILE)
    page = ada.get(columns).text
    assert "Nadia" in page and "labelled" in page and count(Lead) == 0

    watched = press(columns, "columns")
    assert "Trying" in ada.get(watched).text and 'http-equiv="refresh"' in ada.get(watched).text
    tick()
    trial = ada.get(watched, follow_redirects=True).text
    assert "Would be new" in trial and "No phone, no e-mail and no message." in trial
    assert (count(Lead), count(Submission), count(Person), count(Message)) == (0, 0, 0, 0)

    watched = press(columns, "start")
    tick()
    result = ada.get(watched, follow_redirects=True).text
    assert "Finished" in result and "cannot be used" in result and "Download with reasons" in result
    assert count(Lead) == 3 and count(ImportPiece) == 0
    with reading():
        run = db.session.query(ImportRun).one()
        assert (run.state, run.created, run.joined, run.rejected) == ("done", 3, 0, 2)
        nadia = db.session.query(Submission).filter_by(import_row=2).one()
        assert nadia.message == "Is there room\nbefore Christmas?"
        assert json.loads(nadia.raw or b"")["First Name"] == "Nadia"
        assert nadia.lead is not None and nadia.lead.person.may_text == "yes"
        assert {one.kind for one in db.session.query(Message)} == {"import-done"}, "one notice, and no mail to anybody"


def test_who_came_in_and_what_was_handed_back(ada: Any, upload: Any, press: Any, tick: Any):
    columns = upload(FILE)
    press(columns, "start")
    tick()
    base = columns.rsplit("/", 1)[0]

    people = ada.get(f"{base}/people").text
    file = ada.get(f"{base}/handed-back.csv")

    assert "Nadia" in people and "Corin" in people and "Quinn" not in people
    assert file.text.startswith("Why it was handed back,First Name") and "Quinn,12" in file.text
    assert len(file.text.splitlines()) == 3


def test_again_makes_nobody_twice(upload: Any, press: Any, tick: Any, count: Any, reading: Any):
    for _ in range(2):
        press(upload(FILE), "start")
        tick()

    assert count(Lead) == 3 and count(Submission) == 3
    with reading():
        last = db.session.query(ImportRun).order_by(ImportRun.id.desc()).first()
        assert last is not None and (last.created, last.joined, last.rejected) == (0, 3, 2)


def test_a_trial_counts_repeats_within_the_file_as_the_real_thing(upload: Any, press: Any, tick: Any, reading: Any):
    """Also across batches, of which each is taken back."""
    lines = [f"Person {number},7205550{number % 1000:03d},,Hello {number}" for number in range(250)]
    file = "Name,Phone,Email,Message\n" + "\n".join([*lines, lines[3], "Person 4,(720) 555-0004,,Once more"])
    counts = []
    columns = upload(file)
    for step in ("columns", "start"):
        press(columns, step)
        tick()
        with reading():
            run = db.session.query(ImportRun).one()
            counts.append((run.state, run.created, run.joined, run.rejected))

    assert counts == [("tried", 250, 2, 0), ("done", 250, 2, 0)]


def test_an_old_list_comes_in_quietly(upload: Any, press: Any, tick: Any, reading: Any):
    today = now().strftime("%Y-%m-%d")
    press(upload(f"Name,Email,Date,Message\nOld Ann,a@example.org,2024-02-03,Hello there\n"
                 f"New Ben,b@example.org,{today},Hello there\n"
                 f"Old Cy,c@example.org,2024-02-03,I am going to kill myself tonight\n"), "start")
    tick()

    with reading():
        ann, ben, cy = (one for one in db.session.query(Lead).order_by(Lead.id))
        promised = {one.lead_id for one in db.session.query(FollowUp)}
        assert ann.no_step_reason and ann.answer_by is None
        assert promised == {ben.id, cy.id} and ben.answer_by is not None
        assert cy.danger_at is not None, "danger is never quiet"
        assert db.session.query(Message).filter_by(kind="danger", lead_id=cy.id).count() > 0


def test_nothing_is_promised_to_a_list_that_is_not_waiting(upload: Any, press: Any, tick: Any, count: Any):
    press(upload("Name,Email,Message\nAnn,a@example.org,Hello there\n", waiting=None), "start")
    tick()

    assert count(Lead) == 1 and count(FollowUp) == 0


def test_an_export_recognises_entries_that_came_by_webhook(app: Flask, upload: Any, press: Any, tick: Any, count: Any):
    with app.app_context():
        source, _ = add_source("gravity-forms", "Website", "gf", None, now())
        body = json.dumps({"id": "12", "form_id": "5", "1": "Nadia", "2": "n@example.org", "3": "Is there room?"})
        _came_by_hook(source, body)
    export = "Entry Id,Name,Email,Message\n12,Nadia,n@example.org,Is there room?\n13,Gabe,g@example.org,Hi\n"

    press(upload(export, source="gf", form="5"), "start")
    tick()
    assert count(Submission) == 2 and count(Lead) == 2

    with app.app_context():  # and the other way round: the webhook of an entry that came by file
        source = db.session.get(type(source), 1) or source
        body = json.dumps({"id": "13", "form_id": "5", "1": "Gabe", "2": "g@example.org", "3": "Hi"})
        _came_by_hook(source, body)
    assert count(Submission) == 2 and count(Lead) == 2


def _came_by_hook(source: Source, body: str) -> None:
    delivery = identified(source.kind, Delivery(body.encode(), "application/json"), now())
    read_now(receive_hook(Sender(source.id, source.slug, source.kind), delivery, now()), now())
    commit()


def test_one_entry_number_with_two_names_is_handed_back(upload: Any, press: Any, tick: Any, reading: Any):
    twice = "Entry Id,Form Id,Name,Email\n12,5,Nadia Reyes,n@example.org\n12,5,Gabe Okafor,g@example.org\n"
    press(upload(twice), "start")
    tick()

    with reading():
        assert "another name" in db.session.query(ImportRejection).one().reason


def test_whoever_asked_to_stop_is_left_alone(a_lead: Any, upload: Any, press: Any, tick: Any, reading: Any):
    a_lead("Sam Poe", status="closed", closed_reason="asked_to_stop", email="sam@example.org", phone=None)

    press(upload("Name,Email,Message\nSam Poe,sam@example.org,Hello\n"), "start")
    tick()

    with reading():
        assert db.session.query(Lead).count() == 1
        assert "Asked us not to contact" in db.session.query(ImportRejection).one().reason


def test_a_poisonous_row_costs_itself_only(
    upload: Any, press: Any, tick: Any, reading: Any, monkeypatch: pytest.MonkeyPatch
):
    from crm.intake import understanding

    whole = understanding._make_findable

    def breaks(lead: Lead, inquiry: Any, is_new: bool = False) -> None:
        if inquiry.name == "Gabe":
            raise ValueError("as a bug of ours would")
        whole(lead, inquiry, is_new)

    monkeypatch.setattr(understanding, "_make_findable", breaks)
    press(upload(FILE), "start")
    tick()

    with reading():
        run = db.session.query(ImportRun).one()
        assert (run.created, run.rejected) == (2, 3)
        assert db.session.query(ImportRejection).filter_by(row=3).one().reason == "Something went wrong on our side."


def test_stopped_and_gone_on_with(ada: Any, upload: Any, press: Any, tick: Any, reading: Any, count: Any):
    lines = "\n".join(f"Person {number},p{number}@example.org,Hello" for number in range(450))
    columns = upload(f"Name,Email,Message\n{lines}\n")
    press(columns, "start")
    stopped = press(columns, "stop")
    tick()
    assert count(Lead) == 0 and "Go on" in ada.get(stopped).text

    press(columns, "start")
    tick()
    assert count(Lead) == 450


def test_what_is_no_table_is_said_in_words(ada: Any):
    token = token_in(ada.get("/settings/import").text)
    answer = ada.post("/settings/import", data={
        "csrf_token": token, "source": "file", "zone": "UTC", "file": (io.BytesIO(b"PK\x03\x04 and so on"), "a.xlsx")})

    assert answer.status_code == 422 and "Excel workbook" in answer.text


def test_what_cannot_be_read_is_marked_before_anybody_comes_in(ada: Any, upload: Any):
    page = ada.get(upload("Name,Phone,State\nAnn,12,Atlantis\nBen,303 555 0161,CO\n")).text

    assert page.count("no number we can call") == 1 and page.count("no state we know") == 1


def test_two_columns_cannot_be_the_same_fact(ada: Any, upload: Any, count: Any):
    columns = upload("Phone,Other phone\n3035550161,3035550162\n")
    token = token_in(ada.get("/settings/import").text)

    answer = ada.post(columns, data={"csrf_token": token, "c1": "phone", "c2": "phone"})

    assert answer.status_code == 422 and "cannot both be" in answer.text


def test_only_administrators(as_: Any):
    for who in ("ida", "cora"):
        assert as_(who).get("/settings/import").status_code == 403


def test_what_need_not_be_kept_is_erased(app: Flask, upload: Any, press: Any, tick: Any, count: Any):
    press(upload(FILE), "start")
    tick()
    upload("Name,Email\nAnn,a@example.org\n")
    assert (count(ImportRejection), count(ImportPiece)) == (2, 1)

    with app.app_context():
        assert forget_old(now() + timedelta(days=6)) == 0
        assert forget_old(now() + timedelta(days=31)) == 2
    assert (count(ImportRejection), count(ImportPiece)) == (0, 0)
