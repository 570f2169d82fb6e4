"""We received your message: what the letter says, in both languages, on their clock, in few words."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from crm.models import ContactPoint
from crm.outbox.letters import acknowledgement
from crm.outbox.mail import GiveUp, compose
from tests.outbox.test_discreet import SENT, letter, programme

TYPED = "I finish inpatient on Friday"


@pytest.fixture(autouse=True)
def _tidewell(app):
    programme(app, organisation_name="Tidewell Recovery", base_url="https://lantern.example.org")
    with app.app_context():
        yield


def test_the_whole_letter():
    mail = compose(letter(), SENT)

    assert (mail["Subject"], mail["From"], mail["To"]) == (
        "We received your message", "Tidewell <office@example.org>", "dana@example.org")
    assert (mail["Auto-Submitted"], mail["Message-ID"]) == ("auto-replied", f"<{'r' * 22}@lantern.example.org>")
    assert mail.get_body(("plain",)).get_content() == """\
Hello Dana,

Thank you for writing. One of us will get in touch by 8:57 AM Denver
time, only in the ways you chose.

Our number is (303) 555-0142, if you would rather call us. Just say
your first name.

If you or someone else is in danger, please don't wait for us: call
911. You can call or text 988, or call 1-800-662-4357, at any hour.
Both are free and private.

Don't want to hear from us? Reply “stop”, and we will not contact
you again.

