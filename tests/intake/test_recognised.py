"""Whoever writes is compared with everybody we know: suggested, never joined. What comes late lands right."""

import sqlalchemy as sa

from crm.clock import now
from crm.db import commit, db
from crm.leads import merging, parting, recognising
from crm.leads.catching_up import recognise_waiting
from crm.models import Lead, Likeness, MatchKey, Merge, Submission

MINE = {"name": "Dana Whit", "phone": "(303) 555-0118", "email": ""}
OTHER = {"name": "Dana Whitcomb", "phone": "(303) 555-0147", "email": "dw@example.org"}


def join(app, people):
    with app.app_context():
        one, other = db.session.scalars(sa.select(Lead).order_by(Lead.id)).all()
        merging.merge(one, other, [], people["ida"], now())
        commit()


def test_a_nickname_and_the_same_phone_are_suggested(send, people, count, reading):
    send(name="Katherine W.")
    send(name="Kate Whitcomb", msg="Another day.")

    assert count(Lead) == 2
    with reading():
        likeness = db.session.scalars(sa.select(Likeness)).one()
        assert "same phone number" in likeness.reasons and not likeness.is_household


def test_a_brother_on_the_same_phone_is_a_household(send, people, count, reading):
    send(name="Nora Poe")
    send(name="Ned Poe", msg="I write for myself.")

    assert count(Lead) == 2
    with reading():
        assert db.session.scalars(sa.select(Likeness)).one().is_household


def test_a_facilitys_phone_suggests_nobody(send, people, a_lead, count, monkeypatch):
    monkeypatch.setattr(recognising, "CANDIDATES", 3)
    for name in ("Ann Abel", "Ben Bolt", "Cy Cole", "Di Dunn", "Ed East", "Flo Fell", "Gus Gray"):
        send(name=name, state="NA", via=["call"])

    seen = count(Likeness)
    send(name="Hal Holm", state="NA", via=["call"])
    assert count(Lead) == 8 and count(Likeness) == seen


def test_what_goes_wrong_with_a_suggestion_costs_no_lead(send, people, count, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("Dana Whitcomb")

    monkeypatch.setattr(recognising, "keys", broken)
    send()

    assert count(Lead) == 1 and count(Submission, Submission.state == "understood") == 1
    assert "could not be compared" in caplog.text and "Whitcomb" not in caplog.text


def test_who_writes_again_after_the_merge_lands_on_the_survivor(app, send, people, count, reading):
    send(**MINE)
    send(**OTHER)
    join(app, people)
    send(**OTHER, msg="It is me again.")

    assert count(Lead) == 2
    with reading():
        survivor = db.session.scalars(sa.select(Lead).where(Lead.merged_into_id.is_(None))).one()
    assert count(Submission, Submission.lead_id == survivor.id) == 3


def test_and_goes_home_with_them_when_it_is_undone(app, send, people, count, reading):
    send(**MINE)
    send(**OTHER)
    join(app, people)
    send(**OTHER, msg="It is me again.")
    send(**MINE, msg="And me.")
    with app.app_context():
        parting.undo_merge(db.session.scalars(sa.select(Merge)).one(), people["ida"], now())
        commit()

    with reading():
        first, second = db.session.scalars(sa.select(Lead).order_by(Lead.id)).all()
        said = {lead.id: [one.message for one in db.session.scalars(
            sa.select(Submission).where(Submission.lead_id == lead.id).order_by(Submission.id))]
            for lead in (first, second)}
        assert said[first.id][1:] == ["And me."] and said[second.id][1:] == ["It is me again."]
        assert (first.times_wrote, second.times_wrote) == (2, 2)


def test_leads_from_before_get_their_keys_once(app, a_lead, people, count):
    a_lead("Sam Poe")
    a_lead("Sammy Poe")
    a_lead("", phone=None, email=None)
    with app.app_context():
        assert recognise_waiting(now()) == 3
        assert recognise_waiting(now()) == 0

    assert count(Likeness) == 1
    assert count(MatchKey, MatchKey.key == "") == 1
