"""A name as it was typed, taken apart: its words, how they may be split, its generation, what is only decoration."""

import re
from dataclasses import dataclass
from functools import lru_cache

from crm.leads.matching.tables import words as words_of
from crm.models.search_words import name_words

LONGEST = 200  # characters looked at
MOST_WORDS = 6  # of a name that is a whole sentence, the first are enough
_REMEMBERED = 20_000  # names taken apart and kept at hand

_GENERATIONS = {
    "jr": "Jr.", "junior": "Jr.", "sr": "Sr.", "senior": "Sr.", "ii": "II", "2nd": "II", "iii": "III", "3rd": "III",
    "iv": "IV", "4th": "IV", "hijo": "Jr.", "padre": "Sr.",
}  # fmt: skip
_ALIKE_SOUNDS = ("bfpv", "cgjkqsxz", "dt", "l", "mn", "r")  # the classes of American Soundex
_SOUNDEX = {letter: str(code) for code, letters in enumerate(_ALIKE_SOUNDS, 1) for letter in letters}
# Letters that are no plain letter with an accent.
_ODD_LETTERS = str.maketrans({"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "ı": "i"})


@dataclass(frozen=True)
class Split:
    """One way to read the words: given names, then family names."""

    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    """`splits` are the ways to read it, the usual first; empty for nobody in particular."""

    words: tuple[str, ...]
    splits: tuple[Split, ...]
    generation: str
    called: tuple[str, ...]  # "Robert (Bob) Smith" says so itself


@lru_cache(_REMEMBERED)
def name_of(typed: str) -> Name:
    """Take it apart: "Dr. Ortiz-Vega, María L., Jr." is maria l / ortiz vega, Jr."""
    text = typed[:LONGEST].translate(_ODD_LETTERS)
    text, called = _without_aside(text)
    before, comma, after = text.partition(",")
    generation, own = _generation(before.split())
    later, rest = _generation(after.replace(",", " ").split())
    family, given = _plain(own), _plain(rest)
    if comma and given:
        words = (given + family)[:MOST_WORDS]
        splits = (Split(given, family), *_splits(words)) if family else _splits(words)
    else:
        words = family[:MOST_WORDS]
        splits = _splits(words)
    if len(words) == 1 and len(words[0]) == 2 and not set(words[0]) & set("aeiouy"):
        words = tuple(words[0])  # "VH" is two initials
        splits = _splits(words)
    if _is_nobody(words):
        return Name((), (), "", ())
    return Name(words, tuple(dict.fromkeys(splits)), generation or later, called)


def _splits(words: tuple[str, ...]) -> tuple[Split, ...]:
    """The usual reading first: one given name; initials after it belong to it. Then the others, then turned round."""
    if len(words) <= 1:
        return (Split(words, ()),)
    usual = 1
    while usual < len(words) - 1 and len(words[usual]) == 1:
        usual += 1
    cuts = [usual, *(cut for cut in range(1, len(words)) if cut != usual)]
    forward = [Split(words[:cut], words[cut:]) for cut in cuts]
    turned = [Split(words[cut:], words[:cut]) for cut in range(1, len(words))]
    return (*forward, *turned)


def _plain(words: list[str]) -> tuple[str, ...]:
    """Small letters without accents; titles, degrees, desks and particles of family names left out."""
    plain = [part for word in words for part in _parts(word)]
    while len(plain) > 1 and plain[0] in words_of("titles"):
        del plain[0]
    while len(plain) > 1 and plain[-1] in words_of("letters after"):
        del plain[-1]
    person = [word for word in plain if word not in words_of("desks")] or plain
    kept = [word for place, word in enumerate(person) if place == 0 or word not in words_of("particles")]
    # "Anh Do", "Kim Le": what looks like a particle is the family name when nothing else is left.
    return tuple(kept if len(kept) > 1 or len(person) == 1 else person)


def _parts(word: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d_]+", " ".join(name_words(word))))


def _generation(words: list[str]) -> tuple[str, list[str]]:
    """Jr., Sr., II … at the end, and the words without it. "Sr." in front is a title."""
    found = ""
    kept = list(words)
    while len(kept) > (0 if found else 1) and (sign := _GENERATIONS.get(_bare(kept[-1]))):
        found = found or sign
        kept.pop()
    if not found and len(kept) == 1 and (sign := _GENERATIONS.get(_bare(kept[0]))):
        return sign, []
    return found, kept


def _bare(word: str) -> str:
    return word.lower().strip(".,()")


def _without_aside(text: str) -> tuple[str, tuple[str, ...]]:
    """The name without what stands in brackets or quotation marks, and the short names found there."""
    asides = re.findall(r"[(\"“]([^()\"“”]{1,40})[)\"”]", text)
    rest = re.sub(r"[(\"“][^()\"“”]{1,40}[)\"”]", " ", text)
    if not rest.strip():
        return text.replace("(", " ").replace(")", " "), ()
    called = tuple(word for aside in asides for word in name_words(aside) if len(aside.split()) == 1)
    return rest, called


def _is_nobody(words: tuple[str, ...]) -> bool:
    return all(word in words_of("nobody") for word in words)


def soundex(word: str) -> str:
    """The American Soundex code of a plain word: "vallory" and "valolry" are both V460."""
    codes = [_SOUNDEX.get(letter, "") for letter in word]
    kept = [word[0].upper()]
    last = codes[0]
    for letter, code in zip(word[1:], codes[1:], strict=True):
        if code and code != last:
            kept.append(code)
        if letter not in "hw":
            last = code
    return "".join(kept)[:4].ljust(4, "0")
