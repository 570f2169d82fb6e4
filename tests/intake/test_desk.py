"""Typed in by staff while somebody is on the phone: nothing is refused, nothing is allowed that was not said."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select, true

from crm import access
from crm.clock import now
from crm.db import db
from crm.intake import queries, understanding
from crm.intake.catching_up import understand_waiting
from crm.intake.desk import NOTHING
from crm.models import Consent, Event, FollowUp, Lead, Person, SearchKey, Submission
from crm.queue.filters import Sought
from tests.intake.conftest import token_in

# As a browser sends the screen on which nothing was touched.
UNTOUCHED = {"phone": "", "name": "", "for": "self", "state": "", "msg": "", "may_call": "unasked",
             "may_text": "unasked", "may_email": "unasked", "voicemail": "unasked", "language": "en",
             "person_name": "", "email": "", "heard": ""}


@pytest.fixture
def ida(as_):
    return as_("ida")


@pytest.fixture
def type_in(ida):
    """`type_in(phone="…")`: Ida saves a fresh screen on which this was typed; `page`: one that is open already."""

    def press(page=None, **typed):
        page = page or ida.get("/people/new").text
        fields = {**UNTOUCHED, "csrf_token": token_in(page), "page": page_of(page),
                  **{name.rstrip("_"): value for name, value in typed.items()}}
        return ida.post("/people/new", data=fields)

    return press


@pytest.fixture
def look(ida):
    """`look("7205")`: what shows beside the number while it is typed."""
    token = token_in(ida.get("/people/new").text)
    return lambda typed, browser=ida: browser.post("/people/known", data={"phone": typed, "csrf_token": token})


def page_of(page):
    return re.search(r'name="page"[^>]* value="([^"]+)"', page)[1]


def shown(answer):
    return re.findall(r'class="who"[^>]*>([^<]+)<', answer.text)


def the_lead():
    return db.session.scalars(select(Lead)).one()


def test_gabe_calls_and_is_in_idas_hands(type_in, people, reading):
    answer = type_in(phone="(720) 555-0118", name="Gabe Okafor", state="CO", msg="Do evenings fit around night shifts?",
                     may_call="yes", may_text="no", voicemail="name", language="es")

    with reading():
        lead, sent = the_lead(), db.session.scalars(select(Submission)).one()
        gabe, promise = lead.person, db.session.scalars(select(FollowUp)).one()
        assert answer.status_code == 303 and answer.location == f"/leads/{lead.ref}"
        assert (gabe.name, gabe.state, gabe.language, gabe.time_zone) == ("Gabe Okafor", "CO", "es", "America/Denver")
        assert (gabe.may_call, gabe.may_text, gabe.may_email, gabe.voicemail) == ("yes", "no", "unasked", "name")
        assert [point.normal for point in gabe.contact_points] == ["+17205550118"]
        assert (lead.source.slug, lead.source.kind, lead.status_key) == ("typed-in", "staff", "new")
        assert lead.taken_by_id == people["ida"].id and lead.taken_until > now()
        assert (sent.state, sent.message) == ("understood", "Do evenings fit around night shifts?")
        assert b"Gabe+Okafor" in sent.raw
        assert (promise.kind, promise.due_at) == ("first-reply", lead.answer_by)
        assert {(key.kind, key.word) for key in db.session.scalars(select(SearchKey))} >= {
            ("name", "gabe"), ("phone", "7205550118")}


def test_what_was_asked_is_a_consent_in_the_words_that_were_said_and_nothing_else_is(type_in, reading):
    type_in(phone="720-555-0118", may_text="yes", voicemail="no")

    with reading():
        assert {one.kind: (one.granted, one.wording) for one in db.session.scalars(select(Consent))} == {
            "text": (True, "Asked on the phone: May we text? Yes"),
            "voicemail": (False, "Asked on the phone: May we leave a voicemail? No")}


def test_a_number_alone_is_kept_and_allows_nothing_that_nobody_asked(type_in, reading, count):
    assert type_in(phone="720 555 0118").status_code == 303

    with reading():
        somebody = the_lead().person
        assert (somebody.may_call, somebody.may_text, somebody.may_email, somebody.voicemail) == ("unasked",) * 4
    assert count(Consent) == 0


def test_nothing_on_the_empty_screen_allows_anything(ida):
    page = ida.get("/people/new").text

    assert chosen(page) == ["self", "unasked", "unasked", "unasked", "unasked", "en"]
    assert re.search(r"<input [^>]*autofocus[^>]* name=\"phone\"", page)
    assert "Mallory" not in ida.get("/people/new?name=Mallory&may_text=yes").text


def test_a_screen_that_allows_a_text_beforehand_is_caught(ida, monkeypatch):
    """The known-bad variant."""
    from crm.intake.forms import DeskForm

    monkeypatch.setitem(DeskForm.may_text.kwargs, "default", "yes")

    assert "yes" in chosen(ida.get("/people/new").text)


@pytest.mark.parametrize("typed", [
    {"name": "Gabe"}, {"msg": "He will call again."}, {"email": "gabe@example.org"}, {"heard": "A friend"},
    {"state": "CO"}, {"may_call": "no"}, {"for_": "loved"}, {"when": ["am"]}, {"person_name": "Sam"},
])  # fmt: skip
def test_any_one_thing_is_enough(type_in, count, typed):
    assert type_in(**typed).status_code == 303
    assert count(Lead) == 1


def test_a_wholly_empty_screen_is_an_error_that_names_its_field(type_in, count):
    answer = type_in(phone=" \x00 ", msg="\r\n")

    assert answer.status_code == 422 and count(Submission) == 0
    assert "<title>Error: Add a person · Lantern</title>" in answer.text
    assert f'<a href="#phone">{NOTHING}</a>' in answer.text
    assert type_in(answer.text, phone="720 555 0118").status_code == 303


@pytest.mark.parametrize(("typed", "kept"), [
    ({"phone": "ask her sister at the shop"}, "Phone, as typed: ask her sister at the shop"),
    ({"phone": "7" * 300, "msg": "Hello"}, f"Hello\n\nPhone, as typed: {'7' * 100}"),
    ({"email": "gabe at home", "phone": "720 555 0118"}, "E-mail, as typed: gabe at home"),
    ({"name": "Gabe " * 100}, f"Name in full: {'Gabe ' * 50}"),
    ({"heard": "A friend", "msg": "Hello"}, "Hello\n\nHow they heard of us: A friend"),
    ({"person_name": "Sam Poe"}, "Name of the person in need: Sam Poe"),
    ({"msg": "x" * 30_000}, "x" * 30_000),
    ({"for_": "robot", "state": "ZZ", "may_text": "maybe", "voicemail": "always", "language": "zz", "msg": "Hi"}, "Hi"),
    ({"msg": "one\u202e\x07\r\ntwo"}, "one\ntwo"),
    ({"msg": "' OR 1=1 -- <script>"}, "' OR 1=1 -- <script>"),
])  # fmt: skip
def test_nothing_is_refused_and_nothing_is_lost(type_in, ida, reading, typed, kept):
    answer = type_in(**typed)

    assert answer.status_code == 303 and ida.get(answer.location).status_code == 200
    with reading():
        sent, person = db.session.scalars(select(Submission)).one(), the_lead().person
        assert sent.state == "understood" and sent.message.startswith(kept)
        assert (person.may_text, person.voicemail) == ("unasked", "unasked")


def test_a_mother_calls_for_her_son(type_in, reading):
    type_in(for_="loved", name="Luz Herrera", person_name="Marco Herrera", phone="480 555 0163", state="AZ",
            may_text="yes", when=["am", "eve"])

    with reading():
        lead = the_lead()
        assert (lead.inquirer.name, lead.person.name, lead.person.state) == ("Luz Herrera", "Marco Herrera", "AZ")
        assert lead.inquirer.may_text == "yes" and lead.person.may_text == "unasked"
        assert lead.inquirer.best_times == ["am", "eve"] and lead.person.contact_points == []
        assert ("name", "marco") in {(key.kind, key.word) for key in db.session.scalars(select(SearchKey))}


def test_a_double_click_makes_one(type_in, ida, count):
    page = ida.get("/people/new").text

    answers = [type_in(page, phone="720 555 0118") for _ in range(3)]

    assert len({answer.location for answer in answers}) == 1
    assert (count(Lead), count(Submission), count(Person), count(Event, Event.action == "typed-in")) == (1, 1, 1, 1)


def test_two_screens_are_two_people(type_in, count):
    """The control: without one page's word, the same number is two."""
    type_in(phone="720 555 0118")
    type_in(phone="720 555 0118")

    assert count(Lead) == 2


