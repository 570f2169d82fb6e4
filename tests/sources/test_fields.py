"""Ada says what the fields of Cedar House mean: by a pasted sample or a waiting one, tried before it is saved."""

import json

from sqlalchemy import select

from crm.db import db
from crm.models import Event, Lead, Message, Person, Source, Submission
from tests.support.vendors import recorded

MAP = "/settings/sources/cedar/mapping"
SAMPLE = json.dumps({"client": {"q7": "(602) 555-0177", "alias": "Luz"}, "who": "parent",
                     "story": "Her son leaves us on Saturday. Evenings work best."})
ODD = {"zq1": "no", "zq2": "7"}


def waiting(deliver, secret, number):
    """Messages that say nothing by themselves: their keys and values are codes."""
    for one in range(number):
        deliver("cedar", secret, {**ODD, "zq2": str(one)})


def test_a_pasted_sample_shows_guesses_and_a_lead_and_is_kept_nowhere(ada, a_source_of, count):
    a_source_of("json", "cedar", "Cedar House")

    page = ada.post(MAP, sample=SAMPLE)
    assert page.status_code == 200
    assert "client.q7" in page.text and "(602) 555-0177" in page.text and "please check" in page.text
    assert "for somebody they love" in page.text and "Her son leaves us on Saturday." in page.text
    assert SAMPLE.replace('"', "&#34;") in page.text, "what was pasted stays on the page"
    assert (count(Submission), count(Lead), count(Message)) == (0, 0, 0)


def test_a_correction_changes_the_preview_and_stays_chosen(ada, a_source_of):
    a_source_of("json", "cedar")

    page = ada.post(MAP, sample=SAMPLE, **{"becomes:client.alias": "name", "becomes:story": "ignore"}).text
    assert '<b class="who">Luz</b>' in page and '<option value="ignore" selected>' in page
    assert "<blockquote" not in page


def test_a_sample_that_cannot_be_read_is_given_back(ada, a_source_of, count):
    a_source_of("json", "cedar")

    answer = ada.post(MAP, sample="Dear team, hello", save="yes")
    assert answer.status_code == 422 and "cannot be read" in answer.text and "Dear team, hello" in answer.text
    assert ada.post(MAP, sample="").status_code == 422
    assert ada.post(MAP, sample="{" + "x" * 30_001).status_code == 422
    assert count(Event, Event.action == "source-mapping") == 0


def test_trying_saves_nothing_and_saving_replays(ada, a_source_of, deliver, count, reading, as_):
    secret = a_source_of("json", "cedar", "Cedar House")
    waiting(deliver, secret, 3)
    assert "3 messages from Cedar House wait for mapping" in ada.get("/settings/sources")
    assert "zq1" in ada.get(MAP)
    with reading():
        pick = db.session.scalars(select(Submission.ref).order_by(Submission.id)).first()
    chosen = {"pick": pick, "becomes:zq1": "name", "becomes:zq2": "message"}

    before = count(Event)
    tried = ada.post(MAP, **chosen).text
    assert "Tried on all 3" in tried and "3 become new people" in tried
    assert (count(Lead), count(Person), count(Message)) == (0, 0, 0)
    assert count(Submission, Submission.state == "unmapped") == 3 and count(Event) == before + 1
    with reading():
        assert db.session.scalars(select(Source)).one().mapping == {}

    saved = ada.post(MAP, save="yes", **chosen)
    assert saved.status_code == 303 and count(Lead) == 3
    assert "3 become new people" in ada.get(saved.location)
    with reading():
        assert {one.is_guessed for one in db.session.scalars(select(Submission))} == {False}
        assert db.session.scalars(select(Source)).one().mapping == {"zq1": "name", "zq2": "message"}
        event = db.session.scalars(select(Event).where(Event.action == "source-mapping")).one()
        assert event.facts == {"source": "cedar", "fields": 2}


def test_a_saved_mapping_ends_the_guessing(ada, a_source_of, deliver, reading):
    secret = a_source_of("json", "cedar")
    deliver("cedar", secret, {"alias": "Luz Vega", "mobile": "(602) 555-0177"})
    ada.post(MAP, sample='{"alias": "Luz Vega", "mobile": "(602) 555-0177"}', save="yes",
             **{"becomes:alias": "name", "becomes:mobile": "phone"})
    deliver("cedar", secret, {"alias": "Mo Reyes", "mobile": "(602) 555-0178"})

    with reading():
        before, after = db.session.scalars(select(Submission).order_by(Submission.id))
        assert before.is_guessed and not after.is_guessed
        assert after.lead is not None and after.lead.inquirer.name == "Mo Reyes"


def test_a_waiting_message_of_another_source_is_no_sample(ada, a_source_of, deliver, reading):
    other = a_source_of("json", "other")
    a_source_of("json", "cedar")
    deliver("other", other, ODD)
    with reading():
        ref = db.session.scalars(select(Submission.ref)).one()

    assert "zq1" not in ada.get(f"{MAP}?pick={ref}")
    assert ada.post(MAP, pick=ref).status_code == 422


def test_each_vendors_recorded_body_can_be_matched(ada, a_source_of):
    for kind, body in (("gravity-forms", "gravity_all.json"), ("elementor", "elementor_advanced.txt"),
                       ("typeform", "typeform.json"), ("callrail", "callrail_missed.json")):
        a_source_of(kind)
        page = ada.post(f"/settings/sources/{kind}/mapping", sample=recorded(body).decode())
        assert page.status_code == 200 and "As a lead" in page.text, kind


def test_our_own_form_has_no_fields_to_match(ada, as_, a_lead):
    a_lead("Sam Poe")

    assert as_("ada").get("/settings/sources/website/mapping").status_code == 404
    assert ada.post("/settings/sources/website/test").status_code == 404
    assert "Website form" in ada.get("/settings/sources/website")
