"""Typing slips, shouting, pictures, small talk and another order never lower a level; places stay exact."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.intake.triage import LEVELS, assess
from crm.intake.triage.rules import rule_book

from .conftest import labelled

SERIOUS = [message.text for message in labelled("dev.jsonl") if message.level in ("crisis", "urgent")]
SMALL_TALK = (
    "Hope you have a nice day!", "Thank you for reading.", "Sorry for the long message.", "It is cold here this week.",
    "Que tengan buen día.", "Hi there,", "Good morning!", "Sent from my phone",
)


@settings(max_examples=120)
@given(st.sampled_from(SERIOUS), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case(text: str, shout):
    assert_not_lower(shout(text), text)


@settings(max_examples=150)
@given(st.sampled_from(SERIOUS), st.text("😊🙏💔😭🤞✨❤️\u200d\ufe0f", max_size=6), st.text("😊🙏💔😭✨", max_size=6))
def test_emoji(text: str, before: str, after: str):
    assert_not_lower(f"{before} {text} {after}", text)


@settings(max_examples=150)
@given(st.sampled_from(SERIOUS), st.sampled_from(SMALL_TALK), st.booleans())
def test_small_talk(text: str, talk: str, first: bool):
    assert_not_lower(f"{talk} {text}" if first else f"{text} {talk}", text)


@settings(max_examples=150)
@given(st.sampled_from(SERIOUS), st.randoms(use_true_random=False))
def test_another_order_of_sentences(text: str, chance):
    sentences = re.split(r"(?<=[.!?])\s+", text)
    chance.shuffle(sentences)

    assert_not_lower(" ".join(sentences), text)


@settings(max_examples=400)
@given(st.sampled_from(SERIOUS), st.data(), st.sampled_from(["swapped", "left out", "twice"]))
def test_one_slip_of_the_finger(text: str, chosen, slip: str):
    """In a word of five letters or more; a slip that makes another real word ("tables") cannot be told from it."""
    word = chosen.draw(st.sampled_from(list(re.finditer(r"[A-Za-zñáéíóú]{5,}", text)) or [None]))
    if word is None:
        return
    place = chosen.draw(st.integers(1, len(word.group()) - 2))
    slipped = slip_in(word.group(), place, slip)
    if not rule_book().speller.knows(slipped.lower()):
        assert_not_lower(text[:word.start()] + slipped + text[word.end():], text)


@pytest.mark.parametrize(("typed", "plain"), [
    ("gonna unalive myself tonite", "going to kill myself tonight"),
    ("i wanna k1ll myself tonight", "kill myself tonight"),
    ("she OD'd an hour ago", "overdosed an hour ago"), ("fentynal and hes not breathng", "fentanyl, not breathing"),
    ("suiside, i have a plan for tonight", "suicide, a plan"), ("heeeelp me pleeease", "help me please"),
    ("i’m going to fucking kill my fucking self... kill myself tonight", "kill myself"),
    ("no q\u0301uiero vivir", "combining accent"), ("kill\u200b myself tonight, I will", "zero width"),
    ("took the whole bottle of 💊", "the picture for the word"),
])
def test_how_people_type(typed: str, plain: str):
    assert assess(typed).level in ("crisis", "urgent"), plain


@pytest.mark.parametrize("before", ["", "😵‍💫 ", "e\u0301 ", "\u200b\u200b", "“Ñandú”… ", "🏳️‍🌈👩‍👩‍👧 "])
@pytest.mark.parametrize("core", ["overdosed", "OVERDOSED", "ov\u200berdosed", "sobredosis"])
def test_a_finding_points_at_the_words_as_they_were_typed(before: str, core: str):
    text = f"{before}She {core} an hour ago 😭 and I am scared"
    found = next(one for one in assess(text).findings if one.signal == "overdose")

    assert text[found.start:].startswith(core)
    assert text[:found.end].endswith(("ago", core))


def test_every_place_lies_in_the_text(dev: Sequence):
    for message in dev:
        for one in assess(message.text).findings:
            assert 0 <= one.start < one.end <= len(message.text)
            assert text_is_whole(message.text, one.start, one.end)


def slip_in(word: str, place: int, slip: str) -> str:
    """The word with two letters swapped, one left out, or one struck twice."""
    if slip == "swapped":
        return word[:place] + word[place + 1] + word[place] + word[place + 2:]
    elif slip == "left out":
        return word[:place] + word[place + 1:]
    else:
        return word[:place] + word[place] + word[place:]


def assert_not_lower(changed: str, text: str) -> None:
    assert LEVELS.index(assess(changed).level) <= LEVELS.index(assess(text).level), changed


def text_is_whole(text: str, start: int, end: int) -> bool:
    """It begins and ends at the edge of a word."""
    return not (start and text[start - 1].isalnum() and text[start].isalpha() and text[start - 1].isalpha()) \
        and not (end < len(text) and text[end - 1].isalpha() and text[end].isalpha())