def test_back_and_corrected_is_still_one_person(type_in, ida, reading, count):
    page = ida.get("/people/new").text
    first = type_in(page, phone="720 555 0199", name="Gabe")
    again = type_in(page, phone="720 555 0118", name="Gabe")

    assert first.location == again.location and count(Submission) == 2
    with reading():
        assert [point.normal for point in the_lead().person.contact_points] == ["+17205550118"]


@pytest.mark.parametrize("page", ["", "x:y", "x" * 500])
def test_a_page_that_is_none_of_ours_is_kept_all_the_same(ida, count, page):
    token = token_in(ida.get("/people/new").text)

    assert ida.post("/people/new", data={"csrf_token": token, "page": page, "name": "Gabe"}).status_code == 303
    assert count(Lead) == 1


def test_nobody_else_is_handed_the_person_on_the_phone(type_in, as_, app: Flask):
    type_in(phone="720 555 0118", may_email="yes")
    inez = as_("inez")

    taken = inez.post("/queue/next", data={"csrf_token": token_in(inez.get("/queue").text)})

    assert taken.location == "/queue?taken=nobody"


def test_history_says_who_typed_and_nothing_of_what(type_in, ida, people, reading, caplog):
    caplog.set_level("DEBUG")
    answer = type_in(phone="720 555 0118", name="Quillfeather", msg="canarywords")

    with reading():
        told = db.session.scalars(select(Event).order_by(Event.id)).all()
    assert [(one.action, one.actor_id) for one in told] == [
        ("received", None), ("typed-in", people["ida"].id), ("taken", people["ida"].id)]
    for secret in ("Quillfeather", "canarywords", "5550118"):
        assert secret not in str([one.facts for one in told]) + caplog.text + answer.location
    page = " ".join(ida.get(answer.location).text.split())
    assert "yped it in" in page and "Phone or visit" in page


