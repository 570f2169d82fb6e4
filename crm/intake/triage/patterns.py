"""The small language of the rules: words, `<concepts>`, gaps, and things said in one sentence, near, or anywhere.

`a|b` either word; `<name>` a concept of the lexicon; `#` a number, `#8` a number of at least 8; `..` up to three words
between, `..6` up to six; `A & B` in one sentence, `A && B` in neighbouring ones, `A &&& B` anywhere; `!A` not there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product

GAP = 3  # words between two parts joined by `..`
JOINS = {"&": 0, "&&": 1, "&&&": 10**6}  # how many sentences apart


@dataclass(frozen=True, eq=False)
class Part:
    """Something to find: words, a concept, or a number of at least `least`. One object, however often asked for."""

    words: frozenset[str] = frozenset()
    concept: str = ""
    least: int = -1


@dataclass(frozen=True, eq=False)
class Sequence:
    """Parts in their order, and how many words may stand before each."""

    parts: tuple[Part, ...]
    gaps: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pattern:
    """Sequences that must all be there within `reach` sentences of the first, and those that must not."""

    needed: tuple[Sequence, ...]
    unwanted: tuple[Sequence, ...] = ()
    reach: int = 0


def pattern(written: str, plain: Callable[[str], list[str]]) -> Pattern:
    """Read one pattern. `plain` says a word the way messages are read; raises ValueError for what makes no sense."""
    needed, unwanted, reach = list[Sequence](), list[Sequence](), 0
    pieces: list[list[str]] = [[]]
    for word in written.split():
        if word in JOINS:
            reach = max(reach, JOINS[word])
            pieces.append([])
        else:
            pieces[-1].append(word)
    for piece in pieces:
        if piece and piece[0].startswith("!"):
            unwanted.append(_sequence([piece[0][1:], *piece[1:]], plain, written))
        else:
            needed.append(_sequence(piece, plain, written))
    if not needed:
        raise ValueError(f"a pattern needs something that is there: {written}")
    return Pattern(tuple(needed), tuple(unwanted), reach)


def keys(pattern: Pattern, common: frozenset[str]) -> Iterable[str]:
    """Words, `<concepts>` or `#`, one of which any message that holds the pattern must hold: of its rarest part."""
    parts = [part for sequence in pattern.needed for part in sequence.parts]
    rarest = min(parts, key=lambda part: _frequency(part, common))
    if rarest.concept:
        return (f"<{rarest.concept}>",)
    else:
        return rarest.words or ("#",)


def _frequency(part: Part, common: frozenset[str]) -> int:
    """A guess at how often the part stands in messages, only to begin with the rarest."""
    if part.concept:
        return 30
    elif part.words:
        return sum(20 if word in common else 1 for word in part.words)
    else:
        return 15


def phrases(written: str, plain: Callable[[str], list[str]]) -> Iterable[tuple[str, ...]]:
    """The phrases that one line of the lexicon stands for: `will|did not wake` is two."""
    for chosen in product(*(word.split("|") for word in written.split())):
        if lost := [word for word in chosen if not plain(word)]:
            raise ValueError(f"nobody will ever find {lost[0]} in a message: {written}")
        yield tuple(norm for word in chosen for norm in plain(word))


def is_phrase(written: str) -> bool:
    """Only words, so it can be found by looking it up."""
    return not any(mark in written for mark in "<#&!") and ".." not in written


def _sequence(piece: list[str], plain: Callable[[str], list[str]], written: str) -> Sequence:
    parts, gaps, gap = list[Part](), list[int](), 0
    for word in piece:
        if word.startswith(".."):
            gap = int(word[2:] or GAP)
            continue
        for part in _parts(word, plain):
            parts.append(part)
            gaps.append(gap)
            gap = 0
    if not parts or gap:
        raise ValueError(f"a sequence begins and ends with something to find: {written}")
    return _shared_sequence(tuple(parts), tuple(gaps))


def _parts(word: str, plain: Callable[[str], list[str]]) -> list[Part]:
    """What one word of a pattern stands for; a contraction such as `don't` takes two places and has no alternatives."""
    if word.startswith("<"):
        return [_shared_part(concept=word.strip("<>"))]
    elif word.startswith("#"):
        return [_shared_part(least=int(word[1:] or 0))]
    options = [plain(option) for option in word.split("|")]
    if not all(options):
        raise ValueError(f"nobody will ever find this in a message: {word}")
    elif len(options) == 1:
        return [_shared_part(frozenset((norm,))) for norm in options[0]]
    elif any(len(option) != 1 for option in options):
        raise ValueError(f"alternatives are single words: {word}")
    return [_shared_part(frozenset(option[0] for option in options))]


@cache
def _shared_part(words: frozenset[str] = frozenset(), concept: str = "", least: int = -1) -> Part:
    return Part(words, concept, least)


@cache
def _shared_sequence(parts: tuple[Part, ...], gaps: tuple[int, ...]) -> Sequence:
    return Sequence(parts, gaps)
