"""What people type is made safe to keep and to show, and stays what they meant."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.web import clean_line, clean_text

# Everything a keyboard cannot type and a program can send: halves of characters, controls, reordering marks.
ODD = st.sampled_from("\x00\x07\x0b\x1b\x7f\x85\x9b\u202e\u202a\u2066\u2069\u200e\u200f\u061c\ufeff\ud800\udfff\r\n\t ")
TYPED = st.text(st.one_of(st.characters(codec=None), ODD))
REORDERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@given(TYPED)
@example("e\u202e\u0301")  # a mark between a letter and its accent
@example("\u202e \ufeff")
@example("a\r\x00\nb")
@example(" \x00")
@example("\x1f\u2028\x85")
def test_whatever_is_typed_can_be_kept_and_shown(typed: str):
    for clean in (clean_text(typed), clean_line(typed)):
        clean.encode("utf-8")
        assert not REORDERING & set(clean)
        assert not [one for one in clean if unicodedata.category(one) == "Cc" and one not in "\n\t"]
        assert clean == clean.strip() and unicodedata.is_normalized("NFC", clean)
    assert "\n" not in clean_line(typed) and "  " not in clean_line(typed)


@given(TYPED)
def test_cleaning_again_changes_nothing(typed: str):
    assert clean_text(clean_text(typed)) == clean_text(typed)
    assert clean_line(clean_line(typed)) == clean_line(typed)


@given(st.text("abcÄéñ漢字👋🏽1 '-.,"))
def test_ordinary_words_stay_as_they_are(words: str):
    assert clean_text(words) == unicodedata.normalize("NFC", words).strip()


@pytest.mark.parametrize(("typed", "kept"), [
    ("one\r\ntwo\rthree\n", "one\ntwo\nthree"),
    ("half \ud83d of a wave", "half \ufffd of a wave"),
    ("exe.\u202egnp", "exe.gnp"),
    ("nul\x00byte", "nulbyte"),
    ("👩\u200d👧 family", "👩\u200d👧 family"),  # the joiner makes one picture of two: it stays
    (None, ""),
])
def test_by_example(typed: str | None, kept: str):
    assert clean_text(typed) == kept
