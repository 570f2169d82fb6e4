"""A lead's page: who it is, what they wrote, how to reach them, and what has happened."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.models import Consent, Event, Note, Person

STATEMENTS = 6  # the sign-in and the event of opening it included


@pytest.fixture
def statements(app):
    """Every statement that the databases are sent while a page is made."""
    sent = []

    def hear(_connection, _cursor, statement, *_):
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", hear)
    yield sent
    sa.event.remove(engine, "before_cursor_execute", hear)


@pytest.fixture
def notes_about(writing, people):
    """`notes_about(sam, 60)`: Ida wrote that many notes, one a minute."""

    def write(lead, how_many):
        with writing():
            for number in range(how_many):
                note = Note(lead_id=lead.id, by_id=people["ida"].id, at=now() - timedelta(minutes=number))
                note.body = f"Note number {number}."
                db.session.add(note)

    return write


def zone_where_it_is(hour):
    """A zone whose clock shows this hour at this moment."""
    ahead = (hour - now().hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


def test_page_shows_who_it_is_and_what_they_wrote(as_, a_lead):
    dana = a_lead("Dana Whit", for_whom="loved", message="My brother comes home on Friday.\nI am <scared>.")

    page = as_("ida").get(f"/leads/{dana.ref}").text

    assert "Dana Whit" in page
    assert "for someone they love" in page
    assert "I am &lt;scared&gt;." in page
    assert f'data-lead="{dana.ref}"' in page
    assert f"<title>{dana.number} · Lantern</title>" in page


def test_each_way_stands_beside_what_they_allowed(as_, a_lead):
    allowed = {"may_call": "yes", "may_text": "no", "may_email": "yes", "voicemail": "name"}
    dana = a_lead("Dana", person={**allowed, "zone_candidates": [zone_where_it_is(12)]})

    page = as_("ida").get(f"/leads/{dana.ref}").text

    assert 'href="tel:+17205550118"' in page
    assert "sms:" not in page
    assert 'href="mailto:sam@example.org"' in page
    assert "Voicemail: first name only" in page
    assert "only a first name" in page


def test_without_permission_nobody_is_offered_a_call_or_a_voicemail(as_, a_lead):
    dana = a_lead("Dana", person={"may_call": "no", "voicemail": "no"})

    page = as_("ida").get(f"/leads/{dana.ref}").text

    assert "tel:" not in page.split("<main")[1]
    assert "they asked us not to" in page
    assert "Do not leave a message" in page


def test_call_waits_while_it_is_night_there(as_, a_lead, a_followup):
    night = zone_where_it_is(3)
    zone = {"time_zone": night, "zone_candidates": [night], "state": None}
    dana, eve = a_lead("Dana", person=zone), a_lead("Eve", person=zone)
    a_followup(eve, due=now() + timedelta(minutes=5))

    waiting = as_("ida").get(f"/leads/{dana.ref}").text
    assert "No call now." in waiting
    assert "tel:" not in waiting.split("<main")[1]
    assert "but a call was promised for this time" in as_("ida").get(f"/leads/{eve.ref}").text


def test_consents_are_shown_in_their_own_words(as_, a_lead, writing):
    dana = a_lead("Dana")
    with writing():
        db.session.add(Consent(person_id=dana.inquirer_id, kind="contact", granted=True, wording_version="2026-11",
                               wording="They may write to me.", at=now()))

    page = as_("ida").get(f"/leads/{dana.ref}").text

    assert "They may write to me." in page
    assert "2026-11" in page


def test_timeline_is_newest_first_and_goes_on(as_, a_lead, notes_about):
    sam = a_lead("Sam", received=now() - timedelta(days=3))
    notes_about(sam, 60)

    first = as_("ida").get(f"/leads/{sam.ref}").text
    older = as_("ida").get(first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")).text

    assert first.index("Note number 0.") < first.index("Note number 49.")
    assert "Note number 50." not in first
    assert "Note number 49." not in older
    assert all(f"Note number {number}." in older for number in range(50, 60))
    assert "They wrote to us" in older


@pytest.mark.parametrize("place", ["yesterday", "2026-11-24_1_2", "2026-11-24T10:00:00Z_99_1", "__", "\x00", "9" * 500])
def test_a_place_that_is_none_shows_the_newest(as_, a_lead, place):
    sam = a_lead("Sam")

    assert as_("ida").get(f"/leads/{sam.ref}", query_string={"before": place, "saved": place}).status_code == 200


@pytest.mark.parametrize("rows", [0, 60])
def test_page_takes_six_statements_however_long_the_story(as_, a_lead, a_followup, notes_about, statements, rows):
    sam = a_lead("Sam", coach="cora", owner="ida")
    notes_about(sam, rows)
    a_followup(sam, due=now(), owner="cora")
    ida = as_("ida")
    ida.get(f"/leads/{sam.ref}")  # the workflow is read once a minute
    statements.clear()

    assert ida.get(f"/leads/{sam.ref}").status_code == 200
    assert len(statements) <= STATEMENTS, "\n\n".join(statements)


def test_one_lookup_for_each_row_is_caught(a_lead, notes_about, app, statements):
    """The known-bad variant: whoever wrote each note is asked for one by one."""
    sam = a_lead("Sam")
    notes_about(sam, 10)
    statements.clear()
    with app.app_context():
        for note in db.session.scalars(sa.select(Note)):
            db.session.expire_all()
            assert note.by.name

    assert len(statements) > STATEMENTS


def test_opening_is_written_into_history(as_, a_lead, people, count):
    sam = a_lead("Sam")

    as_("ida").get(f"/leads/{sam.ref}")

    assert count(Event, Event.action == "opened", Event.lead_id == sam.id, Event.actor_id == people["ida"].id) == 1


def test_a_coach_opens_only_her_own_people(as_, a_lead):
    sam = a_lead("Sam", coach="cora")

    assert as_("cora").get(f"/leads/{sam.ref}").status_code == 200
    missing = as_("cole").get(f"/leads/{'A' * 22}")
    assert as_("cole").get(f"/leads/{sam.ref}").status_code == 404 == missing.status_code
    assert as_("cole").get(f"/leads/{sam.ref}").data == missing.data


def test_a_coach_is_not_offered_what_she_may_not_do(as_, a_lead):
    sam = a_lead("Sam", coach="cora", status="talking")

    page = as_("cora").get(f"/leads/{sam.ref}").text

    assert "/assignment" not in page
    assert 'value="closed"' not in page


def test_nothing_is_chosen_beforehand(as_, a_lead):
    sam = a_lead("Sam")

    page = as_("ida").get(f"/leads/{sam.ref}").text.split("<main")[1]

    assert 'name="coach"' in page
    assert " checked" not in page
    assert "selected value=\"\"" in page or " selected" not in page


def test_a_person_without_a_name_has_a_page_too(as_, a_lead, writing):
    sam = a_lead("Sam", phone=None)
    with writing():
        db.session.get(Person, sam.inquirer_id).name = ""

    page = as_("ida").get(f"/leads/{sam.ref}")

    assert page.status_code == 200
    assert "Somebody without a name" in page.text


@pytest.mark.parametrize("ref", ["%00", "%ED%A0%80", "a" * 300, "L-1001", "1", "..%2F..%2Fqueue", "%E2%80%AE"])
def test_what_is_no_reference_is_not_there(as_, a_lead, ref):
    a_lead("Sam")

    assert as_("ida").get(f"/leads/{ref}").status_code == 404