def test_what_our_own_fault_kept_from_being_understood_is_not_lost(type_in, monkeypatch, app, people, reading, count):
    monkeypatch.setattr(understanding, "_make_findable", lambda *_: 1 / 0)
    answer = type_in(phone="720 555 0118")

    assert answer.location == "/held?failed=yes" and count(Lead) == 0
    with reading():
        assert db.session.scalars(select(Event.actor_id).where(Event.action == "typed-in")).one() == people["ida"].id
    monkeypatch.undo()
    with app.app_context():
        assert understand_waiting(now()) == 1
    assert count(Lead) == 1


def test_known_people_show_while_the_number_is_typed(look, a_lead, ida):
    dana = a_lead("Dana Whitcomb", phone="(720) 555-0118", for_whom="loved", status="talking", last_touch="spoke",
                  last_touch_at=now())
    a_lead("Theo Ramsey", phone="(614) 555-0131")

    found = look("720 5")

    assert shown(found) == ["Dana Whitcomb"]
    for words in (f'href="/leads/{dana.ref}"', dana.number, "In conversation", "Spoke", "for someone they love",
                  '<p id="announcements" hx-swap-oob="innerHTML">1 person has a number like this.</p>'):
        assert words in found.text
    for typed in ("7205550118", "+1 720-555-0118", "(720) 555-0118 ext. 12"):
        assert shown(look(typed)) == ["Dana Whitcomb"], typed


def test_a_number_that_was_typed_in_a_minute_ago_is_known_with_and_without_its_country(type_in, look):
    type_in(phone="720 555 0118", name="Gabe")

    for typed in ("7205", "1 720 555 01", "+1 (720) 555-0118"):
        assert shown(look(typed)) == ["Gabe"], typed


@pytest.mark.parametrize("typed", ["", "720", "7-2-0", "Dana", "555 0118", "7205550119", "%", "' OR 1=1 --", "9" * 400])
def test_no_match_says_nothing(look, a_lead, count, typed):
    a_lead("Dana Whitcomb", phone="(720) 555-0118")

    found = look(typed)

    assert found.status_code == 200 and re.sub(r"<[^>]+>", "", found.text).strip() == ""
    assert count(Event, Event.action == "searched") == 0


def test_a_number_is_no_reference_that_somebody_said_aloud(look, a_lead, people, reading):
    a_lead("Dana Whitcomb", phone="(720) 555-0118")

    assert shown(look("1001")) == []
    with reading():  # the known-bad variant: the search of the queue takes four digits for L-1001 too
        found = Sought("1001").apply(access.visible_columns(people["ida"], Lead.ref))
        assert db.session.scalars(found).all()


def test_only_the_latest_five_are_shown(look, a_lead):
    for number in range(7):
        a_lead(f"Sam No{number}", phone=f"(720) 555-01{number:02}", received=now().replace(year=2020 + number))

    found = look("720555")

    assert shown(found) == ["Sam No6", "Sam No5", "Sam No4", "Sam No3", "Sam No2"]
    assert "There are more" in found.text and "More than 5 people have a number like this." in found.text


