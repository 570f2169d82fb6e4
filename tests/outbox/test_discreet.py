"""No word of ours tells whoever looks over a shoulder why somebody wrote: every template and mail, both languages."""

import re
from datetime import UTC, datetime
from itertools import product

import pytest
from babel.messages.pofile import read_po

from config import ROOT
from crm.models import ContactPoint, Message, Person, Staff
from crm.outbox.discreet import BEGINNINGS, STEMS, WHOLE, telling_words, without_addresses
from crm.outbox.letters import sender_name
from crm.outbox.mail import GiveUp, compose
from crm.outbox.words import _TITLES
from crm.programme import use
from tests.conftest import a_config

SENT = datetime(2026, 11, 24, 15, 42, tzinfo=UTC)
BASE = "https://recovery.sunrise-addiction-clinic.example.org"
WORST_NAMES = ["Sunrise Addiction Recovery Clinic", "The Center for Alcohol & Drug Treatment", "Tidewell Recovery",
               "Amanecer Clínica de Recuperación", "Nueva Vida y Sobriedad", "Our programme"]
WORST_PEOPLE = ["", "Dana Whitcomb", "Sober Dan", "https://buy.example/pills", "Renée", "José-María", "D\u200bana"]
MAILS = {path.name: path.read_text() for path in (ROOT / "templates" / "mail").iterdir()}


def programme(app, **settings):
    use(a_config(str(app.config["SQLALCHEMY_DATABASE_URI"]), **{
        "base_url": BASE, "mail_from": "office@example.org", "mail_reply_to": "Recovery desk <desk@example.org>",
        **settings,
    }))


def letter(name="Dana Whitcomb", language="en", **facts):
    person = Person(name=name, language=language, may_email="yes")
    person.contact_points.append(ContactPoint(kind="email", value="dana@example.org", normal="dana@example.org"))
    told = {"reached_by": "2026-11-24T15:57:00+00:00", "zone": "America/Denver", "is_theirs": True, **facts}
    return Message(kind="acknowledgement", channel="email", person=person, lead_id=42, facts=told, ref="r" * 22)


def notice(kind):
    cora = Staff(email="c@example.org", name="Cora Example", role="coach", time_zone="America/New_York")
    return Message(kind=kind, channel="email", to=cora, lead_id=42, facts={"due_at": SENT.isoformat()}, ref="r" * 22)


def everything_said(mail) -> str:
    """Every header but the addresses and our own host, and every part without its tags."""
    headers = "\n".join(str(value) for name, value in mail.items() if name not in ("To", "Message-ID"))
    parts = "\n".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", parts, flags=re.DOTALL)
    return without_addresses(f"{headers}\n{plain}")


@pytest.mark.parametrize(("name", "language", "person"), list(product(WORST_NAMES, ("en", "es", "fr"), WORST_PEOPLE)))
def test_a_letter_tells_nothing_whatever_we_and_they_are_called(app, name, language, person):
    programme(app, organisation_name=name)
    with app.app_context():
        mail = compose(letter(person, language), SENT)

        assert telling_words(everything_said(mail)) == ()
        assert mail["Reply-To"] == "desk@example.org"


@pytest.mark.parametrize("kind", sorted(_TITLES))
def test_a_notice_to_us_tells_nothing_even_when_the_sender_is_named_badly(app, kind):
    programme(app, mail_from="Sunrise Addiction Clinic <office@example.org>")
    mail = compose(notice(kind), SENT)

    assert telling_words(everything_said(mail)) == () and mail["From"] == "office@example.org"


@pytest.mark.parametrize(("name", "sender"), [
    ("Tidewell Recovery", "Tidewell"), ("Sunrise Addiction Recovery Clinic", "Sunrise"), ("Recovery Works", ""),
    ("The Center for Alcohol & Drug Treatment", "The Center"), ("Nueva Vida y Sobriedad", "Nueva Vida"),
    ("Harbor House", "Harbor House"), ("House of the", "House of the"),
])  # fmt: skip
def test_the_sender_is_our_name_up_to_the_first_word_that_tells(app, name, sender):
    programme(app, organisation_name=name)

    assert sender_name() == sender


@pytest.mark.parametrize(("settings", "why"), [
    ({"mail_from": "Sunrise Recovery <office@example.org>"}, "recovery"),
    ({"mail_from": '"Clínica Amanecer" <office@example.org>'}, "clinica"),
    ({"organisation_name": "Recovery Works"}, "no discreet name"),
    ({"organisation_phone": "1-800-RECOVERY"}, "recovery"),
    ({"mail_reply_to": "", "organisation_phone": ""}, "MAIL_REPLY_TO"),
])  # fmt: skip
def test_a_letter_that_would_tell_is_not_sent_and_says_why(app, settings, why):
    programme(app, **settings)

    with app.app_context(), pytest.raises(GiveUp, match=why):
        compose(letter(), SENT)


def test_a_letter_with_our_full_name_is_caught(app, monkeypatch):
    """The known-bad variant: somebody signs with the name that stands over the door."""
    from crm.outbox import letters

    programme(app, organisation_name="Sunrise Addiction Recovery Clinic")
    monkeypatch.setattr(letters, "sender_name", lambda: "Sunrise Addiction Recovery Clinic")

    with app.app_context(), pytest.raises(GiveUp, match="addiction, recovery, clinic"):
        compose(letter(), SENT)


def test_no_template_of_a_mail_holds_such_a_word():
    assert MAILS
    assert [name for name, text in MAILS.items() if telling_words(re.sub(r"{#.*?#}", "", text, flags=re.DOTALL))] == []


def test_no_word_of_the_letters_tells_in_any_language():
    """Whichever way a sentence is chosen, both languages of it are looked at."""
    source = (ROOT / "crm/outbox/letters.py").read_text()
    told = [text for path in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po")
            for message in read_po(path.open()) if message.id and isinstance(message.id, str)
            and re.sub(r"\W+", "", message.id) in re.sub(r'\W+', "", source)
            for text in (message.id, str(message.string)) if telling_words(text)]

    assert told == []


@pytest.mark.parametrize("text", [
    "Your RECOVERY", "récovery", "adicción", "ADICCIÓN", "Sobriedad", "de\u00adtox", "re\u200bhab", "Tidewell_Recovery",
    "TidewellRecovery", "counselling", "terapia", "Clínica", "mental health", "mentalmente", "substance-free",
    "ｒｅｈａｂ", "treatment", "tratamiento", "drugs", "insurance", "NA meeting",
])  # fmt: skip
def test_a_telling_word_is_found_however_it_is_written(text):
    assert telling_words(text)


@pytest.mark.parametrize("text", [
    "We received your message", "Recibimos su mensaje", "Mountain retreat", "environmental", "Tidewell Office",
    "Call 988 or 911 at any hour", "Denver time", "seguro que sí", "Nature Canada", "a danger",
])  # fmt: skip
def test_an_innocent_word_is_not(text):
    assert telling_words(text) == ()


def test_our_own_host_is_what_it_is():
    """It cannot be left out of a link or a Message-ID; docs/operating.md says to choose it with care."""
    assert telling_words(without_addresses(f"Open it: {BASE}/queue, or write to desk@recovery.example.org")) == ()
    assert telling_words(f"Open it: {BASE}/queue")


def test_the_list_is_folded_as_texts_are():
    for word in (*STEMS, *BEGINNINGS, *WHOLE):
        assert telling_words(word) == (word,), word
    assert list(STEMS) == sorted(set(STEMS))
