"""`crm staff`: accounts from the operator's side, each mistake in one clear line."""

import base64
import io
import os
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from crm import cli, create_app
from crm.db import db
from crm.models import Assignment, Event, FollowUp, Lead, OneTimeLink, Staff
from tests.staff.conftest import PASSWORD, sign_in, token_of

ADD = ("add", "rosa@example.org", "--name", "Rosa Example", "--role")


@pytest.fixture
def crm(app: Flask, monkeypatch, capsys) -> Any:
    """`crm("staff", …, typed="…")`: status, what it printed, and what it complained of."""
    settings = {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "CRM_ENV": "test", "SECOND_FACTOR": "off",
        "SECRET_KEY": "tests only: 0123456789 abcdefghij", "FIELD_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "ORGANISATION_NAME": "Tidewell Recovery",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    mask = os.umask(0o022)
    programs: list[Flask] = []
    monkeypatch.setattr(cli, "create_app", lambda config: programs.append(create_app(config)) or programs[-1])

    def run(*words: str, typed: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed)))
        try:
            status = cli.main(words)
        except SystemExit as stopped:
            status = int(str(stopped.code))
        for program in programs:
            with program.app_context():
                db.engine.dispose()  # the next test's clean database takes the place of this file
        said = capsys.readouterr()
        return status, said.out, said.err

    yield run
    os.umask(mask)


def test_a_password_from_standard_input_works_at_once(app: Flask, crm: Callable[..., Any], reading):
    status, out, _ = crm("staff", *ADD, "coach", "--states", "co,TX", "--languages", "en,es", "--caseload", "12",
                         "--password-stdin", typed=PASSWORD.encode() + b"\n")

    assert (status, PASSWORD in out) == (0, False)
    assert sign_in(app.test_client(), "rosa@example.org").location == "/my-day"
    with reading():
        rosa = db.session.query(Staff).one()
        assert (rosa.role, rosa.states, rosa.languages, rosa.caseload_cap) == ("coach", ["CO", "TX"], ["en", "es"], 12)
        assert rosa.time_zone == "America/New_York"
        added = db.session.query(Event).filter_by(action="staff-added").one()
        assert (added.origin, added.facts) == ("command line", {"staff": rosa.ref, "role": "coach"})


def test_without_one_a_link_is_printed_that_works_once(app: Flask, crm: Callable[..., Any], reading):
    _, out, _ = crm("staff", *ADD, "intake")
    path = _link_in(out)
    browser = app.test_client()
    assert "rosa@example.org" in browser.get(path).get_data(as_text=True)
    browser.get(path)  # looking does not spend it

    refused = browser.post(path, data={"password": "short", "csrf_token": token_of(browser, path)})
    chosen = browser.post(path, data={"password": PASSWORD, "csrf_token": token_of(browser, path)})

    assert (refused.status_code, chosen.status_code, chosen.location) == (422, 303, "/sign-in")
    assert sign_in(browser, "rosa@example.org").location == "/queue"
    assert browser.get(path).status_code == 404
    with reading():
        assert path.rsplit("/", 1)[-1] not in [link.token_hash for link in db.session.query(OneTimeLink)]
        assert {"link-used", "password-changed"} <= {event.action for event in db.session.query(Event)}


@pytest.mark.parametrize(("words", "complaint"), [
    ((*ADD, "boss"), "invalid choice: 'boss'"), ((*ADD, "coach", "--states", "CO,ZZ"), "ZZ"),
    ((*ADD, "coach", "--caseload", "0"), "--caseload"), ((*ADD, "coach", "--languages", "english!"), "--languages"),
    (("add", "rosa at home", "--name", "Rosa", "--role", "coach"), "not an e-mail address"),
    (("add", "ida@example.org", "--name", "Ida", "--role", "coach"), "already"),
    (("add", "rosa@example.org", "--name", " ", "--role", "coach"), "--name"),
    ((*ADD, "coach", "--password-stdin"), "8 to 256 characters"),
    (("disable", "nobody@example.org"), "no account"), (("reset", "nobody@example.org"), "no account"), ((), "VERB"),
])  # fmt: skip
def test_a_mistake_is_one_line_and_changes_nothing(crm: Callable[..., Any], people, count, words, complaint: str):
    status, out, complained = crm("staff", *words)

    assert status != 0 and out == ""
    assert complaint in complained and complained.count("\n") == 1
    assert count(Staff) == len(people)


def test_a_password_that_is_no_text_is_refused(crm: Callable[..., Any]):
    status, _, complained = crm("staff", *ADD, "coach", "--password-stdin", typed=b"\xff\xfe a long enough one\n")

    assert (status, complained) == (1, "crm: The password is not UTF-8 text.\n")


def test_a_disabled_coachs_people_are_back_in_the_queue(crm: Callable[..., Any], as_, a_lead, a_followup, at, reading):
    sam, gone = a_lead("Sam", coach="cora", owner="inez"), a_lead("Gone", coach="cora", status="closed")
    a_followup(sam, due=at("12:00"), owner="cora")
    cora = as_("cora")
    assert cora.get("/account").status_code == 200

    status, out, _ = crm("staff", "disable", "Cora@example.org")

    assert status == 0 and "1 people" in out
    assert cora.get("/account").status_code == 303
    with reading():
        now_sam, now_gone = db.session.get_one(Lead, sam.id), db.session.get_one(Lead, gone.id)
        assert (now_sam.coach_id, now_sam.owner_id) == (None, sam.owner_id)
        assert now_gone.coach_id == gone.coach_id  # who held an ended one stays on record
        waiting = db.session.query(FollowUp).filter_by(lead_id=sam.id, done_at=None)
        assert [promise.owner_id for promise in waiting] == [None, None]
        assert db.session.query(Assignment).filter_by(lead_id=sam.id, until=None).count() == 0
        assert db.session.query(Event).filter_by(lead_id=sam.id, action="handed-back").count() == 1


def test_the_last_administrator_cannot_be_disabled(crm: Callable[..., Any], as_, people):
    ada = as_("ada")
    assert crm("staff", "disable", "ada@example.org")[0] == 1
    assert ada.get("/account").status_code == 200

    crm("staff", "add", "adam@example.org", "--name", "Adam Example", "--role", "admin")
    assert crm("staff", "disable", "ada@example.org")[0] == 0
    assert crm("staff", "disable", "ada@example.org")[2] == "crm: ada@example.org is disabled already.\n"
    assert crm("staff", "disable", "adam@example.org")[0] == 1


def test_a_reset_forgets_everything_and_an_earlier_link_is_spent(app: Flask, crm: Callable[..., Any], ida, reading):
    first = _link_in(crm("staff", "reset", "ida@example.org")[1])
    second = _link_in(crm("staff", "reset", "ida@example.org")[1])

    assert sign_in(app.test_client()).status_code == 422
    assert [app.test_client().get(path).status_code for path in (first, second)] == [404, 200]
    with reading():
        assert db.session.get_one(Staff, ida.id).totp_secret_sealed is None


def test_help_and_a_setting_that_is_missing(crm: Callable[..., Any], monkeypatch):
    assert "staff" in crm()[1]
    monkeypatch.setenv("FIELD_KEYS", "")

    assert crm("staff", "reset", "ida@example.org") == (
        1, "", "crm: FIELD_KEYS is missing: give at least one key of 32 bytes as URL-safe base64\n"
    )


def _link_in(out: str) -> str:
    found = re.search(r"http://localhost:8000(/welcome/\S+)", out)
    assert found, out
    return found[1]