def test_whom_the_viewer_may_not_see_is_not_known(look, a_lead, writing, monkeypatch):
    kept = a_lead("Dana Whitcomb", phone="(614) 555-0131")
    joined = a_lead("Dana Again", phone="(720) 555-0118")
    with writing():
        db.session.execute(sa.update(Lead).where(Lead.id == joined.id).values(merged_into_id=kept.id))

    assert shown(look("7205550118")) == []
    # The known-bad variant: a question that forgets who is looking.
    monkeypatch.setattr(access, "visible", lambda viewer: true())
    assert shown(look("7205550118")) == ["Dana Again"]


def test_history_says_who_was_shown_to_whom_and_no_number(look, a_lead, people, reading, caplog):
    caplog.set_level("DEBUG")
    dana = a_lead("Dana Whitcomb", phone="(720) 555-0118")
    answer = look("7205550118")

    with reading():
        told = db.session.scalars(select(Event).where(Event.action == "searched")).one()
    assert (told.actor_id, told.facts) == (people["ida"].id, {"leads": [dana.id]})
    assert "5550118" not in caplog.text and answer.request.query_string == b""


def test_without_script_a_button_looks_and_everything_typed_is_kept(type_in, ida, a_lead, count):
    a_lead("Dana Whitcomb", phone="(720) 555-0118")
    page = ida.get("/people/new").text

    looked = type_in(page, look="yes", phone="720 555", name="Gabe", for_="loved", state="TX", msg="Hello\nthere",
                     may_text="no", person_name="Sam", when=["pm"], heard="A friend")

    assert looked.status_code == 200 and shown(looked) == ["Dana Whitcomb"] and count(Lead) == 1
    for kept in ('value="720 555"', 'value="Gabe"', "Hello\nthere", 'value="Sam"', 'value="A friend"',
                 '<option selected value="TX">'):
        assert kept in looked.text
    assert chosen(looked.text) == ["loved", "unasked", "no", "unasked", "unasked", "en", "pm"]
    assert page_of(looked.text) == page_of(page) and "<details open>" in looked.text
    assert "Nobody we know" in type_in(page, look="yes", phone="614 555 0131").text
    assert "at least four digits" in type_in(page, look="yes", phone="72").text


def test_a_coach_adds_nobody_and_a_stranger_signs_in_first(as_, count):
    cora, nobody = as_("cora"), as_(None)
    token = token_in(cora.get("/notifications").text)

    assert cora.get("/people/new").status_code == 403
    for address in ("/people/new", "/people/known"):
        assert cora.post(address, data={"csrf_token": token, "phone": "7205550118"}).status_code == 403
    assert nobody.get("/people/new").location.startswith("/sign-in")
    assert as_("ada").get("/people/new").status_code == 200 and count(Lead) == 0


def test_the_door_is_on_the_queue(ida):
    assert '<a class="btn" href="/people/new">' in ida.get("/queue").text


def test_another_kind_of_body_or_no_token_is_refused_in_words(ida):
    token = token_in(ida.get("/people/new").text)
    fields = {"csrf_token": token, "phone": "7205550118"}

    assert ida.post("/people/new", data=fields, content_type="multipart/form-data").status_code == 415
    assert ida.post("/people/new", data={"phone": "7205550118"}).status_code == 400
    assert ida.post("/people/known", data={"phone": "7205550118"}).status_code == 400


def test_a_look_takes_the_same_statements_however_many_people(look, a_lead, statements):
    taken = []
    for goal in (1, 12):
        for number in range(len(taken), goal):
            a_lead(f"Sam No{number}", phone=f"(720) 555-01{number:02}")
        look("720555")  # the workflow is read once a minute
        with statements() as asked:
            look("720555")
        taken.append([words.split()[0] for words in asked if words.split()[0] not in ("BEGIN", "COMMIT")])

    assert taken[0] == taken[1] == ["SELECT", "WITH", "INSERT"]


def test_one_statement_for_each_person_is_caught(look, a_lead, statements, monkeypatch):
    """The known-bad variant: the status of each is asked for by itself."""
    honest, taken = queries._known, []

    def asks_again(row):
        db.session.execute(select(Lead.status_key).where(Lead.id == row.id))
        return honest(row)

    monkeypatch.setattr(queries, "_known", asks_again)
    for number in range(2):
        a_lead(f"Sam No{number}", phone=f"(720) 555-01{number:02}")
        with statements() as asked:
            look("720555")
        taken.append(len(asked))

    assert taken[0] < taken[1]


def chosen(page):
    """The values that stand chosen in the boxes and circles of the page."""
    return re.findall(r'type="(?:radio|checkbox)" name="\w+" id="[\w-]+" value="(\w+)" checked', page)
