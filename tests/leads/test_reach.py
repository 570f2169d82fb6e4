"""Correcting how somebody may be reached."""

import re

import pytest

from crm.db import db
from crm.models import ContactPoint, Event, Person, SearchKey
from tests.leads.conftest import hidden

TOLD = {
    "name": "Dana Whitfield", "phones": "(303) 555-0150\n720 555 0118", "emails": "", "may_call": "yes",
    "may_text": "no", "may_email": "no", "voicemail": "no", "best_times": ["am", "eve"], "time_zone": "America/Phoenix",
}


@pytest.fixture
def correct():
    """`correct(ida, dana, phones="…")`: the page that corrects how to reach Dana, filled in by Ida."""

    def send(browser, lead, **changed):
        page = browser.get(f"/leads/{lead.ref}/reach").text
        known = {"csrf_token": hidden(page, "csrf_token"), "version": hidden(page, "version")}
        return browser.post(f"/leads/{lead.ref}/reach", data={**known, **TOLD, **changed})

    return send


def test_what_they_said_is_kept(as_, a_lead, correct, reading):
    dana, ida = a_lead("Dana Whit"), as_("ida")

    assert correct(ida, dana).status_code == 303

    with reading():
        person = db.session.get_one(Person, dana.inquirer_id)
        assert (person.name, person.may_text, person.voicemail, person.best_times) == (
            "Dana Whitfield", "no", "no", ["am", "eve"])
        assert (person.time_zone, person.zone_candidates, person.zone_source, person.zone_confidence) == (
            "America/Phoenix", ["America/Phoenix"], "person said", "sure")
        assert {point.normal for point in person.contact_points} == {"+13035550150", "+17205550118"}
    assert "they said so" in ida.get(f"/leads/{dana.ref}").text


def test_the_page_shows_what_is_known(as_, a_lead):
    page = as_("ida").get(f"/leads/{a_lead('Dana', person={'may_text': 'no'}).ref}/reach").text

    assert "(720) 555-0118" in page
    assert re.search(r'name="may_text"[^>]*value="no" checked', page)


def test_found_by_the_new_words_and_no_longer_by_the_old(as_, a_lead, correct, reading):
    dana = a_lead("Dana Whit")

    correct(as_("ida"), dana, phones="(303) 555-0150")

    with reading():
        words = {key.word for key in db.session.query(SearchKey).filter_by(lead_id=dana.id)}
        assert words == {"dana", "whitfield", "13035550150", "3035550150"}


def test_only_intake_and_administrators_may(as_, a_lead, correct, count):
    dana, cora = a_lead("Dana", coach="cora"), as_("cora")
    token = hidden(cora.get(f"/leads/{dana.ref}").text, "csrf_token")

    assert cora.get(f"/leads/{dana.ref}/reach").status_code == 403
    assert cora.post(f"/leads/{dana.ref}/reach", data={**TOLD, "csrf_token": token}).status_code == 403
    assert as_("ida").get(f"/leads/{'A' * 22}/reach").status_code == 404
    assert count(Event, Event.action == "reach-changed") == 0


@pytest.mark.parametrize("typed", [
    {"phones": "none at all"}, {"phones": "\n".join(f"(303) 555-01{n}" for n in range(50, 56))},
    {"emails": "dana at home"},
    {"may_call": "perhaps"}, {"voicemail": ""}, {"best_times": ["noon"]}, {"time_zone": "Mars/Olympus"},
    {"name": "D" * 201}, {"phones": "1" * 600},
])  # fmt: skip
def test_bad_input_changes_nothing_and_keeps_what_was_typed(as_, a_lead, correct, count, typed):
    dana = a_lead("Dana Whit")

    answer = correct(as_("ida"), dana, **typed)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Dana Whitfield" in answer.text or "name" in typed
    assert count(Person, Person.name == "Dana Whit") == 1
    assert count(ContactPoint) == 2


def test_a_late_correction_is_kept_and_says_what_changed(as_, a_lead, correct, count):
    dana = a_lead("Dana Whit")
    correct(as_("inez"), dana, name="Dana W.")

    late = correct(as_("ida"), dana, version="1")

    assert late.status_code == 409
    assert "Dana Whitfield" in late.text
    assert "Inez Example corrected how to reach them" in late.text
    assert count(Person, Person.name == "Dana W.") == 1


def test_history_says_which_things_changed_and_not_to_what(as_, a_lead, correct, reading):
    dana = a_lead("Dana Whit")

    correct(as_("ida"), dana)

    with reading():
        told = db.session.query(Event).filter_by(action="reach-changed").one()
        assert set(told.facts) == {"changed"}
        assert {"name", "contacts", "time_zone"} <= set(told.facts["changed"])


def test_the_same_again_is_no_change(as_, a_lead, correct, count):
    dana, ida = a_lead("Dana Whit"), as_("ida")

    correct(ida, dana)
    correct(ida, dana)

    assert count(Event, Event.action == "reach-changed") == 1
