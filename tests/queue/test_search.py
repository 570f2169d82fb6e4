"""Finding somebody: the words are posted, kept with the sign-in, and stand in no address, title or history."""

import pytest
from sqlalchemy import select

from crm.db import db
from crm.models import Event, Lead, SignIn
from tests.queue.conftest import names, token_in


@pytest.fixture
def look_for(as_):
    """`look_for("dana")`: what Ida finds."""
    ida = as_("ida")

    def find(words: str, browser=ida):
        sent = browser.post("/queue/search", data={"q": words, "csrf_token": token_in(browser.get("/queue"))})
        assert sent.status_code == 303
        return browser.get(sent.location)

    return find


@pytest.fixture
def dana(a_lead, at):
    """Dana, whom Cora coaches and who has ended; and Daniel, who has just written."""
    dana = a_lead("Dana Whitcomb", phone="(720) 555-0118", email="Dana.W@example.org", received=at("09:00", -3),
                  due=None, coach="cora", status="closed", ended_at=at("09:00", -2))
    a_lead("Daniel O_Hara", phone="(614) 555-0131", email="dan@example.org", received=at("09:00", -2))
    return dana


@pytest.mark.parametrize(("words", "found"), [
    ("dana", ["Dana Whitcomb"]),
    ("DAN", ["Daniel O_Hara", "Dana Whitcomb"]),
    ("whit dana", ["Dana Whitcomb"]),
    ("dana hara", []),
    ("7205550118", ["Dana Whitcomb"]),
    ("(720) 555-0118", ["Dana Whitcomb"]),
    ("+1 720.555.0118", ["Dana Whitcomb"]),
    ("720 55", ["Dana Whitcomb"]),
    ("dana 720", ["Dana Whitcomb"]),
    ("dan 720", ["Dana Whitcomb"]),
    ("dana.w@example.org", ["Dana Whitcomb"]),
    ("DANA.W@EXAM", ["Dana Whitcomb"]),
    ("L-1001", ["Dana Whitcomb"]),
    ("M-1001", ["Dana Whitcomb"]),
    ("l1002", ["Daniel O_Hara"]),
    ("1001", ["Dana Whitcomb"]),
    ("L-9999", []),
    ("%", []),
    ("d%", ["Daniel O_Hara", "Dana Whitcomb"]),
    ("_", []),
    ("***", []),
    ("' OR 1=1 --", []),
    ("dan\x00a", ["Dana Whitcomb"]),
    ("L-999999999999999999", []),
    ("9" * 200, []),
    ("dana " * 500, ["Dana Whitcomb"]),
    ("\u202edana", ["Dana Whitcomb"]),
])  # fmt: skip
def test_all_words_must_fit_each_by_its_beginning(words, found, look_for, dana):
    page = look_for(words)

    assert page.status_code == 200
    assert names(page) == found


def test_what_was_looked_for_stands_on_the_page_and_nowhere_else(look_for, as_, dana, reading):
    ida = as_("ida")
    page = look_for("Whitcomb", ida)

    assert "Everybody found by “Whitcomb”" in page.text and 'value="Whitcomb"' in page.text
    assert "hitcomb" not in page.request.url and "hitcomb" not in page.text.split("</title>")[0]
    with reading():
        told = db.session.execute(select(Event.action, Event.facts)).all()
        kept = db.session.scalars(select(SignIn.search_sealed)).all()
    assert [action for action, _ in told].count("searched") == 1
    assert "hitcomb" not in str(told) and b"hitcomb" not in b"".join(filter(None, kept))


def test_a_search_that_finds_nobody_says_so(look_for, dana):
    page = look_for("zebediah")

    assert "Nobody found" in page.text and 'href="/queue"' in page.text


def test_somebody_elses_search_has_ended(look_for, as_, dana):
    mine = look_for("whitcomb").request.full_path

    theirs = as_("inez").get(mine)

    assert theirs.status_code == 200
    assert "That search has ended" in theirs.text and "Whitcomb" not in theirs.text


@pytest.mark.parametrize("key", ["x", "%00", "%F0%9F%98%80", "x" * 3000])
def test_a_search_that_never_was_has_ended(key, queue):
    page = queue(f"?search={key}")

    assert page.status_code == 200 and "That search has ended" in page.text


def test_the_next_search_ends_the_one_before(look_for, as_, dana):
    ida = as_("ida")
    before = look_for("whitcomb", ida).request.full_path
    look_for("daniel", ida)

    assert "That search has ended" in ida.get(before).text


def test_nothing_typed_is_the_plain_queue(as_):
    ida = as_("ida")

    for typed in ({}, {"q": ""}, {"q": " \x00 "}):
        sent = ida.post("/queue/search", data={**typed, "csrf_token": token_in(ida.get("/queue"))})
        assert sent.status_code == 303 and sent.location == "/queue"


def test_a_search_needs_the_token_and_the_right_role(as_):
    assert as_("ida").post("/queue/search", data={"q": "dana"}).status_code == 400
    cora = as_("cora")
    token = token_in(cora.get("/notifications"))
    assert cora.post("/queue/search", data={"q": "dana", "csrf_token": token}).status_code == 403


def test_a_search_of_many_pages_keeps_its_words(look_for, as_, a_lead, at, count):
    for number in range(52):
        a_lead(f"Sam No{number:02}", received=at("09:00"))
    assert count(Lead) == 52
    ida = as_("ida")

    first = look_for("sam", ida)
    further = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")

    assert len(names(first)) == 50 and len(names(ida.get(further))) == 2
