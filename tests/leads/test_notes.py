"""Notes for whoever comes next."""

import pytest

from crm.db import db
from crm.models import Event, Lead, Note


def test_a_note_is_kept_and_shown(as_, a_lead, fill_in, people, reading):
    sam, ida = a_lead("Sam"), as_("ida")

    answer = fill_in(ida, sam, "notes", body="Works nights.\nCall after four. <b>")

    assert answer.status_code == 303
    assert "Call after four. &lt;b&gt;" in ida.get(f"/leads/{sam.ref}").text
    with reading():
        note = db.session.query(Note).one()
        assert (note.by_id, note.body) == (people["ida"].id, "Works nights.\nCall after four. <b>")
        assert b"nights" not in note.body_sealed


def test_a_note_never_conflicts(as_, a_lead, fill_in, count):
    sam, ida = a_lead("Sam"), as_("ida")

    fill_in(as_("inez"), sam, "status", status="closed", reason="cost")

    assert fill_in(ida, sam, "notes", body="Heard from her sister.", version="1").status_code == 303
    assert count(Note) == 1


def test_a_first_note_on_somebody_taken_makes_them_ones_own(as_, a_lead, fill_in, people, writing, count):
    sam, ben = a_lead("Sam"), a_lead("Ben")
    with writing():
        db.session.get_one(Lead, sam.id).taken_by_id = people["ida"].id

    fill_in(as_("ida"), sam, "notes", body="Mine now.")
    fill_in(as_("ida"), ben, "notes", body="Not taken, only helped.")

    assert count(Lead, Lead.owner_id == people["ida"].id) == 1


def test_a_coach_writes_only_about_her_own_people(as_, a_lead, fill_in, count):
    sam, ben, cora = a_lead("Sam", coach="cora"), a_lead("Ben", coach="cole"), as_("cora")
    token = cora.get(f"/leads/{sam.ref}").text.split('name="csrf_token" value="')[1].split('"')[0]

    assert fill_in(cora, sam, "notes", body="Doing well.").status_code == 303
    assert cora.post(f"/leads/{ben.ref}/notes", data={"body": "x", "csrf_token": token}).status_code == 404
    assert count(Note) == 1


@pytest.mark.parametrize("body", ["", "   ", "\x00", "Long words. " + "a" * 10_000])
def test_an_empty_or_endless_note_is_given_back(as_, a_lead, fill_in, count, body):
    sam = a_lead("Sam")

    answer = fill_in(as_("ida"), sam, "notes", body=body)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert body.strip("\x00 ")[:11] in answer.text
    assert count(Note) == 0


def test_history_says_that_a_note_was_written_and_not_what(as_, a_lead, fill_in, reading):
    sam = a_lead("Sam")

    fill_in(as_("ida"), sam, "notes", body="Works nights.")

    with reading():
        told = db.session.query(Event).filter_by(action="note").one()
        assert told.facts == {"note": db.session.query(Note).one().ref}
