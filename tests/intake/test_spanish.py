"""Spanish for everything that visitors see: chosen on the page or by the browser, kept without script and cookie."""

import re

import pytest
from babel.messages.pofile import read_po
from sqlalchemy import select

from config import ROOT
from crm.clock import STATES
from crm.db import db
from crm.languages import LANGUAGES
from crm.models import Consent, Person
from tests.intake.conftest import DANA, filled, token_in
from tests.support.words import extract

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
CATALOGUES = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """Every message that the sources hold now."""
    template = tmp_path_factory.mktemp("words") / "messages.pot"
    extract(template)
    return {message.id for message in read_po(template.open()) if message.id}


def wrong_with(catalogue: str, wanted: set) -> list[str]:
    """What is missing, forgotten, unsure, or has lost a placeholder or a link."""
    entries = {message.id: message for message in read_po(catalogue.splitlines(keepends=True)) if message.id}
    found = [f"not in the catalogue: {words!r}" for words in wanted - entries.keys()]
    found += [f"no longer said: {words!r}" for words in entries.keys() - wanted]
    for words, message in entries.items():
        pairs = zip(*map(_as_tuple, (words, message.string)), strict=True)
        for said, translated in pairs:
            if not translated or message.fuzzy:
                found.append(f"not translated: {said!r}")
            elif _gaps(said) != _gaps(translated):
                found.append(f"a placeholder or a link differs: {said!r}")
    return found


def test_every_word_is_translated_and_none_too_many(wanted):
    assert {path.parts[-3] for path in CATALOGUES} == LANGUAGES.keys() - {"en"}
    for path in CATALOGUES:
        assert wrong_with(path.read_text(), wanted) == []


@pytest.mark.parametrize(("broken", "said"), [
    (lambda po: po.replace('msgstr "Sí"', 'msgstr ""'), "not translated: 'Yes'"),
    (lambda po: po.replace('msgid "Yes"', 'msgid "Yes, please"'), "not in the catalogue: 'Yes'"),
    (lambda po: po.replace('msgid "Yes"', 'msgid "Yes, please"'), "no longer said: 'Yes, please'"),
    (lambda po: po.replace('msgid "Yes"', '#, fuzzy\nmsgid "Yes"'), "not translated: 'Yes'"),
    (lambda po: po.replace("Le llamaremos antes de %(by)s", "Le llamaremos"), "differs: 'We call by %(by)s'"),
    (lambda po: po.replace('href=\\"tel:911\\">911</a> si', 'href=\\"tel:119\\">119</a> si'), "link differs"),
])  # fmt: skip
def test_a_catalogue_that_lacks_something_is_caught(wanted, broken, said):
    """The known-bad variants."""
    po = CATALOGUES[0].read_text()
    spoilt = broken(po)

    assert spoilt != po
    assert any(said in words for words in wrong_with(spoilt, wanted))


def _as_tuple(words):
    return words if isinstance(words, tuple) else (words,)


def _gaps(words: str) -> set[str]:
    """What has to be the same in every language: gaps to be filled, and where the links lead."""
    return set(re.findall(r"%\(\w+\)s|href=\"[^\"]+\"|<b>", words))


def english_in(page: str) -> set[str]:
    """Visible sentences of the page that are English: those whose Spanish is another."""
    plain = re.sub(r"<script.*?</script>|<[^>]+>", "\n", page, flags=re.DOTALL)
    catalogue = {message.id: message.string for message in read_po(CATALOGUES[0].open()) if message.id}
    lines = {line.strip() for line in plain.splitlines()}
    return {words for words in lines & catalogue.keys() if catalogue[words] != words and words not in STATES.values()}


def test_the_browser_is_listened_to(visitor):
    page = visitor.get("/contact", headers=SPANISH)

    assert '<html lang="es">' in page.text and "<h1>Envíenos un mensaje</h1>" in page.text
    assert "Accept-Language" in page.headers["Vary"]
    assert english_in(page.text) == set()
    assert "responde en 15 minutos o menos, lunes a viernes de 8 a.\u00a0m. a 8 p.\u00a0m., sábado" in page.text
    assert ", hora del Este." in page.text


def test_english_is_seen(visitor):
    """The control: the same look at the English page finds English."""
    assert english_in(visitor.get("/contact").text) >= {"Send message", "Me", "Phone call"}


@pytest.mark.parametrize(("asked", "browser", "language"), [
    ("", "", "en"), ("", "fr", "en"), ("", "es", "es"), ("", "es-419", "es"), ("", "en-US,es;q=0.5", "en"),
    ("", "de,es;q=0.8,en;q=0.3", "es"), ("", "ES", "es"), ("", "*", "en"),
    ("?lang=es", "", "es"), ("?lang=en", "es", "en"), ("?lang=xx", "es", "es"), ("?lang=../es", "", "en"),
])  # fmt: skip
def test_which_language(visitor, asked, browser, language):
    page = visitor.get(f"/contact{asked}", headers={"Accept-Language": browser} if browser else {})

    assert f'<html lang="{language}">' in page.text
    assert f'name="lang" value="{language}"' in page.text


