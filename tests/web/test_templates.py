"""Templates keep the page safe and small: nothing inline, nothing unescaped, nothing from elsewhere, nothing unused."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateSyntaxError

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
LONGEST = 150  # lines: a page is a table of contents

# What no template may hold, each beside a line that must be caught.
FORBIDDEN = {
    "unescaped text": (r"\|\s*safe\b|Markup\(|autoescape\s+false", "<p>{{ note|safe }}</p>"),
    "an inline style": (r"\sstyle\s*=|<style\b", '<p style="color: red">late</p>'),
    "an inline script": (r"<script(?![^>]*\ssrc=)", "<script>alert(1)</script>"),
    "an inline handler": (r"\son[a-z]+\s*=|\bhx-on\b|javascript:", '<a href="/queue" onclick="go()">Queue</a>'),
    "an unquoted attribute": (r"\s[\w-]+=\{\{", "<a title={{ lead.name }}>Dana</a>"),
    "an address elsewhere": (r"""\b(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", '<img src="//example.org/a.png">'),
}


@pytest.fixture(scope="module")
def jinja():
    return Environment(autoescape=True, extensions=["jinja2.ext.i18n"])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_parses_and_is_short(jinja, path):
    text = path.read_text()

    jinja.parse(text)
    assert len(text.splitlines()) <= LONGEST


def test_a_template_that_does_not_parse_is_caught(jinja):
    with pytest.raises(TemplateSyntaxError):
        jinja.parse("{% if late %}late")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_holds_nothing_forbidden(path):
    # A mail has no style sheet beside it: its few rules stand in one element.
    allowed = ["an inline style"] if path.parent.name == "mail" and path.read_text().count("<style>") == 1 else []

    assert faults(path.read_text()) == allowed


@pytest.mark.parametrize("what", FORBIDDEN)
def test_each_forbidden_thing_is_caught(what):
    _, bad_line = FORBIDDEN[what]

    assert what in faults(bad_line)


def test_words_for_readers_of_the_template_are_not_looked_at():
    assert faults("{# never write style= here #}<p>{{ lead.name }}</p>") == []


def test_every_template_is_used():
    assert unused(every_template(), every_word()) == []


def test_a_template_nobody_names_is_caught():
    assert unused({"queue/_forgotten.html"}, ['{% include "queue/_row.html" %}']) == ["queue/_forgotten.html"]


def test_every_icon_is_drawn():
    wanted = icons_wanted("\n".join(path.read_text() for path in TEMPLATES))

    assert wanted - icons_drawn() == set()


def test_a_misspelt_icon_is_caught():
    assert icons_wanted('{{ icon("fone") }}') - icons_drawn() == {"fone"}


def faults(text):
    """The names of what stands in a template and should not."""
    without_comments = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    return [what for what, (pattern, _) in FORBIDDEN.items() if re.search(pattern, without_comments, re.IGNORECASE)]


def every_template():
    return {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES}


def every_word():
    """Where a template may be named: in another template, or in Python."""
    return [path.read_text() for path in [*TEMPLATES, *(ROOT / "crm").rglob("*.py")]]


def unused(templates, texts):
    named = "\n".join(texts)
    return sorted(name for name in templates if f'"{name}"' not in named)


def icons_wanted(text):
    """Icons that templates name in so many words; names that come from Python are not looked at."""
    return set(re.findall(r"""\bicon(?:\(|_name=)["']([\w-]+)["']""", text))


def icons_drawn():
    return set(re.findall(r'id="i-([\w-]+)"', (ROOT / "templates" / "web" / "_icons.html").read_text()))
