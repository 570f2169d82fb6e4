"""What is known about names: who is called what, and which names are so common that they tell little."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent


def is_known(word: str) -> bool:
    """It is a given name or short form of our lists: no slip of the pen for another one."""
    return word in _known()


def is_full_name(word: str) -> bool:
    """It stands at the head of a line of nicknames.txt."""
    return word in _short_forms()


def is_short_for(word: str, full: str) -> bool:
    """Bearers of `full` are called, or spell it, `word`."""
    return word in _short_forms().get(full, ())


def shared_full_names(a: str, b: str) -> frozenset[str]:
    """The full names both words are short forms of: "bill" and "willy" share "william"."""
    return _full_names().get(a, frozenset()) & _full_names().get(b, frozenset())


def forms(word: str) -> frozenset[str]:
    """What else the bearer of the word may be called: its full names, and its own short forms."""
    return roots(word) | _short_forms().get(word, frozenset())


def roots(word: str) -> frozenset[str]:
    """Every full name the word may stand for, itself included."""
    return _full_names().get(word, frozenset()) | {word}


def words(name: str) -> frozenset[str]:
    """One of the lists of words.txt."""
    return _lists()[name]


def is_common_surname(word: str) -> bool:
    """So many bear it that the same one means little."""
    return word in words("surnames")


def is_common_given(word: str) -> bool:
    """So many bear it, or a full name it stands for, that the same one means little."""
    return not words("given").isdisjoint(roots(word))


@lru_cache(1)
def _short_forms() -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = defaultdict(set)
    for line in _lines("nicknames.txt"):
        full, colon, short = line.partition(":")
        if colon:
            forms[full].update(short.split())
    return {full: frozenset(short) for full, short in forms.items()}


@lru_cache(1)
def _full_names() -> dict[str, frozenset[str]]:
    meanings: dict[str, set[str]] = defaultdict(set)
    for full, short in _short_forms().items():
        for word in short:
            meanings[word].add(full)
    return {word: frozenset(full) for word, full in meanings.items()}


@lru_cache(1)
def _known() -> frozenset[str]:
    lone = {word for line in _lines("nicknames.txt") if ":" not in line for word in line.split()}
    return frozenset(lone | _short_forms().keys() | _full_names().keys())


@lru_cache(1)
def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    kind = ""
    for line in _lines("words.txt"):
        if line.endswith(":"):
            kind = line[:-1]
            found[kind] = set()
        else:
            found[kind].update(line.split())
    return {kind: frozenset(members) for kind, members in found.items()}


def _lines(name: str) -> Iterator[str]:
    for line in (_HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.strip()