def test_what_was_chosen_goes_along_without_a_cookie(visitor, people):
    page = visitor.get("/contact?lang=es")
    action = re.search(r'<form class="form pub-form" action="([^"]+)"', page.text)[1]
    assert action == "/contact?lang=es" and "Set-Cookie" not in page.headers

    wrong = visitor.post(action, data={"csrf_token": token_in(page.text), "lang": "es"})
    assert wrong.status_code == 422 and "Hay un problema" in wrong.text and english_in(wrong.text) == set()
    assert "Díganos cómo quiere que le llamemos" in wrong.text
    assert re.search(r'<form class="form pub-form" action="([^"]+)"', wrong.text)[1] == action

    sent = visitor.post(action, data=filled(token_in(wrong.text), lang="es"))
    assert sent.location.endswith("?lang=es")
    thanks = visitor.get(sent.location)
    assert "Gracias, Dana Whitcomb. Tenemos su mensaje." in thanks.text and english_in(thanks.text) == set()
    assert re.search(r"antes de las? \d+:\d\d [ap]\.\u00a0m\.", thanks.text) and "hora de Denver" in thanks.text


def test_danger_is_answered_in_spanish(visitor, people):
    token = token_in(visitor.get("/contact?lang=es").text)
    sent = visitor.post("/contact?lang=es", data=filled(token, lang="es", msg="No quiero vivir, me voy a matar hoy"))
    thanks = visitor.get(sent.location).text

    assert "Si alguien está en peligro ahora" in thanks and english_in(thanks) == set()


def test_the_frame_speaks_it_too(visitor, people):
    page = visitor.get("/contact/embed?lang=es")
    sent = visitor.post("/contact/embed?lang=es", data=filled(token_in(page.text), lang="es"))

    assert 'action="/contact/embed?lang=es"' in page.text and english_in(page.text) == set()
    assert sent.location.startswith("/contact/embed/thanks/") and sent.location.endswith("?lang=es")
    assert 'href="/contact/embed?lang=es"' in visitor.get(sent.location).text, "the way back stays in the frame"


def test_another_language_keeps_everything_typed(visitor, count):
    from crm.models import Submission

    token = token_in(visitor.get("/contact").text)
    page = visitor.post("/contact?lang=es", data=filled(token) | {"another-language": "another-language"})

    assert page.status_code == 200 and '<html lang="es">' in page.text and "Hay un problema" not in page.text
    assert "Dana Whitcomb" in page.text and DANA["msg"] in page.text and token_in(page.text) == token
    assert set(re.findall(r'value="(\w+)" checked', page.text)) >= {"self", "call", "text", "am"}
    assert count(Submission) == 0


def test_we_know_which_language_they_read_and_keep_the_words_they_agreed_to(visitor, reading, people):
    token = token_in(visitor.get("/contact?lang=es").text)
    visitor.post("/contact?lang=es", data=filled(token, lang="es", vm="name"))

    with reading():
        assert db.session.scalars(select(Person)).one().language == "es"
        words = {one.kind: one.wording for one in db.session.scalars(select(Consent))}
        assert words["contact"].startswith("Tidewell Recovery puede comunicarse conmigo")
        assert words["voicemail"].endswith("Solo un nombre de pila") and words["call"].endswith("Llamada")


@pytest.mark.parametrize("said", ["fr", "es-MX", "<b>", ""])
def test_another_language_in_the_field_counts_as_english(visitor, reading, said, people):
    visitor.post("/contact", data=filled(token_in(visitor.get("/contact").text), lang=said))

    with reading():
        assert db.session.scalars(select(Person)).one().language == "en"


@pytest.mark.parametrize(("typed", "words"), [
    ({"name": "x" * 201}, "escriba menos de 200 caracteres"),
    ({"phone": "555-01"}, "número de teléfono de 10 dígitos"),
    ({"via": ["email"], "email": "dana at home"}, "dirección de correo electrónico"),
    ({"ok": None}, "Marque la casilla"),
])  # fmt: skip
def test_every_error_is_spanish(visitor, typed, words):
    token = token_in(visitor.get("/contact?lang=es").text)
    page = visitor.post("/contact?lang=es", data=filled(token, **typed))

    assert page.status_code == 422 and words in page.text and english_in(page.text) == set()


@pytest.mark.parametrize(("method", "address", "words"), [
    ("GET", "/contact/thanks/made-up?lang=es", "No encontramos esa página"),
    ("DELETE", "/contact?lang=es", "Eso no se puede hacer aquí"),
])  # fmt: skip
def test_what_goes_wrong_is_said_in_spanish(visitor, method, address, words):
    page = visitor.open(address, method=method).text

    assert words in page and '<html lang="es">' in page and "También puede llamar al" in page


def test_our_own_pages_stay_english(as_):
    page = as_("ida").get("/queue", headers=SPANISH).text
    gate = as_(None).get("/sign-in", headers=SPANISH).text

    assert '<html lang="en">' in page and '<html lang="en">' in gate
    assert "obligatorio" not in page + gate