Tidewell
"""


def test_the_same_in_spanish():
    mail = compose(letter(language="es"), SENT)

    assert mail["Subject"] == "Recibimos su mensaje"
    text = mail.get_body(("plain",)).get_content()
    for words in ("Hola, Dana:", "antes de las 8:57 a.\u00a0m., hora de Denver", "(303) 555-0142", "911", "988",
                  "oprima 2", "1-800-662-4357", "Responda “alto”"):
        assert words in text
    assert '<html lang="es">' in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("language", ["en", "es"])
def test_both_parts_say_the_same_in_at_most_120_words(language):
    told = acknowledgement(letter(language=language, reached_by="2026-12-24T15:57:00+00:00"), SENT)
    body = told.html[told.html.index("</h1>") :]

    assert re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", body))) == re.sub(r"\s+", "", told.text)
    assert len(told.text.split()) <= 120


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_html_brings_nothing_and_leads_nowhere_but_to_a_telephone(language):
    html = acknowledgement(letter(language=language), SENT).html

    assert html.count("<style>") == 1
    assert set(re.findall(r'href="([^"]*)"', html)) == {"tel:3035550142", "tel:911", "tel:988", "tel:18006624357"}
    assert not re.search(r"<img|<script|src=|url\(|https?:|\sstyle=", html)


@pytest.mark.parametrize("zone, is_theirs, at, language, words", [
    ("America/Denver", True, "2026-11-24T15:57:00", "en", "by 8:57 AM Denver time"),
    ("America/New_York", False, "2026-11-24T15:57:00", "en", "by 10:57 AM Eastern time"),
    ("America/New_York", False, "2026-11-24T15:57:00", "es", "antes de las 10:57 a. m., hora del Este"),
    ("America/New_York", True, "2026-11-24T15:57:00", "es", "antes de las 10:57 a. m., hora de Nueva York"),
    ("America/Denver", True, "2026-11-24T20:15:00", "es", "antes de la 1:15 p. m., hora de Denver"),
    ("America/Denver", True, "2026-11-25T15:15:00", "en", "by 8:15 AM tomorrow, Denver time"),
    ("America/Denver", True, "2026-11-25T15:15:00", "es", "antes de las 8:15 a. m. de mañana, hora de Denver"),
    ("America/Denver", True, "2026-11-30T15:15:00", "en", "by 8:15 AM on Monday, November 30, Denver time"),
    ("America/Denver", True, "2026-11-30T15:15:00", "es", "antes de las 8:15 a. m. del lunes 30 de noviembre, hora"),
    ("Pacific/Honolulu", True, "2026-11-24T18:15:00", "en", "by 8:15 AM Honolulu time"),
])  # fmt: skip
def test_the_hour_is_on_their_clock(zone, is_theirs, at, language, words):
    one = letter(language=language, zone=zone, is_theirs=is_theirs, reached_by=f"{at}+00:00")

    assert words in _plain(acknowledgement(one, SENT).text)


@pytest.mark.parametrize("sent, due, zone, words", [
    # The night the clocks go back in Denver (November 1, 2026, 2 AM): midnight is 6:00 UTC, 8:15 AM is 15:15.
    ("2026-11-01T06:00:00", "2026-11-01T15:15:00", "America/Denver", "by 8:15 AM Denver time"),
    ("2026-11-01T05:59:00", "2026-11-01T15:15:00", "America/Denver", "by 8:15 AM tomorrow, Denver time"),
    # And forward (March 14, 2027): 14:15 UTC is 8:15 there again.
    ("2027-03-14T06:30:00", "2027-03-14T14:15:00", "America/Denver", "by 8:15 AM tomorrow, Denver time"),
    ("2027-03-14T07:30:00", "2027-03-14T14:15:00", "America/Denver", "by 8:15 AM Denver time"),
    # Arizona keeps its clock.
    ("2027-03-14T07:30:00", "2027-03-14T15:15:00", "America/Phoenix", "by 8:15 AM Phoenix time"),
])  # fmt: skip
def test_the_nights_when_clocks_change(sent, due, zone, words):
    told = acknowledgement(letter(zone=zone, reached_by=f"{due}+00:00"), datetime.fromisoformat(f"{sent}+00:00"))

    assert words in _plain(told.text)


@pytest.mark.parametrize("language, words", [("en", "will get in touch soon"), ("es", "se comunicará pronto")])
def test_a_letter_that_leaves_after_the_promise_names_no_hour(language, words):
    told = acknowledgement(letter(language=language), SENT + timedelta(hours=2))

    assert words in _plain(told.text) and not re.search(r"\d:\d\d", told.text)


def test_a_day_late_tomorrow_has_become_today():
    one = letter(reached_by="2026-11-25T15:15:00+00:00")

    assert "8:15 AM tomorrow" in _plain(acknowledgement(one, SENT).text)
    assert "8:15 AM Denver" in _plain(acknowledgement(one, datetime(2026, 11, 25, 8, tzinfo=UTC)).text)


@pytest.mark.parametrize(("name", "greeting"), [
    ("Dana Whitcomb", "Hello Dana,"), ("Renée O’Hara", "Hello Renée,"), ("Anne-Marie", "Hello Anne-Marie,"),
    ("", "Hello,"), ("Sober Dan", "Hello,"), ("https://example.org/pills", "Hello,"), ("<b>Dana</b>", "Hello,"),
    ("Dana\nBcc: eve@example.org", "Hello Dana,"), ("Buy.now", "Hello,"), ("%(by)s", "Hello,"), ("x" * 99, "Hello,"),
])  # fmt: skip
def test_a_first_name_that_is_one_and_nothing_else(name, greeting):
    told = acknowledgement(letter(name), SENT)

    assert told.text.startswith(f"{greeting}\n") and "Whitcomb" not in told.text and "eve@" not in told.html


def test_what_they_want_now_counts():
    stopped, gone = letter(), letter()
    stopped.person.may_email = "no"
    gone.person.contact_points.clear()
    for one in (stopped, gone):
        with pytest.raises(GiveUp, match="no e-mail is wanted"):
            compose(one, SENT)


def test_a_line_end_in_an_address_never_reaches_the_header():
    one = letter()
    one.person.contact_points[0].value = "dana@example.org\nbcc: eve@example.org"

    with pytest.raises(GiveUp, match="could not be written"):
        compose(one, SENT)


def test_it_goes_to_the_first_address():
    one = letter()
    one.person.contact_points.insert(0, ContactPoint(kind="phone", value="(303) 555-0118", normal="+13035550118"))
    one.person.contact_points.append(ContactPoint(kind="email", value="two@example.org", normal="two@example.org"))

    assert compose(one, SENT)["To"] == "dana@example.org"


def test_a_name_given_in_the_settings_is_used(app):
    programme(app, mail_from="Tidewell Office <office@example.org>")

    mail = compose(letter(), SENT)
    assert mail["From"] == "Tidewell Office <office@example.org>"
    assert mail.get_body(("plain",)).get_content().endswith("\nTidewell Office\n")


def _plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
