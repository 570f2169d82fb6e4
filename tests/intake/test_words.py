"""Every word that visitors read goes through gettext: a catalogue in another tongue leaves none behind."""

import re
from io import BytesIO

import flask_babel
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from crm.clock import STATES
from tests.intake.conftest import DANA, filled, token_in
from tests.support.words import extract

OPEN, CLOSE = "⟦", "⟧"


@pytest.fixture(scope="module")
def bracketed(tmp_path_factory):
    """Every message that the tools find, each between brackets."""
    template = tmp_path_factory.mktemp("words") / "messages.pot"
    extract(template)
    catalog = Catalog(locale="en")
    for message in read_po(template.open()):
        if message.id:
            catalog.add(message.id, bracketed_words(message.id), flags=message.flags)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    return Translations(BytesIO(compiled.getvalue()))


def bracketed_words(words):
    return f"{OPEN}{words}{CLOSE}" if isinstance(words, str) else tuple(map(bracketed_words, words))


@pytest.fixture
def another_tongue(bracketed, monkeypatch):
    """The pages in that tongue."""
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda _self: bracketed)


def left_behind(page: str) -> list[str]:
    """Visible text of the page's main part that no catalogue knows."""
    main = page[page.index("<main") : page.index("</main>")]
    plain = re.sub(r"<[^>]+>", "\n", main)
    while OPEN in plain:
        plain, before = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", plain), plain
        assert plain != before, "a bracket stands alone"
    known = {*STATES.values(), "(303) 555-0142", "*", '"', DANA["name"], *DANA["msg"].splitlines()}
    return [line for text in plain.splitlines() if (line := text.strip()) and line.strip('" ,.*') and line not in known]


def test_the_form_and_its_errors(visitor, another_tongue):
    assert left_behind(visitor.get("/contact").text) == []
    assert left_behind(visitor.post("/contact", data={}).text) == []


def test_the_thank_you_page(visitor, another_tongue):
    answer = visitor.post("/contact", data=filled(token_in(visitor.get("/contact").text)))

    assert left_behind(visitor.get(answer.location).text) == []


def test_a_word_outside_the_catalogue_is_seen(visitor, another_tongue):
    """The known-bad variant."""
    page = visitor.get("/contact").text.replace("</form>", "<p>Hurry up</p></form>")

    assert left_behind(page) == ["Hurry up"]
