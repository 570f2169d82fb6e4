"""Ada sets sources up: adds one, changes its secret without losing anybody, switches it off, tries it, and replays."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from crm.clock import now
from crm.db import db
from crm.intake.labels import FACTS as KNOWN_FACTS
from crm.intake.senders import secrets_of
from crm.models import Event, Lead, Source, SourceAlarm, SourceSecret, Submission
from crm.models.source import KINDS
from crm.sources.examples import BODIES
from crm.sources.wording import CHOICES, FACTS
from crm.sources.wording import KINDS as KIND_WORDS
from tests.support import builders

DANA = {"first_name": "Dana", "last_name": "Whitlock", "phone": "(312) 555-0147", "entry_id": "1",
        "message": "My brother comes home on the 4th."}


def shown_secret(page: str) -> str:
    found = re.search(r'id="secret">([^<]+)<', page)
    assert found, "no secret on the page"
    return found[1]


def secrets(reading, slug):
    with reading():
        source = db.session.scalars(select(Source).where(Source.slug == slug)).one()
        return secrets_of(source, now())


def test_a_new_source_shows_its_secret_once_and_takes_messages_with_it(ada, deliver, count, reading):
    answer = ada.post("/settings/sources/new", kind="gravity-forms", name="Website, Contact page")

    assert answer.status_code == 200
    secret = shown_secret(answer.text)
    assert "/hooks/website-contact-page" in answer.text and "Authorization: Bearer YOUR-SECRET" in answer.text
    assert deliver("website-contact-page", secret, DANA).status_code == 200 and count(Lead) == 1
    page = ada.get("/settings/sources/website-contact-page")
    assert secret not in page and "L-1001" in page
    assert count(Event, Event.action == "source-added") == 1
    with reading():
        assert secret not in str([event.facts for event in db.session.scalars(select(Event))])


def test_what_was_typed_stays_when_something_is_missing(ada, a_source_of, count):
    a_source_of("json", "partner")

    for typed, words in (({"name": "Cedar"}, "Choose what sends the messages."),
                         ({"kind": "json", "name": "…"}, "No address can be made of this name"),
                         ({"kind": "json", "name": "Cedar", "slug": "New!"}, "Use small letters"),
                         ({"kind": "json", "name": "Cedar", "slug": "new"}, "Use small letters"),
                         ({"kind": "json", "name": "Cedar", "slug": "partner"}, "There is a source at"),
                         ({"kind": "json", "name": "Cedar", "slug": "website"}, "There is a source at")):
        answer = ada.post("/settings/sources/new", **typed)
        assert answer.status_code == 422 and words in answer.text and f'value="{typed["name"]}"' in answer.text
    assert count(Source) == 1


@pytest.mark.parametrize("who", ["ida", "cora"])
def test_only_administrators_see_sources(as_, a_source_of, who):
    a_source_of("json", "partner")

    for page in ("/settings/sources", "/settings/sources/new", "/settings/sources/partner",
                 "/settings/sources/partner/mapping"):
        assert as_(who).get(page).status_code == 403
    assert "Settings" not in as_(who).get("/reports").text and "Settings" in as_("ada").get("/reports").text


def test_no_such_source_is_not_found(ada, as_):
    for page in ("/settings/sources/nobody", "/settings/sources/nobody/mapping"):
        assert as_("ada").get(page).status_code == 404
    assert ada.post("/settings/sources/nobody/test").status_code == 404


def test_a_changed_secret_loses_nobody_and_the_old_one_can_be_ended(ada, a_source_of, deliver, reading, count):
    old = a_source_of("gravity-forms", "contact")
    new = shown_secret(ada.post("/settings/sources/contact/secrets").text)

    assert deliver("contact", old, DANA).status_code == 200
    assert deliver("contact", new, {**DANA, "entry_id": "2"}).status_code == 200
    with reading():
        first, second = db.session.scalars(select(SourceSecret).order_by(SourceSecret.id))
        assert second.ends_at is None and timedelta(days=6) < first.ends_at - now() <= timedelta(days=7)
        ref, newest = first.ref, second.ref
    assert ada.post(f"/settings/sources/contact/secrets/{ref}/end").status_code == 303
    assert deliver("contact", old, {**DANA, "entry_id": "3"}).status_code == 401
    assert deliver("contact", new, {**DANA, "entry_id": "4"}).status_code == 200
    last = ada.post(f"/settings/sources/contact/secrets/{newest}/end")
    assert last.status_code == 422 and "only secret that is good" in last.text
    assert deliver("contact", new, {**DANA, "entry_id": "5"}).status_code == 200
    assert count(Event, Event.action == "source-secret-ended") == 1
    other = a_source_of("json", "partner")
    assert other and ada.post(f"/settings/sources/partner/secrets/{ref}/end").status_code == 404


def test_a_secret_of_the_vendor_is_typed_in_and_never_shown(ada, a_source_of, reading):
    a_source_of("callrail", "main-line")
    given = "072e77e426f92738a72fe23c4d1953b4"

    assert ada.post("/settings/sources/main-line/secrets", given=given).status_code == 303
    assert given in secrets(reading, "main-line") and given not in ada.get("/settings/sources/main-line")
    again = ada.post("/settings/sources/main-line/secrets", given=given)
    short = ada.post("/settings/sources/main-line/secrets", given="too short")
    assert again.status_code == short.status_code == 422
    assert "known already" in again.text and "At least 16 characters" in short.text
    assert len(secrets(reading, "main-line")) == 2, "a secret that was refused shortens no other one"


def test_settings_and_what_messages_leave_unsaid(ada, a_source_of, deliver, reading):
    secret = a_source_of("contact-form-7", "contact")

    bad = ada.post("/settings/sources/contact", name="", quota="0", state="CO")
    assert bad.status_code == 422 and "A source needs a name" in bad.text and "Between 1 and" in bad.text
    fine = ada.post("/settings/sources/contact", name="Contact page", quota="90", state="CO", language="es",
                    for_whom="loved", via=["call", "text"])
    assert fine.status_code == 303
    deliver("contact", secret, {"your-name": "Pat Kim", "your-phone": "850-555-0163"})
    with reading():
        source = db.session.scalars(select(Source)).one()
        assert (source.name, source.quota) == ("Contact page", 90)
        lead = db.session.scalars(select(Lead)).one()
        asked = lead.inquirer
        assert (lead.person.state, asked.language, lead.for_whom) == ("CO", "es", "loved")
        assert (asked.may_call, asked.may_text, asked.may_email) == ("yes", "yes", "no")
        changed = db.session.scalars(select(Event).where(Event.action == "source-changed")).one()
        assert changed.facts["changed"] == ["name", "quota", "defaults"]


def test_switched_off_it_keeps_what_comes(ada, a_source_of, deliver, reading, count):
    secret = a_source_of("gravity-forms", "contact")

    ada.post("/settings/sources/contact/switch", on="no")
    assert deliver("contact", secret, DANA).status_code == 200
    assert "It is switched off." in ada.get("/settings/sources/contact") and count(Lead) == 0
    assert "The source is switched off" in ada.get("/held?source=contact")
    ada.post("/settings/sources/contact/switch", on="yes")
    deliver("contact", secret, {**DANA, "entry_id": "2"})
    assert count(Lead) == 1
    assert (count(Event, Event.action == "source-off"), count(Event, Event.action == "source-on")) == (1, 1)


@pytest.mark.parametrize("kind", CHOICES)
def test_a_test_is_read_as_a_message_and_counts_for_nothing(ada, a_source_of, kind, reading, count):
    a_source_of(kind)

    for _ in range(2):
        page = ada.post(f"/settings/sources/{kind}/test").text
        assert "everything is right" in page and "Test Example" in page, kind
    assert (count(Lead), count(Submission, Submission.state == "test")) == (0, 2)
    with reading():
        assert {one.entry_number for one in db.session.scalars(select(Submission))} == {None}
    assert "2 days" not in page and "Last message</dt><dd>never" in ada.get(f"/settings/sources/{kind}")
    assert count(Event, Event.action == "source-tested") == 2


def test_a_test_says_what_is_wrong(ada, a_source_of, writing):
    a_source_of("contact-form-7", "contact")
    with writing():
        source = db.session.scalars(select(Source)).one()
        source.mapping, source.is_on = {"your-phone": "ignore"}, False

    page = ada.post("/settings/sources/contact/test").text
    assert "something to mend" in page and "Not found in it: phone" in page and "switched off" in page
    with writing():
        db.session.scalars(select(SourceSecret)).one().ends_at = now() - timedelta(days=1)
    assert "No secret is good now" in ada.post("/settings/sources/contact/test").text


def test_what_came_without_proof_is_read_again_only_when_somebody_knows_it(ada, a_source_of, deliver, count):
    secret = a_source_of("gravity-forms", "contact")
    deliver("contact", "not the secret", DANA)
    deliver("contact", secret, {"q": "1"})
    page = ada.get("/settings/sources")
    assert "1 message at Gravity-Forms came with a wrong secret" in page
    assert "1 message from Gravity-Forms waits for mapping" in page and "wrong secret</span>" in page

    done = ada.post("/settings/sources/contact/replay")
    assert count(Lead) == 0 and "1 stays here" in ada.get(done.location)
    done = ada.post("/settings/sources/contact/replay", unproven="y")
    assert count(Lead) == 1 and "1 becomes a new person" in ada.get(done.location)
    assert count(Event, Event.action == "source-replayed") == 2
    again = ada.post("/settings/sources/contact/replay", unproven="y")
    assert count(Lead) == 1 and "1 stays here" in ada.get(again.location)
    for nonsense in ("x", "1.2.3", "1.2.3.99999", "²"):
        assert "Read again." not in ada.get(f"/settings/sources/contact?done={nonsense}")


def test_messages_are_paged_and_a_lead_that_was_joined_has_no_link(ada, writing, a_lead):
    sam = a_lead("Sam Poe", source="website")
    gone = a_lead("Sam Poe", source="website")
    with writing():
        db.session.get(Lead, gone.id).merged_into_id = sam.id
        source = builders.a_source()
        for number in range(30):
            db.session.add(Submission(source=source, fingerprint=str(number), content_type="x", state="held", raw=b"x",
                                      received_at=now(), why="it looked odd"))
    first = ada.get("/settings/sources/website")
    further = re.search(r'rel="next" href="([^"]+)"', first)
    second = ada.get(further[1].replace("&amp;", "&"))

    assert sam.ref in second and gone.ref not in second and 'rel="next"' not in second
    assert len(re.findall(r'class="nowrap">M-\d+', first + second)) == 32
    assert "M-" in ada.get("/settings/sources/website?before=²")


def test_the_list_asks_a_fixed_number_of_questions(app, ada, a_source_of, writing):
    def statements() -> int:
        said: list[str] = []
        with app.app_context():
            engine = db.engine
        listen = lambda _conn, _cursor, statement, *_: said.append(statement)  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)
        try:
            page = ada.get("/settings/sources")
        finally:
            event.remove(engine, "before_cursor_execute", listen)
        assert page.count('class="spark"') == page.count('role="img"')
        return len(said)

    a_source_of("json", "one")
    statements()  # the first page of a browser also writes down that it is there
    few = statements()
    for number in range(12):
        a_source_of("json", f"more-{number}")
    with writing():
        for source in db.session.scalars(select(Source)).all():
            for back in range(20):
                db.session.add(Submission(source=source, fingerprint=str(back), content_type="x", raw=b"x",
                                          received_at=now() - timedelta(days=back), state="held", why="odd"))

    assert statements() == few <= 6


def test_an_alarm_stands_on_top_until_somebody_knows_why(ada, a_source_of, writing, reading, count):
    a_source_of("gravity-forms", "contact")
    with writing():
        source = db.session.scalars(select(Source)).one()
        db.session.add(SourceAlarm(source_id=source.id, kind="silent", since=now(), found_at=now(),
                                   words="silent for 26 hours, usually 6 a day"))

    assert "silent for 26 hours, usually 6 a day" in ada.get("/settings/sources")
    assert ada.post("/settings/sources/contact/alarms/silent/expected").status_code == 303
    assert "silent for 26 hours" not in ada.get("/settings/sources/contact")
    assert ada.post("/settings/sources/contact/alarms/silent/expected").status_code == 404
    assert count(Event, Event.action == "source-alarm-expected") == 1


def test_the_rhythm_is_told_in_words_too(ada, a_source_of, deliver):
    secret = a_source_of("gravity-forms", "contact")
    for number in range(3):
        deliver("contact", secret, {**DANA, "entry_id": str(number)})

    page = ada.get("/settings/sources")
    assert "last 14 days: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3" in page
    assert "about 2 a week" in page and "1 new, 2 joined" in page and "listening" in page


def test_every_kind_and_every_fact_has_its_words():
    assert set(KIND_WORDS) == set(KINDS)
    assert set(FACTS) == set(KNOWN_FACTS)
    assert set(BODIES) == set(CHOICES) and json.dumps(BODIES)
