"""What a locked phone on a kitchen table shows: a time and a short reference, never who, never what for."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest

from config import ROOT
from crm.models import Message, Staff
from crm.outbox.discreet import telling_words
from crm.outbox.mail import compose
from crm.outbox.words import _TITLES, body, notice_words, subject
from crm.programme import use
from tests.conftest import a_config

ABOUT_SOMEBODY = re.compile(r"tidewell|cora|\bsam\b|555", re.IGNORECASE)
KINDS = sorted(_TITLES)


def message(kind: str, due, role: str = "coach", zone: str = "America/New_York") -> Message:
    cora = Staff(email="c@example.org", name="Cora Example", role=role, time_zone=zone)
    return Message(kind=kind, channel="email", to=cora, lead_id=42, facts={"due_at": due.isoformat()} if due else {},
                   ref="r" * 22)


@pytest.fixture(autouse=True)
def _programme():
    """A programme whose very name tells what it is for."""
    use(a_config("sqlite://", organisation_name="Tidewell Recovery", base_url="https://lantern.example.org",
                 mail_from="lantern@lantern.example.org"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_notice_tells_anything_about_anybody(kind, at):
    one = message(kind, at("14:05"))
    mail = compose(one, at("14:45"))
    said = "\n".join([notice_words(one, at("14:45")), subject(one, at("14:45")), body(one, at("14:45")),
                      *(f"{name}: {value}" for name, value in mail.items() if name != "To")])

    assert not ABOUT_SOMEBODY.search(said) and not telling_words(said)


def test_a_telling_word_would_be_found():
    """The known-bad variant."""
    assert telling_words("A reminder from Tidewell Recovery") and ABOUT_SOMEBODY.search("Call Sam on (720) 555-0118")


def test_every_kind_that_is_posted_has_its_words():
    posted = set()
    for path in (ROOT / "crm").rglob("*.py"):
        posted |= set(_kinds(path))

    assert posted and posted <= set(KINDS)


def _kinds(path: Path):
    """What is said to `outbox.post`, also through a helper of the room's own."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("outbox.post", "_tell"):
            yield from (one.value for one in node.args[:2] if isinstance(one, ast.Constant))


def test_a_reminder_in_time(at):
    one = message("follow-up-due", at("14:05"))

    assert subject(one, at("14:05")) == "Follow-up due 2:05 PM · L-1042 · open"
    assert body(one, at("14:05")) == (
        "Follow-up due 2:05 PM · L-1042 · open.\n\nOpen it: https://lantern.example.org/my-day\n"
    )


@pytest.mark.parametrize(("late", "words"), [
    (timedelta(minutes=10), ""),
    (timedelta(minutes=40), "This reminder is 40 minutes late."),
    (timedelta(hours=3), "This reminder is 3 hours late."),
    (timedelta(days=3), "This reminder is 3 days late."),
])  # fmt: skip
def test_a_late_one_says_so(at, late, words):
    said = body(message("follow-up-due", at("14:05")), at("14:05") + late)

    assert words in said
    assert ("late" in said) == bool(words)


def test_times_are_on_the_readers_clock(at):
    assert "12:05 PM" in subject(message("follow-up-due", at("14:05"), zone="America/Denver"), at("14:05"))


def test_a_day_later_the_day_is_said(at):
    assert "Tue 2:05 PM" in subject(message("follow-up-due", at("14:05")), at("09:00", days=1))


@pytest.mark.parametrize(("role", "page"), [("coach", "/my-day"), ("intake", "/queue"), ("admin", "/queue")])
def test_the_link_goes_where_the_reader_works(at, role, page):
    assert body(message("follow-up-due", at("14:05"), role=role), at("14:05")).endswith(f"{page}\n")
