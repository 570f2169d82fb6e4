"""The small language of the rules: words, `<concepts>`, gaps, and things said in one sentence, near, or anywhere.

`a|b` either word; `<name>` a concept of the lexicon; `#` a number, `#8` a number of at least 8; `..` up to three words
between, `..6` up to six; `A & B` in one sentence, `A && B` in neighbouring ones, `A &&& B` anywhere; `!A` not there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

GAP = 3  # words between two parts joined by `..`
JOINS = {"&": 0, "&&": 1, "&&&": 10**6}  # how many sentences apart


@dataclass(frozen=True)
class Part:
    """One place of a sequence: words, a concept, or a number of at least `least`; `gap` words may stand before it."""

    words: frozenset[str] = frozenset()
    concept: str = ""
    least: int = -1
    gap: int = 0


Sequence = tuple[Part, ...]


@dataclass(frozen=True)
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


def phrases(written: str, plain: Callable[[str], list[str]]) -> Iterable[tuple[str, ...]]:
    """The phrases that one line of the lexicon stands for: `will|did not wake` is two."""
    for chosen in product(*(word.split("|") for word in written.split())):
        yield tuple(norm for word in chosen for norm in plain(word))


def is_phrase(written: str) -> bool:
    """Only words, so it can be found by looking it up."""
    return not any(mark in written for mark in "<#&!") and ".." not in written


def _sequence(piece: list[str], plain: Callable[[str], list[str]], written: str) -> Sequence:
    parts, gap = list[Part](), 0
    for word in piece:
        if word.startswith(".."):
            gap = int(word[2:] or GAP)
        elif word.startswith("<"):
            parts.append(Part(concept=word.strip("<>"), gap=gap))
            gap = 0
        elif word.startswith("#"):
            parts.append(Part(least=int(word[1:] or 0), gap=gap))
            gap = 0
        else:
            for part in _words(word, plain):
                parts.append(Part(words=part, gap=gap))
                gap = 0
    if not parts or gap:
        raise ValueError(f"a sequence begins and ends with something to find: {written}")
    return tuple(parts)


def _words(word: str, plain: Callable[[str], list[str]]) -> list[frozenset[str]]:
    """The alternatives of one place; a contraction such as `don't` takes two places and has no alternatives."""
    options = [plain(option) for option in word.split("|")]
    if len(options) == 1:
        return [frozenset((norm,)) for norm in options[0]]
    elif any(len(option) != 1 for option in options):
        raise ValueError(f"alternatives are single words: {word}")
    return [frozenset(option[0] for option in options)]
