"""When something goes wrong: said in words, nothing lost, nothing told to strangers."""

import html
import json
import logging
import re
from html.parser import HTMLParser

import pytest

from crm.models import Setting
from crm.staff.cookies import cookie_name
from crm.web import errors
from crm.web.errors import TYPED_AT_MOST
from tests.web.conftest import CANARY

LONG = "I have been sober for two years.\n\nThen <b>last week</b> & \"so on\" 👋\n" * 30


class Fields(HTMLParser):
    """The fields of a page with what is in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.typed: dict[str, list[str]] = {}
        self.areas: set[str] = set()
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input" and said.get("name"):
            self.typed.setdefault(said["name"], []).append(said.get("value") or "")
        elif tag == "textarea":
            self._inside = said["name"]
            self.areas.add(self._inside)
            self.typed.setdefault(self._inside, []).append("")

    def handle_data(self, words):
        if self._inside:
            self.typed[self._inside][-1] += words

    def handle_endtag(self, tag):
        if tag == "textarea":
            # A browser drops the line break that directly follows the tag.
            self.typed[self._inside][-1] = re.sub(r"\A\n", "", self.typed[self._inside][-1])
            self._inside = ""


def test_what_breaks_is_said_with_a_reference_and_nothing_else(house, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = house.test_client().get("/odd/broken")

    reference = re.search(r"<b>([0-9a-f]{8})</b>", answer.text)
    assert answer.status_code == 500 and reference
    assert reference[1] in caplog.text, "the operator finds it by its reference"
    assert "ValueError" in caplog.text and "conftest.py" in caplog.text, "and where it broke"
    for secret in ("canary", "Sam Poe", "555-0118"):
        assert secret not in caplog.text and secret not in answer.text
    assert "Traceback" not in answer.text and "ValueError" not in answer.text


def test_flasks_own_way_would_tell_the_log(open_house, caplog):
    """The known-bad variant: the exception is logged as it is."""
    house = open_house()
    house.error_handler_spec[None][None].pop(Exception)
    house.config["PROPAGATE_EXCEPTIONS"] = False

    house.test_client().get("/odd/broken")

    assert CANARY in caplog.text


@pytest.fixture
def gone(app, open_house, tmp_path):
    """A house whose database does not answer."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    return open_house(f"sqlite:///{tmp_path / 'nowhere' / 'crm.db'}" if url.startswith("sqlite") else url + "_gone")


def test_without_its_database_the_house_says_so(gone, caplog):
    client = gone.test_client()
    with caplog.at_level(logging.DEBUG):
        looked = client.get("/odd/look")
        machine = client.post("/api/v1/submissions", headers={"Authorization": "Bearer canary"}, json={})

    assert looked.status_code == 503 and machine.status_code == 503
    assert looked.headers["Retry-After"] == "3"
    assert "We are busy for a moment" in looked.text and "(303) 555-0142" in looked.text
    assert machine.mimetype == "application/problem+json" and machine.headers["Retry-After"] == "3"
    assert "OperationalError" in caplog.text and "canary" not in caplog.text
    assert client.get("/healthz").status_code == 200, "the process lives"
    assert client.get("/readyz").status_code == 503, "but should not be given work"


def test_whoever_is_signed_in_is_told_so_too(gone):
    client = gone.test_client()
    client.set_cookie(cookie_name(), "x" * 43, domain="localhost")

    assert client.get("/odd/page").status_code == 503
    assert client.get("/nowhere").status_code == 404, "a page that needs no database is there without one"


def test_what_is_not_there_is_the_same_for_everybody(visit):
    pages = {visit(name).get(path).data for name in (None, "ida", "cora", "ada")
             for path in ("/nowhere", "/leads-that-never-were/x", "/contact/thanks/never-was")}

    assert len(pages) == 1


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/api/nowhere", 404), ("GET", "/api/v1/submissions", 405), ("POST", "/api/v1/submissions", 401),
])
def test_machines_are_told_in_problem_documents(house, method, path, status):
    answer = house.test_client().open(path, method=method)

    said = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert said["status"] == status and said["title"] and said["detail"] and said["type"] == "about:blank"


TYPED = {"words": "Sam called back", "note": LONG, "channel": "call", "agreed": "yes", "version": "7", "empty": ""}


@pytest.mark.parametrize("token", [{}, {"csrf_token": "stale"}])
def test_a_form_with_a_stale_token_comes_back_whole(visit, count, token):
    ida = visit("ida")

    answer = ida.post("/odd/form?from=queue", data={**TYPED, **token})

    back = Fields(answer.text)
    assert answer.status_code == 400 and "not been saved" in answer.text
    assert {name: back.typed[name] for name in TYPED} == {name: [words] for name, words in TYPED.items()}
    assert "note" in back.areas and "words" not in back.areas, "what is long can be seen, and copied"
    assert count(Setting) == 0


def test_pressing_again_saves_it(visit, count):
    ida = visit("ida")
    again = Fields(ida.post("/odd/form", data=TYPED).text)

    answer = ida.post("/odd/form", data=again.typed)

    assert answer.text == "saved"
    assert count(Setting, Setting.key == "typed") == 1


def test_a_field_with_several_answers_keeps_them_all(visit):
    back = Fields(visit("ida").post("/odd/form", data={"days": ["mon", "tue"], "words": "x"}).text)

    assert back.typed["days"] == ["mon", "tue"]


def test_secrets_are_never_given_back(visit):
    answer = visit("ida").post("/odd/form", data={"password": "canary 1", "code": "424242", "csrf_token": "canary 2",
                                                  "current": "canary 3", "words": "kept"})

    assert "kept" in answer.text
    assert "canary" not in answer.text and "424242" not in answer.text


def test_whoever_was_signed_out_meanwhile_keeps_what_they_typed(visit, count):
    stranger = visit(None)
    page = Fields(stranger.get("/sign-in").text)

    answer = stranger.post("/odd/form", data={**TYPED, "csrf_token": page.typed["csrf_token"][0]})

    back = Fields(answer.text)
    assert answer.status_code == 401 and "signed out" in answer.text
    assert {name: back.typed[name] for name in TYPED} == {name: [words] for name, words in TYPED.items()}
    assert "/sign-in" in answer.text and count(Setting) == 0


def test_what_was_typed_is_words_and_not_a_page(visit):
    answer = visit("ida").post("/odd/form", data={"</textarea><script src=x>": "1", "words": "</textarea><i>" + LONG})

    assert "<script src=x>" not in answer.text and "</textarea><i>" not in answer.text


def test_not_more_is_given_back_than_a_form_holds(visit):
    back = Fields(visit("ida").post("/odd/form", data={f"f{number}": "x" for number in range(90)}).text)

    assert len([name for name in back.typed if name.startswith("f")]) == TYPED_AT_MOST


@pytest.mark.parametrize("code", sorted(errors.WORDS))
def test_each_error_has_words_and_no_jargon(house, code):
    with house.test_request_context("/odd"):
        answer = errors.error_page(code)

    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == code
    assert all(words in page for words in errors.WORDS[code])
    assert not re.search(r"exception|traceback|invalid|sqlalchemy", page, re.I)
